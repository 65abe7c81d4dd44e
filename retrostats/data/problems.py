"""What is wrong with a cohort file: each problem at its place, and all of them together."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from retrostats.errors import DataError
from retrostats.layout import ShownAsSentence
from retrostats.layout.html import preformatted

Severity = Literal["error", "warning"]

#: How many problems of one rule a text shows; the CSV has all of them.
SHOWN = 20
#: Columns of the CSV of problems, in their order.
PROBLEM_COLUMNS = (
    "file",
    "line",
    "column",
    "value",
    "severity",
    "rule",
    "found",
    "expected",
    "what_to_do",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem(ShownAsSentence):
    """One thing wrong with one place of a file.

    Attributes
    ----------
    rule
        Which rule was broken, e.g. ``"outside the range"``.
    severity
        An error keeps the file from being analysed; a warning is told and kept with the results.
    line
        Line of the file on which the record begins, from 1; 0 for the file as a whole.
    column
        As the file names it; empty for the line as a whole.
    value
        As the file writes it; shortened where it is long.
    found, expected, todo
        Three clauses without a full stop.
    """

    rule: str
    severity: Severity
    line: int = 0
    column: str = ""
    value: str = ""
    found: str
    expected: str
    todo: str

    @property
    def place(self) -> str:
        """Where it is: line and column, as far as there are any."""
        line = f"line {self.line}" if self.line else ""
        column = f"column {self.column}" if self.column else ""
        return ", ".join(part for part in (line, column) if part)

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{place}{self.found}; expected {self.expected}. {self.todo}."


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CheckReport:
    """What the rules found in one file; it shows itself as `text`.

    Attributes
    ----------
    file
        Name of the file.
    form
        What it was read as, e.g. ``"CSV, semicolon, decimal comma, UTF-8"``.
    rows
        Rows of data in the file; the header and blank lines do not count.
    problems
        By line, then column.
    notes
        What was found out about the file, in sentences; nothing of it is a problem.
    """

    file: str
    form: str
    rows: int
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return preformatted(self.text())

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the file from being analysed."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What deserves a second look."""
        return tuple(p for p in self.problems if p.severity == "warning")

    def require_no_errors(self) -> None:
        """Raise one `DataError` that lists every error; do nothing when there is none."""
        if self.errors:
            count = _counted(len(self.errors), "error")
            raise DataError(f"{self.file}: {count} found.\n{_listing(self.errors)}")

    def text(self) -> str:
        """Return what a reader of a terminal sees: at most 20 problems of each rule.

        Where there are more than 20 in all, one line for each rule comes first.

        Examples
        --------
        >>> report = CheckReport(file="trial.csv", form="CSV, comma", rows=12, problems=())
        >>> print(report.text())
        trial.csv (CSV, comma; 12 rows): no errors, no warnings.
        """
        rows = _counted(self.rows, "row")
        numbers = f"{_counted(len(self.errors), 'error')}, "
        numbers += _counted(len(self.warnings), "warning")
        lines = [f"{self.file} ({self.form}; {rows}): {numbers}."]
        if len(self.problems) > SHOWN:
            lines += ["In short:", *_by_rule(self.problems)]
        for title, problems in (("Errors", self.errors), ("Warnings", self.warnings)):
            if problems:
                lines += [f"{title}:", _listing(problems)]
        if self.notes:
            lines += ["Notes:", *(f"  - {note}" for note in self.notes)]
        return "\n".join(lines)

    def to_csv(self) -> str:
        """Return the problems as CSV text with a header and a byte order mark."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(PROBLEM_COLUMNS)
        for p in self.problems:
            line = p.line or ""
            cells = (self.file, line, p.column, p.value, p.severity, p.rule, p.found)
            writer.writerow([*cells, p.expected, p.todo])
        return "\ufeff" + text.getvalue()


def _counted(number: int, word: str) -> str:
    return f"{number or 'no'} {word}" + ("" if number == 1 else "s")


def _by_rule(problems: Iterable[Problem]) -> Iterator[str]:
    """Yield one line for each rule that is broken, errors first, the most frequent first."""
    counts = Counter((p.severity, p.rule) for p in problems)
    for (severity, rule), count in sorted(
        counts.items(), key=lambda each: (each[0][0], -each[1], each[0][1])
    ):
        yield f"  - {_counted(count, severity)}: {rule}"


def _listing(problems: Iterable[Problem]) -> str:
    """Return a numbered list; of a rule that is broken often, the first ones and a count."""
    lines: list[str] = []
    counts: dict[str, int] = {}
    for problem in problems:
        counts[problem.rule] = counts.get(problem.rule, 0) + 1
        if counts[problem.rule] <= SHOWN:
            lines.append(f"  {len(lines) + 1}. {problem}")
    for rule, count in counts.items():
        if count > SHOWN:
            lines.append(f"  ... and {count - SHOWN:,} more of the rule: {rule}")
    return "\n".join(lines)
