"""Algebra of many small symmetric matrices at once, in which one that fails stops no other.

The axes of the stack come last, so that every step is elementwise: what becomes of one matrix
does not depend on its neighbours, to the last bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.batch.types import Flags


class Factor(NamedTuple):
    """Cholesky factors ``A = L L'`` of a stack.

    Attributes
    ----------
    inverse
        ``L^-1``, lower triangular, shape ``(m, m, ...)``.
    diagonal
        Of ``L``, shape ``(m, ...)``.
    ok
        Whether the matrix is positive definite; where not, the rest means nothing but is
        finite, shape ``(...)``.
    """

    inverse: Floats
    diagonal: Floats
    ok: Flags


def stack_last(matrices: Floats) -> Floats:
    """Return a copy of matrices ``(..., m, m)`` as ``(m, m, ...)``."""
    # A copy also where the stack holds one matrix, and nothing would have to move.
    return np.array(np.moveaxis(matrices, (-2, -1), (0, 1)), order="C")


def stack_first(matrices: Floats) -> Floats:
    """Return matrices ``(m, m, ...)`` as ``(..., m, m)``."""
    return np.ascontiguousarray(np.moveaxis(matrices, (0, 1), (-2, -1)))


def factor(matrices: Floats) -> Factor:
    """Factor symmetric matrices and invert the factors.

    Parameters
    ----------
    matrices
        Shape ``(m, m, ...)``; overwritten.

    Examples
    --------
    >>> import numpy as np
    >>> found = factor(np.array([[[4.0, 1.0], [2.0, 2.0]], [[2.0, 2.0], [2.0, 1.0]]]))
    >>> found.ok.tolist()
    [True, False]
    """
    left, size = matrices, len(matrices)
    inverse = np.zeros_like(left)
    diagonal = np.empty(left.shape[1:])
    ok = np.ones(left.shape[2:], dtype=bool)
    for j in range(size):
        pivot = left[j, j]
        # Written so that nan is refused, and infinity.
        good = (pivot > 0) & (pivot < np.inf)
        ok &= good
        root = np.sqrt(np.where(good, pivot, 1.0))
        diagonal[j] = root
        inverse[j, :j] /= root
        inverse[j, j] = 1 / root
        below = left[j + 1 :, j] / root
        left[j + 1 :, j + 1 :] -= below[:, None] * below[None, :]
        inverse[j + 1 :, : j + 1] -= below[:, None] * inverse[j, None, : j + 1]
    return Factor(inverse, diagonal, ok)


def outer_square(inverse: Floats) -> Floats:
    """Return ``L^-T L^-1``, the inverses of what was factored, shape ``(m, m, ...)``."""
    whole = np.zeros_like(inverse)
    for j, row in enumerate(inverse):
        whole[: j + 1, : j + 1] += row[: j + 1, None] * row[None, : j + 1]
    return whole


def solve_scaled(matrices: Floats, right: Floats) -> tuple[Floats, Flags, Floats]:
    """Solve ``A x = b`` on the scale on which A has a unit diagonal.

    Parameters
    ----------
    matrices
        Symmetric, shape ``(R, k, k)``.
    right
        Shape ``(R, k)``.

    Returns
    -------
    tuple of ndarray
        Solutions ``(R, k)``, whether A is positive definite ``(R,)``, and the smallest diagonal
        entry of the factor of the scaled matrix ``(R,)``.
    """
    inverse, ok, least = inverse_scaled(matrices)
    return (inverse @ right[:, :, None])[:, :, 0], ok, least


def inverse_scaled(matrices: Floats) -> tuple[Floats, Flags, Floats]:
    """Return inverses ``(R, k, k)`` and what `solve_scaled` says of the matrices."""
    diagonal = np.diagonal(matrices, axis1=1, axis2=2)
    positive = (diagonal > 0).all(axis=1)
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    scaled = matrices * scale[:, :, None] * scale[:, None, :]
    found = factor(stack_last(scaled))
    inverse = stack_first(outer_square(found.inverse)) * scale[:, :, None] * scale[:, None, :]
    return inverse, found.ok & positive, found.diagonal.min(axis=0)
