"""Greys of a contour-enhanced funnel plot: where an estimate would have which p value."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from retrostats.figures.funnel_parts import Funnel, normal_quantile
from retrostats.figures.room import room_mm
from retrostats.figures.style import SMALL_TEXT

_EDGE = "0.35"
#: From the largest p value to the smallest; what lies above the first contour stays white.
_GREYS = ("0.93", "0.85", "0.76", "0.68", "0.6")
#: Wider figures have their legend in one row, in mm.
_WIDE = 120.0


def draw_contours(ax: Axes, funnel: Funnel) -> None:
    """Fill what lies beyond each p value, the greatest first, so that greys grow darker.

    Parameters
    ----------
    ax
        Axes whose limits are set.
    funnel
        What is drawn.
    """
    (low, high), deepest = ax.get_xlim(), float(ax.get_ylim()[0])
    handles = []
    for place, p in enumerate(funnel.contours):
        grey = _GREYS[min(place, len(_GREYS) - 1)]
        border = normal_quantile(p) * deepest
        for edge, end in ((-border, low), (border, high)):
            # From the tip down its border, and back along the side of the plot.
            ax.fill(
                [0, edge, math.copysign(max(abs(end), border), end), end, end],
                [0, deepest, deepest, deepest, 0],
                facecolor=grey, edgecolor="none", zorder=0, gid="contour",
            )  # fmt: skip
        after = funnel.contours[place + 1 :]
        words = f"{after[0]:g} < p ≤ {p:g}" if after else f"p ≤ {p:g}"
        handles.append(Patch(facecolor=grey, edgecolor=_EDGE, linewidth=0.4, label=words))
    if handles:
        _write_legend(ax, funnel, handles)


def _write_legend(ax: Axes, funnel: Funnel, handles: list[Patch]) -> None:
    first = Patch(
        facecolor="white", edgecolor=_EDGE, linewidth=0.4, label=f"p > {funnel.contours[0]:g}"
    )
    ax.legend(
        handles=[first, *handles], loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False,
        ncols=_columns(ax, funnel), fontsize=SMALL_TEXT, handlelength=1.4,
        handletextpad=0.4, columnspacing=1.0, borderpad=0.1, borderaxespad=0.3,
        alignment="left",
        title="Two-sided p, by the normal, of no effect", title_fontsize=SMALL_TEXT,
    )  # fmt: skip


def _columns(ax: Axes, funnel: Funnel) -> int:
    """Return how many entries of the legend stand side by side."""
    return min(len(funnel.contours) + 1, 4 if room_mm(ax) > _WIDE else 2)


def legend_points(ax: Axes, funnel: Funnel) -> float:
    """Return how high the legend above the plot is, in points.

    Parameters
    ----------
    ax, funnel
        As in `draw_contours`.
    """
    if not funnel.contours:
        return 0.0
    rows = math.ceil((len(funnel.contours) + 1) / _columns(ax, funnel)) + 1
    return 1.45 * SMALL_TEXT * rows
