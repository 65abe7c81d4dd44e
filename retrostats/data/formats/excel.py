"""Excel workbooks."""

from __future__ import annotations

import itertools
import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from retrostats.data.codebook.types import FileForm
from retrostats.data.formats.assembling import Sheet, assemble
from retrostats.data.formats.cell_text import value_text
from retrostats.data.formats.listing import Findings, shown
from retrostats.data.formats.source import Progress, Source
from retrostats.data.formats.table import RawTable
from retrostats.data.formats.title import (
    LOOKED_AT,
    Rows,
    is_table,
    require_header_first,
    sheet_refusal,
    size_of,
)
from retrostats.data.formats.workbook import (
    SheetMarkup,
    load_worksheets,
    markup_of,
    open_archive,
)
from retrostats.errors import DataError

#: Rows and columns that Excel has at most; a file that claims more is damaged.
_ROWS, _COLUMNS = 1_048_576, 16_384
_REPORT_EVERY = 5000
#: Empty cells that a damaged or careless file may make us hold.
_LARGEST_GRID = 200_000_000

Grid = list[tuple[Any, ...]]


def read_excel(source: Source, form: FileForm, progress: Progress) -> RawTable:
    """Return the table of one sheet: the declared one, or the first.

    Parameters
    ----------
    source
        The workbook.
    form
        Its `sheet` and `missing` are used; numbers get the declared decimal mark.
    progress
        Called with the share of the work done.

    Raises
    ------
    DataError
        If the file is no workbook, is damaged, or has no such sheet or nothing in it.
    """
    findings = Findings()
    with open_archive(source) as archive:
        try:
            name, grid, several = _grid_of(source, form.sheet, findings, progress)
            markup = markup_of(archive, name)
            formulas = _formulas_of(source, name) if markup.formulas else []
        except DataError:
            raise
        except Exception as error:  # openpyxl lets every error of a damaged file through
            message = f"the workbook is damaged ({type(error).__name__})"
            raise source.refusal(f"{message}; open it in Excel and save it again") from error
    if form.sheet is None and several and not is_table(size_of(grid)):
        _refuse_notes(source, name)
    first = next((row for row, cells in enumerate(grid) if _has_value(cells)), None)
    if first is None:
        raise source.refusal(f"the sheet {shown(name)!r} is empty; name another under [file]")
    require_header_first(source, _first_rows(grid))
    _tell_formulas(grid, formulas, first, findings)
    _tell_markup(markup, first + 1, findings)
    progress(0.9)
    sheet = _sheet_of(grid, first, name, form, findings)
    return assemble(source, form, replace(sheet, name=name if several else ""), findings)


def _grid_of(
    source: Source, wanted: str | None, findings: Findings, progress: Progress
) -> tuple[str, Grid, bool]:
    """Return the name of the sheet, its rows from the first on, and whether there are others."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and validations that openpyxl does not know
        book, charts = load_worksheets(source)
        names = [sheet.title for sheet in book.worksheets]
        listed = ", ".join(repr(shown(name)) for name in names)
        if not names:
            raise source.refusal("the workbook has no sheet with cells; save it again")
        if wanted is not None and wanted in charts:
            raise source.refusal(f"the sheet {wanted!r} is a chart; expected one of {listed}")
        if wanted is None and charts:
            passed = ", ".join(repr(shown(name)) for name in charts)
            findings.note(f"Sheets that are charts have no cells and are not read: {passed}.")
        if wanted is not None and wanted not in names:
            raise source.refusal(f"has no sheet {wanted!r}; expected one of {listed}")
        name = names[0] if wanted is None else wanted
        if wanted is None and len(names) > 1:
            findings.note(f"The sheet {shown(name)!r} is read, the first of {listed}.")
        return name, _rows_of(source, book[name], progress), len(names) > 1


def _rows_of(source: Source, sheet: Any, progress: Progress) -> Grid:
    rows_told = min(sheet.max_row or _ROWS, _ROWS)
    sheet.reset_dimensions()  # files of other programs often claim one cell
    grid: Grid = []
    cells = 0
    for row in sheet.iter_rows(values_only=True):
        grid.append(row)
        cells += len(row)
        if len(grid) > _ROWS or len(row) > _COLUMNS or cells > _LARGEST_GRID:
            raise source.refusal("claims more cells than a sheet can have; save it again")
        if len(grid) % _REPORT_EVERY == 0:
            progress(min(0.8, 0.8 * len(grid) / rows_told))
    return grid


def _refuse_notes(source: Source, name: str) -> None:
    """Refuse a first sheet that is no table where the largest of the others is one.

    Raises
    ------
    DataError
        With the name of that sheet.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book, _ = load_worksheets(source)
        others = [sheet for sheet in book.worksheets if sheet.title != name]
        sizes = {o.title: size_of(_rows_of(source, o, lambda _: None)) for o in others}
    tables = {title: size for title, size in sizes.items() if is_table(size)}
    if tables:
        other = max(tables, key=lambda title: tables[title][0] * tables[title][1])
        raise sheet_refusal(source, name, (other, *tables[other]))


def _first_rows(grid: Grid) -> Rows:
    rows = ((at, cells) for at, cells in enumerate(grid, start=1) if _has_value(cells))
    return [
        (at, [value_text(cell, decimal=".") for cell in cells])
        for at, cells in itertools.islice(rows, LOOKED_AT)
    ]


def _formulas_of(source: Source, name: str) -> list[tuple[int, int, str]]:
    """Return row, column (from 0) and text of the formulas of a sheet."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book, _ = load_worksheets(source, data_only=False)
        book[name].reset_dimensions()
        for row, cells in enumerate(book[name].iter_rows()):
            for column, cell in enumerate(cells):
                if cell.data_type == "f":
                    text = cell.value if isinstance(cell.value, str) else "a formula"
                    found.append((row, column, text))
    return found


def _has_value(cells: tuple[Any, ...]) -> bool:
    return any(cell is not None and (not isinstance(cell, str) or cell.strip()) for cell in cells)


def _sheet_of(grid: Grid, first: int, name: str, form: FileForm, findings: Findings) -> Sheet:
    """Return names and cells as text, all rows as wide as the widest with a value."""
    decimal = form.decimal if form.decimal in (".", ",") else "."
    kept = [row for row in range(first + 1, len(grid)) if _has_value(grid[row])]
    blank = sum(1 for row in range(first + 1, (kept or [0])[-1]) if not _has_value(grid[row]))
    if blank:
        findings.note(f"{'1 row' if blank == 1 else f'{blank} rows'} without any value left out.")
    width = max(_width(grid[row]) for row in [first, *kept])
    header = [value_text(cell, decimal=decimal) for cell in _padded(grid[first], width)]
    columns = [
        np.array(
            [
                value_text(grid[row][at], decimal=decimal) if at < len(grid[row]) else ""
                for row in kept
            ],
            dtype=object,
        )
        for at in range(width)
    ]
    return Sheet(
        form=f"Excel, sheet {shown(name)!r}",
        header=header,
        header_line=first + 1,
        columns=columns,
        lines=np.array(kept, dtype=np.intp) + 1,
    )


def _padded(cells: tuple[Any, ...], width: int) -> tuple[Any, ...]:
    return (*cells, *[None] * (width - len(cells)))[:width]


def _width(cells: tuple[Any, ...]) -> int:
    return max((at + 1 for at, cell in enumerate(cells) if cell not in (None, "")), default=0)


def _tell_formulas(
    grid: Grid, formulas: list[tuple[int, int, str]], first: int, findings: Findings
) -> None:
    """Add an error for each formula whose result the file does not hold."""
    for row, column, text in formulas:
        cells = grid[row] if row < len(grid) else ()
        if column < len(cells) and cells[column] is not None:
            continue
        header = grid[first]
        name = value_text(header[column]).strip() if column < len(header) else ""
        findings.error(
            "formula without result",
            position=column,
            line=row + 1,
            column=shown(name),
            value=shown(text),
            found=f"the formula {shown(text)} without its result",
            expected="a value",
            todo="Open the workbook in Excel, let it calculate, and save it again",
        )


def _tell_markup(markup: SheetMarkup, header_row: int, findings: Findings) -> None:
    if markup.hidden:
        rows = ", ".join(map(str, markup.hidden[:20])) + (" ..." if len(markup.hidden) > 20 else "")
        count = "1 row is" if len(markup.hidden) == 1 else f"{len(markup.hidden)} rows are"
        findings.note(f"{count} hidden in the sheet and read all the same ({rows}).")
    for start, end, top, bottom in markup.merged:
        if bottom <= header_row:
            findings.note(f"Cells {start}:{end} of the header are merged; the name is the first's.")
            continue
        findings.warning(
            "merged cells",
            line=top,
            found=f"the merged cells {start}:{end}, of which only the first holds the value",
            expected="a value in every cell",
            todo="Unmerge them, and fill in the value where it belongs",
        )
