"""Random effects as a covariance structure: ``Sigma = Z G Z' + sigma2 I``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError, FitError
from retrostats.models.covariance.linear import (
    LinearStructure,
    entry_bases,
    entry_name,
    lower_triangle,
)
from retrostats.models.covariance.numerics import shrinkage, variances_of

#: Which effects correlate: positions of the columns of Z, in groups.
Blocks = tuple[tuple[int, ...], ...]
#: Starting variances are at least this part of what they are compared with.
_START_FLOOR = 0.01
#: A pivot below this part of its variance is zero: G is on the boundary.
_PIVOT = 1e-12
#: By how much a Cholesky factor may miss G, as a part of the variances.
_MISS = 1e-8


class BlockEffects(LinearStructure):
    """Loadings times block-diagonal G times loadings', plus ``sigma2`` times a constant.

    Natural parameters are the entries of G, block by block and row by row, then the
    residual variance. Unconstrained ones are the entries of the Cholesky factors of the
    blocks, not logged so that a singular G can be reached, and ``log(sigma2)``. Where a
    diagonal entry of the factor is 0, the Jacobian is singular.
    """

    def __init__(
        self, loadings: Floats, residual: Floats, names: Sequence[str], blocks: Blocks | None
    ) -> None:
        """Take loadings (m, q), what ``sigma2`` multiplies (m, m), q names and the blocks."""
        self.dimension, self._size = loadings.shape
        self.names = tuple(str(name) for name in names)
        self.blocks = (tuple(range(self._size)),) if blocks is None else _tuples(blocks)
        _check_effects(loadings, self.names, self.blocks)
        entries = tuple(
            (block[i], block[j]) for block in self.blocks for i, j in lower_triangle(len(block))
        )
        labels = (entry_name(self.names[j], self.names[i]) for i, j in entries)
        self.parameter_names = (*labels, "residual")
        self._entries = tuple(np.array(entries).T)
        within = loadings @ entry_bases(entries, self._size) @ loadings.T
        bases = np.concatenate([within, residual[None]])
        self._set_bases(0.5 * (bases + bases.swapaxes(1, 2)))
        # In ordinary least squares an effect has this variance, in units of sigma2.
        self._precision = np.einsum("ij,ij->j", loadings, loadings)
        self._project = self._projection()

    def g_matrix(self, theta: Floats) -> Floats:
        """Return the covariance matrix of the random effects, shape (q, q)."""
        return self._square(theta[:-1], symmetric=theta[:-1])

    def sigma2(self, theta: Floats) -> float:
        """Return the residual variance."""
        return float(theta[-1])

    def start(self, moment: Floats) -> Floats:
        """Return the least-squares fit to the moments, shape (k,), moved inside its bounds.

        Variances below a hundredth of what the residuals alone would give are raised to
        it, and the blocks of G are shrunk to their diagonal where they are singular.
        """
        floor = _START_FLOOR * variances_of(moment, self.dimension).mean()
        theta: Floats = self._project @ moment.ravel()
        theta[-1] = max(theta[-1], floor)
        g = self.g_matrix(theta)
        least = _START_FLOOR * theta[-1] / self._precision
        sd = np.sqrt(np.maximum(np.diagonal(g), least))
        correlation = g / np.outer(sd, sd)
        np.fill_diagonal(correlation, 1.0)
        correlation *= shrinkage(correlation)
        np.fill_diagonal(correlation, 1.0)
        theta[:-1] = (correlation * np.outer(sd, sd))[self._entries]
        return theta

    def to_unconstrained(self, theta: Floats) -> Floats:
        """Return the Cholesky entries of G and ``log(sigma2)``, shape (k,).

        Raises
        ------
        DataError
            If G is not positive semidefinite or the residual variance not positive.
        """
        if not theta[-1] > 0:
            raise DataError(f"random effects: the residual variance is {theta[-1]:.6g}, not > 0")
        g = self.g_matrix(theta)
        factor = np.zeros_like(g)
        for block in self.blocks:
            inside = np.ix_(block, block)
            factor[inside] = semidefinite_cholesky(g[inside])
        return np.append(factor[self._entries], np.log(theta[-1]))

    def from_unconstrained(self, phi: Floats) -> Floats:
        """Return the natural parameters, shape (k,); any ``phi`` is allowed."""
        factor = self._square(phi[:-1])
        return np.append((factor @ factor.T)[self._entries], np.exp(phi[-1]))

    def _square(self, lower: Floats, symmetric: Floats | None = None) -> Floats:
        """Spread entries over a (q, q) matrix; ``symmetric`` ones above its diagonal too."""
        out = np.zeros((self._size, self._size), dtype=np.result_type(lower, 1.0))
        rows, columns = self._entries
        if symmetric is not None:
            out[columns, rows] = symmetric
        out[rows, columns] = lower
        return out

    def _projection(self) -> Floats:
        """Return the least-squares map from a matrix (m*m,) to parameters, shape (k, m*m)."""
        sizes = np.linalg.norm(self._flat, axis=1, keepdims=True)
        scaled = self._flat / sizes
        rank, k = int(np.linalg.matrix_rank(scaled)), len(scaled)
        if rank < k:
            raise FitError(
                f"random effects {', '.join(self.names)}: their {k - 1} (co)variances and the "
                f"residual variance cannot be told apart on {self.dimension} visits (only "
                f"{rank} of {k} can). Use fewer effects, or leave out their correlations."
            )
        project: Floats = np.linalg.pinv(scaled).T / sizes
        return project


class RandomEffects(BlockEffects):
    """Random effects on a grid of visits that all subjects share.

    Parameters
    ----------
    z
        Design of the random effects at the m visits, shape (m, q).
    names
        Names of the q effects, e.g. ``("Intercept", "time")``.
    blocks
        Which effects correlate, as positions of columns: ``((0, 1),)`` for both,
        ``((0,), (1,))`` for none (the ``||`` of lme4). By default all correlate.

    Raises
    ------
    DataError
        If ``z``, ``names`` and ``blocks`` contradict one another.
    FitError
        If the parameters cannot be told apart on these visits.

    Examples
    --------
    >>> line = RandomEffects([[1, 0], [1, 6], [1, 12]], ("Intercept", "week"))
    >>> line.parameter_names
    ('var(Intercept)', 'cov(Intercept, week)', 'var(week)', 'residual')
    """

    name = "random effects"

    def __init__(self, z: Floats, names: Sequence[str], blocks: Blocks | None = None) -> None:
        z = np.asarray(z, dtype=np.float64)
        if z.ndim != 2:
            raise DataError(f"random effects: z must have shape (visits, effects), not {z.shape}")
        super().__init__(z, np.eye(len(z)), names, blocks)


class ReducedRandomEffects(BlockEffects):
    """Random effects at irregular times, in coordinates of the data: ``S = diag(G, sigma2 I)``.

    A subject whose design of random effects is ``Z = Q R`` has in the q coordinates
    ``Q'y`` the covariance ``L S L'`` with ``L = [R, I]``; elsewhere it is ``sigma2 I``.
    Parameters and their names are those of `RandomEffects`; the dimension is 2 q.

    Parameters
    ----------
    q
        Number of random effects.
    blocks
        Which effects correlate; see `RandomEffects`.
    names
        Names of the q effects; ``"effect 1"``, ... by default.
    """

    name = "random effects"

    def __init__(
        self, q: int, blocks: Blocks | None = None, *, names: Sequence[str] | None = None
    ) -> None:
        lower = np.diag(np.repeat([0.0, 1.0], q))
        if names is None:
            names = [f"effect {position}" for position in range(1, q + 1)]
        super().__init__(np.eye(2 * q, q), lower, names, blocks)


def semidefinite_cholesky(matrix: Floats) -> Floats:
    """Return lower-triangular L with ``L L' = matrix``; columns of zero pivots are zero.

    Parameters
    ----------
    matrix
        Positive semidefinite, shape (b, b).

    Raises
    ------
    DataError
        If it is not positive semidefinite.
    """
    factor = np.zeros_like(matrix)
    for j, variance in enumerate(np.diagonal(matrix)):
        rest = matrix[j:, j] - factor[j:, :j] @ factor[j, :j]
        if rest[0] > _PIVOT * variance:
            factor[j:, j] = rest / np.sqrt(rest[0])
    scale = np.sqrt(np.abs(np.diagonal(matrix)))
    if not (np.abs(factor @ factor.T - matrix) <= _MISS * np.outer(scale, scale)).all():
        raise DataError(f"random effects: G must be positive semidefinite, got {matrix.tolist()}")
    return factor


def _tuples(blocks: Blocks) -> Blocks:
    return tuple(tuple(int(position) for position in block) for block in blocks)


def _check_effects(z: Floats, names: tuple[str, ...], blocks: Blocks) -> None:
    """Raise one `DataError` with all that is wrong with the description of the effects."""
    m, q = z.shape
    faults = []
    if not m or not q:
        faults.append(f"z needs at least one visit and one effect, its shape is {z.shape}")
    if not np.isfinite(z).all():
        rows = np.flatnonzero(~np.isfinite(z).all(axis=1)).tolist()
        faults.append(f"z must be finite; look at rows {rows}")
    if len(names) != q:
        faults.append(f"z has {q} columns and there are {len(names)} names: {list(names)}")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        faults.append(f"names must differ; more than once: {twice}")
    if sorted(position for block in blocks for position in block) != list(range(q)):
        faults.append(
            f"blocks must hold each column 0 to {q - 1} exactly once, got {blocks}; "
            "((0, 1),) correlates two effects, ((0,), (1,)) does not"
        )
    if faults:
        raise DataError("random effects: " + "; ".join(faults) + ".")
