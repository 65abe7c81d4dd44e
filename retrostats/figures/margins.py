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
_TIE = "\N{NO-BREAK SPACE}"

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


def notes_below(forest: Forest, widths: Widths) -> list[str]:
    """Return the lines below the middle of the plot: the unit, and what the marks mean.

    Parameters
    ----------
    forest
        What to draw.
    widths
        How the width is shared.
    """
    level = percent(forest.table[0].ci.level)
    notes = [f"{forest.unit or 'estimate'} ({level} CI)"]
    if "size only" in forest.marks:
        notes.append("□ size only: the printed figures do not tell the direction")
    if forest.thresholds:
        named = [f"{true_minus(f'{value:g}')} {name}".strip() for value, name in forest.thresholds]
        notes.append(f"dotted: {'; '.join(named)}")
    if forest.weights:
        notes.append("squares: area shows weight")
    # Centred below the plot, they reach as far to either side as the nearer edge allows.
    room = widths.plot + 2 * min(widths.left, widths.right)
    return [line for note in notes for line in wrapped(note, room, TEXT)]


def write_below(ax: Axes, forest: Forest, widths: Widths) -> None:
    """Write all that stands below the axis.

    Parameters
    ----------
    ax
        Axes with their limits set.
    forest, widths
        What to draw, and how the width is shared.
    """
    room = room_of_sides(ax.get_xlim(), widths)
    sides = favour_lines(forest.favours, room)
    write_favours(ax, sides, room)
    pad = 3 + 9 * max(map(len, sides))
    ax.set_xlabel("\n".join(notes_below(forest, widths)), fontsize=TEXT, labelpad=pad)


def room_of_sides(limits: tuple[float, float], widths: Widths) -> tuple[float, float]:
    """Return the room left and right of zero in mm, up to columns of numbers.

    Parameters
    ----------
    limits
        Ends of the axis.
    widths
        How the width is shared.
    """
    low, high = limits
    zero = float(-low / (high - low)) * widths.plot
    left = GAP if widths.cells else widths.left + EDGE / 2
    return left + zero, widths.plot - zero + GAP


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
        Of the left and of the right. Where beside one another they have no room, or take
        more lines, the right stands below the left, after the empty lines that the left takes.
    """
    if favours is None:
        return [], []
    # An arrow stays beside its word.
    texts = f"←{_TIE}favours {favours[0]}", f"favours {favours[1]}{_TIE}→"
    left, right = (wrapped(text, sum(room), SMALL_TEXT) for text in texts)
    rooms = [mm - _LEAST_GAP for mm in room]
    words = [max(width_mm(word, SMALL_TEXT) for word in text.split(" ")) for text in texts]
    if all(word <= mm for word, mm in zip(words, rooms, strict=True)):
        beside = [wrapped(t, mm, SMALL_TEXT) for t, mm in zip(texts, rooms, strict=True)]
        if max(map(len, beside)) <= len(left) + len(right):
            return _untied(beside[0]), _untied(beside[1])
    return _untied(left), ["" for _ in left] + _untied(right)


def _untied(lines: Sequence[str]) -> list[str]:
    return [line.replace(_TIE, " ") for line in lines]


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
