"""Structures with one variance for all visits: ``cs``, ``ar1``, ``toep`` and ``ad``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.covariance.antedependence import Antedependent
from retrostats.models.covariance.base import CovarianceStructure
from retrostats.models.covariance.correlation import (
    Autoregressive,
    Banded,
    CorrelationPattern,
    Exchangeable,
)
from retrostats.models.covariance.linear import LinearStructure
from retrostats.models.covariance.numerics import variances_of


class Homogeneous(CovarianceStructure):
    """One variance times a pattern of correlations.

    Natural parameters are the variance and the correlations; unconstrained ones the
    logarithm of the standard deviation and those of the pattern.

    Parameters
    ----------
    visits
        Labels of the m visits.
    """

    pattern: ClassVar[type[CorrelationPattern]]

    def __init__(self, visits: Sequence[object]) -> None:
        self.dimension = len(visits)
        self._pattern = self.pattern(self.dimension)
        labels = self._pattern.labels([str(visit) for visit in visits])
        self.parameter_names = ("variance", *labels)

    def matrix(self, theta: Floats) -> Floats:
        """Return the covariance matrix, shape (m, m); ``theta`` (k,) may be complex."""
        sigma: Floats = theta[0] * self._pattern.matrix(theta[1:])
        return sigma

    def first(self, theta: Floats) -> Floats:
        """Return the derivative by each parameter, shape (k, m, m)."""
        correlation, slopes = self._pattern.slopes(theta[1:])
        out = np.empty((len(theta), *correlation.shape), dtype=correlation.dtype)
        out[0] = correlation
        out[1:] = theta[0] * slopes
        return out

    def second(self, theta: Floats) -> Floats:
        """Return the second derivatives, shape (k, k, m, m)."""
        k, m = len(theta), self.dimension
        correlation, slopes, curves = self._pattern.curves(theta[1:])
        out = np.zeros((k, k, m, m), dtype=correlation.dtype)
        out[0, 1:] = out[1:, 0] = slopes
        out[1:, 1:] = theta[0] * curves
        return out

    def start(self, moment: Floats) -> Floats:
        """Return the mean variance and the start of the pattern, shape (k,)."""
        variance = variances_of(moment, self.dimension).mean(keepdims=True)
        return self._join(variance, self._pattern.start(moment / variance))

    def to_unconstrained(self, theta: Floats) -> Floats:
        """Return the unconstrained parameters, shape (k,).

        Raises
        ------
        DataError
            If the matrix is not positive definite.
        """
        self._require_positive_definite(theta)
        variance, rho = self._split(theta)
        return np.concatenate([0.5 * np.log(variance), self._pattern.to_unconstrained(rho)])

    def from_unconstrained(self, phi: Floats) -> Floats:
        """Return the natural parameters, shape (k,); any ``phi`` is allowed."""
        return self._join(np.exp(2 * phi[:1]), self._pattern.from_unconstrained(phi[1:]))

    def _join(self, variance: Floats, rho: Floats) -> Floats:
        """Return the natural parameters of a variance (1,) and correlations (r,)."""
        return np.concatenate([variance, rho])

    def _split(self, theta: Floats) -> tuple[Floats, Floats]:
        """Return the variance (1,) and the correlations (r,)."""
        return theta[:1], theta[1:]


class FirstOrderAutoregression(Homogeneous):
    """``ar1``: a variance, and a correlation ``rho ** |i - j|``."""

    name = "ar1"
    pattern = Autoregressive


class Antedependence(Homogeneous):
    """``ad``: a variance, and correlations that are products of those of neighbours."""

    name = "ad"
    pattern = Antedependent


class CompoundSymmetry(LinearStructure, Homogeneous):
    """``cs``: a covariance common to all pairs, plus a residual variance on the diagonal.

    For one visit the two are one, called ``"variance"``.
    """

    name = "cs"
    pattern = Exchangeable

    def __init__(self, visits: Sequence[object]) -> None:
        super().__init__(visits)
        m = self.dimension
        self.parameter_names = ("covariance", "residual") if m > 1 else ("variance",)
        self._set_bases(np.stack([np.ones((m, m)), np.eye(m)])[-min(m, 2) :])

    def _join(self, variance: Floats, rho: Floats) -> Floats:
        return np.concatenate([variance * rho, variance * (1 - rho.sum())])

    def _split(self, theta: Floats) -> tuple[Floats, Floats]:
        variance = theta.sum(keepdims=True)
        return variance, theta[:-1] / variance


class Toeplitz(LinearStructure, Homogeneous):
    """``toep``: a variance, and one covariance for each distance between visits."""

    name = "toep"
    pattern = Banded

    def __init__(self, visits: Sequence[object]) -> None:
        super().__init__(visits)
        lags = range(1, self.dimension)
        self.parameter_names = ("variance", *(f"cov(lag {lag})" for lag in lags))
        _, bands = self._pattern.slopes(np.zeros(self._pattern.count))
        self._set_bases(np.concatenate([np.eye(self.dimension)[None], bands]))

    def _join(self, variance: Floats, rho: Floats) -> Floats:
        return np.concatenate([variance, variance * rho])

    def _split(self, theta: Floats) -> tuple[Floats, Floats]:
        return theta[:1], theta[1:] / theta[0]
