"""How wide a table is in LaTeX, and in what size of text it fits the page."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from retrostats.tables.shape import WRAPS, TableRow, TableShape

#: Width of the text of the class article at 10 points, upright and on a turned page of letter
#: paper, which is the shorter one; in points.
_UPRIGHT, _TURNED = 345.0, 550.0

#: Size of text, its em in points (Computer Modern), and room at each side of a column.
_SIZES = (("small", 9.25, 4.0), ("footnotesize", 8.5, 3.5), ("scriptsize", 7.97, 2.5))

#: Width of a wrapping column per character, in em.
LETTER = 0.5
#: Width of a step of indent (`\\quad`), in em.
_QUAD = 1.0
#: Least room of words that stand in place of all numbers.
_SENTENCE = 10.0
#: A heading that is wider than this, and than the table, takes several lines.
_HEADING = 30.0
#: Bold letters are at most so much wider.
_BOLD = 1.15

#: Widths of Computer Modern in em, rounded up; other letters are at most as wide as their case.
_WIDTHS = {
    **dict.fromkeys("ijl.,;:'!|()[]·’‘", 0.31),
    **dict.fromkeys("ftrs- ", 0.4),
    **dict.fromkeys("0123456789acegoz–/“”", 0.51),
    **dict.fromkeys("mwMW%—@…", 0.9),
    **dict.fromkeys("<>−+=±×÷≤≥≈≠", 0.78),
}
_LARGE, _SMALL, _OTHER = 0.76, 0.56, 1.0
_LAST_LATIN = "\u017f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a table is set.

    Attributes
    ----------
    size
        Command of the size of text, without its backslash.
    gap
        Room at each side of a column, in points.
    turned
        Whether the page must be turned on its side.
    fits
        Whether it then fits.
    """

    size: str
    gap: float
    turned: bool
    fits: bool


def setting_of(shape: TableShape) -> Setting:
    """Return the largest text in which a table fits; upright if it can."""
    columns = column_ems(shape)
    for turned, room in ((False, _UPRIGHT), (True, _TURNED)):
        for size, em, gap in _SIZES:
            if sum(columns) * em + 2 * gap * (len(columns) - 1) <= room:
                return Setting(size=size, gap=gap, turned=turned, fits=True)
    size, _, gap = _SIZES[-1]
    return Setting(size=size, gap=gap, turned=True, fits=False)


def column_ems(shape: TableShape) -> list[float]:
    """Return the width that each column needs, in em of its size of text.

    Parameters
    ----------
    shape
        Columns of sentences are as wide as they are set, whatever stands in them; rows across
        take what the columns have. For the tables of the example the sum was 3 to 7% too wide.
    """
    columns = [
        max((text_em(line) for line in head.split("\n")), default=0.0) for head in shape.heads
    ]
    for row in shape.rows:
        if row.heading:
            continue
        cells = row.cells[:1] if row.across else row.cells
        for place, cell in enumerate(cells):
            indent = 0.0 if place else _QUAD * row.indent
            columns[place] = max(columns[place], indent + text_em(cell))
    for place, (wrap, width) in enumerate(zip(shape.wraps, shape.widths, strict=True)):
        if wrap:
            columns[place] = min(width, WRAPS) * LETTER
    if any(row.across for row in shape.rows):
        columns[-1] += max(0.0, _SENTENCE - sum(columns[1:]))
    heading = max((heading_em(row) for row in shape.rows if row.heading), default=0.0)
    # A heading goes across; where it is wider than all, the last column is widened.
    columns[-1] += max(0.0, min(heading, _HEADING) - sum(columns))
    return columns


def heading_em(row: TableRow) -> float:
    """Return the width of a heading, which is bold, in em."""
    return _QUAD * row.indent + _BOLD * text_em(row.cells[0])


def text_em(text: str) -> float:
    """Return about how wide a text is, in em; rather too wide than too narrow.

    Examples
    --------
    >>> f"{text_em('0.5 (1.2)'):.2f}", f"{text_em('Mean'):.2f}"
    ('3.68', '2.48')
    """
    return sum(map(_em, unicodedata.normalize("NFC", text)))


def _em(sign: str) -> float:
    if sign in _WIDTHS:
        return _WIDTHS[sign]
    if sign > _LAST_LATIN and not "\u2000" <= sign <= "\u206f":
        return _OTHER
    return _LARGE if sign.isupper() else _SMALL
