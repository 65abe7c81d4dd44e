"""The table of other choices: every row is what `pool` gives under that choice."""

import json
import math

import pytest

import retrostats as rs
from retrostats.meta.tau.estimators import ESTIMATORS

from .test_collect_routes import scores, trial

TRIALS = (
    rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    rs.Estimate.from_se("Trial D", -0.62, 0.35, unit="SD"),
)
#: No row may differ from the pool that it stands for.
EXACTLY = 0.0


def row(table, group, label):
    (found,) = [one for one in table if (one.group, one.label) == (group, label)]
    return found


def same(one, pooled):
    """Whether a row holds what a pool gives."""
    assert one.pooled == pooled.pooled
    assert one.tau2 == pytest.approx(pooled.tau2, abs=EXACTLY)
    assert one.i2 == pytest.approx(pooled.i2, abs=EXACTLY)
    assert one.prediction == pooled.prediction
    assert one.k == len(pooled.trials)
    return 1


def test_every_row_is_the_pool_of_that_choice():
    table = rs.pool_sensitivity(TRIALS)
    compared = same(row(table, "", "as planned"), rs.pool(TRIALS))
    for name in set(ESTIMATORS) - {"reml"}:
        compared += same(row(table, "Variance between trials", name), rs.pool(TRIALS, tau2=name))
    for test in ("z", "t", "hksj_adhoc"):
        compared += same(row(table, "Test", test), rs.pool(TRIALS, test=test))
    for place, each in enumerate(TRIALS):
        kept = [*TRIALS[:place], *TRIALS[place + 1 :]]
        compared += same(row(table, "Leaving out", each.label), rs.pool(kept))
    assert compared == len(table) == 1 + 10 + 3 + 4


def test_the_planned_choice_holds_for_all_rows_that_vary_another():
    table = rs.pool_sensitivity(TRIALS, tau2="pm", test="z", level=0.9)
    same(row(table, "", "as planned"), rs.pool(TRIALS, tau2="pm", test="z", level=0.9))
    same(row(table, "Test", "hksj"), rs.pool(TRIALS, tau2="pm", level=0.9))
    same(
        row(table, "Variance between trials", "reml"),
        rs.pool(TRIALS, test="z", level=0.9),
    )
    assert not [one for one in table if (one.group, one.label) == ("Test", "z")]


def test_an_estimator_of_ones_own_is_the_planned_one():
    def none(y, v, x=None):  # noqa: ARG001
        return 0.0

    table = rs.pool_sensitivity(TRIALS, tau2=none)
    assert row(table, "", "as planned").tau2 == 0
    assert "none" in table.caption
    assert len([one for one in table if one.group == "Variance between trials"]) == 11


def test_figures_are_read_otherwise_where_a_collection_is_given():
    collected = rs.collect("function")
    table = rs.pool_sensitivity(collected, correlations=(0.3, 0.5, 0.9))
    compared = 0
    for r in (0.3, 0.9):
        other = rs.pool(rs.collect("function", correlation=r))
        compared += same(row(table, "Imputed correlation", f"r = {r}"), other)
    kept = [e for e, each in zip(collected, collected.chosen, strict=True) if not each.from_p]
    without = row(table, "Figures", "without trials known by p alone")
    compared += same(without, rs.pool(kept))
    bounds = row(table, "Figures", "bounds of p taken at the bound")
    compared += same(bounds, rs.pool(rs.collect("function", bounds="at the bound")))
    assert compared == 4
    assert bounds.note == "nothing changes: no further bound can be used"
    left = [one.label for one in table if one.group == "Leaving out"]
    assert left == list(collected.studies)


def test_a_bound_that_can_be_used_changes_the_row(tmp_path):
    bound = [
        "retro,pain,6wk,mean,3.1,,",
        "control,pain,6wk,mean,4.0,,",
        ",pain,6wk,p,P < 0.001,retro - control,t-test",
    ]
    made = [trial(tmp_path, scores(), name="a"), trial(tmp_path, scores(), name="b")]
    made.append(trial(tmp_path, bound, name="c"))
    table = rs.pool_sensitivity(rs.collect("pain", trials=made), test="z")
    one = row(table, "Figures", "bounds of p taken at the bound")
    assert (table.rows[0].k, one.k, one.note) == (2, 3, "")
    back = rs.pool_sensitivity(rs.collect("pain", trials=made, bounds="at the bound"), test="z")
    assert back.rows[0].pooled == one.pooled
    left_out = row(back, "Figures", "bounds of p left out")
    assert left_out.pooled == table.rows[0].pooled


def test_what_cannot_be_pooled_says_why():
    table = rs.pool_sensitivity(rs.collect("pain"))
    assert row(table, "", "as planned").k == 2
    for label in ("Alghadir 2019", "Chen 2021"):
        one = row(table, "Leaving out", label)
        assert one.pooled is None
        assert one.k == 1
        assert one.note.startswith("1 estimate given, and 2 or more are needed")
        assert one.note in table.layout().text()
    nothing = rs.pool_sensitivity(rs.collect("mobility"))
    assert all(one.pooled is None and one.note for one in nothing)
    assert not nothing.differing


def test_effects_of_two_units_say_so_in_each_row():
    table = rs.pool_sensitivity(rs.collect("function", correlation=None))
    assert "units differ" in row(table, "", "as planned").note
    assert row(table, "Imputed correlation", "r = 0.5").pooled is not None


def test_another_conclusion_is_marked():
    table = rs.pool_sensitivity(rs.collect("pain"))

    def excludes(one):
        return not one.pooled.ci.low <= 0 <= one.pooled.ci.high

    assert excludes(table.rows[0])
    for one in table:
        assert one.differs == (one.pooled is not None and not excludes(one))
    assert {one.label for one in table.differing} == {"t", "hksj_adhoc", "r = 0.7", "r = 0.9"}
    text = table.layout().text()
    assert text.count("other conclusion: the interval holds 0") == len(table.differing)


def test_the_other_side_of_zero_is_another_conclusion():
    far = [
        rs.Estimate.from_se("Trial A", -1.0, 0.01, unit="SD"),
        rs.Estimate.from_se("Trial B", 1.0, 0.001, unit="SD"),
        rs.Estimate.from_se("Trial C", -1.0, 0.01, unit="SD"),
    ]
    table = rs.pool_sensitivity(far, tau2="common", test="z")
    assert table.rows[0].pooled.ci.low > 0
    without = row(table, "Leaving out", "Trial B")
    assert without.pooled.ci.high < 0
    assert without.differs
    assert "other conclusion: the interval leaves out 0" in table.layout().text()


def test_all_forms_tell_the_same():
    table = rs.pool_sensitivity(rs.collect("pain"))
    frame = table.tidy()
    assert len(frame) == len(table) == len(table.to_dict()["rows"])
    assert frame.estimate.isna().sum() == sum(one.pooled is None for one in table)
    plain = json.loads(json.dumps(table.to_dict(), allow_nan=False))
    assert plain["rows"][0]["estimate"] == table.rows[0].pooled.value
    assert plain["rows"][-1]["estimate"] is None
    assert table.layout().text() == repr(table)


@pytest.mark.parametrize("factor", [1e-8, 1e8])
def test_the_unit_plays_no_part(factor):
    scaled = [
        rs.Estimate.from_se(e.label, e.value * factor, e.se * factor, unit="SD") for e in TRIALS
    ]
    for one, other in zip(rs.pool_sensitivity(TRIALS), rs.pool_sensitivity(scaled), strict=True):
        assert other.pooled.value == pytest.approx(one.pooled.value * factor, rel=1e-9)
        assert other.differs == one.differs


def test_slips_in_a_call_are_told():
    with pytest.raises(ValueError, match="tau2 must be one of"):
        rs.pool_sensitivity(TRIALS, tau2="best")
    with pytest.raises(ValueError, match="test must be one of"):
        rs.pool_sensitivity(TRIALS, test="best")
    with pytest.raises(ValueError, match="correlations must be a list of numbers between"):
        rs.pool_sensitivity(rs.collect("pain"), correlations=(1.5,))
    with pytest.raises(ValueError, match="level"):
        rs.pool_sensitivity(TRIALS, level=95)


def test_effects_of_several_kinds_come_to_one_scale():
    pain = rs.Estimate.from_se("Trial A", -0.5, 0.2, unit="SD")
    responders = rs.odds_ratio(12, 20, 6, 20, label="Trial B")
    risks = rs.risk_ratio(40, 100, 30, 100, label="Trial C")
    table = rs.common_scale(
        [pain, responders, risks],
        sources=["g", "odds ratio", "risk ratio"],
        better="lower",
        control_risks={"Trial C": 0.3},
    )
    assert table[0] == pain
    log = math.log((12 / 8) / (6 / 14))
    per_sd = math.pi / math.sqrt(3)
    assert table[1].value == pytest.approx(-log / per_sd, rel=1e-12)
    se = math.sqrt(1 / 12 + 1 / 8 + 1 / 6 + 1 / 14)
    assert table[1].se == pytest.approx(se / per_sd, rel=1e-12)
    assert table[2].value < 0
    assert [e.label for e in table] == [
        "Trial A",
        "Trial B, d from odds ratio",
        "Trial C, d from risk ratio",
    ]
    assert {e.unit for e in table} == {"SD"}
    assert "logistic outcome" in table.caption
    assert "control risk 0.3, taken as known without error" in table.caption
    assert rs.pool(table).pooled.unit == "SD"


def test_what_cannot_be_converted_is_told_at_once():
    points = rs.Estimate.from_se("Trial A", -0.5, 0.2, unit="points")
    risks = rs.risk_ratio(9, 20, 6, 20, label="Trial C")
    with pytest.raises(rs.DataError, match=r"Trial C: .*control_risk.*; Trial A: .*points"):
        rs.common_scale([risks, points], sources=["risk ratio", "d"])
    with pytest.raises(ValueError, match="a source for each of 2 effects"):
        rs.common_scale([risks, points], sources=["d"])
    with pytest.raises(ValueError, match="called 'd'"):
        rs.common_scale([points], sources=["d"], to="g")
