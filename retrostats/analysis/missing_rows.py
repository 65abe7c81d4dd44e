"""Rows of the planned analyses that fill in missing outcomes."""

from __future__ import annotations

import math

import numpy as np

from retrostats.analysis.endpoints import Request, plain_reason
from retrostats.analysis.missing_choices import Choices, better_of, missing_request
from retrostats.analysis.missing_scores import scores_of
from retrostats.analysis.types import SensitivityRow
from retrostats.errors import RetrostatsError
from retrostats.layout import percent
from retrostats.missing.estimate import missing_estimate
from retrostats.missing.results import MissingEstimate
from retrostats.missing.tipping import tipping_point
from retrostats.missing.types import MissingRequest, Strategy, VisitScores
from retrostats.plan.sensitivity import IMPUTATIONS, REFERENCE_BASED, REPLICATES, Sensitivity

#: What sets an analysis apart in its label, beside its kind.
_OTHER_WAYS = {"posterior draws": "posterior draws", "bootstrap": "bootstrap"}


def missing_row(request: Request, planned: Sensitivity) -> SensitivityRow:
    """Return the primary comparison under one assumption about missing outcomes, or why not.

    Parameters
    ----------
    request
        The primary question.
    planned
        An analysis that fills in what is missing.
    """
    try:
        scores = scores_of(request)
        asked = request_of(scores, request, planned)
        if planned.kind == "tipping point":
            return _tipping_row(request, planned, scores, asked)
        found = missing_estimate(scores, asked)
    except RetrostatsError as error:
        return SensitivityRow(
            label=missing_label(planned),
            comparison=request.comparisons[0].label,
            estimate=None,
            subjects=0,
            note=f"not fitted: {_reason(error)}",
        )
    return SensitivityRow(
        label=missing_label(planned),
        comparison=request.comparisons[0].label,
        estimate=found.estimate,
        subjects=_subjects(scores, asked),
        note=_note(found),
        missing=found,
    )


def _reason(error: RetrostatsError) -> str:
    """Return why there is no answer, without the function's name: the row has its own."""
    told = plain_reason(error)
    for who in (missing_estimate, tipping_point):
        told = told.removeprefix(f"{who.__name__}: ")
    return told


def request_of(scores: VisitScores, question: Request, planned: Sensitivity) -> MissingRequest:
    """Return what a planned analysis asks, by codes."""
    choices = Choices(
        strategy=_strategy(planned),
        imputation=planned.imputation or "conditional mean",
        inference=planned.inference,
        reference=planned.reference,
        imputations=planned.imputations or IMPUTATIONS,
        replicates=planned.replicates or REPLICATES,
        seed=planned.seed,
    )
    return missing_request(scores, question, choices)


def missing_label(planned: Sensitivity) -> str:
    """Return what tells an analysis from every other of a plan.

    Examples
    --------
    >>> missing_label(Sensitivity(kind="jump to reference"))
    'jump to reference'
    >>> missing_label(Sensitivity(kind="copy reference", reference="forward", inference="rubin",
    ...                           imputation="posterior draws", seed=1))
    'copy reference (forward), posterior draws'
    """
    label = f"{planned.kind} ({planned.reference})" if planned.reference else planned.kind
    if planned.kind not in REFERENCE_BASED:
        return label
    way = planned.imputation if planned.inference == "rubin" else planned.inference
    return ", ".join(filter(None, [label, _OTHER_WAYS.get(way or "", "")]))


def _strategy(planned: Sensitivity) -> Strategy:
    # Both lists hold the same words; the plan may not import the types of the missing outcomes.
    return planned.kind if planned.kind in REFERENCE_BASED else "missing at random"  # type: ignore[return-value]


def _subjects(scores: VisitScores, asked: MissingRequest) -> int:
    return int(np.isin(scores.arm, (asked.treatment, asked.comparator)).sum())


def _note(found: MissingEstimate) -> str:
    parts = [_imputed(found), found.method]
    if math.isfinite(found.fmi):
        parts.append(f"{percent(round(found.fmi, 3))} of the information missing")
    return "; ".join(parts)


def _imputed(found: MissingEstimate) -> str:
    """Return how many outcomes were filled in, arm by arm."""
    each = ", ".join(f"{n} of {arm}" for arm, n in zip(found.arms, found.imputed, strict=True))
    return f"filled in at {found.visit}: {each}"


def _tipping_row(
    request: Request, planned: Sensitivity, scores: VisitScores, asked: MissingRequest
) -> SensitivityRow:
    steps = planned.deltas
    grid = (*(-step for step in sorted(steps, reverse=True)), 0.0, *sorted(steps))
    found = tipping_point(scores, asked, better=better_of(request), deltas=grid if steps else None)
    return SensitivityRow(
        label=missing_label(planned),
        comparison=request.comparisons[0].label,
        estimate=None,
        subjects=_subjects(scores, asked),
        note=f"{found.sentence}; {_imputed(found.start)}",
        tipping=found,
    )
