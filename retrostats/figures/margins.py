"""The words around a forest plot: labels, numbers, caption, and whom a side favours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Annotation
from matplotlib.transforms import ScaledTranslation

from retrostats.figures.forest_parts import Forest
from retrostats.figures.forest_rows import Rows
from retrostats.figures.forest_widths import COLUMN_GAP, EDGE, GAP, Widths, written_share
from retrostats.figures.style import MM_PER_INCH, SMALL_TEXT, TEXT
from retrostats.figures.words import line_mm, width_mm, wrapped
from retrostats.layout import percent, true_minus

_POINTS_PER_MM = 72 / MM_PER_INCH
#: From the axis down to the words of whom a side favours, in mm.
_BELOW = 5.3
#: Between zero and the words of a side, in mm, and at least.
_GAP, _LEAST_GAP = 1.4, 0.4

Side = Literal["left", "right"]


def write_beside(ax: Axes, forest: Forest, rows: Rows) -> None:
    """Write labels and columns flush left, value, interval and weight right of the plot.

    Parameters
    ----------
    ax
        Axes whose rows are numbered from 0 at the top.
    forest, rows
        What to draw, and where.
    """
    widths = rows.widths
    ax.set_yticks([])
    ax.spines[["left", "top", "right"]].set_visible(False)
    _hold_room(ax, -widths.left, 0)
    _hold_room(ax, widths.right, 1)
    for words in rows.words:
        text = _write(ax, words.text, words.y, -widths.left, side="left")
        text.set(fontweight=words.weight, gid="heading" if words.weight == "bold" else "label")
    for place, line in enumerate(rows.caption):
        _write(ax, line, place - rows.above, -widths.left, side="left").set_gid("caption")
    ends = _column_ends(widths)
    for head, end in zip(rows.heads, ends, strict=False):
        for place, line in enumerate(head):
            text = _write(ax, line, place - len(head), end, side="right")
            text.set(gid="head", fontweight="bold")
    for row in rows.rows:
        weight = written_share(row.share) if row.kind == "estimate" and forest.weights else ""
        cells = row.cells or ("",) * len(widths.cells)
        gids = [*("cell" for _ in cells), "numbers", "weight"]
        for cell, end, gid in zip((*cells, row.numbers, weight), ends, gids, strict=True):
            if cell:
                _write(ax, cell, row.y, end, side="right").set_gid(gid)


def _column_ends(widths: Widths) -> list[float]:
    """Return where each column ends: in mm from the left end of the plot, or from its right."""
    ends, reached = [], -widths.left + (widths.label + COLUMN_GAP if widths.label else 0.0)
    for width in widths.cells:
        ends.append(reached + width)
        reached += width + COLUMN_GAP
    return [*ends, GAP + widths.numbers, widths.right]


def _write(ax: Axes, text: str, y: float, x: float, *, side: Side) -> Annotation:
    """Write a text in a row: left of the plot where `x`, in mm, is below zero, else right of it.

    It is left out of the layout, for which `_hold_room` speaks: a label above its row may be
    wider than what stands left of the plot.
    """
    written = ax.annotate(
        text,
        (0 if x < 0 else 1, y),
        xycoords=("axes fraction", "data"),
        xytext=(x * _POINTS_PER_MM, 0),
        textcoords="offset points",
        fontsize=TEXT,
        ha=side,
        va="center",
        annotation_clip=False,
    )
    written.set_in_layout(False)
    return written


def _hold_room(ax: Axes, mm: float, edge: Literal[0, 1]) -> None:
    """Make the layout keep this width free beside an edge of the plot."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("these Axes belong to no figure any more; give Axes of a figure")
    shifted = ax.transAxes + ScaledTranslation(mm / MM_PER_INCH, 0, figure.dpi_scale_trans)
    ax.add_line(
        Line2D(
            [edge, edge], [0, 1], transform=shifted, linestyle="none", marker="", markersize=0.01,
            clip_on=False,
        )
    )  # fmt: skip


def notes_below(forest: Forest, widths: Widths) -> tuple[list[str], Literal["plot", "figure"]]:
    """Return the lines below the axis, the unit and what the marks mean, and what they centre on.

    Parameters
    ----------
    forest
        What to draw.
    widths
        How the width is shared.

    Returns
    -------
    tuple
        The lines, and whether they stand below the middle of the plot or, where the figure would
        not hold them there, of the figure.
    """
    level = percent(forest.table[0].ci.level)
    notes = [f"{forest.unit or 'estimate'} ({level} CI)"]
    if "size only" in forest.marks:
        notes.append("□ size only: the printed figures do not tell the direction")
    if forest.thresholds:
        named = [f"{true_minus(f'{value:g}')} {name}".strip() for value, name in forest.thresholds]
        notes.append(f"dotted: {'; '.join(named)}")
    if forest.weights:
        notes.append("squares: area in proportion to weight")
    middle = widths.plot / 2
    if max(width_mm(note, TEXT) for note in notes) <= 2 * (middle + min(widths.left, widths.right)):
        return notes, "plot"
    return [line for note in notes for line in wrapped(note, widths.whole, TEXT)], "figure"


def write_below(ax: Axes, forest: Forest, widths: Widths) -> None:
    """Write all that stands below the axis.

    Parameters
    ----------
    ax
        Axes with their limits set.
    forest, widths
        What to draw, and how the width is shared.
    """
    room = room_of_sides(ax, widths)
    sides = favour_lines(forest.favours, room)
    write_favours(ax, sides, room)
    notes, middle = notes_below(forest, widths)
    pad = 3 + 9 * max(map(len, sides))
    ax.set_xlabel("\n".join(notes), fontsize=TEXT, labelpad=pad)
    figure = ax.get_figure(root=True)
    if middle == "figure" and figure is not None:
        # In mm and not as a share of the plot, whose width the layout does not know yet.
        mm = widths.whole / 2 - widths.left
        shift = ScaledTranslation(mm / MM_PER_INCH, 0, figure.dpi_scale_trans)
        label = ax.xaxis.label
        label.set(x=0.0, transform=label.get_transform() + shift)


def room_of_sides(ax: Axes, widths: Widths) -> tuple[float, float]:
    """Return the room left and right of zero in mm, to the edges of the figure.

    Parameters
    ----------
    ax
        Axes with their limits set.
    widths
        How the width is shared.
    """
    low, high = ax.get_xlim()
    zero = float(-low / (high - low)) * widths.plot
    edge = EDGE / 2
    return edge + widths.left + zero, widths.right + widths.plot - zero + edge


def favour_lines(
    favours: tuple[str, str] | None, room: tuple[float, float]
) -> tuple[list[str], list[str]]:
    """Return the lines that say whom the left side and the right side of zero favour.

    Parameters
    ----------
    favours
        Whom a value below zero and a value above zero favours.
    room
        Left and right of zero, in mm.

    Returns
    -------
    tuple of list
        Of the left and of the right. Where one has too little room on its own side, the right
        stands below the left, and begins with the empty lines that the left takes.
    """
    if favours is None:
        return [], []
    texts = f"← favours {favours[0]}", f"favours {favours[1]} →"
    if all(width_mm(t, SMALL_TEXT) <= r - _LEAST_GAP for t, r in zip(texts, room, strict=True)):
        return [texts[0]], [texts[1]]
    left, right = (wrapped(text, sum(room), SMALL_TEXT) for text in texts)
    return left, [*("" for _ in left), *right]


def write_favours(
    ax: Axes, lines: tuple[Sequence[str], Sequence[str]], room: tuple[float, float]
) -> None:
    """Write below the axis whom a side favours.

    Parameters
    ----------
    ax
        Axes with their limits set.
    lines
        As of `favour_lines`.
    room
        Left and right of zero, in mm.
    """
    sides: tuple[Side, Side] = ("right", "left")
    for texts, side, mm in zip(lines, sides, room, strict=True):
        for place, line in enumerate(texts):
            if not line:
                continue
            # A line that is too long for its side reaches over zero, and stays in the figure.
            beyond = max(-_GAP, width_mm(line, SMALL_TEXT) - mm)
            shift = beyond if side == "right" else -beyond
            down = _BELOW + place * line_mm(SMALL_TEXT)
            ax.annotate(
                line,
                (0, 0),
                xycoords=("data", "axes fraction"),
                xytext=(shift * _POINTS_PER_MM, -down * _POINTS_PER_MM),
                textcoords="offset points",
                fontsize=SMALL_TEXT,
                ha=side,
                va="top",
                annotation_clip=False,
                gid="favours",
            ).set_in_layout(False)
