"""What looks odd in the labels of a data set and yet is no fault: short hints for a reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.models.frame.checks import LISTED, has_decimal_comma, rows_text
from retrostats.models.frame.columns import Columns
from retrostats.models.frame.row_selection import Selection

#: Levels above which a factor made of text is mentioned.
MANY_LEVELS = 20
#: Up to so many levels, numbers written as text may well be the codes of a category.
FEW_LEVELS = 5
#: Rows above which nothing is compared with subjects: it would take noticeable time.
CHECKED_ROWS = 200_000
#: A factor that changes within at most one subject in so many was meant to be constant.
ONE_IN = 20
_NUMBER = re.compile(r"\s*[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?\s*")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


def spelling_caveats(name: str, levels: Sequence[Any]) -> list[str]:
    """Tell of levels that differ by spaces or case only, and of an empty one.

    Examples
    --------
    >>> spelling_caveats("arm", ("retro", "retro ", "control"))
    ["arm: levels 'retro' and 'retro ' differ only by spaces or case"]
    """
    texts = [level for level in levels if isinstance(level, str)]
    bare = [text.strip().casefold() for text in texts]
    told = []
    if len(set(bare)) < len(bare):
        alike: dict[str, list[str]] = {}
        for text, key in zip(texts, bare, strict=True):
            alike.setdefault(key, []).append(repr(text))
        told = [
            f"{name}: levels {' and '.join(same)} differ only by spaces or case"
            for same in alike.values()
            if len(same) > 1
        ][:LISTED]
    if "" in bare:
        told.append(f"{name}: {texts[bare.index('')]!r} is a level; is it a missing value?")
    return told


def number_caveats(name: str, levels: Sequence[Any], codes: NDArray[np.intp]) -> list[str]:
    """Tell of a factor of text that should be a number, or that has very many levels.

    Parameters
    ----------
    name
        The column, whose levels nobody declared.
    levels, codes
        The levels, and the level of each row.
    """
    if len(levels) <= FEW_LEVELS and not any("." in each or "," in each for each in levels):
        return []
    looks = np.array([_NUMBER.fullmatch(each) is not None for each in levels])
    if 2 * np.bincount(codes, minlength=len(levels))[looks].sum() > len(codes):
        hint = "convert it with pandas.to_numeric"
        if any(map(has_decimal_comma, levels)):
            hint = 'read the file with read_csv(decimal=",")'
        told = f"{name}: {len(levels)} levels of text that looks like numbers; {hint}"
        return [told]
    if len(levels) > MANY_LEVELS:
        return [f"{name}: {len(levels)} levels of text, each with its own coefficient"]
    return []


def label_caveats(
    columns: Columns, factors: Mapping[str, tuple[Sequence[Any], NDArray[np.intp]]]
) -> list[str]:
    """Tell what is odd in the levels of factors, given with the codes of the rows."""
    told = []
    for name, (levels, codes) in factors.items():
        told += spelling_caveats(name, levels)
        if columns.is_text(name):
            told += number_caveats(name, levels, codes)
    return told


def subject_caveats(
    name: str,
    factor: tuple[Sequence[Any], NDArray[np.intp]],
    subject: tuple[NDArray[np.intp], int],
    rows: Callable[[NDArray[np.intp]], str],
) -> list[str]:
    """Compare a factor with the subjects.

    Parameters
    ----------
    name
        The factor.
    factor
        Its levels, and codes of shape ``(n,)``.
    subject
        Codes of the subjects, shape ``(n,)``, and their number.
    rows
        Names rows by their positions among the ``n``.

    Returns
    -------
    list of str
        Levels that one subject alone has, when the factor is constant within subjects; or the
        few subjects within which it is not.
    """
    (levels, codes), (who, count) = factor, subject
    first = np.empty(count, dtype=np.intp)
    first[who[::-1]] = codes[::-1]  # of several values the last one stays, here the first row's
    changed = np.flatnonzero(codes != first[who])
    if not len(changed):
        lone = np.flatnonzero(np.bincount(first, minlength=len(levels)) == 1)
        if not len(lone):
            return []
        more = f" and {len(lone) - LISTED} more" if len(lone) > LISTED else ""
        named = ", ".join(repr(levels[k]) for k in lone[:LISTED]) + more
        return [f"{name}: {named} {'has' if len(lone) == 1 else 'have'} one subject"]
    several = int(np.count_nonzero(np.bincount(who) > 1))
    varying = len(np.unique(who[changed]))
    if several < ONE_IN // 4 or varying > max(1, several // ONE_IN):
        return []
    return [f"{name} changes within {varying} of {count} subjects ({rows(changed)})"]


def order_caveats(name: str, visits: Sequence[str]) -> list[str]:
    """Tell that visits of text came in the order of the alphabet, unless numbers show it right.

    Examples
    --------
    >>> order_caveats("visit", ("baseline", "follow-up", "week 3"))[0][:34]
    'visit: text sorted alphabetically:'
    >>> order_caveats("visit", ("v1", "v2", "v3"))
    []
    """
    if len(visits) < 3:
        return []
    numbers = [list(map(float, _DIGITS.findall(visit))) for visit in visits]
    if len({_DIGITS.sub("#", visit) for visit in visits}) == 1 and numbers == sorted(numbers):
        return []
    more = f" and {len(visits) - LISTED} more" if len(visits) > LISTED else ""
    listed = ", ".join(visits[:LISTED]) + more
    return [
        f"{name}: text sorted alphabetically: {listed}; make it a pandas Categorical in time order"
    ]


def second_row_caveats(
    columns: Columns, selection: Selection, subject: str, visit: str
) -> list[str]:
    """Tell of rows that were left out while another row of that subject and visit is used."""
    who, when = columns.labels(subject)[0], columns.coded(visit)
    cell = who * len(when.levels) + when.codes
    cell[(who < 0) | (when.codes < 0)] = -1
    left_out = np.ones(len(cell), dtype=np.bool_)
    left_out[selection.kept] = False
    rows = np.flatnonzero(left_out & (cell >= 0))
    again = rows[_among(cell[rows], cell[selection.kept])]
    if not len(again):
        return []
    cells = len(np.unique(cell[again]))
    has = "subject-visit has" if cells == 1 else "subject-visits have"
    where = rows_text(columns.index, again)
    return [f"{cells} {has} a second row that could not be used ({where})"]


def _among(asked: NDArray[np.intp], cells: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which of some cells are among others."""
    size = int(max(asked.max(initial=0), cells.max(initial=0))) + 1
    if size > 16 * len(cells) + 1024:  # many visits, few of them seen by a subject
        return np.isin(asked, cells)
    table = np.zeros(size, dtype=np.bool_)
    table[cells] = True
    return table[asked]
