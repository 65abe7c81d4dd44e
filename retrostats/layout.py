"""Small tables as text, HTML and Markdown, and how the numbers in them are written."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

#: Numbers of this size and larger are written with a power of ten.
LARGE = 1e7
#: Numbers below this are, where more than `FIXED` decimals are asked for.
SMALL = 1e-4
FIXED = 6
#: Smallest p that is written as a number.
SMALLEST_P = 0.001

# A hyphen that is a sign: before a number, and not within a word, a range or a date.
_SIGN = re.compile(r"(?<![\w.)])-(?=\.?\d|∞|inf\b)")

_STEP = "  "
_PADDING = "padding:0.15em 0.5em"
_CELL = f"{_PADDING};white-space:nowrap"
_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums"


def decimals(scale: float, digits: int = 3) -> int:
    """Return how many decimals show a number of this size with so many significant digits.

    Examples
    --------
    >>> decimals(0.824), decimals(3.85), decimals(38.5), decimals(3850.0)
    (3, 2, 1, 0)
    """
    if not 0 < scale < math.inf:
        return digits
    return max(0, digits - 1 - math.floor(math.log10(scale)))


def number(value: float, places: int) -> str:
    """Write a number with so many decimals, trailing zeros and a plain minus sign.

    Numbers of ten million and more, and small ones that need more than six decimals, get a power
    of ten; they are exact to the same decimal place.

    Examples
    --------
    >>> number(-18.2, 2), number(-0.001, 2), number(2.5e-6, 8)
    ('-18.20', '0.00', '2.50e-06')
    """
    if not math.isfinite(value):
        return f"{value}"
    size = abs(value)
    if size >= LARGE or (places > FIXED and 0 < size < SMALL):
        return f"{value:.{max(0, places + math.floor(math.log10(size)))}e}"
    written = f"{value:.{places}f}"
    return written if float(written) else written.removeprefix("-")


def p_number(p: float) -> str:
    """Write a p value as every table does.

    Examples
    --------
    >>> p_number(0.0332), p_number(0.00099), p_number(1.0), p_number(math.nan)
    ('0.033', '< 0.001', '1.000', '')
    """
    if math.isnan(p):
        return ""
    return f"< {SMALLEST_P}" if p < SMALLEST_P else f"{p:.3f}"


def p_sentence(p: float) -> str:
    """Write a p value as every sentence does.

    Examples
    --------
    >>> p_sentence(0.0332), p_sentence(0.00099)
    ('p = 0.033', 'p < 0.001')
    """
    return f"p {p_number(p)}" if p < SMALLEST_P else f"p = {p_number(p)}"


def df_numbers(df: Sequence[float]) -> list[str]:
    """Write degrees of freedom: whole if all are, else with one decimal.

    Examples
    --------
    >>> df_numbers([36.0, 2.0]), df_numbers([36.0, 57.31, math.inf])
    (['36', '2'], ['36.0', '57.3', 'inf'])
    """
    whole = all(value.is_integer() for value in df if math.isfinite(value))
    return [number(value, 0 if whole else 1) for value in df]


def true_minus(text: str) -> str:
    """Return a text whose negative numbers have a minus sign in place of a hyphen.

    For what people read on a page. Terminals, spreadsheets and programs get the hyphen, which can
    be typed, searched for and read as a number again.

    Examples
    --------
    >>> true_minus("-2.3 to 0.7"), true_minus("retro - control"), true_minus("0-10, 2024-01-09")
    ('−2.3 to 0.7', 'retro - control', '0-10, 2024-01-09')
    """
    return _SIGN.sub("\N{MINUS SIGN}", text)


def percent(level: float) -> str:
    """Write a coverage, e.g. ``"97.5%"``."""
    return f"{100 * level:.4g}%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A table whose cells are written already.

    Attributes
    ----------
    caption
        Above the table; may be empty.
    header
        Head of each column; that of the labels may be empty.
    rows
        A cell for each column; or two, a label and words in place of all numbers.
    words
        How many columns, from the left, hold words; the others hold numbers.
    closing_words
        How many columns, from the right, hold words as well.
    indents
        How deep the label of each row is indented; empty where none is. A row whose other cells
        are all empty is the heading of those that are indented below it.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1
    closing_words: int = 0
    indents: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.indents and len(self.indents) != len(self.rows):
            raise ValueError(
                f"{self.caption}: {len(self.indents)} indents for {len(self.rows)} rows"
            )

    @property
    def depths(self) -> tuple[int, ...]:
        """How deep each row is indented, one number per row."""
        return self.indents or (0,) * len(self.rows)

    def holds_words(self, place: int) -> bool:
        """Say whether a column holds words, which stand left; numbers stand right."""
        return place < self.words or place >= len(self.header) - self.closing_words

    def text(self) -> str:
        """Return aligned text: numbers on their decimal points, rows indented under a caption."""
        full = [row for row in [self.header, *self.rows] if len(row) == len(self.header)]
        columns = [[_line(cell) for cell in column] for column in zip(*full, strict=True)]
        labels = [
            _STEP * depth + _line(row[0]) for depth, row in zip(self.depths, self.rows, strict=True)
        ]
        widths = [max(map(len, [_line(self.header[0]), *labels]))]
        for place, (head, *cells) in enumerate(columns[1:], start=1):
            columns[place] = [head, *(cells if self.holds_words(place) else _aligned(cells))]
            widths.append(max(map(len, columns[place])))
        aligned = iter(zip(*columns, strict=True))
        lines = [self._text_row(next(aligned), widths)]
        for label, row in zip(labels, self.rows, strict=True):
            rest = (_line(row[1]),) if len(row) != len(self.header) else next(aligned)[1:]
            lines.append(self._text_row((label, *rest), widths))
        if not self.caption:
            return "\n".join(lines)
        return "\n".join([_line(self.caption), *(f"  {line}" for line in lines)])

    def _text_row(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        note = len(cells) < len(self.header)
        padded = [
            f"{cell:<{width}}" if note or self.holds_words(place) else f"{cell:>{width}}"
            for place, (cell, width) in enumerate(zip(cells, widths, strict=False))
        ]
        return "  ".join(padded).rstrip()

    def typeset(self) -> Layout:
        """Return the table as pages show it: numbers with true minus signs, labels as they are."""
        rows = tuple((*row[: self.words], *map(true_minus, row[self.words :])) for row in self.rows)
        return replace(self, rows=rows)

    def html(self) -> str:
        """Return a caption and a table that scrolls sideways where the screen is narrow."""
        caption = f"<p><b>{html.escape(self.caption)}</b></p>" if self.caption else ""
        heads = "".join(
            f'<th scope="col" style="text-align:{self._side(place)};{_PADDING};'
            f'vertical-align:bottom;border-bottom:1px solid">{html.escape(head)}</th>'
            for place, head in enumerate(self.header)
        )
        lacking = self._lacking_decimals()
        body = "".join(
            f"<tr>{self._html_row(row, lack, depth)}</tr>"
            for row, lack, depth in zip(self.typeset().rows, lacking, self.depths, strict=True)
        )
        return (
            f'{caption}<div style="overflow-x:auto"><table style="{_TABLE}">'
            f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def _html_row(self, row: Sequence[str], lacking: Sequence[float], depth: int) -> str:
        deep = f";padding-left:{0.5 + 1.2 * depth:g}em" if depth else ""
        label = f'<th scope="row" style="text-align:left;font-weight:normal;{_CELL}{deep}">'
        cells = [f"{label}{_breakable(row[0])}</th>"]
        if len(row) != len(self.header):
            across = f'colspan="{len(self.header) - 1}" style="text-align:left;{_PADDING}"'
            cells.append(f"<td {across}>{html.escape(row[1])}</td>")
            return "".join(cells)
        for place, cell in enumerate(row[1:], start=1):
            # A digit is 1ch wide, so that this puts decimal points below one another.
            room = f";padding-right:calc(0.5em + {lacking[place]:g}ch)" if lacking[place] else ""
            padding = _PADDING if place >= len(self.header) - self.closing_words else _CELL
            style = f"text-align:{self._side(place)};{padding}{room}"
            cells.append(f'<td style="{style}">{html.escape(cell)}</td>')
        return "".join(cells)

    def _lacking_decimals(self) -> list[list[float]]:
        """Return by how many digits each cell ends before the longest of its column."""
        found = [[_decimals_of(cell) for cell in row] for row in self.rows]
        full = [own for own in found if len(own) == len(self.header)]
        most = [max(column) for column in zip(*full, strict=True)]
        return [
            [0.0 if self.holds_words(place) else longest - own for place, (longest, own) in pairs]
            for pairs in (enumerate(zip(most, row, strict=False)) for row in found)
        ]

    def markdown(self) -> str:
        """Return a caption and a pipe table, with the signs that Markdown reads escaped."""
        rule = ["---" if self.holds_words(place) else "---:" for place in range(len(self.header))]
        lines = [_pipes(map(_plain, self.header)), _pipes(rule)]
        for depth, row in zip(self.depths, self.rows, strict=True):
            label, *cells = map(_plain, [*row, *[""] * (len(self.header) - len(row))])
            lines.append(_pipes(["&emsp;" * depth + label, *cells]))
        caption = [f"**{_plain(self.caption)}**", ""] if self.caption else []
        return "\n".join([*caption, *lines])

    def _side(self, place: int) -> str:
        return "left" if self.holds_words(place) else "right"


def _line(cell: str) -> str:
    """Return a cell on one line, whatever its label holds."""
    return " ".join(cell.split())


def _aligned(cells: Sequence[str]) -> list[str]:
    """Put decimal points below one another; of intervals, those of the upper limits."""
    parts = [cell.rpartition(" to ") for cell in cells]
    points = [last.partition(".") for *_, last in parts]
    first = max((len(low) for low, *_ in parts), default=0)
    left = max((len(whole) for whole, *_ in points), default=0)
    right = max((len(point + rest) for _, point, rest in points), default=0)
    return [
        f"{low:>{first}}{to}{whole:>{left}}{point + rest:<{right}}"
        for (low, to, _), (whole, point, rest) in zip(parts, points, strict=True)
    ]


def _breakable(label: str) -> str:
    """Let a label wrap at the spaces after its commas and nowhere else."""
    space = ',<span style="white-space:normal"> </span>'
    return html.escape(label).replace(", ", space)


def _decimals_of(cell: str) -> float:
    """Return how many digits stand behind the last point; the point is half as wide as one."""
    behind = re.search(r"\.(\d+)\D*$", cell)
    return len(behind[1]) + 0.5 if behind else 0.0


def _plain(cell: str) -> str:
    """Escape what Markdown would read as marks; "< 0.001" it leaves alone."""
    return re.sub(r"([\\`*_\[\]>|~&#$]|<(?=\S))", r"\\\1", _line(cell))


def _pipes(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
