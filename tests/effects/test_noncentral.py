import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import betainc, gammainc, nctdtr, ndtri, poch

from retrostats.effects.noncentral import (
    noncentral_chi2_limits,
    noncentral_f_limits,
    noncentral_t_limits,
    small_sample_factor,
)
from retrostats.effects.quadrature import noncentral_t_cdf

#: 30-digit limits; measured gap 1.4e-13 for t, 3e-14 for F and chi-square.
EXACT = 1e-9
#: Our quadrature against Boost's series in the body of the distribution: 3e-12 measured,
#: and that is Boost's (t = 1000); elsewhere 1e-14.
CDF = 1e-11

#: effectsize finds limits by optimisation; 2.4e-7 SD measured (relative above 1 SD).
EFFECTSIZE = 1e-6

T_GRID = (1e-3, 0.1, 1.0, 3.0, 10.0, 100.0, 1000.0)
DF_GRID = (1.0, 1.5, 2.0, 3.0, 8.0, 30.0, 1e3, 1e6)


def test_t_limits_are_the_30_digit_ones(golden, ledger):
    for row in golden.json("c_effectsize_ci/exact_nc.json")["nct"]:
        low, high = noncentral_t_limits(row["t"], row["df"], row["conf"])
        ledger.add(low, row["ncp_lb"], row)
        ledger.add(high, row["ncp_ub"], row)
    ledger.assert_settled(count=2 * 17, tolerance=EXACT)


def test_f_limits_are_the_30_digit_ones(golden, ledger):
    for row in golden.json("c_effectsize_ci/exact_nc.json")["ncf"]:
        test = row["F"], row["df1"], row["df2"]
        low, high = noncentral_f_limits(*test, row["conf"])
        one_sided, _ = noncentral_f_limits(*test, 2 * row["conf"] - 1)
        ledger.add(low, row["ncp_lb"], row)
        ledger.add(high, row["ncp_ub"], row)
        ledger.add(one_sided, row["ncp_lb_onesided"], row)
    ledger.assert_settled(count=3 * 9, tolerance=EXACT)


def test_chi2_limits_are_the_30_digit_ones(golden, ledger):
    for row in golden.json("c_effectsize_ci/exact_nc.json")["nchisq"]:
        low, high = noncentral_chi2_limits(row["chisq"], row["df"], row["conf"])
        ledger.add(low, row["ncp_lb"], row)
        ledger.add(high, row["ncp_ub"], row)
    ledger.assert_settled(count=2 * 5, tolerance=EXACT)


def test_effectsize_agrees_on_the_t_limits(golden, ledger):
    # effectsize turns t into d by 2 / sqrt(df), and into dz by 1 / sqrt(df).
    for row in golden.rows("c_effectsize_ci/t_to_d.csv"):
        low, high = noncentral_t_limits(row["t"], row["df"])
        root = math.sqrt(row["df"])
        for actual, key in ((row["t"], ""), (low, ".lb"), (high, ".ub")):
            ledger.add(2 * actual / root, row[f"d{key}"], row, least=1)
            ledger.add(actual / root, row[f"dz{key}"], row, least=1)
    ledger.assert_settled(count=6 * 8, tolerance=EFFECTSIZE)


@pytest.mark.parametrize("df", DF_GRID)
def test_quadrature_agrees_with_the_series_of_boost(df):
    compared = 0
    for t in T_GRID:
        reach = math.sqrt(1 + t * t / (2 * df))
        for step in (-4, -2, -1, 0, 1, 2, 4, 10):
            ncp = t + step * reach
            other = nctdtr(df, ncp, t)
            if math.isfinite(other):  # Boost runs out of range in some tails; ours does not
                compared += 1
                assert abs(noncentral_t_cdf(t, df, ncp) - other) < CDF, (t, ncp)
                assert abs(1 - noncentral_t_cdf(-t, df, -ncp) - other) < CDF, (t, ncp)
    assert compared >= 50


def test_t_cdf_is_never_nan_in_the_tails():
    for t in (*T_GRID, 1e-320, 1e-150):
        for ncp in (-1e6, -100, 0, 100, 1e6):
            assert 0 <= noncentral_t_cdf(t, 5, ncp) <= 1


@pytest.mark.parametrize("df", DF_GRID)
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_t_limits_put_back_into_an_independent_distribution(df, level):
    tail = (1 - level) / 2
    for t in T_GRID:
        low, high = noncentral_t_limits(t, df, level)
        assert low < high
        assert noncentral_t_limits(-t, df, level) == (-high, -low)
        for limit, wanted in ((low, 1 - tail), (high, tail)):
            back = nctdtr(df, limit, t)
            # Where Boost has no answer, a bound must do: the series fails in the far tail only.
            assert math.isnan(back) or abs(back - wanted) < CDF, (t, limit)


def test_t_limits_in_two_limiting_cases():
    low, high = noncentral_t_limits(2.5, 1e6)
    assert (low, high) == pytest.approx((2.5 - 1.959964, 2.5 + 1.959964), abs=1e-5)
    # With 1 df and a huge t the limits are t times quantiles of |Z|.
    low, high = noncentral_t_limits(1000, 1)
    assert high / 1000 == pytest.approx(-ndtri(0.0125), rel=1e-5)
    assert low / 1000 == pytest.approx(ndtri(0.5125), rel=1e-3)


def _poisson_mixture(ncp, part):
    j = np.arange(4000)
    log_weight = j * math.log(ncp / 2) - ncp / 2 - np.array([math.lgamma(k + 1) for k in j])
    return float(np.exp(log_weight) @ part(j))


@pytest.mark.parametrize(
    ("f", "df1", "df2"), [(4.5, 1, 18), (12.3, 2, 40), (90, 3, 7), (2, 9, 300)]
)
def test_f_limits_put_back_into_a_poisson_mixture(f, df1, df2):
    share = df1 * f / (df1 * f + df2)
    for limit, wanted in zip(noncentral_f_limits(f, df1, df2, 0.9), (0.95, 0.05), strict=True):
        back = _poisson_mixture(limit, lambda j: betainc(df1 / 2 + j, df2 / 2, share))
        assert back == pytest.approx(wanted, abs=1e-11)


@pytest.mark.parametrize(("chi2", "df"), [(9.9, 2), (40.0, 3), (200.0, 1)])
def test_chi2_limits_put_back_into_a_poisson_mixture(chi2, df):
    limits = noncentral_chi2_limits(chi2, df, 0.9)
    for limit, wanted in zip(limits, (0.95, 0.05), strict=True):
        back = _poisson_mixture(limit, lambda j: gammainc(df / 2 + j, chi2 / 2))
        assert back == pytest.approx(wanted, abs=1e-11)


def test_limits_at_zero_statistic_are_zero():
    assert noncentral_f_limits(0.0, 2, 30) == (0.0, 0.0)
    assert noncentral_chi2_limits(0.0, 2) == (0.0, 0.0)


def test_limits_widen_with_the_level():
    limits = [noncentral_t_limits(2.1, 7, level) for level in (0.5, 0.8, 0.9, 0.95, 0.99, 0.9999)]
    assert all(b[0] < a[0] and a[1] < b[1] for a, b in pairwise(limits))


def test_small_sample_factor_in_closed_form():
    assert small_sample_factor(2) == pytest.approx(1 / math.sqrt(math.pi), rel=1e-14)
    assert small_sample_factor(3) == pytest.approx(math.sqrt(math.pi / 6), rel=1e-14)
    # Gamma(x) / Gamma(x - 1/2) from another function, without cancellation.
    assert small_sample_factor(36) == pytest.approx(poch(17.5, 0.5) / math.sqrt(18), rel=1e-13)
    assert small_sample_factor(1e6) == pytest.approx(1 - 0.75e-6, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: small_sample_factor(1), "need df > 1"),
        (lambda: small_sample_factor(math.inf), "finite"),
        (lambda: noncentral_t_limits(math.nan, 5), "need a finite t"),
        (lambda: noncentral_t_limits(1.0, 0.5), "df >= 1"),
        (lambda: noncentral_t_limits(1.0, 5, 95), "level=0.95"),
        (lambda: noncentral_t_cdf(1.0, 5, math.inf), "need finite t and ncp"),
        (lambda: noncentral_f_limits(-1.0, 1, 9), "f >= 0"),
        (lambda: noncentral_chi2_limits(math.nan, 1), "chi2 >= 0"),
    ],
)
def test_what_is_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("df", [9e4, 1.1e5, 1e8, 1e12, 1e15])
def test_the_small_sample_factor_keeps_its_digits_in_huge_samples(df):
    assert 1 - small_sample_factor(df) == pytest.approx(3 / (4 * df), rel=1e-3, abs=2e-16)
