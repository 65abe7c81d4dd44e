"""From a data frame, or from parts of one, to data made ready for a fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from retrostats.arrays import Floats
from retrostats.data.parts.types import PartFiles
from retrostats.errors import DataError
from retrostats.models.frame.model_frame import model_frame
from retrostats.models.frame.types import ModelFrame
from retrostats.models.mean.design import design_for
from retrostats.models.mean.factored import FactoredRows
from retrostats.models.mean.formula import MeanModel, read_formula
from retrostats.models.sums.gather import SAMPLE, gather, preliminary_basis
from retrostats.models.sums.patterns import VisitPattern, visit_patterns, visit_table
from retrostats.models.sums.prepared import Prepared, RowData


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which columns say who, when, how much and in which covariance group."""

    subject: str
    visit: str
    weights: str | None = None
    group: str | None = None


def prepare(
    formula: str, data: Any, roles: Roles, levels: Mapping[str, Sequence[Any]] | None = None
) -> Prepared:
    """Read, check and sum up the data of a model.

    Parameters
    ----------
    formula
        The mean.
    data
        A data frame, an object with one in ``frame``, a folder of files from `read_parts`, a dask
        data frame, or an iterable of data frames with whole subjects in each.
    roles
        Names of columns.
    levels
        Levels of categorical columns; needed for parts unless their columns are categorical.
    """
    model = read_formula(formula)
    if isinstance(data, PartFiles):
        from retrostats.models.sums.files import prepare_files

        return prepare_files(model, data, roles, levels)
    if hasattr(data, "columns") or hasattr(data, "frame"):
        if hasattr(data, "to_delayed"):
            from retrostats.models.sums.parts import prepare_dask

            return prepare_dask(model, data, roles, levels)
        return prepare_frame(model, data, roles, levels)
    if isinstance(data, Iterable) and not isinstance(data, str | bytes | Mapping):
        from retrostats.models.sums.parts import prepare_parts

        return prepare_parts(model, data, roles, levels)
    raise DataError(
        f"data: a DataFrame, a cohort or an iterable of DataFrames is needed, got "
        f"{type(data).__name__}"
    )


def prepare_frame(
    model: MeanModel, data: Any, roles: Roles, levels: Mapping[str, Sequence[Any]] | None
) -> Prepared:
    """Prepare one data frame, whose rows stay at hand."""
    frame = model_frame(
        model,
        data,
        subject=roles.subject,
        visit=roles.visit,
        weights=roles.weights,
        group=roles.group,
        levels=levels,
    )
    design = design_for(model, frame)
    rows = design.factored(frame)
    patterns = patterns_of(frame)
    moments = gather(
        patterns,
        rows,
        frame.outcome,
        basis=basis_of(frame, rows),
        n_visits=len(frame.visits),
        weights=frame.weights,
    )
    return Prepared(
        design=design,
        variables=frame.variables,
        cells=cell_counts(rows),
        cell_factors=tuple(rows.cell_levels),
        moments=moments,
        visits=frame.visits,
        groups=frame.groups,
        ledger=frame.ledger,
        n_rows=len(frame),
        n_subjects=sum(len(pattern.subjects) for pattern in patterns),
        caveats=frame.caveats,
        source=RowData(frame=frame, rows=rows, patterns=patterns),
    )


def cell_counts(rows: FactoredRows) -> dict[tuple[int, ...], float]:
    """Return the rows of each combination of factor levels, by their codes in the design."""
    codes = zip(*(levels.tolist() for levels in rows.cell_levels.values()), strict=True)
    keys = codes if rows.cell_levels else [()]
    return {key: float(count) for key, count in zip(keys, rows.cell_counts, strict=True)}


def patterns_of(frame: ModelFrame) -> tuple[VisitPattern, ...]:
    """Return the subjects of a frame by the visits they attended.

    Raises
    ------
    DataError
        If a subject is in more than one covariance group.
    """
    assert frame.visit is not None  # noqa: S101 - a model with a covariance of visits has visits
    n_subjects = len(frame.subjects)
    table = visit_table(
        frame.subject, frame.visit, n_subjects=n_subjects, n_visits=len(frame.visits)
    )
    group = None
    if frame.group is not None:
        group = np.zeros(n_subjects, dtype=np.intp)
        group[frame.subject] = frame.group
        moved = np.unique(frame.subject[group[frame.subject] != frame.group])
        if len(moved):
            who = ", ".join(str(frame.subjects[code]) for code in moved[:8])
            raise DataError(
                f"group: {len(moved)} subject(s) are in more than one covariance group, first "
                f"{who}; a subject must stay in one"
            )
    return visit_patterns(table, group)


def basis_of(frame: ModelFrame, rows: FactoredRows) -> Floats:
    """Return the preliminary basis of a frame, from all rows or an even sample of them."""
    n = len(frame)
    chosen = np.arange(n) if n <= SAMPLE else np.linspace(0, n - 1, SAMPLE).astype(np.intp)
    x, y = rows.take(chosen), frame.outcome[chosen]
    if frame.weights is not None:
        root = np.sqrt(frame.weights[chosen])
        x, y = x * root[:, None], y * root
    return preliminary_basis(x, y)
