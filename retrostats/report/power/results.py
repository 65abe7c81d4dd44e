"""Everything that the report of the power of a plan says in numbers, as JSON and as CSV."""

from __future__ import annotations

import json
from typing import Any

from retrostats.power.simulated.curve import FoundSampleSize, PowerCurve
from retrostats.power.simulated.result import SimulatedPower
from retrostats.report.analysis.csv_tables import as_csv
from retrostats.report.analysis.provenance import versions
from retrostats.report.analysis.results import plain_json
from retrostats.report.power.citing import digests
from retrostats.report.power.numbers import figure_id
from retrostats.report.power.types import PowerStudy
from retrostats.tables.cells import Cell, LongTable, plain

#: Raised when a key of the file changes its meaning or goes.
SCHEMA = 1


def as_json(study: PowerStudy) -> str:
    """Return the report as JSON text; a number that does not exist is ``null``."""
    request = study.request
    content = {
        "schema": SCHEMA,
        "generated_from": {
            "digests": digests(study),
            "seed": request.seed,
            "versions": versions(),
        },
        "asked": {
            "power": None if request.n else request.power,
            "n": list(request.n),
            "replicates": request.replicates,
            "margin": request.margin,
            "precision": request.precision,
        },
        "answer": study.main.to_dict(),
        "found": None if study.found is None else _search(study.found),
        "curves": [_curve(curve) for curve in (study.sizes, *study.curves)],
        "as_designed": study.base.to_dict(),
        "assumptions": [
            {
                "key": change.key,
                "assumption": change.what,
                "changed_to": change.words,
                "why_not": change.why_not or None,
                "design_digest": change.design.digest if change.design else None,
                "power": point.to_dict() if point else None,
            }
            for change, point in study.changed
        ],
        "paragraph": study.paragraph(),
    }
    return json.dumps(plain_json(content), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _search(found: FoundSampleSize) -> dict[str, Any]:
    return {
        "n": found.n,
        "total": found.total,
        "low": found.low,
        "high": found.high,
        "history": [
            dict(zip(("n", "power", "error", "trials"), step, strict=True))
            for step in found.history
        ],
    }


def _curve(curve: PowerCurve) -> dict[str, Any]:
    return {
        "over": curve.over,
        "values": list(curve.values),
        "points": [point.to_dict() for point in curve.points],
        "closed_form": curve.closed_name or None,
        "closed": list(curve.closed),
    }


def csv_tables(study: PowerStudy) -> dict[str, str]:
    """Return the text of each table by its name without suffix."""
    tables: dict[str, LongTable] = {"comparisons": _comparisons([("", study.main)])}
    for curve in (study.sizes, *study.curves):
        tables[figure_id(curve)] = _points(curve)
    tables["assumptions"] = _assumptions(study)
    if study.found is not None:
        tables["search"] = (("n", "power", "power_error", "trials"), study.found.history)
    return {name: as_csv(table) for name, table in tables.items()}


def _comparisons(points: list[tuple[Cell, SimulatedPower]], over: str = "") -> LongTable:
    """Return a row for each comparison of each simulation."""
    first = points[0][1].primary.to_dict()
    header = (*([over] if over else []), "total", *first)
    rows = [
        (*([value] if over else []), point.total, *map(_cell, each.to_dict().values()))
        for value, point in points
        for each in point
    ]
    return header, tuple(rows)


def _points(curve: PowerCurve) -> LongTable:
    """Return the rows of a curve, with the closed form of the first comparison."""
    pairs: list[tuple[Cell, SimulatedPower]] = list(zip(curve.values, curve.points, strict=True))
    header, rows = _comparisons(pairs, curve.over)
    each = len(curve.points[0])
    closed = [
        plain(curve.closed[place // each]) if curve.closed and place % each == 0 else None
        for place in range(len(rows))
    ]
    joined = tuple((*row, value) for row, value in zip(rows, closed, strict=True))
    return (*header, "closed"), joined


def _assumptions(study: PowerStudy) -> LongTable:
    header = ("assumption", "changed_to", "power", "power_error", "why_not")
    base = study.base.aimed
    rows: list[tuple[Cell, ...]] = [("as designed", "", plain(base.value), plain(base.error), "")]
    for change, point in study.changed:
        numbers: tuple[Cell, ...] = (None, None)
        if point is not None:
            numbers = (plain(point.aimed.value), plain(point.aimed.error))
        rows.append((change.what, change.words, *numbers, change.why_not))
    return header, tuple(rows)


def _cell(value: float | str) -> Cell:
    return plain(value) if isinstance(value, float) else value
