"""Gaps filled all at once against the formula of one subject at a time."""

import numpy as np
import pytest

from retrostats.missing.filling import conditional_means, fill, patterns

#: Solving many systems at once and one by one; the largest gap measured is 5e-16.
EXACT = 1e-12
#: Draws in a comparison of moments, and by how many standard errors these may be off.
DRAWS, ERRORS = 20_000, 4


@pytest.fixture
def case():
    """Scores of 30 subjects at four visits with all kinds of gaps, four sets of parameters."""
    rng = np.random.default_rng(3)
    y = rng.normal(5, 2, size=(30, 4))
    y[rng.random(y.shape) < 0.35] = np.nan
    y[0], y[1, 1:], y[2] = np.nan, np.nan, 5.0
    root = rng.normal(size=(4, 4, 4))
    return y, rng.normal(5, 1, size=(4, 30, 4)), root @ np.swapaxes(root, 1, 2) + np.eye(4)


def one_subject(y, mean, sigma):
    """Return the mean and the covariance of the missing scores of one subject."""
    seen, gone = np.isfinite(y), ~np.isfinite(y)
    weights = sigma[np.ix_(gone, seen)] @ np.linalg.inv(sigma[np.ix_(seen, seen)])
    left = sigma[np.ix_(gone, gone)] - weights @ sigma[np.ix_(seen, gone)]
    return mean[gone] + weights @ (y[seen] - mean[seen]), left


def test_conditional_means_are_those_of_each_subject(case):
    y, means, sigma = case
    filled = conditional_means(y, means, sigma)
    for k in range(len(means)):
        for i, row in enumerate(y):
            gone = np.isnan(row)
            expected = one_subject(row, means[k, i], sigma[k])[0]
            np.testing.assert_allclose(filled[k, i, gone], expected, rtol=EXACT)
            assert (filled[k, i, ~gone] == row[~gone]).all()


def test_one_set_of_parameters_needs_no_leading_axis(case):
    y, means, sigma = case
    alone = conditional_means(y, means[1], sigma[1])
    np.testing.assert_allclose(alone, conditional_means(y, means, sigma)[1], rtol=EXACT)
    shared = conditional_means(y, means, sigma[1])
    np.testing.assert_allclose(shared[1], alone, rtol=EXACT)


def test_draws_have_the_moments_of_each_subject(case):
    y, means, sigma = (part[:10] for part in case)
    means = np.broadcast_to(means[0, :10], (DRAWS, 10, 4))
    drawn = fill(y, means, np.broadcast_to(sigma[0], (DRAWS, 4, 4)), rng=np.random.default_rng(1))
    compared = 0
    for i, row in enumerate(y):
        gone = np.isnan(row)
        centre, spread = one_subject(row, means[0, i], sigma[0])
        sd = np.sqrt(np.diagonal(spread))
        off = (drawn[:, i, gone].mean(axis=0) - centre) / (sd / DRAWS**0.5)
        found = np.cov(drawn[:, i, gone].T).reshape(spread.shape)
        error = np.sqrt((np.outer(sd, sd) ** 2 + spread**2) / DRAWS)
        assert np.abs(off).max(initial=0) < ERRORS
        assert np.abs((found - spread) / error).max(initial=0) < ERRORS
        assert (drawn[:, i, ~gone] == row[~gone]).all()
        compared += gone.sum()
    assert compared > 10


def test_a_subject_is_filled_alike_whoever_else_has_gaps(case):
    y, means, sigma = case
    other = y.copy()
    other[2, 3], other[5] = np.nan, 4.0
    one, two = (fill(each, means, sigma, rng=np.random.default_rng(7)) for each in (y, other))
    same = [i for i in range(30) if i not in (2, 5)]
    np.testing.assert_allclose(one[:, same], two[:, same], rtol=EXACT)


def test_without_gaps_nothing_is_changed(case):
    _, means, sigma = case
    y = np.ones((30, 4))
    assert (fill(y, means, sigma, rng=np.random.default_rng(1)) == 1).all()
    assert (conditional_means(y, means, sigma) == 1).all()


def test_every_gap_is_in_one_pattern(case):
    y = case[0]
    count = np.zeros(y.shape, dtype=int)
    for pattern in patterns(np.isfinite(y)):
        count[np.ix_(pattern.rows, pattern.gone)] += 1
        assert np.isfinite(y[np.ix_(pattern.rows, pattern.seen)]).all()
    assert (count == np.isnan(y)).all()


def test_patterns_of_very_many_visits_are_found_too():
    seen = np.random.default_rng(1).random((9, 70)) < 0.9
    seen[4], seen[7] = seen[2], True
    found = [sorted(pattern.rows.tolist()) for pattern in patterns(seen)]
    assert sorted(found) == [[0], [1], [2, 4], [3], [5], [6], [8]]
