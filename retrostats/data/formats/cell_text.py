"""Values of binary formats as the text that a cell of a text file would hold."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

#: Whole numbers from here on keep their exponent.
_LARGEST_WHOLE = 1e15


def number_text(value: Any, *, decimal: str = ".") -> str:
    """Return a number in its shortest form that reads back, whole numbers without decimals.

    Examples
    --------
    >>> number_text(7.0), number_text(7.5), number_text(7.5, decimal=","), number_text(-0.0)
    ('7', '7.5', '7,5', '0')
    """
    if math.isnan(value):
        return ""
    if float(value).is_integer() and abs(value) < _LARGEST_WHOLE:
        return str(int(value))
    text = str(value)  # of a numpy single as well: the shortest in its own precision
    return text if decimal == "." else text.replace(".", decimal)


def value_text(value: Any, *, decimal: str = ".") -> str:
    """Return any value of a spreadsheet or data frame as text; nothing is the empty text.

    Examples
    --------
    >>> value_text(dt.datetime(2024, 3, 1)), value_text(True), value_text(None)
    ('2024-03-01', 'TRUE', '')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return number_text(value, decimal=decimal)
    if isinstance(value, dt.datetime):
        return _moment_text(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return "" if value != value else str(value)  # noqa: PLR0124 - missing moments equal nothing


def _moment_text(value: dt.datetime) -> str:
    if value != value:  # noqa: PLR0124 - pandas' missing moment
        return ""
    if value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="auto")


def column_text(values: NDArray[np.floating[Any]], *, decimal: str = ".") -> NDArray[np.object_]:
    """Return numbers as text, shape ``(n,)``; not a number becomes the empty text."""
    distinct, codes = np.unique(values, return_inverse=True)
    texts = np.array([number_text(value, decimal=decimal) for value in distinct], dtype=object)
    return texts[codes] if len(texts) else np.array([], dtype=object)


def moments_text(
    values: NDArray[np.floating[Any]],
    *,
    unit: Literal["D", "s", "ms"],
    epoch: str,
    dates: Literal["D", "s"],
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return counted moments as ISO text, and which of them are no moment of the years 1 to 9999.

    Parameters
    ----------
    values
        Counts of `unit` since `epoch`, shape ``(n,)``.
    unit
        ``"D"``, ``"s"`` or ``"ms"``.
    epoch
        As ISO date.
    dates
        Unit of the text: ``"D"`` for a date, ``"s"`` for a moment.
    """
    start = np.datetime64(epoch, unit)
    low = (np.datetime64("0001-01-01", unit) - start).astype(np.int64)
    high = (np.datetime64("9999-12-31", unit) - start).astype(np.int64)
    known = ~np.isnan(values)
    wrong = known & ~((values >= low) & (values <= high))
    counts = np.where(known & ~wrong, values, 0).astype(np.int64)
    moments = (start + counts.astype(f"timedelta64[{unit}]")).astype(f"datetime64[{dates}]")
    texts = np.datetime_as_string(moments).astype(object)
    texts = np.array([text.replace("T", " ").removesuffix(" 00:00:00") for text in texts], object)
    texts[~known] = ""
    texts[wrong] = column_text(values[wrong])
    return texts, wrong
