"""Tails of statistics that share an estimated scale, from their tails under a known one.

The normal tail is computed on one grid, which serves all critical values and all few degrees
of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.special import gammaln, ndtr, stdtr

from retrostats.arrays import Floats

#: From a critical value to the probability that it is exceeded.
Tail = Callable[[float], float]
#: From degrees of freedom, fractional or ``inf``, to the tail.
Tails = Callable[[float], Tail]

#: Step of the logarithm of the scale where few degrees of freedom make it wide. The integrand
#: is analytic within pi / 4 of the line, but the larger there the more the groups.
_S_STEP = 0.06
#: Degrees of freedom up to which it is wide, and the step, in standard deviations, beyond.
_FEW = 50.0
_S_STEP_SD = 0.6
#: The density of the scale is followed down to exp(-50) of its peak.
_S_DEPTH = 50.0
#: Where the grid of normal tails begins (they are 1 to within this) and ends (they are 0).
_X_FIRST = 1e-14
_X_LAST = 39.0


def scale_nodes(df: float) -> tuple[Floats, Floats]:
    """Return nodes and weights for the expectation over ``s = sqrt(chi2(df) / df)``.

    Parameters
    ----------
    df
        Not few (some 30 nodes above 50; below 1 there are hundreds); need not be whole;
        ``inf`` gives one node at 1.

    Returns
    -------
    tuple of Floats
        Values of s and their weights, which sum to 1, both of shape ``(nodes,)``.
    """
    if math.isinf(df):
        return np.ones(1), np.ones(1)
    reach = _S_DEPTH / df
    step = min(_S_STEP, _S_STEP_SD / math.sqrt(2 * df))
    log_s = np.arange(-(reach + math.sqrt(reach)), math.sqrt(reach) + step, step)
    # log s has the density exp(df (log s - (s^2 - 1) / 2)), apart from a factor.
    density = np.exp(df * (log_s - 0.5 * np.expm1(2 * log_s)))
    used = density > math.exp(-_S_DEPTH)
    return np.exp(log_s[used]), density[used] / density[used].sum()


def studentised(normal: Callable[[Floats], Floats], unit: float) -> Tails:
    r"""Return the tails of a statistic over a random scale, from its tail at scale one.

    With :math:`G` the normal tail and :math:`K(x) = 2\Phi(-x / u)` that of one comparison,

    .. math:: E\,G(cs) = 2 P(t_\nu > c / u) + E\,(G - K)(cs)

    where :math:`G - K` is positive and vanishes at both ends, so that a trapezoidal sum over
    :math:`\log(cs)` converges geometrically however few the degrees of freedom.

    Parameters
    ----------
    normal
        From values, shape ``(n,)``, to the probability that the statistic exceeds each.
    unit
        Standard deviation u of one comparison.
    """

    def excess(x: Floats) -> Floats:
        return np.asarray(np.maximum(normal(x) - 2 * ndtr(-x / unit), 0.0))

    @cache
    def grid() -> tuple[Floats, Floats]:
        log_x = np.arange(math.log(_X_FIRST), math.log(_X_LAST * unit), _S_STEP)
        return log_x, _S_STEP * excess(np.exp(log_x))

    def tail_for(df: float) -> Tail:
        if df <= _FEW:
            log_x, on_grid = grid()
            half = df / 2
            norm = math.log(2) + half * math.log(half) - float(gammaln(half))

            def expected(critical: float) -> float:
                log_s = np.minimum(log_x - math.log(critical), 300.0)
                density = np.exp(norm + df * (log_s - 0.5 * np.exp(2 * log_s)))
                return float(density @ on_grid)

        else:
            s, weight = scale_nodes(df)

            def expected(critical: float) -> float:
                return float(weight @ excess(critical * s))

        def tail(critical: float) -> float:
            if critical <= 0:
                return 1.0
            return min(1.0, 2 * float(stdtr(df, -critical / unit)) + expected(critical))

        return tail

    return tail_for
