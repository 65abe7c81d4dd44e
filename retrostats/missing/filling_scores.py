"""Completed data sets of a trial, by posterior draws or by matching."""

from __future__ import annotations

import numpy as np

from retrostats.arrays import Floats
from retrostats.missing.filling import fill
from retrostats.missing.matching import match_means
from retrostats.missing.posterior import posterior_draws
from retrostats.missing.reference import imputation_means
from retrostats.missing.types import Imputation, Strategy, VisitScores


def completed_scores(
    scores: VisitScores,
    imputations: int,
    *,
    rng: np.random.Generator,
    imputation: Imputation = "posterior draws",
    strategy: Strategy = "missing at random",
    reference: int = 0,
) -> Floats:
    """Fill the gaps of all visits in several data sets.

    Parameters
    ----------
    scores
        Of all subjects.
    imputations
        How many data sets, ``M``.
    rng
        Source of the draws.
    imputation
        ``"posterior draws"``: normal draws under a draw of means and covariance.
        ``"predictive mean matching"``: scores of others; only missing at random.
    strategy, reference
        What is assumed after the last visit seen, and the code of the arm that is copied.

    Returns
    -------
    ndarray, shape ``(M, n, m)``

    Raises
    ------
    FitError
        If the scores seen do not determine the model.
    ValueError
        If the imputation is unknown, or matching is asked for under another strategy.
    """
    y, columns, visits = scores.y, scores.subject_columns, scores.visits
    if scores.seen.all():
        return np.array(np.broadcast_to(y, (imputations, *y.shape)))
    if imputation == "posterior draws":
        drawn = posterior_draws(y, columns, imputations, rng=rng, visits=visits)
        means = imputation_means(scores, drawn.beta, strategy, reference)
        return fill(y, means, drawn.sigma, rng=rng)
    if imputation != "predictive mean matching":
        raise ValueError(
            "imputation must be 'posterior draws' or 'predictive mean matching', got "
            f"{imputation!r}"
        )
    if strategy != "missing at random":
        raise ValueError(
            f"predictive mean matching goes with 'missing at random', not {strategy!r}: donors "
            "are subjects who stayed; use 'posterior draws'"
        )
    return match_means(y, columns, imputations, rng=rng, visits=visits)
