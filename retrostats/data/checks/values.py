"""Rules about single values: numbers, ranges, codes for missing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from retrostats.data.checks.evidence import Evidence, Found
from retrostats.data.checks.missing_codes import missing_like
from retrostats.data.checks.no_numbers import explain_number
from retrostats.data.checks.quantities import Quantity, Verdict
from retrostats.data.checks.unit_slips import explain_outside, slips
from retrostats.data.codebook.types import Outcome
from retrostats.data.cohort.matching import (
    listed,
    parse_number,
    plain,
    shorten,
    show,
    suggestion,
)


def not_a_number(evidence: Evidence) -> Iterator[Found]:
    """Yield each cell that should hold a number and does not."""
    decimal = evidence.cells.table.decimal
    example = f"a number such as 7{decimal}5"
    for quantity, entry in _cells(evidence, Verdict.NOT_A_NUMBER):
        text = quantity.cells.text(entry)
        why, todo = explain_number(text, decimal)
        found = f"{show(text)} is no number{why}"
        yield _found(evidence, quantity, entry, (found, example, todo))


def missing_code(evidence: Evidence) -> Iterator[Found]:
    """Yield each cell that seems to stand for a missing value by a code nobody declared."""
    codes = evidence.codebook.form.missing
    declared = f"the empty cell or {listed(codes)}" if codes else "the empty cell"
    for quantity, entry in _cells(evidence, Verdict.UNDECLARED_MISSING):
        text = quantity.cells.text(entry)
        found = f"{show(text)}{_label(evidence, quantity, entry)} looks like a code for a missing "
        found += "value, and none such is declared"
        todo = "declare it under [file] missing if it is one, and otherwise correct it"
        yield _found(evidence, quantity, entry, (found, f"a value, {declared}", todo))


def outside_range(evidence: Evidence) -> Iterator[Found]:
    """Yield each outcome that its instrument cannot give."""
    todo = "correct it, or empty the cell if the value is lost"
    decimal = evidence.cells.table.decimal
    for quantity, entry in _cells(evidence, Verdict.OUTSIDE_RANGE, "outcome"):
        instrument = evidence.codebook.outcome(quantity.name).instrument
        text = quantity.cells.text(entry)
        typical = _median(evidence, quantity)
        slipped = explain_outside(parse_number(text, decimal), typical, instrument)
        found = f"{show(text)}{_label(evidence, quantity, entry)} is outside the range of "
        found += instrument.name
        found += f"; {slipped}, as the other values are" if slipped else ""
        yield _found(evidence, quantity, entry, (found, _limits(quantity, instrument.unit), todo))


def outside_declared_range(evidence: Evidence) -> Iterator[Found]:
    """Yield each covariate outside the range that the codebook declares."""
    for quantity, entry in _cells(evidence, Verdict.OUTSIDE_RANGE, "covariate"):
        covariate = evidence.codebook.covariate(quantity.name)
        found = f"{show(quantity.cells.text(entry))} is outside the range declared for "
        found += covariate.name
        todo = "correct it, or the range in the codebook"
        yield _found(evidence, quantity, entry, (found, _limits(quantity, covariate.unit), todo))


def negative_adherence(evidence: Evidence) -> Iterator[Found]:
    """Yield each adherence measure below zero."""
    for quantity, entry in _cells(evidence, Verdict.OUTSIDE_RANGE, "adherence"):
        found = f"{show(quantity.cells.text(entry))} is negative"
        todo = "correct it, or empty the cell if the value is lost"
        yield _found(evidence, quantity, entry, (found, "zero or more", todo))


def not_whole(evidence: Evidence) -> Iterator[Found]:
    """Yield each value with decimals where only whole numbers can occur."""
    for quantity, entry in _cells(evidence, Verdict.NOT_WHOLE):
        name = evidence.codebook.outcome(quantity.name).instrument.name
        found = f"{show(quantity.cells.text(entry))} is not whole, and {name} gives whole numbers"
        todo = "correct it, or choose an instrument with decimals in the codebook"
        yield _found(evidence, quantity, entry, (found, "a whole number", todo))


def impossible_zero(evidence: Evidence) -> Iterator[Found]:
    """Yield each zero where zero cannot occur."""
    for quantity, entry in _cells(evidence, Verdict.ZERO):
        name = evidence.codebook.outcome(quantity.name).instrument.name
        found = f"zero cannot occur for {name}; it often stands for a test that was not done"
        todo = "empty the cell if it was not measured, and otherwise correct it"
        yield _found(evidence, quantity, entry, (found, "more than zero", todo))


def unknown_level(evidence: Evidence) -> Iterator[Found]:
    """Yield each category that the codebook does not know."""
    for quantity, entry in _cells(evidence, Verdict.UNKNOWN, "covariate"):
        levels = evidence.codebook.covariate(quantity.name).levels
        values = [value for level in levels for value in level.values]
        text = quantity.cells.text(entry)
        found = f"{show(text)} is no level of {quantity.name}{suggestion(text, values)}"
        todo = "correct it, or declare it under levels of the covariate"
        yield _found(evidence, quantity, entry, (found, f"one of {listed(values)}", todo))


def unit_slip(evidence: Evidence) -> Iterator[Found]:
    """Yield each value that fits its neighbours only after a change of unit."""
    for quantity in evidence.of_kind("outcome"):
        outcome = evidence.codebook.outcome(quantity.name)
        coded = missing_like(evidence, quantity)
        for slip in slips(evidence, quantity):
            if coded[quantity.cells.codes[slip.entry]]:
                continue  # another rule tells it
            found = (
                f"{show(quantity.cells.text(slip.entry))} looks like a slip of the unit: "
                f"{slip.words} it would be {plain(slip.corrected)}"
            )
            expected = f"about {plain(slip.typical)} {outcome.unit}".strip()
            expected += f", as {slip.compared}"
            todo = "check the source, and correct the value if its unit is wrong"
            yield _found(evidence, quantity, slip.entry, (found, expected, todo))


def outside_usual(evidence: Evidence) -> Iterator[Found]:
    """Yield each value that is possible and rare."""
    for quantity in evidence.of_kind("outcome"):
        instrument = evidence.codebook.outcome(quantity.name).instrument
        if instrument.usual is None:
            continue
        low, high = instrument.usual
        if not ((quantity.values < low) | (quantity.values > high)).any():
            continue
        values = quantity.entry_values()
        slipped = {slip.entry for slip in slips(evidence, quantity)}
        slipped.update(np.flatnonzero(missing_like(evidence, quantity)[quantity.cells.codes]))
        expected = f"usually {plain(low)} to {plain(high)} {instrument.unit}".strip()
        for entry in map(int, np.flatnonzero((values < low) | (values > high))):
            found = f"{show(quantity.cells.text(entry))} is unusual for {instrument.name}"
            if entry not in slipped:
                yield _found(evidence, quantity, entry, (found, expected, "check the source"))


def constant_outcome(evidence: Evidence) -> Iterator[Found]:
    """Yield each outcome that has the same value on every row."""
    for quantity in evidence.of_kind("outcome"):
        values = quantity.entry_values()
        sound = values[~np.isnan(values)]
        if len(sound) > 2 and sound.min() == sound.max():
            found = f"all {len(sound)} values of {quantity.name} are {plain(float(sound[0]))}"
            todo = "check how the column was made"
            column = quantity.cells.columns[0]
            yield Found(0, column, "", found, "values that differ between subjects", todo)


def extension_above_flexion(evidence: Evidence) -> Iterator[Found]:
    """Yield each visit at which a joint extends further than it flexes."""
    for flexion, extension in _joint_pairs(evidence):
        bent, straight = evidence.grid(flexion), evidence.grid(extension)
        for subject, visit in zip(*np.nonzero(straight.values > bent.values), strict=True):
            entry = int(straight.entries[subject, visit])
            other = int(bent.entries[subject, visit])
            found = (
                f"{extension.name} {show(extension.cells.text(entry))} exceeds {flexion.name} "
                f"{show(flexion.cells.text(other))} of the same visit"
            )
            expected = "more flexion than extension"
            todo = "check whether the two were swapped"
            yield _found(evidence, extension, entry, (found, expected, todo))


def _joint_pairs(evidence: Evidence) -> Iterator[tuple[Quantity, Quantity]]:
    """Yield flexion and extension of each joint that has both."""
    outcomes = evidence.codebook.outcomes
    bends = [outcome for outcome in outcomes if _moves(outcome, "flexion")]
    straightens = [outcome for outcome in outcomes if _moves(outcome, "extension")]
    for bend in bends:
        named = [s for s in straightens if s.name == bend.name.replace("flexion", "extension")]
        partners = named or (straightens if len(bends) == len(straightens) == 1 else [])
        for partner in partners:
            keys = ("outcome", bend.name), ("outcome", partner.name)
            found = [evidence.quantities[key] for key in keys if key in evidence.quantities]  # type: ignore[index]
            if len(found) == 2:
                yield found[0], found[1]


def _moves(outcome: Outcome, direction: str) -> bool:
    instrument = outcome.instrument
    words = f"{instrument.id} {instrument.name} {instrument.measures}".casefold()
    angle = instrument.unit.casefold().startswith(("degree", "°", "deg"))
    both = "flexion" in words and "extension" in words
    return angle and direction in words and not both


def _cells(evidence: Evidence, verdict: Verdict, *kinds: str) -> Iterator[tuple[Quantity, int]]:
    for quantity in evidence.quantities.values():
        if not kinds or quantity.kind in kinds:
            for entry in quantity.with_verdict(verdict):
                yield quantity, int(entry)


def _found(
    evidence: Evidence, quantity: Quantity, entry: int, clauses: tuple[str, str, str]
) -> Found:
    """Return what was found, expected and what to do, at the place of a cell."""
    cells = quantity.cells
    value = shorten(cells.text(entry))
    return Found(evidence.line(quantity, entry), cells.column_of(entry), value, *clauses)


def _label(evidence: Evidence, quantity: Quantity, entry: int) -> str:
    """Return the value label of a cell in brackets; nothing where it has none."""
    labels = evidence.cells.table.labels.get(quantity.cells.column_of(entry), {})
    text = quantity.cells.text(entry)
    return f" (value label {show(labels[text])})" if text in labels else ""


def _median(evidence: Evidence, quantity: Quantity) -> float:
    values = evidence.grid(quantity).values
    held = values[values > 0]
    return float(np.median(held)) if len(held) else float("nan")


def _limits(quantity: Quantity, unit: str) -> str:
    low, high = quantity.limits.low, quantity.limits.high
    if np.isfinite(low) and np.isfinite(high):
        words = f"{plain(low)} to {plain(high)}"
    else:
        words = f"{plain(low)} or more" if np.isfinite(low) else f"{plain(high)} or less"
    return f"{words} {unit}".strip()
