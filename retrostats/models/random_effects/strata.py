"""From rows to the likelihood of a linear mixed model with one grouping factor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError, FitError
from retrostats.models.covariance import RandomEffects, ReducedRandomEffects
from retrostats.models.frame.model_frame import model_frame
from retrostats.models.frame.types import ModelFrame
from retrostats.models.maximum.residual_checks import require_residuals
from retrostats.models.maximum.stratum import Stratum
from retrostats.models.mean.design import Design, design_for, design_for_terms
from retrostats.models.mean.factored import FactoredRows
from retrostats.models.mean.formula import read_formula, read_terms
from retrostats.models.random_effects.common_grid import CommonGrid, common_grid
from retrostats.models.random_effects.reduced_moments import reduced
from retrostats.models.random_effects.reduction import SubjectFactors, subject_factors
from retrostats.models.sums.basis import Coordinates, settle
from retrostats.models.sums.gather import gather
from retrostats.models.sums.moments import Moments
from retrostats.models.sums.patterns import VisitPattern, visit_patterns, visit_table
from retrostats.models.sums.prepared import Prepared, RowData
from retrostats.models.sums.sources import basis_of, cell_counts
from retrostats.models.sums.subject_rows import SubjectRows


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
    formula: str,
    data: Any,
    subject: str,
    *,
    random: str,
    weights: str | None,
    covariance: str,
    levels: Mapping[str, Sequence[Any]] | None,
) -> tuple[EffectRows, Design]:
    """Read the rows of a linear mixed model; parameters as in `fit_lmm`."""
    if random.replace(" ", "") in ("", "0", "-1"):
        raise DataError(f'random={random!r}: there is no random effect; write "1" for an intercept')
    if not (hasattr(data, "columns") or hasattr(data, "frame")):
        raise DataError(
            "data: fit_lmm needs one DataFrame or cohort, because the rows of every subject are "
            f"reduced together, got {type(data).__name__}; fit_mmrm takes data in parts"
        )
    model, terms = read_formula(formula), read_terms(random)
    frame = model_frame(model, data, subject=subject, weights=weights, extra=terms, levels=levels)
    design, effects = design_for(model, frame), design_for_terms(terms, frame)
    q = len(effects.names)
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
