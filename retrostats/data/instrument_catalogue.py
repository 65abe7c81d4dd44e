"""The catalogue of instruments: `instruments.toml`, with the changes known for each in print."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from retrostats.data.catalogue import data_folder
from retrostats.data.files import read_text
from retrostats.data.grammar import DIRECTIONS, NAME, NUMBER, TEXT, Key
from retrostats.data.instrument_papers import paper_from, read_papers
from retrostats.data.printed import Printed
from retrostats.data.tables import KeyLines, TableAt, check_table, parse_toml, shown
from retrostats.errors import DataError, Fault, raise_faults
from retrostats.instruments import Change, Instrument, InstrumentPaper

_FLAG = Key(kind=bool)
#: What an instrument says of itself, in the catalogue and in a codebook alike.
INSTRUMENT_KEYS: Mapping[str, Key] = MappingProxyType(
    {
        "name": NAME,
        "measures": TEXT,
        "low": NUMBER,
        "high": NUMBER,
        "unit": NAME,
        "better": Key(kind=str, required=True, allowed=DIRECTIONS),
        "whole": _FLAG,
        "zero": _FLAG,
        "usual": Key(kind=list),
        "paper": TEXT,
        "doi": TEXT,
    }
)
#: In the catalogue `paper` is the id of one of its papers, which has the DOI.
_CATALOGUE_KEYS = {
    "id": NAME,
    **{key: rule for key, rule in INSTRUMENT_KEYS.items() if key != "doi"},
    "changes": Key(kind=list),
}
_CHANGE_KEYS = {
    "row": NAME,
    "quantity": NAME,
    "population": TEXT,
    "kind": Key(kind=str, required=True, allowed=frozenset({"important", "error"})),
}


@cache
def load_instruments() -> Mapping[str, Instrument]:
    """Return the catalogue by id, in its order.

    Returns
    -------
    Mapping
        Each instrument by its id; it cannot be changed.

    Raises
    ------
    DataError
        With every fault of the bundled files; they are part of the package, so that a fault
        means a damaged installation.

    Examples
    --------
    >>> nrs = load_instruments()["nrs"]
    >>> nrs.name, nrs.better
    ('NRS 0-10', 'lower')
    >>> [(change.quantity, change.value) for change in nrs.changes]
    [('MCID', 2.0), ('MDC95', 1.33)]
    """
    return MappingProxyType(read_instruments(data_folder()))


def find_instrument(name: str) -> Instrument:
    """Return the instrument of an id.

    Raises
    ------
    DataError
        If there is none, with the likeliest ids.
    """
    known = load_instruments()
    if name not in known:
        raise DataError(no_instrument(name))
    return known[name]


def no_instrument(name: str) -> str:
    """Return the message for an id that the catalogue does not have."""
    known = load_instruments()
    wanted = name.lower().replace(" ", "_").replace("-", "_")
    by_name = {instrument.name.lower(): id_ for id_, instrument in known.items()}
    near = get_close_matches(name.lower(), by_name, n=2, cutoff=0.7)
    near = [by_name[match] for match in near] + get_close_matches(wanted, known, n=4)
    starting = [id_ for id_ in known if len(wanted) > 1 and id_.startswith(wanted)]
    likely = list(dict.fromkeys([*starting, *near]))[:6]
    choice = f"did you mean {' or '.join(likely)}?" if likely else f"there are {', '.join(known)}."
    return (
        f"{name!r} is no instrument of the catalogue; {choice} "
        "An instrument of your own is described by a table in its place"
    )


def no_fraction(instrument: Instrument) -> str:
    """Return the message for a change relative to a baseline that may be zero or negative."""
    from_ = "has no lower end" if math.isinf(instrument.low) else f"begins at {instrument.low:g}"
    return (
        f"{instrument.name} {from_}, and a fraction of a negative baseline has no meaning; give "
        "the change in its unit (absolute), or low = 0 where values cannot be negative"
    )


def read_instruments(folder: Path) -> dict[str, Instrument]:
    """Read `instruments.toml` and `measurement_properties.csv` of one folder.

    Parameters
    ----------
    folder
        Holds both files.

    Raises
    ------
    DataError
        With every fault of both files, each with its line.
    """
    faults: list[Fault] = []
    file = read_text(folder / "instruments.toml", faults)
    table = read_text(folder / "measurement_properties.csv", faults)
    content = parse_toml(file, faults) if file else None
    found: dict[str, Instrument] = {}
    if file and table and content is not None:
        lines = KeyLines(file.text)
        here = TableAt(file, lines)
        top = {"papers": Key(kind=list), "instruments": Key(kind=list, required=True)}
        tables = check_table(content, top, where=here, faults=faults)
        listed = enumerate(tables.get("papers", []))
        papers = read_papers(((e, TableAt(file, lines, "papers", i)) for i, e in listed), faults)
        rows = list(csv.DictReader(io.StringIO(table.text)))
        for position, entry in enumerate(tables.get("instruments", [])):
            where = TableAt(file, lines, "instruments", position)
            instrument = _instrument(entry, rows, papers, where=where, faults=faults)
            if instrument and instrument.id in found:
                faults.append(where.fault("id", f"{instrument.id!r} stands twice"))
            if instrument:
                found[instrument.id] = instrument
    raise_faults("the catalogue of instruments", faults)
    return found


def instrument_from(
    entry: dict[str, Any], name: str, where: TableAt, faults: list[Fault]
) -> Instrument | None:
    """Return an instrument from a table whose keys were checked; add a fault where it is none.

    Parameters
    ----------
    entry
        With keys of `INSTRUMENT_KEYS`; those without a value may be absent.
    name
        Its id.
    where
        For the messages.
    faults
        Extended in place.
    """
    before = len(faults)
    low, high = entry.get("low", float("-inf")), entry.get("high", float("inf"))
    if low >= high:
        faults.append(where.fault("high", f"low {low:g} must be below high {high:g}"))
    paper = paper_from(entry, where, faults)
    usual = entry.get("usual")
    if usual is not None:
        numbers = [float(x) for x in usual if isinstance(x, (int, float))]
        if len(numbers) != 2 or len(usual) != 2 or not low <= numbers[0] < numbers[1] <= high:
            expected = "should be two numbers within low and high, the lower first"
            faults.append(where.fault("usual", f"usual = {shown(usual)} {expected}"))
    if len(faults) > before or not {"name", "unit", "better"} <= set(entry):
        return None
    named = {key: entry[key] for key in ("name", "unit", "better", "whole", "zero") if key in entry}
    bounds = None if usual is None else (float(usual[0]), float(usual[1]))
    measures = entry.get("measures", entry["name"])
    return Instrument(
        id=name, low=low, high=high, measures=measures, usual=bounds, paper=paper, **named
    )


def _instrument(
    entry: object,
    rows: list[dict[str, str]],
    papers: Mapping[str, InstrumentPaper],
    *,
    where: TableAt,
    faults: list[Fault],
) -> Instrument | None:
    """Return one instrument of the catalogue with its changes and its paper."""
    if not isinstance(entry, dict):
        faults.append(where.fault("", "write each entry as a [[instruments]] table"))
        return None
    good = check_table(entry, _CATALOGUE_KEYS, where=where, faults=faults)
    bound, paper = good.pop("changes", []), good.pop("paper", "")
    if paper and paper not in papers:
        faults.append(where.fault("paper", f"{paper!r} is no id of a [[papers]] table"))
    changes = tuple(_changes(bound, rows, where, faults))
    made = instrument_from(good, good.get("id", ""), where, faults)
    if made is None or not made.id:
        return None
    if made.low < 0 and any(change.basis == "relative" for change in changes):
        faults.append(where.fault("changes", no_fraction(made)))
    return replace(made, changes=changes, paper=papers.get(paper))


def _changes(
    bound: list[Any], rows: list[dict[str, str]], where: TableAt, faults: list[Fault]
) -> Iterator[Change]:
    """Yield the change that each entry binds to a row of the table."""
    for entry in bound:
        before = len(faults)
        if not isinstance(entry, dict):
            faults.append(where.fault("changes", f"{shown(entry)} should be a table of keys"))
            continue
        good = check_table(entry, _CHANGE_KEYS, where=where, faults=faults)
        if len(faults) > before:
            continue
        matches = [
            row
            for row in rows
            if (row["instrument"], row["quantity"]) == (good["row"], good["quantity"])
            and row["population"] == good.get("population", row["population"])
        ]
        named = f"{good['row']}, {good['quantity']}"
        if len(matches) != 1:
            message = f"{named}: {len(matches)} rows of the table; expected exactly one"
            faults.append(where.fault("changes", message))
            continue
        change = _change(good["kind"], matches[0])
        if change is None:
            message = f"{named}: {matches[0]['printed']!r} is no single value; leave it out"
            faults.append(where.fault("changes", message))
        else:
            yield change


def _change(kind: Any, row: Mapping[str, str]) -> Change | None:
    """Return the change that a row prints; ``None`` where it prints no single value."""
    printed = Printed(row["printed"])
    if not printed.value:
        return None
    relative = printed.unit == "%"
    return Change(
        kind=kind,
        quantity=row["quantity"],
        value=abs(float(printed.value)) / (100 if relative else 1),
        basis="relative" if relative else "absolute",
        population=row["population"],
        source=row["source"],
    )
