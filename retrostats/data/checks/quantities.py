"""What the texts of one quantity stand for, and a verdict on each of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.data.codebook.types import Codebook
from retrostats.data.cohort.cells import Cells, Flags, Integers, Kind, TrialCells
from retrostats.data.cohort.matching import (
    match_values,
    missing_texts,
    parse_days,
    parse_numbers,
)

#: Numbers that stand for a missing value in many files.
MISSING_NUMBERS = (
    *(-1.0, -7.0, -8.0, -9.0, -77.0, -88.0, -99.0, -777.0, -888.0, -999.0, -9999.0, -99999.0),
    *(77.0, 88.0, 99.0, 777.0, 888.0, 999.0, 9999.0, 99999.0),
)
#: Words that do, in small letters.
MISSING_WORDS = frozenset(
    {"na", "n/a", "#n/a", "n.a.", "nan", "none", "null", "nil", "missing", "miss", "unknown"}
    | {"nd", "n.d.", "not done", "not available", "not applicable", "-", "--", "–", "—", "?", "*"}
    | {".", "x", "<na>", "#null!", "#value!", "#div/0!", "#ref!"}
)


class Verdict(IntEnum):
    """What a cell is. Each text has one; the rules tell it."""

    SOUND = 0
    MISSING = 1
    NOT_A_NUMBER = 2
    UNDECLARED_MISSING = 3
    OUTSIDE_RANGE = 4
    NOT_WHOLE = 5
    ZERO = 6
    UNKNOWN = 7
    NOT_ISO = 8
    NO_SUCH_DATE = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a number can be."""

    low: float = -math.inf
    high: float = math.inf
    whole: bool = False
    zero: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quantity:
    """One quantity of the codebook: its cells, what they stand for, and whether they are sound.

    Attributes
    ----------
    kind, name
        As in `TrialCells.quantities`.
    cells
        Where each value stands.
    values
        What each different text stands for: a number, a position among arms or levels, days since
        1970-01-01, or (withdrawal) the position of the text; NaN unless sound. Shape ``(k,)``.
    verdicts
        Of each different text, shape ``(k,)``.
    limits
        Of a number.
    blamed
        Cells that the reader of the file found at fault, shape ``(m,)``; no other rule asks them.
    """

    kind: Kind
    name: str
    cells: Cells
    values: Floats
    verdicts: NDArray[np.int8]
    limits: Limits = Limits()
    blamed: Flags | None = None

    def with_verdict(self, verdict: Verdict) -> Integers:
        """Return the cells of this verdict, in the order of the file."""
        if not (self.verdicts == verdict).any():
            return np.empty(0, dtype=np.intp)
        found = (self.verdicts == verdict)[self.cells.codes]
        return np.flatnonzero(found if self.blamed is None else found & ~self.blamed)

    def entry_values(self) -> Floats:
        """Return the value of each cell, NaN unless it is sound, shape ``(m,)``."""
        if not len(self.values):
            return np.full(len(self.cells.codes), np.nan)
        found: Floats = self.values[self.cells.codes]
        if self.blamed is not None:
            found[self.blamed] = np.nan
        return found


def weigh(cells: TrialCells) -> dict[tuple[Kind, str], Quantity]:
    """Return every quantity of a file with a verdict on each of its texts."""
    blame = _Blame(cells)
    return {
        (kind, name): _weigh_one(cells.codebook, cells, (kind, name), blame)
        for kind, name in cells.quantities
    }


class _Blame:
    """The places at which the reader of the file found a fault."""

    def __init__(self, cells: TrialCells) -> None:
        problems = [p for p in cells.table.problems if p.line and p.severity == "error"]
        self._lines = cells.table.lines
        self._rows = [p.line for p in problems if not p.column]
        self._cells = [(p.line, p.column) for p in problems if p.column]

    def of(self, cells: Cells) -> Flags | None:
        """Return which of the cells stand at such a place; ``None`` where none does."""
        if not self._rows and not self._cells:
            return None
        lines = self._lines[cells.entries.rows]
        blamed = np.isin(lines, self._rows)
        for position, name in enumerate(cells.columns):
            at = [line for line, column in self._cells if column == name]
            blamed |= np.isin(lines, at) & (cells.column == position)
        return blamed if blamed.any() else None


def _weigh_one(
    codebook: Codebook, trial: TrialCells, key: tuple[Kind, str], blame: _Blame
) -> Quantity:
    kind, name = key
    cells = trial.quantities[key]
    limits = Limits()
    if kind == "arm":
        declared = [arm.values for arm in codebook.arms]
        values, verdicts = _matched(trial, cells, declared)
    elif kind == "withdrawal":
        values = np.arange(len(cells.texts), dtype=float)
        missing = missing_texts(cells.texts, codebook.form.missing)
        verdicts = np.where(missing, Verdict.MISSING, Verdict.SOUND)
    elif kind == "date":
        values, verdicts = _dated(trial, cells)
    elif kind == "covariate" and codebook.covariate(name).kind == "category":
        levels = [level.values for level in codebook.covariate(name).levels]
        values, verdicts = _matched(trial, cells, levels)
    else:
        limits = _limits(codebook, kind, name)
        values, verdicts = _measured(trial, cells, limits)
    return Quantity(
        kind=kind,
        name=name,
        cells=cells,
        values=np.where(verdicts == Verdict.SOUND, values, np.nan),
        verdicts=verdicts.astype(np.int8),
        limits=limits,
        blamed=blame.of(cells),
    )


def _limits(codebook: Codebook, kind: Kind, name: str) -> Limits:
    if kind == "outcome":
        found = codebook.outcome(name).instrument
        return Limits(low=found.low, high=found.high, whole=found.whole, zero=found.zero)
    if kind == "covariate":
        covariate = codebook.covariate(name)
        return Limits(low=covariate.low, high=covariate.high)
    return Limits(low=0.0) if kind == "adherence" else Limits()


def _matched(
    trial: TrialCells, cells: Cells, declared: Sequence[Sequence[str]]
) -> tuple[Floats, NDArray[np.int8]]:
    labels = trial.table.labels.get(cells.columns[0], {})
    place = match_values(cells.texts, declared, labels=labels, decimal=trial.table.decimal)
    missing = missing_texts(cells.texts, trial.codebook.form.missing)
    verdicts = np.select([missing, place < 0], [Verdict.MISSING, Verdict.UNKNOWN], Verdict.SOUND)
    return place.astype(float), verdicts.astype(np.int8)


def _dated(trial: TrialCells, cells: Cells) -> tuple[Floats, NDArray[np.int8]]:
    missing = missing_texts(cells.texts, trial.codebook.form.missing)
    days, formed = parse_days(cells.texts)
    verdicts = np.select(
        [missing, ~formed, np.isnan(days)],
        [Verdict.MISSING, Verdict.NOT_ISO, Verdict.NO_SUCH_DATE],
        Verdict.SOUND,
    )
    return days, verdicts.astype(np.int8)


def _measured(trial: TrialCells, cells: Cells, limits: Limits) -> tuple[Floats, NDArray[np.int8]]:
    codes = trial.codebook.form.missing
    empty = missing_texts(cells.texts, codes)
    values = np.full(len(cells.texts), np.nan)
    values[~empty] = parse_numbers(cells.texts[~empty], trial.table.decimal)
    missing = missing_texts(cells.texts, codes, values)
    words = np.zeros(len(values), dtype=bool)
    for position in np.flatnonzero(np.isnan(values) & ~missing):
        words[position] = cells.texts[position].casefold() in MISSING_WORDS
    outside = (values < limits.low) | (values > limits.high)
    conditions = {
        Verdict.MISSING: missing,
        Verdict.UNDECLARED_MISSING: words | (outside & np.isin(values, MISSING_NUMBERS)),
        Verdict.NOT_A_NUMBER: np.isnan(values),
        Verdict.OUTSIDE_RANGE: outside,
        Verdict.NOT_WHOLE: (values != np.round(values)) if limits.whole else np.zeros_like(empty),
        Verdict.ZERO: np.zeros_like(empty) if limits.zero else values == 0,
    }
    verdicts = np.select(list(conditions.values()), list(conditions), Verdict.SOUND)
    return values, verdicts.astype(np.int8)
