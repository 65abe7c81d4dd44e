"""What a line was probably meant to be that is no TOML."""

from __future__ import annotations

import re

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
#: Where a value begins, and where it ends.
_BEGIN, _END = r"[=\[,{]\s*", r"\s*(?=[,}\]#]|$)"
_FRACTION = re.compile(rf"{_BEGIN}([+-]?\d+)\s*/\s*(\d+){_END}")
_COMMA = re.compile(rf"=\s*([+-]?\d+),(\d+){_END}")
_YES = {"yes", "ja", "oui", "si", "sí", "sim", "on", "y", "true", "wahr", "vrai", "verdadero"}
_NO = {"no", "nein", "non", "não", "off", "n", "false", "falsch", "faux", "falso"}
_WORDS = re.compile(rf"=\s*([^\W\d][^,}}\]#\"\']*?){_END}")


def syntax_hint(line: str) -> str:
    """Return what to write instead of what is no TOML; empty where that is not clear.

    Parameters
    ----------
    line
        The line on which the parser stopped.

    Examples
    --------
    >>> syntax_hint("week = 3/7")
    '3/7 is no number of TOML; write 0.43'
    >>> syntax_hint("reference = yes")
    "'yes' is no truth value of TOML; write true, in small letters and without quotes"
    >>> syntax_hint("value = 2,5")
    '2,5 has a decimal comma; write 2.5'
    >>> syntax_hint("label = Retro walking")
    'text stands in quotes; write "Retro walking"'
    """
    bare = _STRING.sub('""', line)
    fraction = _FRACTION.search(bare)
    if fraction and int(fraction[2]):
        value = f"{round(int(fraction[1]) / int(fraction[2]), 2):g}"
        return f"{fraction[1]}/{fraction[2]} is no number of TOML; write {value}"
    comma = _COMMA.search(bare)
    if comma:
        return f"{comma[1]},{comma[2]} has a decimal comma; write {comma[1]}.{comma[2]}"
    for word in (found[1] for found in _WORDS.finditer(bare)):
        if word in ("true", "false", "inf", "nan"):
            continue
        if word.lower() in _YES | _NO:
            truth = "true" if word.lower() in _YES else "false"
            message = f"{word!r} is no truth value of TOML; write {truth}"
            return f"{message}, in small letters and without quotes"
        return f'text stands in quotes; write "{word}"'
    return ""
