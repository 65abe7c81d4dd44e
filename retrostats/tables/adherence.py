"""How much of the treatment was taken, by arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from retrostats.description.types import AdherenceRow
from retrostats.layout import Layout, Range, Words, Written
from retrostats.tables.cells import (
    NONE,
    NUMBER_COLUMNS,
    LongTable,
    known,
    mean_sd,
    measured_places,
    median_quartiles,
    names_of,
    plain,
    plain_numbers,
    share,
    shown_places,
)


def adherence_layout(
    rows: Sequence[AdherenceRow], *, names: Mapping[str, str] | None = None, caption: str = ""
) -> Layout:
    """Lay out adherence, a heading per measure and a row per arm below it.

    Parameters
    ----------
    rows
        Those of one measure together.
    names
        Words for readers by label of the arm.
    caption
        Above the table.
    """
    header = ("", "n", "Missing", "Mean (SD)", "Median (quartiles)", "Range", "Mean share of plan")
    found: list[tuple[str, ...]] = []
    indents: list[int] = []
    for _, group in groupby(rows, key=lambda row: row.name):
        arms = list(group)
        values = [row.values for row in arms]
        measured = measured_places(values)
        places = measured, shown_places(values, measured)
        found.append((_heading(arms[0], measured), *[""] * (len(header) - 1)))
        found += [_cells(row, places, names) for row in arms]
        indents += [0, *[1] * len(arms)]
    return Layout(caption=caption, header=header, rows=tuple(found), indents=tuple(indents))


def _heading(row: AdherenceRow, places: int) -> str:
    unit = f" ({row.unit})" if row.unit else ""
    if row.planned is None:
        return f"{row.label}{unit}"
    return Written(Words(f"{row.label}{unit}"), f", planned {row.planned:.{places}f}")


def _cells(
    row: AdherenceRow, places: tuple[int, int], names: Mapping[str, str] | None
) -> tuple[str, ...]:
    """Write a row: the range with the decimals measured, all else with those shown."""
    values, (measured, shown) = row.values, places
    extremes = Written(Range(known(values.low, measured), known(values.high, measured)))
    return (
        *names_of([row.arm], names),
        str(values.n),
        str(values.missing),
        mean_sd(values, shown),
        median_quartiles(values, shown),
        extremes if values.n else NONE,
        NONE if row.share is None else share(row.share, values.n),
    )


def adherence_rows_long(rows: Sequence[AdherenceRow]) -> LongTable:
    """Return a row per measure and arm."""
    header = ("name", "label", "unit", "arm", *NUMBER_COLUMNS, "planned", "mean_share")
    found = tuple(
        (row.name, row.label, row.unit, row.arm, *plain_numbers(row.values), plain(row.planned),
         plain(row.share))
        for row in rows
    )  # fmt: skip
    return header, found
