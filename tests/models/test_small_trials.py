"""Small trials: no search finds a better maximum, and what is not fitted has no maximum."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from dense_likelihood import Subject, log_likelihood
from formulaic import model_matrix
from scipy.optimize import minimize

import retrostats as rs

#: A search from random starts may be better by no more than this; it was by 6e-14 at most.
NO_WORSE = 1e-6
#: The search comes this near to the fit itself, or it would show nothing; 7e-12 measured.
SEARCHED = 1e-6
#: Smallest eigenvalue of the correlations at the edge. Where a fit was refused, the searches
#: ended below 4e-8; the fits of the other trials have 1e-4 and more.
EDGE = 1e-6
#: Unconstrained numbers beyond this are off the map.
FAR = 30.0
#: Below this an eigenvalue is rounding.
ROUNDING = 1e-14
WEEKS = np.array([0.0, 6.0, 12.0])
FORMULA = "pain ~ arm*week"


def small_trial(seed, n=30):
    """Random intercepts and slopes, three visits, and dropout that depends on the last outcome."""
    rng = np.random.default_rng(seed)
    sd = np.array([rng.uniform(0.3, 2.0), rng.choice([0.0, 0.02, 0.1, 0.2])])
    rho = rng.uniform(-1, 1)
    effects = rng.standard_normal((n, 2)) @ np.array([[1, rho], [0, np.sqrt(1 - rho**2)]]) * sd
    retro = np.arange(n) % 2
    pain = 5 + effects[:, :1] + (effects[:, 1:] - 0.1 * retro[:, None]) * WEEKS
    pain += rng.standard_normal((n, 3)) * rng.uniform(0.5, 2)
    leaves = rng.random((n, 2)) < 1 / (1 + np.exp(2 - 0.3 * (pain[:, :-1] - 5)))
    seen = np.column_stack([np.ones(n, dtype=bool), np.cumsum(leaves, axis=1) == 0])
    who, when = np.nonzero(seen)
    return pd.DataFrame(
        {
            "subject": who,
            "arm": np.array(["control", "retro"])[retro[who]],
            "week": pd.Categorical(WEEKS[when]),
            "pain": pain[who, when],
        }
    )


def lower_triangle(entries):
    matrix = np.zeros((3, 3))
    matrix[np.tril_indices(3)] = entries
    return matrix


def cholesky_entries(phi):
    """Logarithms of the diagonal of a Cholesky factor, and what is below it, by rows."""
    root = lower_triangle(phi)
    root[np.diag_indices(3)] = np.exp(np.diagonal(root))
    return (root @ root.T)[np.tril_indices(3)]


def partial_correlations(phi):
    first, second = np.tanh(phi)
    return [first, first**2 + (1 - first**2) * second]


#: From unconstrained numbers to natural parameters, the number of them, and which of them are
#: logarithms of standard deviations; written without the package.
CHARTS = {
    "us": (cholesky_entries, 6, [0, 2, 5]),
    "ar1": (lambda phi: np.append(np.exp(2 * phi[0]), np.tanh(phi[1])), 2, [0]),
    "csh": (
        lambda phi: np.append(np.exp(2 * phi[:3]), 1.5 / (1 + np.exp(-phi[3])) - 0.5),
        4,
        [0, 1, 2],
    ),
    "toeph": (
        lambda phi: np.append(np.exp(2 * phi[:3]), partial_correlations(phi[3:])),
        5,
        [0, 1, 2],
    ),
}


def random_search(loglik, covariance, rng, n):
    """Return where a general minimiser that sees values only ends from n random starts."""
    natural, size, logarithms = CHARTS[covariance]

    def deviance(phi):
        value = loglik(natural(phi)) if np.abs(phi).max() < FAR else None
        return 1e10 if value is None else -value

    ends = []
    for _ in range(n):
        first = rng.standard_normal(size)
        first[logarithms] = rng.uniform(-1, 1.5, len(logarithms))
        end = minimize(deviance, first, method="BFGS")
        ends.append((-end.fun, natural(end.x)))
    return ends


def fit(data, covariance):
    return rs.fit_mmrm(FORMULA, data, subject="subject", visit="week", covariance=covariance)


def check_no_better_maximum(seed, covariance, n):
    """Compare a fit with n searches on its own likelihood."""
    found = fit(small_trial(seed), covariance)

    def loglik(theta):
        at = found.likelihood.evaluate(theta)
        return None if at is None else at.loglik

    ends = random_search(loglik, covariance, np.random.default_rng((seed, 1)), n)
    gap = max(value for value, _ in ends) - found.loglik
    where = f"trial {seed}, {covariance}: {found.optimiser}"
    assert gap <= NO_WORSE, where
    assert gap >= -SEARCHED, where


@pytest.mark.parametrize("covariance", CHARTS)
def test_no_better_maximum_in_fifteen_trials(covariance):
    for seed in range(15):
        check_no_better_maximum(seed, covariance, 2)


@pytest.mark.slow
@pytest.mark.parametrize("covariance", CHARTS)
def test_no_better_maximum_in_five_hundred_trials(covariance):
    """All of them have a fit: a `FitError` would be reported with its trial."""
    refused = {}
    for seed in range(500):
        try:
            check_no_better_maximum(seed, covariance, 3)
        except rs.FitError as error:
            refused[seed] = str(error)
    assert refused == {}


def dense_subjects(data):
    x = np.asarray(model_matrix(FORMULA, data).rhs, dtype=float)
    y, week, who = data["pain"].to_numpy(), data["week"].cat.codes.to_numpy(), data["subject"]
    rows = [np.flatnonzero(who == one) for one in who.unique()]
    return [Subject(x[i], y[i], week[i], np.ones(len(i))) for i in rows]


def unstructured(theta):
    lower = lower_triangle(theta)
    return lower + np.tril(lower, -1).T


def smallest_eigenvalue(sigma):
    sd = np.sqrt(np.diagonal(sigma))
    return np.linalg.eigvalsh(sigma / np.outer(sd, sd))[0]


def dense_loglik(data):
    """The restricted likelihood of the oracle; None where there is no covariance."""
    subjects = dense_subjects(data)

    def loglik(theta):
        sigma = unstructured(theta)
        if smallest_eigenvalue(sigma) < ROUNDING:
            return None
        return log_likelihood(subjects, [sigma], "reml")

    return loglik


@pytest.mark.slow
def test_eight_subjects_are_refused_only_where_there_is_no_maximum():
    """With too few subjects the likelihood rises without end towards a correlation of 1."""
    refused = {}
    for seed in range(100):
        try:
            found = fit(small_trial(seed, 8), "us")
        except rs.FitError as error:
            refused[seed] = str(error)
        else:
            assert smallest_eigenvalue(found.sigma) > EDGE, f"trial {seed}"
    assert len(refused) > 2
    assert all("did not converge" in text for text in refused.values())
    for seed, text in refused.items():
        loglik = dense_loglik(small_trial(seed, 8))
        ends = random_search(loglik, "us", np.random.default_rng((seed, 2)), 3)
        inner = max(smallest_eigenvalue(unstructured(theta)) for _, theta in ends)
        assert inner < EDGE, f"trial {seed} has a maximum: {text}"
