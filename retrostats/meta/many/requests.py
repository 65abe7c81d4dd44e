"""What resampling and permuting are asked for, checked."""

from __future__ import annotations

import math
import operator
from typing import SupportsIndex


def require_seed(caller: str, seed: object) -> int:
    """Return a seed as a whole number of 0 or more.

    Parameters
    ----------
    caller
        Name of the public function, for messages.
    seed
        What was given.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    if isinstance(seed, bool) or not isinstance(seed, SupportsIndex) or operator.index(seed) < 0:
        raise ValueError(f"{caller}: the seed must be a whole number of 0 or more, got {seed!r}")
    return operator.index(seed)


def require_replicates(caller: str, replicates: object, level: float) -> int:
    """Return a number of replicates that leaves one or more in each tail.

    Parameters
    ----------
    caller
        Name of the public function, for messages.
    replicates
        What was given.
    level
        Coverage of the interval, or 1 less the size of the test.

    Raises
    ------
    ValueError
        If there are too few.
    """
    least = math.ceil(2 / (1 - level) - 1e-9)
    if (
        isinstance(replicates, bool)
        or not isinstance(replicates, SupportsIndex)
        or operator.index(replicates) < least
    ):
        raise ValueError(
            f"{caller}: need a whole number of at least {least} replicates, to have one in each "
            f"tail at the level {level:g}; got {replicates!r}; 9999 are usual"
        )
    return operator.index(replicates)
