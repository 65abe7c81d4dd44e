"""Limits of agreement and their exact intervals; the meters of Bland and Altman 1986."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from retrostats.description.agreement import agreement, slope_on_mean

#: Peak expiratory flow in l/min, first measurement by either meter: Lancet 327, 307, table.
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
#: Half a unit of the paper's last digit: -2.1, 38.8; its limits are made with 2 in place of 1.96.
PRINTED = 0.05
#: scipy's quantiles are found by another series and search; 1.3e-12 measured, relative.
QUANTILE = 1e-9
#: Three standard errors of a coverage of 0.8 in so many samples are 0.0038; 0.0017 measured.
SAMPLES, COVERAGE = 100_000, 0.004
NAN = float("nan")


def test_the_published_meters():
    found = agreement(MINI, WRIGHT, names=("mini", "Wright"), unit="l/min")
    assert found.bias.value == pytest.approx(-2.1, abs=PRINTED)
    sd = float(np.std(found.differences, ddof=1))
    assert sd == pytest.approx(38.8, abs=PRINTED)
    assert found.upper.value == pytest.approx(found.bias.value + 1.959963985 * sd)
    assert found.lower.value == pytest.approx(found.bias.value - 1.959963985 * sd)
    # Printed: 95% interval of the bias -22.0 to 17.8.
    assert found.bias.ci[:2] == pytest.approx((-22.0, 17.8), abs=PRINTED)
    assert (found.bias.label, found.upper.unit, found.missing) == ("Wright - mini", "l/min", 0)
    assert found.means[0] == 503.0
    assert found.differences[0] == -18.0


@pytest.mark.parametrize("n", [2, 3, 17, 400])
@pytest.mark.parametrize(("share", "level"), [(0.95, 0.95), (0.8, 0.9), (0.99, 0.999)])
def test_limits_have_the_noncentral_t_interval(n, share, level):
    generator = np.random.default_rng(n)
    found = agreement(generator.normal(size=n), generator.normal(1, 2, n), share=share, level=level)
    sd, mean = np.std(found.differences, ddof=1), np.mean(found.differences)
    ncp = stats.norm.ppf((1 + share) / 2) * math.sqrt(n)
    tails = ((1 - level) / 2, (1 + level) / 2)
    near, far = stats.nct.ppf(tails, n - 1, ncp) * sd / math.sqrt(n)
    assert found.upper.ci == pytest.approx((mean + near, mean + far, level), rel=QUANTILE)
    assert found.lower.ci == pytest.approx((mean - far, mean - near, level), rel=QUANTILE)
    assert found.share == share
    assert math.isnan(found.upper.se)
    assert math.isnan(found.upper.p)


def test_large_samples_reach_the_large_sample_interval():
    generator = np.random.default_rng(3)
    found = agreement(generator.normal(size=100_000), generator.normal(size=100_000))
    sd = np.std(found.differences, ddof=1)
    # Bland and Altman 1999: variance of a limit is (1/n + 1.96^2 / (2 (n - 1))) s^2.
    se = sd * math.sqrt((1 + 1.959964**2 / 2) / 100_000)
    half = (found.upper.ci.high - found.upper.ci.low) / 2
    assert half == pytest.approx(1.959964 * se, rel=1e-4)


def test_who_lacks_a_measurement_is_counted():
    found = agreement([1, NAN, 3, 4, NAN], [2, 2, NAN, 6, NAN])
    assert found.missing == 3
    assert found.differences == (1.0, 2.0)


pairs = st.lists(
    st.tuples(st.integers(-99, 99), st.integers(-99, 99)), min_size=3, max_size=20
).filter(lambda rows: len({b - a for a, b in rows}) > 1)


@settings(max_examples=30)
@given(pairs, st.integers(1, 50), st.integers(-50, 50))
def test_swapping_turns_the_signs_and_units_do_not_matter(rows, factor, shift):
    one, two = np.array(rows, dtype=float).T
    here, there = agreement(one, two), agreement(two, one)
    assert there.bias.value == pytest.approx(-here.bias.value)
    assert there.upper.ci[:2] == pytest.approx([-x for x in here.lower.ci[1::-1]])
    other = agreement(factor * one + shift, factor * two + shift)
    for name in ("bias", "lower", "upper"):
        mine, yours = getattr(here, name), getattr(other, name)
        assert yours.value == pytest.approx(factor * mine.value, abs=1e-9)
        assert yours.ci[:2] == pytest.approx([factor * x for x in mine.ci[:2]], abs=1e-9)


def test_slope_on_mean_is_that_of_regression():
    found = agreement(MINI, WRIGHT)
    slope = slope_on_mean(found, level=0.9)
    other = stats.linregress(found.means, found.differences)
    assert (slope.value, slope.se, slope.p) == pytest.approx(
        (other.slope, other.stderr, other.pvalue)
    )
    assert slope.df == 15
    assert slope.ci.level == 0.9
    # Its test is that of Pitman and Morgan: correlation of sum and difference.
    assert slope.p == pytest.approx(stats.pearsonr(found.means, found.differences).pvalue)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([1, 2], [1, 2, 3], r"shapes \(2,\) and \(3,\)"),
        ([1, float("inf")], [1, 2], "infinite"),
        ([1, NAN], [1, 2], "1 of 2 subjects have both"),
        ([1, 2, 3], [2, 3, 4], "all 3 differences are 1"),
        ([0.1, 0.2, 0.3], [0.2, 0.3, 0.4], r"all 3 differences are 0\.1"),
    ],
)
def test_what_has_no_limits_is_refused(first, second, message):
    with pytest.raises(ValueError, match=message):
        agreement(first, second)


def test_arguments_out_of_range_are_refused():
    for name in ("share", "level"):
        with pytest.raises(ValueError, match=f"the {name} must lie between 0 and 1, got 95"):
            agreement([1, 2, 3], [1, 3, 3], **{name: 95})
    for one, two in (([1, 2], [1, 3]), ([1, 2, 3], [1, 3, 5]), ([1, 2, 3], [5, 4, 3])):
        with pytest.raises(ValueError, match="subjects give no line with an error"):
            slope_on_mean(agreement(one, two))


@pytest.mark.parametrize("n", [5, 17, 60])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_exact_intervals_cover_as_often_as_they_say(n, level):
    generator = np.random.default_rng(7)
    # Interval ends are mean + k * SD with one k for all samples of a size.
    found = agreement(np.zeros(n), generator.normal(size=n), level=level)
    sd, mean = np.std(found.differences, ddof=1), np.mean(found.differences)
    near, far = ((end - mean) / sd for end in found.upper.ci[:2])
    samples = generator.normal(1, 2, (SAMPLES, n))
    means, sds = samples.mean(axis=1), samples.std(axis=1, ddof=1)
    true = 1 + 2 * 1.959963985
    covered = (means + near * sds <= true) & (true <= means + far * sds)
    assert covered.mean() == pytest.approx(level, abs=COVERAGE)
    # Each tail misses as often as the other.
    assert (true < means + near * sds).mean() == pytest.approx((1 - level) / 2, abs=COVERAGE)
