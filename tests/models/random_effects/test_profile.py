import math

import numpy as np
import pytest

from retrostats.errors import DataError, FitError
from retrostats.models.random_effects.effect_intervals import effects_intervals
from retrostats.models.random_effects.natural_profile import NaturalCurve, profile_interval
from retrostats.models.random_effects.profile import ProfileInterval, profile_limits

#: lme4 interpolates its profile; largest gap measured 3e-5 of the width of the interval.
LME4 = 1e-4
#: The fall of the log-likelihood at a limit; largest gap measured 2e-9.
FALL = 1e-7
#: Half of the 95 % quantile of the chi-square with 1 degree of freedom.
HALF_QUANTILE = 1.9207294103470618

BOTH = ("Intercept", "Days")


@pytest.fixture(scope="module")
def sleep(golden, rows_of):
    frame, results = golden("sleepstudy")
    model = rows_of(frame, "Reaction ~ Days", "Subject", "Days").reduced("ml")
    optimum = model.fit()
    return model, optimum, results


def test_sleepstudy_is_lme4s(sleep):
    model, optimum, results = sleep
    found = effects_intervals(model.likelihood, optimum, BOTH)
    assert [interval.name for interval in found] == [
        "sd(Intercept)",
        "corr(Intercept, Days)",
        "sd(Days)",
        "sd(residual)",
    ]
    limits = np.array([[interval.low, interval.high] for interval in found])
    expected = np.array(results["confint_profile_ML"]["values"])[:4]
    width = np.diff(expected, axis=1)
    np.testing.assert_allclose(limits / width, expected / width, atol=LME4)


def profile_height(model, constraint):
    """Maximum under an equality constraint by a general minimiser."""
    from scipy.optimize import minimize

    def deviance(phi):
        at = model.likelihood.evaluate(constraint(phi))
        return 1e10 if at is None else -at.loglik

    best = minimize(
        deviance,
        np.zeros(3),
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 4000, "maxfev": 4000},
    )
    return -best.fun


@pytest.mark.parametrize("which", [0, 1, 2, 3])
def test_limits_are_where_the_profile_has_fallen_enough(sleep, which):
    model, optimum, _ = sleep
    found = effects_intervals(model.likelihood, optimum, BOTH)[which]
    sd = np.sqrt(optimum.at.theta[[0, 2, 3]])

    def constraint(value):
        def theta(phi):
            a, b, s = sd * np.exp([phi[0], phi[1], 0.0])
            r = np.tanh(phi[2])
            if which == 1:
                s, r = sd[2] * np.exp(phi[2]), value
            elif which == 0:
                a, s = value, sd[2] * np.exp(phi[0])
            elif which == 2:
                b, s = value, sd[2] * np.exp(phi[1])
            else:
                s = value
            return np.array([a * a, r * a * b, b * b, s * s])

        return theta

    for limit in (found.low, found.high):
        fallen = optimum.at.loglik - profile_height(model, constraint(limit))
        assert fallen == pytest.approx(HALF_QUANTILE, abs=FALL)


def test_natural_interval_of_a_variance_is_the_square(sleep):
    model, optimum, _ = sleep
    natural = profile_interval(model.likelihood, optimum, 0, name="var", level=0.9)
    sd = effects_intervals(model.likelihood, optimum, BOTH, level=0.9)[0]
    assert natural.low == pytest.approx(sd.low**2, rel=1e-7)
    assert natural.high == pytest.approx(sd.high**2, rel=1e-7)
    assert natural.level == 0.9


def test_natural_interval_of_a_covariance(sleep):
    model, optimum, _ = sleep
    found = profile_interval(model.likelihood, optimum, 1, name="cov")
    assert found.low < optimum.at.theta[1] < found.high
    wide = profile_interval(model.likelihood, optimum, 1, name="cov", level=0.999)
    assert wide.low < found.low < found.high < wide.high


def test_uncorrelated_effects(golden, rows_of):
    frame, _ = golden("sleepstudy")
    model = rows_of(frame, "Reaction ~ Days", "Subject", "Days").reduced("ml", ((0,), (1,)))
    optimum = model.fit()
    found = effects_intervals(model.likelihood, optimum, BOTH)
    assert [interval.name for interval in found] == ["sd(Intercept)", "sd(Days)", "sd(residual)"]
    natural = profile_interval(model.likelihood, optimum, 1, name="var")
    assert natural.high == pytest.approx(found[1].high ** 2, rel=1e-7)


def test_a_variance_of_zero_has_its_lower_limit_there(golden, rows_of):
    frame, _ = golden("edge", "dyestuff2.csv")
    model = rows_of(frame, "Yield ~ 1", "Batch", None).reduced("ml")
    optimum = model.fit()
    found = effects_intervals(model.likelihood, optimum, ("Intercept",))
    assert (found[0].estimate, found[0].low) == (0.0, 0.0)

    def height(value):
        return max(
            model.likelihood.evaluate(np.array([value**2, s])).loglik
            for s in optimum.at.theta[-1] * np.linspace(0.6, 1.4, 2001)
        )

    fallen = optimum.at.loglik - height(found[0].high)
    assert fallen == pytest.approx(HALF_QUANTILE, abs=1e-4)


def test_small_trials_on_and_near_the_boundary(small_trial):
    reached = 0
    for seed in range(12):
        model = small_trial(seed).reduced("ml")
        optimum = model.fit()
        for interval in effects_intervals(model.likelihood, optimum, ("Intercept", "week")):
            assert interval.low <= interval.high
            if not math.isnan(interval.estimate):
                assert interval.low <= interval.estimate <= interval.high
            if interval.name.startswith("corr"):
                assert -1 <= interval.low <= interval.high <= 1
                reached += abs(interval.low) == 1 or interval.high == 1
            else:
                assert 0 <= interval.low < interval.high < np.inf
    assert reached >= 3


def test_a_point_that_is_no_maximum_is_told(sleep):
    model, optimum, _ = sleep
    with pytest.raises(FitError, match="higher than at the estimate"):
        profile_limits(
            model.likelihood,
            NaturalCurve(optimum=optimum, position=0).at,
            name="var(Intercept)",
            estimate=400.0,
            loglik=optimum.at.loglik - 1.0,
            step=100.0,
        )


def test_level_is_checked(sleep):
    model, optimum, _ = sleep
    with pytest.raises(DataError, match="between 0 and 1, got 95"):
        effects_intervals(model.likelihood, optimum, BOTH, level=95)


SD = {"name": "sd(week)", "estimate": 0.166, "low": 0.0, "high": 0.2534, "level": 0.95}
ABOVE_0 = (0.0, math.inf)
EDGE = "limit at the edge of the range"
BOTH_EDGES = f"lower {EDGE}; upper {EDGE}"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"low": 0.01}, "sd(week): 0.166 (95% profile interval 0.010 to 0.253)"),
        (
            {"bounds": ABOVE_0},
            f"sd(week): 0.166 (95% profile interval 0.000 to 0.253; lower {EDGE})",
        ),
        (
            {"bounds": ABOVE_0, "low": 0.1, "high": math.inf, "level": 0.9},
            "sd(week): 0.166 (90% profile interval 0.100 to inf; no upper limit)",
        ),
        (
            {"estimate": math.nan, "low": -1.0, "high": 1.0, "bounds": (-1.0, 1.0)},
            f"sd(week): no estimate (95% profile interval -1.00 to 1.00; {BOTH_EDGES})",
        ),
        (
            {"estimate": 80.45, "low": 51.2, "high": 131.67},
            "sd(week): 80.5 (95% profile interval 51.2 to 131.7)",
        ),
    ],
)
def test_an_interval_prints_as_one_line_that_names_its_edges(changes, line):
    interval = ProfileInterval(**(SD | changes))
    assert str(interval) == repr(interval) == line


def test_the_bounds_of_the_parameters_come_with_the_intervals(sleep):
    model, optimum, _ = sleep
    found = effects_intervals(model.likelihood, optimum, BOTH)
    assert [interval.bounds for interval in found] == [ABOVE_0, (-1.0, 1.0), ABOVE_0, ABOVE_0]
