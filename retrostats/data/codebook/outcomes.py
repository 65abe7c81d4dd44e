"""The outcomes of a codebook, each bound to its instrument."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from retrostats.data.codebook.document import Document, Inline
from retrostats.data.codebook.grammar import KEYS, wrong_name
from retrostats.data.codebook.trial import visit_columns
from retrostats.data.codebook.types import Outcome
from retrostats.data.instrument_catalogue import (
    INSTRUMENT_KEYS,
    instrument_from,
    load_instruments,
    no_fraction,
    no_instrument,
)
from retrostats.data.tables import TableAt
from retrostats.instruments import Change, Instrument

#: Where the values of an outcome stand, by layout; the other two keys are then of no use.
_PLACES = {"long": "column", "redcap": "column", "wide": "columns", "adam": "code"}


def read_outcomes(
    content: list[Any], layout: str | None, visits: tuple[str, ...], document: Document
) -> tuple[Outcome, ...]:
    """Return the outcomes; those with a fault keep their name, so that rules may refer to them.

    Parameters
    ----------
    content
        Of ``[[outcomes]]``.
    layout
        ``None`` where it has a fault, so that nothing can be asked of it.
    visits
        Labels of the visits; empty where they have faults of their own.
    document
        For lines and faults.
    """
    found: list[Outcome] = []
    for entry, where in document.tables("outcomes", content, "name"):
        name = entry["name"]
        wrong = wrong_name(name)
        if wrong:
            document.add(where, "name", f"{name!r} {wrong}")
        if layout is not None:
            _place(entry, layout, where, document)
        instrument = _instrument(entry, where, document)
        columns = entry.get("columns", {})
        found.append(
            Outcome(
                name=name,
                label=entry.get("label") or name.replace("_", " "),
                instrument=instrument or _UNKNOWN,
                column=entry.get("column") or None,
                columns=visit_columns(columns, "columns", visits, where=where, document=document),
                code=entry.get("code") or None,
                smallest_change=_smallest(entry, instrument, where, document),
            )
        )
    return tuple(found)


#: Stands in for an instrument with a fault, until the faults are raised.
_UNKNOWN = Instrument(
    id="", name="", measures="", low=float("-inf"), high=float("inf"), unit="", better="lower"
)


def _place(entry: Mapping[str, Any], layout: str, where: TableAt, document: Document) -> None:
    """Add a fault unless the outcome says where its values stand, in the way of the layout."""
    needed = _PLACES[layout]
    if not entry.get(needed):
        example = {
            "column": 'column = "its column"',
            "columns": 'columns = { baseline = "its column at baseline", ... }',
            "code": 'code = "its PARAMCD"',
        }[needed]
        document.add(where, needed, f"{needed!r} is missing; a {layout} file needs {example}")
    for key in dict.fromkeys(_PLACES.values()):
        if key != needed and key in entry:
            document.add(where, key, f"{key!r} is of no use in a {layout} file; write {needed!r}")


def _instrument(entry: Mapping[str, Any], where: TableAt, document: Document) -> Instrument | None:
    """Return the instrument of the catalogue, or the one described in its place."""
    given = entry.get("instrument")
    if isinstance(given, dict):
        before = len(document.faults)
        inner = Inline(where, "instrument")
        good = document.check(given, INSTRUMENT_KEYS, inner)
        made = instrument_from(good, entry["name"], inner, document.faults)
        return made if len(document.faults) == before else None
    if not given:
        return None
    known = load_instruments()
    if given not in known:
        document.add(where, "instrument", no_instrument(given))
    return known.get(given)


def _smallest(
    entry: Mapping[str, Any], instrument: Instrument | None, where: TableAt, document: Document
) -> Change | None:
    """Return the smallest worthwhile change that the trial declares."""
    if "smallest_change" not in entry:
        return None
    before = len(document.faults)
    inner = Inline(where, "smallest_change")
    good = document.check(entry["smallest_change"], KEYS["smallest_change"], inner)
    value, basis = good.get("value", 1.0), good.get("basis", "absolute")
    span = instrument.high - instrument.low if instrument else float("inf")
    if value <= 0:
        message = f"value = {value:g} must be above 0; the instrument says which way is benefit"
        document.add(inner, "value", message)
    elif basis == "relative" and value >= 1:
        message = f"value = {value:g} is no fraction of baseline; write 0.12 for 12 %"
        document.add(inner, "value", message)
    elif basis == "relative" and instrument is not None and instrument.low < 0:
        document.add(inner, "basis", no_fraction(instrument))
    elif basis == "absolute" and value >= span:
        message = f"value = {value:g} is not below the length of the scale, {span:g}"
        document.add(inner, "value", message)
    if len(document.faults) > before:
        return None
    return Change(
        kind="important",
        quantity="smallest worthwhile change of this trial",
        value=value,
        basis=basis,
        source=good["source"],
    )
