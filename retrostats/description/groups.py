"""Which rows of a cohort belong to which arm, visit and population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.data.codebook.types import Visit
from retrostats.data.cohort.types import Cohort

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """The subjects of a population by arm; arrays follow `Cohort.subjects`.

    Attributes
    ----------
    cohort
        The trial.
    subjects
        One row per subject, also of those who are not members.
    members
        Whether a subject is in the population, shape ``(n,)``.
    arms
        For each label: whether a subject is a member with this arm, shape ``(n,)``.
    """

    cohort: Cohort
    subjects: pd.DataFrame
    members: NDArray[np.bool_]
    arms: dict[str, NDArray[np.bool_]]

    def values(self, outcome: str) -> Floats:
        """Return an outcome as ``(subjects, visits)``, visits in the order of the codebook."""
        column = self.cohort.frame[outcome].to_numpy(dtype=np.float64, na_value=np.nan)
        return column.reshape(len(self.subjects), len(self.cohort.codebook.visits))

    def at(self, outcome: str, visit: Visit) -> Floats:
        """Return an outcome at one visit, shape ``(subjects,)``."""
        return self.values(outcome)[:, self.cohort.codebook.visits.index(visit)]

    def sizes(self) -> tuple[int, ...]:
        """Return the members of each arm, in the order of the codebook."""
        return tuple(int(inside.sum()) for inside in self.arms.values())


def group_subjects(cohort: Cohort, members: NDArray[np.bool_] | None = None) -> Groups:
    """Sort the subjects of a population into their arms.

    Parameters
    ----------
    cohort
        The trial; its frame has every subject at every scheduled visit, by subject and week.
    members
        Who is in the population, shape ``(n,)`` in the order of `Cohort.subjects`; everybody
        by default.

    Raises
    ------
    ValueError
        If ``members`` is not one truth value per subject.
    """
    subjects = cohort.subjects()
    inside = np.ones(len(subjects), dtype=bool) if members is None else np.asarray(members)
    if inside.shape != (len(subjects),) or inside.dtype != bool:
        raise ValueError(
            f"members: need one truth value for each of {len(subjects)} subjects, got "
            f"{inside.dtype} of shape {inside.shape}"
        )
    arm = subjects["arm"].to_numpy()
    arms = {known.label: inside & (arm == known.label) for known in cohort.codebook.arms}
    return Groups(cohort=cohort, subjects=subjects, members=inside, arms=arms)
