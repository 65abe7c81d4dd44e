"""From the columns of a data set to the arrays of a model frame."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.models.frame.checks import nearly_numbers_text, rows_text
from retrostats.models.frame.coded import Coded
from retrostats.models.frame.columns import Columns
from retrostats.models.frame.row_selection import Selection
from retrostats.models.frame.types import Variable
from retrostats.models.mean.expressions import Expression
from retrostats.models.mean.transforms import Basis, Transforms


@dataclass(slots=True, eq=False)
class Mean:
    """What the expressions of the mean give on the rows used; see `ModelFrame`."""

    numeric: dict[str, Floats] = field(default_factory=dict)
    bases: dict[str, Basis] = field(default_factory=dict)
    codes: dict[str, NDArray[np.intp]] = field(default_factory=dict)
    factors: dict[str, tuple[Any, ...]] = field(default_factory=dict)


class FrameReader:
    """Reads the arrays of one model frame on the rows that were selected.

    Parameters
    ----------
    columns
        Collects the faults; every step goes on with what can still be read, so that one
        message tells all of them.
    selection
        The rows.
    visit
        The column whose levels may vanish with the rows left out.
    whole
        Whether the data are all there is, and not one part of them.
    """

    def __init__(
        self, columns: Columns, selection: Selection, visit: str | None, *, whole: bool
    ) -> None:
        self.columns, self.selection, self._visit, self.whole = columns, selection, visit, whole
        self._settled: dict[str, Coded] = {}
        self._lost: set[str] = set()
        self.transforms = Transforms()
        self.caveats: list[str] = []

    def _usable(self, *names: str) -> bool:
        return self.selection.broken.isdisjoint(names)

    def outcome(self, expression: Expression) -> Floats:
        """Return the outcome, shape ``(n,)``."""
        if not self._usable(*expression.columns):
            return np.zeros(0)
        found = Mean()
        self._add_numbers(expression, found)
        values = list(found.numeric.values())
        if len(values) > 1:
            self.columns.fault("", f"the outcome {expression.text!r} has several columns")
        return values[0] if values else np.zeros(0)

    def mean(self, expressions: tuple[Expression, ...]) -> Mean:
        """Return numbers, codes and levels of every expression."""
        found = Mean()
        for expression in expressions:
            if not self._usable(*expression.columns):
                continue
            column = expression.column
            if expression.categorical or (column and self.columns.is_category(column)):
                self._add_category(expression, found)
            else:
                self._add_numbers(expression, found)
        if not self.whole and self.transforms.learnt:
            learnt = ", ".join(self.transforms.learnt)
            self.columns.fault(
                "", f"{learnt} depends on all rows and cannot be computed from parts of the data"
            )
        return found

    def _values(self, expression: Expression) -> dict[str, NDArray[Any]]:
        rows = self.selection.rows
        return {name: self.columns.values(name, rows) for name in expression.columns}

    def _add_numbers(self, expression: Expression, found: Mean) -> None:
        if expression.column:
            found.bases[expression.text] = Basis((expression.text,))
            found.numeric[expression.text] = self.columns.numbers(expression.column)[
                self.selection.rows
            ]
            return
        try:
            basis, values = self.transforms.numbers(expression, self._values(expression))
        except DataError as error:
            self.columns.fault("", str(error))
            return
        for name, each in values.items():
            wrong = np.flatnonzero(~np.isfinite(each))
            if len(wrong):
                rows = rows_text(self.columns.index, self.selection.kept[wrong])
                self.columns.fault("", f"{name!r} gives no finite number in {rows}")
        found.bases[expression.text] = basis
        found.numeric.update(values)

    def _add_category(self, expression: Expression, found: Mean) -> None:
        name = expression.text
        coded = self.levels(expression.column) if expression.column else self._computed(expression)
        if coded is None:
            return
        if self.whole and len(coded.levels) < 2 and expression.column not in self._lost:
            levels = ", ".join(map(repr, coded.levels)) or "none"
            self.columns.fault(
                expression.column or name,
                f"a category needs two levels at least; the rows used have {levels}",
            )
        if expression.reference is not None:
            coded = self._with_reference(expression, coded)
        found.codes[name], found.factors[name] = coded.codes, coded.levels

    def _computed(self, expression: Expression) -> Coded | None:
        name = expression.text
        try:
            labels = self.transforms.labels(expression, self._values(expression))
        except DataError as error:
            self.columns.fault("", str(error))
            return None
        coded = self.columns.sorted_codes(name, labels)
        if not self.whole and not coded.declared:
            self._undeclared(name)
        return coded

    def _with_reference(self, expression: Expression, coded: Coded) -> Coded:
        if expression.reference not in coded.levels:
            self.columns.fault(
                expression.column or expression.text,
                f"the reference {expression.reference!r} is not among the levels "
                f"{list(coded.levels)}",
            )
            return coded
        first = coded.levels.index(expression.reference)
        order = [first, *(k for k in range(len(coded.levels)) if k != first)]
        return Coded(
            codes=np.argsort(order)[coded.codes],
            levels=tuple(coded.levels[k] for k in order),
            declared=coded.declared,
        )

    def levels(self, name: str) -> Coded | None:
        """Return codes and levels of a column on the rows used; ``None`` if it is unusable."""
        if not self._usable(name):
            return None
        if name not in self._settled:
            self._settled[name] = self._settle(name, self.columns.coded(name))
        return self._settled[name]

    def _settle(self, name: str, coded: Coded) -> Coded:
        """Take the rows used, and drop the levels that none of them has."""
        codes = coded.codes[self.selection.rows]
        if not self.whole:
            if not coded.declared:
                self._undeclared(name)
            return Coded(codes=codes, levels=coded.levels, declared=coded.declared)
        left = np.bincount(codes, minlength=len(coded.levels)) > 0
        if left.all():
            return Coded(codes=codes, levels=coded.levels, declared=coded.declared)
        before = np.bincount(coded.codes[coded.codes >= 0], minlength=len(coded.levels)) > 0
        lost = [
            level for level, b, a in zip(coded.levels, before, left, strict=True) if b and not a
        ]
        if lost and name != self._visit:
            self._lost.add(name)
            self.columns.fault(
                name,
                f"no row of {', '.join(map(repr, lost))} can be used, something is missing in "
                "each; complete the data, or take the level out of them",
            )
        unused = ", ".join(str(v) for v, a in zip(coded.levels, left, strict=True) if not a)
        self.caveats.append(f"{name}: no usable row at {unused}, left out of the model")
        return Coded(
            codes=(np.cumsum(left) - 1)[codes],
            levels=tuple(level for level, a in zip(coded.levels, left, strict=True) if a),
            declared=coded.declared,
        )

    def _undeclared(self, name: str) -> None:
        slips = nearly_numbers_text(self.columns.table[name]) if self.columns.is_text(name) else ""
        self.columns.fault(
            name,
            f"{slips}; correct them, or give levels={{...}} if this is a category"
            if slips
            else "its levels must be known before a part of the data is read; give levels={...} "
            "or a categorical column",
        )

    def subjects(self, name: str) -> tuple[NDArray[np.intp], NDArray[Any]]:
        """Return codes by first appearance in the data, and the labels of subjects used."""
        if not self._usable(name):
            return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=object)
        codes, labels = self.columns.labels(name)
        if self.selection.every:
            return codes, labels
        codes = codes[self.selection.kept]
        seen = np.zeros(len(labels), dtype=np.bool_)
        seen[codes] = True
        if seen.all():
            return codes, labels
        return (np.cumsum(seen) - 1)[codes], labels[seen]

    def variables(self, expressions: tuple[Expression, ...], mean: Mean) -> dict[str, Variable]:
        """Return what a reference grid needs of every column of the mean."""
        factors: dict[str, tuple[Any, ...]] = {}
        for e in expressions:
            if e.column and e.text in mean.factors:
                factors.setdefault(e.column, mean.factors[e.text])
        found: dict[str, Variable] = {}
        for name in dict.fromkeys(column for e in expressions for column in e.columns):
            if name not in factors and not self.columns.is_number(name):
                coded = self.levels(name)
                factors[name] = () if coded is None else coded.levels
            if name in factors:
                found[name] = Variable(name=name, kind="factor", levels=factors[name])
            else:
                values = self.columns.numbers(name)[self.selection.rows]
                average = float(values.mean()) if len(values) else math.nan
                found[name] = Variable(name=name, kind="numeric", mean=average)
        return found
