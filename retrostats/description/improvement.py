"""By how much each subject improved, and whether by enough."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.data.codebook.types import Outcome, Visit
from retrostats.description.groups import Groups
from retrostats.plan.types import Endpoint, ResponderPlan

#: Nobody measures an outcome to this many digits: closer than that to a threshold is on it.
DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Improvement:
    """How an outcome changed from baseline to a visit.

    Attributes
    ----------
    outcome, visit
        What, and until when.
    baseline, later
        Shape ``(subjects,)``, ``nan`` where missing.
    amount
        In the unit of the outcome; positive is better, ``nan`` where either is missing.
    """

    outcome: Outcome
    visit: Visit
    baseline: Floats
    later: Floats
    amount: Floats

    def reaches(self, definition: ResponderPlan) -> NDArray[np.bool_]:
        """Return who improved by what the definition asks for, shape ``(subjects,)``.

        ``0.7 - 0.4`` is a little less than 0.3 in binary numbers and still an improvement by 0.3:
        what falls short of the threshold by less than 1e-9 of the values reaches it. A missing
        improvement does not. A relative threshold is a fraction of the size of the baseline.
        """
        asked = np.full_like(self.amount, definition.improvement)
        if definition.basis == "relative":
            asked = definition.improvement * np.abs(self.baseline)
        sizes = np.maximum(np.abs(self.baseline), np.abs(self.later))
        with np.errstate(invalid="ignore"):
            return np.asarray(self.amount >= asked - 10.0**-DIGITS * sizes)

    def undefined(self, definition: ResponderPlan) -> NDArray[np.bool_]:
        """Return whose threshold does not exist: a share of a baseline of 0."""
        if definition.basis == "absolute":
            return np.zeros(self.baseline.shape, dtype=bool)
        return np.asarray(self.baseline == 0)

    def distinct(self, inside: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.int64]]:
        """Return the distinct improvements of some subjects, ascending, and how many had each."""
        amounts = self.amount[inside]
        amounts = amounts[~np.isnan(amounts)]
        values, counts = np.unique(np.round(amounts, self._places()), return_counts=True)
        # The sum turns a negative zero into a plain one.
        return values + 0.0, counts.astype(np.int64)

    def _places(self) -> int:
        """Return the decimals beyond which the values of all subjects are noise."""
        sizes = np.abs([self.baseline, self.later])
        largest = float(np.max(sizes, where=~np.isnan(sizes), initial=0.0))
        return DIGITS - math.ceil(math.log10(largest)) if largest else DIGITS


def improvement_of(groups: Groups, endpoint: Endpoint) -> Improvement:
    """Return the improvement of every subject from baseline to the week of an endpoint.

    Parameters
    ----------
    groups
        Of the trial.
    endpoint
        The outcome and its week.

    Raises
    ------
    KeyError
        If the codebook has no such outcome or week.
    """
    codebook = groups.cohort.codebook
    outcome, visit = codebook.outcome(endpoint.outcome), codebook.visit_at(endpoint.week)
    baseline, later = groups.at(outcome.name, codebook.baseline), groups.at(outcome.name, visit)
    return Improvement(
        outcome=outcome,
        visit=visit,
        baseline=baseline,
        later=later,
        amount=outcome.instrument.sign * (later - baseline),
    )
