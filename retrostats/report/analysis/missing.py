"""What the report holds of analyses that fill in missing outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from retrostats.analysis.types import Analysis, SensitivityRow
from retrostats.missing.results import MissingEstimate
from retrostats.missing.tipping_result import TippingPoint
from retrostats.report.analysis.words import counted, sentence
from retrostats.report.blocks import Block, Figure, Paragraph
from retrostats.tables.cells import Cell, LongTable, plain

#: Id of the figure of a tipping point.
TIPPING = "tipping"

_FILLED = (
    "Analyses that fill in missing outcomes count everyone with what the model adjusts for, also "
    "subjects without any value after baseline, whom the planned model cannot use. They say what "
    "follows from an assumption and not which assumption is true: the data cannot tell, for the "
    "outcomes that would decide were not observed."
)

_TWO_ERRORS = (
    "The delta rows keep the standard error and the degrees of freedom of the planned model; the "
    "tipping point has the standard error of its own way of filling in. Near the limit the two "
    "need not agree about the same shift."
)

_PLANNED_EXCLUDES = (
    "The planned interval, which is the answer, excludes zero. The two take the missing outcomes "
    "alike and estimate much the same, with different standard errors: here {method}. An answer "
    "that depends on which of them is taken is close to the limit already, and it would not take "
    "much worse outcomes to change it."
)


def missing_blocks(analysis: Analysis, figures: dict[str, str]) -> Iterator[Block]:
    """Yield what missing outcomes mean for the answer; nothing where none is filled in.

    Parameters
    ----------
    analysis
        The answers.
    figures
        Alternative text of each figure by its id.
    """
    if any(row.missing or row.tipping for row in analysis.sensitivity):
        yield Paragraph(text=_FILLED)
    found = tipping_of(analysis)
    if found is None:
        return
    yield Paragraph(text=f"{sentence(found.sentence)} {_judging(found)}".rstrip())
    planned = analysis.answer.ci
    if found.verdict == "open" and (planned.low > 0 or planned.high < 0):
        yield Paragraph(text=_PLANNED_EXCLUDES.format(method=found.start.method))
    if any(each.kind == "delta" for each in analysis.plan.sensitivity):
        yield Paragraph(text=_TWO_ERRORS)
    if TIPPING in figures:
        yield Figure(
            id=TIPPING,
            caption=f"What the answer would be if the missing outcomes of {found.treatment} and "
            f"of {found.comparator} were worse or better than assumed, by the amounts on the axes: "
            "thin lines join equal differences, and the thick line is where the interval touches "
            "no difference.",
            alt=figures[TIPPING],
        )


def tipping_of(analysis: Analysis) -> TippingPoint | None:
    """Return the tipping point of an analysis; a plan has one at most."""
    return next((row.tipping for row in analysis.sensitivity if row.tipping), None)


def _judging(found: TippingPoint) -> str:
    """Say what a reader has to judge, and how many outcomes it is about."""
    count = dict(zip(found.start.arms, found.start.imputed, strict=True))[found.treatment]
    missing = counted(count, "outcome of this arm is", "outcomes of this arm are")
    if found.verdict == "tips":
        return (
            f"{missing[0].upper()}{missing[1:]} missing. Whether they can be so much worse is not "
            "a question of statistics: it is for those who know why these subjects left."
        )
    if found.verdict == "holds":
        return (
            f"{missing[0].upper()}{missing[1:]} missing. No larger shift was tried, as it would be "
            "hard to believe."
        )
    return ""


def missing_json(row: SensitivityRow) -> dict[str, Any]:
    """Return the entries that an analysis of missing outcomes adds to its row."""
    return {
        "missing": _missing(row.missing) if row.missing else None,
        "tipping": _tipping(row.tipping) if row.tipping else None,
    }


def _missing(found: MissingEstimate) -> dict[str, Any]:
    request = found.request
    names = ("within", "between", "df_complete", "fmi", "riv", "replicates", "failures")
    return {
        "strategy": request.strategy,
        "reference": found.arms[request.reference],
        "imputation": request.imputation,
        "inference": request.inference,
        "seed": request.seed,
        "subjects": found.subjects,
        "imputed": dict(zip(found.arms, found.imputed, strict=True)),
        **{name: getattr(found, name) for name in names},
    }


def _tipping(found: TippingPoint) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "sentence": found.sentence,
        "delta": found.delta,
        "sd": found.sd,
        "limit": found.limit,
        "estimate_at": found.at.to_dict() if found.at else None,
        "start": {"estimate": found.start.estimate.to_dict(), **_missing(found.start)},
    }


def missing_rows(analysis: Analysis) -> LongTable:
    """Return how outcomes were filled in: a row per analysis and arm."""
    header = (
        "analysis", "strategy", "reference", "imputation", "inference", "seed", "replicates",
        "failures", "within", "between", "fmi", "df_complete", "arm", "imputed",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for row in analysis.sensitivity:
        found = row.missing or (row.tipping.start if row.tipping else None)
        if found is None:
            continue
        request = found.request
        about = (
            row.label, request.strategy, found.arms[request.reference], request.imputation,
            request.inference, request.seed, found.replicates, found.failures,
            *(plain(getattr(found, name)) for name in ("within", "between", "fmi", "df_complete")),
        )  # fmt: skip
        rows += [(*about, arm, n) for arm, n in zip(found.arms, found.imputed, strict=True)]
    return header, tuple(rows)


def tipping_rows(analysis: Analysis) -> LongTable:
    """Return the grid of shifts: positive is worse for the patient, in the unit of the outcome."""
    header = ("worse_treatment", "worse_comparator", "unit", "estimate", "se", "p")
    found = tipping_of(analysis)
    if found is None:
        return header, ()
    unit, shifts = found.start.estimate.unit, found.deltas.tolist()
    grids = (found.value.tolist(), found.se.tolist(), found.p.tolist())
    rows = tuple(
        (treated, other, unit, *(plain(grid[i][j]) for grid in grids))
        for i, treated in enumerate(shifts)
        for j, other in enumerate(shifts)
    )
    return header, rows
