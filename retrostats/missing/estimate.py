"""One analysis under an assumption about missing outcomes, whatever the way to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from retrostats.errors import FitError
from retrostats.estimate import Estimate, Interval
from retrostats.jobs.types import Workers
from retrostats.missing.contradictions import require_request
from retrostats.missing.drawn import imputed
from retrostats.missing.resampling import bootstrap, jackknife
from retrostats.missing.results import MissingEstimate
from retrostats.missing.shifted import (
    Complete,
    Imputed,
    Resampled,
    Shifted,
    complete_analysis,
    lacking,
    shifts_of,
)
from retrostats.missing.types import MissingRequest, VisitScores


def missing_estimate(
    scores: VisitScores,
    request: MissingRequest,
    *,
    workers: Workers | int = 1,
    progress: Callable[..., Any] | None = None,
) -> MissingEstimate:
    """Compare two arms at one visit under an assumption about missing outcomes.

    Use it on arrays, where a cohort and a plan are at hand take `retrostats.analyse_missing`; not
    where outcomes after death or another event that ends the outcome are "missing": no assumption
    about them is an imputation.

    Parameters
    ----------
    scores
        Of all randomised subjects with complete covariates, also those never seen after baseline.
    request
        What is assumed, and how it is computed.
    workers
        Who does the work of draws and resamples; the numbers do not depend on it.
    progress
        Is told how far the work is.

    Returns
    -------
    MissingEstimate
        If nothing is missing at the endpoint, the analysis of covariance of the scores as they
        are, with its own standard error and degrees of freedom, whatever was asked for. Else with
        ``"rubin"`` the pooled estimate and a t with the degrees of freedom of Barnard and Rubin,
        and with ``"jackknife"`` and ``"bootstrap"`` a normal interval, as Wolbers et al. have it.

    Raises
    ------
    ValueError
        If the request contradicts itself or the scores; all reasons are told at once.
    FitError
        If the model cannot be fitted, to all subjects or to the resamples.

    References
    ----------
    .. [1] Carpenter JR, Roger JH, Kenward MG (2013). J Biopharm Stat 23, 1352-1371.
       doi:10.1080/10543406.2013.834911
    .. [2] Wolbers M, Noci A, Delmar P, Gower-Page C, Yiu S, Bartlett JW (2022). Pharm Stat 21,
       1246-1257. doi:10.1002/pst.2234

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(7)
    >>> baseline = rng.normal(6, 1, (60, 1))
    >>> arm = np.repeat([0, 1], 30)
    >>> y = baseline - np.array([1, 2]) - arm[:, None] + rng.normal(0, 1, (60, 2))
    >>> y[[3, 40, 41, 42, 43], 1] = np.nan
    >>> scores = VisitScores(
    ...     y=y, arm=arm, covariates=baseline, names=("baseline",), arms=("control", "retro"),
    ...     visits=("week 3", "week 6"), unit="points",
    ... )
    >>> request = MissingRequest(
    ...     strategy="jump to reference", visit=1, treatment=1, comparator=0, reference=0
    ... )
    >>> found = missing_estimate(scores, request)
    >>> found.imputed, found.estimate.df
    ((1, 4), inf)
    """
    require_request("missing_estimate", scores, request)
    parts = shifted_parts(scores, request, workers=workers, progress=progress)
    return answer_of(scores, request, parts)


def answer_of(scores: VisitScores, request: MissingRequest, parts: Shifted) -> MissingEstimate:
    """Return the answer at the shifts of the request, from the work done for it.

    Parameters
    ----------
    scores, request
        What was seen and asked for.
    parts
        What `shifted_parts` returned.
    """
    gone = lacking(scores, request.visit)
    counted = tuple(int(gone[scores.arm == code].sum()) for code in range(len(scores.arms)))
    shifts = shifts_of(scores, request)[None]
    value, se, df = (float(each[0]) for each in parts.at(shifts))
    answer = estimate_of(scores, request, value, se, df)
    return MissingEstimate(
        estimate=answer,
        request=request,
        arms=scores.arms,
        visit=scores.visits[request.visit],
        subjects=len(scores.y),
        imputed=counted,
        replicates=parts.replicates,
        failures=parts.failures,
        **_further(parts, shifts, request),
    )


def shifted_parts(
    scores: VisitScores,
    request: MissingRequest,
    *,
    workers: Workers | int = 1,
    progress: Callable[..., Any] | None = None,
) -> Shifted:
    """Do the draws, resamples and fits of a request; shifts of imputed scores then cost none.

    Parameters
    ----------
    scores, request, workers, progress
        As in `missing_estimate`; ``request.delta`` is not used.
    """
    if not lacking(scores, request.visit).any():
        return complete_analysis(scores, request)
    if request.inference == "rubin":
        return imputed(scores, request, workers=workers, progress=progress)
    if request.inference == "bootstrap":
        return bootstrap(scores, request, workers=workers, progress=progress)
    return jackknife(scores, request, workers=workers, progress=progress)


def estimate_of(
    scores: VisitScores, request: MissingRequest, value: float, se: float, df: float
) -> Estimate:
    """Return the estimate with its label, unit and level.

    Raises
    ------
    FitError
        If the standard error is not positive: the scores leave no residuals.
    """
    label = f"{scores.arms[request.treatment]} - {scores.arms[request.comparator]}"
    if not se > 0:
        raise FitError(f"{label}: the arms and covariates explain the scores to the last digit")
    return Estimate.from_se(label, value, se, unit=scores.unit, df=df, level=request.level)


def _further(
    parts: Shifted, shifts: np.ndarray[Any, Any], request: MissingRequest
) -> dict[str, Any]:
    """Return what only some ways to an estimate have."""
    if isinstance(parts, Complete):
        return {"df_complete": parts.df}
    if isinstance(parts, Imputed):
        pooled = parts.pooled(shifts)
        names = ("within", "between", "fmi", "riv")
        found: dict[str, Any] = {name: float(getattr(pooled, name)[0]) for name in names}
        return found | {"df_complete": float(parts.df)}
    if isinstance(parts, Resampled) and request.inference == "bootstrap":
        tails = [(1 - request.level) / 2, (1 + request.level) / 2]
        low, high = np.quantile(parts.values(shifts)[:, 0], tails).tolist()
        return {"percentile": Interval(low, high, request.level)}
    return {}
