"""Orthonormal coordinates of the design: which columns are kept, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.mean.aliasing import TOLERANCE
from retrostats.models.sums.moments import Moments
from retrostats.models.sums.subject_rows import SubjectRows

#: Columns made orthonormal over all rows differ from it by rounding.
ROUNDING = 1e-9
#: Coordinates count as orthonormal while no correlation between them exceeds this.
NEAR_ORTHOGONAL = 0.1

AnyMoments: TypeAlias = Moments | SubjectRows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coordinates:
    """How coefficients of the orthonormal columns become those of the design.

    With ``gamma`` the coefficients of the orthonormal columns, those of the kept columns of the
    design are ``back @ gamma + offset``.

    Attributes
    ----------
    kept
        Positions of the independent columns, shape ``(r,)``.
    dropped
        Positions of the columns that depend on earlier ones, shape ``(p - r,)``.
    back
        Shape ``(r, r)``, upper triangular.
    offset
        Coefficients of the preliminary regression, shape ``(r,)``.
    combination
        ``x[:, dropped] = x[:, kept] @ combination``, shape ``(r, p - r)``.
    """

    kept: NDArray[np.intp]
    dropped: NDArray[np.intp]
    back: Floats
    offset: Floats
    combination: Floats

    @property
    def log_det(self) -> float:
        """``log|back|``."""
        return float(np.log(np.abs(np.diagonal(self.back))).sum())


def settle(moments: AnyMoments) -> tuple[AnyMoments, Coordinates]:
    """Drop dependent columns and make the others orthonormal over all rows.

    Parameters
    ----------
    moments
        With a square basis.

    Returns
    -------
    tuple
        The moments of the kept columns and the outcome, and the coordinates.
    """
    gram = moments.gram()
    p = len(gram) - 1
    basis = moments.basis
    if _exact(gram[:p, :p], moments.n_rows):
        return moments, Coordinates(
            kept=np.arange(p),
            dropped=np.zeros(0, dtype=np.intp),
            back=basis[:p, :p],
            offset=-basis[:p, p],
            combination=np.zeros((p, 0)),
        )
    kept = _independent(gram, basis)
    dropped = np.setdiff1d(np.arange(p), kept)
    inner = gram[np.ix_(kept, kept)]
    to_all = np.linalg.solve(inner, gram[kept])
    columns = np.append(kept, p)
    if len(kept) < p or not _orthonormal(inner):
        change = np.zeros((p + 1, len(kept) + 1))
        change[columns, np.arange(len(columns))] = 1.0
        if not _orthonormal(inner):
            factor = np.linalg.cholesky(inner / moments.n_rows)
            change[kept, :-1] = np.linalg.inv(factor).T
            change[kept, -1] = -to_all[:, p]
        moments = moments.rebased(change)
    back = basis[np.ix_(kept, kept)]
    # The basis of a dropped column: X basis_j = X_kept back c, so x_j follows.
    own = basis[dropped, dropped]
    combination = (back @ to_all[:, dropped] - basis[np.ix_(kept, dropped)]) / own
    return moments, Coordinates(
        kept=kept,
        dropped=dropped,
        back=moments.basis[kept, :-1],
        offset=-moments.basis[kept, -1],
        combination=combination,
    )


def _exact(gram: Floats, n_rows: int) -> bool:
    """Tell whether the columns are orthonormal already, so that none depends on others."""
    gap = np.abs(gram / n_rows - np.eye(len(gram)))
    return bool(gap.max(initial=0.0) < ROUNDING)


def _orthonormal(gram: Floats) -> bool:
    scale = 1 / np.sqrt(np.diagonal(gram))
    return bool(
        np.max(np.abs(gram * np.outer(scale, scale) - np.eye(len(gram))), initial=0)
        < NEAR_ORTHOGONAL
    )


def _independent(gram: Floats, basis: Floats) -> NDArray[np.intp]:
    """Return the columns with something left after the earlier ones, by Gram-Schmidt."""
    p = len(gram) - 1
    inverse = np.linalg.inv(basis)
    norms = np.sqrt(np.maximum(np.diagonal(inverse.T @ gram @ inverse)[:p], 0.0))
    left = gram[:p, :p].copy()
    kept = []
    for column in range(p):
        size = TOLERANCE * norms[column] * abs(basis[column, column])
        if left[column, column] > max(size**2, 0.0):
            kept.append(column)
            left -= np.outer(left[:, column], left[column]) / left[column, column]
    return np.array(kept, dtype=np.intp)
