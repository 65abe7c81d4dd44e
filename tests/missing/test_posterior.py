"""Draws of the parameters against the closed form, a slow sampler, and largest likelihood."""

import numpy as np
import pandas as pd
import pytest

import retrostats as rs
from retrostats.errors import FitError
from retrostats.missing.filling import definite_root, fill
from retrostats.missing.posterior import posterior_draws
from retrostats.missing.posterior_em import em_estimate

SIGMA = np.array([[4.0, 3.0, 2.5], [3.0, 5.0, 3.6], [2.5, 3.6, 6.0]])
BETA = np.array([[6.0, 5.0, 4.5], [-0.5, -1.0, -1.5], [0.1, 0.1, 0.2]])
#: Standard errors of a simulated number by which it may be off; largest at these seeds: 2.6.
ERRORS = 4
#: Rescaled columns and scores change the last digits of a draw; the largest gap measured is 2e-12.
UNITS = 1e-10


def trial(n, seed, *, dropout=0.0, between=0.0):
    """Return scores of three visits and the columns: constant, arm, age."""
    rng = np.random.default_rng(seed)
    columns = np.column_stack([np.ones(n), np.arange(n) % 2, rng.normal(0, 5, size=n)])
    y = columns @ BETA + rng.multivariate_normal(np.zeros(3), SIGMA, size=n)
    y[rng.random((n, 3)) < between] = np.nan
    left = rng.random(n)
    y[left < dropout, 2] = np.nan
    y[left < dropout / 2, 1] = np.nan
    return y, columns


def off(drawn, expected, variance):
    """Return by how many standard errors the mean of draws is off, largest of all."""
    return np.abs((drawn.mean(axis=0) - expected) / np.sqrt(variance / len(drawn))).max()


def test_complete_scores_have_the_posterior_of_the_textbook():
    y, columns = trial(40, 1)
    drawn = posterior_draws(y, columns, 20_000, rng=np.random.default_rng(1))
    inverse = np.linalg.inv(columns.T @ columns)
    around = inverse @ columns.T @ y
    sums = (y - columns @ around).T @ (y - columns @ around)
    # B is matrix t around least squares; Sigma is inverse Wishart with n - q degrees of freedom.
    df = 40 - 3
    spread = np.diagonal(inverse)[:, None] * np.diagonal(sums) / (df - 4)
    assert off(drawn.beta, around, spread) < ERRORS
    np.testing.assert_allclose(drawn.beta.var(axis=0), spread, rtol=0.05)
    mean, size = sums / (df - 4), np.outer(np.diagonal(sums), np.diagonal(sums))
    variance = ((df - 2) * sums**2 + (df - 4) * size) / ((df - 3) * (df - 4) ** 2 * (df - 6))
    assert off(drawn.sigma, mean, variance) < ERRORS
    # A variance of draws of an inverse Wishart has heavy tails: 20,000 know it to about 5%.
    np.testing.assert_allclose(drawn.sigma.var(axis=0), variance, rtol=0.15)


def slow_draws(y, columns, draws, steps, rng):
    """Fill ALL gaps and draw from the posterior of complete scores, one chain after another."""
    n, q = columns.shape
    inverse = np.linalg.inv(columns.T @ columns)
    betas, sigmas = [], []
    beta, sigma = em_estimate(y, columns)
    for step in range(draws * steps):
        filled = fill(y, (columns @ beta)[None], sigma[None], rng=rng)[0]
        around = inverse @ columns.T @ filled
        left = filled - columns @ around
        # The inverse of an inverse Wishart is a sum of squares of n - q normal rows.
        rows = rng.standard_normal((n - q, 3)) @ np.linalg.cholesky(np.linalg.inv(left.T @ left)).T
        sigma = np.linalg.inv(rows.T @ rows)
        noise = np.linalg.cholesky(inverse) @ rng.standard_normal(around.shape)
        beta = around + noise @ np.linalg.cholesky(sigma).T
        if step % steps == steps - 1:
            betas.append(beta)
            sigmas.append(sigma)
    return np.array(betas), np.array(sigmas)


@pytest.mark.parametrize("between", [0.0, 0.15])
def test_gaps_have_the_posterior_of_a_slow_and_obvious_sampler(between):
    y, columns = trial(60, 2, dropout=0.4, between=between)
    drawn = posterior_draws(y, columns, 1200, rng=np.random.default_rng(1), burn_in=10)
    for fast, slow in zip(
        (drawn.beta, drawn.sigma),
        slow_draws(y, columns, 250, 4, np.random.default_rng(2)),
        strict=True,
    ):
        assert off(slow, fast.mean(axis=0), slow.var(axis=0)) < ERRORS
        np.testing.assert_allclose(slow.std(axis=0), fast.std(axis=0), rtol=0.25)


def test_wherever_the_chains_begin_they_end_in_one_posterior(monkeypatch):
    y, columns = trial(60, 3, dropout=0.3, between=0.2)
    near = posterior_draws(y, columns, 600, rng=np.random.default_rng(1), burn_in=10)

    def far_away(scores, columns):
        return np.full((columns.shape[1], scores.shape[1]), 30.0), 9 * np.eye(scores.shape[1])

    monkeypatch.setattr("retrostats.missing.posterior.em_estimate", far_away)
    away = posterior_draws(y, columns, 600, rng=np.random.default_rng(2), burn_in=25)
    for one, other in ((near.beta, away.beta), (near.sigma, away.sigma)):
        assert off(one, other.mean(axis=0), 2 * one.var(axis=0)) < ERRORS
        np.testing.assert_allclose(one.std(axis=0), other.std(axis=0), rtol=0.25)


def test_chains_forget_where_they_were():
    # The same seed makes the same chains: after 10 steps, and 12 steps later.
    y, columns = trial(60, 3, dropout=0.3, between=0.2)
    here, there = (
        posterior_draws(y, columns, 600, rng=np.random.default_rng(1), burn_in=steps)
        for steps in (10, 22)
    )
    for one, other in ((here.beta, there.beta), (here.sigma, there.sigma)):
        pairs = zip(one.reshape(600, -1).T, other.reshape(600, -1).T, strict=True)
        assert max(np.corrcoef(a, b)[0, 1] for a, b in pairs) < ERRORS / 600**0.5


def test_many_subjects_leave_the_posterior_no_room():
    y, columns = trial(5_000, 4, dropout=0.3, between=0.1)
    drawn = posterior_draws(y, columns, 5, rng=np.random.default_rng(1), burn_in=5)
    beta, sigma = em_estimate(y, columns, steps=60)
    np.testing.assert_allclose(drawn.beta[:, 0], np.broadcast_to(beta[0], (5, 3)), atol=0.25)
    np.testing.assert_allclose(drawn.sigma, np.broadcast_to(sigma, (5, 3, 3)), rtol=0.1)
    np.testing.assert_allclose(sigma, SIGMA, rtol=0.08)


def test_the_chains_begin_at_the_largest_likelihood():
    y, columns = trial(60, 5, dropout=0.3, between=0.1)
    long = pd.DataFrame(
        {
            "y": y.ravel(),
            "who": np.repeat(np.arange(60), 3),
            "visit": np.tile(["a", "b", "c"], 60),
            "arm": np.repeat(columns[:, 1], 3),
            "age": np.repeat(columns[:, 2], 3),
        }
    ).dropna()
    fit = rs.fit_mmrm(
        "y ~ visit + visit:arm + visit:age", long, subject="who", visit="visit", method="ml",
        df="asymptotic",
    )  # fmt: skip
    # EM climbs in small steps: 500 are enough for 7 digits here.
    beta, sigma = em_estimate(y, columns, steps=500)
    np.testing.assert_allclose(sigma, fit.sigma, rtol=1e-7)
    expected = fit.beta
    found = np.concatenate(
        [[beta[0, 0]], beta[0, 1:] - beta[0, 0], beta[1], beta[2]],
    )
    np.testing.assert_allclose(np.sort(found), np.sort(expected), rtol=1e-6)


def test_other_units_give_the_same_draws():
    y, columns = trial(60, 6, dropout=0.3, between=0.1)
    one = posterior_draws(y, columns, 20, rng=np.random.default_rng(1), burn_in=5)
    size = np.array([1.0, 1.0, 1000.0])
    other = posterior_draws(
        y * 10 + 1e3, columns * size, 20, rng=np.random.default_rng(1), burn_in=5
    )
    np.testing.assert_allclose(other.sigma, one.sigma * 100, rtol=UNITS)
    expected = one.beta * 10 / size[:, None]
    expected[:, 0] += 1e3
    np.testing.assert_allclose(other.beta, expected, rtol=UNITS, atol=UNITS)


def test_the_same_seed_gives_the_same_bytes_and_means_have_their_shape():
    y, columns = trial(30, 7, dropout=0.3, between=0.1)
    one, two = (
        posterior_draws(y, columns, 10, rng=np.random.default_rng(1), burn_in=3) for _ in range(2)
    )
    assert one.beta.tobytes() == two.beta.tobytes()
    assert one.sigma.tobytes() == two.sigma.tobytes()
    means = one.means(columns)
    assert means.shape == (10, 30, 3)
    np.testing.assert_allclose(means[3, 4], columns[4] @ one.beta[3])


def test_what_the_scores_do_not_tell_is_refused():
    y, columns = trial(20, 8)
    rng = np.random.default_rng(1)

    def refused(scores, words, columns=columns):
        with pytest.raises(rs.FitError, match=words):
            posterior_draws(scores, columns, 2, rng=rng, visits=("week 3", "week 6", "week 9"))

    gone = y.copy()
    gone[columns[:, 1] == 1, 1] = np.nan
    refused(gone, "week 6: among those seen the arms and covariates depend on one another")
    stayed = y.copy()
    stayed[columns[:, 1] == 0, 1] = np.nan
    refused(stayed, "week 6: among those seen the arms and covariates depend on one another")
    few = y.copy()
    few[5:, 2] = np.nan
    refused(few, "week 9: its 5 scores cannot determine 3 coefficients")
    none = y.copy()
    none[:, 2] = np.nan
    refused(none, "week 9: no score was seen")
    apart = y.copy()
    apart[:10, 1], apart[10:, 2] = np.nan, np.nan
    refused(apart, "week 6 and week 9: only 0 subjects were seen at both")
    line = y.copy()
    line[:, 2] = 2 * line[:, 0] - 1
    refused(line, "week 9: its scores follow from arms, covariates and earlier visits")
    both = gone.copy()
    both[:, 2] = np.nan
    refused(both, "week 6: among .*; week 9: no score")
    flat = np.full((20, 3), 4.0)
    refused(flat, "week 3: its scores follow")


def test_a_root_of_what_is_not_positive_definite_is_told():
    with pytest.raises(FitError, match="singular, so that nothing can be drawn"):
        definite_root(np.array([[1.0, 1.0], [1.0, 1.0 - 1e-12]]))
