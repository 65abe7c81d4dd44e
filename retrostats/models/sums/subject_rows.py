"""The rows of subjects, where keeping them is smaller than summing their products."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.sums.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SubjectRows(Storage):
    """The rows themselves, for many patterns or irregular times.

    Offers what `Moments` offers, at a cost that grows with the number of subjects.

    Attributes
    ----------
    rows
        Transformed rows ``Z_i`` with zeros at missing visits, subjects sorted by pattern,
        shape ``(n, m, P)``.
    pattern
        Pattern of each subject, ascending, shape ``(n,)``.
    """

    rows: Floats
    pattern: NDArray[np.intp]

    def _spread(self, matrices: Floats) -> Floats:
        return matrices if len(matrices) == len(self.rows) else matrices[self.pattern]

    def quadratic(self, matrices: Floats) -> Floats:
        """Return ``sum_i Z_i' M_g Z_i``, shape ``(P, P)``."""
        size = self.n_columns
        product = self._spread(matrices) @ self.rows
        return np.asarray(self.rows.reshape(-1, size).T @ product.reshape(-1, size))

    def inner(self, weights: Floats) -> Floats:
        """Return ``sum_{i in g} Z_i C Z_i'``, shape ``(G, m, m)``."""
        each = (self.rows @ weights) @ self.rows.transpose(0, 2, 1)
        if len(self.counts) == len(self.rows):
            return np.asarray(each)
        return np.asarray(np.add.reduceat(each, _starts(self.pattern), axis=0))

    def transformed(self, matrices: Floats) -> Floats:
        """Return the moments of ``W_g Z_i`` summed over all, shape ``(a, a, P, P)``.

        ``W_g`` may have any number of rows ``a``, shape ``(G, a, m)``.
        """
        moved = self._spread(matrices) @ self.rows
        a, size = moved.shape[1:]
        flat = moved.reshape(len(moved), a * size)
        return np.asarray((flat.T @ flat).reshape(a, size, a, size).transpose(0, 2, 1, 3))

    def gram(self) -> Floats:
        """Return ``sum_i Z_i' Z_i``, shape ``(P, P)``."""
        flat = self.rows.reshape(-1, self.n_columns)
        return np.asarray(flat.T @ flat)

    def rebased(self, change: Floats) -> SubjectRows:
        """Return the rows of ``[X, y] @ basis @ change``."""
        return replace(self, rows=self.rows @ change, basis=self.basis @ change)

    def of_group(self, code: int) -> SubjectRows:
        """Return the part of one covariance group."""
        chosen = self.group == code
        subjects = chosen[self.pattern]
        return replace(
            self,
            present=self.present[chosen],
            group=self.group[chosen],
            counts=self.counts[chosen],
            rows=self.rows[subjects],
            pattern=np.unique(self.pattern[subjects], return_inverse=True)[1],
        )


def _starts(pattern: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.flatnonzero(np.diff(pattern, prepend=-1))
