"""Maximum likelihood and restricted maximum likelihood of tau squared."""

from __future__ import annotations

import numpy as np

from retrostats.arrays import Floats
from retrostats.meta.weighted import ones, weighted_fit


def log_likelihood(
    tau2: float, y: Floats, v: Floats, x: Floats | None = None, *, restricted: bool
) -> float:
    """Return the (restricted) log-likelihood profiled over the coefficients."""
    design = ones(len(y)) if x is None else x
    fit = weighted_fit(y, v + tau2, design)
    k, p = design.shape
    n = k - p if restricted else k
    value = -0.5 * (n * np.log(2 * np.pi) + np.sum(np.log(v + tau2)) + fit.rss)
    if restricted:
        value += 0.5 * np.linalg.slogdet(fit.cov)[1] + 0.5 * np.linalg.slogdet(design.T @ design)[1]
    return float(value)


def reml(y: Floats, v: Floats, x: Floats | None = None) -> float:
    """Return the tau squared of the highest restricted likelihood."""
    return _highest(y, v, x, restricted=True)


def maximum_likelihood(y: Floats, v: Floats, x: Floats | None = None) -> float:
    """Return the tau squared of the highest likelihood."""
    return _highest(y, v, x, restricted=False)


def _highest(y: Floats, v: Floats, x: Floats | None, *, restricted: bool) -> float:
    from scipy.optimize import brentq

    design = ones(len(y)) if x is None else x

    def slope(tau2: float) -> float:
        fit = weighted_fit(y, v + tau2, design)
        trace = np.trace(fit.projector) if restricted else np.sum(1 / (v + tau2))
        residual = fit.projector @ y
        return float(residual @ residual - trace)

    top = 10 * max(float(np.var(y)) * len(y), float(v.max()))
    grid = np.concatenate(([0.0], np.geomspace(float(v.min()) * 1e-4, top, 80)))
    slopes = [slope(t) for t in grid]
    best = [0.0]
    for a, b, sa, sb in zip(grid[:-1], grid[1:], slopes[:-1], slopes[1:], strict=True):
        if sa > 0 >= sb:
            best.append(float(brentq(slope, a, b, xtol=1e-300, rtol=1e-15)))
    return max(best, key=lambda t: log_likelihood(t, y, v, design, restricted=restricted))
