"""How many trials a symmetric funnel lacks: the estimators of Duval and Tweedie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from retrostats.arrays import Floats
from retrostats.effects.ordinal.changes import individual_change
from retrostats.errors import FitError
from retrostats.meta.inference import coefficients
from retrostats.meta.tau.estimators import TauSquared

Counter = Literal["L0", "R0", "Q0"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Trials that lack on the left.

    Attributes
    ----------
    count, se
        Their number and its standard error, ``nan`` where its variance comes out negative.
    extreme
        Places of the trials whose mirror images lack: the largest effects, in ascending order.
    centre
        Pooled effect of the other trials.
    """

    count: int
    se: float
    extreme: tuple[int, ...]
    centre: float


def count_missing(y: Floats, v: Floats, *, tau2: TauSquared, estimator: Counter) -> Missing:
    """Trim the largest effects until as many are trimmed as lack on the left.

    Parameters
    ----------
    y, v
        Effects and sampling variances, shape ``(k,)``; change the sign to look at the right.
    tau2
        Estimator for the pool of the trials that are left.
    estimator
        Which count is used.

    Raises
    ------
    FitError
        If the number goes round in a circle, reaches ``k``, or has no value.
    """
    order = np.argsort(y, kind="stable")
    y, v = y[order], v[order]
    trimmed: list[int] = [0]
    while True:
        left = len(y) - trimmed[-1]
        centre = _mean(y[:left], v[:left], tau2)
        count, se = missing_left(
            individual_change("effects", np.full(len(y), centre), y), estimator
        )
        if count == trimmed[-1]:
            break
        if count >= len(y) or count in trimmed:
            seen = ", ".join(str(each) for each in [*trimmed, count])
            raise FitError(
                f"trim_and_fill: the number of missing trials does not settle ({seen} of "
                f"{len(y)} trials); use another estimator, or leave the method out"
            )
        trimmed.append(count)
    return Missing(
        count=count, se=se, extreme=tuple(int(place) for place in order[left:]), centre=centre
    )


def _mean(y: Floats, v: Floats, tau2: TauSquared) -> float:
    if len(y) == 1:
        return float(y[0])
    return float(coefficients(y, v, float(tau2(y, v)), test="z").beta[0])


def missing_left(deviates: Floats, estimator: Counter) -> tuple[int, float]:
    r"""Return how many trials lack on the left, and the standard error of that.

    With the ranks of the absolute deviates, :math:`T` the sum of those of positive deviates and
    :math:`\gamma` the number of largest ranks that are all positive,

    .. math::  R_0 = \gamma - 1,\qquad L_0 = \frac{4T - k(k+1)}{2k - 1},\qquad
               Q_0 = k - \tfrac12 - \sqrt{2k^2 - 4T + \tfrac14},

    each rounded and not below 0.

    Parameters
    ----------
    deviates
        Effects less their centre, ascending, shape ``(k,)``. Of equal sizes the earlier one has
        the lower rank.
    estimator
        ``"L0"``, ``"R0"`` or ``"Q0"``.

    Raises
    ------
    FitError
        If Q0 is the root of a negative number, or R0 finds no trial on the left.

    Examples
    --------
    >>> count, se = missing_left(np.array([-0.2, -0.1, 0.3, 0.4, 0.5]), "R0")
    >>> count, se
    (2, 2.449489742783178)
    """
    k = len(deviates)
    ranks = np.empty(k)
    ranks[np.argsort(np.abs(deviates), kind="stable")] = np.arange(1, k + 1)
    if estimator == "R0":
        below = ranks[deviates < 0]
        if not len(below):
            raise FitError("trim_and_fill: R0 has no value, no effect lies below the centre")
        found = k - float(below.max()) - 1
        return max(0, round(found)), math.sqrt(2 * max(0.0, found) + 2)
    above = float(ranks[deviates > 0].sum())
    if estimator == "L0":
        found = (4 * above - k * (k + 1)) / (2 * k - 1)
        scale = 4 / (2 * k - 1)
    else:
        root = 2 * k**2 - 4 * above + 0.25
        if root < 0:
            raise FitError(
                f"trim_and_fill: Q0 has no value with ranks that sum to {above:g} on one side of "
                f"{k} trials; use estimator='L0'"
            )
        found = k - 0.5 - math.sqrt(root)
        square = (k - 0.5) ** 2 - found * (2 * k - found - 1)
        scale = 2 / math.sqrt(square) if square > 0 else math.nan
    variance = _rank_sum_variance(k, found)
    se = scale * math.sqrt(variance) if variance >= 0 else math.nan
    return max(0, round(found)), se


def _rank_sum_variance(k: int, lacking: float) -> float:
    """Return the variance of the sum of ranks with so many trials lacking."""
    m = lacking
    whole = k * (k + 1) * (2 * k + 1)
    cubic = 10 * m**3 + 27 * m**2 + 17 * m
    return (whole + cubic - 18 * k * m**2 - 18 * k * m + 6 * k**2 * m) / 24
