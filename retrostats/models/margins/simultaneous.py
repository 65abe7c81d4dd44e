"""Tails of the largest of several correlated t statistics, and of the studentised range.

Both are two nested integrals of analytic functions over the line, for which the trapezoidal
rule converges geometrically; its steps below leave errors near rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import ndtr, stdtrit

from retrostats.arrays import Floats
from retrostats.errors import FitError

#: From a critical value to the probability that it is exceeded.
Tail = Callable[[float], float]

#: Normal deviates beyond this are left out: 2e-19 of the probability.
_Z_END = 9.0
#: Step of the normal deviate, in units of the narrowest feature of the integrand.
_Z_STEP = 0.2
#: The finest step of the normal deviate, reached at correlations of 0.99999.
_Z_FINEST = 1e-3
#: Steps of the logarithm of the scale: for few degrees of freedom, and in standard deviations.
_S_STEP = 0.06
_S_STEP_SD = 0.6
#: The density of the scale is followed down to exp(-50) of its peak.
_S_DEPTH = 50.0
#: Where the search for a critical value ends, relative.
_ENOUGH = 1e-13


def scale_nodes(df: float) -> tuple[Floats, Floats]:
    """Return nodes and weights for the expectation over ``s = sqrt(chi2(df) / df)``.

    Parameters
    ----------
    df
        Positive; need not be whole; ``inf`` gives one node at 1.

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


def range_tail(groups: int, df: float) -> Tail:
    r"""Return the upper tail of the studentised range of independent means.

    .. math:: P(Q > q) = E_s \int k \varphi(z) \{\Phi(z)^{k-1}
              - [\Phi(z) - \Phi(z - q s)]^{k-1}\}\, dz

    Parameters
    ----------
    groups
        Number of means, k, at least 2.
    df
        Degrees of freedom of the common standard error, fractional or ``inf``.

    Returns
    -------
    callable
        From q to its tail probability.

    Notes
    -----
    Agrees with `scipy.stats.studentized_range` to 1e-14 (which takes infinitely many degrees
    of freedom from 100000 on) and with R's ``ptukey`` to 1e-9.

    References
    ----------
    .. [1] Tukey JW (1953). The problem of multiple comparisons. Princeton.
    .. [2] Kramer CY (1956). Biometrics 12, 307-310. doi:10.2307/3001469
    """
    s, weight = scale_nodes(df)
    step = _Z_STEP
    z = np.arange(-_Z_END, _Z_END + step, step)
    below = ndtr(z)
    outer = groups * step * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) * below ** (groups - 1)

    def tail(q: float) -> float:
        if q <= 0:
            return 1.0
        share = ndtr(z - q * s[:, None]) / below
        with np.errstate(divide="ignore"):  # a share that rounds to 1 is log(0): certain
            beyond = -np.expm1((groups - 1) * np.log1p(-np.minimum(share, 1.0)))
        return min(1.0, float(weight @ (beyond @ outer)))

    return tail


def product_tail(loadings: Floats, df: float) -> Tail:
    r"""Return the upper tail of ``max |T_i|`` when correlations are products of loadings.

    .. math:: T_i = \{\lambda_i Z + (1 - \lambda_i^2)^{1/2} Z_i\} / s,\qquad
              \rho_{ij} = \lambda_i \lambda_j

    so that given Z and s the statistics are independent. Comparisons of independent groups
    with one control are of this kind.

    Parameters
    ----------
    loadings
        Each strictly between -1 and 1, shape ``(r,)``.
    df
        Degrees of freedom of the common scale s, fractional or ``inf``.

    Returns
    -------
    callable
        From a critical value to the probability that any statistic exceeds it in size.

    References
    ----------
    .. [1] Dunnett CW (1955). J Am Stat Assoc 50, 1096-1121.
       doi:10.1080/01621459.1955.10501294
    """
    s, weight = scale_nodes(df)
    rest = np.sqrt(1 - loadings**2)
    narrowest = float(np.min(rest / np.maximum(np.abs(loadings), rest)))
    step = max(_Z_STEP * narrowest, _Z_FINEST)
    # The integrand is even in z: half the line at twice the weight.
    z = np.arange(0.0, _Z_END + step, step)
    outer = 2 * step * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    outer[0] /= 2
    centre = np.multiply.outer(loadings / rest, z)

    def tail(critical: float) -> float:
        if critical <= 0:
            return 1.0
        log_inside = np.zeros((len(s), len(z)))
        with np.errstate(divide="ignore"):  # far out, log(0) is certainty
            for middle, spread in zip(centre, rest, strict=True):
                limit = critical / spread * s[:, None]
                outside = ndtr(-limit - middle) + ndtr(middle - limit)
                log_inside += np.log1p(-np.minimum(outside, 1.0))
        return min(1.0, float(weight @ (-np.expm1(log_inside) @ outer)))

    return tail


def critical_value(tail: Tail, level: float, *, low: float, high: float) -> float:
    """Return the value that is exceeded with probability ``1 - level``.

    Parameters
    ----------
    tail
        Decreasing.
    level
        Coverage, between 0 and 1.
    low, high
        Values between which it lies; they are moved apart where rounding put them inside.

    Raises
    ------
    FitError
        If no such value was found.
    """

    def gap(critical: float) -> float:
        return math.log(tail(critical) / (1 - level))

    low, high = low * (1 - 1e-3), high * (1 + 1e-3)
    at_low, at_high = gap(low), gap(high)
    if not at_low >= 0 >= at_high:
        raise FitError(f"no critical value between {low} and {high} for level {level}")
    # Secants inside the bracket: the logarithm of a tail is nearly straight.
    last, at_last, now, at_now = low, at_low, high, at_high
    for _ in range(60):
        if abs(at_now) <= _ENOUGH or high - low <= _ENOUGH * high:
            return now
        slope = (at_now - at_last) / (now - last) if now != last else 0.0
        guess = now - at_now / slope if slope < 0 else low
        last, at_last = now, at_now
        now = guess if low < guess < high else 0.5 * (low + high)
        at_now = gap(now)
        low, high = (now, high) if at_now > 0 else (low, now)
    raise FitError(f"the search for the critical value of level {level} did not end")


def single_critical(df: Floats | float, level: float) -> Floats:
    """Return two-sided critical values of t for one comparison, of the shape of ``df``."""
    return np.asarray(stdtrit(df, 0.5 + level / 2), dtype=np.float64)
