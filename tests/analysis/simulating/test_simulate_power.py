"""What simulated power says: power, its error, bias, coverage; and what it refuses."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import retrostats as rs
from retrostats.analysis.multiplicity import hierarchical, holm
from retrostats.analysis.simulate import key_of
from retrostats.analysis.simulating.adjusting import adjusted_many
from retrostats.analysis.simulating.asking import caveats_of, sizes_of
from retrostats.analysis.simulating.gather import PreciseEnough, simulated_power
from retrostats.analysis.simulating.replicates import PlannedTrials
from retrostats.analysis.simulating.summary import (
    Answers,
    beyond_margin,
    comparison_power,
    share_error,
)
from retrostats.effects.proportions.single import wilson_limits
from retrostats.jobs.types import Replicates
from retrostats.plan.types import Endpoint, Multiplicity, PopulationPlan
from retrostats.power.design.types import DesignArm, MeasurementScale, exchangeable

from .designs import MEANS, THREE, a_design, a_null, a_plan

#: Monte Carlo errors within which a simulation with a fixed seed agrees with the truth.
ERRORS = 3.0


def answers(rng, count, *, mean, se, df):
    return Answers(rng.normal(mean, se, count), np.full(count, se), np.full(count, float(df)))


def test_the_numbers_of_a_comparison_by_hand():
    estimate = np.array([-1.0, -3.0, 1.0, math.nan])
    se, df = np.array([0.5, 1.0, 0.5, math.nan]), np.array([10.0, 10.0, 10.0, math.nan])
    rejected = np.array([True, True, True, False])
    found = comparison_power(
        "retro - control", Answers(estimate, se, df), rejected, truth=-1.0, level=0.95
    )
    assert (found.trials, found.answered, found.rejected) == (4, 3, 3)
    assert found.power.value == 0.75
    assert found.power.error == pytest.approx(math.sqrt(0.75 * 0.25 / 4))
    assert found.wrong_side == 0.25  # rejects with +1 where the truth is -1
    assert found.bias.value == pytest.approx(0.0)
    assert found.bias.error == pytest.approx(2.0 / math.sqrt(3))
    assert found.empirical_se.value == pytest.approx(2.0)
    assert found.empirical_se.error == pytest.approx(2.0 / math.sqrt(4))
    assert found.model_se.value == pytest.approx(math.sqrt(0.5))
    half = stats.t.ppf(0.975, 10)  # 2.23: the second lies 2.0 SE off, the third 4.0
    assert half > 2
    assert found.coverage.value == pytest.approx(2 / 3)
    assert found.margin_power is None
    low, high = wilson_limits(3, 4)
    assert (found.interval.low, found.interval.high) == (low, high)


def test_a_margin_is_judged_by_the_limit_on_the_worse_side():
    estimate = np.array([-1.0, 0.0, 1.0, math.nan])
    given = Answers(estimate, np.full(4, 0.4), np.full(4, math.inf))
    limit = 0.4 * stats.norm.ppf(0.975)
    assert limit < 0.8
    lower = beyond_margin(given, 0.8, better="lower", level=0.95)
    assert lower.tolist() == [True, True, False, False]
    higher = beyond_margin(given, 0.8, better="higher", level=0.95)
    assert higher.tolist() == [False, True, True, False]
    better = beyond_margin(given, -0.2, better="lower", level=0.95)
    assert better.tolist() == [True, False, False, False]


def test_a_power_of_one_is_not_certain():
    assert share_error(10, 10) > 0.08
    assert share_error(5000, 10_000) == pytest.approx(0.005, rel=1e-3)
    enough = PreciseEnough(method="none", level=0.95, precision=0.01)
    assert not enough({"p": np.full((100, 1), 1e-9)})
    assert enough({"p": np.full((10_000, 1), 1e-9)})
    assert not enough({"p": np.tile([[0.01], [0.5]], (1000, 1))})


@pytest.mark.parametrize("method", ["none", "holm", "hierarchical"])
def test_many_p_values_are_adjusted_as_those_of_one_trial(method):
    p = np.random.default_rng(2).random((50, 4)) ** 3
    p[3] = np.nan
    found = adjusted_many(p, method)
    one = {"none": tuple, "holm": holm, "hierarchical": hierarchical}[method]
    for row, wanted in zip(found, p, strict=True):
        np.testing.assert_array_equal(row, one(wanted.tolist()))


def test_sizes_follow_the_allocation():
    arms = (
        DesignArm(label="control", means=MEANS["control"]),
        DesignArm(label="retro", means=MEANS["retro"], allocation=1.5),
    )
    design = a_design(arms=arms)
    assert sizes_of(design, 15) == (15, 23)
    assert sizes_of(design, 20) == (20, 30)
    assert sizes_of(design, {"retro": 8, "control": 9}) == (9, 8)
    assert sizes_of(design, [9, np.int64(8)]) == (9, 8)
    assert sizes_of(design, np.int64(15)) == (15, 23)


@pytest.mark.parametrize(
    "n", [1, 0, True, 2.5, "34", (10,), {"retro": 10}, (10, 1), (10, 3.5), 10**30, 1_000_001]
)
def test_sizes_that_fit_no_arm_are_refused(n):
    with pytest.raises(rs.DataError, match=r"^n: "):
        rs.simulate_power(a_design(), a_plan(), n=n, seed=1)


def test_every_disagreement_of_plan_and_design_is_told_at_once():
    plan = a_plan("mmrm", ("retro", "usual care"), covariates=("sex",))
    with pytest.raises(rs.PlanError, match="2 faults") as told:
        rs.simulate_power(a_design(), plan, n=10, seed=1)
    assert "usual care" in str(told.value)
    assert "sex" in str(told.value)


def test_a_family_that_needs_other_outcomes_is_refused():
    plan = replace(
        a_plan(), secondary=(Endpoint(outcome="tug", week=6.0),),
        multiplicity=Multiplicity(method="holm", family="all"),
    )  # fmt: skip
    with pytest.raises(rs.PlanError, match="one outcome"):
        rs.simulate_power(a_design(), plan, n=10, seed=1)
    ordered = replace(plan, multiplicity=Multiplicity(method="hierarchical", family="all"))
    found = rs.simulate_power(a_design(), ordered, n=10, seed=1, replicates=2)
    assert "secondary" in found.caveats[-1]


@pytest.mark.parametrize(
    "wrong", [{"replicates": 1}, {"replicates": 10.0}, {"margin": 0.0}, {"margin": math.nan},
              {"precision": 0.0}, {"precision": 1.0}]
)  # fmt: skip
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=f"simulate_power: {next(iter(wrong))}"):
        rs.simulate_power(a_design(), a_plan(), n=10, seed=1, **wrong)


def test_another_design_plan_or_size_has_another_key():
    task = PlannedTrials(design=a_design(), plan=a_plan(), n=(10, 10))
    others = [
        replace(task, design=a_null()), replace(task, plan=a_plan("ancova")),
        replace(task, n=(10, 11)),
    ]  # fmt: skip
    assert len({key_of(each) for each in [task, *others]}) == 4


def test_two_workers_and_a_checkpoint_change_nothing(tmp_path):
    design, plan = a_design(), a_plan("ancova", covariates=("age",))
    common = {"n": 12, "seed": 5, "margin": 1.0}
    alone = rs.simulate_power(design, plan, replicates=1100, **common)
    assert alone.replicates == 1100
    together = rs.simulate_power(design, plan, replicates=1100, workers=2, **common)
    assert together.to_dict() == alone.to_dict()
    kept = tmp_path / "kept"
    rs.simulate_power(design, plan, replicates=1000, checkpoint=kept, **common)
    resumed = rs.simulate_power(design, plan, replicates=1100, checkpoint=kept, **common)
    assert resumed.to_dict() == alone.to_dict()
    with pytest.raises(rs.DataError, match="other work"):
        rs.simulate_power(design, plan, replicates=1100, checkpoint=kept, **(common | {"n": 13}))
    other = rs.simulate_power(design, plan, replicates=1100, **(common | {"seed": 6}))
    assert other.primary.mean.value != alone.primary.mean.value


def test_it_stops_when_the_power_is_known_well_enough():
    common = {"n": 20, "seed": 5, "precision": 0.017}
    found = rs.simulate_power(a_design(), a_plan("ancova"), replicates=5000, **common)
    assert found.stopped_early
    assert found.asked == 5000
    assert found.replicates % 500 == 0
    assert found.power.error <= 0.017
    shorter = found.replicates - 500
    assert shorter > 0
    before = rs.simulate_power(a_design(), a_plan("ancova"), n=20, seed=5, replicates=shorter)
    assert share_error(before.primary.rejected, shorter) > 0.017


def test_rounding_moves_the_truth_and_the_estimate_follows_it():
    scale = MeasurementScale(low=0.0, high=10.0, step=2.0)
    arms = (
        DesignArm(label="control", means=(3.0, 2.0, 1.6)),
        DesignArm(label="retro", means=(3.0, 1.0, 0.4)),
    )
    design = a_design(arms=arms, scale=scale)
    found = rs.simulate_power(design, a_plan("ancova"), n=30, seed=2, replicates=2000)
    assert found.primary.truth == design.true_differences("retro", "control")[2]
    assert abs(found.primary.truth + 1.2) > 0.15
    bias = found.primary.bias
    assert abs(bias.value) < ERRORS * bias.error
    assert bias.error < 0.02


def test_a_true_null_is_rejected_as_often_as_the_level_says():
    found = rs.simulate_power(a_null(), a_plan(), n=20, seed=3, replicates=4000)
    assert abs(found.power.value - 0.05) < ERRORS * math.sqrt(0.05 * 0.95 / 4000)
    assert math.isnan(found.primary.wrong_side)
    assert abs(found.primary.coverage.value - 0.95) < ERRORS * found.primary.coverage.error
    assert found.primary.coverage.value == pytest.approx(1 - found.power.value)


def test_a_post_score_test_has_the_power_of_its_noncentral_t():
    arms = tuple(replace(arm, dropout=(0.0, 0.0, 0.0)) for arm in a_design().arms)
    design = a_design(arms=arms, scale=None)
    plan = a_plan("ancova", baseline=False)
    found = rs.simulate_power(design, plan, n={"control": 20, "retro": 30}, seed=4, replicates=4000)
    closed = rs.power_two_groups(difference=-1.0, sd=1.7, n=(30, 20)).power
    assert abs(found.power.value - closed) < ERRORS * found.power.error
    se = 1.7 * math.sqrt(1 / 20 + 1 / 30)
    assert abs(found.primary.empirical_se.value - se) < ERRORS * found.primary.empirical_se.error
    assert abs(found.primary.model_se.value - se) < ERRORS * found.primary.model_se.error


def test_a_mixed_anova_is_about_changes_and_told_as_such():
    arms = (
        DesignArm(label="control", means=(6.0, 5.4, 5.0)),
        DesignArm(label="retro", means=(5.5, 4.8, 4.0)),
    )
    design = a_design(arms=arms, scale=None)
    found = rs.simulate_power(design, a_plan("mixed_anova"), n=12, seed=3, replicates=60)
    assert found.primary.truth == pytest.approx(-0.5)
    assert abs(found.primary.bias.value) < ERRORS * found.primary.bias.error
    assert found.structures == ()


def test_a_design_that_is_probably_a_slip_is_told() -> None:
    arms = (
        DesignArm(label="control", means=(6.0, 5.4, 5.0)),
        DesignArm(label="retro", means=(6.5, 5.6, 5.2)),
    )
    design, plan = a_design(arms=arms, scale=None), a_plan("ancova")
    odd = caveats_of(plan, design)
    assert "other means at baseline" in odd[0]
    assert "in the design retro does worse than control" in odd[1]
    assert "(+0.2, and lower is better)" in odd[1]
    assert len(caveats_of(plan, design, margin=1.0)) == len(odd) - 1
    assert not any("does worse" in told for told in caveats_of(plan, a_design()))
    assert not any("at baseline" in told for told in caveats_of(plan, a_design()))
    assert odd[0] in rs.simulate_power(design, plan, n=12, seed=3, replicates=20).caveats


def test_failures_and_later_covariances_are_counted_and_told():
    plan = a_plan(covariance=("us", "ar1"))
    task = PlannedTrials(design=a_design(), plan=plan, n=(10, 12))
    value = np.array([[-1.0], [-1.1], [-0.9], [math.nan], [math.nan]])
    arrays = {
        "estimate": value, "se": np.abs(value) / 4, "df": value * 0 + 20.0, "p": value * 0 + 0.01,
        "structure": np.array([0, 0, 1, -1, -1]), "reason": np.array([0, 0, 0, 1, 2]),
        "seen": np.array([[10, 12], [8, 12], [10, 6], [10, 12], [7, 0]]),
    }  # fmt: skip
    replicates = Replicates(arrays=arrays, count=5, asked=5, stopped_early=False)
    found = simulated_power(task, replicates, margin=None, seed=1)
    assert found.power.value == 3 / 5
    assert found.structures == (("us", 2), ("ar1", 1))
    assert [count for _, count in found.failures] == [1, 1]
    assert found.failed == 2
    assert found.primary.answered == 3
    assert dict(found.seen) == {"control": pytest.approx(0.9), "retro": pytest.approx(0.7)}
    assert "2 of 5 trials have no answer" in found.caveats[0]
    assert "as planned, others took its place: ar1 in 1 of 5 trials" in found.caveats[1]
    assert "count as not significant (no planned model could be fitted: 1;" in found.paragraph()


def test_a_population_by_rules_is_a_caveat():
    plan = replace(a_plan("ancova"), population=PopulationPlan(kind="per protocol"))
    found = rs.simulate_power(a_design(), plan, n=8, seed=1, replicates=10)
    assert "meet its rules" in found.caveats[0]


def test_what_is_shown():
    plan = a_plan("ancova", *THREE, method="holm")
    design = a_design("control", "retro", "forward", correlation=exchangeable(0.4, 3))
    found = rs.simulate_power(design, plan, n=15, seed=1, replicates=200, margin=0.5)
    assert [each.label for each in found] == [each.label for each in plan.comparisons]
    assert found["retro - forward"] is found.comparisons[2]
    with pytest.raises(KeyError, match="there are: retro - control"):
        found["retro - usual care"]
    frame = found.tidy()
    assert frame["power"].tolist() == [each.power.value for each in found]
    assert frame["margin_power"].notna().all()
    paragraph = found.paragraph()
    for words in (
        "15 subjects of control, 15 subjects of retro and 15 subjects of forward, 45 in all",
        "measured at baseline, week 3 and week 6",
        "a correlation of 0.4 between any two visits",
        "an analysis of covariance, adjusted for the baseline of the outcome",
        "adjusted by Holm's method",
        f"in {found.primary.rejected} of 200 trials",
        "Non-inferiority with a margin of 0.5 points",
        "Seed 1.",
    ):
        assert words in paragraph
    for each in found:
        assert f"{100 * each.power.value:.1f}%" in paragraph
    assert "retro - control" in str(found)
    assert found._repr_html_().count("<tr") == 4
