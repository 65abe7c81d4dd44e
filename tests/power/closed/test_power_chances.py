"""Chances of tests against brute force."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from retrostats.power.closed.chances import critical_t, equivalence_chance, f_chance, t_tails

#: quad stops at 1e-12; measured gap 4e-14.
QUADRATURE = 1e-11


@pytest.mark.parametrize("df", [1, 1.7, 4, 38, 1e4])
@pytest.mark.parametrize(("below", "above"), [(3, 3), (1, 6), (8, 2.5), (-1, 9)])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_equivalence_is_the_integral_of_owen(df, below, above, level):
    bar = critical_t(df, level)
    chi = stats.chi(df, scale=1 / math.sqrt(df))

    def inside(s):
        return max(0.0, stats.norm.cdf(above - bar * s) - stats.norm.cdf(bar * s - below))

    end = max(0.0, (above + below) / (2 * bar))
    points = [p for p in (0.01, 0.1, 0.5, 0.9, 1, 1.1) if p < end]
    wanted = integrate.quad(
        lambda s: inside(s) * chi.pdf(s), 0, end, points=points, limit=400, epsabs=1e-13
    )[0]
    assert equivalence_chance(below, above, df, level) == pytest.approx(wanted, abs=QUADRATURE)


def test_equivalence_with_one_far_margin_is_one_sided():
    for df in (3, 20, 400):
        one = t_tails(2.7, df, 0.95)[0]
        assert equivalence_chance(2.7, 200, df, 0.95) == pytest.approx(one, abs=QUADRATURE)
    assert equivalence_chance(2.7, 200, math.inf, 0.95) == pytest.approx(
        stats.norm.cdf(2.7 - critical_t(math.inf, 0.95)), abs=QUADRATURE
    )
    assert equivalence_chance(0.1, 0.1, 20, 0.95) < 1e-6


def test_the_tails_of_t_far_out():
    # 1 - power of 1e-13 has its digits: 50-digit arithmetic of the normal limit.
    towards, against = t_tails(1e4, 1e6, 0.95)
    assert (towards, against) == (1.0, 0.0)
    assert t_tails(0.0, 9, 0.95) == pytest.approx((0.025, 0.025), abs=1e-15)
    assert t_tails(-2.0, 9, 0.9) == t_tails(2.0, 9, 0.9)[::-1]
    assert t_tails(3.0, math.inf, 0.95)[0] == pytest.approx(stats.norm.cdf(3 - 1.959963984540054))


@pytest.mark.parametrize(("df1", "df2"), [(1, 8), (2, 57), (5, 600)])
@pytest.mark.parametrize("ncp", [0.0, 0.3, 12, 250, 4000])
def test_f_is_a_mixture(df1, df2, ncp):
    bar = stats.f.isf(0.05, df1, df2)
    j = np.arange(0, 4000)
    wanted = stats.poisson.pmf(j, ncp / 2) @ stats.beta.sf(
        df1 * bar / (df1 * bar + df2), df1 / 2 + j, df2 / 2
    )
    assert f_chance(ncp, df1, df2, 0.95) == pytest.approx(wanted, abs=QUADRATURE)
    if df1 == 1:
        both = sum(t_tails(math.sqrt(ncp), df2, 0.95))
        assert f_chance(ncp, 1, df2, 0.95) == pytest.approx(both, abs=QUADRATURE)


@pytest.mark.parametrize(("ncp", "level"), [(2.1e8, 1 - 1e-9), (1e12, 1 - 1e-12), (1e20, 0.95)])
def test_f_of_an_endless_noncentrality(ncp, level):
    # The numerator is its mean, but for a share of 1e-4 of it.
    bar = stats.f.isf(1 - level, 2, 2)
    wanted = stats.chi2.cdf(ncp / bar, 2)
    assert f_chance(ncp, 2, 2, level) == pytest.approx(wanted, rel=1e-6)


def test_f_of_a_tiny_size():
    # 1 - level itself is rounded at 1e-16. Its bound as a share would round to 1, the chance to 0.
    assert f_chance(0.0, 1, 1, 1 - 1e-9) == pytest.approx(1e-9, rel=1e-6)
