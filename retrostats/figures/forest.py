"""The forest plot: one row per estimate, its interval, and both as text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import Literal

from matplotlib.axes import Axes

from retrostats.estimate import EstimateTable
from retrostats.figures.margins import Line, write_labels, write_margins
from retrostats.figures.style import (
    OKABE_ITO,
    TEXT,
    blank_axes,
    house_style,
    set_description,
)
from retrostats.figures.words import wrapped

Mark = Literal["signed", "size only"]

#: Marks of a row: filled where the direction is known, hollow where only the size is.
MARKS: tuple[Mark, ...] = ("signed", "size only")

#: Height of a row, and of what stands above and below the rows, in mm.
ROW_MM = 3.6
_MARGIN_MM = 16.0
_CAPTION_MM = 3.6
#: Labels wider than this, in mm, are continued on another line.
_LABEL_MM = 102.0

_INK = OKABE_ITO["blue"]


def forest_height(table: EstimateTable, groups: Sequence[str] | None = None) -> float:
    """Return the height in mm at which the rows of a forest plot are easily read.

    Parameters
    ----------
    table, groups
        As given to `plot_forest`.
    """
    caption = table.caption.count("\n") + 1
    return _MARGIN_MM + _CAPTION_MM * caption + ROW_MM * len(_lines(table, groups, None))


def plot_forest(
    table: EstimateTable,
    *,
    groups: Sequence[str] | None = None,
    marks: Sequence[str] | None = None,
    favours: tuple[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw one row per estimate, the first row on top.

    Nothing is computed: values and intervals are drawn as given. An interval that
    reaches far beyond the others is cut and ends in an arrow; its text keeps the limits.

    Parameters
    ----------
    table
        Estimates in one unit and at one level; the caption becomes the title.
    groups
        Name of the group of each estimate. A heading stands above each run of one name.
    marks
        ``"signed"`` or ``"size only"`` for each estimate. A size without a known
        direction has a hollow marker, and a line below the plot says so.
    favours
        Whom a value below zero and a value above zero favours, e.g. ``("control",
        "retro walking")``.
    ax
        Axes to draw on; a new figure when omitted.

    Returns
    -------
    Axes
        The same Axes, so the caller may change or save it.

    Raises
    ------
    ValueError
        If the table is empty or mixes units or levels, or `groups` or `marks` do not
        have one known entry per estimate.
    """
    _require_drawable(table, groups, marks)
    lines = _lines(table, groups, marks)
    with house_style():
        ax = ax or blank_axes(170.0, forest_height(table, groups))
        low, high = _limits(table)
        for row, line in enumerate(lines):
            _draw_line(ax, row, line, low, high)
        ax.axvline(0, color="0.5", linewidth=0.8, zorder=0, gid="zero")
        ax.set_xlim(low, high)
        ax.set_ylim(len(lines) - 0.4, -0.6)
        write_labels(ax, lines, table.caption)
        write_margins(ax, table, favours, hollow="size only" in (marks or ()))
    set_description(ax, _sentence(table, groups, marks, favours))
    return ax


def _require_drawable(
    table: EstimateTable, groups: Sequence[str] | None, marks: Sequence[str] | None
) -> None:
    if not len(table):
        raise ValueError("plot_forest: the table has no estimate; give at least one")
    for name, found in (
        ("unit", {estimate.unit for estimate in table}),
        ("level", {estimate.ci.level for estimate in table}),
    ):
        if len(found) > 1:
            listed = ", ".join(sorted(map(str, found)))
            raise ValueError(f"plot_forest: one {name} per plot, got {listed}; split the table")
    for name, given in (("groups", groups), ("marks", marks)):
        if given is not None and len(given) != len(table):
            raise ValueError(
                f"plot_forest: {len(given)} {name} for {len(table)} estimates; give one each"
            )
    strange = sorted(set(marks or ()) - set(MARKS))
    if strange:
        raise ValueError(f"plot_forest: unknown mark {strange[0]!r}; expected {' or '.join(MARKS)}")


def _lines(
    table: EstimateTable, groups: Sequence[str] | None, marks: Sequence[str] | None
) -> list[Line]:
    """Return the lines from top to bottom, a heading above each run of one group."""
    lines: list[Line] = []
    previous = None
    for position, estimate in enumerate(table):
        group = groups[position] if groups else None
        if group and group != previous:
            parts = wrapped(group, _LABEL_MM, TEXT, weight="bold")
            lines += [Line(part, heading=True) for part in parts]
        previous = group
        *first, last = wrapped(estimate.label, _LABEL_MM, TEXT)
        lines += [Line(part) for part in first]
        lines.append(Line(last, estimate, marks[position] if marks else "signed"))
    return lines


def _limits(table: EstimateTable) -> tuple[float, float]:
    """Return the ends of the axis: every value, zero, and every interval of usual width.

    The room beside the outermost values is one usual (median) interval, so that one
    uncertain estimate does not press all others into a few millimetres.
    """
    widths = [e.ci.high - e.ci.low for e in table]
    finite = [width for width in widths if 0 < width < math.inf]
    room = median(finite) if finite else 1.0
    points = [0.0, *(e.value for e in table)]
    low = max(min(points) - room, min(0.0, *(e.ci.low for e in table), *points))
    high = min(max(points) + room, max(0.0, *(e.ci.high for e in table), *points))
    edge = 0.03 * (high - low) or 1.0
    return low - edge, high + edge


def _draw_line(ax: Axes, row: int, line: Line, low: float, high: float) -> None:
    if line.estimate is None:
        return
    estimate = line.estimate
    ends = max(estimate.ci.low, low), min(estimate.ci.high, high)
    ax.plot(ends, [row, row], color=_INK, gid="interval", solid_capstyle="butt")
    for end, cut, arrow in (
        (ends[0], estimate.ci.low < low, "<"),
        (ends[1], estimate.ci.high > high, ">"),
    ):
        if cut:
            ax.plot(end, row, arrow, color=_INK, markersize=3.5, clip_on=False, gid="cut")
    fill = "white" if line.mark == "size only" else _INK
    ax.plot(estimate.value, row, "s", color=_INK, markerfacecolor=fill, gid="value")


def _sentence(
    table: EstimateTable,
    groups: Sequence[str] | None,
    marks: Sequence[str] | None,
    favours: tuple[str, str] | None,
) -> str:
    """Return the alt text: how many rows, and on which side of zero their intervals lie."""
    shown = [e for i, e in enumerate(table) if not marks or marks[i] == "signed"]
    above = sum(e.ci.low > 0 for e in shown)
    below = sum(e.ci.high < 0 for e in shown)
    right, left = (f" (favours {arm})" for arm in reversed(favours)) if favours else ("", "")
    in_groups = f" in {len(set(groups))} groups" if groups else ""
    words = [
        f"{above} intervals lie wholly above zero{right}",
        f"{below} wholly below{left}",
        f"{len(shown) - above - below} include zero",
    ]
    if len(shown) < len(table):
        words.append(f"{len(table) - len(shown)} are sizes without a known direction")
    of = f" of {table.caption.rstrip('.')}" if table.caption else ""
    return f"Forest plot{of}: {len(table)} estimates{in_groups}; {', '.join(words)}."
