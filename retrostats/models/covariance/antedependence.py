"""First-order antedependence: each visit depends on the past through the one before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.covariance.correlation import START_LIMIT, CorrelationPattern


class Antedependent(CorrelationPattern):
    """Correlations that are products of those between neighbours [1]_.

    For visits i < j the correlation is ``rho_i rho_(i+1) ... rho_(j-1)``.

    Parameters
    ----------
    dimension
        Number of visits, m; there are ``r = m - 1`` parameters.

    References
    ----------
    .. [1] Gabriel KR (1962). Ann Math Stat 33, 201-212. doi:10.1214/aoms/1177704724
    """

    def __init__(self, dimension: int) -> None:
        super().__init__(dimension)
        self.count = dimension - 1
        visit, step = np.arange(dimension), np.arange(dimension - 1)
        low = np.minimum.outer(visit, visit)[..., None]
        high = np.maximum.outer(visit, visit)[..., None]
        self._between = (low <= step) & (step < high)
        self._before = (visit <= step[:, None]).astype(np.float64)
        self._after = (visit > step[:, None]).astype(np.float64)
        self._earlier = (step[:, None] < step).astype(np.float64)

    def labels(self, visits: Sequence[str]) -> tuple[str, ...]:
        """Return one name for each pair of neighbours, e.g. ``"rho(3, 6)"``."""
        return tuple(f"rho({a}, {b})" for a, b in pairwise(visits))

    def matrix(self, rho: Floats) -> Floats:
        """Return the correlation matrix, shape (m, m)."""
        product: Floats = np.multiply.reduce(np.where(self._between, rho, 1.0), axis=2)
        return product

    def slopes(self, rho: Floats) -> tuple[Floats, Floats]:
        """Return the matrix, and its derivative by each parameter, shape (r, m, m).

        By the one between visits q and q+1 it is ``R_iq R_(q+1)j`` for i <= q < j: a
        product without that factor, so that no correlation is divided by.
        """
        r = self.matrix(rho)
        before, after = r[:-1] * self._before, r[1:] * self._after
        upper = before[:, :, None] * after[:, None, :]
        return r, upper + upper.swapaxes(1, 2)

    def curves(self, rho: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the same two, and ``R_iq R_(q+1)s R_(s+1)j``, shape (r, r, m, m)."""
        r = self.matrix(rho)
        before, after = r[:-1] * self._before, r[1:] * self._after
        middle = r[1:, :-1] * self._earlier
        upper = before[:, :, None] * after[:, None, :]
        slopes = upper + upper.swapaxes(1, 2)
        upper = (middle[:, :, None] * before[:, None, :])[..., None] * after[:, None, :]
        curves = upper + upper.swapaxes(2, 3)
        return r, slopes, curves + curves.swapaxes(0, 1)

    def start(self, correlation: Floats) -> Floats:
        """Return the correlations of neighbours, shape (r,), clipped to their bounds."""
        return np.clip(np.diagonal(correlation, 1), -START_LIMIT, START_LIMIT)
