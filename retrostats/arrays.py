"""Array types and the few array helpers that every layer shares."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

#: Array of doubles; its shape stands in the docstring of each function.
Floats: TypeAlias = NDArray[np.float64]


def read_only(array: Floats) -> Floats:
    """Return a copy of ``array`` that cannot be written to."""
    locked = np.array(array, dtype=np.float64)
    locked.setflags(write=False)
    return locked
