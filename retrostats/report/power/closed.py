"""The closed form beside the simulation: what it assumes, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.report.power.types import PowerStudy

#: What each closed form takes as given, beyond what the simulation does.
ASSUMES = {
    "power_mmrm": (
        "takes scores as normal, with the standard deviations that the scale leaves but the "
        "correlations of scores before rounding, one standard deviation for both arms, and "
        "dropout that depends on no score; its standard error and degrees of freedom are those "
        "that Kenward and Roger's method has on average"
    ),
    "power_ancova": (
        "takes scores as normal, with the standard deviations that the scale leaves but the "
        "correlation of scores before rounding, and as many subjects as have a score at the end "
        "on average, lost without regard to their scores"
    ),
}


def closed_sentences(study: PowerStudy) -> Iterator[str]:
    """Yield what the dashed line is, or why no closed form describes this trial."""
    curve = study.sizes
    if curve.closed:
        yield (
            f"The closed form beside the simulation is rs.{curve.closed_name}, an approximation "
            f"without chance: it {ASSUMES[curve.closed_name]}. Where the two part, the "
            "simulation is nearer to the trial."
        )
        return
    reasons = list(_reasons(study)) or ["its model has none"]
    yield (
        "No closed form stands beside the simulation, since none describes this trial: "
        f"{'; '.join(reasons)}."
    )


def _reasons(study: PowerStudy) -> Iterator[str]:
    design, plan = study.design, study.plan
    if study.request.margin is not None:
        yield "a margin was asked for"
    if len(design.arms) > 2:
        yield f"it has {len(design.arms)} arms"
    if plan.model.covariates:
        yield "its model has covariates beside the baseline"
    if len(plan.comparisons) > 1 and plan.multiplicity.method == "holm":
        yield "its p values are adjusted by Holm's method"
    if design.intermittent:
        yield "visits are missed by those who stay"
    if plan.primary.week != design.weeks[-1]:
        yield "its endpoint is before the last visit"
