"""The closed form beside the simulation: what it assumes, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.report.power.types import PowerStudy

#: What each closed form takes as given, beyond what the simulation does.
ASSUMES = {
    "power_mmrm": (
        "takes scores as normal, with one covariance for both arms, and dropout that depends on "
        "no score; its standard error and degrees of freedom are those that Kenward and Roger's "
        "method has on average"
    ),
    "power_ancova": (
        "takes scores as normal, with one standard deviation and correlation for both arms, and "
        "the precision that those with a score at the end give on average, the others being lost "
        "without regard to their scores"
    ),
}
#: What a scale does to the numbers that go into a closed form.
_RECORDED = (
    "Its means, standard deviations and correlations are not those of the design but those that "
    "scores have once they are rounded to the scale and cut at its ends."
)


def closed_sentences(study: PowerStudy) -> Iterator[str]:
    """Yield what the dashed line is, or why no closed form describes this trial."""
    curve = study.sizes
    if curve.closed:
        yield (
            f"The closed form beside the simulation is rs.{curve.closed_name}, an approximation "
            f"without chance: it {ASSUMES[curve.closed_name]}."
        )
        if study.design.scale is not None:
            yield _RECORDED
        yield "Where the two part, the simulation is nearer to the trial."
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
