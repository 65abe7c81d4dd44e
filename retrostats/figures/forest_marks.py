"""The marks of a forest plot: squares, intervals, diamonds, and a bar of prediction."""

from __future__ import annotations

import math
from statistics import median

from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from retrostats.figures.forest_parts import OVERALL, Forest
from retrostats.figures.forest_rows import Row, Rows
from retrostats.figures.style import OKABE_ITO

_INK = OKABE_ITO["blue"]
_DARK = "0.1"
_PREDICTION = OKABE_ITO["vermillion"]
_GREY = "0.35"
#: Side of a square without weights, and of that with the largest weight, in points.
_SIDE, _LARGEST = 4.0, 8.5
#: A square with a smaller side is hard to see, so that a tick stands in it.
_SEEN = 2.0
#: Half of the height of a diamond, in rows.
_HALF = 0.36


def axis_limits(forest: Forest) -> tuple[float, float]:
    """Return the ends of the axis: values, zero, summary of all, and intervals of usual width.

    The room beside the outermost values is one usual (median) interval, so that one
    uncertain estimate does not press all others into a few millimetres.

    Parameters
    ----------
    forest
        What to draw.
    """
    widths = [e.ci.high - e.ci.low for e in forest.table]
    finite = [width for width in widths if 0 < width < math.inf]
    room = median(finite) if finite else 1.0
    summaries = [estimate for _, estimate in forest.summaries]
    estimates = [*forest.table, *summaries]
    points = [0.0, *(e.value for e in estimates), *_thresholds(forest)]
    points += [end for e in forest.below(OVERALL) for end in e.ci[:2] if math.isfinite(end)]
    intervals = [e.ci for e in estimates] + ([forest.prediction] if forest.prediction else [])
    low = max(min(points) - room, min(*(ci.low for ci in intervals), *points))
    high = min(max(points) + room, max(*(ci.high for ci in intervals), *points))
    edge = 0.03 * (high - low) or 1.0
    return low - edge, high + edge


def _thresholds(forest: Forest) -> list[float]:
    """Return the places of the thresholds on the axis."""
    values = [value for value, _ in forest.thresholds]
    return [math.log(value) for value in values] if forest.scale == "log" else values


def draw_marks(ax: Axes, forest: Forest, rows: Rows) -> None:
    """Draw every row, and the lines that all rows share.

    Parameters
    ----------
    ax
        Axes whose limits are set.
    forest, rows
        What to draw, and where.
    """
    limits = ax.get_xlim()
    largest = max(forest.shares, default=math.nan)
    for row in rows.rows:
        if row.kind == "summary":
            _draw_diamond(ax, row, limits)
        elif row.kind == "prediction":
            _draw_interval(ax, row, limits, colour=_PREDICTION, gid="prediction")
        else:
            _draw_estimate(ax, row, limits, largest)
    y = _heights(ax, rows)
    ax.plot([0] * len(y), y, color="0.5", linewidth=0.8, zorder=0, gid="zero")
    for place in _thresholds(forest):
        ax.plot(
            [place] * len(y), y, color=_GREY, linewidth=0.8, linestyle=":", zorder=0,
            gid="threshold",
        )  # fmt: skip


def _heights(ax: Axes, rows: Rows) -> list[float]:
    """Return where lines through all rows run: below the caption, and not through labels."""
    bottom = float(ax.get_ylim()[0])
    if rows.widths.label:
        return [-0.6, bottom]
    pieces = [(row.y - 0.45, row.y + 0.55, math.nan) for row in rows.rows]
    pieces[-1] = (pieces[-1][0], bottom, math.nan)
    return [y for piece in pieces for y in piece][:-1]


def _draw_estimate(ax: Axes, row: Row, limits: tuple[float, float], largest: float) -> None:
    weighted = not math.isnan(row.share)
    # The area of the square is in proportion to the weight, so its side is to the root.
    side = _LARGEST * math.sqrt(row.share / largest) if weighted else _SIDE
    # A heavy estimate has a short interval, which its own large square must not hide.
    _draw_interval(ax, row, limits, colour=_DARK if weighted else _INK, gid="interval")
    fill = "white" if row.mark == "size only" else _INK
    ax.plot(
        row.value, row.y, "s", color=_INK, markerfacecolor=fill, markersize=side,
        markeredgewidth=min(1.0, side / 4) if weighted else 1.0, zorder=1.9 if weighted else 2.1,
        gid="value",
    )  # fmt: skip
    if side < _SEEN:
        ax.plot(row.value, row.y, "|", color=_DARK, markersize=4.0, zorder=2.2, gid="small")


def _draw_interval(
    ax: Axes, row: Row, limits: tuple[float, float], *, colour: str, gid: str
) -> None:
    """Draw an interval as far as the axis goes, and an arrow where it goes on."""
    (low, high), (least, most) = row.interval[:2], limits
    ends = [min(max(end, least), most) for end in (low, high)]
    bar = gid == "prediction"
    ax.plot(
        ends, [row.y, row.y], color=colour, gid=gid, solid_capstyle="butt", dash_capstyle="butt",
        linestyle=(0, (3, 1.2)) if bar else "-", linewidth=1.4 if bar else 0.9,
    )  # fmt: skip
    for end, cut, arrow in ((ends[0], low < least, "<"), (ends[1], high > most, ">")):
        if cut:
            ax.plot(end, row.y, arrow, color=colour, markersize=3.5, clip_on=False, gid="cut")
        elif bar:
            ax.plot(end, row.y, "|", color=colour, markersize=5.0, gid="prediction end")


def _draw_diamond(ax: Axes, row: Row, limits: tuple[float, float]) -> None:
    (low, high), (least, most) = row.interval[:2], limits
    left, right = max(low, least), min(high, most)
    corners = [
        (left, row.y), (row.value, row.y - _HALF), (right, row.y), (row.value, row.y + _HALF),
    ]  # fmt: skip
    ax.add_patch(
        Polygon(
            corners, closed=True, facecolor=_DARK, edgecolor=_DARK, linewidth=0.4, gid="summary"
        )
    )
    for end, cut, arrow in ((left, low < least, "<"), (right, high > most, ">")):
        if cut:
            ax.plot(end, row.y, arrow, color=_DARK, markersize=3.5, clip_on=False, gid="cut")
