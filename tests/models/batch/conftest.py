"""Simulated trials as arrays, and each of them fitted by itself from a data frame."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

import retrostats as rs


class Trials(NamedTuple):
    """Outcomes ``(R, n, m)``, whether seen, columns ``(R, n, q)``, and contrasts."""

    y: np.ndarray
    seen: np.ndarray
    columns: np.ndarray
    contrasts: np.ndarray

    def one(self, place):
        return Trials(self.y[place], self.seen[place], self.columns[place], self.contrasts)


def simulate(seed, *, count=6, n=34, visits=3, arms=2, leaves=0.2, skips=0.05):
    """Correlated visits, a baseline, dropout that stays away, and single visits skipped."""
    rng = np.random.default_rng(seed)
    arm = np.arange(n) % arms
    covariance = 4 * (0.6 + 0.4 * np.eye(visits + 1))
    scores = rng.multivariate_normal(np.full(visits + 1, 6.0), covariance, size=(count, n))
    scores[:, :, 1:] -= 0.5 * arm[:, None]
    gone = np.cumsum(rng.random((count, n, visits)) < leaves / visits, axis=2) > 0
    seen = ~gone & (rng.random(gone.shape) >= skips)
    indicators = (arm[:, None] == np.arange(1, arms)).astype(float)
    columns = np.concatenate(
        [
            np.ones((count, n, 1)),
            scores[:, :, :1],
            np.broadcast_to(indicators, (count, n, arms - 1)),
        ],
        axis=2,
    )
    q = arms + 1
    contrasts = np.zeros((arms, visits * q))
    contrasts[:-1, (visits - 1) * q + 2 :] = np.eye(arms - 1)
    contrasts[-1, 2::q] = 1 / visits
    return Trials(np.where(seen, scores[:, :, 1:], np.nan), seen, columns, contrasts)


class Single(NamedTuple):
    estimate: np.ndarray
    se: np.ndarray
    df: np.ndarray
    beta: np.ndarray
    sigma: np.ndarray
    loglik: float


def fit_single(trial, **options):
    """Fit one trial by `fit_mmrm` from a data frame with the same columns at every visit."""
    who, when = np.nonzero(trial.seen)
    m, q = trial.seen.shape[1], trial.columns.shape[1]
    table = pd.DataFrame({"who": who, "visit": pd.Categorical(when), "y": trial.y[who, when]})
    names = [f"x{j}" for j in range(1, q)]
    for j, name in enumerate(names, start=1):
        table[name] = trial.columns[who, j]
    formula = " + ".join(["y ~ 0 + visit", *(f"visit:{name}" for name in names)])
    fit = rs.fit_mmrm(formula, table, subject="who", visit="visit", **options)
    order = [
        fit.names.index(f"visit[{a}]" + (f":{name}" if name else ""))
        for a in range(m)
        for name in ("", *names)
    ]
    rows = np.zeros((len(trial.contrasts), len(fit.names)))
    rows[:, order] = trial.contrasts
    found = [fit.contrast(row) for row in rows]
    return Single(
        np.array([e.value for e in found]),
        np.array([e.se for e in found]),
        np.array([e.df for e in found]),
        fit.beta[order],
        fit.sigma,
        fit.loglik,
    )


@pytest.fixture
def make_trials():
    return simulate


@pytest.fixture
def one_by_one():
    return fit_single
