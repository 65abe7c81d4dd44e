"""`values.csv`: one printed number a row, checked cell by cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import cast

from retrostats.data import grammar
from retrostats.data.description import Description
from retrostats.data.files import TextFile
from retrostats.data.printed import Printed
from retrostats.data.published import Figure, Kind, split_contrast
from retrostats.data.ranges import out_of_range
from retrostats.errors import DataError, Fault


def read_values(file: TextFile, about: Description, faults: list[Fault]) -> tuple[Figure, ...]:
    """Read and check a `values.csv`.

    Parameters
    ----------
    file
        The file as read.
    about
        The trial's own description: its arms, outcomes and timepoints.
    faults
        Extended in place with every fault, each with its line and column.

    Returns
    -------
    tuple of Figure
        The rows without a fault, in the order of the file.
    """
    reader = RowReader(file, about)
    figures = tuple(figure for figure in reader.figures(faults) if figure is not None)
    faults += _repeated(file.name, figures)
    faults += _broken_intervals(file.name, figures, reader.stated)
    return figures


class RowReader:
    """Turns the rows of one file into figures."""

    def __init__(self, file: TextFile, about: Description) -> None:
        self._file = file
        self._arms = tuple(arm.label for arm in about.arms)
        self._outcomes = {outcome.name: outcome for outcome in about.outcomes}
        self._timepoints = about.timepoints
        self._mark: str = about.top.get("decimal_mark", ".")
        self._review: bool = about.top.get("role", "review") == "review"
        self._unsure = about.unsure
        #: Place and statistic of every row, those with a fault too.
        self.stated: set[tuple[tuple[str, ...], str]] = set()

    def figures(self, faults: list[Fault]) -> Iterator[Figure | None]:
        """Yield one figure a row; ``None`` for a row with a fault."""
        rows = csv.reader(io.StringIO(self._file.text), strict=True)
        start = 1
        header: list[str] | None = None
        while True:
            try:
                cells = next(rows)
            except StopIteration:
                if header is None:
                    message = f"has no header; expected {','.join(grammar.COLUMNS)}"
                    faults.append(Fault(self._file.name, 1, "", message))
                return
            except csv.Error as error:
                message = f"not valid CSV: {error}; look for a stray quotation mark"
                faults.append(Fault(self._file.name, start, "", message))
                return
            line, start = start, rows.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = cells
                wrong = list(self._header(cells, line))
                faults += wrong
                if wrong:
                    return
            elif len(cells) != len(header):
                message = f"has {len(cells)} cells, the header has {len(header)}"
                faults.append(Fault(self._file.name, line, "", message))
            else:
                yield self._figure(dict(zip(header, cells, strict=True)), line, faults)

    def _header(self, cells: list[str], line: int) -> Iterator[Fault]:
        expected = ",".join(grammar.COLUMNS)
        if len(cells) == 1 and cells[0].count(";") >= 2:
            message = f"separates its columns by semicolons; save it with commas: {expected}"
            yield Fault(self._file.name, line, "", message)
            return
        for cell in sorted(set(cells) - set(grammar.COLUMNS)):
            yield Fault(self._file.name, line, cell, f"unknown column; expected {expected}")
        for column in grammar.COLUMNS:
            if cells.count(column) != 1:
                problem = "is missing" if column not in cells else "stands more than once"
                yield Fault(self._file.name, line, column, f"the column {problem}")

    def _figure(self, row: dict[str, str], line: int, faults: list[Fault]) -> Figure | None:
        row = {column: cell.strip() for column, cell in row.items()}
        place = tuple(row[column] for column in ("arm", "outcome", "timepoint", "contrast"))
        self.stated.add((place, row["statistic"]))
        wrong = [Fault(self._file.name, line, *problem) for problem in self._problems(row)]
        printed: Printed | None = None
        try:
            printed = Printed(row["printed"], self._mark)
        except DataError as error:
            wrong.append(Fault(self._file.name, line, "printed", str(error)))
        if printed is not None and not wrong:
            outcome = self._outcomes.get(row["outcome"]) if "outcomes" not in self._unsure else None
            problem = out_of_range(row, printed, outcome)
            wrong += [Fault(self._file.name, line, "printed", problem)] if problem else []
        faults += wrong
        if wrong or printed is None:
            return None
        words = {column: row[column] for column in grammar.COLUMNS if column != "printed"}
        kind = cast(Kind, words.pop("kind"))
        return Figure(printed=printed, kind=kind, line=line, **words)

    def _problems(self, row: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Yield column and message for each word that the grammar does not have."""
        if row["arm"] and not self._knows("arms", row["arm"], self._arms):
            yield "arm", f"{row['arm']!r} is no arm of this trial; expected {_list(self._arms)}"
        known = (*self._outcomes, *sorted(grammar.RESERVED_OUTCOMES))
        if not self._knows("outcomes", row["outcome"], known):
            yield (
                "outcome",
                f"{row['outcome']!r} is no outcome of this trial; expected {_list(known)}",
            )
        if "timepoints" not in self._unsure and not self._is_timepoint(row["timepoint"]):
            yield "timepoint", self._expected_timepoint(row["timepoint"])
        for column, allowed in _VOCABULARY.items():
            if row[column] not in allowed:
                choices = _list(sorted(allowed - {""}))
                small = row[column].lower()
                hint = f"write it {small!r}" if small in allowed else f"expected {choices}"
                yield column, f"unknown {column} {row[column]!r}; {hint}"
        contrast = row["contrast"]
        named = "arms" in self._unsure or not self._arms
        if contrast and not named and split_contrast(contrast, self._arms) is None:
            expected = f"'treated - control' with two of {_list(self._arms)}"
            yield "contrast", f"{contrast!r} does not name two arms; expected {expected}"
        if contrast and row["arm"]:
            yield "contrast", "a row of one arm has no contrast; leave arm or contrast empty"
        if not row["source"]:
            yield "source", "is empty; say where the number stands (abstract, Table 2, ...)"

    def _knows(self, table: str, name: str, names: tuple[str, ...]) -> bool:
        """Whether a name is declared; taken as declared where the table itself has faults."""
        return name in names or table in self._unsure

    def _is_timepoint(self, text: str) -> bool:
        if not text:
            return self._review
        if text in grammar.COUNT_TIMEPOINTS:
            return True
        parts = text.split("/")
        return len(set(parts)) == len(parts) and all(
            part.removeprefix("change ") in self._timepoints
            and part != f"change {self._timepoints[0]}"
            for part in parts
        )

    def _expected_timepoint(self, text: str) -> str:
        times = _list(self._timepoints)
        return (
            f"{text!r} is no timepoint; expected {times}, 'change T' for a change from the first "
            "to T, several joined by '/', or for counts enrolled, randomised, analysed, completed"
        )


_VOCABULARY = {
    "statistic": grammar.STATISTICS,
    "test": grammar.TESTS | {""},
    "kind": grammar.KINDS,
}


def _list(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"


def _repeated(name: str, figures: tuple[Figure, ...]) -> Iterator[Fault]:
    """Yield a fault for each row that says again what an earlier row said."""
    first: dict[tuple[str, ...], int] = {}
    for figure in figures:
        key = (*figure.place, figure.statistic, figure.test or "unstated")
        if key in first:
            message = (
                f"repeats line {first[key]}: same {_list(grammar.COLUMNS[:4])}, contrast and test"
            )
            yield Fault(name, figure.line, "", message)
        first.setdefault(key, figure.line)


def _broken_intervals(
    name: str, figures: tuple[Figure, ...], stated: set[tuple[tuple[str, ...], str]]
) -> Iterator[Fault]:
    """Yield a fault for each limit without partner or estimate, or that runs backwards."""
    limits = {(f.place, f.statistic): f for f in figures if f.statistic in ("ci_low", "ci_high")}
    for (place, statistic), figure in limits.items():
        partner = (place, "ci_high" if statistic == "ci_low" else "ci_low")
        other = limits.get(partner)
        if partner not in stated:
            message = f"{statistic} stands alone; both limits of an interval are needed"
            yield Fault(name, figure.line, "statistic", message)
        elif not any((place, estimate) in stated for estimate in grammar.WITH_INTERVAL):
            message = f"{statistic} belongs to no estimate with its arm, outcome, time and contrast"
            yield Fault(name, figure.line, "statistic", message)
        elif other and statistic == "ci_low" and figure.printed.low > other.printed.high:
            message = f"the interval runs backwards: {figure.printed} to {other.printed}"
            yield Fault(name, figure.line, "printed", message)
