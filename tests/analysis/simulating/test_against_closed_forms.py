"""Long simulations: the level of a true null, and power against the closed forms."""

from __future__ import annotations

import math

import pytest

import retrostats as rs
from retrostats.power.design.types import DesignArm, Dropout, exchangeable

from .designs import a_design, a_plan

pytestmark = pytest.mark.slow

#: Monte Carlo errors within which a simulation agrees with what is exact.
ERRORS = 3.0
#: Kenward and Roger's test of an unstructured covariance is itself an approximation: with ten
#: subjects per arm 100,000 null trials reject 5.09% and 5.10%, the latter with 20% dropout.
LEVEL_GAP = 0.002
#: Trials of a cell. Over the grid the largest gap of a closed form was 1.7 Monte Carlo errors.
TRIALS = 20_000


def a_grid_design(*, gap, rho, lost, allocation=1.0):
    """Return two arms without a scale, who leave completely at random."""
    arms = tuple(
        DesignArm(
            label=label,
            means=(6.0, 5.0 + end / 2, 5.0 + end),
            dropout=(0.0, lost / 2, lost),
            allocation=times,
        )
        for label, end, times in (("control", 0.0, 1.0), ("retro", gap, allocation))
    )
    return a_design(
        arms=arms, scale=None, correlation=exchangeable(rho, 3), dropout=Dropout(), covariates=()
    )


@pytest.mark.parametrize("kind", ["mmrm", "ancova"])
@pytest.mark.parametrize("n", [10, 34])
@pytest.mark.parametrize(("rho", "lost"), [(0.3, 0.0), (0.7, 0.2)])
def test_a_true_null_is_rejected_as_often_as_the_level_says(kind, n, rho, lost):
    design = a_grid_design(gap=0.0, rho=rho, lost=lost)
    found = rs.simulate_power(design, a_plan(kind), n=n, seed=21, replicates=100_000)
    error = math.sqrt(0.05 * 0.95 / 100_000)
    allowed = ERRORS * error + (LEVEL_GAP if kind == "mmrm" else 0.0)
    assert abs(found.power.value - 0.05) < allowed
    assert found.failed == 0


@pytest.mark.parametrize("n", [10, 30])
@pytest.mark.parametrize("allocation", [1.0, 2.0])
def test_a_test_of_post_scores_has_the_power_of_its_noncentral_t(n, allocation):
    design = a_grid_design(gap=-1.2, rho=0.5, lost=0.0, allocation=allocation)
    plan = a_plan("ancova", baseline=False)
    found = rs.simulate_power(design, plan, n=n, seed=22, replicates=TRIALS)
    exact = rs.power_two_groups(difference=-1.2, sd=1.7, n=(int(n * allocation), n)).power
    assert abs(found.power.value - exact) < ERRORS * found.power.error


@pytest.mark.parametrize("n", [10, 30])
@pytest.mark.parametrize("rho", [0.3, 0.7])
def test_an_ancova_has_the_power_of_its_closed_form(n, rho):
    design = a_grid_design(gap=-1.0, rho=rho, lost=0.0)
    curve = rs.power_curve(
        design, a_plan("ancova"), over="n", values=[n], seed=23, replicates=TRIALS
    )
    assert abs(curve[0].power.value - curve.closed[0]) < ERRORS * curve[0].power.error


@pytest.mark.parametrize("n", [10, 30, 60])
@pytest.mark.parametrize("rho", [0.3, 0.7])
@pytest.mark.parametrize("lost", [0.0, 0.25])
def test_an_mmrm_has_the_power_of_its_closed_form(n, rho, lost):
    design = a_grid_design(gap=-1.0, rho=rho, lost=lost)
    curve = rs.power_curve(design, a_plan(), over="n", values=[n], seed=24, replicates=TRIALS)
    gap = abs(curve[0].power.value - curve.closed[0])
    assert gap < ERRORS * curve[0].power.error
