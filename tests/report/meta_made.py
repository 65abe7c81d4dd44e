"""Evidence and syntheses for the tests of the report of pooled trials."""

from __future__ import annotations

from functools import cache
from typing import Any

import retrostats as rs
from retrostats.data.catalogue import load_trials
from retrostats.report.meta.evidence import evidence_of_trials
from retrostats.report.meta.synthesis import Synthesis, synthesise
from retrostats.report.meta.types import Contribution, Evidence

VALUES = ((-0.9, 0.32), (-0.15, 0.22), (-0.4, 0.28), (-0.62, 0.35), (-0.1, 0.18))


def evidence(trials: int = 3, **more: Any) -> Evidence:
    """Return invented evidence on pain; negative values are benefit."""
    estimates = tuple(
        rs.Estimate.from_se(f"Trial {place + 1}", *VALUES[place % 5], unit="SD")
        for place in range(trials)
    )
    rows = tuple(
        Contribution(
            trial=f"t{place}",
            label=each.label,
            contrast="BW - control",
            outcome="pain",
            timepoint="6wk",
            route="given",
            estimate=each,
            n=40 + place,
            used=True,
        )
        for place, each in enumerate(estimates)
    )
    fields: dict[str, Any] = {
        "outcome": "pain",
        "origin": "invented",
        "caption": "Pain",
        "estimates": estimates,
        "studies": tuple(each.label for each in estimates),
        "rows": rows,
        "left_out": (("Nobody 2020", "no figure"),),
        "unrelated": (("Noone 2021", "no pain"),),
        "counts": (("on file", 9), ("with an estimate", trials)),
        "favours": ("retro walking", "control"),
        "benefit": "negative",
    }
    return Evidence(**(fields | more))


@cache
def reviews() -> tuple[Any, ...]:
    return load_trials()


@cache
def real(outcome: str) -> Synthesis:
    """Return what the bundled trials say on an outcome."""
    return synthesise(evidence_of_trials(rs.collect(outcome)), reviews=reviews())
