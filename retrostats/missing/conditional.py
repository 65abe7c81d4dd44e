"""Conditional-mean imputation: one completed data set, and how it moves with the subjects."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.missing.ancova import orthonormal_contrast
from retrostats.missing.filling import conditional_means
from retrostats.missing.reference import imputation_means
from retrostats.missing.shifted import contrast_of, indicators, lacking
from retrostats.missing.types import MissingRequest, VisitScores

#: Numbers in one array of means at most, about 64 MB: resamples beyond go into the next block.
_NUMBERS = 8_000_000
#: Columns are dependent in a resample where the smallest eigenvalue of their cross products,
#: relative to that in all subjects, is below this. A lone subject of 10,000 with a trait is 1e-4.
_SMALLEST = 1e-9


def resampled_estimates(
    scores: VisitScores, request: MissingRequest, counts: Floats
) -> tuple[Floats, NDArray[np.intp]]:
    """Fit, impute and compare for every resample of the subjects.

    Each resample has a repeated-measures model of its own (restricted likelihood, unstructured
    covariance, arms and covariates by visit), the conditional means of missing scores under the
    strategy, and an analysis of covariance at the endpoint with the same columns.

    Parameters
    ----------
    scores, request
        What was seen and asked for; ``request.delta`` is not used.
    counts
        How often each subject counts, shape ``(R, n)``.

    Returns
    -------
    estimates : ndarray
        Shape ``(R, 1 + arms)``: estimate, and its slopes in a shift of the imputed scores of each
        arm. ``nan`` where a resample has no answer.
    codes : ndarray of int
        Shape ``(R,)``: 0, or why there is none, a key of `retrostats.models.batch.types.REASONS`.
    """
    n, m = scores.y.shape
    size = max(1, _NUMBERS // (n * m))
    starts = range(0, len(counts), size)
    parts = [_block(scores, request, counts[start : start + size]) for start in starts]
    estimates, codes = zip(*parts, strict=True)
    return np.concatenate(estimates), np.concatenate(codes)


def _block(
    scores: VisitScores, request: MissingRequest, counts: Floats
) -> tuple[Floats, NDArray[np.intp]]:
    from retrostats.models.batch.fit import fit_batch
    from retrostats.models.batch.types import DEPENDENT

    columns, contrast = scores.subject_columns, contrast_of(scores, request)
    m, q = scores.y.shape[1], columns.shape[1]
    row = np.zeros((1, m * q))
    row[0, request.visit * q : (request.visit + 1) * q] = contrast
    fits = fit_batch(
        np.where(scores.seen, scores.y, 0.0),
        scores.seen,
        columns,
        row,
        multiplicity=counts,
        df="asymptotic",
    )
    weights = ancova_weights(columns, contrast, counts)
    # A column that was dropped at one visit leaves no expectation of some scores there.
    dependent = np.isnan(fits.beta).any(axis=1) | np.isnan(weights).any(axis=1)
    codes = np.where(fits.failed, fits.reason, np.where(dependent, DEPENDENT, 0))
    good = codes == 0
    found = np.full((len(counts), 1 + len(scores.arms)), np.nan)
    beta = np.swapaxes(fits.beta[good].reshape(-1, m, q), 1, 2)
    y = _completed(scores, request, beta, fits.sigma[good])
    found[good, 0] = (weights[good] * y).sum(axis=1)
    found[good, 1:] = weights[good] @ indicators(scores, request.visit)
    return found, codes


def _completed(scores: VisitScores, request: MissingRequest, beta: Floats, sigma: Floats) -> Floats:
    """Return the endpoint with conditional means in the gaps, shape ``(R, n)``."""
    visit = request.visit
    gone = lacking(scores, visit)
    some = replace(
        scores, y=scores.y[gone], arm=scores.arm[gone], covariates=scores.covariates[gone]
    )
    means = imputation_means(some, beta, request.strategy, request.reference)
    y = np.tile(scores.y[:, visit], (len(beta), 1))
    y[:, gone] = conditional_means(some.y, means, sigma)[..., visit]
    return y


def ancova_weights(columns: Floats, contrast: Floats, counts: Floats) -> Floats:
    """Return the weights that least squares gives each score in a contrast.

    Parameters
    ----------
    columns
        Shape ``(n, q)``.
    contrast
        Of the coefficients, shape ``(q,)``.
    counts
        How often each subject counts, shape ``(R, n)``.

    Returns
    -------
    ndarray
        Shape ``(R, n)``; ``nan`` in resamples whose columns depend on one another.

    Raises
    ------
    FitError
        If the columns of all subjects depend on one another.

    Examples
    --------
    >>> columns = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    >>> ancova_weights(columns, np.array([0.0, 1.0]), np.array([[1, 1, 1], [2, 0, 1]])) + 0.0
    array([[-0.5, -0.5,  1. ],
           [-1. ,  0. ,  1. ]])
    """
    # Orthonormal in all subjects: cross products of a resample are then near the identity.
    q, row = orthonormal_contrast(columns, contrast)
    cross = np.einsum("rn,na,nb->rab", counts, q, q, optimize=True)
    weights = np.full(counts.shape, np.nan)
    good = np.linalg.eigvalsh(cross)[:, 0] > _SMALLEST
    solved = np.linalg.solve(cross[good], np.broadcast_to(row[:, None], (good.sum(), len(row), 1)))
    weights[good] = counts[good] * (solved[..., 0] @ q.T)
    return weights
