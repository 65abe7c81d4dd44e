"""Exact limits for noncentrality parameters, and the small-sample factor of Hedges.

An exact interval for a standardised effect is found by asking which noncentrality
would have made the observed statistic just barely surprising on either side
(Steiger & Fouladi 1997). The limits here are those noncentralities; the modules
beside this one scale them to effects.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

from scipy.special import chndtr, gammaln, ncfdtr, ndtri

from retrostats.effects.arguments import is_number, require_level
from retrostats.effects.quadrature import noncentral_t_cdf
from retrostats.errors import RetrostatsError

#: A limit lies within its normal approximation and this many standard errors.
_BEYOND = 0.3
#: Below this a t is zero to every digit of the limits, and its square would underflow.
_ZERO = 1e-100
#: Beyond this the difference of two log gammas loses its digits; the series is then exact to 1e-15.
_MANY = 1e5


def small_sample_factor(df: float) -> float:
    r"""Return the exact factor J that removes the small-sample bias of d.

    .. math::  J(\nu) = \frac{\Gamma(\nu/2)}{\sqrt{\nu/2}\,\Gamma((\nu-1)/2)}

    Parameters
    ----------
    df
        Degrees of freedom of the standardiser, more than 1.

    Returns
    -------
    float
        Between 0 and 1; it tends to 1 with growing ``df``.

    Raises
    ------
    ValueError
        If ``df`` is not more than 1: then the correction does not exist.

    References
    ----------
    .. [1] Hedges LV (1981). J Educ Stat 6, 107-128. doi:10.3102/10769986006002107

    Examples
    --------
    >>> round(small_sample_factor(36), 4)
    0.979
    """
    if not is_number(df) or not 1 < df < math.inf:
        raise ValueError(
            f"small-sample factor: need df > 1 and finite, got {df}. With one degree of "
            "freedom no unbiased estimate exists; report d itself."
        )
    if df > _MANY:
        return 1 - 3 / (4 * df) - 7 / (32 * df**2)
    return math.exp(gammaln(df / 2) - gammaln((df - 1) / 2) - math.log(df / 2) / 2)


def noncentral_t_limits(t: float, df: float, level: float = 0.95) -> tuple[float, float]:
    """Return the limits of the noncentrality behind an observed t.

    Parameters
    ----------
    t
        Observed statistic, of either sign.
    df
        Degrees of freedom, at least 1.
    level
        Coverage of the two-sided interval.

    Returns
    -------
    tuple of float
        Lower and upper limit. They divide by the square root of a sample size to
        give the limits of a standardised effect.

    Raises
    ------
    ValueError
        If ``t`` is not finite, ``df`` is below 1 or ``level`` is outside 0 to 1.

    References
    ----------
    .. [1] Steiger JH, Fouladi RT (1997). In: What if there were no significance
       tests? Erlbaum, 221-257.
    .. [2] Cumming G, Finch S (2001). Educ Psychol Meas 61, 532-574.
       doi:10.1177/0013164401614002

    Examples
    --------
    >>> [round(limit, 4) for limit in noncentral_t_limits(2.3, 8)]
    [-0.0045, 4.4984]
    """
    tail = _tail(level)
    if not is_number(t) or not math.isfinite(t) or not 1 <= df < math.inf:
        raise ValueError(f"noncentral t: need a finite t and df >= 1, got t={t}, df={df}")
    if t <= -_ZERO:
        low, high = noncentral_t_limits(-t, df, level)
        return -high, -low
    if t < _ZERO:
        return float(ndtri(tail)), -float(ndtri(tail))
    # The limits lie about so far from t, so that the second look mostly encloses one.
    reach = (_BEYOND - float(ndtri(tail))) * math.sqrt(1 + t * t / (2 * df))

    def limit(target: float) -> float:
        return _falling_root(lambda ncp: noncentral_t_cdf(t, df, ncp) - target, t, reach)

    return limit(1 - tail), limit(tail)


def noncentral_f_limits(
    f: float, df1: float, df2: float, level: float = 0.95
) -> tuple[float, float]:
    """Return the limits of the noncentrality behind an observed F.

    Parameters
    ----------
    f
        Observed F ratio, zero or more.
    df1, df2
        Degrees of freedom of numerator and denominator.
    level
        Coverage of the two-sided interval. For a one-sided lower limit of
        coverage ``c`` use ``level=2 * c - 1`` and take the lower end.

    Returns
    -------
    tuple of float
        A limit is 0 where even no effect at all would give a larger, or for the
        upper limit a smaller, F too seldom or too often to be excluded.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    .. [1] Steiger JH (2004). Psychol Methods 9, 164-182. doi:10.1037/1082-989X.9.2.164

    Examples
    --------
    >>> [round(limit, 3) for limit in noncentral_f_limits(12.3, 2, 40)]
    [6.485, 50.335]
    """
    if not 0 <= f < math.inf or not (0 < df1 < math.inf and 0 < df2 < math.inf):
        raise ValueError(
            f"noncentral F: need a finite f >= 0 and finite df > 0, got f={f}, df {df1} and {df2}"
        )
    return _limits_from_zero(lambda ncp: float(ncfdtr(df1, df2, ncp, f)), 1 + df1 * f, level)


def noncentral_chi2_limits(chi2: float, df: float, level: float = 0.95) -> tuple[float, float]:
    """Return the limits of the noncentrality behind an observed chi-square.

    Parameters
    ----------
    chi2
        Observed statistic, zero or more.
    df
        Degrees of freedom.
    level
        Coverage of the two-sided interval.

    Returns
    -------
    tuple of float
        Lower and upper limit, each at least 0.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> [round(limit, 3) for limit in noncentral_chi2_limits(20.5, 2)]
    [5.841, 40.891]
    """
    if not 0 <= chi2 < math.inf or not 0 < df < math.inf:
        raise ValueError(f"noncentral chi-square: need chi2 >= 0 and df > 0, got {chi2} and {df}")
    return _limits_from_zero(lambda ncp: float(chndtr(chi2, df, ncp)), 1 + chi2, level)


def _tail(level: float) -> float:
    require_level(level)
    return (1 - level) / 2


def _limits_from_zero(
    cdf: Callable[[float], float], start: float, level: float
) -> tuple[float, float]:
    tail, none = _tail(level), cdf(0.0)

    def limit(target: float) -> float:
        if none <= target:
            return 0.0
        return _falling_root(lambda ncp: cdf(ncp) - target, start, start, least=0.0)

    return limit(1 - tail), limit(tail)


def _falling_root(
    function: Callable[[float], float], start: float, step: float, *, least: float = -math.inf
) -> float:
    from scipy.optimize import brentq  # slow to import, and only needed here

    known = cache(function)  # the ends are asked for again, and a quadrature is dear
    low = high = start
    for _ in range(60):
        below, above = known(low), known(high)
        if not (math.isfinite(below) and math.isfinite(above)):
            break
        if below >= 0 >= above:
            try:
                return float(brentq(known, low, high, xtol=1e-14, rtol=1e-14, maxiter=500))
            except ValueError:  # the distribution has no value somewhere between
                break
        low = max(least, low - step) if below < 0 else low
        high = high + step if above > 0 else high
        step *= 2
    raise RetrostatsError(
        f"no noncentrality between {low:g} and {high:g} gives the wanted tail area; "
        "check the statistic and its degrees of freedom for a misprint."
    )
