"""Collects the problems of a file's form, and sums up those that would go on for pages."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from retrostats.data.problems import Problem, Severity

#: Problems of one rule in one column that are listed one by one; the rest are counted.
LISTED = 1000
#: Characters of a value that a message shows.
SHOWN = 60

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def shown(text: str) -> str:
    r"""Return a value as messages show it: shortened, and without characters that do things.

    Examples
    --------
    >>> shown("a\x07b")
    'a\\x07b'
    """
    cut = text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), cut)


class Findings:
    """Problems and notes about the form of one file, in the order in which they are found."""

    def __init__(self) -> None:
        self._problems: list[tuple[int, int, Problem]] = []
        self._counts: Counter[tuple[str, str]] = Counter()
        self._last: dict[tuple[str, str], Problem] = {}
        self.notes: list[str] = []

    def note(self, sentence: str) -> None:
        """Tell something that is no problem."""
        self.notes.append(sentence)

    def error(self, rule: str, *, position: int = -1, **parts: str | int) -> None:
        """Add an error; `parts` are the fields of `Problem`, `position` that of its column."""
        self._add(rule, "error", position, parts)

    def warning(self, rule: str, *, position: int = -1, **parts: str | int) -> None:
        """Add a warning."""
        self._add(rule, "warning", position, parts)

    def room(self, rule: str, column: str = "") -> bool:
        """Whether another problem of this rule in this column would be listed."""
        return self._counts[rule, column] < LISTED

    def count(self, rule: str, column: str, further: int) -> None:
        """Count problems that were found beyond those listed."""
        self._counts[rule, column] += further

    def _add(
        self, rule: str, severity: Severity, position: int, parts: dict[str, str | int]
    ) -> None:
        problem = Problem(rule=rule, severity=severity, **parts)  # type: ignore[arg-type]
        key = rule, problem.column
        if self.room(*key):
            self._problems.append((problem.line, position, problem))
            self._last[key] = problem
        self._counts[key] += 1

    def problems(self) -> tuple[Problem, ...]:
        """Return all problems by line, then column; one that counts the rest comes last."""
        listed = [problem for *_, problem in sorted(self._problems, key=lambda found: found[:2])]
        for key, count in self._counts.items():
            if count > LISTED:
                found = f"{count - LISTED} more of these beside the {LISTED} listed"
                listed.append(replace(self._last[key], line=0, value="", found=found))
        return tuple(listed)
