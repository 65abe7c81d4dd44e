"""An axis of ratios: places are logarithms, and the words beside them the ratios."""

from __future__ import annotations

import math
from collections.abc import Iterable

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from retrostats.figures.style import SMALL_TEXT

#: Room of one tick and its number, in mm.
_TICK_MM = 6.5
#: Powers of two beyond these are no numbers that anyone reads.
_POWERS_OF_TWO = 4
#: Leading digits of ticks, and the ratio after which they begin anew; the finest first.
_PATTERNS = (((1, 3), 10), ((1,), 10), ((1,), 100), ((1,), 1000), ((1,), 10**6), ((1,), 10**12))


def ratio_ticks(low: float, high: float, most: int) -> list[float]:
    """Return ratios to mark between two logarithms, 1 among them where it is within.

    Parameters
    ----------
    low, high
        Ends of the axis, as natural logarithms.
    most
        How many there may be, at least 2.

    Examples
    --------
    >>> import math
    >>> ratio_ticks(math.log(0.2), math.log(5), 6)
    [0.25, 0.5, 1.0, 2.0, 4.0]
    >>> ratio_ticks(math.log(0.85), math.log(1.22), 6)
    [0.9, 1.0, 1.1, 1.2]
    """

    def within(ratios: Iterable[float]) -> list[float]:
        return [ratio for ratio in ratios if low - 1e-9 <= math.log(ratio) <= high + 1e-9]

    doubled = within(2.0**power for power in range(-_POWERS_OF_TWO - 1, _POWERS_OF_TWO + 2))
    if len(doubled) < 3:
        locator = MaxNLocator(nbins=max(2, most - 1), steps=[1, 2, 5, 10])
        nice = locator.tick_values(math.exp(low), math.exp(high))
        # Twelve digits, so that 1.2 is not 1.2000000000000002.
        return within(float(f"{tick:.12g}") for tick in nice if tick > 0)
    if len(doubled) <= most and max(doubled[-1], 1 / doubled[0]) <= 2**_POWERS_OF_TWO:
        return doubled
    for digits, step in _PATTERNS:
        powers = range(-int(300 / math.log10(step)), int(300 / math.log10(step)))
        found = within(digit * float(step) ** power for power in powers for digit in digits)
        if len(found) <= most:
            return found
    return within([1.0])


def mark_ratios(ax: Axes, width: float) -> None:
    """Write ratios at an axis whose places are logarithms.

    Parameters
    ----------
    ax
        Axes with their limits set.
    width
        Of the plot, in mm.
    """
    low, high = ax.get_xlim()
    ticks = ratio_ticks(low, high, max(2, int(width / _TICK_MM)))
    ax.set_xticks([math.log(tick) for tick in ticks], [f"{tick:.4g}" for tick in ticks])
    ax.tick_params(axis="x", labelsize=SMALL_TEXT)
