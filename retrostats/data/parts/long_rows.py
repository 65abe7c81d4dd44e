"""Rows of CSV files with more cells than columns: a reader of few columns would not notice."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from retrostats.errors import DataError

#: Bytes looked at together: few enough for the processor's own memory.
_BLOCK = 1 << 20
_QUOTE, _BREAK = ord('"'), ord("\n")


def require_no_long_rows(path: Path, separator: str, columns: int) -> None:
    r"""Refuse a file with a row of more cells than columns: its values would be shifted.

    A decimal comma in a file with commas between cells makes such rows, and so does a comma in a
    text without quotes. Empty cells at the end of a row do no harm and pass.

    Parameters
    ----------
    path
        A CSV file.
    separator
        Between cells; of several characters, which are a pattern, nothing is checked.
    columns
        How many there are.

    Raises
    ------
    DataError
        With the line of the first such row, or if the rows cannot be told apart.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "centre.csv"
    >>> _ = path.write_text("id,arm,pain\n1,retro,5\n2,control,6,5\n")
    >>> require_no_long_rows(path, ",", 3)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    retrostats.errors.DataError: centre.csv: line 3 has 4 cells, and there are 3 columns; ...
    """
    if len(separator) != 1 or not separator.isascii():
        return
    if not _suspicious(path, ord(separator), columns):
        return
    try:
        line, cells = _first_long(path, separator, columns)
    except csv.Error as error:  # such as a quote that is never closed
        raise DataError(f"{path.name}: cannot be read: {error}") from error
    if cells:
        raise DataError(
            f"{path.name}: line {line} has {cells} cells, and there are {columns} columns; write "
            f"numbers with a decimal point, and texts that hold {separator!r} in quotes"
        )


def _first_long(path: Path, separator: str, columns: int) -> tuple[int, int]:
    """Return line and number of cells of the first row that is too long, or two zeros."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, delimiter=separator)
        for cells in reader:
            if any(cells[columns:]):
                return reader.line_num, len(cells)
    return 0, 0


def _suspicious(path: Path, separator: int, columns: int) -> bool:
    """Count separators between line breaks, both outside of quotes: fast, and rather too strict.

    A quote that is never closed turns inside and outside round; such a file is read with care.
    """
    before, quotes = 0, 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            letters = np.frombuffer(block, dtype=np.uint8)
            marked = (letters == separator) | (letters == _BREAK)
            quoted = quotes or b'"' in block
            signs = letters[marked | (letters == _QUOTE) if quoted else marked]
            breaks = signs == _BREAK
            if quoted:
                marks = np.cumsum(signs == _QUOTE) + quotes
                outside = (marks % 2 == 0) & (signs != _QUOTE)
                quotes = int(marks[-1] % 2) if len(marks) else quotes
                breaks = breaks[outside]
            # Between two breaks outside of quotes, all other signs are separators.
            ends = np.flatnonzero(breaks)
            rows = np.diff(np.append(ends, len(breaks)), prepend=-1) - 1
            rows[0] += before
            if rows.max() >= columns:
                return True
            before = int(rows[-1])
    return bool(quotes)
