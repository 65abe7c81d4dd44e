"""The k-th smallest of all sums of two lists, without making them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats

Places: TypeAlias = NDArray[np.int64]

#: Up to so many sums are written out (16 MB).
SMALL = 2_000_000


def ordered_sums(
    rows: Floats, columns: Floats, first: Places, ranks: Sequence[int], *, small: int = SMALL
) -> list[float]:
    """Return order statistics of the sums ``rows[i] + columns[j]`` with ``j >= first[i]``.

    Differences of two arms are sums with the negative of one; Walsh averages are the sums of the
    halves with ``first[i] = i``. Memory grows with the lists, time with ``N log(N)^2``: every
    round takes the weighted median of the medians of what is left of each row, and drops at
    least a quarter of the sums (Johnson and Mizoguchi's selection).

    Parameters
    ----------
    rows, columns
        Shapes ``(r,)`` and ``(c,)``; `columns` ascending.
    first
        Shape ``(r,)``: the first column of each row.
    ranks
        Which, 1 being the smallest.
    small
        Up to so many sums are written out.

    References
    ----------
    .. [1] Johnson DB, Mizoguchi T (1978). SIAM J Comput 7, 147-153. doi:10.1137/0207013

    Examples
    --------
    >>> ordered_sums(np.array([0.0, 10.0]), np.array([1.0, 2.0]), np.array([0, 0]), [1, 3])
    [1.0, 11.0]
    """
    last = np.full(len(rows), len(columns))
    if int((last - first).sum()) <= small:
        sums = np.sort(_write_out(rows, columns, first, last))
        return [float(sums[rank - 1]) for rank in ranks]
    return [_select(rows, columns, (first, last), rank, small) for rank in ranks]


def _select(
    rows: Floats, columns: Floats, windows: tuple[Places, Places], rank: int, small: int
) -> float:
    low, high = windows
    while True:
        open_rows = high > low
        rows, low, high = rows[open_rows], low[open_rows], high[open_rows]
        width = high - low
        if int(width.sum()) <= small:
            sums = _write_out(rows, columns, low, high)
            return float(np.partition(sums, rank - 1)[rank - 1])
        pivot = _weighted_median(rows + columns[(low + high) // 2], width)
        below = _places(rows, columns, (low, high), pivot, "left")
        if rank <= (smaller := int((below - low).sum())):
            high = below
            continue
        upto = _places(rows, columns, (low, high), pivot, "right")
        if rank <= (counted := smaller + int((upto - below).sum())):
            return pivot
        rank, low = rank - counted, upto


def _write_out(rows: Floats, columns: Floats, low: Places, high: Places) -> Floats:
    width = high - low
    start = np.repeat(low - np.concatenate([[0], np.cumsum(width)[:-1]]), width)
    return np.asarray(np.repeat(rows, width) + columns[start + np.arange(int(width.sum()))])


def _weighted_median(values: Floats, weights: Places) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(reached, reached[-1] / 2)]])


def _places(
    rows: Floats, columns: Floats, window: tuple[Places, Places], pivot: float, side: str
) -> Places:
    """Return, in each row, the column from which on the sums are not below (above) the pivot.

    Bisection on the sums as they are rounded: searching for ``pivot - rows`` would round
    differently and could miss the pivot itself.
    """
    low, high = window
    for _ in range(int((high - low).max()).bit_length()):
        middle = (low + high) // 2
        sums = rows + columns[np.minimum(middle, len(columns) - 1)]
        before = (sums < pivot if side == "left" else sums <= pivot) & (middle < high)
        low, high = np.where(before, middle + 1, low), np.where(before, high, middle)
    return low
