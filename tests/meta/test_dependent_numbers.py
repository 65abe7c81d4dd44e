"""The arithmetic of dependent estimates against slow and obvious versions of it."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import retrostats as rs
from retrostats.meta.dependent.likelihood import (
    log_likelihood,
    rotate,
    slope_and_curvature,
)
from retrostats.meta.dependent.moments import correlated_effects, hierarchical_effects
from retrostats.meta.dependent.optimum import highest_point, variance_grid
from retrostats.meta.dependent.robust import by_cr1, by_cr2
from retrostats.meta.dependent.working import equally_correlated

#: Whole matrices of twelve rows against sums; 2e-15 measured.
SAME = 1e-10
#: The effects of another unit, limits of the variances too; 1.3e-14 measured.
SCALED = 1e-12
few = settings(max_examples=20, deadline=None)


def made(seed, sizes=(3, 1, 4, 2, 2), *, correlation=0.4, spread=1.0, unequal=1.0):
    """Estimates and covariances of trials of several sizes."""
    rng = np.random.default_rng(seed)
    values, blocks = [], []
    for n in sizes:
        v = 0.05 * np.exp(unequal * rng.normal(size=n))
        values.append(spread * (rng.normal() + 0.5 * rng.normal(size=n)))
        blocks.append(equally_correlated(v, correlation))
    return values, blocks


def dense(blocks):
    k = sum(map(len, blocks))
    whole, start = np.zeros((k, k)), 0
    for block in blocks:
        whole[start : start + len(block), start : start + len(block)] = block
        start += len(block)
    return whole


def total(blocks, tau2, omega2):
    return [b + tau2 + omega2 * np.eye(len(b)) for b in blocks]


def likelihood_by_matrices(values, blocks, theta):
    m, y = dense(total(blocks, *theta)), np.concatenate(values)
    one, k = np.ones(len(y)), len(y)
    w = np.linalg.inv(m)
    information = one @ w @ one
    residual = y - one @ w @ y / information
    terms = np.linalg.slogdet(m)[1] + math.log(information) + residual @ w @ residual
    return -0.5 * ((k - 1) * math.log(2 * math.pi) + terms - math.log(k))


@few
@given(st.integers(0, 10**6), st.floats(0, 3), st.floats(0, 3), st.floats(-0.2, 0.9))
def test_likelihood_is_that_of_whole_matrices(seed, tau2, omega2, correlation):
    values, blocks = made(seed, correlation=correlation)
    ours = log_likelihood(rotate(values, blocks), np.array([tau2, omega2]))
    assert ours == pytest.approx(likelihood_by_matrices(values, blocks, (tau2, omega2)), rel=SAME)


@few
@given(st.integers(0, 10**6), st.floats(0.01, 3), st.floats(0.01, 3))
def test_derivatives_are_those_of_differences(seed, tau2, omega2):
    data = rotate(*made(seed))
    theta, step = np.array([tau2, omega2]), 1e-5 * min(tau2, omega2)
    gradient, hessian = slope_and_curvature(data, theta)
    for place in (0, 1):
        move = np.eye(2)[place] * step
        up, down = theta + move, theta - move
        slope = (log_likelihood(data, up) - log_likelihood(data, down)) / (2 * step)
        bend = (slope_and_curvature(data, up)[0] - slope_and_curvature(data, down)[0]) / (2 * step)
        assert gradient[place] == pytest.approx(slope, rel=1e-4, abs=1e-4 / step * 1e-6)
        assert hessian[place] == pytest.approx(bend, rel=1e-4, abs=1e-4 * np.abs(hessian).max())


@few
@given(st.integers(0, 10**6), st.sampled_from([0.01, 0.3, 1.0, 4.0]), st.floats(0, 3))
def test_no_point_of_a_fine_grid_is_higher(seed, spread, unequal):
    values, blocks = made(seed, spread=spread, unequal=unequal)
    data = rotate(values, blocks)
    top = highest_point(data)
    points = np.concatenate(([0.0], np.geomspace(1e-5, variance_grid(data)[-1], 40)))
    highest = max(log_likelihood(data, np.array([t, o])) for t in points for o in points)
    assert top.loglik >= highest - 1e-10
    gradient, _ = slope_and_curvature(data, top.theta)
    reach = np.where(top.theta > 0, np.abs(gradient) * top.theta, np.maximum(gradient, 0))
    assert reach.max() < 1e-8


def hostile(seed):
    """Few estimates with variances over several powers of ten."""
    rng = np.random.default_rng(seed)
    values, blocks = [], []
    for n in rng.integers(1, 4, size=rng.integers(3, 6)):
        v = np.exp(3 * rng.normal(size=n))
        values.append(rng.normal(size=n) * np.sqrt(v) + rng.normal() * rng.choice([0, 1, 10]))
        blocks.append(np.diag(v))
    return rotate(values, blocks)


@pytest.mark.parametrize(
    ("seed", "lower", "higher"),
    [
        (46, (0.0, 0.0), (26.54513, 0.0)),
        (137, (0.159684, 0.0), (37.035587, 0.0)),
        (133, (0.0, 35.882476), (40.872588, 0.0)),
    ],
)
def test_of_two_summits_the_higher_is_taken(seed, lower, higher):
    data = hostile(seed)
    for summit in (lower, higher):
        gradient, _ = slope_and_curvature(data, np.array(summit))
        up = np.where(np.array(summit) > 0, np.abs(gradient), np.maximum(gradient, 0))
        assert up.max() < 1e-5
    heights = [log_likelihood(data, np.array(summit)) for summit in (lower, higher)]
    assert heights[1] > heights[0] + 0.05
    assert highest_point(data).theta == pytest.approx(higher, rel=1e-6)


def exact(block, y):
    """Return y'M^-1 y, 1'M^-1 y and 1'M^-1 1 by fractions."""
    k = len(y)
    rows = [[Fraction(float(x)) for x in (*row, y_, 1.0)] for row, y_ in zip(block, y, strict=True)]
    for i in range(k):
        for j in (j for j in range(k) if j != i):
            factor = rows[j][i] / rows[i][i]
            rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    solved = [[row[k] / row[i], row[k + 1] / row[i]] for i, row in enumerate(rows)]
    squares = sum(Fraction(float(a)) * b[0] for a, b in zip(y, solved, strict=True))
    return tuple(map(float, (squares, sum(b[0] for b in solved), sum(b[1] for b in solved))))


@pytest.mark.parametrize("seed", range(5))
def test_variances_of_a_trial_over_ten_powers_of_ten_lose_no_digits(seed):
    rng = np.random.default_rng(seed)
    block = equally_correlated(np.exp(rng.uniform(-14, 14, 5)), 0.6)
    block, y = (block + block.T) / 2, 10 * rng.normal(size=5)
    data = rotate([y], [block])
    for omega2 in (0.0, 1e-8, 1e-3):
        w = 1 / (data.d + omega2)
        got = (data.z**2 @ w, data.u * data.z @ w, data.u**2 @ w)
        # Eigenvalues of the block itself: 1e-6 measured.
        assert got == pytest.approx(exact(block + omega2 * np.eye(5), y), rel=1e-13)


@pytest.mark.parametrize("factor", [1e-8, 1e8, 3.7])
@pytest.mark.parametrize("standard_errors", ["CR2", "CR1", "model"])
def test_another_unit_changes_nothing_else(factor, standard_errors):
    values, blocks = made(5, unequal=6.0)

    def pooled(c):
        trials = [f"T{i}" for i, y in enumerate(values) for _ in y]
        y = np.concatenate(values)
        se = np.sqrt(np.diag(dense(blocks)))
        each = [
            rs.Estimate.from_se(str(i), float(c * a), float(c * b), unit="u")
            for i, (a, b) in enumerate(zip(y, se, strict=True))
        ]
        return rs.pool_dependent(each, trials, correlation=0.4, standard_errors=standard_errors)

    ours, scaled = pooled(1.0), pooled(factor)
    pairs = (
        (ours.pooled.value * factor, scaled.pooled.value),
        (ours.pooled.se * factor, scaled.pooled.se),
        (ours.pooled.df, scaled.pooled.df),
        (ours.tau2 * factor**2, scaled.tau2),
        (ours.omega2 * factor**2, scaled.omega2),
        (ours.i2, scaled.i2),
        (ours.q.statistic, scaled.q.statistic),
    )
    for one, other in pairs:
        assert other == pytest.approx(one, rel=SCALED)
    interval = scaled.variance_interval()
    assert interval.high == pytest.approx(ours.variance_interval().high * factor**2, rel=SCALED)


def sandwich(values, blocks, kind):
    """CR1 or CR2 with whole matrices; CR2's df from the whole quadratic form."""
    m, y = dense(blocks), np.concatenate(values)
    k, count = len(y), len(blocks)
    w, one = np.linalg.inv(m), np.ones((len(y), 1))
    bread = 1 / float(w.sum())
    maker = np.eye(k) - one @ one.T @ w * bread
    ends = np.cumsum([0, *map(len, blocks)])
    rows_of_form = []
    for start, end in itertools.pairwise(ends):
        here = slice(start, end)
        adjust = np.eye(end - start)
        if kind == "CR2":
            root = np.linalg.cholesky(m[here, here]).T
            middle = root @ (maker @ m @ maker.T)[here, here] @ root.T
            values_, vectors = np.linalg.eigh(middle)
            adjust = root.T @ vectors @ np.diag(values_**-0.5) @ vectors.T @ root
        rows_of_form.append(bread * one[here].T @ w[here, here] @ adjust @ maker[here])
    form = np.vstack(rows_of_form)
    variance = float(np.sum((form @ y) ** 2)) * (count / (count - 1) if kind == "CR1" else 1)
    spread = form @ m @ form.T
    return math.sqrt(variance), np.trace(spread) ** 2 / np.sum(spread**2), np.trace(spread), bread


@few
@given(st.integers(0, 10**6), st.floats(0, 2), st.floats(0, 2))
def test_robust_standard_errors_are_those_of_whole_matrices(seed, tau2, omega2):
    values, blocks = made(seed)
    blocks = total(blocks, tau2, omega2)
    se, df, expected, variance = sandwich(values, blocks, "CR2")
    ours = by_cr2(values, blocks)
    assert (ours.se, ours.df) == (pytest.approx(se, rel=SAME), pytest.approx(df, rel=SAME))
    # If the model is right, the expectation of the sandwich is the variance.
    assert expected == pytest.approx(variance, rel=SAME)
    cr1 = by_cr1(values, blocks)
    assert cr1.se == pytest.approx(sandwich(values, blocks, "CR1")[0], rel=SAME)
    assert cr1.df == len(blocks) - 1
    assert sum(ours.weights) == pytest.approx(1)


@few
@given(st.integers(0, 10**6), st.floats(0, 0.95))
def test_moments_are_those_of_whole_matrices(seed, correlation):
    values, blocks = made(seed, spread=3.0)
    variances = [np.diag(block) for block in blocks]
    y, v = np.concatenate(values), np.concatenate(variances)
    same = dense([np.ones((len(b), len(b))) for b in blocks])

    def expectation(form, w, covariance):
        maker = np.eye(len(y)) - np.outer(np.ones(len(y)), w) / w.sum()
        return np.trace(maker.T @ form @ maker @ covariance)

    def square(form, w):
        residual = y - w @ y / w.sum()
        return residual @ form @ residual

    w = 1 / v
    forms = (same, np.diag(w))
    left = [[expectation(f, w, c) for c in (same, np.eye(len(y)))] for f in forms]
    right = [square(f, w) - expectation(f, w, np.diag(v)) for f in forms]
    tau2, omega2 = np.linalg.solve(left, right)
    found = hierarchical_effects(values, variances)
    assert found.omega2 == pytest.approx(max(0.0, omega2), rel=1e-7, abs=1e-9)
    if omega2 > 0 and tau2 > 0:
        assert found.tau2 == pytest.approx(tau2, rel=1e-7)

    mean = np.concatenate([np.full(len(x), x.mean()) for x in variances])
    size = np.concatenate([np.full(len(x), len(x)) for x in variances])
    w = 1 / (size * mean)
    alike = dense(
        [x.mean() * (correlation + (1 - correlation) * np.eye(len(x))) for x in variances]
    )
    form = np.diag(w)
    tau2 = (square(form, w) - expectation(form, w, alike)) / expectation(form, w, same)
    found = correlated_effects(values, variances, correlation)
    assert found.tau2 == pytest.approx(max(0.0, tau2), rel=1e-9, abs=1e-12)
