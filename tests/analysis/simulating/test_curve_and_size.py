"""Curves of power, their closed forms, and the sample size that they lead to."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import retrostats as rs
from retrostats.analysis.simulating.asking import fewest_of
from retrostats.analysis.simulating.crossing import crossing
from retrostats.power.design.types import DesignArm, Dropout, MeasurementScale

from .designs import THREE, a_design, a_null, a_plan

ANCOVA = a_plan("ancova")
#: Three Monte Carlo errors of a power at the moments of 40,000 drawn subjects.
DRAWN = 0.009


def line(n, a=-1.9, b=0.4):
    return float(stats.norm.cdf(a + b * math.sqrt(n)))


def test_a_probit_line_is_crossed_where_it_is():
    found = crossing({n: (line(n), 100_000) for n in (30, 45, 60)}, 0.9)
    assert found.n == pytest.approx(((stats.norm.ppf(0.9) + 1.9) / 0.4) ** 2, rel=1e-3)
    assert found.low < found.n < found.high
    few = crossing({n: (line(n), 1000) for n in (30, 45, 60)}, 0.9)
    assert few.high - few.low == pytest.approx(10 * (found.high - found.low), rel=0.1)


def test_the_range_of_a_crossing_covers_it():
    rng = np.random.default_rng(1)
    truth = ((stats.norm.ppf(0.9) + 1.9) / 0.4) ** 2
    inside = 0
    for _ in range(400):
        drawn = {n: (rng.binomial(1000, line(n)) / 1000, 1000) for n in (40, 55, 75)}
        found = crossing(drawn, 0.9)
        inside += found.low <= truth <= found.high
    assert abs(inside / 400 - 0.95) < 3 * math.sqrt(0.95 * 0.05 / 400)


def test_a_power_that_does_not_rise_is_crossed_nowhere():
    falling = crossing({20: (0.06, 1000), 40: (0.05, 1000)}, 0.9)
    assert falling.n == math.inf
    flat = crossing({20: (0.05, 1000), 40: (0.051, 1000)}, 0.9)
    assert flat.n > 100_000
    assert flat.high == math.inf


def test_a_curve_rises_with_n_and_holds_its_closed_form():
    design = a_design(scale=None)
    curve = rs.power_curve(design, ANCOVA, over="n", values=[40, 15], replicates=500, seed=2)
    assert curve.values == (15.0, 40.0)
    assert [point.total for point in curve] == [30, 80]
    assert curve.points[0].power.value < curve.points[1].power.value
    assert curve.closed_name == "power_ancova"
    assert curve.layout().header[-1] == "Closed form, ANCOVA"
    for closed, point in zip(curve.closed, curve, strict=True):
        assert abs(closed - point.power.value) < 3 * point.power.error
    single = rs.simulate_power(design, ANCOVA, n=40, replicates=500, seed=2)
    assert curve[1].to_dict() == single.to_dict()
    assert curve.tidy()["closed"].tolist() == list(curve.closed)
    assert len(curve.layout().rows) == len(curve) == 2


def test_what_a_curve_varies_is_what_was_asked():
    common = {"n": 10, "replicates": 4, "seed": 1}
    design = a_design(scale=None)
    lost = rs.power_curve(design, ANCOVA, over="dropout", values=[0, 0.3], **common)
    assert [point.design.arms[0].dropout[-1] for point in lost] == [0.0, 0.3]
    tied = rs.power_curve(design, ANCOVA, over="correlation", values=[0.2, 0.7], **common)
    assert [point.design.correlation[0][2] for point in tied] == [0.2, 0.7]
    apart = rs.power_curve(design, ANCOVA, over="difference", values=[-2, -1], **common)
    assert [point.primary.truth for point in apart] == pytest.approx([-2.0, -1.0])
    assert apart.words == "True difference, points"


def test_a_closed_form_takes_the_spread_of_recorded_scores():
    arms = tuple(
        DesignArm(label=label, means=(3.0, 2.0, end))
        for label, end in (("control", 2.0), ("retro", 1.0))
    )
    design = a_design(arms=arms, scale=MeasurementScale(low=0, high=10, step=1))
    drawn = design.draw((20_000, 20_000), np.random.default_rng(3), 1)
    first, _, last = np.moveaxis(drawn.scores[0], 1, 0)
    for scores in (first, last):  # the model knows one covariance within arms
        for code in (0, 1):
            scores[drawn.arm == code] -= scores[drawn.arm == code].mean()
    point = {"over": "n", "values": [40], "replicates": 2, "seed": 1}
    found = rs.power_curve(design, ANCOVA, **point)
    known = {"difference": found[0].primary.truth, "n": 40, "sd": float(last.std())}
    recorded = rs.power_ancova(**known, correlation=float(np.corrcoef(first, last)[0, 1]))
    designed = rs.power_ancova(**known, correlation=0.5)
    assert found.closed[0] == pytest.approx(recorded.power, abs=DRAWN)
    assert designed.power > recorded.power + 1.5 * DRAWN


def test_those_who_leave_by_chance_cost_a_little_more_than_their_number():
    design = a_design(scale=None, dropout=Dropout())
    found = rs.power_curve(design, ANCOVA, over="n", values=[20], replicates=2, seed=1)
    # 17 of 20 stay on average; the mean of 1 / n is 0.9% more than 1 / 17.
    known = {"sd": 1.7, "correlation": 0.5, "difference": found[0].primary.truth}
    some, fewer = (rs.power_ancova(**known, n=n).power for n in (17, 16))
    assert found.closed[0] == pytest.approx(some - 0.15 * (some - fewer), abs=0.002)


def test_a_closed_form_stands_only_beside_the_plan_that_it_describes():
    def name(plan, **changes):
        design = a_design(**changes)
        sizes = dict.fromkeys(design.labels, 12)
        return rs.power_curve(
            design, plan, over="dropout", values=[0.1], n=sizes, replicates=2, seed=1
        ).closed_name

    assert name(a_plan()) == "power_mmrm"
    assert name(ANCOVA) == "power_ancova"
    assert name(a_plan("ancova", covariates=("age",))) == ""
    assert name(a_plan("ancova", standard_errors="HC3")) == ""
    assert name(a_plan(baseline_by_visit=False)) == ""
    assert name(a_plan(df="satterthwaite")) == ""
    assert name(a_plan(covariance=("cs",))) == ""
    assert name(ANCOVA, intermittent=0.1) == ""
    three = {"arms": a_design("control", "retro", "forward").arms}
    assert name(a_plan("ancova", *THREE, method="holm"), **three) == ""


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"over": "weeks", "values": [1]}, "over must be one of n, dropout"),
        ({"over": "n", "values": [10], "n": 10}, "leave n out"),
        ({"over": "dropout", "values": [0.1]}, "give n too"),
        ({"over": "n", "values": []}, "list of finite numbers"),
        ({"over": "n", "values": [math.nan]}, "list of finite numbers"),
        ({"over": "n", "values": [10, 10.0]}, "stands twice"),
        ({"over": "n", "values": [10.5]}, "whole numbers"),
    ],
)
def test_a_curve_that_cannot_be_drawn_is_refused(wrong, told):
    with pytest.raises(ValueError, match=told):
        rs.power_curve(a_design(), ANCOVA, seed=1, replicates=2, **wrong)


def test_a_difference_moves_the_last_visit_only():
    plan = replace(ANCOVA, estimand=replace(
        ANCOVA.estimand, endpoint=replace(ANCOVA.primary, week=3.0)
    ))  # fmt: skip
    with pytest.raises(rs.DataError, match="moves the last visit, week 6"):
        rs.power_curve(a_design(), plan, over="difference", values=[-1], n=10, replicates=2, seed=1)


def test_the_size_found_has_the_power():
    design = a_design(scale=None)
    found = rs.find_sample_size(design, ANCOVA, power=0.8, replicates=2000, seed=4)
    final = found.confirmed
    assert found.history[-1][0] == found.n
    assert found.history[-1][3] == final.replicates == 2000
    assert final.power.value >= 0.8 - 2 * final.power.error
    assert found.low <= found.n <= found.high < 1.5 * found.low
    closed = rs.power_curve(design, ANCOVA, over="n", values=[found.n], replicates=2, seed=1)
    assert abs(closed.closed[0] - 0.8) < 0.04
    assert f"{found.n} subjects per arm ({found.total} in all)" in str(found)
    assert found.tidy()["n"].tolist()[-1] == found.n
    assert "The sample size rests on simulation" in found.paragraph()
    assert "the size at which the power reaches 80%, by a curve through" in found.paragraph()
    again = rs.find_sample_size(design, ANCOVA, power=0.8, replicates=2000, seed=4)
    assert again.history == found.history


def test_a_margin_is_what_the_size_is_found_for():
    found = rs.find_sample_size(a_null(), ANCOVA, margin=1.0, replicates=1000, seed=4)
    assert found.confirmed.primary.margin_power.value > 0.86
    assert found.confirmed.power.value < 0.1


@pytest.mark.parametrize(
    ("design", "margin", "told"),
    [
        (a_null(), None, "no true difference"),
        (a_design(), -2.0, "beyond the margin"),
        (a_null().with_difference("retro", "control", -0.001), None, "more than 100,000"),
    ],
)
def test_a_power_out_of_reach_is_told(design, margin, told):
    with pytest.raises(rs.DataError, match=told):
        rs.find_sample_size(design, ANCOVA, margin=margin, replicates=100, seed=1)


def test_a_huge_effect_needs_the_fewest_that_the_model_can_do_with():
    design = a_design(scale=None).with_difference("retro", "control", -12)
    found = rs.find_sample_size(design, a_plan(), replicates=200, seed=1)
    assert found.n == found.low == found.high == fewest_of(design, a_plan()) == 5
    assert found.fewest
    assert found.confirmed.power.value > 0.95
    assert [n for n, *_ in found.history] == [30, 5, 5]
    assert "too few degrees of freedom, and none were tried" in str(found)


def test_the_fewest_grow_with_the_model_and_the_dropout():
    plain = a_null()
    gone = plain.with_dropout(0.5)
    unequal = replace(plain, arms=(replace(plain.arms[0], allocation=0.2), plain.arms[1]))
    assert [fewest_of(each, ANCOVA) for each in (plain, gone, unequal)] == [4, 6, 6]
    assert fewest_of(plain, a_plan("ancova", covariates=("grade", "age"))) == 6
    assert fewest_of(plain, a_plan("ancova", baseline=False)) == 3


@pytest.mark.parametrize("replicates", [2, 99, 100.0])
def test_too_few_trials_for_a_search_are_refused(replicates):
    with pytest.raises(ValueError, match="replicates must be a whole number of 100 or more"):
        rs.find_sample_size(a_design(), ANCOVA, replicates=replicates, seed=1)


@pytest.mark.parametrize("power", [0.4, 1.0, math.nan])
def test_a_power_that_is_none_is_refused(power):
    with pytest.raises(ValueError, match="power must be"):
        rs.find_sample_size(a_design(), ANCOVA, power=power, seed=1)


def test_a_start_beyond_the_largest_size_is_refused():
    with pytest.raises(rs.DataError, match="start may be 100,000 at most, got 1,000,000,000"):
        rs.find_sample_size(a_design(), ANCOVA, start=10**9, seed=1)


def test_a_folder_with_other_files_keeps_no_curve(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    point = {"over": "n", "values": [40], "replicates": 2, "seed": 1}
    with pytest.raises(rs.DataError, match=r"the folder holds notes\.txt, which no checkpoint"):
        rs.power_curve(a_design(), ANCOVA, **point, checkpoint=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
