"""From rows to the likelihood of a linear mixed model with one grouping factor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError, FitError
from retrostats.models.basis import Coordinates, settle
from retrostats.models.common_grid import CommonGrid, common_grid
from retrostats.models.covariance import RandomEffects, ReducedRandomEffects
from retrostats.models.design import Design, design_for, design_for_terms
from retrostats.models.factored import FactoredRows
from retrostats.models.formula import read_formula, read_terms
from retrostats.models.frame_types import ModelFrame
from retrostats.models.gather import gather
from retrostats.models.likelihood import Stratum
from retrostats.models.modelframe import model_frame
from retrostats.models.moments import Moments, SubjectRows
from retrostats.models.patterns import VisitPattern, visit_patterns, visit_table
from retrostats.models.prepared import Prepared, RowData
from retrostats.models.reduced_moments import reduced
from retrostats.models.reduction import SubjectFactors, subject_factors
from retrostats.models.residual_checks import require_residuals
from retrostats.models.sandwich import Subjects
from retrostats.models.sources import basis_of, cell_counts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EffectRows:
    """The rows of a linear mixed model.

    Attributes
    ----------
    z
        Design of the random effects, shape ``(n, q)``.
    names
        Of the random effects.
    blocks
        Which of them correlate.
    frame, rows
        The checked rows and those of the mean.
    basis
        Preliminary transformation of the columns, square.
    """

    z: Floats
    names: tuple[str, ...]
    blocks: tuple[tuple[int, ...], ...]
    frame: ModelFrame
    rows: FactoredRows
    basis: Floats

    def factors(self) -> SubjectFactors:
        """Return every subject in the coordinates of its random effects."""
        return subject_factors(
            self.z,
            self.frame.subject,
            self.rows,
            self.frame.outcome,
            basis=self.basis,
            n_subjects=len(self.frame.subjects),
            weights=self.frame.weights,
        )


def read_effects(
    formula: str, data: Any, subject: str, *, random: str, weights: str | None, covariance: str
) -> tuple[EffectRows, Design]:
    """Read the rows of a linear mixed model; parameters as in `fit_lmm`."""
    model, terms = read_formula(formula), read_terms(random)
    frame = model_frame(model, data, subject=subject, weights=weights, extra=terms)
    design, effects = design_for(model, frame), design_for_terms(terms, frame)
    q = len(effects.names)
    if not q:
        raise DataError('random="0": there is no random effect; write "1" for an intercept')
    rows = design.factored(frame)
    found = EffectRows(
        z=effects.rows(frame.numeric, frame.codes, size=len(frame)),
        names=effects.names,
        blocks=(tuple(range(q)),) if covariance == "us" else tuple((j,) for j in range(q)),
        frame=frame,
        rows=rows,
        basis=basis_of(frame, rows),
    )
    return found, design


def prepared_effects(
    data: EffectRows,
    design: Design,
    patterns: tuple[VisitPattern, ...],
    moments: Moments | SubjectRows,
) -> Prepared:
    """Return what every fit keeps of its data."""
    frame = data.frame
    return Prepared(
        design=design,
        variables=frame.variables,
        cells=cell_counts(data.rows),
        cell_factors=tuple(data.rows.cell_levels),
        moments=moments,
        visits=(),
        groups=(),
        ledger=frame.ledger,
        n_rows=len(frame),
        n_subjects=len(frame.subjects),
        caveats=frame.caveats,
        source=RowData(frame=frame, rows=data.rows, patterns=patterns),
    )


def effect_stratum(
    data: EffectRows,
) -> tuple[Stratum, Coordinates, tuple[VisitPattern, ...]]:
    """Return the stratum, the coordinates of the coefficients, and the pattern of subjects.

    On a common grid of times, covariances of the grid serve and the number of subjects drops
    out; otherwise each subject is reduced to as many coordinates as there are random effects.
    Both give the same likelihood.
    """
    _check_identified(data)
    root = None if data.frame.weights is None else np.sqrt(data.frame.weights)
    scaled = data.z if root is None else data.z * root[:, None]
    grid = common_grid(scaled, data.frame.subject)
    if grid is None:
        found = reduced(data.factors())
        moments, coordinates = settle(found.moments)
        require_residuals(moments, found.moments)
        own = ReducedRandomEffects(len(data.names), data.blocks, names=data.names)
        return Stratum(moments, own, found.loading), coordinates, ()
    patterns = _grid_patterns(grid, data.frame.subject, len(data.frame.subjects))
    summed = gather(
        patterns,
        data.rows,
        data.frame.outcome,
        basis=data.basis,
        n_visits=len(grid.z),
        weights=data.frame.weights,
    )
    moments, coordinates = settle(summed)
    require_residuals(moments, summed)
    return Stratum(moments, RandomEffects(grid.z, data.names, data.blocks)), coordinates, patterns


def _grid_patterns(
    grid: CommonGrid, subject: NDArray[np.intp], n_subjects: int
) -> tuple[VisitPattern, ...]:
    table = visit_table(subject, grid.codes, n_subjects=n_subjects, n_visits=len(grid.z))
    return visit_patterns(table)


def _check_identified(data: EffectRows) -> None:
    """Refuse random effects that no data of this shape could tell apart.

    Raises
    ------
    FitError
        If no subject has two rows, or a random effect does not vary where it must.
    """
    counts = np.bincount(data.frame.subject)
    if counts.max(initial=0) < 2:
        raise FitError(
            "every subject has one row only, so random effects cannot be told apart from the "
            "residual; a linear model (ANCOVA) fits these data"
        )
    rank = np.linalg.matrix_rank(data.z) if data.z.shape[1] > 1 else 1
    if rank < data.z.shape[1]:
        raise FitError(
            f"the random effects {', '.join(data.names)} depend linearly on one another in these "
            "data; leave one out"
        )


def effect_residuals(
    kind: str,
    raw: Floats,
    data: EffectRows,
    parameters: tuple[Floats, float],
    *,
    about: str,
) -> Floats:
    """Scale residuals by the covariance of a subject's rows.

    Parameters
    ----------
    kind
        ``"pearson"`` or ``"normalised"``.
    raw
        Shape ``(n,)``.
    data
        The rows.
    parameters
        G, shape ``(q, q)``, and the residual variance.
    about
        ``"subject"``: the residual variance alone; ``"population"``: all of it.
    """
    g, sigma2 = parameters
    weights = np.ones(len(raw)) if data.frame.weights is None else data.frame.weights
    own = sigma2 / weights
    if about == "subject":
        return np.asarray(raw / np.sqrt(own))
    if kind == "pearson":
        return np.asarray(raw / np.sqrt(np.einsum("ni,ij,nj->n", data.z, g, data.z) + own))
    out = np.empty_like(raw)
    order = np.argsort(data.frame.subject, kind="stable")
    edges = np.flatnonzero(np.diff(data.frame.subject[order], prepend=-1))[1:]
    for rows in np.split(order, edges):
        z = data.z[rows]
        factor = np.linalg.cholesky(z @ g @ z.T + np.diag(own[rows]))
        out[rows] = np.linalg.solve(factor, raw[rows])
    return out


def effect_batches(
    data: EffectRows, basis: Floats, gamma: Floats, parameters: tuple[Floats, float]
) -> Iterator[Subjects]:
    """Yield designs, residuals and covariances of subjects with equally many rows.

    Parameters
    ----------
    data
        The rows.
    basis
        To the coordinates of the computation, shape ``(p + 1, P)``.
    gamma
        Coefficients in them, shape ``(P - 1,)``.
    parameters
        G, shape ``(q, q)``, and the residual variance.
    """
    g, sigma2 = parameters
    order = np.argsort(data.frame.subject, kind="stable")
    counts = np.bincount(data.frame.subject)
    starts = np.cumsum(counts) - counts
    for size in np.unique(counts[counts > 0]):
        rows = order[starts[counts == size][:, None] + np.arange(size)]
        flat = rows.reshape(-1)
        xy = data.rows.take(flat, basis[:-1])
        xy[:, -1] += data.frame.outcome[flat]
        z = data.z[flat]
        if data.frame.weights is not None:
            root = np.sqrt(data.frame.weights[flat])[:, None]
            xy, z = xy * root, z * root
        z = z.reshape(len(rows), size, -1)
        yield Subjects(
            xy[:, :-1].reshape(len(rows), size, -1),
            (xy[:, -1] - xy[:, :-1] @ gamma).reshape(len(rows), size),
            z @ g @ z.transpose(0, 2, 1) + sigma2 * np.eye(size),
        )
