"""The tables and keys of a design's file, and the check of every value against them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from retrostats.data.files import TextFile
from retrostats.data.tables import KeyLines, shown
from retrostats.errors import Fault
from retrostats.plan.names import did_you_mean
from retrostats.power.design.checks import Place

ValueKind = Literal["text", "number", "texts", "numbers", "shares", "number or rows"]

_EXPECTED = {
    "text": "text in quotes",
    "number": "a number",
    "texts": 'a list of texts, as in ["mild", "severe"]',
    "numbers": "a list of numbers, one for each visit, as in [6, 5, 4.2]",
    "shares": "a list of shares, as in [0, 0.1, 0.15]",
    "number or rows": "a number, or a list with a row of numbers for each visit",
}
#: Nothing in a design is larger.
_LARGEST = 1e15


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignKey:
    """What one key of a design may hold."""

    kind: ValueKind
    required: bool = False
    allowed: tuple[str, ...] = ()
    empty: bool = False


_TEXT = DesignKey(kind="text", required=True)
_NUMBER = DesignKey(kind="number", required=True)

#: Tables that stand once.
SINGLE: Mapping[str, Mapping[str, DesignKey]] = {
    "": {
        "title": _TEXT,
        "outcome": _TEXT,
        "unit": DesignKey(kind="text", empty=True),
        "better": DesignKey(kind="text", required=True, allowed=("lower", "higher")),
        "correlation": DesignKey(kind="number or rows", required=True),
        "correlation_kind": DesignKey(kind="text", allowed=("exchangeable", "ar1")),
        "intermittent": DesignKey(kind="number"),
        "route": DesignKey(kind="texts"),
    },
    "dropout": {
        "mechanism": DesignKey(kind="text", required=True, allowed=("MCAR", "MAR")),
        "odds_ratio": DesignKey(kind="number"),
    },
    "scale": {
        "low": DesignKey(kind="number"),
        "high": DesignKey(kind="number"),
        "step": DesignKey(kind="number"),
    },
}
#: Tables that stand as often as needed, in double brackets.
REPEATED: Mapping[str, Mapping[str, DesignKey]] = {
    "visits": {"label": _TEXT, "week": _NUMBER, "sd": _NUMBER},
    "arms": {
        "label": _TEXT,
        "means": DesignKey(kind="numbers", required=True),
        "allocation": DesignKey(kind="number"),
        "dropout": DesignKey(kind="shares"),
    },
    "covariates": {
        "name": _TEXT,
        "levels": DesignKey(kind="texts"),
        "shares": DesignKey(kind="shares"),
        "mean": DesignKey(kind="number"),
        "sd": DesignKey(kind="number"),
        "correlation": DesignKey(kind="number"),
    },
}


class DesignTables:
    """The parsed content of a design's file, table by table, with a fault for all that is wrong.

    Attributes
    ----------
    faults
        Extended as tables are taken.
    """

    def __init__(self, file: TextFile, content: Mapping[str, Any], faults: list[Fault]) -> None:
        self._file, self._lines, self._content = file, KeyLines(file.text), content
        self.faults = faults
        self._broken: list[Place] = []
        known = [*SINGLE[""], *(name for name in SINGLE if name), *REPEATED]
        for name, value in content.items():
            if name not in known:
                what = "table" if isinstance(value, (Mapping, list)) else "key"
                listed = f"; expected one of {', '.join(known)}"
                question = did_you_mean(name, known) or listed
                self.fault(Place(key=name), f"unknown {what} {shown(name)}{question}")

    def fault(self, place: Place, message: str) -> None:
        """Add a fault at a place, with its line."""
        self.faults.append(self.at(place, message))
        self._broken.append(place)

    def at(self, place: Place, message: str) -> Fault:
        """Return a fault at a place, with its line."""
        line = self._lines.of(place.table, place.position or 0, place.key)
        return Fault(self._file.name, line, str(place), message, "key")

    def told(self, place: Place) -> bool:
        """Tell whether a fault at this place may follow from one that was told.

        What could not be read stands as anything in the design, so that all of its table is in
        doubt; of the arms, which do not depend on one another, that arm.
        """
        for broken in self._broken:
            if broken.table != place.table:
                continue
            if place.table == "arms" and None not in (broken.position, place.position):
                if broken.position == place.position:
                    return True
            elif place.table or broken.key == place.key:
                return True
        return False

    def has(self, table: str, key: str) -> bool:
        """Tell whether a table that stands once has such a key, whatever its value."""
        found = self._content.get(table)
        return isinstance(found, Mapping) and key in found

    def single(self, table: str) -> dict[str, Any] | None:
        """Return the good entries of a table that stands once, ``None`` where it is not there."""
        if table == "":
            own = {key: value for key, value in self._content.items() if key in SINGLE[""]}
            return self._checked(own, SINGLE[""], Place())
        found = self._content.get(table)
        if found is None:
            return None
        if not isinstance(found, Mapping):
            message = f"should be one table; write [{table}] and its keys on the lines below"
            self.fault(Place(table=table), message)
            return None
        return self._checked(found, SINGLE[table], Place(table=table))

    def repeated(self, table: str) -> list[dict[str, Any]]:
        """Return the good entries of each table of a kind that may stand several times."""
        found = self._content.get(table, [])
        if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
            message = f"should be tables; write [[{table}]] above the keys of each"
            self.fault(Place(table=table), message)
            return []
        return [
            self._checked(each, REPEATED[table], Place(table=table, position=position))
            for position, each in enumerate(found)
        ]

    def _checked(
        self, content: Mapping[str, Any], keys: Mapping[str, DesignKey], place: Place
    ) -> dict[str, Any]:
        good: dict[str, Any] = {}
        for key, value in content.items():
            message = _wrong(key, value, keys)
            if message:
                self.fault(Place(table=place.table, position=place.position, key=key), message)
            else:
                good[key] = _taken(value)
        for key, rule in keys.items():
            if rule.required and key not in content:
                at = Place(table=place.table, position=place.position, key=key)
                self.fault(at, f"{key!r} is missing; expected {_EXPECTED[rule.kind]}")
        return good


def _wrong(key: str, value: object, keys: Mapping[str, DesignKey]) -> str:
    """Say what is wrong with one entry; empty when nothing is."""
    if key not in keys:
        question = did_you_mean(key, keys)
        return f"unknown key {shown(key)}{question or '; expected one of ' + ', '.join(keys)}"
    rule = keys[key]
    parts = value if isinstance(value, list) else [value]
    texts = [part for part in parts if isinstance(part, str)]
    left = [text for text in texts if text.startswith("<") and text.endswith(">")]
    if left:
        return f"still holds the placeholder {left[0]}; write {_EXPECTED[rule.kind]}"
    if not _fits(value, rule.kind):
        return f"{key} = {shown(value)} should be {_EXPECTED[rule.kind]}"
    for text in texts:
        if not text.strip() and not rule.empty:
            return f"{key} is empty; expected {_EXPECTED[rule.kind]}"
        if rule.allowed and text not in rule.allowed:
            listed = ", ".join(repr(choice) for choice in rule.allowed)
            question = did_you_mean(text, rule.allowed) or ";"
            return f"{key}: {shown(text)} is not known{question} expected one of {listed}"
    return ""


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    right = isinstance(value, (int, float)) and not isinstance(value, bool)
    return right and abs(value) <= _LARGEST and not math.isnan(value)  # type: ignore[arg-type]


def _fits(value: object, kind: ValueKind) -> bool:
    if kind == "text":
        return _is_text(value)
    if kind == "number":
        return _is_number(value)
    if kind == "number or rows" and not isinstance(value, list):
        return _is_number(value)
    one = {"texts": _is_text, "numbers": _is_number, "shares": _is_number}.get(kind, _is_row)
    return isinstance(value, list) and all(one(part) for part in value)


def _is_row(value: object) -> bool:
    return isinstance(value, list) and all(_is_number(part) for part in value)


def _taken(value: Any) -> Any:
    """Return numbers as floats and lists as tuples."""
    if isinstance(value, list):
        return tuple(_taken(part) for part in value)
    return float(value) if _is_number(value) else value
