"""The primary comparison of a plan under assumptions about missing outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from retrostats.analysis.missing_choices import Choices, asked
from retrostats.data.cohort.types import Cohort
from retrostats.jobs.types import Workers
from retrostats.missing.estimate import answer_of, shifted_parts
from retrostats.missing.results import MissingEstimate
from retrostats.missing.tipping_result import TippingPoint
from retrostats.missing.types import Imputation, Inference, Strategy
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
        A whole number, needed wherever something is drawn, and refused with the jackknife, which
        draws nothing. The order of rows and columns in the
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
    DataError
        If `cohort` is no cohort.
    PlanError
        If the plan does not fit the data, or an arm is unknown.
    FitError
        If the imputation model cannot be fitted.
    TypeError, ValueError
        If choices contradict one another, or `deltas` are no numbers by arm.

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
    choices = Choices(
        strategy=strategy, imputation=imputation, inference=inference, reference=reference,
        imputations=imputations, replicates=replicates, seed=seed,
    )  # fmt: skip
    _, scores, request = asked("analyse_missing", cohort, plan, choices, deltas)
    parts = shifted_parts(scores, request, workers=workers, progress=progress)
    return answer_of(scores, request, parts)


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
    DataError, PlanError, FitError, TypeError, ValueError
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

    choices = Choices(
        strategy=strategy, imputation=imputation, inference=inference, reference=reference,
        imputations=imputations, replicates=replicates, seed=seed,
    )  # fmt: skip
    found = asked("tipping_point", cohort, plan, choices)
    return search(
        found.scores, found.request, better=found.better, deltas=deltas, workers=workers,
        progress=progress,
    )  # fmt: skip
