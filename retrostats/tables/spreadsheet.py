"""A table as CSV for spreadsheets, cell by cell as it is printed."""

from __future__ import annotations

import csv
import io
import re

from retrostats.tables.paper import PaperTable

_PLAIN_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?%?")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

_NUMBER = r"-?(?:\d[\d.,·]*(?:e[+-]\d+)?|∞)%?"
_ONE_OR_TWO = rf"{_NUMBER}(?:(?: to |–){_NUMBER})?"
#: A number or a range, and in brackets behind it another.
_NUMBERS = re.compile(rf"{_ONE_OR_TWO}(?: \({_ONE_OR_TWO}\))?")


def as_csv(table: PaperTable) -> str:
    """Return heads and rows as CSV: a byte order mark, line feeds, no cell that is a formula.

    Caption and note are left out; a row of words has empty cells behind it. Cells with a comma
    stand in quotation marks.

    Parameters
    ----------
    table
        Its cells are written as they are printed, with hyphens for minus signs.
    """
    layout = table.layout
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in (layout.header, *layout.rows):
        cells = [" ".join(cell.split()) for cell in row]
        shown = [cell if _NUMBERS.fullmatch(cell) else harmless(cell) for cell in cells]
        writer.writerow([*shown, *[""] * (len(layout.header) - len(row))])
    return "\ufeff" + text.getvalue()


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("-38.7"), harmless("-7.4 to 5.2")
    ("'=1+1", '-38.7', "'-7.4 to 5.2")
    """
    if text.startswith(_FORMULA_STARTS) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text
