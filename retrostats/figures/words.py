"""Words in a figure: how wide they are, where they wrap, and how labels keep apart."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from retrostats.figures.style import MM_PER_INCH, boxes_for_unknown_letters

_POINTS_PER_MM = 72 / MM_PER_INCH
#: Text on a screen is hinted and may be a little wider than its outline.
_HINTING = 1.04
#: Letters of a broken word on its last line, at least.
_LAST = 3
#: Distance of lines of text, relative to its size.
LINE_SPACING = 1.25


@lru_cache(maxsize=8192)
def width_mm(text: str, size: float, *, weight: str = "normal") -> float:
    """Return how wide one line of text is, in mm.

    Parameters
    ----------
    text
        One line.
    size
        Of the text, in points.
    weight
        ``"normal"`` or ``"bold"``.
    """
    if not text.strip():
        return 0.0
    font = FontProperties(family="DejaVu Sans", weight=weight, size=size)
    with boxes_for_unknown_letters():
        width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) * _HINTING / _POINTS_PER_MM


def line_mm(size: float) -> float:
    """Return the height of a line of text of this size in points, in mm."""
    return size * LINE_SPACING / _POINTS_PER_MM


def wrapped(text: str, width: float, size: float, *, weight: str = "normal") -> list[str]:
    """Break a text into lines that are at most so wide; a word that is wider is broken too.

    Parameters
    ----------
    text
        Words between spaces or line breaks, as cells of spreadsheets hold; a no-break space is
        none.
    width
        In mm.
    size, weight
        As in `width_mm`.
    """
    lines: list[str] = []
    for word in filter(None, re.split(r"[ \t\r\n]", text)):
        if lines and width_mm(f"{lines[-1]} {word}", size, weight=weight) <= width:
            lines[-1] = f"{lines[-1]} {word}"
            continue
        lines += _pieces(word, width, size, weight)
    return lines or [""]


def kept_together(text: str) -> str:
    """Put no-break spaces into ``"(n = 3)"``."""
    return text.replace("(n = ", "(n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")


def _pieces(word: str, width: float, size: float, weight: str) -> list[str]:
    """Cut a word that is wider than a line; its last piece keeps three letters."""
    if width_mm(word, size, weight=weight) <= width:
        return [word]
    fits = [
        place
        for place in range(1, max(2, len(word) - _LAST + 1))
        if width_mm(f"{word[:place]}-", size, weight=weight) <= width
    ]
    cut = max(fits, default=1)
    return [f"{word[:cut]}-", *_pieces(word[cut:], width, size, weight)]


def apart(
    wanted: Sequence[float],
    sizes: Sequence[float],
    *,
    within: tuple[float, float] = (-math.inf, math.inf),
) -> list[float]:
    """Move centres as little as needed for intervals of these sizes not to overlap.

    Neighbours that would overlap are moved as one block around the mean of their wishes, which
    minimises the sum of squared moves.

    Parameters
    ----------
    wanted, sizes
        Centre and extent of each, in one unit, in any order.
    within
        Where the intervals must lie, if there is room for all of them.

    Examples
    --------
    >>> apart([0.0, 10.0, 0.0], [4.0, 4.0, 4.0])
    [-2.0, 10.0, 2.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    # A block: its members, and the centre of the whole.
    blocks: list[tuple[list[int], float]] = []
    for item in order:
        members, centre = [item], wanted[item]
        while blocks:
            before, before_centre = blocks[-1]
            reach = (_extent(before, sizes) + _extent(members, sizes)) / 2
            if centre - before_centre >= reach:
                break
            blocks.pop()
            members = before + members
            centre = _best_centre(members, wanted, sizes)
        blocks.append((members, centre))
    edges: list[float] = []
    for members, centre in blocks:
        edge = centre - _extent(members, sizes) / 2
        for item in members:
            edges.append(edge)
            edge += sizes[item]
    held = _held([sizes[item] for item in order], edges, within)
    return [held[order.index(item)] + sizes[item] / 2 for item in range(len(wanted))]


def _held(
    sizes: Sequence[float], edges: Sequence[float], within: tuple[float, float]
) -> list[float]:
    """Push sorted intervals, given by their lower edges, into a range without new overlaps."""
    held = list(edges)
    top = within[1]
    for place in reversed(range(len(held))):
        held[place] = min(held[place], top - sizes[place])
        top = held[place]
    bottom = within[0]
    for place, size in enumerate(sizes):
        held[place] = max(held[place], bottom)
        bottom = held[place] + size
    return held


def _extent(members: Sequence[int], sizes: Sequence[float]) -> float:
    return sum(sizes[item] for item in members)


def _best_centre(members: Sequence[int], wanted: Sequence[float], sizes: Sequence[float]) -> float:
    """Return the centre of a block at which its members are on average where they wish to be."""
    edge, wishes = 0.0, 0.0
    for item in members:
        wishes += wanted[item] - (edge + sizes[item] / 2)
        edge += sizes[item]
    return wishes / len(members) + edge / 2


def size_mm(ax: Axes) -> tuple[float, float]:
    """Return width and height of Axes in mm, after the layout of the figure is done."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("these Axes belong to no figure any more; give Axes of a figure")
    with boxes_for_unknown_letters(), _no_room_is_an_error(figure):
        figure.draw_without_rendering()
    box = ax.get_window_extent()
    return box.width / figure.dpi * MM_PER_INCH, box.height / figure.dpi * MM_PER_INCH


@contextmanager
def _no_room_is_an_error(figure: Figure) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="constrained_layout not applied")
            yield
    except UserWarning as warning:
        wide, high = (MM_PER_INCH * float(inches) for inches in figure.get_size_inches())
        raise ValueError(
            f"the words leave no room to draw in a figure of {wide:.0f} by {high:.0f} mm; give "
            f"Axes of a larger one, e.g. ax=rs.blank_axes({wide:.0f}, {2 * high:.0f}), or shorter "
            "names"
        ) from warning
