"""REML and ML of tau squared: the highest of all maxima, for one data set and for many."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from retrostats.meta.many.profile import height, slope, slope_and_curvature
from retrostats.meta.many.scaled import scaled_rows
from retrostats.meta.many.search import refine, upper_bound
from retrostats.meta.tau.likelihood import log_likelihood, maximise, maximum_likelihood, reml

from .golden_meta import columns

#: Log-likelihoods are sums of a dozen numbers of size 1 to 10; 1e-14 measured.
HEIGHT = 1e-11
#: The same root by other sums. Relative to the total variance of the most precise trial: tau
#: squared near 0 has fewer digits of its own. 1e-15 measured.
SAME = 1e-13
#: A scale that is no power of two rounds the data; 2e-14 measured.
SCALE = 1e-12


def by_search(y, v, restricted, nodes=4000):
    """The highest log-likelihood on a dense grid, each local maximum refined."""
    top = 10 * (y.var() * len(y) + v.max())
    grid = np.concatenate(([0.0], np.geomspace(v.min() * 1e-4, top, nodes)))
    heights = dense(grid, y, v, restricted)
    best = heights[0]
    inner = np.flatnonzero((heights[1:-1] >= heights[:-2]) & (heights[1:-1] >= heights[2:])) + 1
    for j in inner:
        found = minimize_scalar(
            lambda t: -dense(np.array([t]), y, v, restricted)[0],
            bounds=(grid[j - 1], grid[j + 1]),
            method="bounded",
            options={"xatol": 1e-12 * grid[j]},
        )
        best = max(best, -found.fun)
    return best, len(inner) + (heights[1] < heights[0])


def dense(tau2, y, v, restricted):
    """The log-likelihood as in a textbook, at each of some values of tau squared."""
    w = 1 / (v + tau2[:, None])
    size = w.sum(axis=1)
    left = y - ((w * y).sum(axis=1) / size)[:, None]
    found = np.log(w).sum(axis=1) - (w * left**2).sum(axis=1)
    return 0.5 * (found - np.log(size) if restricted else found)


def resamples(count, seed):
    y, v = columns("bcg", "yi", "vi")
    places = np.random.default_rng(seed).integers(0, len(y), (count, len(y)))
    return y[places], v[places]


def hard(count, k, seed):
    """Variances over six orders, effects of any size beside them."""
    rng = np.random.default_rng(seed)
    v = 10 ** rng.uniform(-3, 3, (count, k))
    size = 10 ** rng.uniform(-2, 2, (count, 1)) * np.sqrt(v) ** rng.uniform(0, 1.3, (count, 1))
    return rng.standard_normal((count, k)) * size, v


def require_highest(y, v, restricted):
    several = 0
    for row, variances, tau2 in zip(y, v, maximise(y, v, restricted=restricted), strict=True):
        best, maxima = by_search(row, variances, restricted)
        several += maxima > 1
        assert dense(np.array([tau2]), row, variances, restricted)[0] > best - HEIGHT
    return several


@pytest.mark.parametrize("restricted", [True, False])
def test_resamples_end_at_the_highest_of_their_maxima(restricted):
    require_highest(*resamples(60, seed=1), restricted)


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("k", [2, 3, 5, 8])
def test_unequal_variances_end_at_the_highest_of_their_maxima(k, restricted):
    require_highest(*hard(30, k, seed=k), restricted)


@pytest.mark.slow
@pytest.mark.parametrize("restricted", [True, False])
def test_two_thousand_resamples_end_at_the_highest_of_their_maxima(restricted):
    assert require_highest(*resamples(2000, seed=2), restricted) > 2


def two_maxima():
    """Precise trials that agree nearly, others far off: 0 and a large tau squared compete."""
    v = np.array([0.001, 0.001, 0.001, 0.3, 0.3, 0.3])
    return np.array([[0.0, 0.01, -0.01, d, d, -d] for d in np.linspace(0.8, 2.4, 81)]), v


def test_where_the_best_maximum_changes_the_other_one_is_left():
    y, v = two_maxima()
    found = maximise(y, v)
    several = require_highest(y, np.tile(v, (len(y), 1)), True)
    assert several > 5
    jumps = np.diff(found)
    assert (found < 1e-3).any()
    assert (found > 0.05).any()
    assert jumps.max() > 20 * np.median(np.abs(jumps))


def test_one_data_set_is_a_batch_of_one():
    y, v = resamples(50, seed=3)
    for restricted, single in ((True, reml), (False, maximum_likelihood)):
        many = maximise(y, v, restricted=restricted)
        alone = np.array([single(*row) for row in zip(y, v, strict=True)])
        assert np.abs(many - alone).max() < SAME


def test_a_batch_does_not_depend_on_where_it_is_cut():
    y, v = resamples(5000, seed=4)
    found = maximise(y, v)
    assert np.abs(found[4000:] - maximise(y[4000:], v[4000:])).max() < SAME


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("factor", [0.1, 1, 10, 1000])
def test_shared_variances_give_the_same_as_repeated_ones(restricted, factor):
    y, v = columns("bcg", "yi", "vi")
    signs = np.random.default_rng(5).choice([-1.0, 1.0], (3000, len(y)))
    shared = maximise(factor * signs * y, v, restricted=restricted)
    repeated = maximise(factor * signs * y, np.tile(v, (3000, 1)), restricted=restricted)
    assert (np.abs(shared - repeated) < SAME * (v.min() + repeated)).all()


def test_shared_variances_far_apart_keep_their_digits():
    # Two precise trials that nearly agree, far from the mean of all four.
    v = np.array([1e-18, 2e-18, 1.0, 1.0])
    noise = np.random.default_rng(12).standard_normal((200, 1))
    y = np.hstack((np.ones((200, 1)), 1 + 4e-9 * noise, -np.ones((200, 2))))
    shared, repeated = maximise(y, v), maximise(y, np.tile(v, (200, 1)))
    assert ((repeated > 0) & (repeated < 1e-15)).sum() > 50
    assert (np.abs(shared - repeated) <= 1e-9 * (v.min() + repeated)).all()


def test_newton_steps_that_leave_the_bracket_are_halved():
    rows, _ = scaled_rows(np.ones((3, 2)), np.ones((1, 2)), None, restricted=True)

    def steep(some, tau2):  # Newton's own steps run away from the root of an arctangent
        far = 40 * np.log((some.least + tau2) / 1.2)
        return -np.arctan(far), -40 / (1 + far**2)

    low, high = np.zeros(3), np.array([5.0, 50.0, 5000.0])
    found = refine(steep, rows, low, high)
    np.testing.assert_allclose(found + rows.least, 1.2, rtol=1e-15)


def test_shared_variances_find_the_edge_where_tau_squared_leaves_zero():
    v = np.array([1e-4, 1.0, 2.0])
    y = np.array([0.0, 1.3, -0.4])
    w = 1 / v
    left = w * (y - (w @ y) / w.sum())
    edge = math.sqrt((w.sum() - (w @ w) / w.sum()) / (left @ left))
    near = edge * (1 + np.linspace(-1e-11, 1e-11, 2001))[:, None] * y
    shared, repeated = maximise(near, v), maximise(near, np.tile(v, (2001, 1)))
    assert 500 < (repeated == 0).sum() < 1500
    assert ((shared == 0) == (repeated == 0)).all()


def test_a_column_of_ones_is_a_mean():
    y, v = resamples(300, seed=6)
    means = maximise(y, v)
    assert np.abs(maximise(y, v, np.ones((13, 1))) - means).max() < SAME
    assert np.abs(maximise(y, v, np.ones((300, 13, 1))) - means).max() < SAME


@pytest.mark.parametrize("restricted", [True, False])
def test_a_regression_is_the_highest_of_a_dense_grid(restricted):
    y, v, mod = columns("bcg", "yi", "vi", "mod")
    rng = np.random.default_rng(7)
    x = np.stack([np.column_stack((np.ones(13), rng.permutation(mod), v**0.5)) for _ in range(8)])
    found = maximise(np.tile(y, (8, 1)), v, x, restricted=restricted)
    for tau2, design in zip(found, x, strict=True):
        grid = [*np.linspace(0, 2, 400), tau2 * 0.999, tau2 * 1.001]
        heights = [log_likelihood(t, y, v, design, restricted=restricted) for t in grid]
        assert log_likelihood(tau2, y, v, design, restricted=restricted) >= max(heights) - HEIGHT
    assert found.max() > 0.05


def test_moderators_may_have_any_origin_and_unit():
    y, v, mod = columns("bcg", "yi", "vi", "mod")
    plain = reml(y, v, np.column_stack((np.ones(13), mod)))
    moved = reml(y, v, np.column_stack((np.ones(13), 1e6 * mod + 1e7)))
    assert abs(plain - moved) < 1e-12


@pytest.mark.parametrize("restricted", [True, False])
def test_slopes_are_those_of_the_height(restricted):
    y, v, mod = columns("bcg", "yi", "vi", "mod")
    for x in (None, np.column_stack((np.ones(13), mod))):
        rows, _ = scaled_rows(y[None], v[None], x, restricted=restricted)
        for tau2 in (0.01, 0.1, 1.0):
            total = rows.least[0] + tau2
            ends = [np.array([tau2 + total * math.expm1(h)]) for h in (-1e-4, 1e-4)]
            steep, bent = slope_and_curvature(rows, np.array([tau2]))
            assert slope(rows, np.array([tau2]))[0] == pytest.approx(steep[0], rel=1e-12)
            low, high = (height(rows, end)[0] for end in ends)
            assert steep[0] == pytest.approx((high - low) / 2e-4, rel=1e-5)
            low, high = (slope(rows, end)[0] for end in ends)
            assert bent[0] == pytest.approx((high - low) / 2e-4, rel=1e-5)


@pytest.mark.parametrize("restricted", [True, False])
def test_above_the_bound_the_likelihood_falls(restricted):
    for k in (2, 3, 7):
        y, v = hard(500, k, seed=8)
        rows, _ = scaled_rows(y, v, None, restricted=restricted)
        top = upper_bound(rows)
        for factor in (1.0, 1.3, 10.0, 1e6):
            assert (slope(rows, factor * top) < 0).all()


@given(
    st.integers(2, 6),
    st.integers(0, 10**6),
    st.sampled_from([1e-8, 3e-3, 1e8, 7e90, 1e150]),
)
def test_tau_squared_has_the_unit_of_a_variance(k, seed, factor):
    rng = np.random.default_rng(seed)
    y, v = rng.standard_normal(k), 10 ** rng.uniform(-2, 0, k)
    found, moved = reml(y, v), reml(factor * y, factor**2 * v) / factor / factor
    assert abs(found - moved) <= SCALE * (found + v.min())


def test_a_power_of_two_changes_no_digit():
    y, v = hard(300, 5, seed=9)
    for factor in (2.0**-60, 2.0**100):
        assert (maximise(factor * y, factor**2 * v) == factor**2 * maximise(y, v)).all()


def test_a_shift_of_all_estimates_changes_nothing():
    y, v = columns("bcg", "yi", "vi")
    assert reml(y + 1000, v) == pytest.approx(reml(y, v), rel=1e-11)


def test_equal_estimates_have_no_variance_between_them():
    assert (maximise(np.full((3, 4), 0.7), np.array([0.1, 0.2, 1e-6, 1e6])) == 0).all()


def test_rows_without_an_answer_are_nan_and_leave_the_others():
    y, v = resamples(8, seed=10)
    wanted = maximise(y, v)
    y[1, 3], v[2, 0], v[3, 5], y[4, 4] = math.nan, 0.0, -1.0, math.inf
    v[5, 2], v[6, 1] = math.inf, math.nan
    found = maximise(y, v)
    assert np.isnan(found[1:7]).all()
    assert found[[0, 7]] == pytest.approx(wanted[[0, 7]], rel=SAME)
    assert np.isnan(maximise(y[:1], np.zeros(13))).all()
    apart = np.array([[1e160, 0.0, 3.0], [1.0, 0.0, 3.0]])
    found = maximise(apart, np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 1.0]]))
    assert np.isnan(found).tolist() == [True, False]


def test_no_data_sets_are_no_answers():
    assert maximise(np.empty((0, 4)), np.ones(4)).shape == (0,)


def test_trials_that_leave_nothing_are_refused():
    with pytest.raises(ValueError, match="2 trials leave nothing beside 2 coefficients"):
        reml(np.array([0.1, 0.3]), np.array([0.1, 0.1]), np.array([[1.0, 0.0], [1.0, 1.0]]))


@pytest.mark.parametrize("restricted", [True, False])
def test_the_log_likelihood_is_that_of_a_normal_density(restricted):
    y, v, mod = columns("bcg", "yi", "vi", "mod")
    for x in (None, np.column_stack((np.ones(13), mod))):
        design = np.ones((13, 1)) if x is None else x
        for tau2 in (0.0, 0.3):
            sigma = np.diag(v + tau2)
            if restricted:  # the density of contrasts that are orthonormal
                full, _ = np.linalg.qr(design, mode="complete")
                contrasts = full[:, design.shape[1] :]
                values, cov = contrasts.T @ y, contrasts.T @ sigma @ contrasts
            else:
                inverse = np.linalg.inv(sigma)
                beta = np.linalg.solve(design.T @ inverse @ design, design.T @ inverse @ y)
                values, cov = y - design @ beta, sigma
            wanted = -0.5 * (
                len(values) * math.log(2 * math.pi)
                + np.linalg.slogdet(cov)[1]
                + values @ np.linalg.solve(cov, values)
            )
            found = log_likelihood(tau2, y, v, x, restricted=restricted)
            assert found == pytest.approx(wanted, rel=1e-12)
