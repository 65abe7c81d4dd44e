"""TOML tables checked against a grammar, every fault with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from retrostats.data.files import TextFile
from retrostats.data.grammar import Key
from retrostats.data.toml_hints import syntax_hint
from retrostats.errors import Fault

_NAMES = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}
#: Whole numbers up to here are exact as floats; nothing in a trial is larger.
_LARGEST = 10**15


class KeyLines:
    """Where each key of a TOML file stands; the parser itself does not tell."""

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str, int, str], int] = {}
        counts: dict[str, int] = {}
        table, position = "", 0
        for number, line in enumerate(_without_blocks(text).split("\n"), start=1):
            header = re.match(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?\s*(#.*)?$", line)
            if header:
                table = header[1]
                position = counts[table] = counts.get(table, -1) + 1
                self._lines[table, position, ""] = number
                self._lines.setdefault((table.split(".")[0], 0, ""), number)
                continue
            key = re.match(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([\w-]+))\s*[=.]", line)
            if key:
                self._lines.setdefault((table, position, key[key.lastindex or 0]), number)

    def of(self, table: str, position: int, key: str = "") -> int:
        """Return the line of a key, or of its table when the key is absent."""
        own = [(table, position, key), (table, position, "")]
        inline = ("", 0, table) if table else (key, 0, "")
        return next((self._lines[at] for at in (*own, inline) if at in self._lines), 0)


def _without_blocks(text: str) -> str:
    """Return ``text`` with every multi-line string emptied, its line breaks kept."""
    block = r'"""(?:\\.|.)*?"""|\'\'\'.*?\'\'\''
    return re.sub(block, lambda match: "''" + "\n" * match[0].count("\n"), text, flags=re.S)


def parse_toml(file: TextFile, faults: list[Fault]) -> dict[str, Any] | None:
    """Parse a file; on a syntax error add a fault and return ``None``."""
    try:
        return tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line = int(place[1]) if place else file.text.rstrip("\n").count("\n") + 1
        what = re.sub(r"\s*\(at .*\)$", "", str(error))
        where = f" at character {place[2]}" if place else " at the end of the file"
        hint = syntax_hint(file.text.split("\n")[line - 1])
        faults.append(Fault(file.name, line, "", f"not valid TOML{where}: {hint or what}"))
    except (RecursionError, ValueError):  # brackets without end; a number of 5000 digits
        message = "brackets are nested too deeply, or a number has thousands of digits"
        faults.append(Fault(file.name, 0, "", message))
    return None


def check_table(
    content: Mapping[str, Any], keys: Mapping[str, Key], *, where: TableAt, faults: list[Fault]
) -> dict[str, Any]:
    """Return the entries of one table that fit the grammar; add a fault for each that does not.

    Parameters
    ----------
    content
        The table as parsed.
    keys
        The grammar: each key with its type, and whether it must be there.
    where
        File, table and position, for the messages.
    faults
        Extended in place.
    """
    good: dict[str, Any] = {}
    for key, value in content.items():
        message = _wrong(key, value, keys)
        if message:
            faults.append(where.fault(key, message))
        else:
            good[key] = float(value) if keys[key].kind is float else value
    for key, rule in keys.items():
        if rule.required and key not in content:
            faults.append(where.fault(key, f"{key!r} is missing; expected {_NAMES[rule.kind]}"))
        elif rule.required and content[key] in ("", []):
            faults.append(where.fault(key, f"{key!r} is empty; expected {_NAMES[rule.kind]}"))
    return good


def _wrong(key: str, value: object, keys: Mapping[str, Key]) -> str:
    """Say what is wrong with one entry; empty when nothing is."""
    if key not in keys:
        return f"unknown key {key!r}; expected one of {', '.join(keys)}"
    rule = keys[key]
    accepted = (int, float) if rule.kind is float else rule.kind
    if not isinstance(value, accepted) or (rule.kind is not bool and isinstance(value, bool)):
        return f"{key} = {shown(value)} should be {_NAMES[rule.kind]}"
    if isinstance(value, (int, float)) and not abs(value) <= _LARGEST:
        return f"{key} = {shown(value)} should be {_NAMES[rule.kind]} of at most 15 digits"
    if rule.allowed and value not in rule.allowed:
        choices = ", ".join(repr(choice) for choice in sorted(rule.allowed))
        return f"{key} = {shown(value)} is not known; expected one of {choices}"
    return ""


def shown(value: object) -> str:
    """Return a TOML value as a message shows it, cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # a hexadecimal number may be too long for decimal digits
        return "a number of thousands of digits"
    return text if len(text) <= 80 else f"{text[:80]}..."


class TableAt:
    """A table of a file, to make faults that say where they are."""

    def __init__(self, file: TextFile, lines: KeyLines, table: str = "", position: int = 0) -> None:
        self._file, self._lines, self.table, self._position = file, lines, table, position

    def fault(self, key: str, message: str) -> Fault:
        """Return a fault at one key of this table."""
        line = self._lines.of(self.table, self._position, key)
        name = ".".join(part for part in (self.table, key) if part)
        return Fault(self._file.name, line, name, message, "key")
