"""Intervals that invert a score test: they have a width at 0 and at 1 too.

Each is the set of parameters whose own standard error puts the estimate within ``z`` of them;
Wilson's interval of a proportion is the best known of this kind.
"""

from __future__ import annotations

import math

from scipy.special import ndtri

from retrostats.effects.arguments import require_level
from retrostats.effects.proportions.single import wilson_limits

#: In place of 0, where the equation has a second root that is not meant.
_TINY = 1e-300


def normal_quantile(level: float) -> float:
    """Return z of a two-sided interval.

    Raises
    ------
    ValueError
        If the level does not lie between 0 and 1.
    """
    require_level(level)
    return float(ndtri(0.5 + level / 2))


def newcombe_variance(theta: float, m: int, n: int) -> float:
    r"""Return the variance of the estimated probability of superiority, if `theta` is true.

    .. math::  V(\theta) = \frac{\theta(1-\theta)}{mn}\left[1 + N^*\left(
               \frac{1-\theta}{2-\theta} + \frac{\theta}{1+\theta}\right)\right],
               \qquad N^* = \frac{m+n}{2} - 1

    Hanley and McNeil's variance of exponential distributions, with both sizes in the bracket
    replaced by their average. At 1/2 it is ``(m + n + 1) / (12 m n)``, that of the
    Wilcoxon-Mann-Whitney test without ties.

    Examples
    --------
    >>> round(newcombe_variance(0.5, 5, 6) * 12 * 5 * 6, 12)
    12.0
    """
    size = (m + n) / 2 - 1
    bracket = 1 + size * ((1 - theta) / (2 - theta) + theta / (1 + theta))
    return theta * (1 - theta) * bracket / (m * n)


def newcombe_limits(halves: int, m: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return Newcombe's limits of the probability of superiority (his method 5).

    Parameters
    ----------
    halves
        Pairs in which the treated value is higher, counted twice, plus equal pairs.
    m, n
        Number of values, treated and control.
    level
        Coverage of the interval.

    Returns
    -------
    low, high
        Exactly 0 or 1 where the arms are separated.

    References
    ----------
    .. [1] Newcombe RG (2006). Stat Med 25, 559-573. doi:10.1002/sim.2324

    Examples
    --------
    >>> [round(limit, 4) for limit in newcombe_limits(0, 10, 10)]
    [0.0, 0.1998]
    """
    z = normal_quantile(level)
    # The variance is the same at theta and 1 - theta, so one limit gives the other.
    return 1 - _newcombe_upper(2 * m * n - halves, m, n, z), _newcombe_upper(halves, m, n, z)


def _newcombe_upper(halves: int, m: int, n: int, z: float) -> float:
    from scipy.optimize import brentq

    theta = halves / (2 * m * n)
    if theta == 1:
        return 1.0

    def beyond(limit: float) -> float:
        return (limit - theta) ** 2 - z**2 * newcombe_variance(limit, m, n)

    return float(brentq(beyond, theta or _TINY, 1.0, xtol=1e-15))


def tango_limits(up: int, down: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    r"""Return Tango's score limits of the difference of two paired proportions.

    They are the :math:`\Delta` with

    .. math::  \frac{(b - c - n\Delta)^2}{n\,[2\tilde p_c + \Delta(1 - \Delta)]} = z^2,

    :math:`\tilde p_c` being the maximum likelihood estimate of the probability of "down" when the
    difference is :math:`\Delta`. With no ties they are Wilson's limits.

    Parameters
    ----------
    up, down
        How many pairs go up (b) and down (c).
    n
        Number of pairs, ties with them.
    level
        Coverage of the interval.

    References
    ----------
    .. [1] Tango T (1998). Stat Med 17, 891-908.
       doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B

    Examples
    --------
    >>> [round(limit, 4) for limit in tango_limits(8, 2, 20)]
    [-0.0109, 0.5552]
    """
    z = normal_quantile(level)
    if up + down == n:
        low, high = wilson_limits(up, n, level=level)
        return 2 * low - 1, 2 * high - 1
    return -_tango_upper(down, up, n, z), _tango_upper(up, down, n, z)


def _tango_upper(up: int, down: int, n: int, z: float) -> float:
    from scipy.optimize import brentq

    def beyond(limit: float) -> float:
        variance = 2 * _tango_down(limit, up, down, n) + limit * (1 - limit)
        return (n * limit - (up - down)) ** 2 - z**2 * n * variance

    start = (up - down) / n if up + down else _TINY
    return float(brentq(beyond, start, 1.0, xtol=1e-15))


def _tango_down(difference: float, up: int, down: int, n: int) -> float:
    """Return the likeliest probability of "down" under a difference of up minus down."""
    a = 2 * n
    b = -up - down + (2 * n - up + down) * difference
    c = -down * difference * (1 - difference)
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    # The same root of the quadratic in the form that does not cancel.
    return -2 * c / (root + b) if b > 0 else (root - b) / (2 * a)


def signed_rank_limits(value: float, null: float, *, level: float = 0.95) -> tuple[float, float]:
    r"""Return score limits of a matched rank-biserial correlation.

    Wilson's equation with the null variance :math:`V_0` of the statistic in place of 1/n,

    .. math::  (\hat r - r)^2 = z^2\,V_0\,(1 - r^2).

    Parameters
    ----------
    value
        The correlation, -1 to 1.
    null
        Its variance where up and down are equally likely: the sum of squared ranks over the
        square of their sum.
    level
        Coverage of the interval.

    Examples
    --------
    >>> [round(limit, 4) for limit in signed_rank_limits(1.0, 0.1273)]
    [0.3432, 1.0]
    """
    share = normal_quantile(level) ** 2 * null
    half = math.sqrt(share * (1 - value**2 + share))
    low, high = (value - half) / (1 + share), (value + half) / (1 + share)
    return max(low, -1.0), min(high, 1.0)
