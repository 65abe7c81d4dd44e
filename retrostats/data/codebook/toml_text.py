"""Lines of TOML text: values, guesses that say why, and what is left to decide."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from retrostats.data.open_lines import MARK


def quoted(text: str) -> str:
    """Return a text as a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def listed(texts: Iterable[str]) -> str:
    """Return texts as a TOML list."""
    return "[" + ", ".join(quoted(text) for text in texts) + "]"


def inline(entries: Mapping[str, str]) -> str:
    """Return texts by key as an inline table."""
    pairs = (f"{key(name)} = {quoted(value)}" for name, value in entries.items())
    return "{ " + ", ".join(pairs) + " }"


def key(name: str) -> str:
    """Return a key, in quotes where it needs them."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name, re.A) else quoted(name)


def plain(text: str) -> str:
    """Return a text as a comment shows it: on one line, cut where it is long."""
    line = "".join(c if c.isprintable() else "?" for c in text)
    return line if len(line) <= 120 else f"{line[:119]}…"


def guessed(line: str, why: str) -> str:
    """Return a line that rests on a guess, with what it rests on."""
    return f"{line}  # guessed: {plain(why)}"


def to_decide(line: str, choices: str) -> str:
    """Return a line that is to be filled and freed from its mark."""
    return f"{MARK}{line}  # {plain(choices)}"
