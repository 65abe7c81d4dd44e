"""An outcome as observed: per visit and arm its mean, its SD and its change from baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from retrostats.description.types import VisitSummary
from retrostats.layout import Layout
from retrostats.tables.cells import (
    NONE,
    NUMBER_COLUMNS,
    LongTable,
    mean_sd,
    measured_places,
    median_quartiles,
    names_of,
    plain_numbers,
    shown_places,
)

_HEADER = (
    "",
    "n",
    "Missing",
    "Mean (SD)",
    "Median (quartiles)",
    "Change: n",
    "Change: mean (SD)",
)


def outcomes_layout(
    rows: Sequence[VisitSummary],
    outcome: str,
    *,
    names: Mapping[str, str] | None = None,
    caption: str | None = None,
) -> Layout:
    """Lay out one outcome, a heading per visit and a row per arm below it.

    Parameters
    ----------
    rows
        Of any outcomes.
    outcome
        Name of the one to lay out.
    names
        Words for readers by label of the arm.
    caption
        Above the table; label and unit of the outcome when omitted.

    Raises
    ------
    ValueError
        If no row belongs to the outcome.
    """
    own = [row for row in rows if row.outcome == outcome]
    if not own:
        known = ", ".join(dict.fromkeys(row.outcome for row in rows))
        raise ValueError(f"outcomes_layout: no summary of {outcome!r}; there are {known or 'none'}")
    unit = f" ({own[0].unit})" if own[0].unit else ""
    lines = list(_lines(own, names))
    return Layout(
        caption=f"{own[0].label}{unit}" if caption is None else caption,
        header=_HEADER,
        rows=tuple(cells for _, cells in lines),
        indents=tuple(depth for depth, _ in lines),
    )


def _lines(
    rows: Sequence[VisitSummary], names: Mapping[str, str] | None
) -> Iterator[tuple[int, tuple[str, ...]]]:
    values = [row.values for row in rows]
    places = shown_places(values, measured_places(values))
    for visit, arms in groupby(rows, key=lambda row: row.visit):
        yield 0, (visit, *[""] * (len(_HEADER) - 1))
        for row in arms:
            change = (NONE, NONE)
            if row.change is not None:
                change = str(row.change.n), mean_sd(row.change, places)
            yield (
                1,
                (
                    *names_of([row.arm], names),
                    str(row.values.n),
                    str(row.values.missing),
                    mean_sd(row.values, places),
                    median_quartiles(row.values, places),
                    *change,
                ),
            )


def outcomes_rows(rows: Sequence[VisitSummary]) -> LongTable:
    """Return a row per outcome, visit, arm and quantity (``"value"``, ``"change"``)."""
    header = (
        "outcome", "label", "unit", "visit", "week", "arm", "quantity", *NUMBER_COLUMNS,
    )  # fmt: skip
    found = tuple(
        (row.outcome, row.label, row.unit, row.visit, row.week, row.arm, quantity, *numbers)
        for row in rows
        for quantity, cell in (("value", row.values), ("change", row.change))
        if cell is not None
        for numbers in (plain_numbers(cell),)
    )
    return header, found
