"""Spellings of a level that look like slips of another, so that nobody makes them levels."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from retrostats.data.codebook.seen import Seen
from retrostats.data.codebook.visit_names import week_of

#: A column of more values than that has no levels.
_MOST_VALUES = 30
#: A word with one letter wrong is a slip where the right one stands so many times as often.
_TIMES = 10
#: Words shorter than that are too near to one another.
_SHORTEST = 4

#: By column: each slip, what it looks like, and the rows that it stands on.
Slips = dict[str, tuple[tuple[str, str, int], ...]]


def without_slips(columns: Sequence[Seen]) -> tuple[tuple[Seen, ...], Slips]:
    """Return the columns with each slip counted as what it looks like, and the slips.

    Parameters
    ----------
    columns
        As seen. Columns of numbers and of weeks keep all their values.
    """
    mended: list[Seen] = []
    slips: Slips = {}
    for column in columns:
        found = _slips_of(column)
        mended.append(_merged(column, found) if found else column)
        if found:
            rows = np.bincount(column.codes[column.codes >= 0], minlength=len(column.texts))
            slips[column.name] = tuple(
                (column.texts[i], column.texts[j], int(rows[i])) for i, j in found.items()
            )
    return tuple(mended), slips


def _slips_of(column: Seen) -> dict[int, int]:
    """Return the position of what each slip looks like, by its own position."""
    texts = column.texts
    words = column.numbers is None and not column.dates and 2 <= len(texts) <= _MOST_VALUES
    if not words or any(week_of(text) is not None for text in texts):
        return {}
    rows = np.bincount(column.codes[column.codes >= 0], minlength=len(texts))
    order = sorted(range(len(texts)), key=lambda i: (-rows[i], i))
    found: dict[int, int] = {}
    for place, i in enumerate(order):
        for j in order[:place]:
            if j not in found and _looks_like(texts[i], texts[j], int(rows[i]), int(rows[j])):
                found[i] = j
                break
    return dict(sorted(found.items()))


def _looks_like(text: str, other: str, rows: int, other_rows: int) -> bool:
    one, two = _simple(text), _simple(other)
    if one == two:
        return True
    rare = _TIMES * rows <= other_rows and min(len(one), len(two)) >= _SHORTEST
    return rare and re.findall(r"\d+", one) == re.findall(r"\d+", two) and _one_apart(one, two)


def _simple(text: str) -> str:
    """Return a text in small letters without spaces, dashes, underscores and full stops."""
    return re.sub(r"[\s_.\-]+", "", text).casefold() or text


def _one_apart(one: str, two: str) -> bool:
    """Whether one letter added, left out, changed, or swapped with the next makes the other.

    Examples
    --------
    >>> _one_apart("kontrole", "kontrolle"), _one_apart("cotnrol", "control")
    (True, True)
    """
    start = 0
    while start < min(len(one), len(two)) and one[start] == two[start]:
        start += 1
    rest, other = one[start:], two[start:]
    swapped = len(rest) > 1 and rest[1::-1] + rest[2:] == other
    return swapped or rest[1:] == other[1:] or rest == other[1:] or rest[1:] == other


def _merged(column: Seen, found: dict[int, int]) -> Seen:
    """Return the column without its slips: each counts as what it looks like."""
    kept = [i for i in range(len(column.texts)) if i not in found]
    place = {i: position for position, i in enumerate(kept)}
    new = [place[found.get(i, i)] for i in range(len(column.texts))]
    return Seen(
        name=column.name,
        texts=tuple(column.texts[i] for i in kept),
        codes=np.array([*new, -1], dtype=np.intp)[column.codes],
        numbers=None,
    )
