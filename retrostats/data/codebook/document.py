"""A codebook as it is written: its tables, each checked against the grammar, with lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from retrostats.data.codebook.grammar import KEYS
from retrostats.data.codebook.texts import wrong_texts
from retrostats.data.codebook.values import matching_key, nearest
from retrostats.data.files import TextFile, read_text
from retrostats.data.grammar import Key
from retrostats.data.tables import KeyLines, TableAt, check_table, shown
from retrostats.errors import Fault


@dataclass(slots=True, kw_only=True)
class Document:
    """The file with its lines, and the faults found so far.

    Attributes
    ----------
    file, lines
        The text, and where each key of it stands.
    faults
        Extended by every part that is read.
    positions
        Of each entry of a repeated table, by table and name.
    """

    file: TextFile
    lines: KeyLines
    faults: list[Fault] = field(default_factory=list)
    positions: dict[tuple[str, str], int] = field(default_factory=dict)

    def at(self, table: str = "", position: int = 0) -> TableAt:
        """Return the place of a table, to make faults that say where they are."""
        return TableAt(self.file, self.lines, table, position)

    def add(self, where: TableAt, key: str, message: str) -> None:
        """Add one fault."""
        self.faults.append(where.fault(key, message))

    def check(
        self, content: Mapping[str, Any], keys: Mapping[str, Key], where: TableAt
    ) -> dict[str, Any]:
        """Return the entries that fit the grammar; unknown keys are told with the likeliest."""
        for key in content:
            if key not in keys:
                self.add(where, key, f"unknown key {key!r}; {nearest(key, tuple(keys))}")
        known = {key: value for key, value in content.items() if key in keys}
        for key, value in known.items():
            for message in wrong_texts(value, where.table, key):
                self.add(where, key, message)
        return check_table(known, keys, where=where, faults=self.faults)

    def tables(
        self, name: str, content: list[Any], label: str
    ) -> Iterator[tuple[dict[str, Any], TableAt]]:
        """Yield every ``[[name]]`` table that has a label, checked; a label stands once.

        Parameters
        ----------
        name
            Of the repeated table.
        content
            As parsed.
        label
            The key that names each of them.
        """
        for position, table in enumerate(content):
            where = self.at(name, position)
            if not isinstance(table, dict):
                self.add(where, "", f"{shown(table)}: write each entry as a [[{name}]] table")
                continue
            keys = dict(KEYS[name])
            if isinstance(table.get("instrument"), dict):
                keys["instrument"] = Key(kind=dict, required=True)
            entry = self.check(table, keys, where)
            if not entry.get(label):
                continue
            text = entry[label]
            if text != text.strip():
                self.add(where, label, f"{text!r} has spaces around it; write {text.strip()!r}")
            for other in (other for table, other in self.positions if table == name):
                if other != text and other.casefold() == text.casefold():
                    message = f"{text!r} and {other!r} differ only in capitals; tell them apart"
                    self.add(where, label, message)
            if self.positions.setdefault((name, text), position) != position:
                self.add(where, label, f"{text!r} is declared twice; it stands once")
                continue
            yield entry, where

    def texts(self, entry: Mapping[str, Any], key: str, where: TableAt) -> tuple[str, ...]:
        """Return a list of values as text; whole numbers may stand without quotes.

        Returns
        -------
        tuple of str
            Without those that have a fault.
        """
        found: dict[str, str] = {}
        for value in entry.get(key, ()):
            if isinstance(value, bool) or not isinstance(value, (str, int)):
                message = f"{shown(value)} should be text in quotes, or a whole number"
            elif isinstance(value, str) and (not value or value != value.strip()):
                expected = "text without spaces around it; those of the file do not count either"
                message = f"{shown(value)} should be {expected}"
            elif matching_key(str(value)) in found:
                message = f"{shown(value)} stands twice in the list"
            else:
                found[matching_key(str(value))] = str(value)
                continue
            self.add(where, key, message)
        return tuple(found.values())


class Inline(TableAt):
    """A table written as the value of a key: its faults stand on the line of that key."""

    def __init__(self, outer: TableAt, key: str) -> None:
        self._outer, self._key, self.table = outer, key, key

    def fault(self, key: str, message: str) -> Fault:
        """Return a fault at one key of the inner table."""
        fault = self._outer.fault(self._key, message)
        return replace(fault, column=".".join(part for part in (fault.column, key) if part))


def open_text(path: Path, faults: list[Fault]) -> TextFile | None:
    """Read the text of a codebook; on failure add a fault and return ``None``."""
    try:
        missing = not path.exists()
        empty = path.is_file() and not path.read_bytes().strip()
    except OSError:
        missing = empty = False  # what is wrong is told by the reader below
    if missing or empty:
        what = "the file is missing" if missing else "the file is empty"
        hint = "`retrostats new codebook DATA` writes one to edit, and docs/codebook.md says how"
        faults.append(Fault(path.name, 0, "", f"{what}; {hint}"))
        return None
    found: list[Fault] = []
    try:
        file = read_text(path, found)
    except OSError as error:  # a name that no file can have
        found.append(Fault(path.name, 0, "", f"the file cannot be read: {error.strerror}"))
        file = None
    faults += [replace(fault, file=path.name) for fault in found]
    return replace(file, name=path.name) if file else None
