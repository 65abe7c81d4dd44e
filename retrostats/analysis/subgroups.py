"""The effect by subgroup, judged by the interaction and never by separate tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from retrostats.analysis.endpoints import Request, fit_notes, plain_reason, require_compared
from retrostats.analysis.fitting import Fitted, fit_regression
from retrostats.analysis.types import SubgroupResult
from retrostats.data.codebook.types import Covariate
from retrostats.errors import RetrostatsError
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
        require_compared(wider, rows)
        fitted = fit_regression(
            rows, wider.model, unit=unit, covariates=needed, modifier=covariate.name
        )
        return _effects(request, fitted, covariate, planned)
    except RetrostatsError as error:
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
        sizes=_sizes(fitted, request, covariate, at),
        interaction=(test.df_num, test.df_den, test.statistic, test.p),
        note="; ".join(_notes(fitted, covariate, at)),
    )


def _notes(fitted: Fitted, covariate: Covariate, at: list[Any]) -> Iterator[str]:
    """Yield what a reader must know of these effects."""
    if covariate.kind == "number":
        yield "the effect changes along a straight line"
        known = fitted.rows.frame[covariate.name]
        beyond = [f"{value:g}" for value in at if not known.min() <= value <= known.max()]
        if beyond:
            verb = "lies" if len(beyond) == 1 else "lie"
            yield (
                f"{' and '.join(beyond)} {verb} outside the data ({known.min():g} to "
                f"{known.max():g}), where nothing was observed"
            )
    missing = dict(fitted.rows.left_out).get(f"{covariate.label} missing", 0)
    if missing:
        yield f"{missing} rows have no {covariate.label}"
    yield from fit_notes(fitted.not_fitted, fitted.covariance, fitted.fit.caveats)


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


def _sizes(
    fitted: Fitted, request: Request, covariate: Covariate, at: list[Any]
) -> tuple[int, ...]:
    """Return the subjects of the two arms at each level; of a number, all of them."""
    comparison = request.comparisons[0]
    each = fitted.rows.frame.drop_duplicates("subject")
    each = each[each["arm"].isin([comparison.treatment, comparison.comparator])]
    if covariate.kind == "number":
        return (len(each),)
    return tuple(int((each[covariate.name] == level).sum()) for level in at)
