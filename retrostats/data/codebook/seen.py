"""What can be seen of a table without knowing what its columns mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.data.formats.table import RawTable

#: Words that people write where a value is missing.
MISSING_WORDS = frozenset(
    {"NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", ".", "-", "?", "missing", "Missing"}
)
#: Numbers that people write where a value is missing; only where they stand apart.
MISSING_NUMBERS = (-9.0, -88.0, -99.0, -999.0, -9999.0, 999.0, 9999.0)
#: Share of rows or subjects that may be slips without changing what a column is.
_SLIPS = 0.1
#: Fewer numbers than that say nothing where there is other text among them.
_FEWEST_NUMBERS = 5
#: With fewer different numbers than that, a word among them may be one more level of a category.
_FEWEST_VALUES = 7
#: A word that stands for a missing value is no longer than that.
_LONGEST_WORD = 40
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.A)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.A)
_DIGIT = re.compile(r"\d")
_OTHER_DATE = re.compile(r"\d{1,4}([./ -])(\d{1,2}|[A-Za-z]{3})\1\d{1,4}", re.A)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """One column: its distinct values and where each stands.

    Attributes
    ----------
    name
        As the file has it.
    texts
        Distinct values in order of appearance, without the missing.
    codes
        For each row the position in `texts`, -1 where missing, shape ``(n,)``.
    numbers
        The values as numbers, shape ``(len(texts),)``; NaN for a slip such as ``10.4 s`` among
        numbers, ``None`` where the column is not one of numbers.
    """

    name: str
    texts: tuple[str, ...]
    codes: NDArray[np.intp]
    numbers: NDArray[np.float64] | None

    @property
    def low(self) -> float:
        """The least number."""
        return float(np.nanmin(self.numbers)) if self.numbers is not None else float("nan")

    @property
    def high(self) -> float:
        """The greatest number."""
        return float(np.nanmax(self.numbers)) if self.numbers is not None else float("nan")

    @property
    def whole(self) -> bool:
        """Whether all values are whole numbers."""
        if self.numbers is None:
            return False
        sound = self.numbers[~np.isnan(self.numbers)]
        return bool((sound == np.round(sound)).all())

    @property
    def dates(self) -> bool:
        """Whether all values are dates as ``YYYY-MM-DD``."""
        return bool(self.texts) and all(_DATE.fullmatch(text) for text in self.texts)

    @property
    def other_dates(self) -> bool:
        """Whether all values look like dates in another form, such as ``31.12.2024``."""
        other = all(_OTHER_DATE.fullmatch(text) for text in self.texts)
        return bool(self.texts) and other and not self.dates

    @property
    def words(self) -> dict[str, int]:
        """Words that stand among many numbers more than once, with the number of their rows."""
        if self.numbers is None or int((~np.isnan(self.numbers)).sum()) < _FEWEST_VALUES:
            return {}
        rows = np.bincount(self.codes[self.codes >= 0], minlength=len(self.texts))
        counted = zip(self.texts, rows, np.isnan(self.numbers), strict=True)
        return {text: int(n) for text, n, no in counted if no and n > 1 and _is_word(text)}

    def constant_within(self, other: Seen) -> bool:
        """Whether each value of another column goes with one value of this, missing ones aside."""
        return self._differing(other)[0] == 0

    def repeats(self, other: Seen) -> bool:
        """Whether it says no more than another column: they meet, and each value of that has one.

        Columns that stand on different rows, as those of two events of REDCap, never repeat one
        another.
        """
        differing, met = self._differing(other)
        return met > 0 and differing == 0

    def nearly_constant_within(self, other: Seen) -> bool:
        """Whether that holds but for a few values of the other, as slips of single rows make."""
        differing, all_of_them = self._differing(other)
        return differing <= _SLIPS * all_of_them

    def _differing(self, other: Seen) -> tuple[int, int]:
        """Return how many values of another column go with several of this, of how many."""
        both = (self.codes >= 0) & (other.codes >= 0)
        pairs = np.unique(other.codes[both] * (len(self.texts) + 1) + self.codes[both])
        held = np.bincount(pairs // (len(self.texts) + 1), minlength=1)
        return int((held > 1).sum()), int((held > 0).sum())

    def where(self, rows: NDArray[np.bool_]) -> Seen:
        """Return the column of some rows."""
        used, codes = np.unique(self.codes[rows], return_inverse=True)
        kept = used[used >= 0]
        offset = len(used) - len(kept)
        return Seen(
            name=self.name,
            texts=tuple(self.texts[i] for i in kept),
            codes=codes - offset,
            numbers=None if self.numbers is None or not len(kept) else self.numbers[kept],
        )


def look_at(table: RawTable) -> tuple[tuple[Seen, ...], tuple[str, ...]]:
    """Return what is seen of each column, and the missing codes of the file.

    A column name that stands twice is looked at once; an empty name not at all.
    """
    codes: dict[str, None] = {}
    columns: dict[str, Seen] = {}
    for name, cells in zip(table.header, table.columns, strict=True):
        if name and name not in columns:
            columns[name] = _look(name, cells, table.decimal, codes)
    return tuple(columns.values()), tuple(codes)


def _look(name: str, cells: NDArray[np.object_], decimal: str, missing: dict[str, None]) -> Seen:
    """Return one column, and note its missing codes in ``missing``."""
    import pandas as pd

    positions, distinct = pd.factorize(cells)
    texts = [str(text) for text in distinct]
    absent = {i for i, text in enumerate(texts) if not text or text in MISSING_WORDS}
    missing.update(dict.fromkeys(texts[i] for i in sorted(absent) if texts[i]))
    values = {i: _number(text, decimal) for i, text in enumerate(texts) if i not in absent}
    sound = {i: value for i, value in values.items() if value is not None}
    numeric = _are_numbers(texts, sound, values, positions)
    if numeric:
        apart = _apart(sound)
        missing.update(dict.fromkeys(f"{sound[i]:g}" for i in sorted(apart)))
        absent |= apart
    kept = [i for i in range(len(texts)) if i not in absent]
    renumbered = np.full(len(texts) + 1, -1, dtype=np.intp)
    renumbered[kept] = np.arange(len(kept))
    numbers = np.array([sound.get(i, np.nan) for i in kept]) if numeric else None
    return Seen(
        name=name,
        texts=tuple(texts[i] for i in kept),
        codes=renumbered[positions],
        numbers=numbers,
    )


def _number(text: str, decimal: str) -> float | None:
    plain = text.replace(",", ".") if decimal == "," else text
    return float(plain) if _NUMBER.fullmatch(plain) else None


def _are_numbers(
    texts: list[str],
    sound: dict[int, float],
    values: dict[int, float | None],
    positions: NDArray[np.intp],
) -> bool:
    """Whether a column is one of numbers: all of its values are, or all but a few slips.

    One word that stands among many numbers again and again is no slip; it may be their owner's
    way to write that there is no value.
    """
    if len(sound) == len(values):
        return bool(values)
    rows = np.bincount(positions[positions >= 0])
    numbers = sum(int(rows[i]) for i in sound)
    others = sum(int(rows[i]) for i in values) - numbers
    if len(sound) >= _FEWEST_VALUES and others <= numbers:
        again = (int(rows[i]) for i in values if i not in sound and _is_word(texts[i]))
        others -= max((n for n in again if n > 1), default=0)
    return numbers >= _FEWEST_NUMBERS and others <= max(1, _SLIPS * (numbers + others))


def _is_word(text: str) -> bool:
    return len(text) <= _LONGEST_WORD and any(c.isalpha() for c in text) and not _DIGIT.search(text)


def _apart(values: dict[int, float]) -> set[int]:
    """Return which values are missing codes by their value and stand apart from the others."""
    codes = {i for i in values if values[i] in MISSING_NUMBERS}
    others = [value for i, value in values.items() if i not in codes]
    if not others:
        return set()
    low, high = min(others), max(others)
    return {
        i
        for i in codes
        if (values[i] < 0 <= low) or (values[i] > 0 and values[i] > 3 * max(high, 1))
    }
