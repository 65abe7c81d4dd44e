"""Data in parts: each is summed up and let go, so that memory does not grow with the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.models.frame.caveats import spelling_caveats
from retrostats.models.frame.ledger import Ledger
from retrostats.models.frame.model_frame import model_frame
from retrostats.models.frame.types import Variable
from retrostats.models.mean.design import Design, design_for
from retrostats.models.mean.formula import MeanModel
from retrostats.models.sums.gather import gather_moments
from retrostats.models.sums.moments import Moments
from retrostats.models.sums.prepared import Prepared
from retrostats.models.sums.seen_levels import seen_model
from retrostats.models.sums.sources import Roles, basis_of, cell_counts, patterns_of
from retrostats.models.sums.subject_hashes import label_kind, split_text, subject_hashes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """What is kept of one part of the data; parts add up.

    Attributes
    ----------
    design, visits, groups
        Equal in all parts.
    variables, cells, cell_factors, moments, ledger
        As in `Prepared`.
    subjects
        Hashes of the subjects' labels: a subject must lie wholly in one part.
    kinds
        Whether these labels are numbers or texts.
    """

    design: Design
    visits: tuple[object, ...]
    groups: tuple[object, ...]
    variables: Mapping[str, Variable]
    cells: Mapping[tuple[int, ...], float]
    cell_factors: tuple[str, ...]
    moments: Moments
    ledger: Ledger
    subjects: tuple[NDArray[np.uint64], ...]
    kinds: frozenset[str]

    def __add__(self, other: Part) -> Part:
        mine = (self.design.names, self.visits, self.groups)
        if mine != (other.design.names, other.visits, other.groups):
            raise DataError(
                "data in parts: the parts disagree about the levels of a factor, a visit or a "
                "group; give all of them, e.g. levels={'arm': [...], 'visit': [...]}"
            )
        cells = dict(self.cells)
        for key, count in other.cells.items():
            cells[key] = cells.get(key, 0.0) + count
        return replace(
            self,
            variables=_merged(self, other),
            cells=cells,
            moments=self.moments + other.moments,
            ledger=self.ledger + other.ledger,
            subjects=(*self.subjects, *other.subjects),
            kinds=self.kinds | other.kinds,
        )


def _merged(first: Part, second: Part) -> dict[str, Variable]:
    """Return the variables of both parts: means weighted by their rows."""
    counts = (first.moments.n_rows, second.moments.n_rows)
    merged = dict(first.variables)
    for name, variable in first.variables.items():
        other = second.variables[name]
        if variable.kind == "numeric" and counts[1]:
            mean = other.mean
            if counts[0]:
                mean = (counts[0] * variable.mean + counts[1] * mean) / sum(counts)
            merged[name] = replace(variable, mean=mean)
    return merged


def summed_part(
    model: MeanModel,
    table: pd.DataFrame,
    roles: Roles,
    levels: Mapping[str, Sequence[Any]] | None,
    basis: Floats | None = None,
) -> Part:
    """Sum up one part.

    Parameters
    ----------
    model, table, roles, levels
        As for `prepare`.
    basis
        Transformation of the columns to use, shape ``(P, P)``; by default the part's own.
        Parts with different ones can be added, at the cost of a change of basis.
    """
    frame = model_frame(
        model,
        table,
        subject=roles.subject,
        visit=roles.visit,
        weights=roles.weights,
        group=roles.group,
        levels=levels,
        unused="keep",
    )
    design = design_for(model, frame)
    rows = design.factored(frame)
    moments = gather_moments(
        patterns_of(frame),
        rows,
        frame.outcome,
        basis=basis_of(frame, rows) if basis is None else basis,
        n_visits=len(frame.visits),
        weights=frame.weights,
    )
    return Part(
        design=design,
        visits=frame.visits,
        groups=frame.groups,
        variables=frame.variables,
        cells=cell_counts(rows),
        cell_factors=tuple(rows.cell_levels),
        moments=moments,
        ledger=frame.ledger,
        subjects=(subject_hashes(np.asarray(frame.subjects)),),
        kinds=frozenset({label_kind(np.asarray(frame.subjects))} if len(frame) else ()),
    )


def prepare_parts(
    model: MeanModel,
    tables: Iterable[pd.DataFrame],
    roles: Roles,
    levels: Mapping[str, Sequence[Any]] | None,
) -> Prepared:
    """Sum up an iterable of data frames, one at a time.

    Raises
    ------
    DataError
        If there is no part with rows, parts disagree about levels, or a subject lies in two.
    """
    whole: Part | None = None
    basis: Floats | None = None
    for table in tables:
        part = summed_part(model, table, roles, levels, basis)
        whole = part if whole is None else whole + part
        # All later parts use the coordinates of the first one with rows, which are near enough.
        if basis is None and part.moments.n_rows:
            basis = whole.moments.basis
    if whole is None:
        raise DataError("data: the iterable holds no DataFrame")
    return prepared_part(whole)


def prepare_dask(
    model: MeanModel,
    data: Any,
    roles: Roles,
    levels: Mapping[str, Sequence[Any]] | None,
) -> Prepared:
    """Sum up the partitions of a dask data frame on its workers, and add them up there."""
    import dask

    parts = [
        dask.delayed(summed_part)(model, partition, roles, levels)
        for partition in data.to_delayed()
    ]
    while len(parts) > 1:
        parts = [
            dask.delayed(_added)(*parts[first : first + 8]) for first in range(0, len(parts), 8)
        ]
    return prepared_part(dask.compute(parts[0])[0])


def _added(*parts: Part) -> Part:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole


def prepared_part(whole: Part, names: Sequence[str] = ()) -> Prepared:
    """Return the parts' sum as prepared data, once it is sure that no subject was split.

    Parameters
    ----------
    whole
        The sum, in the order of the parts.
    names
        Of the parts, for a message; "part 1" and so on where there are none.

    Raises
    ------
    DataError
        If no rows are left, or a subject lies in more than one part.
    """
    if len(whole.kinds) > 1:
        raise DataError(
            "data in parts: the subjects are numbers in one part and texts in another, so that a "
            "subject in two parts would not be noticed; read the column alike, e.g. dtype=str or "
            "texts=('subject',) of read_parts"
        )
    subjects = np.sort(np.concatenate(whole.subjects))
    if (subjects[1:] == subjects[:-1]).any():
        raise DataError(split_text(whole.subjects, names))
    if not whole.moments.n_rows:
        raise DataError(f"data: no rows are left to analyse; {whole.ledger}")
    model = seen_model(
        whole.design, whole.variables, whole.cells, whole.cell_factors, whole.moments
    )
    seen = np.asarray(whole.moments.present.any(axis=0))
    absent = [str(v) for v, there in zip(whole.visits, seen, strict=True) if not there]
    caveats = (f"visit: no usable row at {', '.join(absent)}, left out of the model",)
    factors = model.design.factors.items()
    odd = [told for name, levels in factors for told in spelling_caveats(name, levels)]
    return Prepared(
        design=model.design,
        variables=model.variables,
        cells=model.cells,
        cell_factors=whole.cell_factors,
        moments=model.moments.at_visits(seen) if absent else model.moments,
        visits=tuple(v for v, there in zip(whole.visits, seen, strict=True) if there),
        groups=whole.groups,
        ledger=whole.ledger,
        n_rows=whole.moments.n_rows,
        n_subjects=whole.moments.n_subjects,
        caveats=tuple(dict.fromkeys((*model.caveats, *(caveats if absent else ()), *odd))),
        source=None,
    )
