"""What notebook 09 says of those who left the example is so, and it runs on another trial."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import retrostats as rs

#: A whole notebook is run.
pytestmark = pytest.mark.whole

#: Points between expected values and 100 draws under missing at random: 0.01 measured.
CLOSE = 0.05
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def missing(notebook, tmp_path_factory):
    return notebook("09", tmp_path_factory.mktemp("missing"))


def frames(run):
    return [each for each in run.shown if type(each).__name__ == "DataFrame"]


def test_those_who_left_were_worse_before(missing):
    seen = frames(missing)[0]["mean"]
    for visit in ("baseline", "week 3"):
        assert seen[visit, "ends here"] > seen[visit, "goes on"] + 1
    sizes = frames(missing)[0]["size"]
    assert sizes["baseline"].sum() == missing.names["trial"].n_subjects
    last_seen = [sizes[visit, "ends here"] for visit in ("baseline", "week 3")]
    assert sum(last_seen) == sum(missing.names["jump"].imputed)


def test_the_reference_does_not_move_and_the_others_get_worse(missing):
    expected = missing.names["means"]
    first = missing.names["first"]
    at_random = expected["missing at random"]
    assert (at_random > expected["seen"] + 1).all()
    for name in missing.names["assumptions"][1:]:
        assert expected[name][first.comparator] == at_random[first.comparator]
        assert expected[name][first.treatment] > at_random[first.treatment]
    worst = max(expected, key=lambda name: expected[name][first.treatment])
    assert worst == "jump to reference"


def test_the_rows_lie_close_together_because_few_are_missing(missing):
    table = list(missing.names["table"])
    assert [each.label for each in table] == ["mixed model", *missing.names["assumptions"]]
    values = [each.value for each in table]
    assert max(values) - min(values) < min(each.se for each in table) / 4
    for each in table:
        assert each.ci.high < 0
    found = missing.names["found"]
    for each in table:
        assert each.ci == pytest.approx(found[each.label].ci, abs=1e-12)
        assert each.p == pytest.approx(found[each.label].p, abs=1e-12)
    assert sum(missing.names["jump"].imputed) < 0.15 * missing.names["jump"].subjects


def test_the_mixed_model_is_as_planned(missing):
    analysis = missing.names["analysis"]
    assert missing.names["answer"] == analysis.answer
    assert analysis.sensitivity[0].estimate == missing.names["answer"]


def test_within_an_assumption_the_ways_are_close(missing):
    ways = missing.names["ways"]
    for assumed in ("missing at random", "jump to reference"):
        rows = [row for (which, _), row in ways.items() if which == assumed]
        estimates = [row["estimate"] for row in rows]
        assert max(estimates) - min(estimates) < 0.05
        errors = [row["SE"] for row in rows]
        assert max(errors) < 1.1 * min(errors)
    rubin = [row for (_, way), row in ways.items() if "Rubin" in way]
    assert rubin[0]["SE"] == pytest.approx(rubin[1]["SE"], rel=0.05)


def test_matching_takes_values_nearer_to_the_middle_and_moves_the_answer_most(missing):
    names = missing.names
    at_random, lent = names["means"]["missing at random"], names["lent"]
    assert (lent < at_random - 0.3).all()
    assert (lent > names["means"]["seen"]).all()
    by_matching = rs.analyse_missing(names["trial"], names["planned"], **names["matching"]).estimate
    start = names["under"]["missing at random"].estimate.value
    moved = [abs(each.estimate.value - start) for each in names["under"].values()]
    assert abs(by_matching.value - start) > max(moved)
    assert str(by_matching) in missing.printed
    rows = names["rows"][names["rows"]["visit"] == names["last"]]
    gone = rows[rows["pain"].isna()]
    at_edge = rows["baseline"] == rows["baseline"].max()
    assert rows.loc[at_edge, "pain"].isna().all()
    assert gone["baseline"].mean() > rows["baseline"].mean() + 1


def test_the_tipping_point_is_that_of_the_report(missing):
    tipping = missing.names["tipping"]
    assert tipping.verdict == "tips"
    assert tipping.at.ci.high == pytest.approx(0, abs=1e-9)
    (row,) = (each for each in missing.names["analysis"].sensitivity if each.tipping)
    assert row.tipping.sentence == tipping.sentence
    assert missing.printed.count(tipping.sentence) == 2
    middle = len(tipping.deltas) // 2
    assert tipping.deltas[middle] == 0
    # To the right the treated arm gets worse: the difference goes towards zero and beyond.
    assert tipping.value[-1, middle] > tipping.value[middle, middle] > tipping.value[middle, -1]


def test_the_report_has_the_analyses_of_the_plan(missing):
    table = missing.names["tables"]["sensitivity"]
    assert any(each is table for each in missing.shown)
    words = str(table)
    for row in ("jump to reference", "multiple imputation", "tipping point"):
        assert row in words
    assert "taken as missing at random" in missing.printed
    assert "Jump to reference assumes" in missing.printed


def test_the_sentences_of_the_paper(missing):
    assert "Outcomes at week 6 were missing in 4 of control, 2 of retro, 3 of forward." in (
        missing.printed
    )
    assert f"Taken as missing at random: {missing.names['answer']}." in missing.printed
    assert str(missing.names["jump"].estimate) in missing.printed


def test_what_is_known_of_the_example_is_what_its_makers_say():
    told = (PROJECT / "data" / "example_cohort" / "README.md").read_text(encoding="utf-8")
    assert "Who leaves depends on the last recorded pain and on chance" in told
    assert "values are missing at random, not completely at random" in told
    assert "The seed was chosen" in told
    design = tomllib.loads(
        (PROJECT / "data" / "example_cohort" / "design.toml").read_text(encoding="utf-8")
    )
    ends = {arm["label"]: arm["means"][-1] for arm in design["arms"]}
    assert ends["retro"] - ends["control"] == pytest.approx(-0.8)


def test_draws_and_expected_values_are_of_one_model(missing):
    """The mean of the draws is what conditional means fill in."""
    names = missing.names
    at_random = names["ways"]["missing at random", "draws, Rubin's rules"]["estimate"]
    expected = names["under"]["missing at random"].estimate.value
    assert at_random == pytest.approx(expected, abs=CLOSE)


@pytest.mark.whole
def test_another_plan_without_sensitivity_and_another_outcome(notebook, tmp_path):
    plan = (PROJECT / "data" / "example_cohort" / "plan.toml").read_text(encoding="utf-8")
    start, end = plan.index("[[sensitivity]]"), plan.index("[[responders]]")
    other = plan[:start] + plan[plan.index("[[subgroups]]", end) :]
    other = other.replace('endpoint = "pain"', 'endpoint = "strength"')
    other = other.replace('outcome = "strength"', 'outcome = "pain"')
    (tmp_path / "other.toml").write_text(other, encoding="utf-8")
    run = notebook("09", tmp_path, plan="other.toml", imputations=20)
    assert "The plan has no sensitivity analyses." in run.printed
    assert run.names["outcome"].name == "strength"
    assert run.names["table"].caption == "Quadriceps strength, week 6: retro - control"
