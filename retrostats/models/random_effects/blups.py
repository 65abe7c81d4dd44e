"""Predicted random effects of each subject, with two kinds of uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.models.random_effects.reduction import SubjectFactors

#: G counts as positive semidefinite while no eigenvalue is below minus this share of the largest.
NEGATIVE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blups:
    """Best linear unbiased predictions of random effects.

    Attributes
    ----------
    values
        ``b_i = G Z_i' W_i (y_i - X_i beta)``, shape ``(n, q)``.
    conditional
        Covariance of ``b_i`` given the data and beta, shape ``(n, q, q)``: what lme4 calls
        ``condVar``.
    prediction
        Covariance of the error of prediction, uncertainty of beta included, shape
        ``(n, q, q)``: Henderson's, and the square of the standard errors of SAS.
    """

    values: Floats
    conditional: Floats
    prediction: Floats

    @property
    def standard_errors(self) -> Floats:
        """Root of the diagonal of `prediction`, shape ``(n, q)``."""
        return np.sqrt(np.diagonal(self.prediction, axis1=1, axis2=2))


def blups(factors: SubjectFactors, g: Floats, sigma2: float, *, beta: Floats, phi: Floats) -> Blups:
    """Predict the random effects of all subjects at once.

    Parameters
    ----------
    factors
        Of `subject_factors`, with p columns and the outcome.
    g
        Covariance of the random effects, positive semidefinite, shape ``(q, q)``.
    sigma2
        Residual variance.
    beta, phi
        Coefficients of the columns of ``factors``, shape ``(p,)``, and their covariance
        ``(sum X'WX)^-1``, shape ``(p, p)``.

    Raises
    ------
    FitError
        If ``g`` is not positive semidefinite.

    Notes
    -----
    With ``G = C C'``, ``Z = Q R`` and ``M = I + (R C)' R C / sigma2``,

        b = C M^-1 C' R' Q'(y - X beta) / sigma2
        conditional = C M^-1 C'
        prediction = conditional + K Phi K',    K = C M^-1 C' R' Q' X / sigma2

    so that no variance is the difference of two larger ones. A subject without rows has
    ``b = 0`` with covariance G. The variance of the estimated G is in neither.

    References
    ----------
    .. [1] Henderson CR (1975). Biometrics 31, 423-447. doi:10.2307/2529430
    .. [2] Robinson GK (1991). Stat Sci 6, 15-32. doi:10.1214/ss/1177011926
    """
    c = _root(g)
    rc = factors.factor @ c
    inverse = np.linalg.inv(np.eye(len(g)) + rc.transpose(0, 2, 1) @ rc / sigma2)
    conditional = c @ inverse @ c.T
    conditional = (conditional + conditional.transpose(0, 2, 1)) / 2
    gain = conditional @ factors.factor.transpose(0, 2, 1) / sigma2
    x = factors.rows[:, :, :-1]
    residual = factors.rows[:, :, -1] - x @ beta
    moved = gain @ x
    return Blups(
        values=(gain @ residual[:, :, None])[:, :, 0],
        conditional=conditional,
        prediction=conditional + moved @ phi @ moved.transpose(0, 2, 1),
    )


def _root(g: Floats) -> Floats:
    values, vectors = np.linalg.eigh(g)
    if values[0] < -NEGATIVE * max(float(values[-1]), 0.0) or not np.isfinite(values).all():
        raise FitError(
            f"random effects: their covariance {g.tolist()} is not positive semidefinite, so they "
            "cannot be predicted. Fit with `maximise_effects`."
        )
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
