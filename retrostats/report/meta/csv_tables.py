"""The estimates, the trials left out and the sensitivity of the pool, for spreadsheets."""

from __future__ import annotations

from retrostats.report.analysis.csv_tables import as_csv
from retrostats.report.meta.synthesis import Synthesis
from retrostats.tables.cells import ESTIMATE_COLUMNS, Cell, LongTable, plain, plain_estimate


def csv_tables(synthesis: Synthesis) -> dict[str, str]:
    """Return the text of each file by its name; a table without rows keeps its header."""
    return {
        "estimates.csv": as_csv(_estimates(synthesis)),
        "left_out.csv": as_csv(_left_out(synthesis)),
        "sensitivity.csv": as_csv(_sensitivity(synthesis)),
    }


def _sensitivity(synthesis: Synthesis) -> LongTable:
    """Return the pool under each choice; a choice that gives none says why in its note."""
    header = (
        "group", "choice", "trials", "unit", *ESTIMATE_COLUMNS, "tau2", "i2", "prediction_low",
        "prediction_high", "conclusion_differs", "note",
    )  # fmt: skip
    found = synthesis.further.sensitivity
    rows: list[tuple[Cell, ...]] = []
    for row in found.rows if found else ():
        reach = (row.prediction.low, row.prediction.high) if row.prediction else (None, None)
        effect = (row.pooled.unit if row.pooled else "", *plain_estimate(row.pooled))
        spread = (plain(row.tau2), plain(row.i2), *reach)
        differs = "yes" if row.differs else "no"
        rows.append((row.group, row.label, row.k, *effect, *spread, differs, row.note))
    return header, tuple(rows)


def _left_out(synthesis: Synthesis) -> LongTable:
    evidence = synthesis.evidence
    rows = [(trial, "yes", why) for trial, why in evidence.left_out]
    rows += [(trial, "no", why) for trial, why in evidence.unrelated]
    return ("trial", "has_outcome", "reason"), tuple(rows)


def _estimates(synthesis: Synthesis) -> LongTable:
    """Return every estimate that was possible, and the weight of those that are pooled."""
    header = (
        "trial", "label", "comparison", "outcome", "timepoint", "route", "n", "unit",
        *ESTIMATE_COLUMNS, "pooled", "weight", "why_not", "caveats",
    )  # fmt: skip
    weights = iter(synthesis.pooled.weights if synthesis.pooled else ())
    rows: list[tuple[Cell, ...]] = []
    for row in synthesis.evidence.rows:
        weight = next(weights, None) if row.used else None
        told: tuple[Cell, ...] = ("",) + (None,) * len(ESTIMATE_COLUMNS)
        if row.estimate is not None:
            told = (row.estimate.unit, *plain_estimate(row.estimate))
        about = (row.trial, row.label, row.contrast, row.outcome, row.timepoint, row.route, row.n)
        pooled = "yes" if row.used and synthesis.pooled else "no"
        rows.append((*about, *told, pooled, weight, row.why_not, "; ".join(row.caveats)))
    return header, tuple(rows)
