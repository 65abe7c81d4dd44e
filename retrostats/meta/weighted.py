"""Weighted least squares of trial estimates on study-level columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """A weighted fit with known total variances.

    Attributes
    ----------
    beta
        Coefficients, shape ``(p,)``.
    cov
        Their covariance if the variances are right, shape ``(p, p)``.
    projector
        ``P = W - W X (X'WX)^-1 X'W``, shape ``(k, k)``.
    rss
        Weighted residual sum of squares ``y'Py``.
    """

    beta: Floats
    cov: Floats
    projector: Floats
    rss: float


def ones(k: int) -> Floats:
    """Return the design of a pooled mean, shape ``(k, 1)``."""
    return np.ones((k, 1))


def weighted_fit(y: Floats, variances: Floats, x: Floats | None = None) -> Weighted:
    """Fit ``y`` on the columns of ``x`` with weights ``1 / variances``.

    Parameters
    ----------
    y, variances
        Trial estimates and their total variances, shape ``(k,)``.
    x
        Columns, shape ``(k, p)``, of full rank; by default a column of ones.
    """
    x = ones(len(y)) if x is None else x
    root = 1 / np.sqrt(variances)
    q, r = np.linalg.qr(x * root[:, None])
    inverse = np.linalg.inv(r)
    beta = inverse @ (q.T @ (y * root))
    residual = (y - x @ beta) * root
    projector = (np.eye(len(y)) - q @ q.T) * np.outer(root, root)
    return Weighted(
        beta=beta,
        cov=inverse @ inverse.T,
        projector=projector,
        rss=float(residual @ residual),
    )
