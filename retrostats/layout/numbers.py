"""How numbers are written: decimals, p values, limits, degrees of freedom, signs."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from retrostats.layout.written import P, Range, Written

#: Numbers of this size and larger are written with a power of ten.
LARGE = 1e7
#: Numbers below this are, where more than `FIXED` decimals are asked for.
SMALL = 1e-4
FIXED = 6

# A hyphen that is a sign: before a number, and not within a word, a range or a date.
_SIGN = re.compile(r"(?<![\w.)])-(?=[.·,]?\d|∞|inf\b)")


def decimals(scale: float, digits: int = 3) -> int:
    """Return how many decimals show a number of this size with so many significant digits.

    Examples
    --------
    >>> decimals(0.824), decimals(3.85), decimals(38.5), decimals(3850.0)
    (3, 2, 1, 0)
    """
    if not 0 < scale < math.inf:
        return digits
    return max(0, digits - 1 - math.floor(math.log10(scale)))


def number(value: float, places: int) -> str:
    """Write a number with so many decimals, trailing zeros and a plain minus sign.

    Numbers of ten million and more, and small ones that need more than six decimals, get a power
    of ten; they are exact to the same decimal place.

    Examples
    --------
    >>> number(-18.2, 2), number(-0.001, 2), number(2.5e-6, 8)
    ('-18.20', '0.00', '2.50e-06')
    """
    if not math.isfinite(value):
        return f"{value}"
    size = abs(value)
    if size >= LARGE or (places > FIXED and 0 < size < SMALL):
        return f"{value:.{max(0, places + math.floor(math.log10(size)))}e}"
    written = f"{value:.{places}f}"
    return written if float(written) else written.removeprefix("-")


def limits(low: float, high: float, places: int) -> Written:
    """Write an interval, e.g. ``"-2.3 to 0.7"``; an open end is ``∞``.

    Examples
    --------
    >>> limits(-2.31, 0.7, 1), limits(0.2, math.inf, 1)
    ('-2.3 to 0.7', '0.2 to ∞')
    """
    return Written(Range(*(number(end, places).replace("inf", "∞") for end in (low, high))))


def p_number(p: float) -> str:
    """Write a p value as every table does; it can be written anew for a journal.

    Examples
    --------
    >>> p_number(0.0332), p_number(0.00099), p_number(1.0), p_number(math.nan)
    ('0.033', '<0.001', '1.000', '')
    """
    return "" if math.isnan(p) else Written(P(p))


def p_sentence(p: float) -> Written:
    """Write a p value as every sentence does.

    Examples
    --------
    >>> p_sentence(0.0332), p_sentence(0.00099)
    ('p = 0.033', 'p < 0.001')
    """
    return Written("p ", P(p, within="sentence"))


def df_numbers(df: Sequence[float]) -> list[str]:
    """Write degrees of freedom: whole if all are, else with one decimal; the normal has ``∞``.

    Examples
    --------
    >>> df_numbers([36.0, 2.0]), df_numbers([36.0, 57.31, math.inf])
    (['36', '2'], ['36.0', '57.3', '∞'])
    """
    whole = all(float(value).is_integer() for value in df if math.isfinite(value))
    return [number(value, 0 if whole else 1).replace("inf", "∞") for value in df]


def true_minus(text: str) -> str:
    """Return a text whose negative numbers have a minus sign in place of a hyphen.

    For what people read on a page. Terminals, spreadsheets and programs get the hyphen, which can
    be typed, searched for and read as a number again.

    Examples
    --------
    >>> true_minus("-2.3 to 0.7"), true_minus("retro - control"), true_minus("0-10, 2024-01-09")
    ('−2.3 to 0.7', 'retro - control', '0-10, 2024-01-09')
    """
    return _SIGN.sub("\N{MINUS SIGN}", text)


def percent(level: float) -> str:
    """Write a coverage, e.g. ``"97.5%"``."""
    return f"{100 * level:.4g}%"
