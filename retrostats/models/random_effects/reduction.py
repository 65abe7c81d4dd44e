"""Random effects at irregular times: each subject in as many coordinates as there are effects.

A subject with rows ``Z_i = Q_i R_i`` of the random effects has, in the coordinates ``Q_i' y``,
the covariance ``R_i G R_i' + sigma2 I``; what is orthogonal to ``Q_i`` has the covariance
``sigma2 I`` whatever the times were. All subjects together need one triangular factor, or one
matrix of products, for the second part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.models.sums.gather import BLOCK, Rows

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
    return list(pairwise(cuts.tolist()))


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
