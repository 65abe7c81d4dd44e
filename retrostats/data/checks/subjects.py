"""Rules about subjects: what stays the same within one, and what each of them needs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from retrostats.data.checks.evidence import Evidence, Found, missing_at
from retrostats.data.checks.quantities import Quantity, Verdict
from retrostats.data.cohort.cells import Flags, Integers
from retrostats.data.cohort.matching import plain, shorten, show


def arm_changes(evidence: Evidence) -> Iterator[Found]:
    """Yield each row that puts a subject into another arm than its first row."""
    for quantity in evidence.of_kind("arm"):
        for entry, first in _changes(evidence, quantity):
            found = _differs(evidence, quantity, entry, first)
            todo = "correct the arm, or the subject if two people share an identifier"
            yield _at(evidence, quantity, entry, (found, "one arm per subject", todo))


def fact_changes(evidence: Evidence) -> Iterator[Found]:
    """Yield each row whose covariate, adherence or reason to leave differs from the first."""
    for quantity in evidence.of_kind("covariate", "adherence", "withdrawal"):
        for entry, first in _changes(evidence, quantity):
            found = _differs(evidence, quantity, entry, first)
            expected = f"one value of {quantity.name} per subject"
            todo = "correct it, or keep in the column what was known first"
            yield _at(evidence, quantity, entry, (found, expected, todo))


def arm_too_small(evidence: Evidence) -> Iterator[Found]:
    """Yield each arm of fewer than two subjects."""
    fact = evidence.facts.get(("arm", "arm"))
    if fact is None or np.isnan(fact.values[evidence.members]).any() or not evidence.members.any():
        return
    arms = evidence.codebook.arms
    sizes = np.bincount(fact.values[evidence.members].astype(np.intp), minlength=len(arms))
    for arm, size in zip(arms, sizes, strict=True):
        if size < 2:
            count = "1 subject" if size == 1 else "no subject"
            yield Found(
                0,
                evidence.codebook.roles.arm,
                arm.label,
                f"arm {show(arm.label)} has {count}",
                "two subjects or more in every arm",
                "check the values of the arm in the codebook, or take the arm out of it",
            )


def no_baseline(evidence: Evidence) -> Iterator[Found]:
    """Yield each subject without any row (wide: value) at baseline."""
    label = evidence.codebook.baseline.label
    for subject in np.flatnonzero(_lacking(evidence)):
        yield Found(
            _line_at_baseline(evidence, int(subject)),
            evidence.codebook.roles.visit or "",
            "",
            f"the subject of this row has nothing at {label}",
            f"values at {label} for every subject",
            "add them if they were measured; analyses that adjust for baseline leave it out",
        )


def baseline_missing(evidence: Evidence) -> Iterator[Found]:
    """Yield each outcome that a subject lacks at baseline."""
    at, label = evidence.baseline, evidence.codebook.baseline.label
    present = evidence.members & ~_lacking(evidence)
    todo = "add it if it was measured; analyses that adjust for baseline leave the subject out"
    for quantity in evidence.of_kind("outcome"):
        name = quantity.name
        if not len(quantity.cells.codes):
            continue  # without any row of it: another rule tells that
        grid = evidence.grid(quantity)
        lacking = present & missing_at(quantity, grid, at)
        if present.any() and (lacking == present).all():
            found = f"{name} has no value at {label}"
            columns = quantity.cells.columns
            wide = evidence.codebook.outcome(name).columns.get(label, columns[0])
            column = wide if evidence.codebook.form.layout == "wide" else columns[0]
            yield Found(0, column, "", found, f"values at {label}", "add them if they exist")
            continue
        for subject in np.flatnonzero(lacking):
            entry = int(grid.entries[subject, at])
            found, expected = f"{name} is missing at {label}", "a value for every subject"
            if entry >= 0:
                yield _at(evidence, quantity, entry, (found, expected, todo))
            else:
                line = evidence.first_line(int(subject))
                yield Found(line, quantity.cells.columns[0], "", found, expected, todo)


def one_row_only(evidence: Evidence) -> Iterator[Found]:
    """Yield each subject seen at one visit only without a reason: perhaps a slip of its name."""
    if evidence.codebook.form.layout == "wide" or evidence.n_visits < 2:
        return
    once = evidence.members & (evidence.seen.sum(axis=1) == 1)
    for reason in evidence.of_kind("withdrawal"):
        once &= np.isnan(evidence.facts[reason.kind, reason.name].values)
    for subject in np.flatnonzero(once):
        yield Found(
            evidence.first_line(int(subject)),
            evidence.codebook.roles.subject,
            "",
            "the subject of this row is seen at this visit only",
            f"up to {evidence.n_visits} visits",
            "check the spelling of the identifier; if the subject left early, a reason under "
            "withdrawal says so",
        )


def adherence_above_planned(evidence: Evidence) -> Iterator[Found]:
    """Yield each adherence measure above what was planned."""
    for measure in evidence.codebook.adherence:
        quantity = evidence.quantities.get(("adherence", measure.name))
        if quantity is None or measure.planned is None:
            continue
        values = quantity.entry_values()
        for entry in map(int, np.flatnonzero(values > measure.planned)):
            expected = f"up to {plain(measure.planned)} {measure.unit}".strip()
            found = f"{show(quantity.cells.text(entry))} is more than was planned"
            yield _at(evidence, quantity, entry, (found, expected, "check the source"))


def not_eligible(evidence: Evidence) -> Iterator[Found]:
    """Yield each subject who does not meet a rule of eligibility."""
    from retrostats.data.rules import meets

    if not evidence.codebook.eligibility or not evidence.members.any():
        return
    who, subjects = evidence.subjects()
    for rule in evidence.codebook.eligibility:
        if rule.name not in subjects:
            continue
        unmet = who[~meets(rule, subjects)]
        for subject in unmet[~_unsound(evidence, rule.name)[unmet]]:
            line, column, value = _asked(evidence, rule.name, int(subject))
            if not value and ("outcome", rule.name) in evidence.grids:
                continue  # a value missing at baseline is told already
            what = f"{rule.name} is {value}" if value else f"{rule.name} is missing"
            yield Found(
                line,
                column,
                value,
                f"{what}, so that the subject does not meet the rule of eligibility",
                rule.text,
                "check the source; the subject stays in the trial, as randomised",
            )


def _asked(evidence: Evidence, name: str, subject: int) -> tuple[int, str, str]:
    """Return line, column and text of what a rule asks about."""
    for quantity in evidence.of_kind("covariate", "adherence", "outcome"):
        if quantity.name == name:
            key = quantity.kind, quantity.name
            entry = (
                evidence.grids[key].entries[subject, evidence.baseline]
                if key in evidence.grids
                else evidence.facts[key].entries[subject]
            )
            if entry >= 0:
                at = int(entry)
                line, column = evidence.line(quantity, at), quantity.cells.column_of(at)
                sound = quantity.verdicts[quantity.cells.codes[at]] == Verdict.SOUND
                return line, column, shorten(quantity.cells.text(at)) if sound else ""
            return evidence.first_line(subject), quantity.cells.columns[0], ""
    return evidence.first_line(subject), "", ""


def _unsound(evidence: Evidence, name: str) -> Flags:
    """Return which subjects have a faulty value of a quantity; another rule tells it."""
    unsound = np.zeros(len(evidence.members), dtype=bool)
    for quantity in evidence.of_kind("covariate", "adherence", "outcome"):
        if quantity.name == name and len(quantity.verdicts):
            faulty = (quantity.verdicts > Verdict.MISSING)[quantity.cells.codes]
            if quantity.blamed is not None:
                faulty |= quantity.blamed
            subjects = quantity.cells.entries.subjects[faulty]
            unsound[subjects[subjects >= 0]] = True
    return unsound


def _line_at_baseline(evidence: Evidence, subject: int) -> int:
    for quantity in evidence.of_kind("outcome"):
        entry = int(evidence.grid(quantity).entries[subject, evidence.baseline])
        if entry >= 0:
            return evidence.line(quantity, entry)
    return evidence.first_line(subject)


def _lacking(evidence: Evidence) -> Flags:
    """Return the members who have nothing at baseline."""
    lacking = evidence.members & ~evidence.seen[:, evidence.baseline]
    if evidence.codebook.form.layout == "wide":
        for quantity in evidence.of_kind("outcome"):
            lacking &= missing_at(quantity, evidence.grid(quantity), evidence.baseline)
        return lacking
    held = [quantity for quantity in evidence.of_kind("outcome") if len(quantity.cells.codes)]
    empty = evidence.members & ~lacking & bool(held)
    for quantity in held:
        empty &= missing_at(quantity, evidence.grid(quantity), evidence.baseline)
    everyone = (empty == evidence.members & ~lacking).all()  # told of each outcome, once
    return lacking if everyone else lacking | empty


def _changes(evidence: Evidence, quantity: Quantity) -> Iterator[tuple[int, int]]:
    """Yield the cells that differ from the first of their subject, each with that first one."""
    values = quantity.entry_values()
    subjects: Integers = quantity.cells.entries.subjects
    fact = evidence.facts[quantity.kind, quantity.name]
    if not len(fact.values):
        return
    differs = (values != fact.values[subjects]) & ~np.isnan(values) & (subjects >= 0)
    for entry in np.flatnonzero(differs):
        yield int(entry), int(fact.entries[subjects[entry]])


def _differs(evidence: Evidence, quantity: Quantity, entry: int, first: int) -> str:
    here, there = quantity.cells.text(entry), quantity.cells.text(first)
    line = evidence.line(quantity, first)
    return f"{quantity.name} is {show(here)} here and {show(there)} on line {line}"


def _at(evidence: Evidence, quantity: Quantity, entry: int, clauses: tuple[str, str, str]) -> Found:
    cells = quantity.cells
    value = shorten(cells.text(entry))
    return Found(evidence.line(quantity, entry), cells.column_of(entry), value, *clauses)
