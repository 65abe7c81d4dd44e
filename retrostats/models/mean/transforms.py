"""Evaluation of the Python expressions of a formula, and the state that new data need."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.models.mean.expressions import Expression
from retrostats.models.mean.permitted import permitted_functions


@dataclass(frozen=True, slots=True)
class Basis:
    """The columns that a numeric expression takes in a design.

    Attributes
    ----------
    names
        One per column; the expression itself when there is one.
    dropped
        The column to leave out where the others and an intercept span it, as in a spline
        basis with ``include_intercept=True``; empty when none ever is.
    """

    names: tuple[str, ...]
    dropped: str = ""


@dataclass(slots=True, eq=False)
class Transforms:
    """Evaluates expressions, and remembers what they learnt from the data of the model.

    Attributes
    ----------
    state
        By call, what stateful functions such as ``center`` or ``bs`` keep.
    """

    state: dict[str, Any] = field(default_factory=dict)

    @property
    def learnt(self) -> tuple[str, ...]:
        """The calls that took something from the data, e.g. ``("center(x)",)``."""
        return tuple(call for call, kept in self.state.items() if kept)

    def values(self, expression: Expression, columns: Mapping[str, NDArray[Any]]) -> Any:
        """Evaluate one expression on columns of one length.

        Parameters
        ----------
        expression
            A computed one.
        columns
            By name: doubles, booleans, or labels as objects.

        Raises
        ------
        DataError
            If Python raises.
        """
        from formulaic.utils.stateful_transforms import stateful_eval

        own = {name: columns[column] for name, column in expression.names}
        scope = {**permitted_functions(), **own}
        try:
            with np.errstate(all="ignore"):  # what is not finite is told with its rows
                return stateful_eval(expression.code, scope, None, self.state, None)
        except Exception as error:  # whatever the user's expression raises
            raise DataError(
                f"{expression.text!r} cannot be evaluated ({type(error).__name__}: {error})"
            ) from error

    def labels(self, expression: Expression, columns: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        """Evaluate what stands inside ``C(...)``, shape ``(n,)``."""
        values = np.asarray(self.values(expression, columns))
        return _of_length(values, expression, columns)

    def numbers(
        self, expression: Expression, columns: Mapping[str, NDArray[Any]]
    ) -> tuple[Basis, dict[str, Floats]]:
        """Evaluate a numeric expression to its columns, each of shape ``(n,)``.

        Raises
        ------
        DataError
            If the values are text, or not one per row.
        """
        from formulaic.utils.cast import as_columns

        raw = self.values(expression, columns)
        about: Any = getattr(raw, "__formulaic_metadata__", None)
        found = as_columns(raw)
        if not isinstance(found, dict):
            return Basis((expression.text,)), {
                expression.text: _as_numbers(found, expression, columns)
            }
        form = about.get_format() if about is not None else "{name}[{field}]"
        names = {k: form.format(name=expression.text, field=k) for k in found}
        dropped = about.drop_field if about is not None and about.spans_intercept else None
        basis = Basis(tuple(names.values()), names.get(dropped, ""))
        return basis, {names[k]: _as_numbers(v, expression, columns) for k, v in found.items()}

    def on_new_data(self) -> Transforms:
        """Return a copy whose state the new data cannot change."""
        return Transforms(deepcopy(self.state))


def _as_numbers(values: Any, expression: Expression, columns: Mapping[str, NDArray[Any]]) -> Floats:
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise DataError(
            f"{expression.text!r} gives {array.dtype} values, not numbers; for a category "
            "write C(...)"
        )
    return _of_length(array.astype(np.float64), expression, columns)


def _of_length(
    values: NDArray[Any], expression: Expression, columns: Mapping[str, NDArray[Any]]
) -> NDArray[Any]:
    length = len(columns[expression.columns[0]])
    if values.shape != (length,):
        raise DataError(
            f"{expression.text!r} gives shape {values.shape}; one value for each of the "
            f"{length} rows is needed"
        )
    return values
