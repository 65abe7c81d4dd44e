"""Rules about what an ADaM file derives: baseline values and changes, against its own values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from retrostats.arrays import Floats
from retrostats.data.checks.evidence import Evidence, Found
from retrostats.data.checks.quantities import Quantity
from retrostats.data.cohort.matching import plain, shorten, show

#: What floating point adds to half a unit of the last digit.
_ROUNDING = 1e-9


def base_differs(evidence: Evidence) -> Iterator[Found]:
    """Yield each BASE that is not the value of its subject at baseline."""
    for quantity in evidence.of_kind("base"):
        expected = _by_cell(evidence, quantity)[0]
        what = f"the value at {evidence.codebook.baseline.label}"
        yield from _differing(evidence, quantity, expected, what)


def change_differs(evidence: Evidence) -> Iterator[Found]:
    """Yield each CHG that is not the value less that at baseline."""
    for quantity in evidence.of_kind("change"):
        first, value = _by_cell(evidence, quantity)
        what = f"the value minus that at {evidence.codebook.baseline.label}"
        yield from _differing(evidence, quantity, value - first, what)


def _by_cell(evidence: Evidence, quantity: Quantity) -> tuple[Floats, Floats]:
    """Return for each cell its subject's value at baseline and at the visit of the cell."""
    key = ("outcome", quantity.name)
    entries = quantity.cells.entries
    first = np.full(len(entries.rows), np.nan)
    value = first.copy()
    if key in evidence.grids:
        grid = evidence.grids[key].values  # type: ignore[index]
        known = (entries.subjects >= 0) & (entries.visits >= 0)
        first[known] = grid[entries.subjects[known], evidence.baseline]
        value[known] = grid[entries.subjects[known], entries.visits[known]]
    return first, value


def _differing(
    evidence: Evidence, quantity: Quantity, expected: Floats, what: str
) -> Iterator[Found]:
    given = quantity.entry_values()
    gap = np.abs(given - expected)
    for entry in map(int, np.flatnonzero(gap > _ROUNDING)):
        text = quantity.cells.text(entry)
        if gap[entry] <= _half_unit(text) + _ROUNDING * max(1.0, abs(expected[entry])):
            continue
        yield Found(
            evidence.line(quantity, entry),
            quantity.cells.column_of(entry),
            shorten(text),
            f"{show(text)} is not {what}",
            f"{plain(round(float(expected[entry]), 9))}, as the values of the file give",
            "correct it, or take the column out of [roles] if it is defined otherwise",
        )


def _half_unit(text: str) -> float:
    """Return half a unit of the last digit of a number as written."""
    decimals = len(text.replace(",", ".").partition(".")[2])
    return float(0.5 * 10.0**-decimals) if decimals and "e" not in text.casefold() else 0.0
