"""A sandwich covariance, and how many degrees of freedom it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.models.inference.fixed_effects import estimating_rows

Kind: TypeAlias = Literal["CR0", "CR2", "CR3"]

#: Less than this share of the model-based variance is nothing left.
_NOTHING = 1e-9


class Whitened(NamedTuple):
    """Designs at unit working covariance, (n_g, m_g, p), plain and adjusted."""

    plain: Floats
    adjusted: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Robust:
    r"""A sandwich covariance, with what its degrees of freedom need.

    Attributes
    ----------
    kind
        ``"CR0"``, ``"CR2"`` or ``"CR3"``.
    covariance
        Of the coefficients, shape (p, p).
    phi
        Model-based covariance, shape (p, p).
    pinned
        Number of subjects with a leverage of 1: some combination of their outcomes is
        fitted exactly whatever it is, and says nothing about the error. Under CR2 it is
        left out (generalised inverse), so that variances that lean on it are too small.
    """

    kind: Kind
    covariance: Floats
    phi: Floats
    pinned: int
    _subjects: tuple[Whitened, ...]

    def degrees_of_freedom(self, rows: Floats) -> Floats:
        r"""Return Bell and McCaffrey's degrees of freedom of each combination.

        The variance estimate is a quadratic form :math:`\sum_i (g_i'y)^2`. With
        :math:`G_{ij} = g_i' \Sigma g_j` under the working model, a scaled chi-square with
        :math:`(\mathrm{tr}\,G)^2 / \mathrm{tr}\,G^2` degrees of freedom has its first two
        moments. G is diagonal plus rank p and is never formed.

        Parameters
        ----------
        rows
            Combinations, shape (r, p).

        Returns
        -------
        Floats
            Shape (r,).

        Raises
        ------
        DataError
            If a row is zero or a shape does not fit.
        FitError
            If subjects with leverage 1 leave a combination without any variance estimate.
        """
        rows = estimating_rows(rows, len(self.phi))
        rows = rows / np.abs(rows).max(axis=1, keepdims=True)
        moved = rows @ self.phi
        own = square = cross = np.zeros(len(rows))
        shared = np.zeros((len(rows), *self.phi.shape))
        for plain, adjusted in self._subjects:
            parts = (adjusted @ moved.T).transpose(2, 0, 1)  # (r, n, m)
            each = (parts * parts).sum(axis=2)
            back = (parts[:, :, None, :] @ plain)[:, :, 0]  # (r, n, p)
            own, square = own + each.sum(axis=1), square + (each * each).sum(axis=1)
            cross = cross + (each * ((back @ self.phi) * back).sum(axis=2)).sum(axis=1)
            shared += back.swapaxes(1, 2) @ back
        shared = self.phi @ shared
        trace = own - np.trace(shared, axis1=1, axis2=2)
        squares = square - 2 * cross + (shared * shared.swapaxes(1, 2)).sum(axis=(1, 2))
        if not (trace > _NOTHING * (moved * rows).sum(axis=1)).all():
            raise FitError(_nothing_left(self.kind, self.pinned))
        return np.asarray(trace * trace / squares, dtype=np.float64)

    def hotelling(self, rows: Floats) -> tuple[float, float]:
        r"""Return denominator degrees of freedom and scale of a joint test (HTZ).

        The covariance of the q combinations is taken as Wishart with the :math:`\eta` that
        matches the sum of the variances of all its entries under the working model
        (Zhang's choice, which Pustejovsky and Tipton recommend). Then
        :math:`\frac{\eta - q + 1}{\eta q} Q` is F with q and :math:`\eta - q + 1`.

        Parameters
        ----------
        rows
            Independent combinations, shape (q, p); only the space that they span matters.

        Returns
        -------
        tuple of float
            Denominator degrees of freedom, and the factor on Q / q.

        Raises
        ------
        DataError
            If a row is zero or a shape does not fit.
        FitError
            If there are too few subjects for so many rows.
        """
        rows = estimating_rows(rows, len(self.phi))
        count = len(rows)
        rows = np.linalg.solve(np.linalg.cholesky(rows @ self.phi @ rows.T), rows)
        pieces = [self._pieces(rows, *subjects) for subjects in self._subjects]
        own, low = (np.concatenate(piece) for piece in zip(*pieces, strict=True))
        expected = (own - low @ low.swapaxes(1, 2)).sum(axis=0)
        if not np.linalg.eigvalsh(expected)[0] > _NOTHING:
            raise FitError(_nothing_left(self.kind, self.pinned))
        root = np.linalg.cholesky(expected)
        low = np.linalg.solve(root, low)
        own = np.linalg.solve(root, np.linalg.solve(root, own).swapaxes(1, 2))
        eta = count * (count + 1) / _total_variance(own, low)
        if eta - count + 1 < _NOTHING:
            raise FitError(
                f"{self.kind}: a joint test of {count} rows needs more than the "
                f"{eta:.3g} degrees of freedom that these subjects give. Test fewer rows at a time."
            )
        return eta - count + 1, (eta - count + 1) / eta

    def _pieces(self, rows: Floats, plain: Floats, adjusted: Floats) -> tuple[Floats, Floats]:
        """Split the covariance of two subjects' parts of the estimate: own and shared."""
        parts = (adjusted @ (self.phi @ rows.T)).swapaxes(1, 2)  # (n, q, m)
        return parts @ parts.swapaxes(1, 2), parts @ plain @ np.linalg.cholesky(self.phi)


def _total_variance(own: Floats, low: Floats) -> float:
    """Sum the variances of all entries, from ``B_ij = [i = j] own_i - low_i low_j'``."""
    count = low.shape[1]
    outer = low @ low.swapaxes(1, 2)
    trace, outer_trace = np.trace(own, axis1=1, axis2=2), np.trace(outer, axis1=1, axis2=2)
    flat = low.reshape(len(low), -1)
    fourth = (flat.T @ flat).reshape(count, -1, count, low.shape[2])
    squared_traces = (trace * trace - 2 * trace * outer_trace).sum() + (fourth**2).sum()
    products = (own * own - 2 * own * outer).sum() + (fourth * fourth.transpose(2, 1, 0, 3)).sum()
    return float(squared_traces + products)


def _nothing_left(kind: Kind, pinned: int) -> str:
    return (
        f"{kind}: the residuals say nothing about the variance of this combination, which is "
        f"determined by subjects with leverage 1 ({pinned} of them here: each fits some "
        "combination exactly, e.g. the only one seen in an arm at a visit). Use a model-based "
        "method, or drop the term that they determine."
    )
