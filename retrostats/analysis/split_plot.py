"""A planned mixed ANOVA, in the shape in which every model answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrostats.analysis.answers import Answer, counts_of
from retrostats.analysis.fitting import NAMES
from retrostats.analysis.model_rows import without_names
from retrostats.analysis.population import rows_of_members
from retrostats.analysis.types import ModelFacts
from retrostats.data.codebook.types import Outcome
from retrostats.data.cohort.types import Cohort
from retrostats.description.diagnostics import residual_diagnostics
from retrostats.description.types import ResidualDiagnostics
from retrostats.errors import DataError, PlanError
from retrostats.estimate import EstimateTable
from retrostats.models.anova import fit_mixed_anova
from retrostats.models.split_plot.result import MixedAnova
from retrostats.plan.types import Comparison, Endpoint, ModelPlan

if TYPE_CHECKING:
    import pandas as pd


def split_plot_answer(
    cohort: Cohort,
    endpoint: Endpoint,
    model: ModelPlan,
    inside: NDArray[np.bool_],
    comparisons: Sequence[Comparison],
) -> Answer:
    """Fit a mixed ANOVA of all visits from baseline on, and ask for changes from baseline.

    Parameters
    ----------
    cohort, endpoint, model
        The trial, an outcome, and the plan of its model.
    inside
        One truth value per row of ``cohort.subjects()``.
    comparisons
        Those of the plan; a difference is one in the change from baseline.

    Raises
    ------
    FitError
        If an arm has fewer than two complete subjects, or an error variance is zero.
    PlanError
        If the data lack what the plan compares.
    """
    outcome = cohort.codebook.outcome(endpoint.outcome)
    rows = _rows(cohort, inside)
    try:
        fit = fit_mixed_anova(
            rows.assign(subject=without_names(rows["subject"])),
            outcome=outcome.name,
            subject="subject",
            between="arm",
            within="visit",
            unit=outcome.unit,
            level=model.level,
        )
    except DataError as error:  # one arm or one visit: the plan asks for what is not there
        raise PlanError(str(error)) from error
    _require_compared(fit, outcome, comparisons)
    complete = _complete(rows, outcome.name, fit)
    first = cohort.codebook.baseline.label
    return Answer(
        means={visit: _means(fit, outcome, visit) for visit in fit.visits if visit != first},
        differences={
            visit: _changes(fit, outcome, comparisons, (visit, first))
            for visit in fit.visits
            if visit != first
        },
        facts=_facts(fit, len(rows)),
        diagnostics=_diagnostics(complete, outcome, fit),
        subjects=_unique(complete),
        baseline=complete.loc[complete["visit"] == first, ["subject", "arm", outcome.name]].rename(
            columns={outcome.name: "baseline"}
        ),
        quantity="mean difference in change from baseline",
        counts={v: n for v, n in counts_of(complete).items() if v != first},
        start={mean.label: mean.value for mean in _means(fit, outcome, first)},
        fit=fit,
    )


def _rows(cohort: Cohort, inside: NDArray[np.bool_]) -> pd.DataFrame:
    frame = cohort.frame[cohort.frame["week"] >= cohort.codebook.baseline.week]
    frame = frame[rows_of_members(cohort, inside, frame)].copy()
    for name in ("arm", "visit"):
        frame[name] = frame[name].cat.remove_unused_categories()
    return frame.reset_index(drop=True)


def _require_compared(fit: MixedAnova, outcome: Outcome, comparisons: Sequence[Comparison]) -> None:
    wanted = dict.fromkeys(arm for c in comparisons for arm in (c.treatment, c.comparator))
    lacking = [arm for arm in wanted if arm not in fit.arms]
    if lacking:
        raise PlanError(
            f"{outcome.name}: the plan compares {', '.join(lacking)}, of which no subject has "
            "every visit; plan a model that uses the visits there are, such as mmrm"
        )


def _complete(rows: pd.DataFrame, name: str, fit: MixedAnova) -> pd.DataFrame:
    """Return the rows of the subjects with every visit, as the model takes them."""
    known = rows[rows[name].notna() & rows["visit"].isin(list(fit.visits))]
    visits = known.groupby("subject", sort=False)[name].transform("size")
    complete = known[visits == len(fit.visits)]
    if complete["subject"].nunique() != fit.n_subjects:
        raise ValueError(f"{name}: the model has other subjects than were thought complete")
    return complete


def _unique(rows: pd.DataFrame) -> pd.Index[str]:
    import pandas as pd

    names: pd.Index[str] = pd.Index(rows["subject"].unique())
    return names


def _means(fit: MixedAnova, outcome: Outcome, visit: str) -> EstimateTable:
    cells = {str(arm): {(arm, visit): 1.0} for arm in fit.arms}
    table = fit.named_contrasts(cells, ("arm", "visit"))
    return EstimateTable(f"Mean of {outcome.label}, {visit}", table.estimates)


def _changes(
    fit: MixedAnova, outcome: Outcome, comparisons: Sequence[Comparison], visits: tuple[str, str]
) -> EstimateTable:
    later, first = visits
    weights = {
        each.label: {
            (each.treatment, later): 1.0,
            (each.treatment, first): -1.0,
            (each.comparator, later): -1.0,
            (each.comparator, first): 1.0,
        }
        for each in comparisons
    }
    table = fit.named_contrasts(weights, ("arm", "visit"))
    caption = f"Difference in change of {outcome.label} from baseline, {later}"
    return EstimateTable(caption, table.estimates)


def _facts(fit: MixedAnova, offered: int) -> ModelFacts:
    spread = np.sqrt(np.diagonal(fit.sigma))
    used = fit.n_subjects * len(fit.visits)
    left_out = tuple(fit.ledger.counts().items())
    if offered != used + sum(count for _, count in left_out):
        raise ValueError(f"{fit.outcome}: a row was lost between the cohort and the model")
    tests = tuple(
        (term, e.epsilon_gg * e.df_num, e.epsilon_gg * e.df_den, e.statistic, e.p_gg)
        for term, e in zip(fit.table.terms, fit.table.effects, strict=True)
    )
    shape = fit.table.sphericity
    return ModelFacts(
        kind=NAMES["mixed_anova"],
        formula=f"{fit.outcome} by arm and visit, baseline among the visits",
        covariance="",
        not_fitted=(),
        df="Greenhouse-Geisser",
        method="least squares, type III",
        rows=used,
        subjects=fit.n_subjects,
        left_out=left_out,
        caveats=fit.caveats,
        tests=tests,
        parameters=(
            *((f"SD, {visit}", float(sd)) for visit, sd in zip(fit.visits, spread, strict=True)),
            ("epsilon of Greenhouse and Geisser", shape.epsilon_gg),
            ("Mauchly's W", shape.w),
            ("p of Mauchly's W", shape.p),
        ),
        loglik=math.nan,
        aic=math.nan,
        bic=math.nan,
        digest=fit.digest,
    )


def _diagnostics(complete: pd.DataFrame, outcome: Outcome, fit: MixedAnova) -> ResidualDiagnostics:
    spread = dict(zip(fit.visits, np.sqrt(np.diagonal(fit.sigma)), strict=True))
    fitted = complete.groupby(["arm", "visit"], observed=True)[outcome.name].transform("mean")
    scale = complete["visit"].astype(object).map(spread).astype(float)
    raw = complete[outcome.name] - fitted
    # Where nobody differs from the mean of the arm, nothing is left to standardise.
    standardised = (raw / scale.where(scale > 0)).where(scale > 0, 0.0)
    return residual_diagnostics(
        fitted.to_numpy(),
        standardised.to_numpy(),
        complete["visit"].astype(str).to_numpy(),
        complete["subject"].to_numpy(),
        tuple(map(str, fit.visits)),
        covariance=fit.sigma,
        unit=outcome.unit,
    )
