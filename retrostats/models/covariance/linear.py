"""Structures that are linear in their parameters: constant derivatives."""

from __future__ import annotations

import numpy as np

from retrostats.arrays import Floats, read_only
from retrostats.models.covariance.base import CovarianceStructure


class LinearStructure(CovarianceStructure):
    """A covariance matrix that is a sum of constant matrices, each times a parameter."""

    linear = True

    def _set_bases(self, bases: Floats) -> None:
        """Keep the constant matrices, shape (k, m, m)."""
        self._bases = read_only(bases)
        k, self._shape = len(bases), bases.shape[1:]
        self._flat = self._bases.reshape(k, -1)
        # A view of one number: asking for zeros costs no memory.
        self._zeros = np.broadcast_to(0.0, (k, k, *self._shape))

    def matrix(self, theta: Floats) -> Floats:
        """Return the covariance matrix, shape (m, m); ``theta`` (k,) may be complex."""
        sigma: Floats = np.dot(theta, self._flat).reshape(self._shape)
        return sigma

    def first(self, theta: Floats) -> Floats:  # noqa: ARG002 - it does not depend on theta
        """Return the derivative by each parameter, shape (k, m, m): one locked array."""
        return self._bases

    def second(self, theta: Floats) -> Floats:  # noqa: ARG002 - nor does this
        """Return zeros, shape (k, k, m, m), without memory of that size."""
        return self._zeros


def lower_triangle(size: int) -> tuple[tuple[int, int], ...]:
    """Return (row, column) of the lower triangle, row by row, as SAS orders UN."""
    return tuple((i, j) for i in range(size) for j in range(i + 1))


def entry_bases(entries: tuple[tuple[int, int], ...], size: int) -> Floats:
    """Return one symmetric 0/1 matrix for each entry (row, column), shape (k, size, size)."""
    bases = np.zeros((len(entries), size, size))
    for base, (i, j) in zip(bases, entries, strict=True):
        base[i, j] = base[j, i] = 1.0
    return bases


def entry_name(i: str, j: str) -> str:
    """Name an entry of a covariance matrix, e.g. ``"var(3)"`` or ``"cov(3, 6)"``."""
    return f"var({i})" if i == j else f"cov({i}, {j})"
