"""Rows of combinations of coefficients when some columns of the design were dropped."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError

#: A row is estimable while both sides of the condition differ by less than this share: far above
#: rounding (1e-12 after the dependence was solved for) and below any weight that one writes.
ESTIMABLE = 1e-7

#: Entries of the dependence below this share of the largest of their column are rounding (from
#: sums of squares 1e-12 was seen), and would make rows that do not concern it look inestimable.
ROUNDING = 1e-9

#: How many columns and rows a message names.
_NAMED = 6


def estimable(
    rows: Floats, *, kept: NDArray[np.intp], dropped: NDArray[np.intp], combination: Floats
) -> NDArray[np.bool_]:
    """Tell which combinations of coefficients the data determine.

    With ``x_dropped = x_kept @ combination`` a row l is a combination of rows of the design, and
    so estimable, if and only if ``l_dropped = l_kept @ combination``.

    Parameters
    ----------
    rows
        Weights on all columns of the design, shape ``(r, p)``.
    kept, dropped
        Positions of the independent and of the dependent columns, shapes ``(k,)`` and
        ``(p - k,)``.
    combination
        Shape ``(k, p - k)``.

    Returns
    -------
    NDArray
        Shape ``(r,)``.

    References
    ----------
    .. [1] Searle SR (1971). Linear Models, section 5.4. Wiley.
    """
    return np.asarray((_lacking(rows, kept, dropped, combination) <= ESTIMABLE).all(axis=1))


def reduced_rows(
    rows: Floats,
    *,
    kept: NDArray[np.intp],
    dropped: NDArray[np.intp],
    combination: Floats,
    names: Sequence[str],
    labels: Sequence[str] | None = None,
) -> Floats:
    """Return the same combinations as weights on the kept columns alone.

    Parameters
    ----------
    rows
        Weights on all columns of the design, shape ``(r, p)``.
    kept, dropped, combination
        See `estimable`.
    names
        Names of all columns, length p.
    labels
        Names of the rows, for the message; their numbers when omitted.

    Returns
    -------
    Floats
        Shape ``(r, k)``.

    Raises
    ------
    DataError
        If the data do not determine a row; all such rows are listed with the dropped columns
        that they need.

    Examples
    --------
    The third column is the sum of the first two:

    >>> reduced_rows(
    ...     np.array([[1.0, 0.0, 1.0]]),
    ...     kept=np.array([0, 1]),
    ...     dropped=np.array([2]),
    ...     combination=np.array([[1.0], [1.0]]),
    ...     names=("a", "b", "a + b"),
    ... ).tolist()
    [[1.0, 0.0]]
    """
    lacking = _lacking(rows, kept, dropped, combination) > ESTIMABLE
    faulty = np.flatnonzero(lacking.any(axis=1))
    if len(faulty):
        titles = [f"row {i + 1}" for i in range(len(rows))] if labels is None else labels
        told = [_told(titles[i], lacking[i], dropped, names) for i in faulty[:_NAMED]]
        if len(faulty) > _NAMED:
            told.append(f"{len(faulty) - _NAMED} more")
        listing = "\n".join(f"  {i}. {text}" for i, text in enumerate(told, start=1))
        raise DataError(
            f"{len(faulty)} of {len(rows)} combinations cannot be estimated from these data: the "
            "columns named depend on earlier columns, as when a combination of levels has no "
            f"rows. Leave the combination or the term out, or join levels.\n{listing}"
        )
    return np.asarray(rows[:, kept], dtype=np.float64)


def _lacking(
    rows: Floats, kept: NDArray[np.intp], dropped: NDArray[np.intp], combination: Floats
) -> Floats:
    """Return, relative to the size of each row, what the dropped columns miss."""
    if not len(dropped):
        return np.zeros((len(rows), 0))
    largest = np.abs(combination).max(axis=0, initial=0.0)
    combination = np.where(np.abs(combination) > ROUNDING * largest, combination, 0.0)
    implied = rows[:, kept] @ combination
    # Each dropped column is judged by the larger of the two sides that should be equal, so
    # that units of columns do not matter.
    size = np.maximum(np.abs(rows[:, kept]) @ np.abs(combination), np.abs(rows[:, dropped]))
    gap = np.abs(rows[:, dropped] - implied)
    share = np.zeros_like(gap)
    np.divide(gap, size, out=share, where=size > 0)
    return share


def _told(
    label: str, lacking: NDArray[np.bool_], dropped: NDArray[np.intp], names: Sequence[str]
) -> str:
    needed = [repr(names[column]) for column in dropped[lacking]]
    more = f" and {len(needed) - _NAMED} more" if len(needed) > _NAMED else ""
    return f"{label}: {', '.join(needed[:_NAMED])}{more}"
