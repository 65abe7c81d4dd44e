"""Each printed number counts once, under its gravest verdict."""

import pytest

from retrostats.integrity.verdicts import Reproduction
from retrostats.report.tally import rank, stands_out, tally

from .conftest import row, trial


def counted(*rows):
    counts = tally([Reproduction(trial=trial(), rows=rows)])
    return {word: times for word, times in counts.items() if times}


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["reproduced", "reproduced"], {"reproduced": 1}),
        (["contradicted", "contradicted"], {"contradicted": 1}),
        (["reproduced under Student", "contradicted under Welch"], {"reproduced by some tests": 1}),
        (["reproduced", "inconsistent table"], {"inconsistent table": 1}),
        (["contradicted", "inconsistent table"], {"contradicted": 1}),
        (["not recomputable: the SD"], {"not recomputable": 1}),
        (["not recomputable: the SD", "reproduced"], {"not recomputable": 1}),
        (["derived", "derived"], {"derived": 2}),
    ],
)
def test_the_gravest_verdict_counts(verdicts, expected):
    assert counted(*(row(verdict) for verdict in verdicts)) == expected


def test_different_numbers_count_each(reproductions):
    assert counted(row(), row(printed="0.05"), row(timepoint="12wk")) == {"reproduced": 3}
    assert tally(reproductions) == {
        "contradicted": 1,
        "inconsistent table": 1,
        "reproduced by some tests": 1,
        "reproduced": 1,
        "not recomputable": 1,
        "derived": 1,
    }


def test_what_is_not_printed_is_no_printed_number():
    assert counted(row("not recomputable: nothing is printed to compare", printed="")) == {}


def test_contradicted_numbers_and_inconsistent_tables_stand_out(reproductions):
    found = [one for one in reproductions[0].rows if stands_out(one)]
    assert [one.verdict for one in found] == ["contradicted", "inconsistent table"]


def test_the_gravest_stands_first():
    rows = [
        row("contradicted", detail="p 0.3. The decision at 0.05 flips."),
        row("contradicted"),
        row("inconsistent table", variant="arithmetic of the means"),
        row(
            "reproduced under Welch", detail="the printed p needs one SD at least 4 times the other"
        ),
        row("inconsistent table", variant="GRIM"),
    ]
    assert all(stands_out(one) for one in rows)
    assert [rank(one) for one in rows] == [0, 1, 2, 3, 4]


def test_digits_that_are_possible_confirm_no_number():
    assert counted(row("reproduced", variant="GRIM"), row(printed="0.05")) == {"reproduced": 1}
    assert counted(row("inconsistent table", variant="GRIM")) == {"inconsistent table": 1}
