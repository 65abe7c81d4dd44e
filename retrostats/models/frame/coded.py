"""Labels as codes: positions in an ordered list of levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coded:
    """A column as positions in a list of levels.

    Attributes
    ----------
    codes
        Shape ``(n,)``; -1 where missing.
    levels
        Plain Python values, in order.
    declared
        Whether the levels were given, by ``levels=`` or by a categorical column, and not
        collected from the rows.
    """

    codes: NDArray[np.intp]
    levels: tuple[Any, ...]
    declared: bool


def factorised(values: Any) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Return codes by first appearance, -1 where missing, and the distinct values.

    Parameters
    ----------
    values
        Array of numpy or of pandas.
    """
    import pandas as pd

    plain = np.asarray(values) if getattr(values.dtype, "kind", "O") in "iu" else None
    if plain is not None and plain.dtype.kind in "iu" and len(plain):
        rising = plain[1:] >= plain[:-1]
        if rising.all():  # sorted by subject: no hash table is needed
            first = np.concatenate([[True], plain[1:] > plain[:-1]])
            return np.cumsum(first) - 1, plain[first]
    codes, found = pd.factorize(values)
    distinct = np.asarray(found)
    if distinct.dtype.kind in "mM":  # dates stay dates, not numbers of nanoseconds
        distinct = as_objects(list(found))
    return np.asarray(codes, dtype=np.intp), distinct


def in_order(found: Coded) -> Coded:
    """Recode so that the levels are sorted.

    Raises
    ------
    TypeError
        If the values cannot be compared.
    """
    order = sorted(range(len(found.levels)), key=found.levels.__getitem__)
    if order == list(range(len(order))):
        return found
    move = np.empty(len(order) + 1, dtype=np.intp)
    move[order] = np.arange(len(order))
    move[-1] = -1  # a missing value has the code -1 and keeps it
    return Coded(
        codes=move[found.codes],
        levels=tuple(found.levels[k] for k in order),
        declared=found.declared,
    )


def as_objects(levels: Sequence[Any]) -> NDArray[Any]:
    """Return a one-dimensional array of objects, also where a level is a sequence."""
    array = np.empty(len(levels), dtype=object)
    for position, level in enumerate(levels):
        array[position] = level
    return array
