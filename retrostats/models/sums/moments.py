"""Sums of products over subjects: all that a likelihood needs to know of the data.

For subjects who attended the same visits and any matrix ``M`` of those visits,

    sum_i X_i' M X_i = sum_ab M_ab T[a, b],      T[a, b] = sum_i z_ia z_ib'

where ``z_ia`` holds the ``p`` columns of the design and the outcome of subject ``i`` at visit
``a``. ``T`` is summed once; after that the cost of an evaluation no longer depends on the
number of subjects. Moments of parts of the data add up to the moments of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.sums.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments(Storage):
    """Products summed over the subjects of each visit pattern.

    Attributes
    ----------
    products
        ``T``, shape ``(G, m * m, P * P)``.
    """

    products: Floats

    def quadratic(self, matrices: Floats) -> Floats:
        """Return ``sum_i Z_i' M_g Z_i``, shape ``(P, P)``, for ``M`` of shape ``(G, m, m)``."""
        size = self.n_columns
        flat = matrices.reshape(1, -1) @ self.products.reshape(-1, size * size)
        return np.asarray(flat.reshape(size, size))

    def inner(self, weights: Floats) -> Floats:
        """Return ``sum_{i in g} Z_i C Z_i'``, shape ``(G, m, m)``, for ``C`` ``(P, P)``."""
        m = self.n_visits
        return np.asarray((self.products @ weights.reshape(-1)).reshape(-1, m, m))

    def transformed(self, matrices: Floats) -> Floats:
        """Return the moments of ``W_g Z_i`` summed over all, shape ``(a, a, P, P)``.

        ``W_g`` may have any number of rows ``a``, shape ``(G, a, m)``.
        """
        m, size = self.n_visits, self.n_columns
        a = matrices.shape[1]
        by_left = matrices @ self.products.reshape(-1, m, m * size * size)
        # (G, c, b, PP): contract b with the second W and add up the patterns in one product.
        by_left = by_left.reshape(-1, a, m, size * size).transpose(1, 0, 2, 3)
        right = matrices.transpose(1, 0, 2).reshape(a, -1)
        both = right @ by_left.reshape(a, -1, size * size)
        return np.asarray(both.reshape(a, a, size, size))

    def gram(self) -> Floats:
        """Return ``sum_i Z_i' Z_i``, shape ``(P, P)``."""
        return self.quadratic(np.broadcast_to(np.eye(self.n_visits), self._shape()))

    def _shape(self) -> tuple[int, int, int]:
        return len(self.counts), self.n_visits, self.n_visits

    def rebased(self, change: Floats) -> Moments:
        """Return the moments of the columns ``[X, y] @ basis @ change``."""
        size, m = self.n_columns, self.n_visits
        products = self.products.reshape(-1, m * m, size, size)
        products = change.T @ products @ change
        new = change.shape[1]
        return replace(
            self, products=products.reshape(-1, m * m, new * new), basis=self.basis @ change
        )

    def of_group(self, code: int) -> Moments:
        """Return the part of one covariance group."""
        chosen = self.group == code
        return replace(
            self,
            present=self.present[chosen],
            group=self.group[chosen],
            counts=self.counts[chosen],
            products=self.products[chosen],
        )

    def with_columns(self, place: NDArray[np.intp]) -> Moments:
        """Return the moments of some columns; the others must be zero in all rows."""
        m, size = self.n_visits, self.n_columns
        cells = self.products.reshape(-1, m * m, size, size)[:, :, place][:, :, :, place]
        return replace(
            self,
            products=cells.reshape(-1, m * m, len(place) ** 2),
            basis=self.basis[np.ix_(place, place)],
        )

    def at_visits(self, seen: NDArray[np.bool_]) -> Moments:
        """Return the moments without the visits that nobody attended."""
        m, size = self.n_visits, self.n_columns
        cells = self.products.reshape(-1, m, m, size**2)[:, seen][:, :, seen]
        left = int(seen.sum())
        return replace(
            self,
            present=self.present[:, seen],
            products=cells.reshape(-1, left * left, size**2),
        )

    def __add__(self, other: Moments) -> Moments:
        """Return the moments of both parts; a subject must lie wholly in one of them."""
        if self.n_apart or other.n_apart:
            raise ValueError(
                "reduced moments cannot be added: equal visits do not mean equal times"
            )
        if self.basis.shape != other.basis.shape or self.n_visits != other.n_visits:
            raise ValueError(
                f"moments of {self.n_columns} columns at {self.n_visits} visits cannot be added to "
                f"those of {other.n_columns} columns at {other.n_visits}: both parts need the same "
                "formula and the same factor levels"
            )
        if not np.array_equal(self.basis, other.basis):
            other = other.rebased(np.asarray(np.linalg.solve(other.basis, self.basis), dtype=float))
        keys = [
            _key(g, row)
            for part in (self, other)
            for g, row in zip(part.group, part.present, strict=True)
        ]
        names = sorted(set(keys))
        places = np.array([names.index(key) for key in keys])
        first = np.array([keys.index(name) for name in names])
        products = np.zeros((len(names), *self.products.shape[1:]))
        np.add.at(products, places, np.concatenate([self.products, other.products]))
        return replace(
            self,
            present=np.concatenate([self.present, other.present])[first],
            group=np.concatenate([self.group, other.group])[first],
            counts=np.asarray(
                np.bincount(places, np.concatenate([self.counts, other.counts])), dtype=float
            ),
            products=products,
            n_rows=self.n_rows + other.n_rows,
            log_weights=self.log_weights + other.log_weights,
        )


def _key(group: int, present: NDArray[np.bool_]) -> tuple[int, bytes]:
    # Visits in reverse, so that patterns come in the order of visit_patterns.
    return int(group), present[::-1].tobytes()
