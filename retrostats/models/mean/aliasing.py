"""Which columns of a design carry information of their own; later ones give way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from retrostats.arrays import Floats

#: What is left of a column, over its norm, below which it counts as a combination of others;
#: the default of R's lm.
TOLERANCE = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aliasing:
    """The columns kept, and how the others follow from them.

    Attributes
    ----------
    kept, dropped
        Positions of columns, ascending, shapes ``(r,)`` and ``(p - r,)``.
    combination
        ``x[:, dropped] = x[:, kept] @ combination``, shape ``(r, p - r)``.
    """

    kept: NDArray[np.intp]
    dropped: NDArray[np.intp]
    combination: Floats


def independent_columns(x: Floats, *, tolerance: float = TOLERANCE) -> Aliasing:
    """Find the columns that are no combination of earlier ones.

    Limited pivoting, as in R's ``lm``: columns stay in their order, and of an aliased set the
    last one is dropped.

    Parameters
    ----------
    x
        Design, shape ``(n, p)``.
    tolerance
        A column is dropped when what the kept ones before it leave over has less than this
        part of its norm. A column of zeros is dropped.

    Raises
    ------
    ValueError
        If ``x`` is no finite matrix.

    Examples
    --------
    >>> x = np.array([[1.0, 0.0, 1.0], [1.0, 1.0, 2.0], [1.0, 0.0, 1.0]])
    >>> independent_columns(x).dropped
    array([2])
    """
    x = np.asarray(x, dtype=np.float64)
    if x.ndim != 2 or not np.isfinite(x).all():
        raise ValueError(f"x must be a matrix of finite numbers, got shape {x.shape}")
    # The triangle has the geometry of the columns of x, whatever the number of rows.
    triangle = np.asarray(np.linalg.qr(x, mode="r")) if len(x) > x.shape[1] else x
    return _swept(triangle, tolerance)


def _swept(columns: Floats, tolerance: float) -> Aliasing:
    """Orthogonalise column after column (Gram-Schmidt, twice) and leave out what vanishes."""
    size = columns.shape[1]
    directions = np.zeros((len(columns), 0))
    kept = []
    for j, norm in enumerate(np.linalg.norm(columns, axis=0)):
        rest = columns[:, j] - directions @ (directions.T @ columns[:, j])
        rest -= directions @ (directions.T @ rest)
        length = np.linalg.norm(rest)
        if length > tolerance * norm:
            directions = np.column_stack([directions, rest / length])
            kept.append(j)
    return _solved(directions.T @ columns, kept, size)


def _solved(triangle: Floats, kept: list[int], size: int) -> Aliasing:
    """Return the aliasing from the coordinates of all columns in the kept directions."""
    own = np.array(kept, dtype=np.intp)
    dropped = np.setdiff1d(np.arange(size), own)
    combination = np.zeros((len(own), len(dropped)))
    if kept and len(dropped):
        # What rounding leaves of a dropped column in later directions is none of it.
        before = own[:, None] < dropped
        combination = solve_triangular(np.triu(triangle[:, own]), triangle[:, dropped] * before)
    return Aliasing(kept=own, dropped=dropped, combination=combination)
