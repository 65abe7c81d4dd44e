"""The cells of a cohort file, whatever its layout: each with its place, subject and visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.data.codebook.types import Codebook
from retrostats.data.cohort.types import LeftOutRow
from retrostats.data.formats.table import RawTable

Integers = NDArray[np.intp]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]
Kind = Literal["arm", "outcome", "covariate", "adherence", "date", "withdrawal", "base", "change"]


class Entries(NamedTuple):
    """Which row, subject and visit each of ``m`` cells belongs to; -1 where it is not known.

    Attributes
    ----------
    rows
        Positions in the table, shape ``(m,)``.
    subjects
        Positions in `TrialCells.ids`, shape ``(m,)``.
    visits
        Positions in the visits of the codebook, shape ``(m,)``.
    """

    rows: Integers
    subjects: Integers
    visits: Integers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """The cells that hold one quantity, as text.

    Attributes
    ----------
    columns
        The columns of the file that hold it: one, or one per visit of a wide file.
    column
        Which of them each cell stands in, shape ``(m,)``.
    texts, codes
        The different texts, shape ``(k,)``, and which of them each cell holds, shape ``(m,)``.
    entries
        Row, subject and visit of each cell.
    """

    columns: tuple[str, ...]
    column: Integers
    texts: Texts
    codes: Integers
    entries: Entries

    def text(self, entry: int) -> str:
        """Return what stands in a cell."""
        return str(self.texts[self.codes[entry]])

    def column_of(self, entry: int) -> str:
        """Return the column of the file that a cell stands in."""
        name: str = self.columns[self.column[entry]]
        return name


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrialCells:
    """All cells of one file that the codebook gives a meaning.

    Attributes
    ----------
    table, codebook
        The file and its meaning.
    ids
        The different subjects in order of appearance, shape ``(s,)``.
    row_subjects
        Which of them each row of the table is about, -1 where it says none.
    subject, visit, parameter
        The cells that say who, when and (ADaM) what; ``None`` where there is no such column.
    quantities
        By kind and name. A column that the file lacks has no entry.
    occasions
        Groups of cells in which a subject and visit may occur once.
    left_out
        Rows that the codebook leaves out, by line.
    left_out_rows
        Their positions in the table.
    """

    table: RawTable
    codebook: Codebook
    ids: Texts
    row_subjects: Integers
    subject: Cells | None
    visit: Cells | None
    quantities: Mapping[tuple[Kind, str], Cells]
    occasions: tuple[Cells, ...]
    left_out: tuple[LeftOutRow, ...] = ()
    left_out_rows: Integers
    parameter: Cells | None = None

    def line(self, cells: Cells, entry: int) -> int:
        """Return the line of the file on which the row of a cell begins."""
        return int(self.table.lines[cells.entries.rows[entry]])


def code_texts(column: Texts) -> tuple[Integers, Texts]:
    """Return which of its different texts each cell holds, and these texts in order of appearance.

    Examples
    --------
    >>> code_texts(np.array(["b", "a", "b"], dtype=object))
    (array([0, 1, 0]), array(['b', 'a'], dtype=object))
    """
    import pandas as pd

    codes, texts = pd.factorize(column)
    return codes, np.asarray(texts, dtype=object)


class Coder:
    """Codes the columns of a table, each of them once."""

    def __init__(self, table: RawTable) -> None:
        self.table = table
        self._coded: dict[str, tuple[Integers, Texts]] = {}

    def __call__(self, column: str) -> tuple[Integers, Texts]:
        """Return `code_texts` of a column; empty arrays where the file lacks it."""
        if column not in self._coded:
            cells = self.table[column] if column in self.table else np.empty(0, dtype=object)
            self._coded[column] = code_texts(cells)
        return self._coded[column]


def gather(coder: Coder, columns: Sequence[str], entries: Sequence[Entries]) -> Cells | None:
    """Return the cells of one quantity; ``None`` where the file has none of its columns.

    Parameters
    ----------
    coder
        Codes the columns of the file.
    columns, entries
        One column after the other, and which of its cells to take.
    """
    held = [(name, at) for name, at in zip(columns, entries, strict=True) if name in coder.table]
    if not held:
        return None
    sizes = [len(at.rows) for _, at in held]
    if len(held) == 1:
        name, joined = held[0]
        codes, texts = coder(name)
        codes = codes if len(codes) == sizes[0] else codes[joined.rows]
    else:
        parts = [coder.table[name][at.rows] for name, at in held]
        codes, texts = code_texts(np.concatenate(parts))
        joined = _join([at for _, at in held])
    return Cells(
        columns=tuple(name for name, _ in held),
        column=np.repeat(np.arange(len(held)), sizes),
        texts=texts,
        codes=codes,
        entries=joined,
    )


def choose(cells: Cells, chosen: Flags) -> Cells:
    """Return some of the cells, with the same texts."""
    return Cells(
        columns=cells.columns,
        column=cells.column[chosen],
        texts=cells.texts,
        codes=cells.codes[chosen],
        entries=select(cells.entries, chosen),
    )


def select(entries: Entries, chosen: Flags) -> Entries:
    """Return some of the entries; the same arrays where all are chosen."""
    if chosen.all():
        return entries
    return Entries(*(part[chosen] for part in entries))


def positions(entries: Entries, n_visits: int) -> tuple[Integers, Integers]:
    """Return the cells whose subject and visit are known, and their places in the grid.

    Returns
    -------
    known, places
        Positions of the cells, and ``subject * n_visits + visit`` of each.
    """
    complete = (entries.subjects >= 0) & (entries.visits >= 0)
    known = np.flatnonzero(complete)
    if len(known) == len(complete):
        return known, entries.subjects * n_visits + entries.visits
    return known, entries.subjects[known] * n_visits + entries.visits[known]


def first_at(places: Integers, known: Integers, size: int) -> Integers:
    """Return the first cell at each of `size` places, -1 where there is none."""
    first = np.full(size, -1, dtype=np.intp)
    first[places[::-1]] = known[::-1]
    return first


def spread(values: Floats, at: Integers) -> Floats:
    """Return values by position, NaN where the position is -1."""
    if not len(values):
        return np.full(at.shape, np.nan)
    taken: Floats = values[at]
    taken[at < 0] = np.nan
    return taken


def _join(entries: Sequence[Entries]) -> Entries:
    parts: list[Any] = [np.concatenate(part) for part in zip(*entries, strict=True)]
    return Entries(*parts)
