"""Whose data are analysed, and why the others are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrostats.data.cohort.types import Cohort
from retrostats.data.rules import Rule, meets
from retrostats.description.types import Counts
from retrostats.plan.types import PopulationPlan

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Members:
    """The subjects of an analysis.

    Attributes
    ----------
    inside
        One truth value per row of ``cohort.subjects()``.
    excluded
        By arm, how many are outside for each reason.
    """

    inside: NDArray[np.bool_]
    excluded: Mapping[str, Counts]


def members(cohort: Cohort, population: PopulationPlan) -> Members:
    """Return who belongs to a population.

    Parameters
    ----------
    cohort
        The trial.
    population
        All randomised, or those who meet every rule.

    Notes
    -----
    A subject outside counts under the first rule that it breaks; a missing value breaks a rule.
    """
    subjects = cohort.subjects()
    inside = np.ones(len(subjects), dtype=np.bool_)
    broken = np.full(len(subjects), -1)
    rules: Sequence[Rule] = () if population.kind == "all randomised" else population.rules
    for place, rule in enumerate(rules):
        met = meets(rule, subjects)
        broken[inside & ~met] = place
        inside &= met
    return Members(inside=inside, excluded=_counts(cohort, subjects["arm"], broken, rules))


def rows_of_members(
    cohort: Cohort, inside: NDArray[np.bool_], rows: pd.DataFrame
) -> NDArray[np.bool_]:
    """Tell which rows are of subjects inside, shape ``(n,)``.

    Parameters
    ----------
    cohort
        The trial.
    inside
        One truth value per row of ``cohort.subjects()``.
    rows
        Any rows of its frame, with their ``subject``.
    """
    belongs = dict(zip(cohort.subjects()["subject"], inside, strict=True))
    return np.asarray(rows["subject"].map(belongs).to_numpy(dtype=bool))


def _counts(
    cohort: Cohort, arms: pd.Series, broken: NDArray[np.intp], rules: Sequence[Rule]
) -> dict[str, Counts]:
    arm = arms.to_numpy()
    return {
        each.label: tuple(
            (f"not {rule.text}", count)
            for place, rule in enumerate(rules)
            if (count := int(np.count_nonzero((broken == place) & (arm == each.label))))
        )
        for each in cohort.codebook.arms
    }
