"""Further analyses of the primary endpoint, to see whether the answer holds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from retrostats.analysis.answers import Answer
from retrostats.analysis.endpoints import (
    Request,
    answer,
    fit_notes,
    plain_reason,
    with_model,
)
from retrostats.analysis.missing_rows import missing_row
from retrostats.analysis.population import members, rows_of_members
from retrostats.analysis.types import SensitivityRow
from retrostats.errors import PlanError, RetrostatsError
from retrostats.estimate import Estimate
from retrostats.plan.sensitivity import IMPUTING
from retrostats.plan.types import PopulationPlan, Sensitivity
from retrostats.plan.words import quantity


def sensitivity_rows(
    request: Request, found: Answer, planned: tuple[Sensitivity, ...]
) -> tuple[SensitivityRow, ...]:
    """Return the primary contrast under the planned model, then under each further analysis.

    Parameters
    ----------
    request, found
        Of the primary endpoint; the first comparison is the one of the estimand.
    planned
        The further analyses.
    """
    first = _row(request, found, "as planned", "")
    rows = [first]
    for each in planned:
        if each.kind == "delta":
            rows += _deltas(request, found, each)
        elif each.kind in IMPUTING:
            rows.append(missing_row(request, each))
        else:
            rows.append(_refitted(request, each))
    return tuple(rows)


def _row(request: Request, found: Answer, label: str, note: str) -> SensitivityRow:
    comparison = request.comparisons[0]
    facts = found.facts
    notes = fit_notes(facts.not_fitted, facts.covariance, facts.caveats)
    return SensitivityRow(
        label=label,
        comparison=comparison.label,
        estimate=found.estimate(comparison, request.visit),
        subjects=found.subjects_of(comparison),
        note="; ".join(filter(None, [note, *notes])),
    )


def _refitted(request: Request, planned: Sensitivity) -> SensitivityRow:
    label = f"covariance {planned.covariance}" if planned.kind == "covariance" else planned.kind
    try:
        varied, note = _VARIED[planned.kind](request, planned)
        return _row(varied, answer(varied), label, note)
    except RetrostatsError as error:
        return SensitivityRow(
            label=label,
            comparison=request.comparisons[0].label,
            estimate=None,
            subjects=0,
            note=f"not fitted: {plain_reason(error)}",
        )


def _complete_cases(request: Request, planned: Sensitivity) -> tuple[Request, str]:  # noqa: ARG001
    name = request.endpoint.outcome
    frame = request.cohort.frame
    first = request.cohort.codebook.baseline.week
    rows = frame[(frame["week"] > 0) | (request.model.baseline & (frame["week"] == first))]
    measured = rows.groupby("visit", observed=True)[name].transform("count") > 0
    lacking = rows[measured & rows[name].isna()]["subject"].unique()
    full = ~request.cohort.subjects()["subject"].isin(lacking).to_numpy()
    note = "subjects with the outcome at every visit at which it was measured"
    return replace(request, inside=request.inside & full), note


def _per_protocol(request: Request, planned: Sensitivity) -> tuple[Request, str]:
    population = PopulationPlan(kind="per protocol", rules=planned.rules)
    inside = members(request.cohort, population).inside
    note = " and ".join(rule.text for rule in planned.rules)
    kept = request.inside & inside
    _require_both_arms(request, kept, note)
    return replace(request, inside=kept), note


def _require_both_arms(request: Request, kept: NDArray[np.bool_], rules: str) -> None:
    """Raise where a rule empties an arm, as that of a treatment which the other does not get."""
    arms = set(request.cohort.subjects()["arm"][kept])
    comparison = request.comparisons[0]
    pair = (comparison.treatment, comparison.comparator)
    empty = [arm for arm in pair if arm not in arms]
    if empty:
        raise PlanError(
            f"nobody in {' or '.join(empty)} meets {rules}, and a missing value meets no rule. "
            "Take a rule that can be met in both arms, or leave this analysis out of the plan"
        )


def _ancova(request: Request, planned: Sensitivity) -> tuple[Request, str]:  # noqa: ARG001
    return with_model(request, kind="ancova"), f"{request.visit} alone, as observed"


def _mixed_anova(request: Request, planned: Sensitivity) -> tuple[Request, str]:  # noqa: ARG001
    note = "difference in change from baseline; subjects with every visit"
    return with_model(request, kind="mixed_anova", covariates=()), note


def _lmm(request: Request, planned: Sensitivity) -> tuple[Request, str]:  # noqa: ARG001
    return with_model(request, kind="lmm"), "random intercept in place of the visits' covariance"


def _covariance(request: Request, planned: Sensitivity) -> tuple[Request, str]:
    return with_model(request, covariance=(planned.covariance,)), ""


def _unadjusted(request: Request, planned: Sensitivity) -> tuple[Request, str]:  # noqa: ARG001
    return with_model(request, baseline=False, covariates=()), "no baseline, no covariates"


_VARIED: dict[str, Callable[[Request, Sensitivity], tuple[Request, str]]] = {
    "complete cases": _complete_cases,
    "per protocol": _per_protocol,
    "ancova": _ancova,
    "mixed_anova": _mixed_anova,
    "lmm": _lmm,
    "covariance": _covariance,
    "unadjusted": _unadjusted,
}


def _deltas(request: Request, found: Answer, planned: Sensitivity) -> list[SensitivityRow]:
    comparison = request.comparisons[0]
    outcome = request.cohort.codebook.outcome(request.endpoint.outcome)
    missing, n = _missing_of(request, comparison.treatment)
    if not n:
        raise AssertionError("an arm that was compared has subjects with what the model needs")
    base = found.estimate(comparison, request.visit)
    rows = []
    for delta in planned.deltas:
        shifted = delta_adjusted(base, -outcome.instrument.sign * delta, missing / n, n)
        lack = "lacks" if missing == 1 else "lack"
        note = (
            f"{missing} of {n} subjects of {comparison.treatment}, in the model or not, {lack} "
            f"{outcome.label} at {request.visit}: taken as {quantity(delta, outcome.unit)} worse "
            "than the model expects"
        )
        rows.append(
            SensitivityRow(
                label=f"delta {quantity(delta, outcome.unit)}",
                comparison=comparison.label,
                estimate=shifted,
                subjects=found.subjects_of(comparison),
                note=note,
            )
        )
    return rows


def _missing_of(request: Request, arm: str) -> tuple[int, int]:
    """Return how many subjects of an arm lack the outcome, of those with all the model needs."""
    rows = request.cohort.follow_up(request.endpoint.outcome)
    rows = rows[rows_of_members(request.cohort, request.inside, rows)]
    mine = rows[(rows["visit"] == request.visit) & (rows["arm"] == arm)]
    mine = mine[mine[list(request.needed)].notna().all(axis=1)]
    return int(mine[request.endpoint.outcome].isna().sum()), len(mine)


def delta_adjusted(estimate: Estimate, shift: float, share: float, n: int) -> Estimate:
    """Shift a difference as if the treated arm's missing outcomes differed from the model.

    Parameters
    ----------
    estimate
        Treatment minus comparator when outcomes are missing at random.
    shift
        What is added to every missing outcome of the treated arm, in the unit of the outcome.
    share, n
        Share of its `n` subjects whose outcome is missing.

    Returns
    -------
    Estimate
        The value moves by ``shift * share``. The variance grows by that of the observed share,
        ``shift**2 * share * (1 - share) / n``; the shift itself is taken as known.

    References
    ----------
    White IR, Horton NJ, Carpenter J, Pocock SJ. Strategy for intention to treat analysis in
    randomised trials with missing outcome data. BMJ 2011;342:d40. doi:10.1136/bmj.d40
    """
    variance = estimate.se**2 + shift**2 * share * (1 - share) / n
    return Estimate.from_se(
        estimate.label,
        estimate.value + shift * share,
        math.sqrt(variance),
        unit=estimate.unit,
        df=estimate.df,
        level=estimate.ci.level,
    )
