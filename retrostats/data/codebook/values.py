"""When two spellings mean one value: by their text, or as plain numbers."""

from __future__ import annotations

import re
from difflib import get_close_matches

_PLAIN_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


def matching_key(text: str) -> str:
    """Return what all spellings of one value share.

    Plain numbers are equal when their value is; every other text only to itself, letter by
    letter. A number with leading zeros is a code, not a number.

    Parameters
    ----------
    text
        As a file or a codebook writes it, with a decimal point.

    Examples
    --------
    >>> matching_key("1.0") == matching_key("1")
    True
    >>> matching_key("01") == matching_key("1")
    False
    """
    if not _PLAIN_NUMBER.fullmatch(text):
        return text
    number = text.rstrip("0").rstrip(".") if "." in text else text
    number = number.removeprefix("+")
    return "0" if number == "-0" else number


def nearest(text: str, known: list[str] | tuple[str, ...]) -> str:
    """Return a question for a near miss, else what there is, as the end of a message.

    Examples
    --------
    >>> nearest("Retro", ["retro", "control"])
    "did you mean 'retro'?"
    >>> nearest("x", ["retro", "control"])
    'expected one of retro, control'
    """
    folded = {name.strip().lower(): name for name in reversed(known)}
    near = get_close_matches(text.strip().lower(), folded, n=1)
    if near:
        return f"did you mean {folded[near[0]]!r}?"
    return f"expected one of {', '.join(known)}" if known else "there is none"
