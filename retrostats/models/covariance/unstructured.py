"""The unstructured covariance matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.covariance.linear import (
    LinearStructure,
    entry_bases,
    entry_name,
    lower_triangle,
)
from retrostats.models.covariance.numerics import shrinkage, variances_of


class Unstructured(LinearStructure):
    """Every variance and covariance free: ``us``.

    Natural parameters are the lower triangle row by row, as in SAS ``type=un``;
    unconstrained ones are the entries of the Cholesky factor in the same order, those of
    its diagonal by their logarithms [1]_.

    Parameters
    ----------
    visits
        Labels of the m visits.

    References
    ----------
    .. [1] Pinheiro JC, Bates DM (1996). Stat Comput 6, 289-296. doi:10.1007/BF00140873
    """

    name = "us"

    def __init__(self, visits: Sequence[object]) -> None:
        self.dimension = len(visits)
        entries = lower_triangle(self.dimension)
        labels = [str(visit) for visit in visits]
        self.parameter_names = tuple(entry_name(labels[j], labels[i]) for i, j in entries)
        self._lower = tuple(np.array(entries).T)
        self._diagonal = np.flatnonzero(self._lower[0] == self._lower[1])
        self._set_bases(entry_bases(entries, self.dimension))

    def start(self, moment: Floats) -> Floats:
        """Return the moments, shape (k,), shrunk to their diagonal where they are singular."""
        scale = np.sqrt(variances_of(moment, self.dimension))
        factor = shrinkage(moment / np.outer(scale, scale))
        theta: Floats = moment[self._lower] * factor
        theta[self._diagonal] = np.diagonal(moment)
        return theta

    def to_unconstrained(self, theta: Floats) -> Floats:
        """Return the log-Cholesky parameters, shape (k,).

        Raises
        ------
        DataError
            If the matrix is not positive definite.
        """
        self._require_positive_definite(theta)
        phi: Floats = np.linalg.cholesky(self.matrix(theta))[self._lower]
        phi[self._diagonal] = np.log(phi[self._diagonal])
        return phi

    def from_unconstrained(self, phi: Floats) -> Floats:
        """Return the natural parameters, shape (k,); any ``phi`` is allowed."""
        factor = np.zeros((self.dimension, self.dimension), dtype=np.result_type(phi, 1.0))
        factor[self._lower] = phi
        positions = np.arange(self.dimension)
        factor[positions, positions] = np.exp(factor[positions, positions])
        theta: Floats = (factor @ factor.T)[self._lower]
        return theta
