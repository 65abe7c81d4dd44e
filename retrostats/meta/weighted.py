"""Weighted least squares of trial estimates on study-level columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """A weighted fit with known total variances.

    ``P = W - W X (X'WX)^-1 X'W`` of shape ``(k, k)`` is made only where it is asked for.

    Attributes
    ----------
    beta
        Coefficients, shape ``(p,)``.
    cov
        Their covariance if the variances are right, shape ``(p, p)``.
    rss
        Weighted residual sum of squares ``y'Py``.
    weights
        Shape ``(k,)``.
    diagonal
        Of ``P``, shape ``(k,)``.
    basis
        Orthonormal columns of ``W^(1/2) X``, shape ``(k, p)``; ``None`` for a mean.
    """

    beta: Floats
    cov: Floats
    rss: float
    weights: Floats
    diagonal: Floats
    basis: Floats | None = None

    @property
    def trace(self) -> float:
        """Sum of the diagonal of ``P``."""
        return float(self.diagonal.sum())

    @property
    def projector(self) -> Floats:
        """``P``, shape ``(k, k)``."""
        root = np.sqrt(self.weights)
        basis = self.basis
        if basis is None:
            share = self.weights / self.weights.sum()
            found = -np.outer(share, self.weights)
        else:
            found = -(basis @ basis.T) * np.outer(root, root)
        np.fill_diagonal(found, self.diagonal)
        return np.asarray(found)

    def squares(self, left: Floats | float = 1.0, right: Floats | float = 1.0) -> float:
        """Return the sum of ``left_i P_ij^2 right_j``; of a mean in a time that grows with ``k``.

        Parameters
        ----------
        left, right
            Not negative, shape ``(k,)`` or a number.
        """
        if self.basis is not None:
            squared = self.projector**2 * right
            return float(np.sum(squared.T * left))
        # Shares, not weights: their squares leave the range of doubles.
        share = self.weights / self.weights.sum()
        one, two = share * self.weights * left, share * self.weights * right
        return float(np.sum(self.diagonal**2 * left * right) + one @ _others(two))


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
    return Weighted(
        beta=beta,
        cov=inverse @ inverse.T,
        rss=float(residual @ residual),
        weights=1 / variances,
        diagonal=(1 - np.sum(q**2, axis=1)) / variances,
        basis=q,
    )


def _weighted_mean(y: Floats, variances: Floats) -> Weighted:
    """Fit a mean so that no digits are lost where one trial has nearly all the weight.

    Estimates are taken from that of the heaviest trial: a common offset costs no digits, and the
    error of ``y'Py`` is at most that of rounding times the root of ``k``. A diagonal element of
    ``P`` is ``w_i (sum w - w_i) / sum w``, the others added up without ``w_i``.
    """
    weights = 1 / variances
    total = float(weights.sum())
    share = weights / total
    anchor = y[int(np.argmax(weights))]
    apart = y - anchor
    shift = float(share @ apart)
    return Weighted(
        beta=np.array([anchor + shift]),
        cov=np.array([[1 / total]]),
        rss=float(weights @ (apart - shift) ** 2),
        weights=weights,
        diagonal=share * _others(weights),
    )


def _others(sizes: Floats) -> Floats:
    """Return the sum of all but each of some numbers of 0 or more, without cancellation."""
    heaviest = int(np.argmax(sizes))
    found = sizes.sum() - sizes
    # Of at least half of the sum no more than a bit is lost; only one can be larger than that.
    found[heaviest] = sizes[:heaviest].sum() + sizes[heaviest + 1 :].sum()
    return np.asarray(found)
