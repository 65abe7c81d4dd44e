"""How much each subject improved: the raw material of a waterfall."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retrostats.arrays import Floats
from retrostats.data.cohort.types import Cohort
from retrostats.description.groups import group_subjects
from retrostats.description.improvement import DIGITS, improvement_of
from retrostats.description.types import IndividualChanges
from retrostats.plan.types import Endpoint


def individual_changes(
    cohort: Cohort, outcome: str, week: float, *, members: NDArray[np.bool_] | None = None
) -> tuple[IndividualChanges, ...]:
    """Return by how much each subject of each arm improved from baseline to a week.

    Parameters
    ----------
    cohort
        The trial.
    outcome
        Name of an outcome of the codebook.
    week
        Of a visit of the codebook.
    members
        Who is in the population, shape ``(n,)`` in the order of `Cohort.subjects`; everybody
        by default.

    Returns
    -------
    tuple of IndividualChanges
        One per arm in the order of the codebook, the reference first. An improvement is a change
        in the direction that the instrument calls better, in its unit, rounded to 9 digits of the
        largest value so that 0.7 - 0.4 is 0.3. No identity is kept. Subjects without the outcome
        at baseline or at the week are counted as missing.

    Raises
    ------
    KeyError
        If the codebook has no such outcome or week.
    ValueError
        If the week is that of baseline.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> control, retro, forward = individual_changes(cohort, "pain", 6)
    >>> retro.arm, len(retro.improvements), retro.missing, retro.improvements[-1]
    ('retro', 21, 2, 5.0)
    """
    groups = group_subjects(cohort, members)
    improvement = improvement_of(groups, Endpoint(outcome=outcome, week=week))
    baseline = cohort.codebook.baseline
    if improvement.visit == baseline:
        raise ValueError(
            f"individual_changes: week {week:g} is {baseline.label}, from which changes are "
            "counted; give the week of a later visit"
        )
    changes = []
    for arm, inside in groups.arms.items():
        amounts, counts = improvement.distinct(inside)
        ordered = np.repeat(amounts, counts)
        changes.append(
            IndividualChanges(
                arm=arm,
                outcome=improvement.outcome.label,
                visit=improvement.visit.label,
                unit=improvement.outcome.unit,
                improvements=tuple(ordered.tolist()),
                missing=int(inside.sum()) - len(ordered),
            )
        )
    return tuple(changes)


def changes_of(
    improvements: Mapping[str, ArrayLike], *, outcome: str, visit: str, unit: str
) -> tuple[IndividualChanges, ...]:
    """Return the same from improvements that are at hand, without a cohort.

    Parameters
    ----------
    improvements
        By label of the arm, the reference first: one per subject, shape ``(n,)``; positive is
        better, ``nan`` where the subject lacks either measurement.
    outcome, visit, unit
        In words.

    Raises
    ------
    ValueError
        If there is no arm, an arm has no list of numbers, or a value is infinite.

    Examples
    --------
    >>> (retro,) = changes_of(
    ...     {"retro": [2, -1, float("nan"), 0.7 - 0.4]}, outcome="Pain", visit="week 6", unit="cm"
    ... )
    >>> retro.improvements, retro.missing
    ((-1.0, 0.3, 2.0), 1)
    """
    if not improvements:
        raise ValueError("changes_of: give the improvements of at least one arm")
    return tuple(
        _of_arm(arm, np.asarray(values, dtype=np.float64), outcome, visit, unit)
        for arm, values in improvements.items()
    )


def _of_arm(arm: str, values: Floats, outcome: str, visit: str, unit: str) -> IndividualChanges:
    if values.ndim != 1 or np.isinf(values).any():
        raise ValueError(
            f"changes_of: {arm} needs a list of finite numbers, nan where one is missing, got an "
            f"array of shape {values.shape} with {int(np.isinf(values).sum())} infinite values"
        )
    known = values[~np.isnan(values)]
    largest = float(np.abs(known).max(initial=0.0))
    places = DIGITS - math.ceil(math.log10(largest)) if largest else DIGITS
    # The sum turns a negative zero into a plain one.
    ordered = np.sort(np.round(known, places) + 0.0)
    return IndividualChanges(
        arm=arm,
        outcome=outcome,
        visit=visit,
        unit=unit,
        improvements=tuple(ordered.tolist()),
        missing=len(values) - len(known),
    )
