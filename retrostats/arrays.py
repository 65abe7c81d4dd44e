"""Array types and the few array helpers that every layer shares."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Array of doubles; its shape stands in the docstring of each function.
Floats: TypeAlias = NDArray[np.float64]


def read_only(array: Floats) -> Floats:
    """Return a copy of ``array`` that cannot be written to."""
    locked = np.array(array, dtype=np.float64)
    locked.setflags(write=False)
    return locked


def real_numbers(what: str, given: ArrayLike) -> Floats:
    """Return what was given as an array of doubles.

    Parameters
    ----------
    what
        Name of the function and of the argument, for the message.
    given
        An array, or lists of numbers; ``None`` becomes ``nan``.

    Raises
    ------
    TypeError
        If it holds anything else, lists of different lengths, or masked values, whose numbers
        would be read as if they were there.

    Examples
    --------
    >>> real_numbers("pool_many: y", [[1, 2], [3]])
    Traceback (most recent call last):
    ...
    TypeError: pool_many: y must be an array of real numbers, or lists of one length
    """
    try:
        if not (np.iscomplexobj(given) or np.ma.is_masked(given)):
            return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        pass
    raise TypeError(f"{what} must be an array of real numbers, or lists of one length")
