"""The scores, gaps and covariates of a planned analysis, as imputation takes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrostats.analysis.endpoints import Request
from retrostats.analysis.population import members
from retrostats.arrays import Floats
from retrostats.data.cohort.types import Cohort
from retrostats.errors import DataError, PlanError
from retrostats.missing.types import VisitScores
from retrostats.plan.agreement import require_fits
from retrostats.plan.reading import read_plan
from retrostats.plan.types import AnalysisPlan

if TYPE_CHECKING:
    import pandas as pd


def missing_scores(cohort: Cohort, plan: AnalysisPlan) -> VisitScores:
    """Return the primary outcome of a trial with its gaps, a row per subject.

    Use it to look at what imputation starts from, or to impute in a way of your own; not for a
    planned analysis, which `analyse_missing` does as a whole.

    Parameters
    ----------
    cohort
        The checked data.
    plan
        Population, primary outcome, covariates, and whether its baseline is one of them.

    Returns
    -------
    VisitScores
        Who is there: everyone of the population with the baseline and the covariates that the
        model needs. Subjects without any visit after baseline are among them, since their
        outcomes are filled in; a mixed model leaves them out, as they have no row to give. Visits:
        all after baseline at which anybody was measured, later ones than the endpoint as well.
        Covariates: the baseline, then those of the plan in its order; of a category a column of
        0 and 1 for each level after the first that occurs.

    Raises
    ------
    DataError
        If `cohort` is no cohort.
    PlanError
        If the plan does not fit the codebook, or an arm that it compares has nobody with the
        outcome at the endpoint.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.analysis.missing_scores import missing_scores
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> scores = missing_scores(cohort, rs.read_plan(folder / "plan.toml"))
    >>> scores.y.shape, scores.visits, scores.names
    ((68, 2), ('week 3', 'week 6'), ('baseline', 'kl_grade: 2', 'kl_grade: 3'))
    >>> (~scores.seen).sum(axis=0)  # missing at each visit
    array([6, 9])
    """
    return scores_of(primary_request(cohort_of(cohort, "missing_scores"), plan))


def cohort_of(cohort: Cohort, who: str) -> Cohort:
    """Return a cohort that is one.

    Raises
    ------
    DataError
        If it is none, such as the path of a file; `who` opens the message.
    """
    if isinstance(cohort, Cohort):
        return cohort
    raise DataError(
        f"{who}: expected a cohort, got {type(cohort).__name__}; "
        "rs.read_cohort(file, codebook) reads one"
    )


def plan_of(plan: AnalysisPlan | Path | str, who: str) -> AnalysisPlan:
    """Return a plan, read from its file where a path is given.

    Raises
    ------
    PlanError
        If it is neither; `who` opens the message.
    """
    if isinstance(plan, AnalysisPlan):
        return plan
    if isinstance(plan, (str, Path)):
        return read_plan(plan)
    raise PlanError(f"{who}: expected a plan or the path of one, got {type(plan).__name__}")


def primary_request(cohort: Cohort, plan: AnalysisPlan) -> Request:
    """Return the planned question of the primary endpoint.

    Raises
    ------
    PlanError
        If the plan does not fit the codebook.
    """
    require_fits(plan, cohort.codebook)
    return Request(
        cohort=cohort,
        endpoint=plan.primary,
        model=plan.model,
        inside=members(cohort, plan.population).inside,
        comparisons=plan.comparisons,
    )


def scores_of(request: Request) -> VisitScores:
    """Return what imputation of the outcome of a request starts from, as in `missing_scores`."""
    cohort, name = request.cohort, request.endpoint.outcome
    subjects = cohort.subjects().assign(baseline=lambda frame: frame[name])
    usable = request.inside & subjects[list(request.needed)].notna().all(axis=1).to_numpy()
    visits = np.array([visit.label for visit in cohort.codebook.follow_ups])
    y = _by_visit(cohort, name, visits)
    arms = _arms(cohort, subjects, usable, y)
    usable &= subjects["arm"].isin(arms).to_numpy()
    measured = np.isfinite(y[usable]).any(axis=0)
    _require_compared(request, subjects["arm"][usable], y[usable][:, visits == request.visit])
    names, columns = _covariates(subjects[usable], request.needed)
    codes = subjects["arm"][usable].map({arm: code for code, arm in enumerate(arms)})
    return VisitScores(
        y=y[usable][:, measured],
        arm=np.asarray(codes, dtype=np.intp),
        covariates=columns,
        names=names,
        arms=arms,
        visits=tuple(str(visit) for visit in visits[measured]),
        unit=cohort.codebook.outcome(name).unit,
    )


def _by_visit(cohort: Cohort, name: str, visits: NDArray[np.str_]) -> Floats:
    """Return the outcome, shape ``(subjects, visits)``, in the order of ``cohort.subjects()``."""
    found = cohort.frame.set_index(["visit", "subject"])[name]
    subjects = cohort.subjects()["subject"]
    return np.column_stack([found.loc[visit].loc[subjects] for visit in visits]).astype(float)


def _arms(
    cohort: Cohort, subjects: pd.DataFrame, usable: NDArray[np.bool_], y: Floats
) -> tuple[str, ...]:
    """Return the arms of whom anybody was seen after baseline, the reference first."""
    seen = set(np.asarray(subjects["arm"])[usable & np.isfinite(y).any(axis=1)])
    return tuple(str(arm) for arm in cohort.frame["arm"].cat.categories if arm in seen)


def _require_compared(request: Request, arm: pd.Series, at_visit: Floats) -> None:
    """Raise where an arm that is compared has nobody with the outcome at the endpoint."""
    present = set(np.asarray(arm)[np.isfinite(at_visit).any(axis=1)])
    comparison = request.comparisons[0]
    pair = (comparison.treatment, comparison.comparator)
    lacking = [each for each in pair if each not in present]
    if lacking:
        raise PlanError(
            f"{request.endpoint.outcome}, {request.visit}: nobody in {' or '.join(lacking)} with "
            "what the model needs has the outcome at that visit, so there is nothing to fill in "
            "the others from. Plan another week or comparison, or look for the missing data"
        )


def _covariates(subjects: pd.DataFrame, needed: tuple[str, ...]) -> tuple[tuple[str, ...], Floats]:
    """Return names and columns, shape ``(n, q)``; the first level of a category has none."""
    names: list[str] = []
    columns: list[Floats] = []
    for name in needed:
        values = subjects[name]
        if values.dtype == "category":
            for level in values.cat.remove_unused_categories().cat.categories[1:]:
                names.append(f"{name}: {level}")
                columns.append((values == level).to_numpy(dtype=float))
        else:
            names.append(name)
            columns.append(values.to_numpy(dtype=float))
    stacked = np.column_stack(columns) if columns else np.empty((len(subjects), 0))
    return tuple(names), stacked
