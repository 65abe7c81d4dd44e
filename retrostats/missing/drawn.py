"""Draws of the missing scores at the endpoint, in blocks of imputations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from retrostats.arrays import Floats
from retrostats.jobs.types import Workers
from retrostats.missing.filling import fill
from retrostats.missing.reference import imputation_means
from retrostats.missing.shifted import Imputed, imputed_analyses, lacking
from retrostats.missing.types import BlockOfWork, MissingRequest, VisitScores, digest

#: Imputations in one block of work.
BLOCK = 50


class PosteriorDraws(BlockOfWork):
    """The work of one block: parameters from their posterior, and the missing scores given them."""

    __slots__ = ()

    def __call__(self, rng: np.random.Generator, places: range) -> Mapping[str, Floats]:
        """Return imputed scores at the endpoint, shape ``(len(places), lacking)``."""
        from retrostats.missing.posterior import posterior_draws

        scores, request = self.scores, self.request
        parameters = posterior_draws(
            scores.y, scores.subject_columns, len(places), rng=rng, visits=scores.visits
        )
        gone = lacking(scores, request.visit)
        some = replace(
            scores, y=scores.y[gone], arm=scores.arm[gone], covariates=scores.covariates[gone]
        )
        means = imputation_means(some, parameters.beta, request.strategy, request.reference)
        drawn = fill(some.y, means, parameters.sigma, rng=rng)
        return {"drawn": drawn[..., request.visit]}


class Matches(BlockOfWork):
    """The work of one block: scores of others who were expected to score alike.

    They are missing at random.
    """

    __slots__ = ()

    def __call__(self, rng: np.random.Generator, places: range) -> Mapping[str, Floats]:
        """Return imputed scores at the endpoint, shape ``(len(places), lacking)``."""
        from retrostats.missing.matching import match_means

        scores, request = self.scores, self.request
        filled = match_means(
            scores.y, scores.subject_columns, len(places), rng=rng, visits=scores.visits
        )
        return {"drawn": filled[:, lacking(scores, request.visit), request.visit]}


def imputed(
    scores: VisitScores,
    request: MissingRequest,
    *,
    workers: Workers | int = 1,
    progress: Callable[..., Any] | None = None,
) -> Imputed:
    """Draw the missing scores at the endpoint and analyse every completed data set.

    Parameters
    ----------
    scores, request
        What was seen and asked for, with seed and number of imputations.
    workers, progress
        As in `retrostats.jobs.run.run_replicates`.

    Raises
    ------
    FitError
        If the model of the visits cannot be fitted, or the arms and covariates depend on one
        another.
    """
    from retrostats.jobs.run import run_replicates

    if request.seed is None:
        raise ValueError("imputed: scores are drawn; the request needs a seed")
    kind = Matches if request.imputation == "predictive mean matching" else PosteriorDraws
    done = run_replicates(
        kind(scores=scores, request=request),
        request.imputations,
        seed=request.seed,
        block=BLOCK,
        key=digest(request.imputation, scores, request),
        workers=workers,
        progress=progress,
        words="Imputing",
    )
    return imputed_analyses(scores, request, done.arrays["drawn"])
