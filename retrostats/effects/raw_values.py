"""Raw values as arrays of doubles, or a refusal that says what they are instead."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from retrostats.arrays import Floats
from retrostats.effects.arguments import require_ordinary, shown
from retrostats.effects.recover import require_size


def complete_values(what: str, values: ArrayLike) -> Floats:
    """Return the values as an array, or say how many are missing.

    Parameters
    ----------
    what
        Opens the message: the arm or visit the values belong to.
    values
        Shape ``(n,)``, at least two.

    Raises
    ------
    ValueError
        If a value is missing or infinite, or there are fewer than two.
    """
    array = _numbers(what, values)
    if array.ndim != 1:
        raise ValueError(f"{what}: need a list of numbers, got an array of shape {array.shape}")
    missing = int(np.count_nonzero(~np.isfinite(array)))
    if missing:
        raise ValueError(
            f"{what}: {missing} of {len(array)} values are missing or not finite; "
            "leave them out deliberately, and report how many."
        )
    require_size(what, len(array))
    require_ordinary(what, [float(np.abs(array).max())])
    return array


def require_spread(what: str, values: Floats) -> None:
    """Refuse values that are all equal: rounding alone would give them a tiny SD.

    Parameters
    ----------
    what
        Opens the message.
    values
        Shape ``(n,)``.

    Raises
    ------
    ValueError
        If all are equal.
    """
    if values.min() == values.max():
        raise ValueError(
            f"{what}: all {len(values)} values are {values[0]:g}, so that there is no SD to "
            "compare with. Report the values themselves."
        )


def _numbers(what: str, values: ArrayLike) -> Floats:
    """Return the values as doubles, masked ones as missing, or say what they are instead."""
    if isinstance(values, np.ma.MaskedArray):
        values = np.ma.filled(values.astype(np.float64), np.nan)
    array = np.asarray(values)
    try:
        if array.dtype.kind not in "cmM":  # complex numbers and dates have no place here
            return array.astype(np.float64)
    except (TypeError, ValueError):
        pass
    raise ValueError(f"{what}: need a list of numbers, got {shown(values)}")
