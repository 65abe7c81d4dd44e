"""What one fitted model says of one outcome: means, differences, tests and residuals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrostats.analysis.fitting import NAMES, Fitted
from retrostats.analysis.types import ModelFacts, Quantity
from retrostats.arrays import Floats
from retrostats.data.codebook.types import Outcome
from retrostats.description.diagnostics import residual_diagnostics
from retrostats.description.types import ResidualDiagnostics
from retrostats.estimate import Estimate, EstimateTable
from retrostats.models.inference.ftest import FTest
from retrostats.models.results.fit_margins import MarginsFit
from retrostats.models.results.mmrm_fit import MmrmFit
from retrostats.models.split_plot.result import MixedAnova
from retrostats.plan.types import Comparison, ModelPlan

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """A model of one outcome, in the shape that every kind of model gives.

    Attributes
    ----------
    means, differences
        A table by visit label.
    facts, diagnostics
        What was fitted, and its residuals.
    subjects
        Those used.
    baseline
        Baseline of the outcome of these subjects, with their ``arm``.
    quantity, counts, start, fit
        As in `EndpointResult`.
    """

    means: dict[str, EstimateTable]
    differences: dict[str, EstimateTable]
    facts: ModelFacts
    diagnostics: ResidualDiagnostics
    subjects: pd.Index[str]
    baseline: pd.DataFrame
    quantity: Quantity
    counts: dict[str, dict[str, int]]
    start: dict[str, float]
    fit: MarginsFit | MixedAnova

    def subjects_of(self, comparison: Comparison) -> int:
        """Return how many subjects of the two arms the model uses."""
        pair = comparison.treatment, comparison.comparator
        return int(self.baseline["arm"].isin(pair).sum())

    def estimate(self, comparison: Comparison, visit: str) -> Estimate:
        """Return one comparison at one visit."""
        return self.differences[visit][comparison.label]


def regression_answer(
    fitted: Fitted, model: ModelPlan, outcome: Outcome, comparisons: Sequence[Comparison]
) -> Answer:
    """Ask an MMRM, LMM or ANCOVA for everything the report shows.

    Parameters
    ----------
    fitted
        The model.
    model
        Its plan.
    outcome
        What it is of.
    comparisons
        Those of the plan between arms that have data.
    """
    rows = fitted.rows
    frame = rows.frame
    residuals = fitted.fit.residuals("pearson")  # type: ignore[attr-defined]
    raw = fitted.fit.residuals("raw")  # type: ignore[attr-defined]
    return Answer(
        means={visit: _means(fitted, outcome, visit) for visit in rows.visits},
        differences={
            visit: EstimateTable(
                f"Difference in {outcome.label}, {visit}",
                tuple(
                    fitted.fit.contrast(
                        fitted.difference_row(each.treatment, each.comparator, visit),
                        label=each.label,
                    )
                    for each in comparisons
                ),
            )
            for visit in rows.visits
        },
        facts=_facts(fitted, model),
        diagnostics=residual_diagnostics(
            frame[rows.outcome].to_numpy() - raw.to_numpy(),
            residuals.to_numpy(),
            frame["visit"].astype(str).to_numpy(),
            frame["subject"].to_numpy(),
            rows.visits,
            covariance=_covariance(fitted.fit, rows.visits),
            unit=outcome.unit,
        ),
        subjects=rows.subjects,
        baseline=(first := frame.drop_duplicates("subject")[["subject", "arm", "baseline"]]),
        quantity="adjusted mean difference" if _adjusts(model) else "mean difference",
        counts=counts_of(frame),
        start=dict.fromkeys(rows.arms, float(first["baseline"].mean())) if model.baseline else {},
        fit=fitted.fit,
    )


def _covariance(fit: object, visits: Sequence[str]) -> Floats | None:
    """Return the covariance that an MMRM has of these visits; None where it has several or none."""
    if not isinstance(fit, MmrmFit) or isinstance(fit.sigma, dict):
        return None
    known = list(map(str, fit.visits))
    order = [known.index(visit) for visit in visits]
    return fit.sigma[np.ix_(order, order)]


def _adjusts(model: ModelPlan) -> bool:
    return model.baseline or bool(model.covariates)


def counts_of(frame: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return the rows of a model by visit, then by arm, in the order of their categories."""
    arms = frame["arm"].cat.categories
    return {
        str(visit): {str(arm): int((rows["arm"] == arm).sum()) for arm in arms}
        for visit, rows in frame.groupby("visit", observed=True)
    }


def _means(fitted: Fitted, outcome: Outcome, visit: str) -> EstimateTable:
    arms = fitted.rows.arms
    if len(fitted.rows.visits) == 1:
        table = fitted.fit.named_contrasts({arm: {arm: 1.0} for arm in arms}, "arm")
    else:
        cells = {arm: {(arm, visit): 1.0} for arm in arms}
        table = fitted.fit.named_contrasts(cells, ("arm", "visit"))
    return EstimateTable(f"Adjusted mean of {outcome.label}, {visit}", table.estimates)


def _facts(fitted: Fitted, model: ModelPlan) -> ModelFacts:
    fit = fitted.fit
    tests = tuple(
        (row.label, row.df_num, row.df_den, row.statistic, row.p)
        for row in fit.anova()
        if isinstance(row, FTest)
    )
    criteria = fit.information_criteria()["sas"] if model.kind != "ancova" else None
    return ModelFacts(
        kind=NAMES[model.kind],
        formula=fit.formula,
        covariance=fitted.covariance,
        not_fitted=fitted.not_fitted,
        df=fit.df_method,
        method=fit.method,
        rows=fit.n_rows,
        subjects=len(fitted.rows.subjects),
        left_out=fitted.rows.left_out,
        caveats=fit.caveats,
        tests=tests,
        parameters=fitted.parameters,
        loglik=fit.loglik,
        aic=criteria.aic if criteria else math.nan,
        bic=criteria.bic if criteria else math.nan,
        digest=fit.digest,
    )
