"""How the file is written, who is in which arm, and when: the first half of a codebook."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from retrostats.data.codebook.document import Document
from retrostats.data.codebook.grammar import KEYS
from retrostats.data.codebook.types import Arm, FileForm, FileLayout, Roles, Visit
from retrostats.data.codebook.values import matching_key, nearest
from retrostats.data.tables import TableAt, shown

#: Roles that only an ADaM file has, and which of them it needs.
_ADAM_ROLES = {"parameter": True, "value": True, "base": False, "change": False}


def read_form(content: Mapping[str, Any], document: Document) -> tuple[FileForm, FileLayout | None]:
    """Return how the file is written, and its layout; ``None`` where that has a fault."""
    where = document.at("file")
    entry = document.check(content, KEYS["file"], where)
    for key in ("missing", "leave_out_visits"):
        if key in entry:
            entry[key] = document.texts(entry, key, where)
    if entry.get("leave_out_visits") and entry.get("layout") == "wide":
        document.add(where, "leave_out_visits", "a wide file has no rows of visits to leave out")
    form = FileForm(**entry)
    return form, None if "layout" in content and "layout" not in entry else form.layout


def read_roles(
    content: Mapping[str, Any], layout: str | None, visits: tuple[str, ...], document: Document
) -> Roles:
    """Return which column says who, in which arm, and when.

    Parameters
    ----------
    content
        Of ``[roles]``.
    layout
        ``None`` where it has a fault, so that nothing can be asked of it.
    visits
        Labels of the visits; empty where they have faults of their own.
    document
        For lines and faults.
    """
    where = document.at("roles")
    entry = document.check(content, KEYS["roles"], where)
    for key, value in entry.items():
        if value == "":
            document.add(where, key, f"{key!r} is empty; name a column or leave the key out")
    if layout is not None:
        _roles_of_layout(entry, layout, where, document)
    dates = visit_columns(entry.get("dates", {}), "dates", visits, where=where, document=document)
    return Roles(**{"subject": "", "arm": "", **entry, "dates": dates})


def _roles_of_layout(
    entry: Mapping[str, Any], layout: str, where: TableAt, document: Document
) -> None:
    """Add a fault for each role that the layout needs and lacks, or has and cannot use."""
    if layout == "wide":
        if "visit" in entry:
            message = "a wide file has no visit column; its visits are the columns of outcomes"
            document.add(where, "visit", message)
        if "date" in entry:
            message = 'a wide file has a date a visit; write dates = { "a visit" = "its column" }'
            document.add(where, "date", message)
    else:
        if "visit" not in entry:
            hint = ', e.g. visit = "redcap_event_name"' if layout == "redcap" else ""
            message = f"'visit' is missing; a {layout} file needs its visit column{hint}"
            document.add(where, "visit", message)
        if "dates" in entry:
            message = 'dates are for wide files; write date = "the column of dates"'
            document.add(where, "dates", message)
    for key, needed in _ADAM_ROLES.items():
        if layout == "adam" and needed and key not in entry:
            common = {"parameter": "PARAMCD", "value": "AVAL"}[key]
            message = f"{key!r} is missing; an adam file needs it, e.g. {key} = {common!r}"
            document.add(where, key, message)
        if layout != "adam" and key in entry:
            document.add(where, key, f'{key!r} is only for layout = "adam"')


def read_arms(content: list[Any], document: Document) -> tuple[Arm, ...]:
    """Return the arms, the reference first; faults where they are not told apart."""
    arms: list[Arm] = []
    taken: dict[str, str] = {}
    for entry, where in document.tables("arms", content, "label"):
        label = entry["label"]
        values = _values(entry, where, document)
        claim_values(values, label, taken, where=where, document=document)
        reference = entry.get("reference", False)
        name = entry.get("name") or label
        if reference and any(arm.reference for arm in arms):
            other = next(arm.label for arm in arms if arm.reference)
            message = f"{other!r} is the reference already; exactly one arm has reference = true"
            document.add(where, "reference", message)
        twin = next((arm.label for arm in arms if arm.name == name), None)
        if twin is not None:
            message = f"{name!r} is how readers know {twin!r} already; each arm has its own name"
            document.add(where, "name", message)
        arms.append(Arm(label=label, name=name, values=values, reference=reference))
    top = document.at("arms")
    if len(content) == 1:
        message = "there is one arm; a comparison needs two; write an [[arms]] table for each"
        document.add(top, "", message)
    if len(content) > 1 and not any(_true(table, "reference") for table in content):
        message = "no arm is the reference; write reference = true for the one to compare with"
        document.add(top, "", message)
    return tuple(sorted(arms, key=lambda arm: not arm.reference))


def read_visits(content: list[Any], layout: str | None, document: Document) -> tuple[Visit, ...]:
    """Return the visits by week; faults where there is no baseline or nothing after it."""
    visits: list[Visit] = []
    taken: dict[str, str] = {}
    weeks: dict[float, str] = {}
    for entry, where in document.tables("visits", content, "label"):
        label = entry["label"]
        if layout == "wide" and "values" in entry:
            message = "a wide file has no visit column; leave values out"
            document.add(where, "values", message)
        values = _values(entry, where, document)
        claim_values(values, label, taken, where=where, document=document)
        if "week" not in entry:
            continue
        week = entry["week"]
        if week in weeks:
            message = f"week {week:g} is that of {weeks[week]!r} already; each visit has its own"
            document.add(where, "week", message)
        weeks.setdefault(week, label)
        visits.append(Visit(label=label, week=week, values=values))
    declared = [table.get("week") for table in content if isinstance(table, dict)]
    if content and len(weeks) == len(declared):
        top = document.at("visits")
        if min(weeks) > 0:
            message = "no visit is at week 0 or before; the baseline is the last of those"
            document.add(top, "", message)
        if max(weeks) <= 0:
            message = "no visit is after week 0; there is nothing to compare the arms at"
            document.add(top, "", message)
    return tuple(sorted(visits, key=lambda visit: visit.week))


def claim_values(
    values: tuple[str, ...],
    owner: str,
    taken: dict[str, str],
    *,
    where: TableAt,
    document: Document,
    key: str = "values",
) -> None:
    """Note whose values these are; add a fault for one that belongs to another already.

    Parameters
    ----------
    values
        As the file writes them.
    owner
        The label that they mean.
    taken
        Owner by value; extended in place.
    where, document, key
        For the messages.
    """
    for value in values:
        other = taken.setdefault(matching_key(value), owner)
        if other != owner:
            message = f"{shown(value)} already means {other!r}; a value has one meaning"
            document.add(where, key, message)


def visit_columns(
    content: Mapping[str, Any],
    key: str,
    visits: tuple[str, ...],
    *,
    where: TableAt,
    document: Document,
) -> Mapping[str, str]:
    """Return the column at each visit label of a wide file, without those that have a fault.

    Parameters
    ----------
    content
        Column by visit label.
    key
        Where it stands: ``"columns"`` or ``"dates"``.
    visits
        The labels there are; empty where they have faults of their own.
    where, document
        For the messages.
    """
    good: dict[str, str] = {}
    for label, column in content.items():
        if visits and label not in visits:
            message = f"{label!r} is no visit; {nearest(label, visits)}"
            document.add(where, key, message)
        elif not isinstance(column, str) or not column:
            message = f"{label} = {shown(column)} should be the name of a column"
            document.add(where, key, message)
        else:
            good[label] = column
    return _frozen(good)


def _values(entry: Mapping[str, Any], where: TableAt, document: Document) -> tuple[str, ...]:
    """Return how the file writes an arm or a visit: as listed, else as labelled."""
    if "values" not in entry:
        return (entry["label"],)
    if not entry["values"]:
        document.add(where, "values", "values is empty; list how the file writes it, or leave out")
    return document.texts(entry, "values", where)


def _true(table: object, key: str) -> bool:
    return isinstance(table, dict) and bool(table.get(key))


def _frozen(content: Mapping[str, Any]) -> Mapping[str, str]:
    return MappingProxyType(dict(content))
