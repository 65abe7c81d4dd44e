"""Which visits each subject was seen at, as patterns with their numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrostats.data.cohort.types import Cohort
from retrostats.description.groups import group_subjects
from retrostats.description.types import MissingPattern, MissingPatterns


def missing_patterns(
    cohort: Cohort, outcome: str, *, members: NDArray[np.bool_] | None = None
) -> MissingPatterns:
    """Count in each arm who has an outcome at which visits.

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
    MissingPatterns
        The complete pattern first if it occurs, the others by falling number of subjects; of
        equal numbers the one that was seen longer first. Every subject is in exactly one.

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
    >>> for pattern in missing_patterns(cohort, "pain").patterns:
    ...     print(pattern.seen, pattern.counts)
    (True, True, True) (18, 20, 19)
    (True, True, False) (2, 1, 2)
    (True, False, False) (2, 1, 1)
    (True, False, True) (0, 1, 1)
    """
    groups = group_subjects(cohort, members)
    found = cohort.codebook.outcome(outcome)
    seen = ~np.isnan(groups.values(found.name))
    distinct, which = np.unique(seen, axis=0, return_inverse=True)
    which = which.reshape(-1)
    counts = np.stack(
        [np.bincount(which[inside], minlength=len(distinct)) for inside in groups.arms.values()],
        axis=1,
    )
    patterns = [
        MissingPattern(seen=tuple(row), counts=tuple(numbers))
        for row, numbers in zip(distinct.tolist(), counts.tolist(), strict=True)
        if sum(numbers)
    ]
    patterns.sort(
        key=lambda pattern: (not all(pattern.seen), -pattern.total, [not s for s in pattern.seen])
    )
    return MissingPatterns(
        outcome=found.label,
        visits=tuple(visit.label for visit in cohort.codebook.visits),
        arms=tuple(groups.arms),
        sizes=groups.sizes(),
        patterns=tuple(patterns),
    )
