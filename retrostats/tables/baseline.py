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
    shown_places,
)

#: Decimals of a standardised difference.
_DIFFERENCE = 2
#: Of a category with as many levels, the differences of its levels say all.
_SIGNED = 2

_Line = tuple[int, tuple[str, ...]]


def baseline_layout(
    table: BaselineTable, names: Mapping[str, str] | None = None, *, caption: str = ""
) -> Layout:
    """Lay out Table 1: a row per number, a row per level of a category.

    Decimals of means and standard deviations: see `retrostats.tables.cells.shown_places`. On the
    heading row of a category of three levels or more stands the distance of all levels together,
    without sign. Where values are missing a row says how many.

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
        places = shown_places(numbers, measured_places(numbers))
        unit = f", {first.unit}" if first.unit else ""
        cells = (mean_sd(cell, places) for cell in numbers)
        yield 0, (f"{first.label}{unit}: mean (SD)", *cells, *_differences(first))
    else:
        empty = ("",) * len(first.cells)
        overall = first.overall if len(rows) > _SIGNED else ()
        distances = tuple(known(value, _DIFFERENCE) for value in overall) or blank
        yield 0, (f"{first.label}: n (%)", *empty, *distances)
        for row in rows:
            counts = (cell for cell in row.cells if isinstance(cell, CountCell))
            cells = (count_share(cell.count, cell.n) for cell in counts)
            yield 1, (row.level, *cells, *_differences(row))
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
    """Return the standardised differences of Table 1, a row per quantity, level and comparison.

    The distance of all levels together stands on the rows of the first level of a category.
    """
    header = (
        "name", "label", "level", "comparison", "standardised_difference", "all_levels_distance",
    )  # fmt: skip
    rows = tuple(
        (row.name, row.label, row.level, label, plain(value), plain(distance))
        for row in table.rows
        for label, value, distance in zip(
            table.comparisons, row.differences, row.overall or (None,) * len(row.differences),
            strict=True,
        )
    )  # fmt: skip
    return header, rows
