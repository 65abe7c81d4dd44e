"""What intervals of the variance between trials must be for any input."""

import math

import numpy as np
import pytest
from scipy.stats import chi2

import retrostats as rs
from retrostats.meta.intervals import heterogeneity_interval as home
from retrostats.meta.intervals.profile_likelihood import profile_likelihood
from retrostats.meta.intervals.q_profile import falling_root, q_profile

from .golden_meta import trials

#: The likelihood of these has two peaks, and both are in the 95% interval.
TWO_PEAKS = (
    np.array([-1.79, 0.19, -5.59, -5.56, -0.03, -2.27]),
    np.array([4.8, 0.0059, 9.7, 2.9, 0.0091, 6.3]),
)
#: Rounding of the inputs when they are scaled, grown by the slope of Q at the root.
SCALED = 1e-12


def random_trials(seed):
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 12))
    v = 10.0 ** rng.uniform(-2, 1, k)
    return rng.normal(size=k) * np.sqrt(v + 10.0 ** rng.uniform(-2, 1)), v


def heights(grid, y, v, *, restricted):
    """The log-likelihood at many values of tau squared, but for a constant."""
    w = 1 / (v + np.asarray(grid)[:, None])
    mean = (w * y).sum(axis=1) / w.sum(axis=1)
    found = np.log(w).sum(axis=1) - (w * (y - mean[:, None]) ** 2).sum(axis=1)
    return (found - np.log(w.sum(axis=1)) * restricted) / 2


def generalised_q(tau2, y, v):
    w = 1 / (v + tau2)
    return float(w @ (y - w @ y / w.sum()) ** 2)


@pytest.mark.parametrize("seed", range(20))
def test_q_at_the_limits_is_a_quantile_or_the_limit_is_zero(seed):
    y, v = random_trials(seed)
    low, high = q_profile(y, v, level=0.9)
    for limit, quantile in ((low, 0.95), (high, 0.05)):
        wanted = chi2.ppf(quantile, len(y) - 1)
        if limit:
            assert generalised_q(limit, y, v) == pytest.approx(wanted, rel=1e-11)
        else:
            assert generalised_q(0.0, y, v) <= wanted
    assert low <= high


def test_q_profile_of_a_regression_has_its_own_degrees_of_freedom():
    y, v = random_trials(3)
    x = np.column_stack([np.ones(len(y)), np.arange(len(y))])
    _, high = q_profile(y, v, x)
    root = np.sqrt(v + high)
    rest = np.linalg.lstsq(x / root[:, None], y / root, rcond=None)[1]
    assert float(rest[0]) == pytest.approx(chi2.ppf(0.025, len(y) - 2), rel=1e-10)


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("seed", range(12))
def test_profile_encloses_exactly_what_is_high_enough(seed, restricted):
    y, v = random_trials(seed)
    low, high, _ = profile_likelihood(y, v, restricted=restricted, level=0.9)
    grid = np.concatenate(([0.0], np.geomspace(1e-6 * v.min(), 1e6 * v.max(), 6000)))
    height = heights(grid, y, v, restricted=restricted)
    inside = grid[height >= height.max() - chi2.ppf(0.9, 1) / 2]
    assert inside.min() == 0 or low == pytest.approx(inside.min(), rel=0.006)
    assert (inside.min() == 0) == (low == 0)
    assert high == pytest.approx(inside.max(), rel=0.006)


def test_two_peaks_are_enclosed_and_counted():
    y, v = TWO_PEAKS
    low, high, pieces = profile_likelihood(y, v, restricted=True)
    assert pieces == 2
    assert low < 0.1
    assert high > 10
    estimates = [
        rs.Estimate.from_se(f"Trial {i}", a, math.sqrt(b), unit="SD")
        for i, (a, b) in enumerate(zip(y, v, strict=True))
    ]
    found = rs.heterogeneity_interval(rs.pool(estimates), method="profile-likelihood")
    assert found.tau2_ci[:2] == (pytest.approx(low, rel=1e-12), pytest.approx(high, rel=1e-12))
    assert "2 separate intervals" in found.caveats[0]
    assert found.caveats[0] in str(found)


def test_a_narrow_second_part_between_points_of_the_grid_is_found():
    y, v = TWO_PEAKS
    height = heights(np.geomspace(1e-3, 100, 40000), y, v, restricted=True)
    tops = height[1:-1][(height[1:-1] > height[:-2]) & (height[1:-1] > height[2:])]
    assert len(tops) == 2
    # Levels at which the lower peak only just belongs to the interval, or just does not.
    for share, pieces in ((1 + 1e-5, 2), (1 + 1e-4, 2), (1 - 1e-3, 1)):
        level = float(chi2.cdf(2 * np.ptp(tops) * share, 1))
        assert profile_likelihood(y, v, restricted=True, level=level).pieces == pieces


@pytest.mark.parametrize("times", [1e-8, 0.37, 1e8])
@pytest.mark.parametrize("seed", range(6))
def test_limits_scale_with_the_unit(seed, times):
    y, v = random_trials(seed)
    one, other = q_profile(y, v), q_profile(y * times, v * times**2)
    assert other == pytest.approx(tuple(times**2 * x for x in one), rel=SCALED)
    for restricted in (True, False):
        one = profile_likelihood(y, v, restricted=restricted)
        other = profile_likelihood(y * times, v * times**2, restricted=restricted)
        assert other[:2] == pytest.approx(tuple(times**2 * x for x in one[:2]), rel=SCALED, abs=0)
        assert one.pieces == other.pieces


def test_very_unequal_variances():
    y, v = np.array([0.0, 1.0, 40.0]), np.array([1e-6, 1.0, 1e6])
    low, high = q_profile(y, v)
    assert generalised_q(low, y, v) == pytest.approx(chi2.ppf(0.975, 2), rel=1e-9) or low == 0
    assert generalised_q(high, y, v) == pytest.approx(chi2.ppf(0.025, 2), rel=1e-9)
    assert profile_likelihood(y, v, restricted=True).high > 0


def test_a_limit_beyond_all_numbers_is_open():
    assert falling_root(lambda _: 1.0, 1.0) == math.inf
    assert falling_root(lambda t: 3.0 - t, 1e-9) == pytest.approx(3)
    assert falling_root(lambda t: -1.0 - t, 1.0, 0.5) == 0.5


def test_an_open_limit_is_told(monkeypatch):
    monkeypatch.setattr(home, "q_profile", lambda *_, **__: (0.0, math.inf))
    found = rs.heterogeneity_interval(rs.pool(trials("k2")))
    assert found.tau2_ci.high == found.tau_ci.high == found.h2_ci.high == math.inf
    assert found.i2_ci.high == 1
    assert found.caveats == (home.NO_END,)
    assert "to ∞" in " ".join(str(found).split())


def test_trials_that_agree_too_well_have_no_compatible_tau2():
    found = rs.heterogeneity_interval(rs.pool(trials("homog")))
    assert found.tau2_ci == (0, 0, 0.95)
    assert found.caveats == (home.BOTH_ZERO,)
    assert rs.heterogeneity_interval(rs.pool(trials("k3"))).caveats == ()


def test_an_estimate_outside_its_interval_is_told():
    trial = [rs.Estimate.from_se(f"Trial {i}", v, 0.3, unit="SD") for i, v in enumerate((0, 2.0))]
    pooled = rs.pool(trial, tau2=lambda *_: 1e4)
    assert "outside the interval" in rs.heterogeneity_interval(pooled).caveats[0]


def test_level_is_that_of_the_pool_unless_given():
    pooled = rs.pool(trials("bcg"), level=0.8)
    assert rs.heterogeneity_interval(pooled).tau2_ci.level == 0.8
    wide = rs.heterogeneity_interval(pooled, level=0.99).tau2_ci
    assert wide.level == 0.99
    assert wide.high > rs.heterogeneity_interval(pooled).tau2_ci.high


def test_limits_of_a_level_near_one_keep_their_digits():
    y, v = np.array([0.3, 1.7]), np.array([0.2, 0.1])
    _, high = q_profile(y, v, level=1 - 2**-53)
    # Of two trials the small tail is pi q^2 / 2, and Q = d^2 / (v1 + v2 + 2 tau2).
    target = math.pi / 2 * (2**-54) ** 2
    assert high == pytest.approx((1.4**2 / target - 0.3) / 2, rel=1e-9)


def test_refusals():
    with pytest.raises(rs.FitError, match="common-effect model takes tau² to be 0"):
        rs.heterogeneity_interval(rs.pool(trials("k3"), tau2="common"))
    with pytest.raises(ValueError, match="'q-profile', 'profile-likelihood'; got 'wald'"):
        rs.heterogeneity_interval(rs.pool(trials("k3")), method="wald")
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        rs.heterogeneity_interval(rs.pool(trials("k3")), level=95)
