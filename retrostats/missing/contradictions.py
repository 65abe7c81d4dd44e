"""What in a request about missing outcomes contradicts itself or the scores."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import get_args

import numpy as np

from retrostats.errors import FitError
from retrostats.missing.types import Imputation, Inference, MissingRequest, Strategy, VisitScores

#: Which standard error goes with which way to fill gaps, and why no other.
_PAIRS: dict[Imputation, tuple[Inference, ...]] = {
    "posterior draws": ("rubin",),
    "predictive mean matching": ("rubin",),
    "conditional mean": ("jackknife", "bootstrap"),
}
#: Imputations or resamples below this say nothing about a variance.
_FEWEST = 2


def require_request(
    who: str, scores: VisitScores, request: MissingRequest, *, more: Sequence[str] = ()
) -> None:
    """Refuse a request that contradicts itself or the scores, with every reason at once.

    Parameters
    ----------
    who
        Opens the message.
    scores, request
        What was seen and asked for.
    more
        Faults that are known already, to be told with the others.

    Raises
    ------
    ValueError
        If anything is wrong with the request.
    FitError
        If an arm has no subjects, or nobody of it was seen at the endpoint; or if resamples within
        arms are asked for and an arm that is compared or copied has one subject.
    """
    faults = [*_ways(request), *_numbers(request), *_places(scores, request), *more]
    if faults:
        raise ValueError(f"{who}: {'; '.join(faults)}")
    _require_subjects(who, scores, request)


def _ways(request: MissingRequest) -> Iterator[str]:
    """Yield what is wrong with the strategy, the imputation and the inference together."""
    for name, kinds in (("strategy", Strategy), ("imputation", Imputation)):
        if (got := getattr(request, name)) not in get_args(kinds):
            yield f"unknown {name} {got!r}; expected {', '.join(get_args(kinds))}"
    fitting = _PAIRS.get(request.imputation)
    if request.inference not in get_args(Inference):
        yield f"unknown inference {request.inference!r}; expected {', '.join(get_args(Inference))}"
    elif fitting and request.inference not in fitting:
        yield (
            f"inference={request.inference!r} does not go with imputation="
            f"{request.imputation!r}; take {' or '.join(map(repr, fitting))}"
        )
    if request.imputation == "predictive mean matching" and request.strategy != "missing at random":
        yield (
            f"predictive mean matching borrows scores that were seen, and cannot follow "
            f"{request.strategy!r}; take 'posterior draws' or 'conditional mean'"
        )


def _numbers(request: MissingRequest) -> Iterator[str]:
    """Yield what is wrong with the seed, the counts and the level."""
    if request.inference in ("rubin", "bootstrap") and not _whole(request.seed, 0):
        yield (
            f"inference={request.inference!r} draws random numbers and needs a seed, a whole "
            f"number of 0 or more; got {request.seed!r}"
        )
    counts = {"rubin": "imputations", "bootstrap": "replicates"}
    name = counts.get(request.inference, "")
    if name and not _whole(getattr(request, name), _FEWEST):
        yield f"{name} must be a whole number of {_FEWEST} or more, got {getattr(request, name)!r}"
    if not 0 < request.level < 1:
        yield f"level must lie between 0 and 1, as in level=0.95; got {request.level!r}"


def _places(scores: VisitScores, request: MissingRequest) -> Iterator[str]:
    """Yield arms and visits that are not there, and a delta of another shape."""
    arms, m = len(scores.arms), len(scores.visits)
    for name in ("treatment", "comparator", "reference"):
        if not 0 <= getattr(request, name) < arms:
            got = getattr(request, name)
            yield f"{name} {got!r} is the code of no arm; expected 0 to {arms - 1}"
    if request.treatment == request.comparator:
        yield f"treatment and comparator are both {request.treatment!r}; give two arms"
    if not 0 <= request.visit < m:
        yield f"visit {request.visit!r} is no column; expected 0 to {m - 1}"
    lengths = {len(row) for row in request.delta}
    if request.delta and (len(request.delta) != arms or lengths != {m}):
        yield f"delta needs a number for each of {arms} arms and {m} visits, in this order"
    elif not all(math.isfinite(value) for row in request.delta for value in row):
        yield "delta must be finite"


def _require_subjects(who: str, scores: VisitScores, request: MissingRequest) -> None:
    used = {request.treatment, request.comparator}
    if request.strategy != "missing at random":
        used.add(request.reference)
    for code, arm in enumerate(scores.arms):
        mine = scores.arm == code
        if not mine.any():
            raise FitError(f"{who}: arm {arm} has no subjects")
        if not np.isfinite(scores.y[mine, request.visit]).any():
            raise FitError(
                f"{who}: nobody in {arm} was seen at {scores.visits[request.visit]}, so that "
                "nothing says what to impute there; leave the arm out"
            )
        if request.inference == "bootstrap" and code in used and mine.sum() == 1:
            raise FitError(
                f"{who}: {arm} has one subject, whom every resample within arms holds, so that "
                "resamples do not tell how uncertain its mean is; take posterior draws"
            )


def _whole(value: object, least: int) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        return False
    return int(value) >= least
