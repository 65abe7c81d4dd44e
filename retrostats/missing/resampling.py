"""Jackknife and bootstrap of an estimate from conditional means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.jobs.types import Workers
from retrostats.missing.conditional import resampled_estimates
from retrostats.missing.shifted import Resampled
from retrostats.missing.types import BlockOfWork, MissingRequest, VisitScores, digest

#: Resamples in one block of work: enough to be fitted together, few enough to share among workers.
BLOCK = 250
#: Subjects left out, one at a time, in one block. A fit of all of them takes long only with more.
LEFT_OUT = 100
#: Share of resamples that may have no answer. More are a sign that the answers left are a choice.
MOST_FAILED = 0.01


def base_estimate(scores: VisitScores, request: MissingRequest) -> Floats:
    """Return the estimate in all subjects and its slopes in the shifts, shape ``(1 + arms,)``.

    Raises
    ------
    FitError
        If the model cannot be fitted.
    """
    found, codes = resampled_estimates(scores, request, np.ones((1, len(scores.y))))
    if codes[0]:
        raise FitError(
            f"the model that imputation starts from cannot be fitted: {_reason(codes)}. Leave a "
            "visit or a covariate out"
        )
    return np.asarray(found[0])


def jackknife(
    scores: VisitScores,
    request: MissingRequest,
    *,
    workers: Workers | int = 1,
    progress: Callable[..., Any] | None = None,
) -> Resampled:
    """Leave out one subject at a time; the variance is ``(n - 1) / n`` times the sum of squares.

    Parameters
    ----------
    scores, request
        What was seen and asked for.
    workers, progress
        As in `retrostats.jobs.run.run_replicates`.

    Raises
    ------
    FitError
        If the model cannot be fitted, to all subjects or without one of them.

    References
    ----------
    .. [1] Wolbers M, Noci A, Delmar P, Gower-Page C, Yiu S, Bartlett JW (2022). Standard and
       reference-based conditional mean imputation. Pharm Stat 21, 1246-1257. doi:10.1002/pst.2234
    """
    from retrostats.jobs.run import run_replicates

    n = len(scores.y)
    base = base_estimate(scores, request)
    done = run_replicates(
        LeaveOut(scores=scores, request=request),
        n,
        seed=0,
        block=LEFT_OUT,
        key=digest("jackknife", scores, request),
        workers=workers,
        progress=progress,
        words="Leaving out",
    )
    found, codes = done.arrays["estimates"], done.arrays["codes"]
    if codes.any():
        raise FitError(
            "jackknife: without one of the subjects the model cannot be fitted "
            f"({np.count_nonzero(codes)} of {n} times): {_reason(codes)}. Leave a rare category or "
            "a visit out, or take posterior draws, as multiple imputation does"
        )
    return Resampled(base=base, resamples=found, factor=(n - 1) / n, failures=0)


def bootstrap(
    scores: VisitScores,
    request: MissingRequest,
    *,
    workers: Workers | int = 1,
    progress: Callable[..., Any] | None = None,
) -> Resampled:
    """Draw subjects with replacement within arms; the variance is that of the estimates.

    Parameters
    ----------
    scores, request
        What was seen and asked for, with seed and number of replicates.
    workers, progress
        As in `retrostats.jobs.run.run_replicates`.

    Raises
    ------
    FitError
        If the model cannot be fitted to all subjects, or more than 1% of the resamples have no
        answer.
    """
    from retrostats.jobs.run import run_replicates

    if request.seed is None:
        raise ValueError("bootstrap: resamples are drawn; the request needs a seed")
    base = base_estimate(scores, request)
    done = run_replicates(
        Resample(scores=scores, request=request),
        request.replicates,
        seed=request.seed,
        block=BLOCK,
        key=digest("bootstrap", scores, request),
        workers=workers,
        progress=progress,
        words="Resampling",
    )
    found = done.arrays["estimates"]
    good = np.isfinite(found[:, 0])
    failures = int((~good).sum())
    if failures > MOST_FAILED * len(found):
        raise FitError(
            f"bootstrap: {failures:,} of {len(found):,} resamples have no answer, more than "
            f"{MOST_FAILED:.0%}, such as when a rare category or a visit with few subjects is "
            "missing from them. Leave it out, or take the jackknife or posterior draws"
        )
    kept = found[good]
    return Resampled(base=base, resamples=kept, factor=1 / (len(kept) - 1), failures=failures)


class LeaveOut(BlockOfWork):
    """The work of one block: some subjects, left out one at a time. Nothing is drawn."""

    __slots__ = ()

    def __call__(self, _rng: np.random.Generator, places: range) -> dict[str, np.ndarray[Any, Any]]:
        """Return estimates, shape ``(len(places), 1 + arms)``, and codes of failures."""
        counts = np.ones((len(places), len(self.scores.y)))
        counts[np.arange(len(places)), list(places)] = 0.0
        estimates, codes = resampled_estimates(self.scores, self.request, counts)
        return {"estimates": estimates, "codes": codes}


class Resample(BlockOfWork):
    """The work of one block: subjects drawn with replacement within arms."""

    __slots__ = ()

    def __call__(self, rng: np.random.Generator, places: range) -> Mapping[str, Floats]:
        """Return the estimates of these resamples, shape ``(len(places), 1 + arms)``."""
        counts = np.zeros((len(places), len(self.scores.y)))
        for arm in range(len(self.scores.arms)):
            (rows,) = np.nonzero(self.scores.arm == arm)
            if rows.size:
                shares = np.full(rows.size, 1 / rows.size)
                counts[:, rows] = rng.multinomial(rows.size, shares, size=len(places))
        return {"estimates": resampled_estimates(self.scores, self.request, counts)[0]}


def _reason(codes: NDArray[np.intp]) -> str:
    """Return the first reason why there is no answer."""
    from retrostats.models.batch.types import REASONS

    return REASONS[int(codes[codes > 0][0])]
