"""Lines of a proposed codebook or plan that nobody has decided yet."""

from __future__ import annotations

import re

from retrostats.data.files import TextFile
from retrostats.errors import Fault

#: What such a line begins with, as a comment of TOML.
MARK = "# TO DECIDE: "
_HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?")
_OPEN = re.compile(r"\s*#\s*TO DECIDE\b:?\s*(?:\[\[?\s*)?([\w.-]*)")


def tell_open_lines(file: TextFile, faults: list[Fault]) -> None:
    """Add a fault for each line that is still to decide, and drop those that follow from it.

    A key that is missing because its line is still a comment is told once, at that line.

    Parameters
    ----------
    file
        The text of a codebook or a plan.
    faults
        What was found in it; changed in place.
    """
    table, header = "", 0
    missing: set[tuple[int, str]] = set()
    tables: set[str] = set()
    told: list[Fault] = []
    for number, line in enumerate(file.text.split("\n"), start=1):
        if found := _HEADER.match(line):
            table, header = found[1], number
        elif found := _OPEN.match(line):
            message = f"is still to decide; fill it in and delete the mark '{MARK.strip()}'"
            told.append(Fault(file.name, number, found[1], message, "key"))
            missing.add((header, found[1]))
            tables |= {table, found[1]} - {""}
    if told:
        faults[:] = [each for each in faults if not _follows(each, missing, tables)] + told


def _follows(fault: Fault, missing: set[tuple[int, str]], tables: set[str]) -> bool:
    """Whether a fault is told of a key that is missing, or of a table as a whole."""
    if fault.part != "key":
        return False
    name = re.sub(r"\[\d+\]", "", fault.column)
    return name in tables or (fault.line, name.rpartition(".")[2]) in missing
