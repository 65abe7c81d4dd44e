"""The tables and keys of a plan file, and the check of every value against them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from retrostats.data.files import TextFile
from retrostats.data.tables import KeyLines, shown
from retrostats.errors import Fault
from retrostats.plan import names

ValueKind = Literal["text", "number", "whole", "truth", "texts", "numbers"]

_EXPECTED = {
    "text": "text in quotes",
    "number": "a number",
    "whole": "a whole number",
    "truth": "true or false",
    "texts": "a list of texts, as in [\"age\", \"sex\"]",
    "numbers": "a list of numbers, as in [0.5, 1]",
}  # fmt: skip
#: Whole numbers up to here are exact as floats; nothing in a plan is larger.
_LARGEST = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanKey:
    """What one key of a plan may hold."""

    kind: ValueKind
    required: bool = False
    allowed: tuple[str, ...] = ()


_TEXT = PlanKey(kind="text", required=True)
_NUMBER = PlanKey(kind="number", required=True)
_TRUTH = PlanKey(kind="truth")
_TEXTS = PlanKey(kind="texts")
_WHOLE = PlanKey(kind="whole")


def _one_of(allowed: tuple[str, ...], *, required: bool = False) -> PlanKey:
    return PlanKey(kind="text", required=required, allowed=allowed)


#: Tables that stand once.
SINGLE: Mapping[str, Mapping[str, PlanKey]] = {
    "": {"title": _TEXT},
    "estimand": {
        "treatment": _TEXT,
        "comparator": _TEXT,
        "population": _TEXT,
        "endpoint": _TEXT,
        "week": _NUMBER,
        "summary": _one_of(names.SUMMARIES),
    },
    "model": {
        "kind": _one_of(names.MODELS),
        "baseline": _TRUTH,
        "baseline_by_visit": _TRUTH,
        "covariates": _TEXTS,
        "covariance": PlanKey(kind="texts", allowed=tuple(names.COVARIANCES)),
        "df": _one_of(tuple(names.DEGREES_OF_FREEDOM)),
        "standard_errors": _one_of(names.STANDARD_ERRORS),
        "level": PlanKey(kind="number"),
    },
    "multiplicity": {
        "method": _one_of(names.MULTIPLICITY_METHODS),
        "family": _one_of(names.FAMILIES),
    },
    "population": {"kind": _one_of(names.POPULATIONS), "rules": _TEXTS},
}
#: Tables that stand as often as needed, in double brackets.
REPEATED: Mapping[str, Mapping[str, PlanKey]] = {
    "estimand.intercurrent": {"event": _TEXT, "strategy": _one_of(names.STRATEGIES, required=True)},
    "comparisons": {"treatment": _TEXT, "comparator": _TEXT},
    "secondary": {"outcome": _TEXT, "week": _NUMBER},
    "sensitivity": {
        "kind": _one_of(names.SENSITIVITIES, required=True),
        "rules": _TEXTS,
        "covariance": _one_of(tuple(names.COVARIANCES)),
        "deltas": PlanKey(kind="numbers"),
        "reference": PlanKey(kind="text"),
        "imputation": _one_of(names.IMPUTATIONS),
        "inference": _one_of(names.INFERENCES),
        "imputations": _WHOLE,
        "replicates": _WHOLE,
        "seed": _WHOLE,
    },
    "responders": {
        "outcome": _TEXT,
        "week": _NUMBER,
        "improvement": PlanKey(kind="number"),
        "improvement_percent": PlanKey(kind="number"),
        "missing": _one_of(names.MISSING_RESPONSES),
    },
    "subgroups": {"covariate": _TEXT, "at": PlanKey(kind="numbers")},
}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where in a plan something stands.

    Attributes
    ----------
    table
        E.g. ``"model"``; of a repeated table `position` counts from 0.
    key
        Empty for the table as a whole.
    """

    table: str
    position: int = 0
    key: str = ""

    def __str__(self) -> str:
        table = f"{self.table}[{self.position + 1}]" if self.table in REPEATED else self.table
        return ".".join(part for part in (table, self.key) if part)


class PlanTables:
    """The parsed content of a plan file, table by table, with a fault for all that is wrong.

    Attributes
    ----------
    faults
        Extended as tables are taken.
    broken
        The tables in which something is wrong.
    """

    def __init__(self, file: TextFile, content: Mapping[str, Any], faults: list[Fault]) -> None:
        self._file, self._lines, self._content = file, KeyLines(file.text), content
        self.faults, self.broken = faults, set[str]()
        self._refuse_unknown_tables()

    def fault(self, place: Place, message: str) -> None:
        """Add a fault at a place, with its line as far as it can be found."""
        line = self._lines.of(place.table, place.position, place.key)
        if not line and "." in place.table:  # written inline in the table above it
            line = self._lines.of(*_parent(place.table))
        self.faults.append(Fault(self._file.name, line, str(place), message, "key"))
        self.broken.add(place.table)

    def single(self, table: str) -> dict[str, Any]:
        """Return the good entries of a table that stands once."""
        if table == "":
            own = {k: v for k, v in self._content.items() if k in SINGLE[""]}
            return self._checked(own, SINGLE[""], Place(table=""))
        found = self._content.get(table)
        if isinstance(found, Mapping):
            own = {k: v for k, v in found.items() if f"{table}.{k}" not in REPEATED}
            return self._checked(own, SINGLE[table], Place(table=table))
        if found is not None:
            message = f"should be one table; write [{table}] and its keys on the lines below"
            self.fault(Place(table=table), message)
        elif any(key.required for key in SINGLE[table].values()):
            self.fault(Place(table=table), f"the table [{table}] is missing")
        return {}

    def repeated(self, table: str) -> list[dict[str, Any]]:
        """Return the good entries of each table of a kind that may stand several times."""
        found: Any = self._content
        for part in table.split("."):
            found = found.get(part, []) if isinstance(found, Mapping) else []
        if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
            message = f"should be tables; write [[{table}]] above the keys of each"
            self.fault(Place(table=table), message)
            return []
        return [
            self._checked(each, REPEATED[table], Place(table=table, position=position))
            for position, each in enumerate(found)
        ]

    def _refuse_unknown_tables(self) -> None:
        known = [*SINGLE, *(name for name in REPEATED if "." not in name), *SINGLE[""]]
        known.remove("")
        for name in self._content:
            if name not in known:
                what = "table" if isinstance(self._content[name], (Mapping, list)) else "key"
                listed = f"expected one of {', '.join(known)}"
                question = names.did_you_mean(name, known)
                message = f"unknown {what} {shown(name)}{question or '; ' + listed}"
                self.fault(Place(table="", key=name), message)

    def _checked(
        self, content: Mapping[str, Any], keys: Mapping[str, PlanKey], place: Place
    ) -> dict[str, Any]:
        good: dict[str, Any] = {}
        for key, value in content.items():
            message = _wrong(key, value, keys)
            if message:
                at = Place(table=place.table, position=place.position, key=key)
                self.fault(at, message)
            else:
                good[key] = _taken(value, keys[key])
        for key, rule in keys.items():
            if rule.required and key not in content:
                at = Place(table=place.table, position=place.position, key=key)
                self.fault(at, f"{key!r} is missing; expected {_EXPECTED[rule.kind]}")
        return good


def _parent(table: str) -> tuple[str, int, str]:
    above, _, last = table.rpartition(".")
    return above, 0, last


def _wrong(key: str, value: object, keys: Mapping[str, PlanKey]) -> str:
    """Say what is wrong with one entry; empty when nothing is."""
    if key not in keys:
        question = names.did_you_mean(key, keys)
        return f"unknown key {shown(key)}{question or '; expected one of ' + ', '.join(keys)}"
    rule = keys[key]
    parts = value if isinstance(value, list) else [value]
    left = [part for part in parts if isinstance(part, str) and _placeholder(part)]
    if left:
        return f"still holds the placeholder {left[0]}; write {_EXPECTED[rule.kind]}"
    if not _fits(value, rule.kind):
        large = isinstance(value, (int, float)) and abs(value) > _LARGEST
        beyond = ", and no larger than 10**15" if large else ""
        return f"{key} = {shown(value)} should be {_EXPECTED[rule.kind]}{beyond}"
    for part in parts:
        if isinstance(part, str) and not part.strip():
            return f"{key} is empty; expected {_EXPECTED[rule.kind]}"
        if rule.allowed and part not in rule.allowed:
            listed = ", ".join(repr(choice) for choice in rule.allowed)
            question = names.did_you_mean(str(part), rule.allowed)
            return f"{key}: {shown(part)} is not known{question or ';'} expected one of {listed}"
    return ""


def _placeholder(text: str) -> bool:
    return text.startswith("<") and text.endswith(">")


def _fits(value: object, kind: ValueKind) -> bool:
    if kind == "truth":
        return isinstance(value, bool)
    if kind == "text":
        return isinstance(value, str)
    if kind == "whole":
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST
    if kind == "number":
        right = isinstance(value, (int, float)) and not isinstance(value, bool)
        return right and abs(value) <= _LARGEST and not math.isnan(value)  # type: ignore[arg-type]
    one: ValueKind = "text" if kind == "texts" else "number"
    return isinstance(value, list) and all(_fits(part, one) for part in value)


def _taken(value: Any, rule: PlanKey) -> Any:
    if rule.kind == "number":
        return float(value)
    if rule.kind == "numbers":
        return tuple(float(part) for part in value)
    return tuple(value) if rule.kind == "texts" else value
