"""The papers that describe instruments: those of the catalogue, and a codebook's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from retrostats.data.grammar import NAME, TEXT
from retrostats.data.tables import TableAt, check_table, shown
from retrostats.errors import Fault
from retrostats.instruments import InstrumentPaper

_KEYS = {"id": NAME, "text": NAME, "doi": TEXT}
#: As the handbook of DOIs has them; braces and blanks would break a list of references.
_DOI = re.compile(r"10\.\d{4,9}/[^\s{}\\]+")


def read_papers(
    entries: Iterable[tuple[Any, TableAt]], faults: list[Fault]
) -> dict[str, InstrumentPaper]:
    """Return the papers of the catalogue by id; add a fault for each that is none.

    Parameters
    ----------
    entries
        The `[[papers]]` tables as parsed, each with its place for the messages.
    faults
        Extended in place.
    """
    found: dict[str, InstrumentPaper] = {}
    for entry, here in entries:
        if not isinstance(entry, dict):
            faults.append(here.fault("", "write each paper as a [[papers]] table"))
            continue
        good = check_table(entry, _KEYS, where=here, faults=faults)
        paper = paper_from(good | {"paper": good.get("text", "")}, here, faults)
        if paper and good.get("id") in found:
            faults.append(here.fault("id", f"{good['id']!r} stands twice"))
        if paper and "id" in good:
            found[good["id"]] = paper
    return found


def paper_from(
    entry: Mapping[str, Any], where: TableAt, faults: list[Fault]
) -> InstrumentPaper | None:
    """Return the paper of a table with the keys `paper` and `doi`; ``None`` where it has none.

    Parameters
    ----------
    entry
        Its keys were checked.
    where
        For the messages.
    faults
        Extended in place.
    """
    text, doi = entry.get("paper", "").strip(), entry.get("doi", "")
    if doi and not _DOI.fullmatch(doi):
        message = f"doi = {shown(doi)} should begin with 10. and a slash, as 10.1093/ptj/79.4.371"
        faults.append(where.fault("doi", f"{message}; leave out doi: and https://doi.org/"))
        return None
    if doi and not text:
        faults.append(where.fault("doi", "a DOI alone cannot be printed; give 'paper' as well"))
    return InstrumentPaper(text=text, doi=doi) if text else None
