"""Columns of a data frame as arrays: numbers with NaN, or codes with -1, where missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.data.parts.types import PartFiles
from retrostats.errors import DataError, Fault
from retrostats.models.frame.checks import near_text, rows_text
from retrostats.models.frame.coded import Coded, as_objects, factorised, in_order

if TYPE_CHECKING:
    import pandas as pd

#: Stands where the file stands in the faults of files.
DATA = "data"
#: Sizes of the largest number of a column between which fourth powers neither overflow nor vanish.
SMALLEST, LARGEST = 1e-70, 1e70


class Columns:
    """Reads the columns of one data frame, each once, and notes what is wrong with them.

    Parameters
    ----------
    table
        The data frame.
    levels
        Levels by column (or by expression), in their order.
    faults
        Extended in place.
    hints
        By column, what to add when it is absent.
    """

    def __init__(
        self,
        table: pd.DataFrame,
        levels: Mapping[str, Sequence[Any]],
        faults: list[Fault],
        *,
        hints: Mapping[Any, str] | None = None,
    ) -> None:
        self.table = table
        self.index = table.index
        self.faults = faults
        self._levels = {name: _plain(wanted) for name, wanted in levels.items()}
        self._hints = hints or {}
        self._asked: set[str] = set()
        self._series: dict[str, pd.Series[Any]] = {}
        self._kinds: dict[str, str] = {}
        self._numbers: dict[str, Floats] = {}
        self._codes: dict[str, Coded] = {}
        self._labels: dict[str, tuple[NDArray[np.intp], NDArray[Any]]] = {}

    def fault(self, column: str, message: str) -> None:
        """Note something that is wrong with a column."""
        self.faults.append(Fault(DATA, 0, column, message))

    def has(self, name: str) -> bool:
        """Tell whether a column can be read; the first time that it cannot, note why."""
        if name not in self._kinds:
            self._kinds[name] = self._kind(name)
        return self._kinds[name] != "absent"

    def is_number(self, name: str) -> bool:
        """Tell whether a column holds numbers (booleans are a category)."""
        return self.has(name) and self._kinds[name] == "number"

    def is_category(self, name: str) -> bool:
        """Tell whether a column is a category in the mean: no number, or with levels given."""
        return self.has(name) and (self._kinds[name] != "number" or name in self._levels)

    def is_text(self, name: str) -> bool:
        """Tell whether a column holds text that no levels were declared for."""
        return self._kinds.get(name) == "text" and name not in self._levels

    def is_label(self, name: str) -> bool:
        """Tell whether a column holds text, booleans or declared categories."""
        return self.has(name) and self._kinds[name] in {"text", "boolean", "category"}

    def kind(self, name: str) -> str:
        """Return what a column holds, in the words of a fault."""
        return self._kinds[name]

    def _kind(self, name: str) -> str:
        import pandas as pd

        if name not in self.table.columns:
            hint = near_text(name, self.table.columns) + self._hints.get(name, "")
            self.fault(name, f"there is no such column{hint}")
            return "absent"
        column = self._series[name] = self.table[name]
        if column.ndim != 1:
            self.fault(name, "several columns have this name; rename them")
            return "absent"
        dtype = column.dtype
        if isinstance(dtype, pd.CategoricalDtype):
            return "category"
        if isinstance(dtype, pd.StringDtype):
            return "text"
        kind = getattr(dtype, "kind", "O")
        if kind in "iuf":
            return "number"
        if kind == "b":
            return "boolean"
        if kind in "OU":
            return _KINDS.get(pd.api.types.infer_dtype(column, skipna=True), "mixed values")
        return "complex numbers" if kind == "c" else "dates or times"

    def numbers(self, name: str) -> Floats:
        """Return a numeric column, NaN where missing, shape ``(n,)``; infinity is a fault."""
        if name not in self._numbers:
            column = self._series[name]
            if isinstance(column.dtype, np.dtype):
                values = np.array(column.to_numpy(), dtype=np.float64)
            else:
                values = np.array(column.to_numpy(dtype=np.float64, na_value=np.nan))
            infinite = np.isinf(values)
            if infinite.any():
                rows = rows_text(self.index, np.flatnonzero(infinite))
                self.fault(name, f"infinite in {rows}; correct the value or leave it empty")
            else:
                self._require_ordinary_size(name, values)
            self._numbers[name] = values
        return self._numbers[name]

    def _require_ordinary_size(self, name: str, values: Floats) -> None:
        """Note a column whose squares and their products a computer cannot hold."""
        size = float(np.nanmax(np.abs(values), initial=0.0, where=~np.isnan(values)))
        if size and not SMALLEST < size < LARGEST:
            self.fault(
                name,
                f"its largest size is {size:.3g}, beyond what can be computed with; write the "
                "column in another unit",
            )

    def coded(self, name: str) -> Coded:
        """Return a column as codes; levels are declared, or sorted from the rows."""
        if name not in self._codes:
            values = self._series[name].array
            if self._kinds[name] == "category":
                codes = np.array(values.codes, dtype=np.intp)
                levels = tuple(values.categories.tolist())
                found = self._as_asked(name, Coded(codes=codes, levels=levels, declared=True))
            else:
                found = self.sorted_codes(name, values)
            self._codes[name] = found
        return self._codes[name]

    def sorted_codes(self, name: str, values: Any) -> Coded:
        """Return values as codes, with the levels asked for under ``name`` or sorted ones."""
        codes, distinct = factorised(values)
        found = Coded(codes=codes, levels=tuple(distinct.tolist()), declared=False)
        if name in self._levels:
            return self._as_asked(name, found)
        try:
            return in_order(found)
        except TypeError:
            self.fault(name, "the values cannot be put in order; give levels={...} for them")
            return found

    def _as_asked(self, name: str, found: Coded) -> Coded:
        """Recode to the levels that were asked for; values outside them are a fault."""
        if name not in self._levels:
            return found
        self._asked.add(name)
        wanted = self._levels[name]
        if len(set(wanted)) < len(wanted):
            self.fault(name, f"levels= names a level twice: {list(wanted)}")
            return found
        place = {level: k for k, level in enumerate(wanted)}
        move = np.array([place.get(level, -2) for level in found.levels] + [-1], dtype=np.intp)
        codes = move[found.codes]
        unknown = np.flatnonzero(codes == -2)
        if len(unknown):
            strange = [found.levels[k] for k in np.unique(found.codes[unknown])]
            self.fault(
                name,
                f"{strange[:8]} in {rows_text(self.index, unknown)} not among the levels "
                f"{list(wanted)}",
            )
        return Coded(codes=codes, levels=wanted, declared=True)

    def check_levels(self) -> None:
        """Note the names in ``levels=`` that no category of the model has."""
        for name in self._levels:
            if name not in self._asked and self._kinds.get(name) != "absent":
                there = name in self.table.columns
                hint = "" if there else near_text(name, self.table.columns)
                message = f"levels= is given, but no category of the model is {name!r}{hint}"
                self.fault(name, message)

    def labels(self, name: str) -> tuple[NDArray[np.intp], NDArray[Any]]:
        """Return codes by first appearance (-1 where missing) and the labels they stand for."""
        if name not in self._labels:
            self._labels[name] = factorised(self._series[name].array)
        return self._labels[name]

    def values(self, name: str, kept: NDArray[np.intp] | slice) -> NDArray[Any]:
        """Return what Python expressions see: doubles, or labels as objects."""
        if self.is_number(name):
            return self.numbers(name)[kept]
        coded = self.coded(name)
        if self._kinds[name] == "boolean":
            return np.array(coded.levels, dtype=bool)[coded.codes[kept]]
        return as_objects(coded.levels)[coded.codes[kept]]


def _plain(wanted: Sequence[Any]) -> tuple[Any, ...]:
    """Return levels as plain Python values, also where they stand in an array."""
    return tuple(each.item() if isinstance(each, np.generic) else each for each in wanted)


#: What pandas finds in a column of objects, and what we call it.
_KINDS = {
    "string": "text",
    "boolean": "boolean",
    "empty": "number",
    "integer": "numbers stored as objects",
    "floating": "numbers stored as objects",
    "mixed-integer-float": "numbers stored as objects",
    "decimal": "numbers stored as objects",
}


def as_table(data: Any) -> pd.DataFrame:
    """Return the data frame of what the user gave: itself, or its attribute ``frame``.

    Raises
    ------
    DataError
        If there is none.
    """
    import pandas as pd

    for table in (data, getattr(data, "frame", None)):
        if isinstance(table, pd.DataFrame):
            return table
    hint = "; only fit_mmrm takes files" if isinstance(data, PartFiles) else ""
    raise DataError(
        f"data: a pandas DataFrame or a cohort is needed, got {type(data).__name__}{hint}"
    )
