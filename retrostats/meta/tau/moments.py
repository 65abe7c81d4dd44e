"""Estimators of the variance between trials by moments."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtri

from retrostats.arrays import Floats
from retrostats.meta.weighted import ones, weighted_fit


def common(y: Floats, v: Floats, x: Floats | None = None) -> float:
    """Return 0: all trials estimate one effect."""
    return 0.0


def dersimonian_laird(y: Floats, v: Floats, x: Floats | None = None) -> float:
    """Return the DerSimonian-Laird estimate, truncated at zero."""
    fit = weighted_fit(y, v, x)
    spare = len(y) - len(fit.beta)
    return max(0.0, (fit.rss - spare) / float(np.trace(fit.projector)))


def hedges_olkin(y: Floats, v: Floats, x: Floats | None = None) -> float:
    """Return the unweighted (Hedges) estimate, truncated at zero."""
    fit = weighted_fit(y, np.ones_like(v), x)
    spare = len(y) - len(fit.beta)
    return max(0.0, (fit.rss - float(np.diag(fit.projector) @ v)) / spare)


def hunter_schmidt(y: Floats, v: Floats, x: Floats | None = None) -> float:
    """Return the Hunter-Schmidt estimate, truncated at zero."""
    return max(0.0, (weighted_fit(y, v, x).rss - len(y)) / float(np.sum(1 / v)))


def hunter_schmidt_corrected(y: Floats, v: Floats, x: Floats | None = None) -> float:
    """Return the Hunter-Schmidt estimate with its small-sample correction."""
    fit = weighted_fit(y, v, x)
    k, spare = len(y), len(y) - len(fit.beta)
    return max(0.0, (fit.rss * k / spare - k) / float(np.sum(1 / v)))


def sidik_jonkman(y: Floats, v: Floats, x: Floats | None = None) -> float:
    """Return the Sidik-Jonkman estimate."""
    start = float(np.var(y))
    if start == 0:
        return 0.0
    fit = weighted_fit(y, v + start, x)
    return start * fit.rss / (len(y) - len(fit.beta))


def paule_mandel(y: Floats, v: Floats, x: Floats | None = None) -> float:
    """Return the tau squared at which the generalised Q equals its expectation."""
    design = ones(len(y)) if x is None else x
    return _solve(y, v, design, float(len(y) - design.shape[1]))


def paule_mandel_median(y: Floats, v: Floats, x: Floats | None = None) -> float:
    """Return the tau squared at which the generalised Q equals its median."""
    design = ones(len(y)) if x is None else x
    return _solve(y, v, design, float(chdtri(len(y) - design.shape[1], 0.5)))


def _solve(y: Floats, v: Floats, x: Floats, target: float) -> float:
    from scipy.optimize import brentq

    def excess(tau2: float) -> float:
        return weighted_fit(y, v + tau2, x).rss - target

    if excess(0.0) <= 0:
        return 0.0
    high = max(float(np.var(y)), float(v.max()))
    while excess(high) > 0:
        high *= 4
    return float(brentq(excess, 0.0, high, xtol=1e-300, rtol=1e-15))
