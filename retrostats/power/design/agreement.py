"""Holding a design against the plan that its simulated trials are analysed by."""

from __future__ import annotations

from retrostats.plan.names import unknown
from retrostats.plan.types import AnalysisPlan
from retrostats.power.design.fields import DesignFields


def agreement(design: DesignFields, plan: AnalysisPlan) -> tuple[str, ...]:
    """Return what keeps a plan from being applied to trials of a design; empty when nothing does.

    Parameters
    ----------
    design
        Free of faults.
    plan
        Free of contradictions.

    Returns
    -------
    tuple of str
        A sentence for each fault, which says where it stands: an arm, the outcome, the week of
        the endpoint or a covariate of the plan that the design does not have.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"
    >>> plan = rs.read_plan(folder / "plan.toml")
    >>> agreement(rs.read_design(folder / "design.toml"), plan)
    ()
    """
    return (*_arms(design, plan), *_endpoint(design, plan), *_covariates(design, plan))


def _arms(design: DesignFields, plan: AnalysisPlan) -> tuple[str, ...]:
    asked = [(pair.treatment, pair.comparator) for pair in plan.comparisons]
    labels = dict.fromkeys(label for pair in asked for label in pair)
    return tuple(
        f"comparisons of the plan: in the design {unknown('arm', label, design.labels)}"
        for label in labels
        if label not in design.labels
    )


def _endpoint(design: DesignFields, plan: AnalysisPlan) -> tuple[str, ...]:
    found = []
    outcome, week = plan.primary.outcome, plan.primary.week
    if outcome != design.outcome:
        found.append(
            f"endpoint of the plan: {outcome!r} is not the outcome of the design, which is "
            f"{design.outcome!r}; change one of them"
        )
    if week not in design.weeks[1:]:
        weeks = ", ".join(f"{each:g}" for each in design.weeks[1:])
        found.append(
            f"week of the plan: the design has no visit at week {week:g}. There are: {weeks}"
        )
    if len(design.weeks) == 2 and plan.model.kind in ("mmrm", "lmm"):
        found.append(
            f"model of the plan: {plan.model.kind} models repeated visits after baseline, and the "
            "design has one; write ancova, or add a visit"
        )
    return tuple(found)


def _covariates(design: DesignFields, plan: AnalysisPlan) -> tuple[str, ...]:
    names = [each.name for each in design.covariates]
    return tuple(
        f"covariates of the plan: in the design {unknown('covariate', name, names)}"
        for name in plan.model.covariates
        if name not in names
    )
