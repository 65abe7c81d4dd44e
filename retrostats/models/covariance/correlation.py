"""How visits correlate: exchangeable, autoregressive and banded patterns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from retrostats.arrays import Floats, read_only
from retrostats.models.covariance.numerics import shrinkage
from retrostats.models.covariance.partial import from_partial, to_partial

#: Starting correlations stay this far inside their bounds, where the likelihood is steep.
START_LIMIT = 0.99


#: The largest number below 1.
_BELOW_ONE = float(np.nextafter(1.0, 0.0))


class CorrelationPattern(ABC):
    """A correlation matrix as a function of r parameters; r is 0 for one visit.

    Attributes
    ----------
    dimension
        Number of visits, m.
    count
        Number of parameters, r.
    linear
        Whether the matrix is linear in them.
    """

    linear = False

    count: int

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension

    @abstractmethod
    def labels(self, visits: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the r parameters."""

    @abstractmethod
    def matrix(self, rho: Floats) -> Floats:
        """Return the correlation matrix, shape (m, m); ``rho`` (r,) may be complex."""

    @abstractmethod
    def slopes(self, rho: Floats) -> tuple[Floats, Floats]:
        """Return the matrix, and its derivative by each parameter, shape (r, m, m)."""

    @abstractmethod
    def curves(self, rho: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the same two, and the second derivatives, shape (r, r, m, m)."""

    @abstractmethod
    def start(self, correlation: Floats) -> Floats:
        """Return parameters (r,) near a matrix (m, m), with a positive definite pattern."""

    def to_unconstrained(self, rho: Floats) -> Floats:
        """Return the unconstrained parameters, shape (r,)."""
        # A search along nearly perfect correlations can round one to exactly 1.
        return np.arctanh(np.clip(rho, -_BELOW_ONE, _BELOW_ONE))

    def from_unconstrained(self, psi: Floats) -> Floats:
        """Return the parameters, shape (r,); ``psi`` may be complex."""
        return np.tanh(psi)


class LinearPattern(CorrelationPattern):
    """A pattern ``I + sum rho_h B_h`` of constant ``bases`` B, shape (r, m, m)."""

    linear = True

    def __init__(self, dimension: int) -> None:
        super().__init__(dimension)
        self.bases = read_only(self._make_bases())
        self.count = len(self.bases)
        self._flat = self.bases.reshape(self.count, self.dimension**2)
        self._identity = np.eye(self.dimension).ravel()
        self._zeros = np.broadcast_to(0.0, (self.count, *self.bases.shape))

    @abstractmethod
    def _make_bases(self) -> Floats:
        """Return the constant matrices, shape (r, m, m)."""

    def matrix(self, rho: Floats) -> Floats:
        """Return the correlation matrix, shape (m, m)."""
        flat: Floats = self._identity + np.dot(rho, self._flat)
        return flat.reshape(self.dimension, self.dimension)

    def slopes(self, rho: Floats) -> tuple[Floats, Floats]:
        """Return the matrix and the bases, shape (r, m, m): one locked array."""
        return self.matrix(rho), self.bases

    def curves(self, rho: Floats) -> tuple[Floats, Floats, Floats]:
        """Return matrix, bases and zeros, shape (r, r, m, m), without memory of that size."""
        return self.matrix(rho), self.bases, self._zeros

    def _mean_correlations(self, correlation: Floats) -> Floats:
        means: Floats = np.tensordot(self.bases, correlation) / self.bases.sum(axis=(1, 2))
        return means


class Exchangeable(LinearPattern):
    """One correlation for every pair of visits, above ``-1/(m-1)``.

    Unconstrained: the logarithm of the ratio of the two eigenvalues of the matrix,
    ``1 + (m-1) rho`` and ``1 - rho``.
    """

    def _make_bases(self) -> Floats:
        others: Floats = 1.0 - np.eye(self.dimension)
        return others[None][: self.dimension - 1]

    def labels(self, visits: Sequence[str]) -> tuple[str, ...]:
        """Return ``("rho",)``, or nothing for one visit."""
        return ("rho",) if len(visits) > 1 else ()

    def start(self, correlation: Floats) -> Floats:
        """Return the mean correlation, shape (r,), clipped to its bounds."""
        lowest = -START_LIMIT / max(self.dimension - 1, 1)
        return np.clip(self._mean_correlations(correlation), lowest, START_LIMIT)

    def to_unconstrained(self, rho: Floats) -> Floats:
        """Return the log ratio of the eigenvalues, shape (r,)."""
        ratio: Floats = np.log1p((self.dimension - 1) * rho) - np.log1p(-rho)
        return ratio

    def from_unconstrained(self, psi: Floats) -> Floats:
        """Return the correlation, shape (r,); by tanh, which does not overflow."""
        t = np.tanh(psi / 2)
        rho: Floats = 2 * t / (self.dimension - (self.dimension - 2) * t)
        return rho


class Banded(LinearPattern):
    """One correlation for each distance between visits, counted in visits.

    Unconstrained: the inverse tanh of the partial autocorrelations.
    """

    def _make_bases(self) -> Floats:
        bands = np.arange(1, self.dimension)[:, None, None]
        ones: Floats = (_lags(self.dimension) == bands).astype(np.float64)
        return ones

    def labels(self, visits: Sequence[str]) -> tuple[str, ...]:
        """Return ``("rho(lag 1)", "rho(lag 2)", ...)``."""
        return tuple(f"rho(lag {lag})" for lag in range(1, len(visits)))

    def start(self, correlation: Floats) -> Floats:
        """Return the mean of each band, shape (r,).

        Means of the bands of a positive definite matrix need not be positive definite:
        they are then shrunk towards the diagonal until they are.
        """
        means = self._mean_correlations(correlation)
        return means * shrinkage(self.matrix(means))

    def to_unconstrained(self, rho: Floats) -> Floats:
        """Return the inverse tanh of the partial autocorrelations, shape (r,)."""
        with np.errstate(divide="ignore"):  # a start at the edge is infinite, and refused later
            return np.arctanh(to_partial(rho))

    def from_unconstrained(self, psi: Floats) -> Floats:
        """Return the correlations of the bands, shape (r,)."""
        return from_partial(np.tanh(psi))


class Autoregressive(CorrelationPattern):
    """First-order autoregression: ``rho ** |i - j|``."""

    def __init__(self, dimension: int) -> None:
        super().__init__(dimension)
        self.count = min(dimension - 1, 1)
        self._lag = _lags(dimension)
        # Value, slope and curve at distance n: 1, n and n (n-1) times a power of rho.
        n = np.arange(dimension)
        self._factor = np.array([n**0, n, n * (n - 1)], dtype=np.float64)
        self._power = np.maximum(n - [[0], [1], [2]], 0)

    def labels(self, visits: Sequence[str]) -> tuple[str, ...]:
        """Return ``("rho",)``, or nothing for one visit."""
        return ("rho",) if len(visits) > 1 else ()

    def matrix(self, rho: Floats) -> Floats:
        """Return the correlation matrix, shape (m, m)."""
        correlation: Floats = self._powers(rho).take(self._lag)
        return correlation

    def slopes(self, rho: Floats) -> tuple[Floats, Floats]:
        """Return the matrix, and ``n rho^(n-1)`` at distance n, shape (r, m, m)."""
        value, slope, _ = self.curves(rho)
        return value, slope

    def curves(self, rho: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the same two, and ``n (n-1) rho^(n-2)``, shape (r, r, m, m)."""
        table = self._factor * self._powers(rho)[self._power]
        all_three = table.take(self._lag, axis=1)
        r = self.count
        return all_three[0], all_three[1 : 1 + r], all_three[None, 2:][:r, :r]

    def start(self, correlation: Floats) -> Floats:
        """Return the mean correlation of neighbours, shape (r,), clipped to its bounds."""
        neighbours = np.diagonal(correlation, 1)
        mean = neighbours.sum(keepdims=True)[: self.count] / max(len(neighbours), 1)
        clipped: Floats = np.clip(mean, -START_LIMIT, START_LIMIT)
        return clipped

    def _powers(self, rho: Floats) -> Floats:
        """Return 1, rho, rho^2, ..., shape (m,), by products: rho may be 0 or complex."""
        factors = np.ones(self.dimension, dtype=rho.dtype)
        factors[1:] = rho
        powers: Floats = np.multiply.accumulate(factors)
        return powers


def _lags(dimension: int) -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:
    """Return ``|i - j|``, shape (m, m)."""
    positions = np.arange(dimension)
    return np.abs(np.subtract.outer(positions, positions))
