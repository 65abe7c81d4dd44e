"""Table 1: who was randomised, by arm, with standardised differences and no tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from retrostats.description.types import BaselineRow, BaselineTable, CountCell, NumberCell
from retrostats.layout import Layout
from retrostats.tables.cells import (
    NUMBER_COLUMNS,
    Cell,
    LongTable,
    count_share,
    known,
    mean_sd,
    measured_places,
    names_of,
    plain,
    plain_numbers,
)

#: Decimals of a standardised difference.
_DIFFERENCE = 2

_Line = tuple[int, tuple[str, ...]]


def baseline_layout(
    table: BaselineTable, names: Mapping[str, str] | None = None, *, caption: str = ""
) -> Layout:
    """Lay out Table 1: a row per number, a row per level of a category.

    Means and standard deviations have one decimal more than the values were measured with. Where
    values are missing a row says how many.

    Parameters
    ----------
    table
        What was found.
    names
        Words for readers by label of the arm; the labels where there are none.
    caption
        Above the table.
    """
    heads = zip(names_of(table.arms, names), table.sizes, strict=True)
    header = (
        "",
        *(f"{name} (n = {size})" for name, size in heads),
        f"All (n = {sum(table.sizes)})",
        *(f"Standardised difference, {label}" for label in table.comparisons),
    )
    lines = [line for rows in _blocks(table) for line in _lines(rows, len(table.comparisons))]
    return Layout(
        caption=caption,
        header=header,
        rows=tuple(cells for _, cells in lines),
        indents=tuple(depth for depth, _ in lines),
    )


def _blocks(table: BaselineTable) -> Iterator[list[BaselineRow]]:
    """Yield the rows of one covariate or outcome at a time."""
    for _, rows in groupby(table.rows, key=lambda row: row.name):
        yield list(rows)


def _lines(rows: Sequence[BaselineRow], comparisons: int) -> Iterator[_Line]:
    first = rows[0]
    blank = ("",) * comparisons
    numbers = [cell for cell in first.cells if isinstance(cell, NumberCell)]
    if numbers:
        places = measured_places(numbers) + 1
        unit = f", {first.unit}" if first.unit else ""
        cells = (mean_sd(cell, places) for cell in numbers)
        yield 0, (f"{first.label}{unit}: mean (SD)", *cells, *_differences(first))
    else:
        shared = len({row.differences for row in rows}) == 1
        empty = ("",) * len(first.cells)
        yield 0, (f"{first.label}: n (%)", *empty, *(_differences(first) if shared else blank))
        for row in rows:
            counts = (cell for cell in row.cells if isinstance(cell, CountCell))
            cells = (count_share(cell.count, cell.n) for cell in counts)
            yield 1, (row.level, *cells, *(blank if shared else _differences(row)))
    if any(cell.missing for cell in first.cells):
        yield 1, ("missing: n", *(str(cell.missing) for cell in first.cells), *blank)


def _differences(row: BaselineRow) -> Iterable[str]:
    return (known(value, _DIFFERENCE) for value in row.differences)


def baseline_rows(table: BaselineTable) -> LongTable:
    """Return Table 1 with a row per quantity, level and arm; the arm of all together is empty."""
    header = ("name", "label", "unit", "level", "arm", "count", *NUMBER_COLUMNS)
    found: list[tuple[Cell, ...]] = []
    for row in table.rows:
        for arm, cell in zip((*table.arms, ""), row.cells, strict=True):
            who = (row.name, row.label, row.unit, row.level, arm)
            if isinstance(cell, NumberCell):
                found.append((*who, None, *plain_numbers(cell)))
            elif isinstance(cell, CountCell):
                rest = (None,) * (len(NUMBER_COLUMNS) - 2)
                found.append((*who, cell.count, cell.n, cell.missing, *rest))
    return header, tuple(found)


def baseline_difference_rows(table: BaselineTable) -> LongTable:
    """Return the standardised differences of Table 1, a row per quantity, level and comparison."""
    header = ("name", "label", "level", "comparison", "standardised_difference")
    rows = tuple(
        (row.name, row.label, row.level, label, plain(value))
        for row in table.rows
        for label, value in zip(table.comparisons, row.differences, strict=True)
    )
    return header, rows
