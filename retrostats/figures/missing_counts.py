"""How many subjects of each arm have each pattern: a column of bars and numbers per arm."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from retrostats.figures.arms import ArmStyle
from retrostats.figures.missing_rows import PatternRow
from retrostats.figures.style import SMALL_TEXT, SMALLEST_TEXT
from retrostats.figures.waterfall import pale
from retrostats.figures.words import size_mm, width_mm

#: Of the width of a column: where its bars begin, and how long the longest can be.
_START, _LONGEST = 0.06, 0.86
_BAR = 0.72
#: Between two numbers, in mm, at least.
_BETWEEN = 0.6
_ALL = "0.35"


def draw_counts(
    ax: Axes, rows: Sequence[PatternRow], sizes: Sequence[int], styles: Sequence[ArmStyle]
) -> bool:
    """Draw the columns of the arms, and that of all of them where there are several.

    Parameters
    ----------
    ax
        Axes beside the patterns, with the same rows.
    rows
        From the top.
    sizes, styles
        Of the arms.

    Returns
    -------
    bool
        Whether a column is too narrow for its numbers, so that they had to be left out.
    """
    columns = [
        (style.colour, style.marker, [row.counts[k] for row in rows], size)
        for k, (style, size) in enumerate(zip(styles, sizes, strict=True))
    ]
    if len(sizes) > 1:
        columns.append((_ALL, "", [sum(row.counts) for row in rows], sum(sizes)))
    ax.set_xlim(0, len(columns))
    ax.set_ylim(len(rows) - 0.5, -1.5)
    ax.set_axis_off()
    width, _ = size_mm(ax)
    room, dropped = width / len(columns) - _BETWEEN, False
    for place, (colour, marker, counts, size) in enumerate(columns):
        if marker:
            ax.plot(
                place + _START + 0.1,
                -0.95,
                marker,
                color=colour,
                markersize=3.5,
                clip_on=False,
                gid="head",
            )
        else:
            ax.text(
                place + _START, -0.95, "all", fontsize=SMALL_TEXT, color=colour, va="center",
                gid="head",
            )  # fmt: skip
        shares = [count / size if size else 0.0 for count in counts]
        bars = ax.barh(
            range(len(rows)), [_LONGEST * share for share in shares], _BAR, place + _START,
            color=pale(colour), linewidth=0,
        )  # fmt: skip
        for bar in bars:
            bar.set_gid("share")
        size_pt = _size_that_fits(counts, room)
        dropped = dropped or not size_pt
        for y, count in enumerate(counts if size_pt else ()):
            ax.text(
                place + _START + 0.02, y, f"{count:,}", fontsize=size_pt, va="center",
                gid="count",
            )  # fmt: skip
    return dropped


def _size_that_fits(counts: Sequence[int], room: float) -> float:
    """Return the size in points at which all numbers of a column fit; 0 if none does."""
    for size in (SMALL_TEXT, SMALLEST_TEXT):
        if all(width_mm(f"{count:,}", size) <= room for count in counts):
            return size
    return 0.0
