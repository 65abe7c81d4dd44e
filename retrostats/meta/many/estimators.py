"""Every estimator of tau squared, for many data sets at once.

Each takes ``y`` of shape ``(n, k)`` and ``v`` of shape ``(n, k)`` or ``(k,)``, and returns the
variance between trials of every data set, shape ``(n,)``: the number that the function of the
same name in `retrostats.meta.tau` gives for that row.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.special import chdtri

from retrostats.arrays import Floats
from retrostats.meta.many.profile import Rows, log_q
from retrostats.meta.many.scaled import solve
from retrostats.meta.many.search import refine
from retrostats.meta.tau import likelihood, moments
from retrostats.meta.tau.estimators import TauName, TauSquared, find_estimator

ManyTauSquared = Callable[[Floats, Floats], Floats]


def weighted_means(y: Floats, total: Floats) -> tuple[Floats, Floats, Floats]:
    """Return means, sums of weights, and weighted sums of squares, shape ``(n,)`` each.

    Parameters
    ----------
    y
        Estimates, shape ``(n, k)``.
    total
        Total variances, shape ``(n, k)`` or ``(k,)``.
    """
    weights = np.broadcast_to(1 / total, y.shape)
    size = weights.sum(axis=1)
    centre = y.mean(axis=1)
    left = y - centre[:, None]
    shift = (weights * left).sum(axis=1) / size
    left = (left - shift[:, None]) * np.sqrt(weights)
    return centre + shift, size, (left**2).sum(axis=1)


def trace(v: Floats) -> Floats:
    """Return the trace of the projector of the common effect, shape ``(n,)`` or a number."""
    weights = 1 / v
    size = weights.sum(axis=-1)
    return np.asarray(size - (weights**2).sum(axis=-1) / size)


def _positive(tau2: Floats) -> Floats:
    return np.where(tau2 > 0, tau2, np.where(np.isnan(tau2), np.nan, 0.0))


def common(y: Floats, v: Floats) -> Floats:
    """Return zeros: all trials of a data set estimate one effect."""
    return np.zeros(len(np.broadcast_to(v, y.shape)))


def dersimonian_laird(y: Floats, v: Floats) -> Floats:
    """Return the estimates of DerSimonian and Laird."""
    q = weighted_means(y, v)[2]
    return _positive((q - (y.shape[1] - 1)) / trace(v))


def hedges_olkin(y: Floats, v: Floats) -> Floats:
    """Return the unweighted estimates of Hedges."""
    return _positive(y.var(axis=1, ddof=1) - v.mean(axis=-1))


def hunter_schmidt(y: Floats, v: Floats) -> Floats:
    """Return the estimates of Hunter and Schmidt."""
    _, size, q = weighted_means(y, v)
    return _positive((q - y.shape[1]) / size)


def hunter_schmidt_corrected(y: Floats, v: Floats) -> Floats:
    """Return the estimates of Hunter and Schmidt, corrected for few trials."""
    _, size, q = weighted_means(y, v)
    k = y.shape[1]
    return _positive((q * k / (k - 1) - k) / size)


def sidik_jonkman(y: Floats, v: Floats) -> Floats:
    """Return the estimates of Sidik and Jonkman."""
    start = y.var(axis=1)
    q = weighted_means(y, v + start[:, None])[2]
    return np.asarray(start * q / (y.shape[1] - 1))


def paule_mandel(y: Floats, v: Floats) -> Floats:
    """Return where the generalised Q equals its expectation."""
    return solve(partial(_q_equals, float(y.shape[1] - 1)), y, v)


def paule_mandel_median(y: Floats, v: Floats) -> Floats:
    """Return where the generalised Q equals its median."""
    return solve(partial(_q_equals, float(chdtri(y.shape[1] - 1, 0.5))), y, v)


def _q_equals(target: float, rows: Rows) -> Floats:
    """Return the root of the generalised Q, bracketed by its bounds.

    Q lies between the plain sum of squares over the largest and over the smallest total variance.
    """
    found = np.zeros(len(rows))
    above = np.flatnonzero(log_q(rows, found)[0] > np.log(target))
    if len(above) == 0:
        return found
    some = rows.take(above)
    middle = (some.y**2).sum(axis=0) / target
    low = np.maximum(0.0, middle * (1 - 1e-9) - some.v.max(axis=0))
    high = middle * (1 + 1e-9)

    def excess(rows: Rows, tau2: Floats) -> tuple[Floats, Floats]:
        value, change = log_q(rows, tau2)
        return value - np.log(target), change

    found[above] = refine(excess, some, low, high)
    return found


def _maximum_likelihood(y: Floats, v: Floats) -> Floats:
    return likelihood.maximise(y, v, restricted=False)


#: By the function that does one data set.
MANY: dict[TauSquared, ManyTauSquared] = {
    moments.common: common,
    moments.dersimonian_laird: dersimonian_laird,
    moments.hedges_olkin: hedges_olkin,
    moments.hunter_schmidt: hunter_schmidt,
    moments.hunter_schmidt_corrected: hunter_schmidt_corrected,
    moments.sidik_jonkman: sidik_jonkman,
    moments.paule_mandel: paule_mandel,
    moments.paule_mandel_median: paule_mandel_median,
    likelihood.reml: likelihood.maximise,
    likelihood.maximum_likelihood: _maximum_likelihood,
}


def find_many(tau2: TauName | TauSquared) -> tuple[str, ManyTauSquared]:
    """Return the name of an estimator, and the function of many data sets.

    Parameters
    ----------
    tau2
        A name, or a function of one data set; an own function is called row by row.
    """
    name, single = find_estimator(tau2)
    return name, MANY.get(single) or partial(_one_by_one, single)


def _one_by_one(single: TauSquared, y: Floats, v: Floats) -> Floats:
    v = np.broadcast_to(v, y.shape)
    found = np.full(len(y), np.nan)
    good = np.isfinite(y).all(axis=1) & (np.isfinite(v) & (v > 0)).all(axis=1)
    for row in np.flatnonzero(good).tolist():
        found[row] = single(y[row], v[row])
    return found
