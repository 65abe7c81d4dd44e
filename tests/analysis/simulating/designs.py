"""Designs and plans that the tests of simulated power share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from retrostats.plan.names import default_model
from retrostats.plan.types import (
    AnalysisPlan,
    Comparison,
    Endpoint,
    Estimand,
    Multiplicity,
)
from retrostats.power.design.types import (
    DesignArm,
    Dropout,
    MeasurementScale,
    SimulatedCovariate,
    TrialDesign,
    exchangeable,
)

#: Means at baseline, week 3 and week 6.
MEANS = {"control": (6.0, 5.4, 5.0), "retro": (6.0, 4.8, 4.0), "forward": (6.0, 5.1, 4.5)}


def a_design(*arms: str, **changes: Any) -> TrialDesign:
    """Return a trial of three visits with dropout by the last score and a scale from 0 to 10."""
    design = TrialDesign(
        title="Retro walking",
        outcome="pain",
        unit="points",
        visits=("baseline", "week 3", "week 6"),
        weeks=(0.0, 3.0, 6.0),
        arms=tuple(
            DesignArm(label=arm, means=MEANS[arm], dropout=(0.0, 0.08, 0.15))
            for arm in arms or ("control", "retro")
        ),
        sds=(1.5, 1.6, 1.7),
        correlation=exchangeable(0.5, 3),
        dropout=Dropout(mechanism="MAR", odds_ratio=1.8),
        scale=MeasurementScale(low=0.0, high=10.0, step=0.5),
        covariates=(
            SimulatedCovariate(
                name="grade", levels=("2", "3", "4"), shares=(0.4, 0.4, 0.2), correlation=0.2
            ),
            SimulatedCovariate(name="age", mean=60.0, sd=8.0),
        ),
    )
    return replace(design, **changes)


def a_null(**changes: Any) -> TrialDesign:
    """Return a design whose arms have the same means, without a scale."""
    arms = tuple(
        DesignArm(label=label, means=MEANS["control"], dropout=(0.0, 0.08, 0.15))
        for label in ("control", "retro")
    )
    return a_design(**({"arms": arms, "scale": None} | changes))


def a_plan(kind: Any = "mmrm", *pairs: tuple[str, str], method: Any = "none", **model: Any) -> Any:
    """Return a plan of pain at week 6; pairs are treatment and comparator."""
    comparisons = tuple(
        Comparison(treatment=one, comparator=other)
        for one, other in pairs or (("retro", "control"),)
    )
    return AnalysisPlan(
        title="Plan",
        estimand=Estimand(
            comparison=comparisons[0],
            population="adults with knee pain",
            endpoint=Endpoint(outcome="pain", week=6.0),
            intercurrent=(),
        ),
        comparisons=comparisons,
        multiplicity=Multiplicity(method=method),
        model=replace(default_model(kind), **model),
    )


THREE = (("retro", "control"), ("forward", "control"), ("retro", "forward"))
