"""The ticks of a forest plot: three at least where the plot has room for their numbers."""

from __future__ import annotations

import math
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator

from retrostats.figures.forest_parts import Scale
from retrostats.figures.ratio_axis import mark_ratios
from retrostats.figures.style import MM_PER_INCH, SMALL_TEXT
from retrostats.figures.words import width_mm
from retrostats.layout import true_minus

#: Ticks that tell a scale.
_ENOUGH = 3
#: Between the numbers of two ticks, in mm.
_GAP = 1.0
_STEPS = [1, 2, 2.5, 5, 10]
#: Matplotlib gives each tick three times the size of its text.
_TICK_MM = 3 * SMALL_TEXT / 72 * MM_PER_INCH
_MOST = 9


def mark_axis(ax: Axes, width: float, scale: Scale) -> None:
    """Choose the ticks of the axis and write their numbers.

    Parameters
    ----------
    ax
        Axes with their limits set.
    width
        Of the plot, in mm.
    scale
        Of the axis: on a log scale ratios are written.
    """
    ax.tick_params(axis="x", labelsize=SMALL_TEXT)
    if scale == "log":
        mark_ratios(ax, width)
        return
    limits = ax.get_xlim()
    # Matplotlib's own ticks follow the width at which a figure is saved, so they stay if they do.
    bins = max(1, min(_MOST, int(width / _TICK_MM)))
    if len(_ticks(limits, bins)) >= _ENOUGH:
        return
    for bins in range(_ENOUGH - 1, 2 * _MOST):
        ticks = _ticks(limits, bins)
        if len(ticks) >= _ENOUGH:
            labels = _labels(ticks)
            if _apart(ticks, labels, limits, width):
                ax.set_xticks(ticks, labels)
            return


def ticks_fit(ax: Axes, width: float) -> bool:
    """Say whether the numbers of ticks that were chosen here would keep apart on another width.

    Parameters
    ----------
    ax
        Axes whose ticks are written.
    width
        Of the plot, in mm.
    """
    if not isinstance(ax.xaxis.get_major_locator(), FixedLocator):
        return True
    labels = [label.get_text() for label in ax.get_xticklabels()]
    return _apart(ax.get_xticks().tolist(), labels, ax.get_xlim(), width)


def _ticks(limits: tuple[float, float], bins: int) -> list[float]:
    low, high = limits
    slack = 1e-9 * (high - low)
    ticks = MaxNLocator(nbins=bins, steps=_STEPS).tick_values(low, high)
    # Twelve digits, so that 0.3 is not 0.30000000000000004.
    return [float(f"{tick:.12g}") for tick in ticks if low - slack <= tick <= high + slack]


def _labels(ticks: list[float]) -> list[str]:
    """Write ticks to the digits of their step."""
    step = min(after - before for before, after in pairwise(ticks))
    digits = next((d for d in range(13) if math.isclose(round(step, d), step)), 12)
    return [true_minus(f"{tick:.{digits}f}") for tick in ticks]


def _apart(
    ticks: list[float], labels: list[str], limits: tuple[float, float], width: float
) -> bool:
    """Say whether numbers at these places keep apart."""
    to_mm = width / (limits[1] - limits[0])
    sizes = [width_mm(label, SMALL_TEXT) for label in labels]
    return all(
        (after - before) * to_mm >= (one + two) / 2 + _GAP
        for (before, after), (one, two) in zip(pairwise(ticks), pairwise(sizes), strict=True)
    )
