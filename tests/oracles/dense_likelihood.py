"""The likelihood of a repeated-measures model, subject by subject, for complex parameters too.

Everything is written with loops over subjects and dense matrices, so that it shares nothing
with the package but the definition. Determinants and solutions stay holomorphic, so that
derivatives can be taken by complex steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEP = 1e-30


@dataclass(frozen=True)
class Subject:
    x: np.ndarray
    y: np.ndarray
    visits: np.ndarray
    weights: np.ndarray
    group: int = 0


def covariance_of(subject, sigma):
    chosen = sigma[np.ix_(subject.visits, subject.visits)]
    root = np.sqrt(subject.weights)
    return chosen / np.outer(root, root)


def coefficients(subjects, sigmas):
    gram, cross = 0, 0
    for s in subjects:
        w = np.linalg.inv(covariance_of(s, sigmas[s.group]))
        gram = gram + s.x.T @ w @ s.x
        cross = cross + s.x.T @ w @ s.y
    return np.linalg.solve(gram, cross), gram


def log_likelihood(subjects, sigmas, method):
    beta, gram = coefficients(subjects, sigmas)
    n, p = sum(len(s.y) for s in subjects), len(beta)
    total = 0
    for s in subjects:
        v = covariance_of(s, sigmas[s.group])
        r = s.y - s.x @ beta
        total = total + np.log(np.linalg.det(v)) + r @ np.linalg.inv(v) @ r
    if method == "reml":
        total = total + np.log(np.linalg.det(gram))
        n -= p
    return -(n * np.log(2 * np.pi) + total) / 2


def gradient(subjects, sigmas, derivatives, method):
    """By the textbook: -1/2 [tr(W D) - k tr(Phi X'WDWX) - r'WDWr], summed over subjects."""
    beta, gram = coefficients(subjects, sigmas)
    phi = np.linalg.inv(gram)
    out = []
    for group, d in derivatives:
        total = 0
        for s in subjects:
            if s.group != group:
                continue
            root = np.sqrt(s.weights)
            dv = d[np.ix_(s.visits, s.visits)] / np.outer(root, root)
            w = np.linalg.inv(covariance_of(s, sigmas[s.group]))
            r = s.y - s.x @ beta
            total = total + np.trace(w @ dv) - r @ w @ dv @ w @ r
            if method == "reml":
                total = total - np.trace(phi @ s.x.T @ w @ dv @ w @ s.x)
        out.append(-total / 2)
    return np.array(out)


def complex_step(function, theta):
    """Derivatives of a function of real vectors, exact to rounding: last axis per parameter."""
    columns = []
    for h in range(len(theta)):
        moved = np.array(theta, dtype=complex)
        moved[h] += 1j * STEP
        columns.append(np.imag(function(moved)) / STEP)
    return np.stack(columns, axis=-1)


def simulated(rng, *, n=24, m=3, p=4, groups=1, weighted=False):
    """Random subjects with random visits; the first ones attend all."""
    subjects = []
    for i in range(n):
        seen = np.arange(m) if i < 4 * groups else np.flatnonzero(rng.random(m) < 0.75)
        if not len(seen):
            seen = np.array([int(rng.integers(m))])
        x = np.column_stack([np.ones(len(seen)), rng.normal(size=(len(seen), p - 1))])
        weights = rng.uniform(0.5, 2, len(seen)) if weighted else np.ones(len(seen))
        y = x @ rng.normal(size=p) + rng.normal() + rng.normal(size=len(seen))
        subjects.append(Subject(x, y, seen, weights, i % groups))
    return subjects


def arrays_of(subjects):
    """X, y, subject, visit, weights, group as the package reads them."""
    return (
        np.vstack([s.x for s in subjects]),
        np.concatenate([s.y for s in subjects]),
        np.repeat(np.arange(len(subjects)), [len(s.y) for s in subjects]),
        np.concatenate([s.visits for s in subjects]),
        np.concatenate([s.weights for s in subjects]),
        np.array([s.group for s in subjects]),
    )
