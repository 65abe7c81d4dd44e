"""The primary comparison of a plan under assumptions about missing outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrostats.analysis.endpoints import Request
from retrostats.analysis.missing_scores import plan_of, primary_request, scores_of
from retrostats.data.cohort.types import Cohort
from retrostats.errors import PlanError
from retrostats.jobs.types import Workers
from retrostats.missing.estimate import missing_estimate
from retrostats.missing.results import MissingEstimate
from retrostats.missing.tipping_result import TippingPoint
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
from retrostats.progress import Show


def analyse_missing(  # noqa: PLR0913 - each is a choice of the analysis
    cohort: Cohort,
    plan: AnalysisPlan | Path | str,
    *,
    strategy: Strategy = "missing at random",
    imputation: Imputation = "conditional mean",
    inference: Inference | None = None,
    reference: str | None = None,
    imputations: int = IMPUTATIONS,
    replicates: int = REPLICATES,
    seed: int | None = None,
    deltas: Mapping[str, float] | None = None,
    workers: int | Workers = 1,
    progress: Show | None = None,
) -> MissingEstimate:
    """Estimate the primary comparison of a plan under an assumption about missing outcomes.

    Use it to see how far the answer of a trial rests on missing at random, beside what the plan
    names under ``[[sensitivity]]``; not to look for the assumption that gives the answer one
    hoped for: what a paper reports belongs into the plan before the data are seen.

    Parameters
    ----------
    cohort
        The checked data, from `read_cohort`.
    plan
        From `read_plan`, or the path of its file. Its estimand, population, covariates and level
        are used; what it names under ``[[sensitivity]]`` is not.
    strategy
        What outcomes after the last visit observed follow.
    imputation
        ``"conditional mean"``, ``"posterior draws"`` or ``"predictive mean matching"``.
    inference
        Where the standard error comes from; ``"jackknife"`` with conditional means and
        ``"rubin"`` with draws where it is not given.
    reference
        Arm whose course is copied; the comparator of the estimand where it is not given.
    imputations, replicates
        How many data sets are filled in, or resamples drawn, where that is done.
    seed
        A whole number, needed wherever something is drawn. The order of rows and columns in the
        file changes nothing. Which draw falls to whom hangs on the order of the identifiers, so
        that renaming the subjects into another order is like another seed.
    deltas
        By arm, how much worse for the patient than assumed its missing outcomes are, in the unit
        of the outcome; negative for better.
    workers
        How many processes share the work; the answer is the same for any number.
    progress
        Called with words and the share of the work done.

    Returns
    -------
    MissingEstimate
        Treatment minus comparator at the endpoint, in the unit of the outcome. Everyone with what
        the model needs counts, also who was never seen after baseline. Covariates have a slope at
        every visit, so that under missing at random the answer is near to that of a planned mixed
        model and need not be equal to it.

    Raises
    ------
    PlanError
        If the plan does not fit the data, or an arm is unknown.
    FitError
        If the imputation model cannot be fitted.
    ValueError
        If choices contradict one another.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> found = rs.analyse_missing(cohort, folder / "plan.toml", strategy="jump to reference")
    >>> print(found.estimate)
    retro - control: -0.733 points (95% CI -1.38 to -0.0876)
    >>> found.imputed, found.arms
    ((4, 2, 3), ('control', 'retro', 'forward'))
    """
    question = primary_request(cohort, plan_of(plan, "analyse_missing"))
    scores = scores_of(question)
    asked = missing_request(
        scores,
        question,
        reference,
        strategy=strategy,
        imputation=imputation,
        inference=inference or _usual(imputation),
        imputations=imputations,
        replicates=replicates,
        seed=seed,
        delta=_delta(scores, question, deltas or {}),
    )
    return missing_estimate(scores, asked, workers=workers, progress=progress)


def tipping_point(  # noqa: PLR0913 - each is a choice of the analysis
    cohort: Cohort,
    plan: AnalysisPlan | Path | str,
    *,
    strategy: Strategy = "missing at random",
    imputation: Imputation = "conditional mean",
    inference: Inference | None = None,
    reference: str | None = None,
    imputations: int = IMPUTATIONS,
    replicates: int = REPLICATES,
    seed: int | None = None,
    deltas: Sequence[float] | None = None,
    workers: int | Workers = 1,
    progress: Show | None = None,
) -> TippingPoint:
    """Find how much worse missing outcomes must be before the primary answer of a plan changes.

    Use it to tell a reader what would have to be true of the outcomes that nobody measured, and
    ask people who know the patients whether that can be; not as a test, and not where the
    interval includes zero already: there is nothing to tip.

    Parameters
    ----------
    cohort, plan
        As in `analyse_missing`.
    strategy, imputation, inference, reference, imputations, replicates, seed
        The assumption from which the missing outcomes of the treated arm are shifted, and how it
        is computed; as in `analyse_missing`.
    deltas
        Shifts of both arms for the grid of the figure, in the unit of the outcome, ascending,
        positive where outcomes become worse for the patient; the search ends at the largest.
        When omitted, round steps to 3 SD on each side.
    workers, progress
        As in `analyse_missing`.

    Returns
    -------
    TippingPoint
        The shift of the treated arm at which the interval touches zero, in units and in SDs, and
        estimates over shifts of both arms. That there is none up to the largest shift is an
        answer.

    Raises
    ------
    PlanError, FitError, ValueError
        As `analyse_missing`.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> found = rs.tipping_point(cohort, folder / "plan.toml")
    >>> print(f"{found.delta:.2f} points, {found.delta_in_sds:.1f} SD")
    1.04 points, 1.0 SD
    """
    from retrostats.missing.tipping import tipping_point as search

    question = primary_request(cohort, plan_of(plan, "tipping_point"))
    scores = scores_of(question)
    asked = missing_request(
        scores,
        question,
        reference,
        strategy=strategy,
        imputation=imputation,
        inference=inference or _usual(imputation),
        imputations=imputations,
        replicates=replicates,
        seed=seed,
    )
    better = cohort.codebook.outcome(question.endpoint.outcome).instrument.better
    return search(scores, asked, better=better, deltas=deltas, workers=workers, progress=progress)


def _usual(imputation: Imputation) -> Inference:
    return "jackknife" if imputation == "conditional mean" else "rubin"


def missing_request(
    scores: VisitScores, question: Request, reference: str | None, **choices: Any
) -> MissingRequest:
    """Return a request by codes, from the labels of a planned question.

    Parameters
    ----------
    scores, question
        What was seen, and which comparison at which visit.
    reference
        Label of an arm; the comparator where it is ``None``.
    **choices
        The other fields of `MissingRequest`.

    Raises
    ------
    PlanError
        If nobody of the reference has data.
    """
    comparison = question.comparisons[0]
    reference = comparison.comparator if reference is None else reference
    _require_arm(scores, reference)
    return MissingRequest(
        visit=scores.visits.index(question.visit),
        treatment=scores.arms.index(comparison.treatment),
        comparator=scores.arms.index(comparison.comparator),
        reference=scores.arms.index(reference),
        level=question.model.level,
        **choices,
    )


def _require_arm(scores: VisitScores, arm: str) -> None:
    if arm not in scores.arms:
        raise PlanError(unknown("arm with outcomes after baseline", arm, scores.arms))


def _delta(
    scores: VisitScores, question: Request, deltas: Mapping[str, float]
) -> tuple[tuple[float, ...], ...]:
    """Return what is added to imputed scores, by arm and visit; worse may be up or down."""
    if not deltas:
        return ()
    for arm in deltas:
        _require_arm(scores, arm)
    sign = question.cohort.codebook.outcome(question.endpoint.outcome).instrument.sign
    shifts = np.array([-sign * deltas.get(arm, 0.0) for arm in scores.arms])
    return tuple((shift,) * len(scores.visits) for shift in (shifts + 0.0).tolist())
