"""Search for the size or the difference at which a power is reached."""

from __future__ import annotations

import math
from collections.abc import Callable

from retrostats.errors import DataError

#: More subjects than there will ever be.
MOST = 1e12
#: A difference so many times the scale of the outcome is none that a trial could have.
WIDEST = 1e6
#: A power misses its target by rounding alone if by less than this.
ROUNDING = 1e-12


def size_reaching(chance: Callable[[float], float], target: float, least: float) -> float:
    """Return the size at which a power is reached, as a number that need not be whole.

    Parameters
    ----------
    chance
        Power at a size; it rises with the size.
    target
        Power asked for.
    least
        Smallest size that there is; the answer where it is enough already.

    Raises
    ------
    DataError
        If more than `MOST` are needed.

    Examples
    --------
    >>> round(size_reaching(lambda n: 1 - 1 / n, 0.8, 2.0), 9)
    5.0
    """
    if chance(least) >= target:
        return least
    low, high = least, 2 * least
    while chance(high) < target:
        low, high = high, 2 * high
        if low > MOST:
            raise DataError(
                f"more than {MOST:.0e} per arm are needed for a power of {target:g}: the true "
                "difference is all but at the limit of what is to be shown; check it, the SD and "
                "the margin for a slip of the unit"
            )
    return _root(chance, target, low, high)


def whole_size(chance: Callable[[float], float], target: float, exact: float, least: int) -> int:
    """Return the smallest whole size, near the exact one, whose power is reached.

    Parameters
    ----------
    chance
        Power at a whole size, with all arms rounded up.
    target
        Power asked for.
    exact
        As `size_reaching` gives it.
    least
        Smallest whole size that there is.

    Examples
    --------
    >>> whole_size(lambda n: 1 - 1 / n, 0.8, 5.0000000001, 2)
    5
    """
    size = max(least, math.floor(exact))
    while chance(size) < target - ROUNDING:
        size += 1
    return size


def difference_reaching(
    chance: Callable[[float], float], target: float, *, start: float, scale: float, end: float
) -> float:
    """Return the distance at which a power is reached that rises with the distance.

    Parameters
    ----------
    chance
        Power at a distance.
    target
        Power asked for, more than that at `start`.
    start, end
        Ends between which distances are looked for; the last may be infinite.
    scale
        A first step.

    Raises
    ------
    DataError
        If no distance reaches it.

    Examples
    --------
    >>> round(
    ...     difference_reaching(lambda d: 1 - 2**-d, 0.75, start=0, scale=1, end=math.inf), 9
    ... )
    2.0
    """
    low, high, step = start, min(start + scale, end), scale
    while chance(high) < target:
        if high >= end or step > WIDEST * scale:
            raise DataError(
                f"with so few no true difference reaches a power of {target:g}; even {high:.4g} "
                f"has {chance(high):.4g}. Plan for more, or for less power"
            )
        step *= 2
        low, high = high, min(start + step, end)
    return _root(chance, target, low, high)


def _root(chance: Callable[[float], float], target: float, low: float, high: float) -> float:
    from scipy.optimize import brentq  # slow to import, and only needed here

    return float(brentq(lambda x: chance(x) - target, low, high, xtol=1e-13, rtol=1e-15))
