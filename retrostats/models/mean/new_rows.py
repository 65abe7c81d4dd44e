"""New rows, as for a reference grid or a prediction: from columns to expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError, Fault, raise_faults
from retrostats.models.frame.checks import LISTED
from retrostats.models.frame.coded import as_objects
from retrostats.models.mean.expressions import Expression
from retrostats.models.mean.transforms import Transforms


def expression_values(
    values: Mapping[str, Any],
    expressions: tuple[Expression, ...],
    factors: Mapping[str, tuple[Any, ...]],
    transforms: Transforms,
) -> tuple[dict[str, Floats], dict[str, NDArray[np.intp]], int]:
    """Evaluate the expressions of a design on new rows.

    Parameters
    ----------
    values
        By column, labels or numbers of one length; a single value stands for all rows.
    expressions
        Of the design.
    factors
        Levels by categorical expression.
    transforms
        With the state of the data of the model; it does not change.

    Returns
    -------
    tuple
        Numbers and codes by expression, and the number of rows.

    Raises
    ------
    DataError
        With all faults found.
    """
    needed = tuple(dict.fromkeys(name for e in expressions for name in e.columns))
    faults = [
        Fault(_NEW, 0, name, "this column is needed") for name in needed if name not in values
    ]
    given = [name for name in needed if name in values] if needed else list(values)
    columns = {name: _array(values[name]) for name in given}
    sizes = {name: len(array) for name, array in columns.items() if array.ndim}
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{name} has {size}" for name, size in sizes.items())
        told = f"columns of one length, or single values, are needed; {listed}"
        faults.append(Fault(_NEW, 0, "", told))
    raise_faults(_WHERE, faults)
    size = next(iter(sizes.values()), 1)
    columns = {
        name: array if array.ndim else np.repeat(array, size) for name, array in columns.items()
    }
    reader = _NewRows(columns, factors, transforms.on_new_data())
    for expression in expressions:
        reader.read(expression)
    raise_faults(_WHERE, reader.faults)
    return reader.numeric, reader.codes, size


_WHERE, _NEW = "design of new rows", "new data"


def _array(values: Any) -> NDArray[Any]:
    """Return a column as one array, text as objects; a single value has no dimension."""
    array = np.asarray(values)
    if array.ndim == 0:
        return array if array.dtype.kind in "biuf" else as_objects([values]).reshape(())
    # A list of text and numbers keeps both as they are.
    return array if array.dtype.kind in "biufO" else as_objects(list(values))


def _as_numbers(array: NDArray[Any]) -> NDArray[Any]:
    """Return numbers that stand in an array of objects, as from ``Int64``, as doubles."""
    if array.dtype.kind == "O" and all(type(each) in (int, float) for each in array):
        return array.astype(np.float64)
    return array


class _NewRows:
    """Collects numbers, codes and faults, expression by expression."""

    def __init__(
        self,
        columns: Mapping[str, NDArray[Any]],
        factors: Mapping[str, tuple[Any, ...]],
        transforms: Transforms,
    ) -> None:
        self._columns, self._factors, self._transforms = columns, factors, transforms
        self.numeric: dict[str, Floats] = {}
        self.codes: dict[str, NDArray[np.intp]] = {}
        self.faults: list[Fault] = []

    def read(self, expression: Expression) -> None:
        """Evaluate one expression, or note why it cannot be."""
        text = expression.text
        try:
            if text in self._factors:
                self.codes[text] = self._coded(expression)
            else:
                self._add_numbers(expression)
        except DataError as error:
            self.faults.append(Fault(_NEW, 0, expression.column, str(error)))

    def _coded(self, expression: Expression) -> NDArray[np.intp]:
        import pandas as pd

        levels = self._factors[expression.text]
        if expression.column:
            labels = self._columns[expression.column]
        else:
            labels = self._transforms.labels(expression, self._visible(expression))
        known = pd.Index(as_objects(levels), dtype=object)
        codes = np.asarray(known.get_indexer(pd.Index(labels, dtype=object)), dtype=np.intp)
        if (codes < 0).any():
            strange = list(dict.fromkeys(labels[codes < 0].tolist()))[:LISTED]
            raise DataError(f"{strange} not among the levels known, {list(levels)}")
        return codes

    def _visible(self, expression: Expression) -> dict[str, NDArray[Any]]:
        """Return the columns as Python expressions saw them when the model was fitted."""
        columns = {name: self._columns[name] for name in expression.columns}
        return {
            name: array.astype(np.float64) if array.dtype.kind in "iuf" else array
            for name, array in ((n, _as_numbers(each)) for n, each in columns.items())
        }

    def _add_numbers(self, expression: Expression) -> None:
        if expression.column:
            array = _as_numbers(self._columns[expression.column])
            if array.dtype.kind not in "iuf":
                raise DataError(f"numbers are needed, got {array[:LISTED].tolist()}")
            found: dict[str, Floats] = {expression.text: array.astype(np.float64)}
        else:
            _, found = self._transforms.numbers(expression, self._visible(expression))
        for name, each in found.items():
            wrong = np.flatnonzero(~np.isfinite(each))
            if len(wrong):
                raise DataError(f"{name!r} is no finite number at position {wrong[:LISTED]}")
        self.numeric.update(found)
