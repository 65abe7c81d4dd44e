"""The profile-likelihood interval of tau squared."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import chdtri

from retrostats.arrays import Floats
from retrostats.meta.intervals.q_profile import STEPS, falling_root
from retrostats.meta.tau.likelihood import log_likelihood, maximum_likelihood, reml
from retrostats.meta.weighted import weighted_fit

#: The log-likelihood is a smooth function of log(tau squared + v): it has no room for two turns
#: within a tenth of a power of ten.
PER_DECADE = 20
#: Below this share of the smallest variance, tau squared makes no visible difference.
SMALLEST = 1e-6


class ProfileLimits(NamedTuple):
    """Limits by the likelihood.

    Attributes
    ----------
    low, high
        Of tau squared.
    pieces
        How many separate intervals lie between them; 1 unless the likelihood has several peaks.
    """

    low: float
    high: float
    pieces: int


def profile_likelihood(
    y: Floats,
    v: Floats,
    x: Floats | None = None,
    *,
    restricted: bool,
    level: float = 0.95,
    at: float | None = None,
) -> ProfileLimits:
    """Return the limits between which the likelihood is nearly as high as at its peak.

    Parameters
    ----------
    y, v
        Trial estimates and sampling variances, shape ``(k,)``.
    x
        Columns, shape ``(k, p)``; by default ones.
    restricted
        The restricted likelihood (that of REML), else the likelihood (that of ML).
    level
        Coverage, for many trials.
    at
        The tau squared with whose likelihood others are compared; by default that of the highest
        likelihood. metafor takes the estimate of the model, whatever its estimator: for any other
        than ML and REML its interval is wider than one that the likelihood ratio test gives.

    Returns
    -------
    ProfileLimits
        All tau squared whose log-likelihood is at most half a chi-squared quantile lower lie
        between the limits. If they form several intervals, those are joined and counted.

    References
    ----------
    .. [1] Hardy RJ, Thompson SG (1996). Stat Med 15, 619-629.
       doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A

    Examples
    --------
    >>> import numpy as np
    >>> y, v = np.array([-0.9, -0.15, -0.4]), np.array([0.1, 0.05, 0.08])
    >>> low, high, pieces = profile_likelihood(y, v, restricted=True)
    >>> low, round(high, 3), pieces
    (0.0, 2.421, 1)
    """
    unit = float(v.max())
    y, v = y / math.sqrt(unit), v / unit
    peak = (reml if restricted else maximum_likelihood)(y, v, x)
    reference = peak if at is None else at / unit
    deep = float(chdtri(1, 1 - level)) / 2

    def height(tau2: float) -> float:
        return log_likelihood(tau2, y, v, x, restricted=restricted)

    floor = height(reference) - deep
    limits = _hull(lambda tau2: height(tau2) - floor, _grid(y, v, x, (peak, reference)), reference)
    return ProfileLimits(limits.low * unit, limits.high * unit, limits.pieces)


def _grid(y: Floats, v: Floats, x: Floats | None, known: tuple[float, ...]) -> Floats:
    """Return tau squared from 0 to beyond the last place where the likelihood can rise.

    With S the unweighted residual sum of squares, twice the slope is at most
    ``S / (t + v_min)^2 - (k - p) / (t + v_max)``, which is negative from
    ``max(v_max, 2 S / (k - p))`` on.
    """
    spare = len(y) - (1 if x is None else x.shape[1])
    last = max(float(v.max()), 2 * weighted_fit(y, np.ones_like(v), x).rss / spare, *known)
    first = SMALLEST * float(v.min())
    count = int(PER_DECADE * math.log10(last / first)) + 2
    return np.unique(np.concatenate(([0.0, *known], np.geomspace(first, last, count))))


def _with_tops(excess: Callable[[float], float], grid: Floats) -> tuple[Floats, Floats]:
    """Return grid and heights with the tops between points added where the points lie below 0.

    A narrow part of the interval could stand between two points of the grid.
    """
    from scipy.optimize import minimize_scalar

    heights = np.array([excess(t) for t in grid.tolist()])
    inner = heights[1:-1]
    tops = (inner < 0) & (inner >= heights[:-2]) & (inner >= heights[2:])
    for place in (np.flatnonzero(tops) + 1).tolist():
        bounds = (grid[place - 1], grid[place + 1])
        found = minimize_scalar(
            lambda t: -excess(t), bounds=bounds, options={"xatol": 1e-9 * bounds[1]}
        )
        grid, heights = np.append(grid, found.x), np.append(heights, -found.fun)
    order = np.argsort(grid, kind="stable")
    return grid[order], heights[order]


def _hull(excess: Callable[[float], float], grid: Floats, reference: float) -> ProfileLimits:
    """Return the outermost roots of a function that falls beyond the end of the grid."""
    from scipy.optimize import brentq

    grid, heights = _with_tops(excess, grid)
    inside = (heights >= 0) | (grid == reference)
    first, last = int(np.argmax(inside)), len(grid) - 1 - int(np.argmax(inside[::-1]))
    low, high = float(grid[first]), float(grid[last])
    exactly = {"xtol": 1e-300, "rtol": 1e-15, "maxiter": STEPS}
    if first > 0:
        low = float(brentq(excess, grid[first - 1], low, **exactly))
    if last == len(grid) - 1:
        high = falling_root(excess, high, high)
    else:
        high = float(brentq(excess, high, grid[last + 1], **exactly))
    pieces = int(inside[0]) + int(np.count_nonzero(~inside[:-1] & inside[1:]))
    return ProfileLimits(low, high, pieces)
