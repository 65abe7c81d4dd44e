"""What a user chooses of an analysis of missing outcomes, made into a request by codes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from retrostats.analysis.endpoints import Request
from retrostats.analysis.missing_scores import cohort_of, plan_of, primary_request, scores_of
from retrostats.data.cohort.types import Cohort
from retrostats.errors import PlanError
from retrostats.missing.contradictions import require_request
from retrostats.missing.tipping_result import Better
from retrostats.missing.types import (
    Imputation,
    Inference,
    MissingRequest,
    Strategy,
    VisitScores,
)
from retrostats.plan.names import unknown
from retrostats.plan.sensitivity import IMPUTATIONS, REPLICATES
from retrostats.plan.types import AnalysisPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The assumption about missing outcomes, and how it is computed.

    Attributes
    ----------
    strategy, imputation
        As in `MissingRequest`.
    inference
        Likewise; the usual one of the imputation where it is ``None``.
    reference
        Label of the arm whose course is copied; the comparator where it is ``None``.
    imputations, replicates, seed
        As in `MissingRequest`.
    """

    strategy: Strategy = "missing at random"
    imputation: Imputation = "conditional mean"
    inference: Inference | None = None
    reference: str | None = None
    imputations: int = IMPUTATIONS
    replicates: int = REPLICATES
    seed: int | None = None

    @property
    def way(self) -> Inference:
        """Where the standard error comes from."""
        drawn = self.imputation in ("posterior draws", "predictive mean matching")
        return self.inference or ("rubin" if drawn else "jackknife")

    def faults(self) -> Iterator[str]:
        """Yield what a request by codes does not know to be wrong."""
        # A paper that names a seed says that something was drawn.
        means = self.imputation == "conditional mean"
        if self.seed is not None and means and self.way == "jackknife":
            yield (
                "nothing is drawn with inference='jackknife', so a seed does nothing; take it out"
            )


class Asked(NamedTuple):
    """A question about missing outcomes.

    Attributes
    ----------
    question
        By labels.
    scores, request
        The same by codes.
    """

    question: Request
    scores: VisitScores
    request: MissingRequest

    @property
    def better(self) -> Better:
        """Which scores are better."""
        return better_of(self.question)


def asked(
    who: str,
    cohort: Cohort,
    plan: AnalysisPlan | Path | str,
    choices: Choices,
    deltas: Mapping[str, float] | None = None,
) -> Asked:
    """Return what was asked of a cohort, checked.

    Parameters
    ----------
    who
        The function that was called, for messages.
    cohort, plan
        As the user gave them.
    choices
        The assumption, and how it is computed.
    deltas
        By arm, how much worse for the patient than assumed its missing outcomes are.

    Raises
    ------
    DataError, PlanError
        If cohort or plan are none, do not fit, or an arm is unknown.
    TypeError, ValueError
        If choices are of a wrong type or contradict one another.
    """
    question = primary_request(cohort_of(cohort, who), plan_of(plan, who))
    scores = scores_of(question)
    found = Asked(question, scores, missing_request(scores, question, choices))
    if deltas is not None:
        worse = 1.0 if found.better == "lower" else -1.0
        shifts = _shifts(who, scores, deltas, worse)
        found = Asked(question, scores, missing_request(scores, question, choices, delta=shifts))
    require_request(who, scores, found.request, more=[*choices.faults()])
    return found


def better_of(question: Request) -> Better:
    """Return which scores of the outcome of a question are better."""
    return question.cohort.codebook.outcome(question.endpoint.outcome).instrument.better


def missing_request(
    scores: VisitScores,
    question: Request,
    choices: Choices,
    *,
    delta: tuple[tuple[float, ...], ...] = (),
) -> MissingRequest:
    """Return a request by codes, from the labels of a planned question.

    Parameters
    ----------
    scores, question
        What was seen, and which comparison at which visit.
    choices
        The assumption, and how it is computed.
    delta
        As in `MissingRequest`.

    Raises
    ------
    PlanError
        If nobody of the reference has data.
    """
    comparison = question.comparisons[0]
    reference = comparison.comparator if choices.reference is None else choices.reference
    _require_arm(scores, reference)
    return MissingRequest(
        strategy=choices.strategy,
        imputation=choices.imputation,
        inference=choices.way,
        visit=scores.visits.index(question.visit),
        treatment=scores.arms.index(comparison.treatment),
        comparator=scores.arms.index(comparison.comparator),
        reference=scores.arms.index(reference),
        imputations=choices.imputations,
        replicates=choices.replicates,
        seed=choices.seed,
        delta=delta,
        level=question.model.level,
    )


def _require_arm(scores: VisitScores, arm: object) -> None:
    if arm not in scores.arms:
        raise PlanError(unknown("arm with outcomes after baseline", str(arm), scores.arms))


def _shifts(
    who: str, scores: VisitScores, given: Any, worse: float
) -> tuple[tuple[float, ...], ...]:
    """Return what is added to imputed scores, by arm and visit; worse may be up or down."""
    if not isinstance(given, Mapping):
        raise TypeError(
            f"{who}: deltas must be numbers by arm, as in "
            f"deltas={{{scores.arms[-1]!r}: 1.0}}; got {given!r}"
        )
    deltas: Mapping[str, Any] = given
    for arm in deltas:
        _require_arm(scores, arm)
    wrong = [f"{value!r} of {arm}" for arm, value in deltas.items() if not _is_number(value)]
    if wrong:
        unit = f", in {scores.unit}" if scores.unit else ""
        raise ValueError(f"{who}: deltas must be finite numbers{unit}; got {', '.join(wrong)}")
    if not deltas:
        return ()
    shifts = np.array([worse * float(deltas.get(arm, 0.0)) for arm in scores.arms])
    return tuple((shift,) * len(scores.visits) for shift in (shifts + 0.0).tolist())


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)
