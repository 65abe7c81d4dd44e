"""Trials as small as they come: no search from random starts finds a better maximum."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import minimize

import retrostats as rs

#: A search from random starts may be better by no more than this.
NO_WORSE = 1e-6
#: The search itself comes this near to the fit, or it would show nothing.
SEARCHED = 1e-4
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


def cholesky_entries(phi):
    root = np.zeros((3, 3))
    root[np.tril_indices(3)] = phi
    root[np.diag_indices(3)] = np.exp(np.diagonal(root))
    return (root @ root.T)[np.tril_indices(3)]


def partial_correlations(phi):
    first, second = np.tanh(phi)
    return [first, first**2 + (1 - first**2) * second]


#: From unconstrained numbers to natural parameters, written without the package: the number of
#: them that are logarithms of standard deviations comes last.
CHARTS = {
    "us": (cholesky_entries, 6, (0, 2, 5)),
    "ar1": (lambda phi: np.append(np.exp(2 * phi[0]), np.tanh(phi[1])), 2, (0,)),
    "csh": (
        lambda phi: np.append(np.exp(2 * phi[:3]), 1.5 / (1 + np.exp(-phi[3])) - 0.5),
        4,
        (0, 1, 2),
    ),
    "toeph": (
        lambda phi: np.append(np.exp(2 * phi[:3]), partial_correlations(phi[3:])),
        5,
        (0, 1, 2),
    ),
}


def random_search(loglik, covariance, rng, n):
    """Return the best log-likelihood of a general minimiser that sees values only."""
    natural, size, logarithms = CHARTS[covariance]

    def deviance(phi):
        value = loglik(natural(phi))
        return 1e10 if value is None else -value

    best = -np.inf
    for _ in range(n):
        first = rng.standard_normal(size)
        first[list(logarithms)] = rng.uniform(-1, 1.5, len(logarithms))
        best = max(best, -minimize(deviance, first, method="BFGS").fun)
    return best


def fit(data, covariance):
    return rs.fit_mmrm(FORMULA, data, subject="subject", visit="week", covariance=covariance)


def value_of(likelihood):
    def loglik(theta):
        at = likelihood.evaluate(theta)
        return None if at is None else at.loglik

    return loglik
