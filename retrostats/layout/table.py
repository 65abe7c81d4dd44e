"""A table of words: as text, as HTML, as Markdown, and in the style of a journal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from retrostats.layout.aligning import lacking_digits, on_marks
from retrostats.layout.html import STICKY, bold, box, is_long, safe, width_for
from retrostats.layout.numbers import true_minus
from retrostats.layout.written import NumberStyle, Written, range_joint

_STEP = "  "
#: A label that is a number and nothing else, as a value along a curve is.
_NUMBER = re.compile(r"-\d[\d.,]*")
_PADDING = "padding:0.15em 0.5em"
_CELL = f"{_PADDING};white-space:nowrap"
_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums"


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

    Examples
    --------
    >>> from retrostats.journals import find_journal
    >>> from retrostats.layout import limits, p_number
    >>> row = ("dose 0.5", "1.52", limits(0.68, 2.36, 2), p_number(0.0332))
    >>> table = Layout(caption="", header=("", "Difference", "95% CI", "p"), rows=(row,))
    >>> table.in_style(find_journal("lancet")).rows
    (('dose 0.5', '1·52', '0·68–2·36', '0·033'),)
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
        columns = len(self.header)
        if not columns:
            raise ValueError(f"{self.caption or 'a table'}: no columns; expected one at least")
        for place, row in enumerate(self.rows, start=1):
            if len(row) != columns and not (len(row) == 2 < columns):
                raise ValueError(
                    f"{self.caption or 'a table'}: row {place} has {len(row)} cells for {columns} "
                    "columns; expected one for each, or a label and words in place of all numbers"
                )

    @property
    def depths(self) -> tuple[int, ...]:
        """How deep each row is indented, one number per row."""
        return self.indents or (0,) * len(self.rows)

    def holds_words(self, place: int) -> bool:
        """Say whether a column holds words, which stand left; numbers stand right."""
        return place < self.words or place >= len(self.header) - self.closing_words

    @property
    def cells(self) -> Iterator[str]:
        """Caption, heads and every cell."""
        yield self.caption
        yield from self.header
        for row in self.rows:
            yield from row

    def in_style(self, style: NumberStyle, joint: str | None = None) -> Layout:
        """Return the table with its numbers as a journal asks for them.

        Parameters
        ----------
        style
            A `retrostats.journals.Journal`. Cells that are `Written` are written anew from their
            numbers; of other cells in columns of numbers only the decimal mark changes; words
            stay as they are.
        joint
            Between the ends of every range; what the style asks for when omitted.
        """
        between = range_joint(style, self.cells) if joint is None else joint

        def styled(text: str, *, words: bool) -> str:
            cell = text if isinstance(text, Written) or words else Written(text)
            return cell.in_style(style, between) if isinstance(cell, Written) else cell

        def row_styled(row: tuple[str, ...]) -> tuple[str, ...]:
            across = len(row) != len(self.header)
            return tuple(
                styled(cell, words=across or self.holds_words(place))
                for place, cell in enumerate(row)
            )

        return replace(
            self,
            caption=styled(self.caption, words=True),
            header=tuple(styled(head, words=True) for head in self.header),
            rows=tuple(map(row_styled, self.rows)),
        )

    def text(self) -> str:
        """Return aligned text: numbers on their decimal points, rows indented under a caption."""
        full = [row for row in [self.header, *self.rows] if len(row) == len(self.header)]
        columns = [[_line(cell) for cell in column] for column in zip(*full, strict=True)]
        labels = [
            _STEP * depth + _line(row[0]) for depth, row in zip(self.depths, self.rows, strict=True)
        ]
        widths = [max(map(len, [_line(self.header[0]), *labels]))]
        for place, (head, *cells) in enumerate(columns[1:], start=1):
            columns[place] = [head, *(cells if self.holds_words(place) else on_marks(cells))]
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
        """Return the table as pages show it: numbers with true minus signs, words as they are."""
        rows = tuple(
            (*map(_label, row[: self.words]), *map(true_minus, row[self.words :]))
            for row in self.rows
        )
        return replace(self, rows=rows)

    def html(self) -> str:
        """Return a caption and a table that scrolls in a box where it is too wide or long."""
        stay = f";{STICKY}" if is_long(len(self.rows)) else ""
        heads = "".join(
            f'<th scope="col" style="text-align:{self._side(place)};{_PADDING};'
            f'vertical-align:bottom;border-bottom:1px solid{stay}">{safe(head)}</th>'
            for place, head in enumerate(self.header)
        )
        lacking = self._lacking_decimals()
        body = "".join(
            f"<tr>{self._html_row(row, lack, depth)}</tr>"
            for row, lack, depth in zip(self.typeset().rows, lacking, self.depths, strict=True)
        )
        table = (
            f'<table style="{_TABLE}"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
        )
        return (bold(self.caption) if self.caption else "") + box(table, rows=len(self.rows))

    def _html_row(self, row: Sequence[str], lacking: Sequence[float], depth: int) -> str:
        deep = f";padding-left:{0.5 + 1.2 * depth:g}em" if depth else ""
        label = f'<th scope="row" style="text-align:left;font-weight:normal;{_CELL}{deep}">'
        cells = [f"{label}{_breakable(row[0])}</th>"]
        if len(row) != len(self.header):
            across = f'colspan="{len(self.header) - 1}" style="text-align:left;{_PADDING}"'
            cells.append(f"<td {across}>{safe(row[1])}</td>")
            return "".join(cells)
        for place, cell in enumerate(row[1:], start=1):
            # A digit is 1ch wide, so that this puts decimal points below one another.
            room = f";padding-right:calc(0.5em + {lacking[place]:g}ch)" if lacking[place] else ""
            closing = place >= len(self.header) - self.closing_words
            padding = f"{_PADDING}{width_for(cell)}" if closing else _CELL
            style = f"text-align:{self._side(place)};{padding}{room}"
            cells.append(f'<td style="{style}">{safe(cell)}</td>')
        return "".join(cells)

    def _lacking_decimals(self) -> list[list[float]]:
        """Return by how many digits each cell ends before the longest of its column."""
        full = [row for row in self.rows if len(row) == len(self.header)]
        columns = [
            [0.0] * len(full) if self.holds_words(place) else lacking_digits(column)
            for place, column in enumerate(zip(*full, strict=True))
        ]
        lacking = iter(zip(*columns, strict=True))
        return [list(next(lacking)) if len(row) == len(self.header) else [] for row in self.rows]

    def markdown(self) -> str:
        """Return a caption and a pipe table, with the signs that Markdown reads escaped."""
        rule = ["---" if self.holds_words(place) else "---:" for place in range(len(self.header))]
        lines = [_pipes(map(escaped, self.header)), _pipes(rule)]
        for depth, row in zip(self.depths, self.rows, strict=True):
            label, *cells = map(escaped, [*row, *[""] * (len(self.header) - len(row))])
            lines.append(_pipes(["&emsp;" * depth + label, *cells]))
        caption = [f"**{escaped(self.caption)}**", ""] if self.caption else []
        return "\n".join([*caption, *lines])

    def _side(self, place: int) -> str:
        return "left" if self.holds_words(place) else "right"


def _line(cell: str) -> str:
    """Return a cell on one line, whatever its label holds."""
    return " ".join(cell.split())


def _label(text: str) -> str:
    """Return a label with a true minus sign where it is nothing but a number."""
    return true_minus(text) if _NUMBER.fullmatch(text) else text


def _breakable(label: str) -> str:
    """Let a label wrap at the spaces after its commas and nowhere else."""
    space = ',<span style="white-space:normal"> </span>'
    return safe(label).replace(", ", space)


def escaped(cell: str) -> str:
    """Return a text on one line without what Markdown would read as marks; "<0.001" stays."""
    return re.sub(r"([\\`*_\[\]>|~&#$]|<(?![\s\d.]))", r"\\\1", _line(cell))


def _pipes(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
