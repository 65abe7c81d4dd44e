"""From a long data frame to the scores of subjects at visits, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import raise_faults
from retrostats.missing.types import VisitScores
from retrostats.models.frame.checks import (
    duplicates_text,
    find_duplicates,
    outcome_text,
    rows_text,
)
from retrostats.models.frame.columns import Columns, as_table

if TYPE_CHECKING:
    import pandas as pd

#: Columns that imputed data sets have beside those of the data.
OWN = ("imputed", "imputation")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnNames:
    """What the columns of a data frame hold."""

    outcome: str
    subject: str
    visit: str
    arm: str
    covariates: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """All names, in the order of the completed frames."""
        return (self.subject, self.arm, *self.covariates, self.visit, self.outcome)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """One row per subject and visit, and the scores as arrays.

    Attributes
    ----------
    table
        Subjects in the order of the data, their visits in order: ``n * m`` rows. The outcome is
        missing where it was, or where there was no row.
    scores
        The same as arrays.
    """

    table: pd.DataFrame
    scores: VisitScores


def read_grid(
    data: Any, names: ColumnNames, *, levels: Mapping[str, Sequence[Any]], unit: str
) -> Grid:
    """Read the columns of a data frame, and check them.

    Parameters
    ----------
    data
        A data frame, or an object whose attribute ``frame`` is one.
    names
        Of the columns.
    levels
        Levels by column, in order; by default of a categorical column its own, else sorted.
    unit
        Of the outcome.

    Raises
    ------
    DataError
        With all faults found.
    """
    columns = Columns(as_table(data), levels, [])
    where = f"impute {names.outcome!r}"
    if len(set(names.all)) < len(names.all) or set(OWN) & set(names.all):
        columns.fault("", f"columns must differ, and none be called {' or '.join(OWN)}")
    present = [columns.has(name) for name in names.all]
    if all(present) and not columns.is_number(names.outcome):
        text = outcome_text(columns.table[names.outcome], columns.kind(names.outcome))
        columns.fault(names.outcome, text)
    if all(present) and not len(columns.table):
        columns.fault("", "there are no rows")
    raise_faults(where, columns.faults)
    subject, subjects = columns.labels(names.subject)
    visit, arm = columns.coded(names.visit), columns.coded(names.arm)
    for name, codes in ((names.subject, subject), (names.visit, visit.codes)):
        _require_filled(columns, name, codes < 0)
    raise_faults(where, columns.faults)
    rows = find_duplicates(subject, visit.codes, len(visit.levels))
    if len(rows):
        cells = (subject[rows], visit.codes[rows])
        columns.fault("", duplicates_text(rows, cells, (subjects, visit.levels), columns.index))
    first = _first_rows(subject, len(subjects))
    _require_constant(columns, names.arm, arm.codes, subject, first)
    parts = [_covariate(columns, name, subject, first) for name in names.covariates]
    columns.check_levels()
    raise_faults(where, columns.faults)
    y = np.full((len(subjects), len(visit.levels)), np.nan)
    y[subject, visit.codes] = columns.numbers(names.outcome)
    raise_faults(where, columns.faults)
    scores = VisitScores(
        y=y,
        arm=arm.codes[first],
        covariates=np.column_stack([np.zeros((len(subjects), 0)), *(part for part, _ in parts)]),
        names=tuple(label for _, labels in parts for label in labels),
        arms=tuple(map(str, arm.levels)),
        visits=tuple(map(str, visit.levels)),
        unit=unit,
    )
    return Grid(table=_table(columns, names, first, visit.levels, y), scores=scores)


def _require_filled(columns: Columns, name: str, empty: NDArray[np.bool_]) -> None:
    if empty.any():
        rows = rows_text(columns.index, np.flatnonzero(empty))
        columns.fault(name, f"empty in {rows}; fill it in, or leave these rows out")


def _first_rows(subject: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    first = np.empty(count, dtype=np.intp)
    first[subject[::-1]] = np.arange(len(subject))[::-1]  # of several rows the last one stays
    return first


def _require_constant(
    columns: Columns,
    name: str,
    values: NDArray[Any],
    subject: NDArray[np.intp],
    first: NDArray[np.intp],
) -> None:
    """Note rows in which a subject has another value than in its first, or none."""
    gone = np.isnan(values) if values.dtype.kind == "f" else values < 0
    _require_filled(columns, name, gone)
    changed = np.flatnonzero((values != values[first][subject]) & ~gone & ~gone[first][subject])
    if len(changed):
        rows = rows_text(columns.index, changed)
        columns.fault(name, f"changes within a subject in {rows}; it must be one value for each")


def _covariate(
    columns: Columns, name: str, subject: NDArray[np.intp], first: NDArray[np.intp]
) -> tuple[Floats, list[str]]:
    """Return a covariate of the subjects as numbers, or as indicators of levels but the first."""
    if not columns.is_category(name):
        values = columns.numbers(name)
        _require_constant(columns, name, values, subject, first)
        return values[first][:, None], [name]
    coded = columns.coded(name)
    _require_constant(columns, name, coded.codes, subject, first)
    there = [k for k in range(len(coded.levels)) if (coded.codes == k).any()][1:]
    indicators = (coded.codes[first][:, None] == np.array(there, dtype=np.intp)).astype(float)
    return indicators, [f"{name}={coded.levels[k]}" for k in there]


def _table(
    columns: Columns,
    names: ColumnNames,
    first: NDArray[np.intp],
    visits: Sequence[Any],
    y: Floats,
) -> pd.DataFrame:
    """Return one row per subject and visit, columns in the order of `ColumnNames.all`."""
    n, m = y.shape
    kept = [names.subject, names.arm, *names.covariates]
    table = columns.table[kept].iloc[np.repeat(first, m)].reset_index(drop=True)
    place = np.tile(np.arange(m), n)
    table[names.visit] = _labels(columns.table[names.visit], visits, place)
    table[names.outcome] = y.ravel()
    return table


def _labels(own: pd.Series[Any], levels: Sequence[Any], place: NDArray[np.intp]) -> Any:
    """Return labels of visits with the type of their column: a category stays one."""
    import pandas as pd

    labels = pd.Series(list(levels), dtype=own.dtype)
    return labels.iloc[place].reset_index(drop=True)
