"""The keys of a codebook, and nothing else.

`docs/codebook.md` explains each of them; a test holds the two against each other.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from types import MappingProxyType

from retrostats.data.grammar import COUNT, NAME, NUMBER, TEXT, Key

LAYOUTS = ("long", "wide", "redcap", "adam")
ENCODINGS = ("utf-8", "latin-1", "cp1252")
DELIMITERS = (",", ";", "\t")
#: Columns that every cohort has, and words that models and tables use.
RESERVED = frozenset(
    {"subject", "arm", "visit", "week", "date", "withdrawal", "line"}
    | {"baseline", "change", "fitted"}
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.A)

_FLAG = Key(kind=bool)
_LIST = Key(kind=list)
_LISTED = Key(kind=list, required=True)
_TABLE = Key(kind=dict)

#: Keys by table; the empty name is the top of the file.
KEYS: Mapping[str, Mapping[str, Key]] = MappingProxyType(
    {
        "": {
            "title": NAME,
            "simulated": _FLAG,
            "file": _TABLE,
            "roles": Key(kind=dict, required=True),
            "arms": _LISTED,
            "visits": _LISTED,
            "outcomes": _LISTED,
            "covariates": _LIST,
            "adherence": _LIST,
            "eligibility": _TABLE,
            "screening": _TABLE,
        },
        "file": {
            "layout": Key(kind=str, allowed=frozenset(LAYOUTS)),
            "decimal": Key(kind=str, allowed=frozenset(".,")),
            "delimiter": Key(kind=str, allowed=frozenset(DELIMITERS)),
            "encoding": Key(kind=str, allowed=frozenset(ENCODINGS)),
            "sheet": TEXT,
            "missing": _LIST,
            "leave_out_visits": _LIST,
        },
        "roles": {
            "subject": NAME,
            "arm": NAME,
            "visit": TEXT,
            "date": TEXT,
            "dates": _TABLE,
            "withdrawal": TEXT,
            "parameter": TEXT,
            "value": TEXT,
            "base": TEXT,
            "change": TEXT,
        },
        "arms": {"label": NAME, "name": TEXT, "values": _LIST, "reference": _FLAG},
        "visits": {"label": NAME, "week": Key(kind=float, required=True), "values": _LIST},
        "outcomes": {
            "name": NAME,
            "label": TEXT,
            "instrument": NAME,  # or a table
            "column": TEXT,
            "columns": _TABLE,
            "code": TEXT,
            "smallest_change": _TABLE,
        },
        "smallest_change": {
            "value": Key(kind=float, required=True),
            "basis": Key(kind=str, allowed=frozenset({"absolute", "relative"})),
            "source": NAME,
        },
        "covariates": {
            "name": NAME,
            "label": TEXT,
            "column": NAME,
            "type": Key(kind=str, required=True, allowed=frozenset({"number", "category"})),
            "unit": TEXT,
            "low": NUMBER,
            "high": NUMBER,
            "levels": _LIST,
        },
        "levels": {"label": NAME, "values": _LIST},
        "adherence": {
            "name": NAME,
            "label": TEXT,
            "column": NAME,
            "unit": TEXT,
            "planned": NUMBER,
        },
        "eligibility": {"rules": _LISTED},
        "screening": {"assessed": COUNT, "excluded": _TABLE},
    }
)


def wrong_name(name: str) -> str:
    """Say why a name cannot stand in a plan or a formula; empty when it can."""
    if not _NAME.fullmatch(name):
        return "is no name; take letters, digits and underscores, a letter first, e.g. pain_at_rest"
    if name in RESERVED or keyword.iskeyword(name):
        return f"is reserved; choose another name, e.g. {name}_score"
    return ""
