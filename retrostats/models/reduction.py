"""Random effects at irregular times: each subject in as many coordinates as there are effects.

A subject with rows ``Z_i = Q_i R_i`` of the random effects has, in the coordinates ``Q_i' y``,
the covariance ``R_i G R_i' + sigma2 I``; what is orthogonal to ``Q_i`` has the covariance
``sigma2 I`` whatever the times were. All subjects together need one triangular factor, or one
matrix of products, for the second part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.models.gather import BLOCK, MEMORY, SMALL, Rows
from retrostats.models.moments import Moments, SubjectRows

#: A row of ``R_i`` is zero when less than this share of its column is left after earlier ones.
RANK = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SubjectFactors:
    """The rows of every subject in the coordinates of its random effects.

    Attributes
    ----------
    factor
        ``R_i``, upper triangular, shape ``(n, q, q)``; row j is zero where coordinate j lacks.
    present
        Coordinates that a subject has: ``min(n_i, q)`` or fewer, shape ``(n, q)``.
    rows
        ``Q_i' [X_i, y_i] basis``, shape ``(n, q, P)``; zero where a coordinate lacks.
    rest
        Products of what is orthogonal to all ``Q_i``, shape ``(P, P)``.
    n_rest
        Rows in ``rest``: all rows less the coordinates present.
    basis
        Transformation of the columns, shape ``(P, P)``.
    n_rows
        Rows of the data.
    log_weights
        Sum of the logarithms of the weights.
    """

    factor: Floats
    present: NDArray[np.bool_]
    rows: Floats
    rest: Floats
    n_rest: int
    basis: Floats
    n_rows: int
    log_weights: float = 0.0

    def rebased(self, basis: Floats) -> SubjectFactors:
        """Return the factors with the columns ``[X, y] @ basis``, shape ``(P, any)``."""
        change = np.linalg.solve(self.basis, basis)
        rest = change.T @ self.rest @ change
        return replace(self, rows=self.rows @ change, rest=rest, basis=basis)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reduced:
    """What `Stratum` needs beside `ReducedRandomEffects`.

    Attributes
    ----------
    moments
        Of the q coordinates of the subjects and, as the last pattern, of the rest.
    loading
        ``[R_g, I]`` of each pattern, shape ``(G, q, 2 q)``.
    """

    moments: Moments | SubjectRows
    loading: Floats


def subject_factors(
    z: Floats,
    subject: NDArray[np.intp],
    design: Rows,
    outcome: Floats,
    *,
    basis: Floats,
    n_subjects: int,
    weights: Floats | None = None,
) -> SubjectFactors:
    """Rotate the rows of every subject into the coordinates of its random effects.

    Parameters
    ----------
    z
        Design of the random effects, shape ``(n, q)``.
    subject
        Code of each row's subject, shape ``(n,)``; in any order.
    design
        Gives rows of X.
    outcome
        Shape ``(n,)``.
    basis
        Of `preliminary_basis`, shape ``(P, P)``.
    n_subjects
        Number of codes.
    weights
        Shape ``(n,)``, positive: a row of weight w has the residual variance ``sigma2 / w``.
        Random effects keep their variance, as in lme4.

    Raises
    ------
    DataError
        If ``z`` is not finite or its length is not that of the other arrays.

    Notes
    -----
    Gram-Schmidt, each column orthogonalised twice: all subjects at once, and as accurate as
    Householder's reflections [1]_.

    References
    ----------
    .. [1] Giraud L, Langou J, Rozloznik M (2005). Comput Math Appl 50, 1069-1075.
       doi:10.1016/j.camwa.2005.08.009
    """
    _check(z, subject, outcome)
    size, q = len(basis), z.shape[1]
    ordered = bool((subject[1:] >= subject[:-1]).all())
    order = np.arange(len(subject)) if ordered else np.argsort(subject, kind="stable")
    root = None if weights is None else np.sqrt(weights)
    edges = np.append(0, np.cumsum(np.bincount(subject, minlength=n_subjects)))
    factor, rows = np.zeros((n_subjects, q, q)), np.zeros((n_subjects, q, size))
    rest = np.zeros((size, size))
    for low, high in _blocks(edges, size):
        chosen = order[edges[low] : edges[high]]
        xy = design.take(chosen, basis[:-1])
        xy[:, -1] += outcome[chosen]
        zs = z[chosen]
        if root is not None:
            xy *= root[chosen][:, None]
            zs = zs * root[chosen][:, None]
        starts = edges[low : high + 1] - edges[low]
        factor[low:high], rows[low:high] = _rotate(zs, xy, starts)
        rest += xy.T @ xy
    present = np.diagonal(factor, axis1=1, axis2=2) > 0
    return SubjectFactors(
        factor=factor,
        present=present,
        rows=rows,
        rest=rest,
        n_rest=len(subject) - int(present.sum()),
        basis=basis,
        n_rows=len(subject),
        log_weights=0.0 if weights is None else float(np.log(weights).sum()),
    )


def _check(z: Floats, subject: NDArray[np.intp], outcome: Floats) -> None:
    faults = []
    if z.ndim != 2 or not (len(z) == len(subject) == len(outcome)):
        faults.append(
            f"z has shape {z.shape}, subject {subject.shape} and outcome {outcome.shape}; "
            "expected (n, q), (n,) and (n,)"
        )
    if not np.isfinite(z).all():
        rows = np.flatnonzero(~np.isfinite(z).reshape(len(z), -1).all(axis=1))
        faults.append(f"z must be finite; look at {len(rows)} rows, first {rows[:10].tolist()}")
    if faults:
        raise DataError("random effects: " + "; ".join(faults))


def _blocks(edges: NDArray[np.intp], size: int) -> list[tuple[int, int]]:
    """Cut the subjects into runs of about `BLOCK` doubles."""
    step = max(1, BLOCK // size)
    cuts = np.searchsorted(edges, np.arange(0, edges[-1], step), side="right") - 1
    cuts = np.unique(np.append(cuts, len(edges) - 1))
    return [(int(a), int(b)) for a, b in zip(cuts[:-1], cuts[1:], strict=True)]


def _rotate(z: Floats, xy: Floats, starts: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return ``R_i`` and ``Q_i' [X, y]`` of a run of subjects; leave the rest in ``xy``."""
    from scipy.sparse import csr_array

    n, q = len(starts) - 1, z.shape[1]
    owner = np.repeat(np.arange(n), np.diff(starts))
    places = np.arange(len(z))

    def summed(left: Floats, right: Floats) -> Floats:
        return np.asarray(csr_array((left, places, starts), shape=(n, len(z))) @ right)

    factor, rows = np.zeros((n, q, q)), np.zeros((n, q, xy.shape[1]))
    units: list[Floats] = []
    for j in range(q):
        left = z[:, j].copy()
        before = np.sqrt(summed(left, left))
        for _ in range(2):
            for i, unit in enumerate(units):
                share = summed(unit, left)
                factor[:, i, j] += share
                left -= unit * share[owner]
        norm = np.sqrt(summed(left, left))
        norm[norm <= RANK * before] = 0.0
        factor[:, j, j] = norm
        unit = left * np.divide(1.0, norm, out=np.zeros(n), where=norm > 0)[owner]
        units.append(unit)
        rows[:, j] = summed(unit, xy)
        xy -= unit[:, None] * rows[owner, j]
    return factor, rows


def reduced(factors: SubjectFactors) -> Reduced:
    """Sum the coordinates of subjects with equal ``R_i``, or keep them where that is smaller."""
    seen = np.flatnonzero(factors.present.any(axis=1))
    q, size = factors.factor.shape[1], len(factors.rest)
    codes = _equal(factors.factor[seen])
    order = np.argsort(codes, kind="stable")
    codes, subjects = codes[order], seen[order]
    first = np.flatnonzero(np.diff(codes, prepend=-1))
    has_rest = factors.n_rest > 0
    counts = np.diff(np.append(first, len(codes))).astype(float)
    common = {
        "present": np.pad(factors.present[subjects[first]], ((0, has_rest), (0, 0))),
        "group": np.zeros(len(first) + has_rest, dtype=np.intp),
        "counts": np.append(counts, [factors.n_rest] * has_rest),
        "basis": factors.basis,
        "n_rows": factors.n_rows,
        "log_weights": factors.log_weights,
        "n_apart": factors.n_rest,
    }
    common["present"][len(first) :, 0] = True
    loading = np.zeros((len(first) + has_rest, q, 2 * q))
    loading[: len(first), :, :q] = factors.factor[subjects[first]]
    loading[:, :, q:] = np.eye(q)
    rows = factors.rows[subjects]
    if len(counts) * (q * size) ** 2 > max(MEMORY * rows.size, SMALL):
        if has_rest:
            triangle = np.zeros((size, q, size))
            triangle[:, 0] = _root(factors.rest)
            rows = np.concatenate([rows, triangle])
            codes = np.append(codes, np.full(size, len(first)))
        moments: Moments | SubjectRows = SubjectRows(rows=rows, pattern=codes, **common)
    else:
        moments = Moments(products=_products(rows, first, factors.rest, has_rest), **common)
    return Reduced(moments=moments, loading=loading)


def _equal(factor: Floats) -> NDArray[np.intp]:
    """Number the distinct ``R_i``; when most are distinct, each subject is its own."""
    codes = np.zeros(len(factor), dtype=np.intp)
    for i, j in zip(*np.triu_indices(factor.shape[1]), strict=True):
        values, inverse = np.unique(factor[:, i, j], return_inverse=True)
        codes = np.unique(codes * len(values) + inverse, return_inverse=True)[1]
        if codes.max(initial=0) > len(codes) // 2:
            return np.arange(len(factor))
    return codes


def _products(rows: Floats, first: NDArray[np.intp], rest: Floats, has_rest: bool) -> Floats:
    n, q, size = rows.shape
    products = np.zeros((len(first) + has_rest, q, q, size, size))
    ends = np.append(first[1:], n)
    for target, low, high in zip(products, first, ends, strict=False):
        flat = rows[low:high].reshape(-1, q * size)
        target[...] = (flat.T @ flat).reshape(q, size, q, size).transpose(0, 2, 1, 3)
    if has_rest:
        products[-1, 0, 0] = rest
    return products.reshape(len(products), q * q, size * size)


def _root(products: Floats) -> Floats:
    """Return F with ``F'F = products``, exact to rounding in each column's own size."""
    scale = np.sqrt(np.diagonal(products))
    safe = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(products / np.outer(safe, safe))
    return np.asarray(np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T * scale)
