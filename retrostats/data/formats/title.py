"""A title or notes above the header, as people write them into spreadsheets."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence

from retrostats.data.formats.delimiters import DELIMITER_NAMES, DETECTED
from retrostats.data.formats.header import is_plain_value
from retrostats.data.formats.listing import shown
from retrostats.data.formats.source import Source
from retrostats.errors import DataError

#: Rows from the top among which the header is looked for.
LOOKED_AT = 20
#: A table of a trial has at least so many columns.
_FEWEST_COLUMNS = 3

#: Line and cells of each row that is not empty.
Rows = Sequence[tuple[int, Sequence[str]]]


def require_header_first(source: Source, rows: Rows) -> None:
    """Refuse a table above whose header stands something else.

    Parameters
    ----------
    source
        The file.
    rows
        The first ones that are not empty.

    Raises
    ------
    DataError
        With the line on which the header seems to be.
    """
    at = _header_below([cells for _, cells in rows])
    if not at:
        return
    title = shown(next(cell for cell in rows[0][1] if cell.strip()).strip())
    what = f"{title!r} looks like a title or a note, where the header should be"
    where = f"the header seems to be on line {rows[at][0]}"  # its cells might name a subject
    message = f"{what}; {where}; delete the lines above it and save the file again"
    raise source.refusal(message, line=rows[0][0])


def first_rows(data: bytes, delimiter: str | None) -> Rows:
    """Return the first rows of a text file, split as most of its lines are.

    Parameters
    ----------
    data
        The text, in UTF-8.
    delimiter
        As declared; ``None`` to take what most lines agree on.
    """
    head = list(
        itertools.islice(io.StringIO(data[:65_536].decode(errors="replace")), 5 * LOOKED_AT)
    )
    best: Rows = ()
    score = 0
    for mark in DETECTED if delimiter is None else {*DELIMITER_NAMES} & {delimiter}:
        rows = _split(head, mark)
        widths = [len(cells) for _, cells in rows]
        agreeing = max((widths.count(width) for width in widths if width > 1), default=0)
        if agreeing > score:
            best, score = rows, agreeing
    return best


def _split(lines: Sequence[str], mark: str) -> Rows:
    reader = csv.reader(lines, delimiter=mark)
    rows, before = [], 0
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                rows.append((before + 1, cells))
            before = reader.line_num
    except csv.Error:  # a huge cell or a NUL; the reader of cells tells it
        pass
    return rows[:LOOKED_AT]


def _header_below(rows: Sequence[Sequence[str]]) -> int:
    """Return the position of the row that seems to be the header; 0 where the first may be."""
    filled = [sum(bool(cell.strip()) for cell in cells) for cells in rows]
    widest = max(filled, default=0)
    if widest < _FEWEST_COLUMNS or 2 * filled[0] >= widest:
        return 0
    at = next(i for i, count in enumerate(filled) if 2 * count >= widest)
    names = [cell.strip() for cell in rows[at] if cell.strip()]
    are_names = len(set(names)) == len(names) and not any(map(is_plain_value, names))
    return at if are_names and at + 1 < len(rows) else 0


def sheet_refusal(source: Source, name: str, likely: tuple[str, int, int]) -> DataError:
    """Return the error of a workbook whose first sheet is no table, and another seems to be.

    Parameters
    ----------
    source
        The workbook.
    name
        The first sheet.
    likely
        Name, rows and columns of the other.
    """
    other, rows, columns = likely
    what = f"the first sheet {shown(name)!r} is no table of {_FEWEST_COLUMNS} columns or more"
    where = f"the sheet {shown(other)!r} seems to hold the data ({rows} rows, {columns} columns)"
    option = f"`retrostats new codebook` writes it with --sheet {other!r}"
    todo = f"declare sheet = {other!r} under [file]; {option}"
    return source.refusal(f"{what}; {where}; {todo}")


def size_of(rows: Sequence[Sequence[object]]) -> tuple[int, int]:
    """Return the rows that are not empty, and the filled cells of the widest."""
    filled = [sum(cell not in (None, "") for cell in cells) for cells in rows]
    return sum(count > 0 for count in filled), max(filled, default=0)


def is_table(size: tuple[int, int]) -> bool:
    """Whether rows and columns may be those of a trial."""
    return size[0] > 1 and size[1] >= _FEWEST_COLUMNS
