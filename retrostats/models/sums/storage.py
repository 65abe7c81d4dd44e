"""What sums over subjects and rows of subjects have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Storage(ABC):
    """The data of a likelihood, pattern by pattern of the visits attended.

    The ``P = p + 1`` columns are those of ``[X, y] @ basis``; the last one is the outcome, or
    what is left of it after a preliminary regression.

    Attributes
    ----------
    present
        Visits of each pattern, shape ``(G, m)``.
    group
        Code of the covariance group of each pattern, shape ``(G,)``.
    counts
        Subjects of each pattern, shape ``(G,)``.
    basis
        Transformation of the columns, ``P`` columns wide; upper triangular and square until
        columns that depend on others are dropped. Its last entry is 1.
    n_rows
        Rows of the data.
    log_weights
        Sum of the logarithms of the weights.
    n_apart
        Single rows that stand for no subject; see
        `retrostats.models.random_effects.reduction`. They are the ``counts`` of the last
        pattern.
    """

    present: NDArray[np.bool_]
    group: NDArray[np.intp]
    counts: Floats
    basis: Floats
    n_rows: int
    log_weights: float = 0.0
    n_apart: int = 0

    @property
    def n_visits(self) -> int:
        """Number of scheduled visits, m."""
        return int(self.present.shape[1])

    @property
    def n_columns(self) -> int:
        """Columns of the design and the outcome together, P."""
        return int(self.basis.shape[1])

    @property
    def n_subjects(self) -> int:
        """Subjects in all patterns."""
        return int(self.counts.sum()) - self.n_apart

    @abstractmethod
    def quadratic(self, matrices: Floats) -> Floats:
        """Return ``sum_i Z_i' M_g Z_i``, shape ``(P, P)``, for ``M`` of shape ``(G, m, m)``."""

    @abstractmethod
    def inner(self, weights: Floats) -> Floats:
        """Return ``sum_{i in g} Z_i C Z_i'``, shape ``(G, m, m)``, for ``C`` ``(P, P)``."""

    @abstractmethod
    def transformed(self, matrices: Floats) -> Floats:
        """Return the moments of ``W_g Z_i`` summed over all, shape ``(a, a, P, P)``.

        ``W_g`` may have any number of rows ``a``, shape ``(G, a, m)``.
        """

    @abstractmethod
    def gram(self) -> Floats:
        """Return ``sum_i Z_i' Z_i``, shape ``(P, P)``."""
