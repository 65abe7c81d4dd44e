"""Search for the shift of missing outcomes at which an answer changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import stdtr, stdtrit

from retrostats.arrays import Floats, real_numbers
from retrostats.estimate import Estimate
from retrostats.jobs.types import Workers
from retrostats.missing.contradictions import require_request
from retrostats.missing.estimate import answer_of, estimate_of, shifted_parts
from retrostats.missing.shifted import Shifted, lacking
from retrostats.missing.tipping_result import Better, TippingPoint, Verdict
from retrostats.missing.types import MissingRequest, VisitScores

#: Shifts to each side of none on the grid, and how far they reach at least: 3 SD is more than
#: whole trials change.
_STEPS, _REACH = 12, 3.0
#: First digits of a step: each at most half as much again as the one before.
_ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
#: Places between none and the largest shift at which a change of sign is looked for. What lies
#: between is a smooth function that bends once.
_SCANNED = 401


def tipping_point(
    scores: VisitScores,
    request: MissingRequest,
    *,
    better: Better,
    deltas: Sequence[float] | None = None,
    workers: Workers | int = 1,
    progress: Callable[..., Any] | None = None,
) -> TippingPoint:
    """Find how much worse the missing scores of the treatment arm are when the answer changes.

    Use it to tell a reader what would have to be true of missing outcomes for the interval to
    reach zero, so that they can judge whether it is plausible; not as a test, and not to choose
    a shift. Draws, resamples and fits are made once: the estimate is linear in the shifts and its
    standard error a function of them, so that every shift is exact.

    Parameters
    ----------
    scores, request
        What was seen and asked for; ``request.delta`` must be empty.
    better
        Which scores are better: worse ones are higher where lower ones are better.
    deltas
        Shifts of the grid of both arms, in the unit of the scores, ascending, positive where
        scores become worse; the search ends at the largest. When omitted, 12 round steps to each
        side, that reach 3 to 4.5 SD.
    workers, progress
        As in `retrostats.missing.estimate.missing_estimate`.

    Returns
    -------
    TippingPoint
        "No tipping point up to the largest shift" is an answer.

    Raises
    ------
    ValueError
        If the request contradicts itself or the scores, or `deltas` do not ascend to a positive
        number.
    FitError
        If the model cannot be fitted.

    References
    ----------
    .. [1] Yan X, Lee S, Li N (2009). J Biopharm Stat 19, 1085-1098.
       doi:10.1080/10543400903243009
    .. [2] Liublinska V, Rubin DB (2014). Stat Med 33, 4170-4185. doi:10.1002/sim.6197

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> baseline, arm = rng.normal(6, 1, (60, 1)), np.repeat([0, 1], 30)
    >>> y = baseline - np.array([1, 2]) - 0.8 * arm[:, None] + rng.normal(0, 1, (60, 2))
    >>> y[[3, *range(40, 48)], 1] = np.nan
    >>> scores = VisitScores(
    ...     y=y, arm=arm, covariates=baseline, names=("baseline",), arms=("control", "retro"),
    ...     visits=("week 3", "week 6"), unit="points",
    ... )
    >>> request = MissingRequest(visit=1, treatment=1, comparator=0, reference=0)
    >>> found = tipping_point(scores, request, better="lower")
    >>> found.verdict, round(found.delta, 2), round(found.at.ci.high, 12) + 0.0
    ('tips', 1.54, 0.0)
    """
    who = "tipping_point"
    require_request(who, scores, request)
    _require(who, request, better)
    sd = residual_sd(scores, request.visit)
    tried = default_deltas(sd) if deltas is None else _given(who, deltas)
    parts = shifted_parts(scores, request, workers=workers, progress=progress)
    start = answer_of(scores, request, parts)
    worse = 1.0 if better == "lower" else -1.0
    verdict, delta = _search(parts, scores, request, worse, float(tried[-1]))
    value, se, p = _grid(parts, scores, request, worse * tried)
    return TippingPoint(
        start=start,
        better=better,
        verdict=verdict,
        delta=delta,
        at=None if math.isnan(delta) else _estimate_at(parts, scores, request, worse * delta),
        limit=float(tried[-1]),
        sd=sd,
        treatment=scores.arms[request.treatment],
        comparator=scores.arms[request.comparator],
        deltas=tried,
        value=value,
        se=se,
        p=p,
    )


def residual_sd(scores: VisitScores, visit: int) -> float:
    """Return the SD of the scores seen at a visit, given arms and covariates.

    Parameters
    ----------
    scores
        Of all subjects.
    visit
        Column of the visit.

    Returns
    -------
    float
        In the unit of the scores; ``nan`` where there are too few of them.
    """
    here = scores.seen[:, visit]
    columns, y = scores.subject_columns[here], scores.y[here, visit]
    beta, _, rank, _ = np.linalg.lstsq(columns, y, rcond=None)
    df = len(y) - int(rank)
    return math.sqrt(float(np.sum((y - columns @ beta) ** 2)) / df) if df > 0 else math.nan


def default_deltas(sd: float) -> Floats:
    """Return round shifts to both sides of none that reach three standard deviations.

    Examples
    --------
    >>> default_deltas(1.5)[[0, 11, 12, 13, 24]].tolist()
    [-4.8, -0.4, 0.0, 0.4, 4.8]
    """
    wanted = _REACH * sd / _STEPS if sd > 0 else 1.0
    exponent = math.floor(math.log10(wanted))
    power = 10.0**exponent
    step = power * next(size for size in _ROUND if size * power >= wanted * (1 - 1e-9))
    # Rounded, so that 0.3 is 0.3 and not 3 times 0.1.
    return np.asarray(np.round(np.arange(-_STEPS, _STEPS + 1) * step, 1 - exponent), dtype=float)


def _require(who: str, request: MissingRequest, better: object) -> None:
    faults = []
    if better not in ("lower", "higher"):
        faults.append(f"better must be 'lower' or 'higher', got {better!r}")
    if any(map(any, request.delta)):
        faults.append("the request has a delta already; leave it empty, for the shifts come here")
    if faults:
        raise ValueError(f"{who}: {'; '.join(faults)}")


def _given(who: str, deltas: Any) -> Floats:
    if isinstance(deltas, Mapping):
        raise TypeError(
            f"{who}: deltas are the shifts that both arms are tried with, as in [-1.0, 0.0, 1.0], "
            f"not one for each arm; got {deltas!r}"
        )
    array = real_numbers(f"{who}: deltas", deltas)
    ascending = array.ndim == 1 and len(array) >= 2 and bool((np.diff(array) > 0).all())
    if not (ascending and np.isfinite(array).all() and array[-1] > 0):
        raise ValueError(
            f"{who}: deltas must be two numbers or more that ascend to a positive one (positive: "
            f"worse), got {deltas!r}"
        )
    return array


def _shifts(scores: VisitScores, request: MissingRequest, treated: Floats, other: Floats) -> Floats:
    """Return shifts by arm, shape ``(k, arms)``: of treatment and comparator, of no other."""
    shifts = np.zeros((len(treated), len(scores.arms)))
    shifts[:, request.treatment], shifts[:, request.comparator] = treated, other
    return shifts


def _search(
    parts: Shifted, scores: VisitScores, request: MissingRequest, worse: float, limit: float
) -> tuple[Verdict, float]:
    """Return what was found, and the smallest shift at which the near limit is zero."""
    from scipy.optimize import brentq

    def near(deltas: Floats) -> Floats:
        """Return the limit next to zero, negative while the interval favours treatment."""
        found = parts.at(_shifts(scores, request, worse * deltas, np.zeros_like(deltas)))
        margin = stdtrit(found.df, 0.5 + request.level / 2) * found.se
        return np.asarray(worse * found.value + margin, dtype=float)

    tried = np.linspace(0.0, limit, _SCANNED)
    bounds = near(tried)
    value, se, df = (float(each[0]) for each in parts.at(np.zeros((1, len(scores.arms)))))
    if bounds[0] >= 0:
        far = worse * value - float(stdtrit(df, 0.5 + request.level / 2)) * se
        return ("against" if far > 0 else "open"), math.nan
    if not lacking(scores, request.visit)[scores.arm == request.treatment].any():
        return "nothing missing", math.nan
    (over,) = np.nonzero(bounds >= 0)
    if not over.size:
        return "holds", math.nan
    low, high = tried[over[0] - 1], tried[over[0]]
    root = brentq(lambda x: float(near(np.array([x]))[0]), low, high, xtol=1e-14 * limit)
    return "tips", float(root)


def _grid(
    parts: Shifted, scores: VisitScores, request: MissingRequest, shifts: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return estimates, standard errors and p values for the shifts of both arms, ``(k, k)``."""
    k = len(shifts)
    treated, other = np.repeat(shifts, k), np.tile(shifts, k)
    value, se, df = parts.at(_shifts(scores, request, treated, other))
    p = 2 * stdtr(df, -np.abs(value / se))
    return value.reshape(k, k), se.reshape(k, k), p.reshape(k, k)


def _estimate_at(
    parts: Shifted, scores: VisitScores, request: MissingRequest, shift: float
) -> Estimate:
    shifts = _shifts(scores, request, np.array([shift]), np.zeros(1))
    return estimate_of(scores, request, *(float(each[0]) for each in parts.at(shifts)))
