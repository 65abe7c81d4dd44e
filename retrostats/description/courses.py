"""The values of each subject over the visits, for the lines behind a figure of means."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrostats.data.cohort.types import Cohort
from retrostats.description.groups import group_subjects

#: A subject: weeks, and values at these weeks; ``nan`` where there is none.
Course = tuple[tuple[float, ...], tuple[float, ...]]


def subject_courses(
    cohort: Cohort, outcome: str, *, members: NDArray[np.bool_] | None = None
) -> dict[str, tuple[Course, ...]]:
    """Return the course of each subject, by arm, as `plot_trajectories` draws it behind the means.

    Parameters
    ----------
    cohort
        The trial.
    outcome
        Name of an outcome of the codebook.
    members
        Who is in the population, shape ``(n,)`` in the order of `Cohort.subjects`; everybody
        by default.

    Returns
    -------
    dict
        For each arm of the codebook a course per subject with any value: all scheduled weeks, and
        the values, ``nan`` where one is missing. No identity is kept.

    Raises
    ------
    KeyError
        If the codebook has no such outcome.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> courses = subject_courses(cohort, "pain")
    >>> courses["control"][0]
    ((0.0, 3.0, 6.0), (4.0, 4.0, 3.0))
    """
    cohort.codebook.outcome(outcome)  # an unknown name is told with those that are known
    groups = group_subjects(cohort, members)
    values = groups.values(outcome)
    weeks = tuple(visit.week for visit in cohort.codebook.visits)
    known = ~np.isnan(values).all(axis=1)
    return {
        arm: tuple((weeks, tuple(row)) for row in values[inside & known].tolist())
        for arm, inside in groups.arms.items()
    }
