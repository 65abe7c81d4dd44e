"""Least squares at one visit for many completed data sets at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError


class Contrast(NamedTuple):
    """A contrast of coefficients, of columns that are orthonormal.

    Attributes
    ----------
    q
        What the columns span, orthonormal, shape ``(n, k)``.
    row
        Weights of the coefficients of `q`, shape ``(k,)``.
    """

    q: Floats
    row: Floats


def orthonormal_contrast(columns: Floats, contrast: Floats) -> Contrast:
    """Return a contrast for orthonormal columns in place of those that are given.

    Parameters
    ----------
    columns
        The design, shape ``(n, k)``: constant, arms, covariates.
    contrast
        Weights of the coefficients, shape ``(k,)``.

    Raises
    ------
    FitError
        If columns depend on one another.

    Examples
    --------
    >>> import numpy as np
    >>> columns = np.array([[1.0, 0], [1, 0], [1, 1], [1, 1]])
    >>> q, row = orthonormal_contrast(columns, np.array([0.0, 1]))
    >>> (q @ row).round(12)  # weights of the scores
    array([-0.5, -0.5,  0.5,  0.5])
    """
    # Columns in their own units may differ by powers of ten; their rank does not hang on that.
    size = np.linalg.norm(columns, axis=0)
    if not (size > 0).all() or np.linalg.matrix_rank(columns / size) < columns.shape[1]:
        raise FitError(
            "the arms and covariates depend on one another, or an arm has no subjects; leave a "
            "covariate out"
        )
    q, r = np.linalg.qr(columns / size)
    return Contrast(q, np.linalg.solve(r.T, contrast / size))


class AncovaMany(NamedTuple):
    """A contrast in every data set.

    Attributes
    ----------
    values, variances
        Estimates and their squared standard errors, shape ``(M,)``.
    df
        Residual degrees of freedom, the same in all.
    """

    values: Floats
    variances: Floats
    df: int


def ancova_many(y: Floats, columns: Floats, contrast: Floats) -> AncovaMany:
    """Estimate one contrast by least squares in every data set.

    Parameters
    ----------
    y
        Scores at one visit in each data set, shape ``(M, n)``; complete.
    columns
        The design, shape ``(n, k)``, the same in all: constant, arms, covariates.
    contrast
        Weights of the coefficients, shape ``(k,)``.

    Returns
    -------
    AncovaMany
        A variance of 0 means that the columns reproduce the scores.

    Raises
    ------
    FitError
        If columns depend on one another, or there are no more rows than columns.

    Examples
    --------
    >>> import numpy as np
    >>> columns = np.array([[1.0, 0], [1, 0], [1, 1], [1, 1]])
    >>> ancova_many(np.array([[4.0, 6, 2, 4]]), columns, np.array([0.0, 1]))
    AncovaMany(values=array([-2.]), variances=array([2.]), df=2)
    """
    n, k = columns.shape
    if n <= k:
        raise FitError(f"{n} subjects cannot determine {k} coefficients and a variance")
    q, row = orthonormal_contrast(columns, contrast)
    # Two passes: what the columns explain is taken out twice, so that its rounding is gone too.
    scores = y @ q
    left = y - scores @ q.T
    again = left @ q
    left = left - again @ q.T
    df = n - k
    variance = (left**2).sum(axis=1) / df
    return AncovaMany((scores + again) @ row, variance * float(row @ row), df)
