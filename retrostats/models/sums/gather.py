"""From checked rows to moments: one pass over the data, in blocks that fit the cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.mean.aliasing import TOLERANCE, independent_columns
from retrostats.models.sums.moments import Moments
from retrostats.models.sums.patterns import VisitPattern
from retrostats.models.sums.subject_rows import SubjectRows

#: Doubles handled at a time while products are summed: about 2 MB.
BLOCK = 1 << 18
#: Rows that a preliminary regression looks at; with no more than these it is exact.
SAMPLE = 2_000
#: Moments are kept while they take no more than this many times the memory of the data.
MEMORY = 3.0
#: Moments of no more doubles than this are always kept.
SMALL = 200_000


#: Gives transformed rows ``[X, y] @ basis`` at positions of the frame.
Transform: TypeAlias = Callable[[NDArray[np.intp]], Floats]


class Rows(Protocol):
    """Rows of the design, made when asked for."""

    def take(self, rows: NDArray[np.intp], basis: Floats) -> Floats:
        """Return ``X[rows] @ basis``."""


def preliminary_basis(x: Floats, y: Floats) -> Floats:
    """Return the transformation that makes the columns orthonormal and removes the mean of y.

    Parameters
    ----------
    x
        Some or all rows of the design, shape ``(n, p)``.
    y
        Their outcomes, shape ``(n,)``.

    Returns
    -------
    ndarray
        Upper triangular, shape ``(p + 1, p + 1)``: ``[x, y] @ basis`` has orthogonal columns of
        mean square 1 and the residuals of ordinary least squares. A column that depends on
        earlier ones in these rows is replaced by its residual, divided by its own norm.
    """
    n, p = x.shape
    basis = np.zeros((p + 1, p + 1))
    basis[p, p] = 1.0
    norms = np.sqrt((x * x).sum(axis=0))
    q, r = np.linalg.qr(x)
    kept = np.arange(p)
    if n < p or (np.abs(np.diagonal(r)) <= TOLERANCE * norms).any():
        kept = independent_columns(x).kept
        q, r = np.linalg.qr(x[:, kept])
    scale = np.sqrt(max(n, 1))
    inverse = np.linalg.inv(r)
    basis[np.ix_(kept, kept)] = inverse * scale
    basis[kept, p] = -inverse @ (q.T @ y)
    for column in np.setdiff1d(np.arange(p), kept) if len(kept) < p else ():
        earlier = kept[kept < column]
        size = norms[column] or 1.0
        basis[column, column] = scale / size
        part = inverse[: len(earlier), : len(earlier)]
        basis[earlier, column] = -part @ (q[:, : len(earlier)].T @ x[:, column]) * scale / size
    return basis


def gather(
    patterns: Sequence[VisitPattern],
    design: Rows,
    outcome: Floats,
    *,
    basis: Floats,
    n_visits: int,
    weights: Floats | None = None,
) -> Moments | SubjectRows:
    """Sum the products of all subjects, or keep their rows where that is smaller.

    Parameters
    ----------
    patterns
        Subjects by the visits they attended.
    design
        Gives rows of X.
    outcome
        Shape ``(n,)``.
    basis
        Of `preliminary_basis`, shape ``(p + 1, p + 1)``.
    n_visits
        Scheduled visits, m.
    weights
        Shape ``(n,)``, positive; a row of weight w has the variance of its visit divided by w.
    """
    size = len(basis)
    n_rows = sum(pattern.rows.size for pattern in patterns)
    wanted = len(patterns) * (n_visits * size) ** 2
    if wanted <= max(MEMORY * n_rows * size, SMALL):
        return gather_moments(
            patterns, design, outcome, basis=basis, n_visits=n_visits, weights=weights
        )
    transform = row_transform(design, outcome, basis, weights)
    rows, pattern = _rows(patterns, transform, n_visits, size)
    common = _common(patterns, basis, n_visits, weights)
    return SubjectRows(rows=rows, pattern=pattern, **common)


def gather_moments(
    patterns: Sequence[VisitPattern],
    design: Rows,
    outcome: Floats,
    *,
    basis: Floats,
    n_visits: int,
    weights: Floats | None = None,
) -> Moments:
    """Sum the products of all subjects, whatever their size; parameters as in `gather`."""
    transform = row_transform(design, outcome, basis, weights)
    products = _products(patterns, transform, n_visits, len(basis))
    return Moments(products=products, **_common(patterns, basis, n_visits, weights))


def row_transform(
    design: Rows, outcome: Floats, basis: Floats, weights: Floats | None
) -> Transform:
    """Return what gives weighted rows ``[X, y] @ basis`` at positions of the frame.

    Parameters
    ----------
    design
        Gives rows of X.
    outcome
        Shape ``(n,)``.
    basis
        Shape ``(p + 1, P)``.
    weights
        Shape ``(n,)``, positive; rows are multiplied by their roots.
    """
    root = None if weights is None else np.sqrt(weights)

    def transformed(rows: NDArray[np.intp]) -> Floats:
        z = design.take(rows, basis[:-1])
        z[:, -1] += outcome[rows]
        if root is not None:
            z *= root[rows][:, None]
        return z

    return transformed


def _common(
    patterns: Sequence[VisitPattern], basis: Floats, n_visits: int, weights: Floats | None
) -> dict[str, Any]:
    log_weights = 0.0
    if weights is not None:
        log_weights = float(sum(np.log(weights[pattern.rows]).sum() for pattern in patterns))
    return {
        "present": _present(patterns, n_visits),
        "group": np.array([pattern.group for pattern in patterns], dtype=np.intp),
        "counts": np.array([float(len(pattern.subjects)) for pattern in patterns]),
        "basis": basis,
        "n_rows": sum(pattern.rows.size for pattern in patterns),
        "log_weights": log_weights,
    }


def _present(patterns: Sequence[VisitPattern], n_visits: int) -> NDArray[np.bool_]:
    present = np.zeros((len(patterns), n_visits), dtype=bool)
    for row, pattern in zip(present, patterns, strict=True):
        row[pattern.visits] = True
    return present


def _products(
    patterns: Sequence[VisitPattern], transformed: Transform, n_visits: int, size: int
) -> Floats:
    products = np.zeros((len(patterns), n_visits, n_visits, size, size))
    for target, pattern in zip(products, patterns, strict=True):
        width = len(pattern.visits)
        step = max(1, BLOCK // (width * size))
        summed = np.zeros((width * size, width * size))
        for first in range(0, len(pattern.rows), step):
            flat = transformed(pattern.rows[first : first + step].reshape(-1))
            flat = flat.reshape(-1, width * size)
            summed += flat.T @ flat
        by_visit = summed.reshape(width, size, width, size).transpose(0, 2, 1, 3)
        target[np.ix_(pattern.visits, pattern.visits)] = by_visit
    return products.reshape(len(patterns), n_visits**2, size**2)


def _rows(
    patterns: Sequence[VisitPattern], transformed: Transform, n_visits: int, size: int
) -> tuple[Floats, NDArray[np.intp]]:
    n_subjects = sum(len(pattern.subjects) for pattern in patterns)
    rows = np.zeros((n_subjects, n_visits, size))
    first = 0
    for pattern in patterns:
        last = first + len(pattern.subjects)
        block = transformed(pattern.rows.reshape(-1))
        rows[first:last, pattern.visits] = block.reshape(last - first, -1, size)
        first = last
    sizes = [len(pattern.subjects) for pattern in patterns]
    return rows, np.repeat(np.arange(len(patterns)), sizes)
