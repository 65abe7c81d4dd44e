"""Eigenvalues of covariances whose variances differ by many powers of ten."""

from __future__ import annotations

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError


def covariance_axes(block: Floats) -> tuple[Floats, Floats]:
    """Return eigenvalues and eigenvectors of a covariance, the small ones as exact as the large.

    Variances of one trial may span ten powers of ten. Eigenvalues of the matrix would then have
    the rounding of the largest; those of its Cholesky factor, of which only the columns differ in
    size, have no such loss.

    Parameters
    ----------
    block
        Positive definite, shape ``(n, n)``.

    Returns
    -------
    (n,) and (n, n) arrays
        Eigenvalues from the largest to the smallest, and eigenvectors in columns.
    """
    scale = np.sqrt(np.diag(block))
    factor = np.linalg.cholesky(block / np.outer(scale, scale)).T * scale
    singular, vectors = right_singular(factor)
    return singular**2, vectors


def right_singular(factor: Floats) -> tuple[Floats, Floats]:
    """Return singular values and right singular vectors by Jacobi's method.

    Parameters
    ----------
    factor
        Shape ``(n, n)``, well conditioned but for the sizes of its columns; each singular value
        then has the rounding of itself.

    Raises
    ------
    FitError
        If the method does not converge.

    References
    ----------
    .. [1] Drmac Z, Veselic K (2008). SIAM J Matrix Anal Appl 29, 1322-1342.
       doi:10.1137/050639193
    """
    from scipy.linalg.lapack import dgejsv

    if len(factor) == 1:
        return np.abs(factor[0]), np.ones((1, 1))
    singular, _, vectors, work, _, failed = dgejsv(factor, joba=0)
    if failed:
        raise FitError("pool_dependent: no eigenvalues of the covariance within a trial")
    return np.asarray(singular * (work[0] / work[1])), np.asarray(vectors)
