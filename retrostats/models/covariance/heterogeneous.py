"""Structures with a variance for each visit: ``csh``, ``arh1``, ``toeph`` and ``adh``."""

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
from retrostats.models.covariance.numerics import variances_of


class Heterogeneous(CovarianceStructure):
    """Variances of the visits, and a pattern of correlations.

    Natural parameters are the m variances (not the standard deviations) and the
    correlations, as in SAS; unconstrained ones the logarithms of the standard deviations
    and those of the pattern.

    Parameters
    ----------
    visits
        Labels of the m visits.
    """

    pattern: ClassVar[type[CorrelationPattern]]

    def __init__(self, visits: Sequence[object]) -> None:
        m = self.dimension = len(visits)
        self._pattern = self.pattern(m)
        labels = [str(visit) for visit in visits]
        variances = (f"var({label})" for label in labels)
        self.parameter_names = (*variances, *self._pattern.labels(labels))
        # Sigma_ij = sqrt(v_i v_j) R_ij, so that d/dv_a multiplies by [a=i]/2v + [a=j]/2v.
        unit = np.eye(m)
        self._touched = unit[:, :, None] + unit[:, None, :]
        self._twice = self._touched[:, None] * self._touched
        self._twice[np.arange(m), np.arange(m)] -= 2 * self._touched

    def matrix(self, theta: Floats) -> Floats:
        """Return the covariance matrix, shape (m, m); ``theta`` (k,) may be complex.

        A negative variance stays on the diagonal, so that there is no Cholesky factor.
        """
        return self._scale(theta) * self._pattern.matrix(theta[self.dimension :])

    def first(self, theta: Floats) -> Floats:
        """Return the derivative by each parameter, shape (k, m, m)."""
        m, scale = self.dimension, self._scale(theta)
        correlation, slopes = self._pattern.slopes(theta[m:])
        out = np.empty((len(theta), m, m), dtype=scale.dtype)
        half = (0.5 / theta[:m])[:, None, None]
        out[:m] = half * self._touched * (scale * correlation)
        out[m:] = scale * slopes
        return out

    def second(self, theta: Floats) -> Floats:
        """Return the second derivatives, shape (k, k, m, m)."""
        m, k, scale = self.dimension, len(theta), self._scale(theta)
        correlation, slopes, curves = self._pattern.curves(theta[m:])
        out = np.zeros((k, k, m, m), dtype=scale.dtype)
        half = (0.5 / theta[:m])[:, None, None]
        halves = half[:, None] * half
        out[:m, :m] = halves * self._twice * (scale * correlation)
        mixed = (half * self._touched)[:, None] * (scale * slopes)
        out[:m, m:] = mixed
        out[m:, :m] = mixed.swapaxes(0, 1)
        if not self._pattern.linear:
            out[m:, m:] = scale * curves
        return out

    def start(self, moment: Floats) -> Floats:
        """Return the variances and the start of the pattern, shape (k,)."""
        variances = variances_of(moment, self.dimension)
        sd = np.sqrt(variances)
        rho = self._pattern.start(moment / (sd[:, None] * sd))
        return np.concatenate([variances, rho])

    def to_unconstrained(self, theta: Floats) -> Floats:
        """Return the unconstrained parameters, shape (k,).

        Raises
        ------
        DataError
            If the matrix is not positive definite.
        """
        self._require_positive_definite(theta)
        m = self.dimension
        return np.concatenate([0.5 * np.log(theta[:m]), self._pattern.to_unconstrained(theta[m:])])

    def from_unconstrained(self, phi: Floats) -> Floats:
        """Return the natural parameters, shape (k,); any ``phi`` is allowed."""
        m = self.dimension
        return np.concatenate([np.exp(2 * phi[:m]), self._pattern.from_unconstrained(phi[m:])])

    def _scale(self, theta: Floats) -> Floats:
        """Return ``sqrt(v_i v_j)``, shape (m, m), with the variances on its diagonal."""
        variances = theta[: self.dimension]
        # An optimiser may try a negative variance. The root of it would be nan, which the
        # Cholesky routine of numpy lets pass; a finite matrix with its sign is refused.
        sd = np.sqrt(variances if variances.dtype.kind == "c" else np.abs(variances))
        scale: Floats = sd[:, None] * sd
        scale.flat[:: self.dimension + 1] = variances
        return scale


class HeterogeneousCompoundSymmetry(Heterogeneous):
    """``csh``: variances, and one correlation for every pair of visits."""

    name = "csh"
    pattern = Exchangeable


class HeterogeneousAutoregression(Heterogeneous):
    """``arh1``: variances, and a correlation ``rho ** |i - j|``."""

    name = "arh1"
    pattern = Autoregressive


class HeterogeneousToeplitz(Heterogeneous):
    """``toeph``: variances, and one correlation for each distance between visits."""

    name = "toeph"
    pattern = Banded


class HeterogeneousAntedependence(Heterogeneous):
    """``adh``, SAS ``ANTE(1)``: variances, and correlations that multiply along the visits."""

    name = "adh"
    pattern = Antedependent
