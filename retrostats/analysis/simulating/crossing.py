"""Where a curve through simulated powers crosses the power that is wanted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from retrostats.arrays import Floats

#: Coverage of the range of sizes in which the curve crosses.
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Sizes at which the curve, and its limits, have the power that is wanted.

    Attributes
    ----------
    n, low, high
        Not rounded; ``inf`` where the curve does not reach it.
    """

    n: float
    low: float
    high: float


def crossing(found: Mapping[int, tuple[float, int]], power: float) -> Crossing:
    r"""Fit a probit line in the root of n, and solve it for n.

    .. math:: \Phi^{-1}(\text{power}) = a + b \sqrt{n},

    which holds exactly for a z test: `b` is the difference over its standard error at n = 1.

    Parameters
    ----------
    found
        Power and number of trials by n, of two sizes or more.
    power
        Wanted, between 0 and 1.

    Returns
    -------
    Crossing
        With the limits of the line at the level `LEVEL`, for the chance of the simulation.

    Examples
    --------
    >>> cross = crossing({25: (0.5, 10_000), 100: (0.977, 10_000)}, 0.9)
    >>> round(cross.n, 1), cross.low < cross.n < cross.high
    (67.4, True)
    """
    sizes = np.array(sorted(found), dtype=float)
    trials = np.array([found[int(n)][1] for n in sizes], dtype=float)
    share = np.array([found[int(n)][0] for n in sizes])
    # Half an event on either side keeps a power of 0 or 1 finite.
    share = (share * trials + 0.5) / (trials + 1)
    z = ndtri(share)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    weight = trials * density**2 / (share * (1 - share))
    rows = np.column_stack([np.ones(len(sizes)), np.sqrt(sizes)])
    covariance = np.linalg.inv(rows.T @ (weight[:, None] * rows))
    line = covariance @ (rows.T @ (weight * z))
    wanted = float(ndtri(power))
    root = (wanted - line[0]) / line[1] if line[1] > 0 else math.inf
    if not math.isfinite(root):
        return Crossing(n=math.inf, low=0.0, high=math.inf)
    low, high = _limits(line, covariance, wanted)
    return Crossing(n=float(max(root, 0.0) ** 2), low=low, high=high)


def _limits(line: Floats, covariance: Floats, wanted: float) -> tuple[float, float]:
    """Return where the upper and the lower limit of the line cross (Fieller's theorem)."""
    z2 = float(ndtri(0.5 + LEVEL / 2)) ** 2
    a, b = line[0] - wanted, line[1]
    square = b**2 - z2 * covariance[1, 1]
    half = a * b - z2 * covariance[0, 1]
    inside = half**2 - square * (a**2 - z2 * covariance[0, 0])
    if square <= 0 or inside < 0:
        return 0.0, math.inf
    roots = sorted((-half + sign * math.sqrt(inside)) / square for sign in (-1, 1))
    low, high = (float(max(root, 0.0) ** 2) for root in roots)
    return low, high
