"""Which number, date or declared value a text stands for, and which declared one it resembles."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np

from retrostats.arrays import Floats
from retrostats.data.cohort.cells import Flags, Integers, Texts

_PLAIN = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DIGITS = frozenset("0123456789.+-eE")
_EPOCH = date(1970, 1, 1).toordinal()
#: Longest text that a message shows whole.
SHOWN = 40


def parse_number(text: str, decimal: str) -> float:
    """Return the number that a text stands for, NaN where it is none.

    Examples
    --------
    >>> parse_number("7.5", "."), parse_number("7,5", ","), parse_number("7,5", ".")
    (7.5, 7.5, nan)
    """
    if decimal == ",":
        text = text.replace(".", " ").replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return float("nan")
    value = float(text)
    return value if np.isfinite(value) else float("nan")


def parse_numbers(texts: Texts, decimal: str) -> Floats:
    """Return the numbers that texts stand for, NaN where a text is none, shape ``(k,)``."""
    if decimal == "." and _DIGITS.issuperset("".join(texts)):
        try:
            values = np.array(list(map(float, texts)), dtype=float)
        except ValueError:  # an empty cell or a lone sign among them: one by one
            pass
        else:
            values[~np.isfinite(values)] = np.nan
            return values
    return np.array([parse_number(text, decimal) for text in texts], dtype=float)


def parse_days(texts: Texts) -> tuple[Floats, Flags]:
    """Return ISO dates as days since 1970-01-01 (NaN where none), and which have the ISO form."""
    days = np.full(len(texts), np.nan)
    formed = np.zeros(len(texts), dtype=bool)
    for position, text in enumerate(texts):
        if _ISO.fullmatch(text):
            formed[position] = True
            try:
                days[position] = date.fromisoformat(text).toordinal() - _EPOCH
            except ValueError:
                continue
    return days, formed


def match_values(
    texts: Iterable[str],
    declared: Sequence[Sequence[str]],
    *,
    labels: Mapping[str, str],
    decimal: str = ".",
) -> Integers:
    """Return which declared value each text matches, -1 for none.

    A text matches by itself, by its value label, or as a plain number (``1`` and ``1.0``).

    Parameters
    ----------
    texts
        As the file writes them.
    declared
        For each declared value the ways in which the file may write it.
    labels
        Value labels of the column, by text.
    decimal
        Decimal mark of the file.

    Examples
    --------
    >>> match_values(["b", "1.0", "01"], [["1", "a"], ["b"]], labels={})
    array([ 1,  0, -1])
    """
    known = _Declared(declared, decimal)

    def match(text: str) -> int:
        found = known.by_text.get(text, -1)
        if found < 0 and text in labels:
            found = known.by_text.get(labels[text], -1)
        return known.numbered(text) if found < 0 else found

    return np.array([match(text) for text in texts], dtype=np.intp)


def contradicting_labels(
    texts: Iterable[str],
    declared: Sequence[Sequence[str]],
    *,
    labels: Mapping[str, str],
    decimal: str = ".",
) -> tuple[tuple[int, int, int], ...]:
    """Return the texts that match one declared value by themselves and another by their label.

    Parameters
    ----------
    texts, declared, labels, decimal
        As for `match_values`.

    Returns
    -------
    tuple of tuple of int
        Position of the text, and of the values that it and its label match.

    Examples
    --------
    >>> contradicting_labels(["1", "2"], [["1"], ["Control", "2"]], labels={"1": "Control"})
    ((0, 0, 1),)
    """
    known = _Declared(declared, decimal)
    found = []
    for position, text in enumerate(texts):
        if text in labels:
            mine, named = known.find(text), known.find(labels[text])
            if mine != named and min(mine, named) >= 0:
                found.append((position, mine, named))
    return tuple(found)


class _Declared:
    """The position of each declared value, by its text and as a plain number."""

    def __init__(self, declared: Sequence[Sequence[str]], decimal: str) -> None:
        self.by_text: dict[str, int] = {}
        self._by_number: dict[float, int] = {}
        self._decimal = decimal
        for position, written in enumerate(declared):
            for text in written:
                self.by_text.setdefault(text, position)
                if _PLAIN.fullmatch(text):
                    self._by_number.setdefault(float(text), position)

    def numbered(self, text: str) -> int:
        """Return the value that is the same plain number, -1 for none."""
        if not self._by_number:
            return -1
        plain = text.replace(",", ".") if self._decimal == "," else text
        return self._by_number.get(float(plain), -1) if _PLAIN.fullmatch(plain) else -1

    def find(self, text: str) -> int:
        """Return the value of the same text, else of the same plain number, -1 for none."""
        return self.by_text.get(text, self.numbered(text))


def missing_texts(texts: Texts, codes: Sequence[str], values: Floats | None = None) -> Flags:
    """Return which texts stand for a missing value: empty, or a declared code.

    Parameters
    ----------
    texts
        Shape ``(k,)``.
    codes
        The declared codes.
    values
        The numbers that the texts stand for, where they are numbers: ``-99.0`` is the code -99.
    """
    listed = {"", *codes}
    missing = np.fromiter((text in listed for text in texts), dtype=bool, count=len(texts))
    numbers = [float(code) for code in codes if _PLAIN.fullmatch(code)]
    if values is not None and numbers:
        missing |= np.isin(values, numbers)
    return missing


def near_misses(text: str, options: Iterable[str]) -> tuple[str, ...]:
    """Return the options that a text resembles, the nearest first, at most three.

    Examples
    --------
    >>> near_misses("Retro ", ["retro", "control"])
    ('retro',)
    """
    known: dict[str, str] = {}
    for option in options:
        known.setdefault(_simple(option), option)
    asked = _simple(text[:200])
    if asked in known:
        return (known[asked],)
    found = difflib.get_close_matches(asked, list(known), n=3, cutoff=0.7)
    return tuple(known[name] for name in found)


def _simple(word: str) -> str:
    """Return a word in small letters without spaces, dashes and underscores."""
    return re.sub(r"[\s_\-]+", "", word).casefold()


def suggestion(text: str, options: Iterable[str]) -> str:
    """Return ``; did you mean 'retro'?`` without its question mark, or nothing."""
    near = near_misses(text, options)
    return f"; did you mean {' or '.join(show(name) for name in near)}" if near else ""


def show(text: str) -> str:
    """Return a text in quotation marks, shortened, with signs that do not print written out."""
    return repr(shorten(text))


def shorten(text: str) -> str:
    """Return a text of at most 40 signs."""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def listed(texts: Iterable[str], most: int = 12) -> str:
    """Return texts in quotation marks, separated by commas; a long list is cut and counted."""
    all_of_them = list(texts)
    shown = ", ".join(show(text) for text in all_of_them[:most])
    rest = len(all_of_them) - most
    return f"{shown} and {rest} more" if rest > 0 else shown


def plain(value: float) -> str:
    """Write a number as a person would.

    Examples
    --------
    >>> plain(7.0), plain(7.25), plain(1234.5)
    ('7', '7.25', '1234.5')
    """
    return f"{value:.10g}"
