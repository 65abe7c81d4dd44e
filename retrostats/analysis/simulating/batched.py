"""The planned model of many simulated trials, fitted together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrostats.analysis.simulating.columns import MeanColumns, contrast_rows, mean_columns
from retrostats.analysis.simulating.drawn import DrawnTrials
from retrostats.arrays import Floats
from retrostats.plan.types import AnalysisPlan, ModelPlan

if TYPE_CHECKING:
    from retrostats.models.batch.fit import BatchFits


def is_one_batch(model: ModelPlan) -> bool:
    """Say whether many trials of a plan can be fitted at once.

    An ANCOVA always can; an MMRM whose first covariance and degrees of freedom the batch knows.
    """
    from retrostats.models.batch.fit import is_batched

    if model.kind == "ancova":
        return True
    return model.kind == "mmrm" and is_batched(model.covariance[0], model.df)


def batched_answers(trials: DrawnTrials, plan: AnalysisPlan) -> BatchFits:
    """Fit the planned MMRM or ANCOVA of the primary endpoint to every trial.

    Parameters
    ----------
    trials
        As drawn.
    plan
        With a model for which `is_one_batch` holds.

    Returns
    -------
    BatchFits
        A row per trial, a column per comparison; trials without an answer are marked.
    """
    from retrostats.models.batch.fit import fit_batch, fit_batch_ols

    model = plan.model
    usable = trials.seen[:, :, :1] if model.baseline else np.True_
    if model.kind == "ancova":
        mean = planned_mean(trials, plan, visits=1, at=0)
        return fit_batch_ols(
            trials.scores[:, :, trials.at],
            (trials.seen & usable)[:, :, trials.at],
            mean.columns,
            mean.contrasts,
            covariance=model.standard_errors,
        )
    mean = planned_mean(trials, plan, visits=trials.scores.shape[2] - 1, at=trials.at - 1)
    return fit_batch(
        trials.scores[:, :, 1:],
        (trials.seen & usable)[:, :, 1:],
        mean.columns,
        mean.contrasts,
        restriction=mean.restriction,
        covariance=model.covariance[0],
        df=model.df,
    )


def planned_mean(trials: DrawnTrials, plan: AnalysisPlan, *, visits: int, at: int) -> MeanColumns:
    """Return the mean of the planned model as arrays.

    Parameters
    ----------
    trials, plan
        As drawn, and their analysis.
    visits, at
        Visits in the model, and which of them is the endpoint's.
    """
    model = plan.model
    arms = [arm.label for arm in trials.design.arms]
    columns, restriction = mean_columns(
        trials.arm,
        trials.scores[:, :, 0] if model.baseline else None,
        covariate_columns(trials, model.covariates),
        by_visit=model.baseline_by_visit,
        arms=len(arms),
        visits=visits,
    )
    contrasts = contrast_rows(plan.comparisons, arms, q=columns.shape[2], visits=visits, at=at)
    return MeanColumns(columns=columns, restriction=restriction, contrasts=contrasts)


def covariate_columns(trials: DrawnTrials, names: tuple[str, ...]) -> Floats:
    """Return numbers as they are and categories as indicators, shape ``(R, n, k)``."""
    count, n = trials.scores.shape[:2]
    columns: list[NDArray[Any]] = []
    for name in names:
        values = trials.covariates[name]
        codes = range(1, len(trials.levels(name)))
        columns += [(values == code).astype(float) for code in codes] or [values]
    return np.stack(columns, axis=2) if columns else np.zeros((count, n, 0))
