"""The forest plot: one row per estimate, its interval, and both as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Unpack

from matplotlib.axes import Axes

from retrostats.estimate import EstimateTable, Interval
from retrostats.figures.forest_marks import axis_limits, draw_marks
from retrostats.figures.forest_parts import (
    MARKS,
    Forest,
    ForestParts,
    Mark,
    Scale,
    Summaries,
)
from retrostats.figures.forest_pooled import Drawable, gather_pooled
from retrostats.figures.forest_rows import Rows, rows_of
from retrostats.figures.forest_ticks import mark_axis, ticks_fit
from retrostats.figures.forest_words import sentence_of
from retrostats.figures.given_axes import given, require_inside
from retrostats.figures.inputs import require_kind
from retrostats.figures.margins import (
    favour_lines,
    notes_below,
    room_of_sides,
    write_below,
    write_beside,
)
from retrostats.figures.room import ROW_MM, require_apart, room_mm
from retrostats.figures.style import (
    SMALL_TEXT,
    TEXT,
    blank_axes,
    figure_width,
    fix_width,
    house_style,
    set_description,
)
from retrostats.figures.words import line_mm
from retrostats.meta.pooled import Pooled
from retrostats.meta.subgroups.types import PooledSubgroups

__all__ = ["MARKS", "ROW_MM", "Mark", "forest_height", "plot_forest"]

#: Height of the axis with one line of favours and one of words below it, in mm.
_BELOW_MM = 16.0
#: A drawing that needs less than this, one column of a journal, may be saved at any width.
_COLUMN_MM = 85.0


def forest_height(
    table: Drawable,
    groups: Sequence[str] | None = None,
    *,
    width: Literal["single", "double"] | float = "double",
    **parts: Unpack[ForestParts],
) -> float:
    """Return the height in mm at which the rows of a forest plot are easily read.

    Parameters
    ----------
    table, groups
        As given to `plot_forest`.
    width
        As given to `plot_forest`: a narrow figure needs more lines.
    **parts
        The further keywords given to `plot_forest`, except `ax`.

    Examples
    --------
    >>> from retrostats.estimate import Estimate, EstimateTable
    >>> table = EstimateTable("Pain", (Estimate.from_se("retro - control", -0.8, 0.3, unit="SD"),))
    >>> round(forest_height(table), 1)
    24.6
    """
    forest = gather_pooled(table, groups, parts)
    return _height(forest, rows_of(forest, figure_width(width, None, "forest_height")))


def _height(forest: Forest, rows: Rows) -> float:
    notes = notes_below(forest, rows.widths)
    sides = favour_lines(forest.favours, room_of_sides(axis_limits(forest), rows.widths))
    further = max(0, *(len(lines) - 1 for lines in sides))
    lines = line_mm(TEXT) * (len(notes) - 1) + line_mm(SMALL_TEXT) * further
    return _BELOW_MM + lines + ROW_MM * (rows.end + rows.above)


def plot_forest(  # noqa: PLR0913 - each is one layer of the drawing
    table: Drawable,
    *,
    groups: Sequence[str] | None = None,
    marks: Sequence[str] | None = None,
    favours: tuple[str, str] | None = None,
    weights: Sequence[float] | None = None,
    summaries: Summaries = (),
    prediction: Interval | None = None,
    columns: Mapping[str, Sequence[str]] | None = None,
    thresholds: Sequence[tuple[float, str]] = (),
    scale: Scale = "linear",
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw one row per estimate, the first row on top.

    Nothing is computed: values, intervals, summaries and weights are drawn as given. An interval
    that reaches far beyond the others is cut and ends in an arrow; its text keeps the limits.
    Where the figure is too narrow for a label beside its row, labels stand above their rows.
    Such words are placed for the width that the Axes have now; save the figure at this width.
    What is omitted is not drawn. Without `weights` squares are of one size; without `marks` all
    are filled.

    Parameters
    ----------
    table
        Estimates in one unit and at one level; the caption becomes the title. Of a pooled result
        (`retrostats.pool`, `retrostats.pool_subgroups`) its trials, with its weights, means,
        groups and prediction interval, unless others are given.
    groups
        Name of the group of each estimate. A heading stands above each run of one name.
    marks
        ``"signed"`` or ``"size only"`` for each estimate. A size without a known
        direction has a hollow marker, and a line below the plot says so.
    favours
        Whom a value below zero and a value above zero favours, e.g. ``("control",
        "retro walking")``.
    weights
        Of each estimate, 0 or more, relative to one another. The area of its square is in
        proportion, and a column at the right has its share of the sum.
    summaries
        Estimates drawn as diamonds: by name of the group, below its rows, or ``"overall"``, below
        all rows. Pairs of key and estimate may have a key more than once.
    prediction
        Interval for the effect in a further study, in the unit of the estimates: a dashed bar
        below the overall summary.
    columns
        Further columns of text beside the labels: head, and the cell of each estimate.
    thresholds
        Places on the axis to mark by a dotted line, with their names, such as the smallest
        worthwhile change; on a log scale as ratios.
    scale
        ``"linear"``, or ``"log"`` for estimates that are logarithms: axis and texts show ratios.
    width
        Of the new figure that is made when `ax` is omitted: ``"single"`` or ``"double"`` for one
        or two columns of a journal, 85 and 170 mm, or mm. It is as high as its rows need.
    ax
        Axes to draw on, instead of `width`; `forest_height` says how high their figure should be.

    Returns
    -------
    Axes
        The same Axes, so the caller may change or save it.

    Raises
    ------
    ValueError
        If the table is empty or mixes units or levels; if `groups`, `marks`, `weights` or
        `columns` do not have one known entry per estimate; if a summary belongs to no group, or a
        prediction interval to no summary; if ``scale="log"`` and the estimates are no logarithms;
        if the texts leave no room for the plot, or `ax` is too low for its rows; or if both a
        width and Axes are given.

    Examples
    --------
    >>> from retrostats.estimate import Estimate, EstimateTable
    >>> trials = [("A 2019", -1.2, 0.5), ("B 2021", -0.4, 0.3)]
    >>> table = EstimateTable(
    ...     "Pain", tuple(Estimate.from_se(name, d, se, unit="points") for name, d, se in trials)
    ... )
    >>> ax = plot_forest(table, weights=[1, 3], favours=("retro walking", "control"))
    >>> [text.get_text() for text in ax.texts if text.get_gid() == "weight"]
    ['25.0%', '75.0%']
    """
    who = "plot_forest"
    if not isinstance(table, Pooled | PooledSubgroups):
        require_kind(who, table, EstimateTable)
    parts = ForestParts(
        marks=marks, favours=favours, weights=weights, summaries=summaries,
        prediction=prediction, columns=columns, thresholds=thresholds, scale=scale,
    )  # fmt: skip
    forest = gather_pooled(table, groups, parts)
    with house_style():
        new = figure_width(width, ax, who)
        own = given(ax, who)
        ax = own or blank_axes(new, _height(forest, rows_of(forest, new)))
        rows = rows_of(forest, room_mm(ax))
        ax.set_xlim(*axis_limits(forest))
        ax.set_ylim(rows.end - 0.4, -0.6 - rows.above)
        draw_marks(ax, forest, rows)
        write_beside(ax, forest, rows)
        mark_axis(ax, rows.widths.plot, scale)
        write_below(ax, forest, rows.widths)
        if own is not None:
            low, high = ax.get_ylim()
            require_apart(ax, who, rows=abs(high - low), needed=_height(forest, rows))
        require_inside(ax, who)
        if not _same_when_narrow(ax, forest, rows):
            fix_width(ax)
    set_description(ax, sentence_of(forest))
    return ax


def _same_when_narrow(ax: Axes, forest: Forest, rows: Rows) -> bool:
    """Say whether every word would stand in the same line in one column of a journal."""
    if rows.widths.whole < _COLUMN_MM:
        return False
    try:
        narrow = rows_of(forest, _COLUMN_MM)
    except ValueError:
        return False
    now, then = (
        (
            drawn.words,
            drawn.caption,
            notes_below(forest, drawn.widths),
            favour_lines(forest.favours, room_of_sides(ax.get_xlim(), drawn.widths)),
        )
        for drawn in (rows, narrow)
    )
    return now == then and ticks_fit(ax, narrow.widths.plot)
