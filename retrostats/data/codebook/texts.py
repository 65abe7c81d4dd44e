"""What a text of a codebook or a plan may hold: no control characters, and no more than fits."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType

#: The most signs that a text may have, by table and key; tables, figures and file names need it.
LENGTHS: Mapping[tuple[str, str], int] = MappingProxyType(
    {
        ("", "title"): 250,
        ("arms", "label"): 60,
        ("arms", "name"): 80,
        ("visits", "label"): 60,
        ("outcomes", "name"): 60,
        ("outcomes", "label"): 60,
        ("instrument", "name"): 80,
        ("instrument", "unit"): 30,
        ("covariates", "name"): 60,
        ("covariates", "label"): 60,
        ("covariates", "unit"): 30,
        ("covariates", "levels"): 60,
        ("levels", "label"): 60,
        ("adherence", "name"): 60,
        ("adherence", "label"): 60,
        ("adherence", "unit"): 30,
        ("screening", "excluded"): 80,
    }
)
#: Line breaks and tabs, which a text of several lines and a delimiter have.
_BREAKS = frozenset("\n\r\t")


def wrong_texts(value: object, table: str, key: str) -> Iterator[str]:
    r"""Yield what is wrong with the texts of one key.

    Parameters
    ----------
    value
        As parsed: a text, a list or a table; the tables in it are checked by themselves.
    table, key
        Where it stands; the tables of `LENGTHS` have limits.

    Examples
    --------
    >>> list(wrong_texts("Pain\a", "outcomes", "label"))
    ['holds the control character U+0007; remove it']
    """
    most = LENGTHS.get((table, key))
    for text in _texts(value, key):
        one_line = most is not None
        strange = control_character(text, allowed="" if one_line else _BREAKS)
        if strange:
            yield f"holds the control character U+{ord(strange):04X}; remove it"
        if most is not None and len(text) > most:
            yield f"is {len(text)} characters long, and may be {most}: {text[:20]!r}...; shorten it"


def control_character(text: str, *, allowed: str | frozenset[str] = _BREAKS) -> str:
    """Return the first control character or line separator of a text; empty where there is none."""
    return next(
        (
            sign
            for sign in text
            if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} and sign not in allowed
        ),
        "",
    )


def _texts(value: object, key: str) -> Iterator[str]:
    """Yield a text, those of a list, or the keys of a table, and the columns that it names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))
    elif isinstance(value, dict):
        yield from value
        if key in {"columns", "dates"}:
            yield from (column for column in value.values() if isinstance(column, str))
