"""Responders by the definition of a plan, and the curves that need no definition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrostats.data.cohort.types import Cohort
from retrostats.description.groups import group_subjects
from retrostats.description.improvement import Improvement, improvement_of
from retrostats.description.types import (
    ArmResponders,
    ImprovementCurve,
    ResponderComparison,
    ResponderTable,
)
from retrostats.effects.proportions import number_needed_to_treat, proportion, risk_difference
from retrostats.layout import percent
from retrostats.plan.types import Comparison, Endpoint, ResponderPlan


def responder_table(
    cohort: Cohort,
    definition: ResponderPlan,
    comparisons: Sequence[Comparison],
    *,
    level: float = 0.95,
    members: NDArray[np.bool_] | None = None,
) -> ResponderTable:
    """Count who improved by enough, and compare the arms.

    Parameters
    ----------
    cohort
        The trial.
    definition
        Which improvement of which outcome at which week makes a responder, and what becomes of
        those without the outcome at baseline or at the visit.
    comparisons
        Treatment minus comparator.
    level
        Coverage of the intervals: Wilson's of shares, Newcombe's of differences.
    members
        Who is in the population, shape ``(n,)`` in the order of `Cohort.subjects`; everybody
        by default.

    Returns
    -------
    ResponderTable
        An improvement is a change in the direction that the instrument calls better; one equal
        to the threshold counts. Where the threshold is a percentage, subjects whose baseline is
        0 are left out and counted, whether they were seen again or not. A positive difference is
        benefit. A comparison with an empty arm cannot be made, and the table says so.
    """
    groups = group_subjects(cohort, members)
    improvement = improvement_of(groups, definition.endpoint)
    arms = {
        arm: _count(arm, inside, improvement, definition, level)
        for arm, inside in groups.arms.items()
    }
    compared, not_compared = [], []
    for comparison in comparisons:
        treated, control = arms[comparison.treatment], arms[comparison.comparator]
        empty = [arm.arm for arm in (treated, control) if arm.n == 0]
        if empty:
            not_compared.append((comparison.label, f"nobody to count in {' and '.join(empty)}"))
        else:
            compared.append(_compare(comparison.label, treated, control, level))
    return ResponderTable(
        outcome=improvement.outcome.name,
        label=improvement.outcome.label,
        visit=improvement.visit.label,
        definition=_definition(improvement, definition, cohort.codebook.baseline.label),
        missing_rule=_missing_rule(improvement, definition, cohort.codebook.baseline.label),
        arms=tuple(arms.values()),
        comparisons=tuple(compared),
        not_compared=tuple(not_compared),
    )


def improvement_curves(
    cohort: Cohort, endpoint: Endpoint, *, members: NDArray[np.bool_] | None = None
) -> tuple[ImprovementCurve, ...]:
    """Return for each arm the share that improved by at least each amount.

    No single threshold then decides who responded [1]_.

    Parameters
    ----------
    cohort
        The trial.
    endpoint
        The outcome and its week.
    members
        Who is in the population, shape ``(n,)`` in the order of `Cohort.subjects`; everybody
        by default.

    Returns
    -------
    tuple of ImprovementCurve
        One per arm, of those measured at baseline and at the visit. The shares start at 1, at
        the least improvement (which may be a worsening), and fall; between two amounts that
        occurred, the share is that of the larger one.

    References
    ----------
    .. [1] Farrar JT, Dworkin RH, Max MB (2006). J Pain Symptom Manage 31, 369-377.
       doi:10.1016/j.jpainsymman.2005.08.018
    """
    groups = group_subjects(cohort, members)
    improvement = improvement_of(groups, endpoint)
    curves = []
    for arm, inside in groups.arms.items():
        amounts, counts = improvement.distinct(inside)
        at_least = counts[::-1].cumsum()[::-1]
        n = int(counts.sum())
        curves.append(
            ImprovementCurve(
                arm=arm,
                improvements=tuple(amounts.tolist()),
                shares=tuple((at_least / n).tolist()) if n else (),
                n=n,
                unit=improvement.outcome.unit,
            )
        )
    return tuple(curves)


def responder_curves(
    cohort: Cohort, outcome: str, week: float, *, members: NDArray[np.bool_] | None = None
) -> tuple[ImprovementCurve, ...]:
    """Return for each arm the share that improved by at least each amount, for `plot_responders`.

    Parameters
    ----------
    cohort
        The trial.
    outcome, week
        Name of an outcome, and week of a visit, of the codebook.
    members
        As in `improvement_curves`.

    Returns
    -------
    tuple of ImprovementCurve
        As `improvement_curves` returns them; no plan is needed.

    Raises
    ------
    KeyError
        If the codebook has no such outcome or week.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> [(curve.arm, curve.n) for curve in responder_curves(cohort, "womac", 6)]
    [('control', 18), ('retro', 21), ('forward', 20)]
    """
    return improvement_curves(cohort, Endpoint(outcome=outcome, week=week), members=members)


def _count(
    arm: str,
    inside: NDArray[np.bool_],
    improvement: Improvement,
    definition: ResponderPlan,
    level: float,
) -> ArmResponders:
    undefined = inside & improvement.undefined(definition)
    asked = inside & ~undefined
    missing = asked & np.isnan(improvement.amount)
    counted = asked if definition.missing == "non-responder" else asked & ~missing
    responders = int((counted & improvement.reaches(definition)).sum())
    n = int(counted.sum())
    return ArmResponders(
        arm=arm,
        responders=responders,
        n=n,
        missing=int(missing.sum()),
        proportion=proportion(responders, n, level=level),
        undefined=int(undefined.sum()),
    )


def _compare(
    label: str, treated: ArmResponders, control: ArmResponders, level: float
) -> ResponderComparison:
    difference = risk_difference(
        treated.responders, treated.n, control.responders, control.n, level=level, label=label
    )
    return ResponderComparison(
        label=label, difference=difference, number_needed=number_needed_to_treat(difference)
    )


def _definition(improvement: Improvement, definition: ResponderPlan, baseline: str) -> str:
    if definition.basis == "relative":
        amount = percent(definition.improvement)
    else:
        amount = f"{definition.improvement:g} {improvement.outcome.unit}".rstrip()
        # One point, one degree; but a unit as short as "s" is no plural.
        if definition.improvement == 1 and len(improvement.outcome.unit) > 3:
            amount = amount.removesuffix("s")
    return f"improvement of at least {amount} from {baseline} to {improvement.visit.label}"


def _missing_rule(improvement: Improvement, definition: ResponderPlan, baseline: str) -> str:
    what = improvement.outcome.label
    became = {
        "non-responder": "count as non-responders",
        "excluded": "are left out",
    }[definition.missing]
    rule = f"subjects without {what} at {baseline} or {improvement.visit.label} {became}"
    if definition.basis == "absolute":
        return rule
    return f"{rule}; subjects with {what} of 0 at {baseline} are left out"
