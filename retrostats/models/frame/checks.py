"""Checks of the rows of a model frame, and how faults name rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

#: Rows that one message names; the rest is counted.
LISTED = 8


def rows_text(index: pd.Index[Any], positions: NDArray[np.intp]) -> str:
    """Name rows by their index labels, e.g. ``"rows 3, 7 and 12 more"``."""
    labels = ", ".join(str(label) for label in index[positions[:LISTED]].tolist())
    more = f" and {len(positions) - LISTED} more" if len(positions) > LISTED else ""
    return f"{'row' if len(positions) == 1 else 'rows'} {labels}{more}"


def find_duplicates(
    subject: NDArray[np.intp], visit: NDArray[np.intp], n_visits: int
) -> NDArray[np.intp]:
    """Find the rows that share subject and visit with another row.

    Parameters
    ----------
    subject, visit
        Codes from 0, shape ``(n,)``.
    n_visits
        Number of visits; codes of ``visit`` lie below it.

    Returns
    -------
    numpy.ndarray
        Positions, sorted by subject, visit and position; empty when there is none.

    Examples
    --------
    >>> find_duplicates(np.array([0, 0, 1, 0]), np.array([0, 1, 0, 1]), 2)
    array([1, 3])
    """
    if not len(subject):
        return np.zeros(0, dtype=np.intp)
    cell = subject * n_visits + visit
    cells = (int(subject.max()) + 1) * n_visits
    if cells <= 16 * len(cell) + 1024:
        taken = np.zeros(cells, dtype=np.bool_)
        taken[cell] = True
        if np.count_nonzero(taken) == len(cell):
            return np.zeros(0, dtype=np.intp)
        repeated = np.bincount(cell, minlength=cells)[cell] > 1
    else:  # many visits, few of them seen by a subject: sorting needs less memory
        _, which, times = np.unique(cell, return_inverse=True, return_counts=True)
        repeated = times[which] > 1
    rows = np.flatnonzero(repeated)
    return rows[np.argsort(cell[rows], kind="stable")]


def duplicates_text(
    rows: NDArray[np.intp],
    cells: tuple[NDArray[np.intp], NDArray[np.intp]],
    names: tuple[NDArray[Any], Sequence[Any]],
    index: pd.Index[Any],
) -> str:
    """Describe rows that share subject and visit.

    Parameters
    ----------
    rows
        Positions in the data, sorted by subject and visit.
    cells
        Codes of subject and visit of those rows.
    names
        Labels of subjects and visits.
    index
        Index of the data.
    """
    subject, visit = cells
    starts = np.flatnonzero(np.diff(subject, prepend=-1) | np.diff(visit, prepend=-1))
    told = []
    for own in np.split(np.arange(len(rows)), starts[1:])[:LISTED]:
        who, when = names[0][subject[own[0]]], names[1][visit[own[0]]]
        told.append(f"subject {who} at {when} ({rows_text(index, rows[own])})")
    more = f" and {len(starts) - LISTED} more" if len(starts) > LISTED else ""
    return (
        f"several rows for {', '.join(told)}{more}; a subject has at most one row per visit: "
        "keep one, or average them first"
    )


def outcome_text(column: pd.Series[Any], kind: str) -> str:
    """Say what an outcome that is not numeric holds, and what to do about it."""
    if kind not in {"text", "mixed values", "numbers stored as objects"}:
        return f"the outcome must hold numbers, not {kind}; convert it first"
    told = no_numbers_text(column)
    if not told:
        holds = "numbers stored as objects" if kind.startswith("num") else "numbers written as text"
        return f"the outcome holds {holds}; convert it with pandas.to_numeric"
    return f"the outcome must hold numbers; {told}"


def nearly_numbers_text(column: pd.Series[Any]) -> str:
    """Name the values that make a column of numbers one of text; empty for any other column.

    Examples
    --------
    >>> import pandas as pd
    >>> nearly_numbers_text(pd.Series(["6.5", "7", "none"]))
    "most values are numbers; these are none: 'none' (row 2)"
    >>> nearly_numbers_text(pd.Series(["retro", "control"]))
    ''
    """
    import pandas as pd

    told = no_numbers_text(column)
    if not told or 2 * pd.to_numeric(column, errors="coerce").notna().sum() <= column.count():
        return ""
    return f"most values are numbers; {told}"


def no_numbers_text(column: pd.Series[Any]) -> str:
    """Name the values of a column that are no numbers, and their rows; empty without any."""
    import pandas as pd

    wrong = pd.to_numeric(column, errors="coerce").isna() & column.notna()
    rows = np.flatnonzero(wrong.to_numpy())
    if not len(rows):
        return ""
    found = list(dict.fromkeys(column.iloc[rows].tolist()))
    values = ", ".join(repr(value) for value in found[:LISTED])
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    hint = ""
    if any(has_decimal_comma(value) for value in found):
        hint = '; with a decimal comma, read the file with read_csv(decimal=",")'
    return f"these are none: {values}{more} ({rows_text(column.index, rows)}){hint}"


def has_decimal_comma(value: Any) -> bool:
    """Tell whether a value is text such as ``"7,5"``."""
    return isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d+,\d+\s*", value) is not None


def near_text(name: Any, known: Iterable[Any]) -> str:
    """Suggest the known name that is nearest, whatever the case; empty without one."""
    from difflib import get_close_matches

    lower = {str(each).casefold(): each for each in known}
    near = get_close_matches(str(name).casefold(), list(lower), n=1)
    return f"; did you mean {lower[near[0]]!r}?" if near else ""
