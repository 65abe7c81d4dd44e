"""Why a text is no number, and how it would be one."""

from __future__ import annotations

import re

import numpy as np

from retrostats.data.cohort.matching import SHOWN, parse_number, show

#: Signs for minus that are not the one on the keyboard.
_MINUS = "\u2212\u2013\u2014\u2010\u2011"
_SPACES = " \u00a0\u2009\u202f'"
#: Signs in units, beside letters.
_UNIT_SIGNS = frozenset("%\u2030\u00b0\u00b2\u00b3/*\u00b7. ")
#: Words behind a number that make it a date, a time or an exponent cut short.
_NO_UNIT = re.compile(
    r"(jan|feb|m\u00e4r|mar|apr|mai|may|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*\.?"
    r"|[ap]\.?m\.?|uhr|o'clock|e",
    re.IGNORECASE,
)


def explain_number(text: str, decimal: str) -> tuple[str, str]:
    """Say why a text is no number, and what to do.

    Examples
    --------
    >>> explain_number("50 mm", "."), explain_number("7,5", ".")[1]
    ((": 'mm' stands behind it", 'write 50 alone'), 'write 7.5, or declare decimal under [file]')
    """
    if re.fullmatch(r"[+-]?[\d.,]+([eE][+-]?\d+)?", text) and "e" in text.casefold():
        return ": it is too large, or not written plainly", "write it without an exponent"
    other = "," if decimal == "." else "."
    swapped = text.replace(other, decimal)
    if text.count(other) == 1 and not np.isnan(parse_number(swapped, decimal)):
        why = f": the decimal mark of this file is {show(decimal)}"
        return why, f"write {swapped}, or declare decimal under [file]"
    dashed = "".join("-" if sign in _MINUS else sign for sign in text)
    if dashed != text and not np.isnan(parse_number(dashed, decimal)):
        return ": its minus sign is not that of the keyboard", f"write {dashed}"
    closed = "".join(sign for sign in text if sign not in _SPACES)
    if closed != text and not np.isnan(parse_number(closed, decimal)):
        return ": a space or an apostrophe stands inside", f"write {closed}"
    if text[0] in "<>≤≥~":
        return ": it is a limit", "write the value, or empty the cell and say so in the report"
    unit = re.fullmatch(r"([+-]?\d+[.,]?\d*)\s*(\D+)", text, re.ASCII)
    if unit and _is_unit(unit[2]) and not np.isnan(parse_number(unit[1], decimal)):
        return f": {show(unit[2])} stands behind it", f"write {unit[1]} alone"
    return "", "correct it, or declare it under [file] missing if it stands for a missing value"


def _is_unit(text: str) -> bool:
    """Whether what stands behind a number is a unit: letters, and signs such as those of m/s.

    Examples
    --------
    >>> _is_unit("mm"), _is_unit("%"), _is_unit("\u00bd"), _is_unit("Mar")
    (True, True, False, False)
    """
    signs = all(sign.isalpha() or sign in _UNIT_SIGNS for sign in text)
    begins = text[0] in "%\u2030\u00b0" or text[0].isalpha()
    return signs and begins and len(text) <= SHOWN and not _NO_UNIT.fullmatch(text)
