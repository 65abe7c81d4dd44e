"""The planned model of one outcome: fitted as the plan says, by the method the plan names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from retrostats.analysis.formulas import mean_formula
from retrostats.analysis.model_rows import ModelRows
from retrostats.arrays import Floats
from retrostats.errors import FitError, PlanError
from retrostats.models.ancova import fit_ancova
from retrostats.models.lmm import fit_lmm
from retrostats.models.mmrm import fit_mmrm
from retrostats.models.results.fit_margins import MarginsFit
from retrostats.plan.types import ModelPlan

#: What each model is called in a sentence.
NAMES = {
    "mmrm": "mixed model for repeated measures",
    "lmm": "linear mixed model with a random intercept of the subject",
    "ancova": "analysis of covariance",
    "mixed_anova": "mixed analysis of variance (split-plot)",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """A regression model of one outcome, converged.

    Attributes
    ----------
    fit
        The model.
    rows
        What it was fitted to.
    covariance
        Name of the covariance structure; empty where there is none to choose.
    not_fitted
        Structures planned before it, and why they could not be fitted.
    parameters
        Covariance parameters by name.
    """

    fit: MarginsFit
    rows: ModelRows
    covariance: str
    not_fitted: tuple[tuple[str, str], ...]
    parameters: tuple[tuple[str, float], ...]

    def design_row(self, arm: str, visit: str, **values: Any) -> Floats:
        """Return the design of one arm at one visit; other variables stand at any value."""
        frame = self.rows.frame
        needed: dict[str, Any] = {name: frame[name].iloc[:1].tolist() for name in frame.columns}
        needed |= {"arm": [arm], "visit": [visit], **{k: [v] for k, v in values.items()}}
        row: Floats = self.fit.prepared.design.rows_for(needed)[0]
        return row

    def difference_row(self, treatment: str, comparator: str, visit: str, **values: Any) -> Floats:
        """Return the weights of treatment minus comparator; what both share cancels."""
        first = self.design_row(treatment, visit, **values)
        return first - self.design_row(comparator, visit, **values)


def fit_regression(
    rows: ModelRows,
    model: ModelPlan,
    *,
    unit: str,
    covariates: Sequence[str],
    modifier: str | None = None,
) -> Fitted:
    """Fit the planned MMRM, LMM or ANCOVA.

    Parameters
    ----------
    rows
        Of all visits after baseline; of an ANCOVA those of one visit.
    model
        The model of the plan.
    unit
        Of the outcome.
    covariates
        Those of this model.
    modifier
        A covariate that interacts with the arm.

    Raises
    ------
    FitError
        If no planned structure can be fitted, with the reason for each.
    PlanError
        If fewer than two arms have data.
    """
    if len(rows.arms) < 2:
        found = " and ".join(rows.arms) or "none"
        raise PlanError(
            f"{rows.outcome}: a comparison needs two arms with usable data after baseline; "
            f"there is {found}. Left out: {_reasons(rows)}"
        )
    formula = mean_formula(
        rows.outcome, model, covariates, visits=len(rows.visits), modifier=modifier
    )
    fitted = _MAKERS[model.kind](formula, rows, model, unit)
    if fitted.fit.n_rows != len(rows.frame):
        raise ValueError(f"{rows.outcome}: the model left out rows that were thought usable")
    return fitted


def _reasons(rows: ModelRows) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in rows.left_out) or "nothing"


def _mmrm(formula: str, rows: ModelRows, model: ModelPlan, unit: str) -> Fitted:
    failed: list[tuple[str, str]] = []
    for covariance in model.covariance:
        try:
            fit = fit_mmrm(
                formula,
                rows.numbered,
                subject="subject",
                visit="visit",
                covariance=covariance,
                df=model.df,
                unit=unit,
                level=model.level,
            )
        except FitError as error:
            failed.append((covariance, str(error)))
            continue
        return Fitted(
            fit=fit,
            rows=rows,
            covariance=covariance,
            not_fitted=tuple(failed),
            parameters=_visit_parameters(np.asarray(fit.sigma), fit.visits),
        )
    told = "\n".join(f"  {name}: {reason}" for name, reason in failed)
    raise FitError(f"{rows.outcome}: no planned covariance could be fitted.\n{told}")


def _visit_parameters(sigma: Floats, visits: Sequence[Any]) -> tuple[tuple[str, float], ...]:
    sd = np.sqrt(np.diagonal(sigma))
    correlation = sigma / np.outer(sd, sd)
    spread = [(f"SD, {visit}", float(s)) for visit, s in zip(visits, sd, strict=True)]
    pairs = [
        (f"correlation, {visits[j]} and {visits[i]}", float(correlation[i, j]))
        for i in range(len(visits))
        for j in range(i)
    ]
    return (*spread, *pairs)


def _lmm(formula: str, rows: ModelRows, model: ModelPlan, unit: str) -> Fitted:
    fit = fit_lmm(
        formula, rows.numbered, subject="subject", df=model.df, unit=unit, level=model.level
    )
    between = float(fit.random_covariance[0, 0]) ** 0.5
    parameters = (("SD of the random intercept", between), ("residual SD", float(fit.sigma)))
    return Fitted(
        fit=fit, rows=rows, covariance="random intercept", not_fitted=(), parameters=parameters
    )


def _ancova(formula: str, rows: ModelRows, model: ModelPlan, unit: str) -> Fitted:
    fit = fit_ancova(
        formula, rows.numbered, covariance=model.standard_errors, unit=unit, level=model.level
    )
    parameters = (("residual SD", float(fit.sigma)),)
    return Fitted(fit=fit, rows=rows, covariance="", not_fitted=(), parameters=parameters)


_MAKERS: dict[str, Callable[[str, ModelRows, ModelPlan, str], Fitted]] = {
    "mmrm": _mmrm,
    "lmm": _lmm,
    "ancova": _ancova,
}
