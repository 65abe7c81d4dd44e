"""What a codebook says of the subjects: covariates, adherence, eligibility and screening."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from retrostats.data.codebook.document import Document, Inline
from retrostats.data.codebook.grammar import KEYS, wrong_name
from retrostats.data.codebook.trial import claim_values
from retrostats.data.codebook.types import Adherence, Covariate, Level, Screening
from retrostats.data.tables import TableAt, shown

_OF_NUMBERS = ("unit", "low", "high")


def read_covariates(content: list[Any], document: Document) -> tuple[Covariate, ...]:
    """Return the covariates; one with a fault in its type is left out."""
    found: list[Covariate] = []
    for entry, where in document.tables("covariates", content, "name"):
        name = entry["name"]
        _check_name(name, where, document)
        kind = entry.get("type")
        levels: tuple[Level, ...] = ()
        if kind == "number":
            _check_number(entry, where, document)
        elif kind == "category":
            levels = _levels(entry, where, document)
        if kind is None:
            continue
        found.append(
            Covariate(
                name=name,
                label=entry.get("label") or name.replace("_", " "),
                column=entry.get("column", ""),
                kind=kind,
                unit=entry.get("unit", ""),
                low=entry.get("low", float("-inf")),
                high=entry.get("high", float("inf")),
                levels=levels,
            )
        )
    return tuple(found)


def _check_name(name: str, where: TableAt, document: Document) -> None:
    wrong = wrong_name(name)
    if wrong:
        document.add(where, "name", f"{name!r} {wrong}")


def _check_number(entry: Mapping[str, Any], where: TableAt, document: Document) -> None:
    if "levels" in entry:
        message = 'a number has no levels; write type = "category" or leave them out'
        document.add(where, "levels", message)
    low, high = entry.get("low", float("-inf")), entry.get("high", float("inf"))
    if low >= high:
        document.add(where, "high", f"low {low:g} must be below high {high:g}")


def _levels(entry: Mapping[str, Any], where: TableAt, document: Document) -> tuple[Level, ...]:
    """Return the levels of a category, each a text or a table of label and values."""
    for key in _OF_NUMBERS:
        if key in entry:
            document.add(where, key, f"a category has no {key}; leave it out")
    content = entry.get("levels", [])
    if len(content) < 2:
        message = 'a category needs two levels or more, e.g. levels = ["female", "male"]'
        document.add(where, "levels", message)
    levels: list[Level] = []
    taken: dict[str, str] = {}
    for item in content:
        level = _level(item, where, document)
        if level is None:
            continue
        if any(level.label == other.label for other in levels):
            document.add(where, "levels", f"{level.label!r} is declared twice; it stands once")
            continue
        claim_values(level.values, level.label, taken, where=where, document=document, key="levels")
        levels.append(level)
    return tuple(levels)


def _level(item: object, where: TableAt, document: Document) -> Level | None:
    if not isinstance(item, dict):
        texts = document.texts({"levels": [item]}, "levels", where)
        return Level(label=texts[0], values=texts) if texts else None
    good = document.check(item, KEYS["levels"], Inline(where, "levels"))
    label = good.get("label")
    if not label:
        return None
    if "values" not in good:
        return Level(label=label, values=(label,))
    if not good["values"]:
        document.add(where, "levels", f"{label!r}: values is empty; list how the file writes it")
    return Level(label=label, values=document.texts(good, "values", where))


def read_adherence(content: list[Any], document: Document) -> tuple[Adherence, ...]:
    """Return the measures of how much treatment a subject took."""
    found: list[Adherence] = []
    for entry, where in document.tables("adherence", content, "name"):
        name = entry["name"]
        _check_name(name, where, document)
        planned = entry.get("planned")
        if planned is not None and planned <= 0:
            message = f"planned = {planned:g} should be above 0, or be left out"
            document.add(where, "planned", message)
        found.append(
            Adherence(
                name=name,
                label=entry.get("label") or name.replace("_", " "),
                column=entry.get("column", ""),
                unit=entry.get("unit", ""),
                planned=planned,
            )
        )
    return tuple(found)


def read_screening(content: Mapping[str, Any], document: Document) -> Screening:
    """Return the numbers of the participant flow that no row of the file shows."""
    where = document.at("screening")
    entry = document.check(content, KEYS["screening"], where)
    assessed = entry.get("assessed")
    if assessed is not None and assessed < 1:
        document.add(where, "assessed", f"assessed = {assessed} should be 1 or more")
    excluded: list[tuple[str, int]] = []
    for reason, number in entry.get("excluded", {}).items():
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            message = f"{reason} = {shown(number)} should be a whole number of people"
            document.add(where, "excluded", message)
        else:
            excluded.append((reason, number))
    total = sum(number for _, number in excluded)
    if assessed is not None and total > assessed:
        message = f"{total} were excluded, but only {assessed} assessed"
        document.add(where, "excluded", message)
    return Screening(assessed=assessed, excluded=tuple(excluded))
