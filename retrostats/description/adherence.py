"""How much of the treatment the subjects took."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrostats.data.cohort.types import Cohort
from retrostats.description.groups import group_subjects
from retrostats.description.numbers import number_cell
from retrostats.description.types import AdherenceRow


def adherence_rows(
    cohort: Cohort, *, members: NDArray[np.bool_] | None = None
) -> tuple[AdherenceRow, ...]:
    """Describe every adherence measure of the codebook in every arm.

    Parameters
    ----------
    cohort
        The trial.
    members
        Who is in the population, shape ``(n,)`` in the order of `Cohort.subjects`; everybody
        by default.

    Returns
    -------
    tuple of AdherenceRow
        By measure and arm. The share of what was planned is the mean over it; ``None`` where
        nothing was planned or nobody was recorded. More than planned gives more than 1.
    """
    groups = group_subjects(cohort, members)
    rows = []
    for measure in cohort.codebook.adherence:
        column = groups.subjects[measure.name].to_numpy(dtype=np.float64, na_value=np.nan)
        for arm, inside in groups.arms.items():
            cell = number_cell(column[inside])
            share = cell.mean / measure.planned if measure.planned and cell.n else None
            rows.append(
                AdherenceRow(
                    name=measure.name,
                    label=measure.label,
                    unit=measure.unit,
                    arm=arm,
                    values=cell,
                    planned=measure.planned,
                    share=share,
                )
            )
    return tuple(rows)
