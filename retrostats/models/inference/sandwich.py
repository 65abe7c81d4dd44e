"""Covariances that hold when the covariance structure is wrong: CR0, CR2, CR3."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from retrostats.arrays import Floats, read_only
from retrostats.errors import DataError, FitError
from retrostats.models.inference.robust import Kind, Robust, Whitened

#: A leverage this close to 1 is 1: the rounding of a leverage is about 1e-15, or 1e-11 where
#: Phi came from an ill-conditioned design.
_LEVERAGE = 1e-9


class Subjects(NamedTuple):
    """Subjects seen at the same visits.

    Attributes
    ----------
    x
        Designs, shape (n_g, m_g, p).
    residual
        ``y - x @ beta``, shape (n_g, m_g).
    sigma
        Their covariance under the working model, shape (m_g, m_g), or (n_g, m_g, m_g) where
        it differs between subjects; the weights of the fit are its inverse.
    """

    x: Floats
    residual: Floats
    sigma: Floats


def robust_covariance(kind: Kind, subjects: Iterable[Subjects], phi: Floats) -> Robust:
    r"""Return a cluster-robust covariance, each subject being a cluster.

    .. math::  \Phi \Big[\sum_i X_i' W_i A_i r_i r_i' A_i' W_i X_i\Big] \Phi

    With :math:`H_i = X_i \Phi X_i' W_i`: A is I for CR0, :math:`(I - H_i)^{-1/2}` for CR2
    and :math:`(I - H_i)^{-1}` for CR3. The root is the principal one, symmetric at unit
    working covariance, as in Bell and McCaffrey and in R's mmrm
    (``"Empirical-Bias-Reduced"``): it does not depend on the order of the visits.
    clubSandwich takes another root, which does; both make the variance unbiased when the
    working model holds.

    Parameters
    ----------
    kind
        ``"CR0"``, ``"CR2"`` or ``"CR3"``.
    subjects
        One entry for each set of visits. A subject belongs to exactly one.
    phi
        ``(sum X'WX)^-1`` of the same subjects, shape (p, p).

    Returns
    -------
    Robust
        Covariance and degrees of freedom.

    Raises
    ------
    DataError
        If the kind is unknown, there are no subjects, or `phi` is not that of the subjects.
    FitError
        For CR3, if a subject has a leverage of 1 (see `Robust.pinned`); for any kind, if a
        working covariance is not positive definite.

    References
    ----------
    .. [1] Liang KY, Zeger SL (1986). Biometrika 73, 13-22. doi:10.1093/biomet/73.1.13
    .. [2] Bell RM, McCaffrey DF (2002). Survey Methodology 28, 169-181.
    .. [3] Mancl LA, DeRouen TA (2001). Biometrics 57, 126-134.
       doi:10.1111/j.0006-341X.2001.00126.x
    .. [4] Pustejovsky JE, Tipton E (2018). J Bus Econ Stat 36, 672-683.
       doi:10.1080/07350015.2016.1247004
    """
    if kind not in ("CR0", "CR2", "CR3"):
        raise DataError(f"sandwich: unknown kind {kind!r}; choose CR0, CR2 or CR3")
    meat, whitened, pinned = np.zeros_like(phi), [], 0
    for batch in subjects:
        plain, residual = _whiten(batch)
        adjusted, stuck = _adjust(kind, plain, phi)
        score = (residual[:, None, :] @ adjusted)[:, 0]
        meat += score.T @ score
        pinned += stuck
        whitened.append(Whitened(plain, adjusted))
    if not whitened:
        raise DataError(f"{kind}: there are no subjects")
    return Robust(
        kind=kind,
        covariance=read_only(phi @ meat @ phi),
        phi=read_only(phi),
        pinned=pinned,
        _subjects=tuple(whitened),
    )


def _whiten(batch: Subjects) -> tuple[Floats, Floats]:
    try:
        root = np.linalg.cholesky(batch.sigma)
    except np.linalg.LinAlgError:
        raise FitError(
            "sandwich: the working covariance of a set of visits is not positive definite"
        ) from None
    inverse = np.linalg.inv(root)
    return inverse @ batch.x, (inverse @ batch.residual[:, :, None])[:, :, 0]


def _adjust(kind: Kind, plain: Floats, phi: Floats) -> tuple[Floats, int]:
    """Apply the power of I - H to each whitened design; count the subjects with leverage 1."""
    leverage, vectors = np.linalg.eigh(plain @ phi @ plain.swapaxes(1, 2))
    left = 1 - leverage
    if left.min(initial=1) < -1e-6:
        raise DataError("sandwich: a leverage exceeds 1; phi is not that of these subjects")
    stuck = left < _LEVERAGE
    pinned = int(stuck.any(axis=1).sum())
    if kind == "CR0":
        return plain, pinned
    if kind == "CR3" and pinned:
        raise FitError(
            f"CR3: {pinned} subjects have a leverage of 1 (each alone determines some "
            "combination of coefficients, e.g. the only one seen in an arm at a visit), so the "
            'fit without them does not exist. Use df="CR2", or drop the term that they determine.'
        )
    power = -0.5 if kind == "CR2" else -1.0
    factor = np.where(stuck, 0.0, np.where(stuck, 1.0, left) ** power)
    rotated = factor[:, :, None] * (vectors.swapaxes(1, 2) @ plain)
    return vectors @ rotated, pinned
