"""Every number of a batch is that of fits one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import retrostats as rs
from retrostats.models.batch.fit import fit_batch

#: Of estimates over their standard errors, standard errors, df, log-likelihoods and variances.
#: Measured 2e-13, of df; the next largest is 4e-14, of standard errors.
SAME = 1e-10

SHAPES = {
    "68 subjects": {"n": 68},
    "2 visits": {"n": 20, "visits": 2, "leaves": 0.3},
    "5 visits, 3 arms": {"n": 90, "visits": 5, "arms": 3},
    "complete": {"leaves": 0.0, "skips": 0.0},
    "monotone": {"leaves": 0.4, "skips": 0.0},
    "8 subjects": {"n": 8, "visits": 2, "leaves": 0.0, "skips": 0.0},
}


def assert_same(fits, place, single):
    assert not fits.failed[place], fits.why()
    assert fits.reason[place] == 0
    gaps = [
        np.abs(fits.estimate[place] - single.estimate).max() / single.se.min(),
        np.abs(fits.se[place] / single.se - 1).max(),
        np.abs(fits.df[place] / single.df - 1).max() if np.isfinite(single.df).all() else 0.0,
        abs(fits.loglik[place] / single.loglik - 1),
        np.abs(fits.sigma[place] - single.sigma).max() / np.abs(single.sigma).max(),
        np.abs(fits.beta[place] - single.beta).max() / np.abs(single.beta).max(),
    ]
    assert max(gaps) < SAME, gaps
    return max(gaps)


@pytest.mark.parametrize("covariance", ["us", "cs", "toep"])
@pytest.mark.parametrize("shape", SHAPES)
def test_simulated_trials(shape, covariance, make_trials, one_by_one):
    trials = make_trials(7, **SHAPES[shape])
    fits = fit_batch(*trials, covariance=covariance)
    assert not fits.alone.any()
    for place in range(len(fits)):
        assert_same(fits, place, one_by_one(trials.one(place), covariance=covariance))


@pytest.mark.parametrize("information", ["observed", "expected"])
@pytest.mark.parametrize(
    "df", ["kenward-roger", "kenward-roger-linear", "satterthwaite", "residual", "asymptotic"]
)
def test_degrees_of_freedom(df, information, make_trials, one_by_one):
    trials = make_trials(8, count=3)
    fits = fit_batch(*trials, df=df, information=information)
    for place in range(3):
        single = one_by_one(trials.one(place), df=df, information=information)
        assert_same(fits, place, single)
        assert (np.isinf(fits.df[place]) == np.isinf(single.df)).all()


@pytest.mark.parametrize("unit", [1e-8, 1e8, 2.5e-40, 3e40])
def test_units_of_the_outcome(unit, make_trials, one_by_one):
    trials = make_trials(9, count=3)
    trials = trials._replace(y=trials.y * unit)
    fits = fit_batch(*trials)
    for place in range(3):
        assert_same(fits, place, one_by_one(trials.one(place)))


def test_baselines_far_from_zero_with_hardly_any_spread(make_trials, one_by_one):
    trials = make_trials(10, count=3)
    columns = trials.columns.copy()
    columns[:, :, 1] = 50 + 0.001 * (columns[:, :, 1] - 6)
    trials = trials._replace(columns=columns)
    fits = fit_batch(*trials)
    for place in range(3):
        single = one_by_one(trials.one(place))
        gap = np.abs(fits.se[place] / single.se - 1).max()
        assert gap < SAME
        assert np.abs(fits.df[place] / single.df - 1).max() < SAME
        assert np.abs((fits.estimate[place] - single.estimate) / single.se).max() < SAME


def test_one_slope_for_all_visits(make_trials):
    trials = make_trials(11, count=4)
    m, q = 3, 3
    restriction = np.zeros((m * q, 7))
    for visit in range(m):
        restriction[visit * q, visit] = 1
        restriction[visit * q + 1, 3] = 1
        restriction[visit * q + 2, 4 + visit] = 1
    fits = fit_batch(*trials, restriction=restriction)
    for place in range(4):
        who, when = np.nonzero(trials.seen[place])
        table = pd.DataFrame({"who": who, "visit": pd.Categorical(when)})
        table["y"] = trials.y[place][who, when]
        table["baseline"], table["arm"] = trials.columns[place][who, 1:].T
        formula = "y ~ 0 + visit + baseline + visit:arm"
        fit = rs.fit_mmrm(formula, table, subject="who", visit="visit")
        last, slope = fit.contrast({"visit[2]:arm": 1.0}), fit.contrast({"baseline": 1.0})
        assert abs(fits.estimate[place, 0] - last.value) < SAME * last.se
        assert abs(fits.se[place, 0] / last.se - 1) < SAME
        assert abs(fits.df[place, 0] / last.df - 1) < SAME
        assert abs(fits.loglik[place] / fit.loglik - 1) < SAME
        assert np.abs(fits.beta[place, 1::3] / slope.value - 1).max() < 1e-9
    assert not fits.alone.any()


def test_p_and_intervals_are_those_of_a_contrast(make_trials):
    trials = make_trials(12, count=1)
    fits = fit_batch(*trials)
    who, when = np.nonzero(trials.seen[0])
    table = pd.DataFrame({"who": who, "visit": pd.Categorical(when), "y": trials.y[0][who, when]})
    table["baseline"], table["arm"] = trials.columns[0][who, 1:].T
    fit = rs.fit_mmrm(
        "y ~ 0 + visit + visit:baseline + visit:arm",
        table,
        subject="who",
        visit="visit",
        level=0.9,
    )
    wanted = fit.contrast({"visit[2]:arm": 1.0})
    low, high = fits.ci(0.9)
    assert fits.p()[0, 0] == pytest.approx(wanted.p, rel=1e-9)
    assert low[0, 0] == pytest.approx(wanted.ci.low, rel=1e-9)
    assert high[0, 0] == pytest.approx(wanted.ci.high, rel=1e-9)
    assert fits.p(null=wanted.value)[0, 0] == pytest.approx(1, abs=1e-9)
    with pytest.raises(ValueError, match="between 0 and 1"):
        fits.ci(95)


@pytest.mark.parametrize("seed", [47, 50, 51])
def test_steps_that_gain_too_little_are_halved(seed, make_trials, one_by_one):
    trials = make_trials(seed, count=1, n=16, leaves=0.4)
    fits = fit_batch(*trials)
    assert not fits.alone[0]
    single = one_by_one(trials.one(0))
    # The likelihood is nearly flat at the maximum. Measured 2e-12.
    assert np.abs(fits.se[0] / single.se - 1).max() < 1e-8
    assert np.abs(fits.df[0] / single.df - 1).max() < 1e-8
