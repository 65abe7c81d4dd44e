"""Subjects who share one covariance: its inverse, pattern by pattern."""

from __future__ import annotations

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.covariance.base import CovarianceStructure
from retrostats.models.sums.moments import Moments
from retrostats.models.sums.subject_rows import SubjectRows


class Stratum:
    """Subjects who share one covariance structure, and their moments.

    Parameters
    ----------
    moments
        Their sums of products, or their rows.
    structure
        Gives ``S(theta)``, shape ``(a, a)``.
    loading
        ``L_g`` of shape ``(G, m, a)`` where the covariance of pattern g is ``L_g S L_g'``;
        without it ``a = m`` and the covariance is ``S`` itself.
    """

    __slots__ = ("_absent", "_mask", "loading", "moments", "n_parameters", "structure")

    def __init__(
        self,
        moments: Moments | SubjectRows,
        structure: CovarianceStructure,
        loading: Floats | None = None,
    ) -> None:
        self.moments = moments
        self.structure = structure
        self.loading = loading
        self.n_parameters = len(structure.parameter_names)
        present = moments.present
        self._mask = (present[:, :, None] & present[:, None, :]).astype(float)
        self._absent = np.eye(present.shape[1]) * ~present[:, :, None]

    def covariances(self, theta: Floats) -> Floats:
        """Return the covariance of each pattern, shape ``(G, m, m)``; 1 where a visit lacks."""
        s = self.structure.matrix(theta)
        if self.loading is not None:
            s = self.loading @ s @ self.loading.transpose(0, 2, 1)
        return np.asarray(self._mask * s + self._absent)

    def weights(self, theta: Floats) -> tuple[Floats, float] | None:
        """Return ``W_g`` (0 where a visit lacks) and ``sum_i log|S_i|``.

        None when the covariance is not positive definite.
        """
        try:
            if self.loading is None:
                np.linalg.cholesky(self.structure.matrix(theta))
            factor = np.linalg.cholesky(self.covariances(theta))
        except np.linalg.LinAlgError:
            return None
        inverse = np.linalg.inv(factor)
        w = (inverse.transpose(0, 2, 1) @ inverse) * self._mask
        diagonal = np.diagonal(factor, axis1=1, axis2=2)
        log_det = 2 * float(self.moments.counts @ np.log(diagonal).sum(axis=1))
        return (w, log_det) if np.isfinite(w).all() else None

    def condensed(self, matrices: Floats) -> Floats:
        """Return ``L_g' M_g L_g``, shape ``(G, a, a)``."""
        if self.loading is None:
            return matrices
        return np.asarray(self.loading.transpose(0, 2, 1) @ matrices @ self.loading)

    def loaded(self, w: Floats) -> Floats:
        """Return ``L_g' W_g``, shape ``(G, a, m)``."""
        return w if self.loading is None else np.asarray(self.loading.transpose(0, 2, 1) @ w)
