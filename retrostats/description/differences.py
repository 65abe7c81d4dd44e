"""Standardised differences between two groups: of means, of shares, of whole categories."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from retrostats.description.types import NumberCell


def mean_difference_sd(treated: NumberCell, comparator: NumberCell) -> float:
    r"""Return the difference of two means over the root of the average variance.

    .. math::  \frac{\bar x_1 - \bar x_2}{\sqrt{(s_1^2 + s_2^2) / 2}}

    Parameters
    ----------
    treated, comparator
        The groups; the sign is treated minus comparator.

    Returns
    -------
    float
        ``nan`` where a group has no standard deviation, or both have 0.

    References
    ----------
    .. [1] Austin PC (2009). Stat Med 28, 3083-3107. doi:10.1002/sim.3697
    """
    spread = math.sqrt((treated.sd**2 + comparator.sd**2) / 2)
    return (treated.mean - comparator.mean) / spread if spread else math.nan


def share_difference_sd(treated: float, comparator: float) -> float:
    r"""Return the difference of two shares over the root of their average variance.

    .. math::  \frac{p_1 - p_2}{\sqrt{(p_1(1 - p_1) + p_2(1 - p_2)) / 2}}

    Parameters
    ----------
    treated, comparator
        Shares from 0 to 1; ``nan`` for a group of nobody.

    Returns
    -------
    float
        ``nan`` where each share is 0 or 1.

    References
    ----------
    .. [1] Austin PC (2009). Stat Med 28, 3083-3107. doi:10.1002/sim.3697

    Examples
    --------
    >>> round(share_difference_sd(0.6, 0.4), 4)
    0.4082
    """
    spread = math.sqrt((treated * (1 - treated) + comparator * (1 - comparator)) / 2)
    return (treated - comparator) / spread if spread else math.nan


def category_distance(treated: ArrayLike, comparator: ArrayLike) -> float:
    r"""Return the Mahalanobis distance between the shares of all levels of two groups.

    .. math::

        \sqrt{(T - C)'\,S^{-1}(T - C)},\qquad S_{kl} = \begin{cases}
        \tfrac12[T_k(1 - T_k) + C_k(1 - C_k)] & k = l\\
        -\tfrac12[T_k T_l + C_k C_l] & k \ne l \end{cases}

    with one level left out, which one changes nothing. Of two levels it is the size of
    `share_difference_sd`.

    Parameters
    ----------
    treated, comparator
        Shares of the levels, shape ``(k,)``, summing to 1; ``nan`` for a group of nobody.

    Returns
    -------
    float
        Zero or more. Levels that nobody has add nothing. ``nan`` where `S` is singular: a
        single level, or groups without a level in common.

    References
    ----------
    .. [1] Yang D, Dalton JE (2012). A unified approach to measuring the effect size between two
       groups using SAS. SAS Global Forum 2012, paper 335.

    Examples
    --------
    >>> round(category_distance([0.5, 0.3, 0.2], [0.3, 0.3, 0.4]), 4)
    0.4978
    """
    t, c = np.asarray(treated, dtype=np.float64), np.asarray(comparator, dtype=np.float64)
    seen = t + c > 0
    t, c = t[seen][:-1], c[seen][:-1]
    if t.size == 0:
        return math.nan
    spread = (np.diag(t) - np.outer(t, t) + np.diag(c) - np.outer(c, c)) / 2
    if np.linalg.matrix_rank(spread, hermitian=True) < t.size:
        return math.nan
    apart = t - c
    return math.sqrt(max(0.0, float(apart @ np.linalg.solve(spread, apart))))
