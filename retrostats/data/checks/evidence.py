"""All that the rules look at: every quantity weighed, by cell, by subject and by visit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retrostats.arrays import Floats
from retrostats.data.checks.quantities import Quantity, Verdict, weigh
from retrostats.data.codebook.types import Codebook
from retrostats.data.cohort.cells import (
    Cells,
    Flags,
    Integers,
    Kind,
    TrialCells,
    first_at,
    positions,
    spread,
)

if TYPE_CHECKING:
    import pandas as pd


class Found(NamedTuple):
    """What a rule found at one place; `retrostats.data.checks.rules` adds rule and severity."""

    line: int
    column: str
    value: str
    found: str
    expected: str
    todo: str


class Grid(NamedTuple):
    """One quantity on the grid of subjects and visits, shape ``(s, v)`` each.

    Attributes
    ----------
    values
        NaN where there is no sound value.
    entries
        The first cell of that subject and visit, -1 where there is none.
    """

    values: Floats
    entries: Integers


class Fact(NamedTuple):
    """What is known of each subject, shape ``(s,)`` each.

    Attributes
    ----------
    values
        The first sound value of a subject, NaN where there is none.
    entries
        The cell that holds it, -1 where there is none.
    """

    values: Floats
    entries: Integers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """A file as the rules see it.

    Attributes
    ----------
    cells
        The cells of the file.
    quantities
        All of them weighed, by kind and name.
    grids
        Outcomes and dates by subject and visit.
    facts
        Arm, covariates, adherence and withdrawal by subject.
    seen
        Which visits a subject has a row for (of a wide file: a value), shape ``(s, v)``.
    members
        Which subjects belong to the trial, shape ``(s,)``.
    first_rows
        Position of the first row of each subject in the table, shape ``(s,)``.
    """

    cells: TrialCells
    quantities: Mapping[tuple[Kind, str], Quantity]
    grids: Mapping[tuple[Kind, str], Grid]
    facts: Mapping[tuple[Kind, str], Fact]
    seen: Flags
    members: Flags
    first_rows: Integers

    @property
    def codebook(self) -> Codebook:
        """What the columns mean."""
        return self.cells.codebook

    @property
    def n_visits(self) -> int:
        """Number of scheduled visits."""
        return len(self.codebook.visits)

    @property
    def baseline(self) -> int:
        """Position of the baseline visit."""
        return self.codebook.visits.index(self.codebook.baseline)

    def of_kind(self, *kinds: Kind) -> Iterator[Quantity]:
        """Yield the quantities of some kinds, in the order of the codebook."""
        return (q for (kind, _), q in self.quantities.items() if kind in kinds)

    def grid(self, quantity: Quantity) -> Grid:
        """Return an outcome or a date by subject and visit."""
        return self.grids[quantity.kind, quantity.name]

    def line(self, quantity: Quantity, entry: int) -> int:
        """Return the line of one cell."""
        return self.cells.line(quantity.cells, entry)

    def first_line(self, subject: int) -> int:
        """Return the line on which a subject is named first."""
        return int(self.cells.table.lines[self.first_rows[subject]])

    def subjects(self) -> tuple[Integers, pd.DataFrame]:
        """Return the positions of the members and one row for each, as eligibility rules ask."""
        import pandas as pd

        who = np.flatnonzero(self.members)
        columns: dict[str, object] = {}
        for (kind, name), fact in self.facts.items():
            if kind in {"covariate", "adherence"}:
                columns[name] = label_fact(self.codebook, kind, name, fact.values[who])
        for (kind, name), grid in self.grids.items():
            if kind == "outcome":
                columns[name] = grid.values[who, self.baseline]
        return who, pd.DataFrame(columns, index=range(len(who)))


def weigh_evidence(cells: TrialCells) -> Evidence:
    """Read every cell once and bring what the cells say to subjects and visits."""
    quantities = weigh(cells)
    n_subjects, n_visits = len(cells.ids), len(cells.codebook.visits)
    shape = (n_subjects, n_visits)
    grids: dict[tuple[Kind, str], Grid] = {}
    facts: dict[tuple[Kind, str], Fact] = {}
    for key, quantity in quantities.items():
        values = quantity.entry_values()
        if key[0] in {"outcome", "date"}:
            known, places = positions(quantity.cells.entries, n_visits)
            entries = first_at(places, known, n_subjects * n_visits)
            grids[key] = Grid(spread(values, entries).reshape(shape), entries.reshape(shape))
        elif key[0] not in {"base", "change"}:
            facts[key] = _fact(quantity.cells, values, n_subjects)
    return Evidence(
        cells=cells,
        quantities=quantities,
        grids=grids,
        facts=facts,
        seen=_seen(cells, grids, shape),
        members=_members(cells, facts),
        first_rows=first_at(*_rows_of_subjects(cells), n_subjects),
    )


def label_fact(codebook: Codebook, kind: Kind, name: str, values: Floats) -> object:
    """Return the values of a covariate or adherence measure: numbers, or labels of a category."""
    import pandas as pd

    if kind != "covariate" or codebook.covariate(name).kind == "number":
        return values
    labels = [level.label for level in codebook.covariate(name).levels]
    codes = np.nan_to_num(values, nan=-1).astype(np.intp)
    return pd.Categorical.from_codes(codes, categories=pd.Index(labels))


def _fact(cells: Cells, values: Floats, n_subjects: int) -> Fact:
    subjects = cells.entries.subjects
    known = np.flatnonzero((subjects >= 0) & ~np.isnan(values))
    entries = first_at(subjects[known], known, n_subjects)
    return Fact(spread(values, entries), entries)


def _seen(
    cells: TrialCells, grids: Mapping[tuple[Kind, str], Grid], shape: tuple[int, int]
) -> Flags:
    seen = np.zeros(shape, dtype=bool)
    if cells.visit is not None:
        known, places = positions(cells.visit.entries, shape[1])
        seen.reshape(-1)[places] = len(known) > 0
        return seen
    for (kind, _), grid in grids.items():
        if kind == "outcome":
            seen |= ~np.isnan(grid.values)
    return seen


def _members(cells: TrialCells, facts: Mapping[tuple[Kind, str], Fact]) -> Flags:
    """Return who has a row, or (REDCap) an arm on an event that is left out."""
    members = np.zeros(len(cells.ids), dtype=bool)
    if cells.subject is not None:
        rows = cells.subject.entries.subjects
        members[rows[rows >= 0]] = True
    arm = facts.get(("arm", "arm"))
    if arm is not None:
        members |= ~np.isnan(arm.values)
    return members


def _rows_of_subjects(cells: TrialCells) -> tuple[Integers, Integers]:
    known = np.flatnonzero(cells.row_subjects >= 0)
    return cells.row_subjects[known], known


def missing_at(quantity: Quantity, grid: Grid, visit: int) -> Flags:
    """Return which subjects have no value at a visit, a faulty one apart, shape ``(s,)``."""
    entries = grid.entries[:, visit]
    absent = entries < 0
    if len(quantity.cells.codes):
        missing = (quantity.verdicts == Verdict.MISSING)[quantity.cells.codes]
        if quantity.blamed is not None:
            missing &= ~quantity.blamed
        absent |= missing[entries]
    return absent
