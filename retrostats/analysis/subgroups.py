"""The effect by subgroup, judged by the interaction and never by separate tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from retrostats.analysis.endpoints import Request, plain_reason
from retrostats.analysis.fitting import Fitted, fit_regression
from retrostats.analysis.types import SubgroupResult
from retrostats.data.codebook.types import Covariate
from retrostats.errors import FitError
from retrostats.estimate import EstimateTable
from retrostats.plan.types import Subgroup


def subgroup_result(request: Request, planned: Subgroup) -> SubgroupResult:
    """Estimate the primary contrast by a covariate, and test the interaction at its visit.

    Parameters
    ----------
    request
        Of the primary endpoint; the first comparison is the one of the estimand.
    planned
        The covariate, and for a number the values at which the effect is shown.
    """
    codebook = request.cohort.codebook
    covariate = codebook.covariate(planned.covariate)
    needed = tuple(dict.fromkeys([*request.model.covariates, covariate.name]))
    wider = _with_covariates(request, needed)
    rows = wider.rows()
    unit = codebook.outcome(request.endpoint.outcome).unit
    try:
        fitted = fit_regression(
            rows, wider.model, unit=unit, covariates=needed, modifier=covariate.name
        )
        return _effects(request, fitted, covariate, planned)
    except FitError as error:
        return SubgroupResult(
            covariate=covariate.name,
            label=covariate.label,
            effects=EstimateTable(covariate.label, ()),
            sizes=(),
            interaction=(np.nan,) * 4,
            note=f"not fitted: {plain_reason(error)}",
        )


def _with_covariates(request: Request, covariates: tuple[str, ...]) -> Request:
    return replace(request, model=replace(request.model, covariates=covariates))


def _effects(
    request: Request, fitted: Fitted, covariate: Covariate, planned: Subgroup
) -> SubgroupResult:
    at = _levels(fitted, covariate, planned)
    comparison = request.comparisons[0]
    visit = request.visit

    def row(value: Any) -> Any:
        arms = comparison.treatment, comparison.comparator
        return fitted.difference_row(*arms, visit, **{covariate.name: value})

    words = {value: _words(covariate, value) for value in at}
    effects = fitted.fit.contrasts({words[value]: row(value) for value in at})
    pair = at if covariate.kind == "category" else [0.0, 1.0]
    differences = [row(value) - row(pair[0]) for value in pair[1:]]
    test = fitted.fit.f_test(np.array(differences), label=f"interaction with {covariate.label}")
    return SubgroupResult(
        covariate=covariate.name,
        label=covariate.label,
        effects=EstimateTable(
            f"{comparison.label}, {visit}, by {covariate.label}", effects.estimates
        ),
        sizes=_sizes(fitted, covariate, at),
        interaction=(test.df_num, test.df_den, test.statistic, test.p),
        note="" if covariate.kind == "category" else "the effect changes along a straight line",
    )


def _levels(fitted: Fitted, covariate: Covariate, planned: Subgroup) -> list[Any]:
    if covariate.kind == "number":
        return list(planned.at)
    values = fitted.rows.frame[covariate.name]
    present = set(values.unique())
    return [level for level in values.cat.categories if level in present]


def _words(covariate: Covariate, value: Any) -> str:
    if covariate.kind == "category":
        return f"{covariate.label}: {value}"
    unit = f" {covariate.unit}" if covariate.unit else ""
    return f"{covariate.label} {value:g}{unit}"


def _sizes(fitted: Fitted, covariate: Covariate, at: list[Any]) -> tuple[int, ...]:
    """Return the subjects of each level; of a number there are no groups to count."""
    if covariate.kind == "number":
        return ()
    each = fitted.rows.frame.drop_duplicates("subject")[covariate.name]
    return tuple(int((each == level).sum()) for level in at)
