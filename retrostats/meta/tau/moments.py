"""Estimators of the variance between trials by moments.

Each takes ``y`` and ``v`` of shape ``(k,)``, estimates and their sampling variances, and for a
regression the columns ``x`` of shape ``(k, p)``; it returns the variance between trials in the
unit of ``v``, 0 or more.
"""

from __future__ import annotations

import numpy as np
from scipy.special import chdtri

from retrostats.arrays import Floats
from retrostats.meta.weighted import ones, weighted_fit


def common(y: Floats, v: Floats, x: Floats | None = None) -> float:  # noqa: ARG001
    """Return 0: all trials estimate one effect.

    Examples
    --------
    >>> common(np.array([-0.9, -0.1]), np.array([0.10, 0.05]))
    0.0
    """
    return 0.0


def dersimonian_laird(y: Floats, v: Floats, x: Floats | None = None) -> float:
    r"""Return the DerSimonian-Laird estimate, truncated at zero.

    .. math::  \hat\tau^2 = \frac{y'Py - (k - p)}{\operatorname{tr} P},\qquad W = 1/v

    References
    ----------
    .. [1] DerSimonian R, Laird N (1986). Control Clin Trials 7, 177-188.
       doi:10.1016/0197-2456(86)90046-2

    Examples
    --------
    >>> round(dersimonian_laird(np.array([-0.52, -0.11]), np.array([0.041, 0.062])), 5)
    0.03255
    """
    fit = weighted_fit(y, v, x)
    spare = len(y) - len(fit.beta)
    return max(0.0, (fit.rss - spare) / fit.trace)


def hedges_olkin(y: Floats, v: Floats, x: Floats | None = None) -> float:
    r"""Return the unweighted estimate of Hedges (Cochran's), truncated at zero.

    .. math::  \hat\tau^2 = \frac{y'My - \operatorname{tr} MV}{k - p},\qquad M = I - X(X'X)^{-1}X'

    References
    ----------
    .. [1] Hedges LV (1983). Psychol Bull 93, 388-395. doi:10.1037/0033-2909.93.2.388

    Examples
    --------
    >>> round(hedges_olkin(np.array([-0.52, -0.11]), np.array([0.041, 0.062])), 5)
    0.03255
    """
    fit = weighted_fit(y, np.ones_like(v), x)
    spare = len(y) - len(fit.beta)
    return max(0.0, (fit.rss - float(fit.diagonal @ v)) / spare)


def hunter_schmidt(y: Floats, v: Floats, x: Floats | None = None) -> float:
    r"""Return the Hunter-Schmidt estimate, truncated at zero; it is too small with few trials.

    .. math::  \hat\tau^2 = \frac{y'Py - k}{\sum 1/v_i}

    References
    ----------
    .. [1] Schmidt FL, Hunter JE (2015). Methods of Meta-Analysis, 3rd ed. Sage.
       doi:10.4135/9781483398105
    .. [2] Viechtbauer W (2005). J Educ Behav Stat 30, 261-293. doi:10.3102/10769986030003261

    Examples
    --------
    >>> hunter_schmidt(np.array([-0.52, -0.11]), np.array([0.041, 0.062]))
    0.0
    """
    return max(0.0, (weighted_fit(y, v, x).rss - len(y)) / float(np.sum(1 / v)))


def hunter_schmidt_corrected(y: Floats, v: Floats, x: Floats | None = None) -> float:
    r"""Return the Hunter-Schmidt estimate with its correction for few trials.

    .. math::  \hat\tau^2 = \frac{y'Py\,k/(k - p) - k}{\sum 1/v_i}

    References
    ----------
    .. [1] Brannick MT, Potter SM, Benitez B, Morris SB (2019). Organ Res Methods 22, 490-514.
       doi:10.1177/1094428117741966

    Examples
    --------
    >>> round(hunter_schmidt_corrected(np.array([-0.52, -0.11]), np.array([0.041, 0.062])), 5)
    0.0312
    """
    fit = weighted_fit(y, v, x)
    k, spare = len(y), len(y) - len(fit.beta)
    return max(0.0, (fit.rss * k / spare - k) / float(np.sum(1 / v)))


def sidik_jonkman(y: Floats, v: Floats, x: Floats | None = None) -> float:
    r"""Return the Sidik-Jonkman estimate, above 0 unless all estimates are equal.

    .. math::  \hat\tau^2 = \tau_0^2\,\frac{y'P_0y}{k - p},\qquad W_0 = 1/(v + \tau_0^2),\qquad
               \tau_0^2 = \tfrac1k\sum(y_i - \bar y)^2

    References
    ----------
    .. [1] Sidik K, Jonkman JN (2005). Appl Stat 54, 367-384.
       doi:10.1111/j.1467-9876.2005.00489.x

    Examples
    --------
    >>> round(sidik_jonkman(np.array([-0.52, -0.11]), np.array([0.041, 0.062])), 5)
    0.03777
    """
    start = float(np.var(y))
    if start == 0:
        return 0.0
    fit = weighted_fit(y, v + start, x)
    return start * fit.rss / (len(y) - len(fit.beta))


def paule_mandel(y: Floats, v: Floats, x: Floats | None = None) -> float:
    r"""Return the tau squared at which the generalised Q equals its expectation ``k - p``.

    .. math::  Q(\tau^2) = y'P(\tau^2)\,y = k - p,\qquad W = 1/(v + \tau^2)

    Q falls as tau squared grows, so that there is one root; it is 0 where Q(0) is below ``k - p``.
    The empirical Bayes estimate of Morris solves the same equation, and is the same number.

    References
    ----------
    .. [1] Paule RC, Mandel J (1982). J Res Natl Bur Stand 87, 377-385. doi:10.6028/jres.087.022
    .. [2] Morris CN (1983). J Am Stat Assoc 78, 47-55. doi:10.1080/01621459.1983.10477920
    .. [3] Viechtbauer W, Lopez-Lopez JA, Sanchez-Meca J, Marin-Martinez F (2015). Psychol Methods
       20, 360-374. doi:10.1037/met0000023

    Examples
    --------
    >>> y, v = np.array([-0.9, -0.15, -0.4]), np.array([0.10, 0.05, 0.08])
    >>> tau2 = paule_mandel(y, v)
    >>> round(weighted_fit(y, v + tau2).rss, 12)
    2.0
    """
    design = ones(len(y)) if x is None else x
    return _solve(y, v, x, float(len(y) - design.shape[1]))


def paule_mandel_median(y: Floats, v: Floats, x: Floats | None = None) -> float:
    """Return the tau squared at which the generalised Q equals the median of chi-square.

    It is as often too large as too small, and never below `paule_mandel`.

    References
    ----------
    .. [1] Viechtbauer W (2021). Median-unbiased estimators for the amount of heterogeneity in
       meta-analysis. European Congress of Methodology, Valencia.

    Examples
    --------
    >>> y, v = np.array([-0.9, -0.15, -0.4]), np.array([0.10, 0.05, 0.08])
    >>> paule_mandel_median(y, v) > paule_mandel(y, v)
    True
    """
    design = ones(len(y)) if x is None else x
    return _solve(y, v, x, float(chdtri(len(y) - design.shape[1], 0.5)))


def _solve(y: Floats, v: Floats, x: Floats | None, target: float) -> float:
    """Return where the generalised Q falls to `target`, to the last digits of a double."""
    from scipy.optimize import brentq

    def excess(tau2: float) -> float:
        return weighted_fit(y, v + tau2, x).rss - target

    if excess(0.0) <= 0:
        return 0.0
    # Q(t) is below the plain sum of squares over t, so that this is above the root; doubled
    # against rounding.
    high = 2 * weighted_fit(y, np.ones_like(v), x).rss / target
    return float(brentq(excess, 0.0, high, xtol=1e-300, rtol=1e-15))
