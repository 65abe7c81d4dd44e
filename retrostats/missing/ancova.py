"""Least squares at one visit for many completed data sets at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError


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
    # Columns in their own units may differ by powers of ten; their rank does not hang on that.
    size = np.linalg.norm(columns, axis=0)
    if not (size > 0).all() or np.linalg.matrix_rank(columns / size) < k:
        raise FitError(
            "the arms and covariates depend on one another at the endpoint; leave one out"
        )
    q, r = np.linalg.qr(columns / size)
    row = np.linalg.solve(r.T, contrast / size)
    # Two passes: what the columns explain is taken out twice, so that its rounding is gone too.
    scores = y @ q
    left = y - scores @ q.T
    again = left @ q
    left = left - again @ q.T
    df = n - k
    variance = (left**2).sum(axis=1) / df
    return AncovaMany((scores + again) @ row, variance * float(row @ row), df)
