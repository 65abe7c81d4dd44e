"""The answers: each comparison with its interval, its standardised effect and its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from retrostats.estimate import Estimate
from retrostats.layout import Layout, limits, number, p_number
from retrostats.tables.cells import (
    ESTIMATE_COLUMNS,
    NONE,
    Cell,
    LongTable,
    estimate_places,
    interval_head,
    plain,
    plain_estimate,
)

#: Decimals of an effect in standard deviations.
_SD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastLine:
    """One comparison at one endpoint.

    Attributes
    ----------
    label
        The comparison in words, e.g. ``"Retro walking - control"``.
    outcome, visit, unit
        Of the endpoint, in words; the unit of the estimate.
    estimate
        Treatment minus comparator.
    adjusted_p
        Under the multiplicity of the plan; None where it adjusts nothing.
    standardised
        The effect in standard deviations; None where it cannot be made.
    verdict
        What the interval says of a worthwhile effect, in words.
    """

    label: str
    outcome: str
    visit: str
    unit: str
    estimate: Estimate
    adjusted_p: float | None
    standardised: Estimate | None
    verdict: str


def contrasts_layout(lines: Sequence[ContrastLine], *, caption: str = "") -> Layout:
    """Lay out comparisons, a heading per endpoint and a row per comparison below it.

    Estimates of an endpoint have two digits of their smallest standard error; columns of adjusted
    p values and of standardised effects stand only where there are any.

    Parameters
    ----------
    lines
        In reading order, those of one endpoint together.
    caption
        Above the table.
    """
    adjusted = any(line.adjusted_p is not None for line in lines)
    standardised = any(line.standardised for line in lines)
    interval = _interval_head([line.estimate for line in lines])
    header = ["", "Difference", interval, "p"]
    header += ["Adjusted p"] if adjusted else []
    if standardised:
        header += ["Standardised (SD)", _interval_head([line.standardised for line in lines])]
    header += ["Verdict"]
    rows: list[tuple[str, ...]] = []
    indents: list[int] = []
    for (outcome, visit, unit), found in groupby(lines, key=_endpoint):
        group = list(found)
        places = estimate_places(line.estimate for line in group)
        endpoint = f"{outcome}, {visit} ({unit})" if unit else f"{outcome}, {visit}"
        rows.append((endpoint, *[""] * (len(header) - 1)))
        for line in group:
            cells = [line.label, *_cells(line.estimate, places), p_number(line.estimate.p)]
            cells += [_adjusted(line)] if adjusted else []
            cells += _cells(line.standardised, _SD) if standardised else []
            rows.append((*cells, line.verdict))
        indents += [0, *[1] * len(group)]
    return Layout(
        caption=caption,
        header=tuple(header),
        rows=tuple(rows),
        closing_words=1,
        indents=tuple(indents),
    )


def _endpoint(line: ContrastLine) -> tuple[str, str, str]:
    return line.outcome, line.visit, line.unit


def _adjusted(line: ContrastLine) -> str:
    return NONE if line.adjusted_p is None else p_number(line.adjusted_p)


def _cells(estimate: Estimate | None, places: int) -> list[str]:
    if estimate is None:
        return [NONE, NONE]
    return [number(estimate.value, places), limits(*estimate.ci[:2], places)]


def _interval_head(estimates: Sequence[Estimate | None]) -> str:
    return interval_head(estimate.ci.level for estimate in estimates if estimate)


def contrasts_rows(lines: Sequence[ContrastLine]) -> LongTable:
    """Return a row per comparison: the estimate, the adjusted p, and the standardised effect."""
    header = (
        "outcome", "visit", "comparison", "unit", *ESTIMATE_COLUMNS, "adjusted_p",
        *(f"standardised_{column}" for column in ESTIMATE_COLUMNS), "verdict",
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            line.outcome, line.visit, line.label, line.unit, *plain_estimate(line.estimate),
            plain(line.adjusted_p), *plain_estimate(line.standardised), line.verdict,
        )
        for line in lines
    )  # fmt: skip
    return header, rows
