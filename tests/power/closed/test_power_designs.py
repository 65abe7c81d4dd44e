"""The formulas of single designs, by hand and by other ways."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

import retrostats as rs
from retrostats.effects.t_tests import welch_t
from retrostats.power.closed.adjusted import adjusted_spread, variance_factor
from retrostats.power.closed.chances import t_tails
from retrostats.power.closed.clusters import design_effect

#: A power at the mean variance in place of the mean power over all variances, by the size of an
#: arm: measured 0.0059, 0.0017 and 0.0002, all on the cautious side.
MEAN_VARIANCE = {6: 0.007, 10: 0.002, 30: 3e-4}
#: 20,000 trials: three Monte Carlo errors at a power of 0.8.
SIMULATED = 0.009


@pytest.mark.parametrize("n", MEAN_VARIANCE)
def test_ancova_against_the_mean_over_all_baselines(n):
    # The chance difference of the baselines, in units of its spread, squared is F(1, N - 2).
    total, left = 2 * n, math.sqrt(1 - 0.6**2)
    difference = 2.9 * left * math.sqrt(2 / n)

    def at(t):
        variance = 2 / n * (1 + t * t / (total - 2))
        ncp = difference / (left * math.sqrt(variance))
        return sum(t_tails(ncp, total - 3, 0.95)) * stats.t.pdf(t, total - 2)

    wanted = integrate.quad(at, -40, 40, epsabs=1e-7, points=(-3, 0, 3))[0]
    found = rs.power_ancova(difference=difference, sd=1, correlation=0.6, n=n)
    assert 0 < wanted - found.power < MEAN_VARIANCE[n]


def test_the_price_of_a_slope_is_its_mean():
    rng = np.random.default_rng(11)
    b = rng.standard_normal((40_000, 20))
    first, second = b[:, :8], b[:, 8:]
    within = first.var(axis=1) * 8 + second.var(axis=1) * 12
    variance = 1 / 8 + 1 / 12 + (first.mean(axis=1) - second.mean(axis=1)) ** 2 / within
    assert adjusted_spread((8, 12), 1)[0] == pytest.approx(variance.mean(), rel=0.003)


def test_factors_of_borm_and_of_frison_and_pocock():
    assert variance_factor("ancova", 0.5) == 0.75
    assert variance_factor("change", 0.5) == 1.0
    assert variance_factor("post", 0.5) == 1.0
    # By brute force: the residual variance of the mean of visits given the mean of baselines.
    rho, b, k = 0.55, 2, 3
    matrix = np.full((b + k, b + k), rho) + (1 - rho) * np.eye(b + k)
    after, before = np.repeat([0, 1 / k], [b, k]), np.repeat([1 / b, 0], [b, k])
    joint = before @ matrix @ after
    left = after @ matrix @ after - joint**2 / (before @ matrix @ before)
    assert variance_factor("ancova", rho, b, k) == pytest.approx(left, rel=1e-14)
    change = (after - before) @ matrix @ (after - before)
    assert variance_factor("change", rho, b, k) == pytest.approx(change, rel=1e-14)
    small = rs.power_ancova(difference=0.5, sd=1, correlation=0.6, power=0.9)
    borm = 0.64 * rs.power_two_groups(difference=0.5, sd=1, power=0.9).n_exact
    assert 0 < small.n_exact - borm < 1.5


def test_welch_by_simulation():
    rng = np.random.default_rng(5)
    a = rng.normal(1.6, 1, (20_000, 9))
    b = rng.normal(0, 3, (20_000, 27))
    t, df = welch_t(a.mean(1) - b.mean(1), a.std(1, ddof=1), 9, b.std(1, ddof=1), 27)
    share = (2 * stats.t.sf(np.abs(t), df) < 0.05).mean()
    found = rs.power_two_groups(difference=1.6, sd=(1, 3), n=(9, 27))
    assert found.power == pytest.approx(share, abs=SIMULATED)
    assert found.test == "Welch's t test"


def test_clusters_and_crossovers_by_hand():
    assert design_effect(0.05, 20) == pytest.approx(1.95)
    assert design_effect(0.05, 20, 0.6) == pytest.approx(1 + (1.36 * 20 - 1) * 0.05)
    single = rs.power_clusters(difference=1, sd=2, icc=0.3, cluster_size=1, n=40)
    assert single.power == rs.power_two_groups(difference=1, sd=2, n=40).power
    wide = rs.power_clusters(difference=1, sd=2, icc=0.05, cluster_size=20, n=9)
    by_hand = sum(t_tails(1 / (2 * math.sqrt(1.95 / 20 * 2 / 9)), 16, 0.95))
    assert wide.power == pytest.approx(by_hand, rel=1e-12)
    assert "180 in all" not in wide.paragraph()
    assert "20 subjects in each and 360 in all" in wide.paragraph()
    # Twelve in each order: the sd of the difference is sigma_w sqrt(2 / 24) on 22 df.
    crossed = rs.power_crossover(difference=1, sd=1.4, n=12)
    by_hand = sum(t_tails(1 / (1.4 * math.sqrt(2 / 24)), 22, 0.95))
    assert crossed.power == pytest.approx(by_hand, rel=1e-12)


def test_pairs_from_the_spread_of_scores():
    direct = rs.power_paired(difference=1, sd=2 * math.sqrt(2 * 0.4), n=20)
    assert rs.power_paired(difference=1, sd=2, correlation=0.6, n=20).power == pytest.approx(
        direct.power, rel=1e-13
    )


def test_proportions_by_simulation_and_their_ends():
    rng = np.random.default_rng(3)
    p, q = rng.binomial(80, 0.5, 20_000) / 80, rng.binomial(60, 0.3, 20_000) / 60
    pooled = (80 * p + 60 * q) / 140
    z = (p - q) / np.sqrt(pooled * (1 - pooled) * (1 / 80 + 1 / 60))
    found = rs.power_proportions(comparator=0.3, difference=0.2, n=(80, 60))
    assert found.power == pytest.approx((np.abs(z) > 1.959964).mean(), abs=3 * SIMULATED)
    share = (80 * 0.5 + 60 * 0.3) / 140
    bar = 1.959963984540054 * math.sqrt(share * (1 - share) * (1 / 80 + 1 / 60))
    se = math.sqrt(0.25 / 80 + 0.21 / 60)
    by_hand = stats.norm.cdf((0.2 - bar) / se) + stats.norm.cdf((-0.2 - bar) / se)
    assert found.power == pytest.approx(by_hand, rel=1e-12)
    with pytest.raises(rs.DataError, match="no true difference reaches"):
        rs.power_proportions(comparator=0.9, n=5, power=0.9)


def test_anova_of_two_is_the_t_test():
    # Half the difference is the SD of two means.
    two = rs.power_anova(groups=2, difference=0.25, n=64)
    assert two.power == pytest.approx(
        rs.power_two_groups(difference=0.5, sd=1, n=64).power, rel=1e-12
    )
    back = rs.power_anova(groups=4, n=20, power=0.8, sd=3)
    assert rs.power_anova(groups=4, n=20, difference=back.difference, sd=3).power == pytest.approx(
        0.8, rel=1e-11
    )
    assert back.total == 80
    assert back.n == (20,) * 4
    assert "claimed if p is below 0.05" in back.paragraph()
    for found in (two, back):
        assert found.effect == "SD of the means"
        assert f"at an SD of the means of {found.difference:.4g} (F test)" in str(found)
        assert f"at a true SD of the means of {found.difference:.4g}." in found.paragraph()
        assert "treated" not in found.paragraph()


@pytest.mark.parametrize("asked", [{"n": 97}, {"difference": 0.2}])
def test_the_paragraph_has_both_proportions(asked):
    found = rs.power_proportions(comparator=0.4, power=0.8, **asked)
    treated = f"{0.4 + found.difference:.4g}"
    assert f"The proportion in the treated arm is then {treated}, against 0.4. " in (
        found.paragraph()
    )
    assert found.effect == "difference"
    assert f"at a difference of {found.difference:.4g} (chi" in str(found)
