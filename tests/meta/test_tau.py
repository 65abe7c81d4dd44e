"""Properties that every estimator of tau squared has, and the equations that they solve."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from scipy.special import chdtri

import retrostats as rs
from retrostats.meta.heterogeneity import typical_variance
from retrostats.meta.tau.estimators import ESTIMATORS, estimate_tau2, find_estimator
from retrostats.meta.tau.standard_errors import tau2_standard_error
from retrostats.meta.weighted import ones, weighted_fit

#: Another unit changes the last digits of the numbers that go in. A tau squared far below the
#: sampling variances is a small difference of them, so that the gap is measured on their size:
#: that of a typical trial, or of the largest where weights are equal.
SCALE = 1e-12
#: Examples of each property and estimator; 1,000 of unit, power of two and order held once.
FEW = 25
EACH = pytest.mark.parametrize("name", ESTIMATORS)


def size(name, y, v, *found):
    largest = max(*found, v.max() if name == "he" else typical_variance(v))
    if name in ("ml", "reml"):
        # The likelihood is centred at the plain mean, whose digits end where those of the largest
        # estimate do.
        largest += np.abs(y).max() * math.sqrt(largest)
    return largest


@st.composite
def sets(draw):
    """Estimates with variances over twelve powers of ten, shape ``(k,)`` each."""
    k = draw(st.integers(2, 8))
    v = 10.0 ** (2 * np.array(draw(st.lists(st.floats(-3, 3), min_size=k, max_size=k))))
    y = np.array(draw(st.lists(st.floats(-3, 3), min_size=k, max_size=k))) * np.sqrt(v)
    return y, v


@EACH
@settings(max_examples=FEW)
@given(sets(), st.floats(-8, 8))
def test_another_unit_changes_tau_squared_by_its_square(name, data, power):
    (y, v), c = data, 10.0**power
    here, there = ESTIMATORS[name](y, v), ESTIMATORS[name](y * c, v * c**2) / c**2
    assert abs(here - there) <= SCALE * size(name, y, v, here, there)


@EACH
@settings(max_examples=FEW)
@given(sets(), st.integers(-60, 60))
def test_a_power_of_two_changes_no_digit(name, data, power):
    (y, v), c = data, 2.0**power
    here, there = ESTIMATORS[name](y, v), ESTIMATORS[name](y * c, v * c**2) / c**2
    # Powers and logarithms of a likelihood may differ in their last digits.
    assert there == pytest.approx(here, rel=0 if name not in ("ml", "reml") else 1e-13, abs=0)


@EACH
@settings(max_examples=FEW)
@given(sets(), st.randoms(use_true_random=False))
def test_the_order_and_the_sign_do_not_matter(name, data, random):
    y, v = data
    order = list(range(len(y)))
    random.shuffle(order)
    here, there = ESTIMATORS[name](y, v), ESTIMATORS[name](-y[order], v[order])
    assert abs(here - there) <= SCALE * size(name, y, v, here, there)


@EACH
@settings(max_examples=FEW)
@given(sets())
def test_it_is_finite_and_not_negative(name, data):
    y, v = data
    tau2 = ESTIMATORS[name](y, v)
    assert 0 <= tau2 < math.inf
    error = tau2_standard_error(name, y, v, tau2)
    assert math.isnan(error) if name == "common" else 0 <= error < math.inf


@given(sets(), st.sampled_from(["pm", "pmm"]))
@example((np.array([0.0, 1e-3]), np.array([1e-12, 1e12])), "pm")
@example((np.array([0.0, 1e7]), np.array([1e-12, 1e12])), "pm")
def test_paule_and_mandel_solve_their_equation(data, name):
    y, v = data
    tau2, df = ESTIMATORS[name](y, v), len(y) - 1
    target = df if name == "pm" else float(chdtri(df, 0.5))
    left = weighted_fit(y, v + tau2).rss
    if tau2 == 0:
        assert left <= target
    else:
        assert left == pytest.approx(target, rel=1e-12)


@given(sets())
def test_the_median_unbiased_form_is_not_below(data):
    y, v = data
    assert ESTIMATORS["pmm"](y, v) >= ESTIMATORS["pm"](y, v) * (1 - 1e-12)


@EACH
@settings(max_examples=FEW, suppress_health_check=[HealthCheck.filter_too_much])
@given(sets())
def test_a_column_of_ones_is_no_regression(name, data):
    y, v = data
    # Least squares by columns loses digits where one trial has all the weight.
    assume(v.max() < 1e4 * v.min())
    here, there = ESTIMATORS[name](y, v), ESTIMATORS[name](y, v, ones(len(y)))
    assert abs(here - there) <= 1e-9 * (max(here, there) + v.max())
    if name != "common":
        errors = (tau2_standard_error(name, y, v, here, x) for x in (None, ones(len(y))))
        assert next(errors) == pytest.approx(next(errors), rel=1e-8)


@given(sets())
def test_the_mean_is_that_of_least_squares(data):
    y, v = data
    assume(v.max() < 1e4 * v.min())
    mean, columns = weighted_fit(y, v), weighted_fit(y, v, ones(len(y)))
    reach = np.abs(y).max() + math.sqrt(v.min())
    assert mean.beta[0] == pytest.approx(columns.beta[0], abs=1e-11 * reach)
    assert mean.cov[0, 0] == pytest.approx(columns.cov[0, 0], rel=1e-11)
    assert mean.rss == pytest.approx(columns.rss, rel=1e-9, abs=1e-16)
    np.testing.assert_allclose(mean.projector, columns.projector, atol=1e-11 / v.min())


def test_an_offset_of_all_estimates_costs_the_sum_of_squares_no_digits():
    y, v = np.array([0.25, 0.5, 1.0]), np.array([0.1, 1e-9, 0.3])
    assert weighted_fit(y + 2.0**20, v).rss == weighted_fit(y, v).rss


def test_a_function_takes_the_place_of_a_name():
    two = [
        rs.Estimate.from_se("Trial A", -0.52, 0.20, unit="SD"),
        rs.Estimate.from_se("Trial B", -0.11, 0.25, unit="SD"),
    ]

    def known_from_before(y, v):
        assert y.shape == v.shape == (2,)
        return 0.05

    pooled = rs.pool(two, tau2=known_from_before)
    assert (pooled.tau2, pooled.estimator) == (0.05, "known_from_before")
    assert math.isnan(pooled.tau2_se)
    assert pooled.tau2_of is known_from_before
    assert "tau² by the function 'known_from_before'" in pooled.in_words()
    assert pooled.to_dict()["tau2_se"] is None
    assert rs.pool(two, tau2=lambda _y, _v: 0.05).estimator == "own function"
    for name in ("reml", "pm", "dl", "common"):
        fit = rs.pool(two, tau2=name)
        assert rs.pool(two, tau2=fit.tau2_of) == fit


@pytest.mark.parametrize(
    "given_back", [-1e-9, math.nan, math.inf, None, "much", np.array([0.1, 0.2]), 1j]
)
def test_a_function_that_gives_no_variance_is_named(given_back):
    def mine(_y, _v):
        return given_back

    with pytest.raises(rs.FitError, match="the estimator of tau2 'mine' gave") as error:
        estimate_tau2(*find_estimator(mine), np.array([0.1, 0.3]), np.array([1.0, 1.0]))
    assert str(error.value).endswith("has to return one finite number of 0 or more")


def test_a_function_cannot_change_the_trials():
    def careless(y, _v):
        y -= y.mean()
        return 0.0

    one = rs.Estimate.from_se("Trial A", -0.52, 0.20, unit="SD")
    with pytest.raises(ValueError, match="read-only"):
        rs.pool([one, rs.Estimate.from_se("Trial B", 0.0, 0.2, unit="SD")], tau2=careless)
