"""Each printed number counts once, under its gravest verdict."""

import pytest

from retrostats.integrity.verdicts import Reproduction
from retrostats.report.tally import stands_out, tally

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


def test_only_reversed_decisions_and_inconsistent_tables_stand_out(reproductions):
    found = stands_out(reproductions[0].rows)
    assert [one.verdict for one in found] == ["contradicted", "inconsistent table"]
