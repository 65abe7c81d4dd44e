"""The tables of a report page: cells with a text to read and a number to sort by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell.

    Attributes
    ----------
    text
        What a reader sees.
    number
        What a numeric column sorts by; ``None`` sorts last.
    link
        Address that the text leads to, e.g. ``"#study-qiu2023"``.
    tag
        Class of the style sheet that frames the text, e.g. ``"contradicted"``.
    more
        Plain text after the framed one.
    """

    text: str
    number: float | None = None
    link: str = ""
    tag: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its title, whether it sorts by number, and how wide it is."""

    title: str
    numeric: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table; `id` is the place that a link can point to."""

    cells: tuple[Cell, ...]
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of the page.

    Attributes
    ----------
    caption
        What the table holds, in words; it is read out before the table.
    columns, lines
        Each line has one cell per column.

    Raises
    ------
    ValueError
        If a line has another number of cells than there are columns.
    """

    caption: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        for line in self.lines:
            if len(line.cells) != len(self.columns):
                raise ValueError(
                    f"table {self.caption!r}: {len(line.cells)} cells in a line, "
                    f"expected {len(self.columns)}"
                )


def text_cell(text: str) -> Cell:
    """Return a cell that is only read."""
    return Cell(text=text)


def count_cell(count: int | None) -> Cell:
    """Return a cell of a count; an unknown count is empty."""
    return Cell(text="") if count is None else Cell(text=str(count), number=count)
