"""Every outcome in every arm at every visit, as observed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrostats.data.cohort.types import Cohort
from retrostats.description.groups import group_subjects
from retrostats.description.numbers import number_cell
from retrostats.description.types import VisitSummary


def outcome_summaries(
    cohort: Cohort, *, members: NDArray[np.bool_] | None = None
) -> tuple[VisitSummary, ...]:
    """Describe the outcomes as observed; nothing is imputed.

    Parameters
    ----------
    cohort
        The trial.
    members
        Who is in the population, shape ``(n,)`` in the order of `Cohort.subjects`; everybody
        by default.

    Returns
    -------
    tuple of VisitSummary
        By outcome, visit and arm, in the order of the codebook. Missing are the members of the
        arm without the value. The change is follow-up minus baseline among those with both, so
        that its mean need not be the difference of the means; up to baseline there is none.
    """
    groups = group_subjects(cohort, members)
    codebook = cohort.codebook
    first = codebook.visits.index(codebook.baseline)
    summaries = []
    for outcome in codebook.outcomes:
        values = groups.values(outcome.name)
        changes = values - values[:, [first]]
        for at, visit in enumerate(codebook.visits):
            summaries += [
                VisitSummary(
                    outcome=outcome.name,
                    label=outcome.label,
                    unit=outcome.unit,
                    visit=visit.label,
                    week=visit.week,
                    arm=arm,
                    values=number_cell(values[inside, at]),
                    change=number_cell(changes[inside, at]) if at > first else None,
                )
                for arm, inside in groups.arms.items()
            ]
    return tuple(summaries)
