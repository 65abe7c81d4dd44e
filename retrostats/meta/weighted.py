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
        Columns, shape ``(k, p)``, of full rank; by default a column of ones, which has a way of
        its own that loses no digits where one trial has nearly all the weight.

    Examples
    --------
    >>> fit = weighted_fit(np.array([-0.52, -0.11]), np.array([0.041, 0.062]))
    >>> round(float(fit.beta[0]), 4), round(fit.rss, 3)
    (-0.3568, 1.632)
    """
    if x is None:
        return _weighted_mean(y, variances)
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


def _weighted_mean(y: Floats, variances: Floats) -> Weighted:
    """Fit a mean by sums of one sign, so that nothing cancels.

    ``y'Py`` is the sum over pairs of ``w_i w_j (y_i - y_j)^2 / sum w``, and a diagonal element of
    ``P`` is ``w_i (sum w - w_i) / sum w``, the others added up without ``w_i``.
    """
    weights = 1 / variances
    total = float(weights.sum())
    share = weights / total
    # Around the heaviest trial: a common offset of all estimates costs no digits.
    anchor = y[int(np.argmax(weights))]
    mean = anchor + float(share @ (y - anchor))
    products = np.outer(share, weights)
    apart = y[:, None] - y
    projector = -products
    np.fill_diagonal(products, 0.0)
    np.fill_diagonal(projector, products.sum(axis=0))
    return Weighted(
        beta=np.array([mean]),
        cov=np.array([[1 / total]]),
        projector=projector,
        rss=float(np.sum(products * apart**2)) / 2,
    )
