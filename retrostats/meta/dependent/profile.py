"""Profile-likelihood intervals of the variances."""

from __future__ import annotations

import math
from typing import Literal

from scipy.special import chdtri

from retrostats.errors import FitError
from retrostats.estimate import Interval
from retrostats.meta.dependent.likelihood import Rotated
from retrostats.meta.dependent.optimum import Highest, highest_point, variance_grid

Variance = Literal["tau2", "omega2"]


def profile_interval(
    data: Rotated, top: Highest, which: Variance, *, level: float, other: float | None = None
) -> Interval:
    """Return the variances whose profile deviance stays below the chi-square quantile.

    Parameters
    ----------
    data
        The estimates.
    top
        Their highest point.
    which
        The variance that the interval is for.
    level
        Coverage.
    other
        The other variance, where it is held and not profiled.

    Returns
    -------
    Interval
        From the last crossing below the estimate to the first above it; 0 where there is none
        below.

    Raises
    ------
    FitError
        If no upper limit is found.
    """
    from scipy.optimize import brentq

    limit = float(chdtri(1, 1 - level))
    best = float(top.theta[0 if which == "tau2" else 1])

    def excess(variance: float) -> float:
        held: dict[str, float | None] = {"tau2": other, "omega2": other, which: variance}
        return 2 * (top.loglik - highest_point(data, **held).loglik) - limit

    def crossing(inner: float, outer: float) -> float:
        return float(brentq(excess, inner, outer, xtol=1e-300, rtol=1e-13))

    low = crossing(best, 0.0) if best > 0 and excess(0.0) > 0 else 0.0
    inner = best
    outer = 2 * best if best > 0 else float(variance_grid(data)[1])
    while excess(outer) < 0:
        inner, outer = outer, 2 * outer
        if not math.isfinite(outer):
            raise FitError("the profile of a variance has no upper limit; report it without one")
    return Interval(low, crossing(inner, outer), level)
