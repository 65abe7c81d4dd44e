"""Everything that the report of pooled trials says in numbers, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from retrostats.report.analysis.provenance import versions
from retrostats.report.analysis.results import plain_json
from retrostats.report.meta.citing import digests
from retrostats.report.meta.compare import Comparison
from retrostats.report.meta.grade import as_dict
from retrostats.report.meta.synthesis import Further, Synthesis
from retrostats.report.meta.types import Contribution

#: Raised when a key of the file changes its meaning or goes.
SCHEMA = 1


def as_json(synthesis: Synthesis) -> str:
    """Return the report as JSON text; a number that does not exist or is infinite is ``null``."""
    evidence, judgements = synthesis.evidence, synthesis.judgements
    content = {
        "schema": SCHEMA,
        "generated_from": {"digests": dict(digests(synthesis)), "versions": versions()},
        "outcome": evidence.outcome,
        "direction": evidence.direction,
        "favours": list(evidence.favours) if evidence.favours else None,
        "pooled": synthesis.pooled.to_dict() if synthesis.pooled else None,
        "why_not_pooled": synthesis.why_not or None,
        "estimates": [_row(row) for row in evidence.rows],
        "left_out": [{"trial": trial, "reason": why} for trial, why in evidence.left_out],
        "unrelated": [{"trial": trial, "reason": why} for trial, why in evidence.unrelated],
        "counts": dict(evidence.counts),
        "caveats": list(evidence.caveats),
        **_further(synthesis.further),
        "reviews": [_published(synthesis, place) for place in range(len(synthesis.published))],
        "grade": as_dict(synthesis),
        "search": dict(judgements.search),
    }
    return json.dumps(plain_json(content), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _row(row: Contribution) -> dict[str, Any]:
    estimate = row.estimate.to_dict() if row.estimate else None
    return {
        "trial": row.trial,
        "label": row.label,
        "comparison": row.contrast,
        "outcome": row.outcome,
        "timepoint": row.timepoint,
        "route": row.route,
        "n": row.n,
        "estimate": estimate,
        "used": row.used,
        "why_not": row.why_not or None,
        "caveats": list(row.caveats),
    }


def _further(further: Further) -> dict[str, Any]:
    heterogeneity, without, egger = further.heterogeneity, further.leave_one_out, further.egger
    found: dict[str, Any] = {"heterogeneity": None, "leave_one_out": None, "egger": None}
    if heterogeneity is not None:
        found["heterogeneity"] = {
            name: {"estimate": getattr(heterogeneity, name), "ci": limits._asdict()}
            for name, limits in (
                ("tau2", heterogeneity.tau2_ci),
                ("tau", heterogeneity.tau_ci),
                ("i2", heterogeneity.i2_ci),
                ("h2", heterogeneity.h2_ci),
            )
        } | {"method": heterogeneity.method, "caveats": list(heterogeneity.caveats)}
    if without is not None:
        found["leave_one_out"] = [
            {"omitted": name, "pooled": fit.pooled.to_dict(), "tau2": fit.tau2, "i2": fit.i2}
            for name, fit in zip(without.omitted, without.fits, strict=True)
        ]
    if egger is not None:
        found["egger"] = {
            "slope": egger.slope.to_dict(),
            "limit": egger.limit.to_dict() if egger.limit else None,
            "predictor": egger.predictor,
            "model": egger.model,
            "caveats": list(egger.caveats),
        }
    found["sensitivity"] = further.sensitivity.to_dict() if further.sensitivity else None
    return found | {"why_not": dict(further.why_not)}


def _published(synthesis: Synthesis, place: int) -> dict[str, Any]:
    published = synthesis.published[place]
    held = next((c for c in synthesis.comparisons if c.published is published), None)
    return asdict(published) | {"compared": _compared(held) if held else None}


def _compared(comparison: Comparison) -> dict[str, Any]:
    return {
        "difference": comparison.difference,
        "intervals_overlap": comparison.overlap,
        "theirs_within_ours": comparison.inside,
        "reasons": list(comparison.reasons),
    }
