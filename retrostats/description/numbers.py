"""Numbers and counts of one group, as a table prints them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from retrostats.description.types import NumberCell


def number_cell(values: ArrayLike) -> NumberCell:
    """Describe the numbers of one group.

    Parameters
    ----------
    values
        Shape ``(n,)``; ``nan`` where missing.

    Returns
    -------
    NumberCell
        The SD has the divisor ``n - 1`` and is exactly 0 where all values are equal. Quartiles
        interpolate linearly between order statistics: type 7 of Hyndman and Fan, the default of
        numpy, pandas, R and Excel; SAS and SPSS have others. The order of the values changes
        nothing, not even the last digit.

    References
    ----------
    .. [1] Hyndman RJ, Fan Y (1996). Am Stat 50, 361-365. doi:10.1080/00031305.1996.10473566

    Examples
    --------
    >>> cell = number_cell([4, 1, 2, 7, float("nan")])
    >>> cell.n, cell.missing, cell.mean, cell.median, cell.q1, cell.q3
    (4, 1, 3.5, 3.0, 1.75, 4.75)
    """
    given = np.asarray(values, dtype=np.float64)
    known = np.sort(given[~np.isnan(given)])
    n, missing = known.size, given.size - known.size
    if n == 0:
        nothing = dict.fromkeys(("mean", "sd", "median", "q1", "q3", "low", "high"), math.nan)
        return NumberCell(n=0, missing=missing, **nothing)
    low, high = float(known[0]), float(known[-1])
    # Rounding of the mean would give equal values an SD of 1e-17, and a difference over it.
    constant = low == high
    spread = 0.0 if constant else float(known.std(ddof=1))
    q1, median, q3 = (float(q) for q in np.quantile(known, [0.25, 0.5, 0.75]))
    return NumberCell(
        n=n,
        missing=missing,
        mean=low if constant else float(known.mean()),
        sd=spread if n > 1 else math.nan,
        median=median,
        q1=q1,
        q3=q3,
        low=low,
        high=high,
    )
