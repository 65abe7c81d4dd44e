"""The shape of a table, the same in every form: its heads, its rows, its printable words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from retrostats.layout import Layout

#: What XML cannot hold, and what turns the direction of writing: neither is fit for a page.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)

#: A cell of words longer than this may wrap; shorter ones stay on one line.
WRAPS = 34

#: Characters of a head that always have room on one line.
_SHORT = 8
#: Characters of one step of indent.
_STEP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row of a table.

    Attributes
    ----------
    cells
        One per column; of a row `across` the label and the words that stand for all numbers,
        of a `heading` the label alone.
    indent
        By how many steps the label stands in.
    """

    cells: tuple[str, ...]
    indent: int = 0
    across: bool = False
    heading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """A table as every form of the document sets it.

    Attributes
    ----------
    heads
        Head of each column, broken into lines where it is much wider than the cells below.
    numeric
        Whether a column holds numbers and stands flush right.
    wraps
        Whether a column holds sentences that may take several lines.
    widths
        Characters of the widest line of each column, at most twice `WRAPS` where it wraps.
    rows
        In order.
    """

    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    wraps: tuple[bool, ...]
    widths: tuple[int, ...]
    rows: tuple[TableRow, ...]

    @property
    def width(self) -> int:
        """Characters that a line needs at least, with the room between columns."""
        return sum(min(w, WRAPS) for w in self.widths) + 2 * len(self.widths)


def printable(text: str) -> str:
    r"""Return a text without characters that a page cannot show; each becomes a ``\ufffd``.

    Examples
    --------
    >>> printable("a\x00b"), printable("5 < 6 & 7")
    ('a\ufffdb', '5 < 6 & 7')
    """
    return _UNPRINTABLE.sub("\ufffd", text)


def printable_layout(layout: Layout) -> Layout:
    """Return a table of which every text is printable."""
    return replace(
        layout,
        caption=printable(layout.caption),
        header=tuple(map(printable, layout.header)),
        rows=tuple(tuple(map(printable, row)) for row in layout.rows),
    )


def shape_of(layout: Layout) -> TableShape:
    """Return the shape of a table.

    Parameters
    ----------
    layout
        Its words. A row shorter than the header is a label with words across the other columns;
        a row whose other cells are all empty is the heading of the deeper rows below it, unless
        another row with deeper ones below it has cells.
    """
    layout = layout.typeset()
    places = range(len(layout.header))
    numeric = tuple(not layout.holds_words(place) for place in places)
    rows = tuple(_rows(layout))
    full = [row for row in rows if len(row.cells) == len(places)]
    cells = [max((len(r.cells[i]) + (0 if i else _STEP * r.indent) for r in full), default=0)
             for i in places]  # fmt: skip
    heads = tuple(_broken(head, wide) for head, wide in zip(layout.header, cells, strict=True))
    longest = [
        max(wide, *map(len, head.split("\n"))) for head, wide in zip(heads, cells, strict=True)
    ]
    wraps = tuple(
        long > WRAPS and not number for long, number in zip(longest, numeric, strict=True)
    )
    widths = tuple(
        min(long, 2 * WRAPS) if wrap else long for long, wrap in zip(longest, wraps, strict=True)
    )
    return TableShape(heads=heads, numeric=numeric, wraps=wraps, widths=widths, rows=rows)


def _broken(head: str, width: int) -> str:
    """Break a head into at most three lines or so, none much wider than the cells below it."""
    plain = " ".join(head.split())
    if len(plain) <= max(width, _SHORT):
        return plain
    together = plain.replace(" = ", "\u00a0=\u00a0").replace("% CI", "%\u00a0CI")
    room = max([width, _SHORT, -(-len(plain) // 3), *map(len, together.split(" "))])
    lines = textwrap.wrap(together, room, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)


def _rows(layout: Layout) -> Iterator[TableRow]:
    below = (*layout.depths, 0)[1:]
    parents = [deeper > depth for depth, deeper in zip(layout.depths, below, strict=True)]
    # Where one of them has numbers of its own, none is a heading: they would look unlike.
    heads = not any(
        parent and any(_words(cells)[1:])
        for cells, parent in zip(layout.rows, parents, strict=True)
    )
    for cells, depth, parent in zip(layout.rows, layout.depths, parents, strict=True):
        label, *others = _words(cells)
        if not any(others) and parent and heads:
            yield TableRow(cells=(label,), indent=depth, heading=True)
        elif len(cells) == len(layout.header):
            yield TableRow(cells=(label, *others), indent=depth)
        else:
            yield TableRow(cells=(label, " ".join(others)), indent=depth, across=True)


def _words(cells: Iterable[str]) -> tuple[str, ...]:
    """Return cells on one line each, whatever their texts hold."""
    return tuple(" ".join(cell.split()) for cell in cells)
