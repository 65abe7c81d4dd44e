"""The words below the columns of an estimation plot."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matplotlib.axes import Axes

from retrostats.figures.room import room_mm
from retrostats.figures.style import SMALL_TEXT
from retrostats.figures.words import width_mm, wrapped

#: Between two columns of words, in mm.
GAP_MM = 1.6
NO_BREAK = "\N{NO-BREAK SPACE}"
#: What should stay on one line: the first where there is room for it, else the second.
_TOGETHER = (r"n = [\d,]+|[\d,]+ missing|\(.*\)", r"n = [\d,]+|\(\d+% CI|to \S+\)")


def write_columns(ax: Axes, columns: Sequence[Sequence[str]], width: float) -> None:
    """Write lines below the columns at 0, 1, ..., in place of tick labels.

    Parameters
    ----------
    ax
        Axes with the columns.
    columns
        Of each column its texts, each of which begins a line.
    width
        Of a column in mm, to which the texts are wrapped.
    """
    texts = ["\n".join(line for part in parts for line in _lines(part, width)) for parts in columns]
    ax.set_xticks(range(len(columns)), texts, fontsize=SMALL_TEXT)
    ax.tick_params(axis="x", length=0)


def write_numbers(ax: Axes, names: Sequence[str], numbers: Sequence[str], width: float) -> None:
    """Write a difference below each column but the first, which is the reference.

    A number is never broken: where one is wider than its column all stand in a list with the
    names of their groups.

    Parameters
    ----------
    ax
        Axes with the columns.
    names, numbers
        Of each group but the first.
    width
        Of a column in mm.
    """
    first = "reference" if width_mm("reference", SMALL_TEXT) <= width else "ref."
    if all(width_mm(part, SMALL_TEXT) <= width for text in numbers for part in text.split()):
        write_columns(ax, [[first], *([text] for text in numbers)], width)
        return
    write_columns(ax, [[first], *([""] for _ in numbers)], width)
    room = room_mm(ax) - 2 * GAP_MM
    told = [f"{name}: {text}" for name, text in zip(names, numbers, strict=True)]
    lines = [line for text in told for line in wrapped(text, room, SMALL_TEXT)]
    ax.set_xlabel("\n".join(lines), fontsize=SMALL_TEXT, color="0.35")


def _lines(text: str, width: float) -> list[str]:
    """Wrap a text; numbers stay with their words as long as these fit into a line."""
    for together in _TOGETHER:
        kept = re.sub(together, lambda found: found[0].replace(" ", NO_BREAK), text)
        if all(width_mm(part, SMALL_TEXT) <= width for part in kept.split(" ")):
            return wrapped(kept, width, SMALL_TEXT)
    return wrapped(text, width, SMALL_TEXT)
