"""Rules about who, in which arm and when: what every row must say before its values count."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from retrostats.data.checks.evidence import Evidence, Found
from retrostats.data.checks.quantities import Verdict
from retrostats.data.cohort.cells import Cells, Integers, positions
from retrostats.data.cohort.matching import listed, missing_texts, shorten, show, suggestion


def subject_empty(evidence: Evidence) -> Iterator[Found]:
    """Yield each row that does not say whom it is about."""
    cells = evidence.cells.subject
    if cells is None:
        return
    for entry in _readable(evidence, cells, np.flatnonzero(cells.entries.subjects < 0)):
        yield Found(
            evidence.cells.line(cells, entry),
            evidence.codebook.roles.subject,
            cells.text(entry),
            "the subject is empty",
            "an identifier on every row",
            "write whom the row is about, or delete the row",
        )


def visit_empty(evidence: Evidence) -> Iterator[Found]:
    """Yield each row that does not say at which visit it was measured."""
    cells = evidence.cells.visit
    if cells is None:
        return
    for entry in _readable(evidence, cells, _unknown_visits(evidence, cells, empty=True)):
        yield Found(
            evidence.cells.line(cells, entry),
            evidence.codebook.roles.visit or "",
            cells.text(entry),
            "the visit is empty",
            f"one of {listed(_visit_values(evidence))}",
            "write the visit, or delete the row",
        )


def unknown_visit(evidence: Evidence) -> Iterator[Found]:
    """Yield each row whose visit the codebook does not know."""
    cells = evidence.cells.visit
    if cells is None:
        return
    values = _visit_values(evidence)
    for entry in _readable(evidence, cells, _unknown_visits(evidence, cells, empty=False)):
        text = cells.text(entry)
        yield Found(
            evidence.cells.line(cells, entry),
            evidence.codebook.roles.visit or "",
            shorten(text),
            f"{show(text)} is no visit of the codebook{suggestion(text, values)}",
            f"one of {listed(values)}",
            "correct it, declare it under [[visits]], or leave such rows out with "
            "leave_out_visits under [file]",
        )


def arm_empty(evidence: Evidence) -> Iterator[Found]:
    """Yield each row (REDCap: each subject) without an arm."""
    quantity = evidence.quantities.get(("arm", "arm"))
    if quantity is None:
        return
    column, values = evidence.codebook.roles.arm, _arm_values(evidence)
    todo = "write the arm to which the subject was randomised"
    if evidence.codebook.form.layout != "redcap":
        for entry in quantity.with_verdict(Verdict.MISSING):
            text = quantity.cells.text(int(entry))
            line = evidence.line(quantity, int(entry))
            yield Found(line, column, text, "the arm is empty", f"one of {listed(values)}", todo)
        return
    told = np.zeros(len(evidence.members), dtype=bool)
    named = quantity.cells.entries.subjects[quantity.with_verdict(Verdict.UNKNOWN)]
    told[named[named >= 0]] = True
    lacking = evidence.members & np.isnan(evidence.facts["arm", "arm"].values) & ~told
    for subject in np.flatnonzero(lacking):
        line = evidence.first_line(int(subject))
        found = "the arm of this subject is empty on every event"
        yield Found(line, column, "", found, f"one of {listed(values)} on one of them", todo)


def unknown_arm(evidence: Evidence) -> Iterator[Found]:
    """Yield each row whose arm the codebook does not know."""
    quantity = evidence.quantities.get(("arm", "arm"))
    if quantity is None:
        return
    values = _arm_values(evidence)
    for entry in quantity.with_verdict(Verdict.UNKNOWN):
        text = quantity.cells.text(int(entry))
        yield Found(
            evidence.line(quantity, int(entry)),
            evidence.codebook.roles.arm,
            shorten(text),
            f"{show(text)} is no arm of the codebook{suggestion(text, values)}",
            f"one of {listed(values)}",
            "correct it, or declare it under [[arms]]",
        )


def repeated_visit(evidence: Evidence) -> Iterator[Found]:
    """Yield each row about a subject and visit that an earlier row is about already."""
    for cells, entry, first in _repeats(evidence):
        if _same_rows(evidence, cells, entry, first):
            continue
        line = evidence.cells.line(cells, first)
        wide = evidence.codebook.form.layout == "wide"
        yield Found(
            evidence.cells.line(cells, entry),
            cells.column_of(entry),
            "" if wide else shorten(cells.text(entry)),
            f"the subject of this row has {_already(evidence)} on line {line} already",
            _unique(evidence),
            f"decide which of lines {line} and {evidence.cells.line(cells, entry)} is right",
        )


def identical_rows(evidence: Evidence) -> Iterator[Found]:
    """Yield each row that repeats an earlier one in every cell."""
    for cells, entry, first in _repeats(evidence):
        if not _same_rows(evidence, cells, entry, first):
            continue
        yield Found(
            evidence.cells.line(cells, entry),
            "",
            "",
            f"the row is the same as line {evidence.cells.line(cells, first)} in every cell",
            _unique(evidence),
            "delete one of the two",
        )


def _already(evidence: Evidence) -> str:
    words = {"wide": "a row", "adam": "a value of this parameter at this visit"}
    return words.get(evidence.codebook.form.layout, "a row of this visit")


def _unique(evidence: Evidence) -> str:
    words = {"wide": "one row per subject", "adam": "one row per subject, visit and parameter"}
    return words.get(evidence.codebook.form.layout, "one row per subject and visit")


def _repeats(evidence: Evidence) -> Iterator[tuple[Cells, int, int]]:
    """Yield the later cells of a subject and visit, each with the first."""
    for cells in evidence.cells.occasions:
        known, places = positions(cells.entries, evidence.n_visits)
        first = np.full(len(evidence.cells.ids) * evidence.n_visits, -1, dtype=np.intp)
        first[places[::-1]] = known[::-1]
        earlier = first[places]
        for at in np.flatnonzero(earlier != known):
            yield cells, int(known[at]), int(earlier[at])


def _same_rows(evidence: Evidence, cells: Cells, entry: int, first: int) -> bool:
    rows: Integers = cells.entries.rows
    one, other = rows[entry], rows[first]
    return all(column[one] == column[other] for column in evidence.cells.table.columns)


def _readable(evidence: Evidence, cells: Cells, entries: Integers) -> Iterator[int]:
    """Yield the cells whose row the reader of the file could take apart."""
    broken = {
        problem.line
        for problem in evidence.cells.table.problems
        if problem.severity == "error" and not problem.column
    }
    for entry in map(int, entries):
        if evidence.cells.line(cells, entry) not in broken:
            yield entry


def _unknown_visits(evidence: Evidence, cells: Cells, *, empty: bool) -> Integers:
    unknown = cells.entries.visits < 0
    if not unknown.any():
        return np.empty(0, dtype=np.intp)
    blank = missing_texts(cells.texts, evidence.codebook.form.missing)[cells.codes]
    return np.flatnonzero(unknown & (blank if empty else ~blank))


def _visit_values(evidence: Evidence) -> list[str]:
    return [value for visit in evidence.codebook.visits for value in visit.values]


def _arm_values(evidence: Evidence) -> list[str]:
    return [value for arm in evidence.codebook.arms for value in arm.values]
