"""Everything of an analysis in numbers, as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from retrostats.analysis.types import Analysis, EndpointResult, PlannedContrast, SubgroupResult
from retrostats.description.types import (
    BaselineRow,
    BaselineTable,
    CountCell,
    Flow,
    NumberCell,
    ResponderTable,
)
from retrostats.estimate import Estimate, EstimateTable
from retrostats.instruments import Change
from retrostats.report.analysis.data import warning_counts
from retrostats.report.analysis.keys import endpoint_keys
from retrostats.report.analysis.missing import missing_json
from retrostats.report.analysis.provenance import digests, versions
from retrostats.report.analysis.responders import risk_ratios
from retrostats.report.exports import round_number

#: Raised when a key of the file changes its meaning or goes.
SCHEMA = 1


def as_json(analysis: Analysis) -> str:
    """Return the analysis as JSON text; a number that does not exist or is infinite is ``null``.

    Parameters
    ----------
    analysis
        The answers. Residuals row by row and subjects are left out: they are patients' data.
    """
    cohort, plan = analysis.cohort, analysis.plan
    content = {
        "schema": SCHEMA,
        "title": cohort.codebook.title,
        "simulated": cohort.codebook.simulated,
        "generated_from": {"digests": digests(analysis), "versions": versions()},
        "plan": {"title": plan.title, "level": plan.model.level},
        "answer": _contrast(analysis.primary.planned[0]),
        "caveats": analysis.caveats,
        "flow": _flow(analysis.flow),
        "baseline": _baseline(analysis.baseline),
        "outcomes": _outcomes(analysis),
        "endpoints": [_endpoint(key, result) for key, result in endpoint_keys(analysis)],
        **_further(analysis),
        "adherence": _adherence(analysis),
        "data": _data(analysis),
    }
    return json.dumps(plain_json(content), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _outcomes(analysis: Analysis) -> list[dict[str, Any]]:
    return [
        {
            "outcome": row.outcome, "unit": row.unit, "visit": row.visit, "week": row.week,
            "arm": row.arm, "values": _cell(row.values),
            "change": _cell(row.change) if row.change else None,
        }
        for row in analysis.outcomes
    ]  # fmt: skip


def _further(analysis: Analysis) -> dict[str, Any]:
    return {
        "unanswered": [
            {"outcome": u.endpoint.outcome, "week": u.endpoint.week, "reason": u.reason}
            for u in analysis.unanswered
        ],
        "responders": [_responders(table, analysis) for table in analysis.responders],
        "improvement": {
            name: [
                {"arm": c.arm, "unit": c.unit, "n": c.n, "improvements": c.improvements,
                 "shares": c.shares}
                for c in curves
            ]
            for name, curves in analysis.curves.items()
        },
        "sensitivity": [
            {"analysis": row.label, "comparison": row.comparison, "subjects": row.subjects,
             "estimate": _estimate(row.estimate), "note": row.note, **missing_json(row)}
            for row in analysis.sensitivity
        ],
        "subgroups": [_subgroup(result) for result in analysis.subgroups],
    }  # fmt: skip


def _adherence(analysis: Analysis) -> list[dict[str, Any]]:
    return [
        {"name": row.name, "unit": row.unit, "arm": row.arm, "values": _cell(row.values),
         "planned": row.planned, "mean_share": row.share}
        for row in analysis.adherence
    ]  # fmt: skip


def plain_json(value: Any) -> Any:
    """Return a JSON value: floats with 12 significant digits, ``None`` where not finite."""
    if isinstance(value, Mapping):
        return {str(key): plain_json(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(entry) for entry in value]
    if isinstance(value, float):
        return round_number(float(value)) if math.isfinite(value) else None
    return value


def _estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    return estimate.to_dict() if estimate else None


def _table(table: EstimateTable) -> list[dict[str, Any]]:
    return [estimate.to_dict() for estimate in table]


def _cell(cell: NumberCell | CountCell) -> dict[str, float]:
    names = type(cell).__dataclass_fields__
    return {name: getattr(cell, name) for name in names}


def _change(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {
        "quantity": change.quantity, "value": change.value, "basis": change.basis,
        "population": change.population, "source": change.source,
    }  # fmt: skip


def _contrast(contrast: PlannedContrast) -> dict[str, Any]:
    judgement = contrast.judgement
    return {
        "treatment": contrast.comparison.treatment,
        "comparator": contrast.comparison.comparator,
        "estimate": _estimate(contrast.estimate),
        "adjusted_p": contrast.adjusted_p,
        "standardised": _estimate(contrast.standardised),
        "verdict": judgement.verdict,
        "sentence": judgement.sentence,
        "smallest_worthwhile_change": _change(judgement.worthwhile),
        "measurement_error": _change(judgement.error),
        "alternatives": [
            {"change": _change(change), "verdict": verdict}
            for change, verdict in judgement.alternatives
        ],
    }


def _flow(flow: Flow) -> dict[str, Any]:
    return {
        "assessed": flow.assessed,
        "not_randomised": dict(flow.not_randomised),
        "randomised": flow.randomised,
        "analysed": flow.analysed,
        "endpoint": flow.endpoint,
        "arms": [
            {
                "arm": arm.arm, "name": arm.name, "randomised": arm.randomised,
                "excluded": dict(arm.excluded),
                "attended": dict(zip(flow.visits, arm.attended, strict=True)),
                "withdrawn": dict(arm.withdrawn), "analysed": arm.analysed,
                "not_analysed": dict(arm.not_analysed),
            }
            for arm in flow.arms
        ],
    }  # fmt: skip


def _baseline(table: BaselineTable) -> list[dict[str, Any]]:
    arms = (*table.arms, "all")
    return [
        {
            "name": row.name,
            "level": row.level,
            "unit": row.unit,
            "cells": dict(zip(arms, map(_cell, _cells(row)), strict=True)),
            "standardised_differences": dict(zip(table.comparisons, row.differences, strict=True)),
            "overall_distances": dict(zip(table.comparisons, row.overall, strict=False)),
        }
        for row in table.rows
    ]


def _cells(row: BaselineRow) -> tuple[NumberCell | CountCell, ...]:
    return row.cells


def _endpoint(key: str, result: EndpointResult) -> dict[str, Any]:
    model = result.model
    names = ("term", "df_numerator", "df_denominator", "f", "p")
    return {
        "key": key,
        "outcome": result.outcome.name,
        "instrument": result.outcome.instrument.id,
        "unit": result.outcome.unit,
        "better": result.outcome.instrument.better,
        "visit": result.visit.label,
        "week": result.visit.week,
        "role": result.role,
        "quantity": result.quantity,
        "planned": [_contrast(contrast) for contrast in result.planned],
        "start": result.start,
        "counts": result.counts,
        "means": {visit: _table(table) for visit, table in result.means.items()},
        "differences": {visit: _table(table) for visit, table in result.differences.items()},
        "model": {
            "kind": model.kind, "formula": model.formula, "covariance": model.covariance,
            "not_fitted": dict(model.not_fitted), "df": model.df, "method": model.method,
            "rows": model.rows, "subjects": model.subjects, "left_out": dict(model.left_out),
            "caveats": model.caveats,
            "tests": [dict(zip(names, test, strict=True)) for test in model.tests],
            "parameters": dict(model.parameters), "loglik": model.loglik, "aic": model.aic,
            "bic": model.bic, "digest": model.digest,
        },
        "residuals": {
            "largest": result.diagnostics.largest,
            "visits": result.diagnostics.visit_labels,
            "correlation": result.diagnostics.correlation,
        },
    }  # fmt: skip


def _responders(table: ResponderTable, analysis: Analysis) -> dict[str, Any]:
    ratios = dict(risk_ratios(table, analysis.plan.comparisons))
    return {
        "outcome": table.outcome, "visit": table.visit, "definition": table.definition,
        "missing_rule": table.missing_rule,
        "arms": [
            {"arm": a.arm, "responders": a.responders, "n": a.n, "missing": a.missing,
             "share": a.proportion.value, "ci": a.proportion.ci._asdict()}
            for a in table.arms
        ],
        "comparisons": [
            {"label": c.label, "difference": _estimate(c.difference),
             "ratio": ratio.to_dict() if (ratio := ratios[c.label]) else None,
             "number_needed": c.number_needed.to_dict()}
            for c in table.comparisons
        ],
    }  # fmt: skip


def _subgroup(result: SubgroupResult) -> dict[str, Any]:
    names = ("df_numerator", "df_denominator", "f", "p")
    return {
        "covariate": result.covariate,
        "effects": _table(result.effects),
        "sizes": result.sizes,
        "interaction": dict(zip(names, result.interaction, strict=True)),
        "note": result.note,
    }


def _data(analysis: Analysis) -> dict[str, Any]:
    cohort = analysis.cohort
    return {
        "file": cohort.file,
        "form": cohort.form,
        "subjects": cohort.n_subjects,
        "rows_read": cohort.ledger.rows_read,
        "rows_used": cohort.ledger.rows_used,
        "rows_left_out": cohort.ledger.reasons(),
        "warnings": [
            {"rule": rule, "column": column, "count": count}
            for rule, column, count in warning_counts(cohort.warnings)
        ],
        "notes": list(cohort.notes),
    }
