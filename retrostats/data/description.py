"""`trial.toml`: the study, its arms, outcomes and timepoints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from retrostats.data.files import TextFile
from retrostats.data.grammar import RESERVED_OUTCOMES, TRIAL_KEYS
from retrostats.data.published import Arm, Outcome
from retrostats.data.tables import KeyLines, TableAt, check_table, parse_toml, shown
from retrostats.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """The checked content of a `trial.toml`.

    Attributes
    ----------
    unsure
        Which of arms, outcomes and timepoints have faults, so that no row can be held
        against them.
    """

    top: dict[str, Any]
    timepoints: tuple[str, ...]
    arms: tuple[Arm, ...]
    outcomes: tuple[Outcome, ...]
    unsure: frozenset[str]


def read_description(file: TextFile, folder: str, faults: list[Fault]) -> Description | None:
    """Read and check a `trial.toml`; ``None`` when it is not TOML.

    Parameters
    ----------
    file
        The file as read.
    folder
        Name of the trial's folder, which `id` must repeat.
    faults
        Extended in place with every fault.
    """
    content = parse_toml(file, faults)
    if content is None:
        return None
    lines = KeyLines(file.text)
    here = TableAt(file, lines)
    top = check_table(content, TRIAL_KEYS[""], where=here, faults=faults)
    if top.get("id", folder) != folder:
        message = f"id {top['id']!r} is not the folder's name {folder!r}; make them equal"
        faults.append(here.fault("id", message))
    unsure: set[str] = {
        name for name in ("arms", "outcomes") if name in content and name not in top
    }
    tables: dict[str, list[dict[str, Any]]] = {}
    for name in _LABELS:
        before = len(faults)
        tables[name] = _tables(name, top.pop(name, []), file, lines, faults)
        unsure |= {name} if len(faults) > before else set()
    before = len(faults)
    timepoints = _timepoints(top.pop("timepoints", []), here, faults)
    unsure |= {"timepoints"} if len(faults) > before or not timepoints else set()
    return Description(
        top=top,
        timepoints=timepoints,
        arms=tuple(Arm(**table) for table in tables["arms"] if "label" in table),
        outcomes=tuple(Outcome(**table) for table in tables["outcomes"] if "name" in table),
        unsure=frozenset(unsure),
    )


#: The key that names each entry of a repeated table.
_LABELS = {"arms": "label", "outcomes": "name"}


def _tables(
    name: str, content: list[Any], file: TextFile, lines: KeyLines, faults: list[Fault]
) -> list[dict[str, Any]]:
    """Check every `[[arms]]` or `[[outcomes]]` table and that their names differ."""
    good: list[dict[str, Any]] = []
    seen: set[str] = set()
    for position, table in enumerate(content):
        where = TableAt(file, lines, name, position)
        if not isinstance(table, dict):
            faults.append(where.fault("", f"write each entry as a [[{name}]] table"))
            continue
        entry = check_table(table, TRIAL_KEYS[name], where=where, faults=faults)
        label = entry.get(_LABELS[name], "")
        if label and label in seen:
            message = f"{label!r} is declared twice; each name stands once"
            faults.append(where.fault(_LABELS[name], message))
        seen.add(label)
        faults += _impossible(entry, where)
        good.append(entry)
    return good


def _impossible(entry: dict[str, Any], where: TableAt) -> Iterable[Fault]:
    """Yield what no arm and no outcome can be."""
    for key in ("n_randomised", "n_analysed", "items"):
        if entry.get(key, 1) < 1:
            yield where.fault(key, f"{key} = {entry[key]} should be 1 or more")
    low, high = entry.get("low"), entry.get("high")
    if low is not None and high is not None and low >= high:
        yield where.fault("high", f"the scale from {low:g} to {high:g} has no length; low < high")
    if entry.get("name") in RESERVED_OUTCOMES:
        yield where.fault("name", f"{entry['name']!r} is a reserved name and needs no declaration")
    if entry.get("items", 1) > 1 and not entry.get("integer"):
        yield where.fault("items", "items is only read together with integer = true")


def _timepoints(content: list[Any], where: TableAt, faults: list[Fault]) -> tuple[str, ...]:
    """Check that the timepoints are distinct plain names."""
    for entry in content:
        if not isinstance(entry, str) or not entry or "/" in entry or entry.startswith("change "):
            expected = "text without '/' that does not start with 'change '"
            message = f"timepoint {shown(entry)} should be {expected}"
            faults.append(where.fault("timepoints", message))
    names = tuple(entry for entry in content if isinstance(entry, str))
    if len(set(names)) < len(names):
        faults.append(where.fault("timepoints", f"{list(names)} repeats a timepoint"))
    return names
