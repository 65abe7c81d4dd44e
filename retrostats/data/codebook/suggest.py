"""A codebook to edit, proposed from a file: every guess is marked, and what is open stays open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from retrostats.data.codebook.binding import bind
from retrostats.data.codebook.grammar import wrong_name
from retrostats.data.codebook.guesses import Guess, SeenVisit, Sketch, looks_like_reference, sketch
from retrostats.data.codebook.placing import Measured, Place, place
from retrostats.data.codebook.seen import Seen, look_at
from retrostats.data.codebook.toml_text import guessed, inline, listed, plain, quoted, to_decide
from retrostats.data.codebook.types import FileForm
from retrostats.data.formats.table import RawTable

_HEAD = """\
# A codebook proposed from {file}. Read every line of it before it is used:
#   - a line that ends in "# guessed: ..." is to be checked;
#   - a line that begins with "# TO DECIDE:" is to be filled, and freed from that mark.
# Until then the codebook is refused. docs/codebook.md explains every key.
"""
#: Units of covariates, by the words of their names.
_UNITS = (("age", "years"), ("bmi", "kg/m²"), ("weight", "kg"), ("mass", "kg"))
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}


def suggest_codebook(path: Path | str) -> str:
    """Propose a codebook for a file, as TOML text to edit.

    Parameters
    ----------
    path
        A cohort file in any form that can be read.

    Returns
    -------
    str
        Guesses are marked ``# guessed: why``; what is open is a line ``# TO DECIDE: ...``, so
        that the text is refused until somebody has decided. It holds no subject identifier.

    Raises
    ------
    DataError
        If there is no table in the file at all.
    """
    from retrostats.data.formats.reading import read_table

    return suggest_from(read_table(path, FileForm()))


def suggest_from(table: RawTable) -> str:
    """Propose a codebook for a table that has been read; see `suggest_codebook`."""
    columns, missing = look_at(table)
    seen = sketch(columns)
    found = place(columns, seen)
    names = _Names()
    parts = [_HEAD.format(file=plain(table.file))]
    parts.append(to_decide('title = ""', "what the trial is called in the report"))
    parts += _file(table, seen, missing)
    parts += _roles(seen, found, {column.name for column in columns})
    parts += _arms(table, columns, seen)
    parts += _visits(seen)
    for outcome in found.outcomes:
        parts += _outcome(outcome, names)
    for column in found.numbers:
        parts += _number(column, names)
    for column in found.categories:
        parts += _category(column, table, names)
    for column in found.adherence:
        parts += _adherence(column, names)
    if found.unplaced:
        parts += ["", "# Columns without a place:"]
        parts += [f"#   {plain(name)}: {plain(why)}" for name, why in found.unplaced]
    return "\n".join(parts) + "\n"


class _Names:
    """Makes names that plans and formulas can use, each once."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def of(self, column: str) -> str:
        """Return a name for a column."""
        name = re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_") or "value"
        name = name if name[0].isalpha() else f"x_{name}"
        name = f"{name}_score" if wrong_name(name) else name
        candidates = (name, *(f"{name}_{i}" for i in range(2, 10_000)))
        name = next(candidate for candidate in candidates if candidate not in self._used)
        self._used.add(name)
        return name


def _file(table: RawTable, seen: Sketch, missing: tuple[str, ...]) -> Iterator[str]:
    yield from ("", "[file]", guessed(f"layout = {quoted(seen.layout)}", seen.why))
    told = [word for word in table.form.split(", ") if word in _DELIMITERS]
    if told:
        yield guessed(f"delimiter = {quoted(_DELIMITERS[told[0]])}", f"read as {table.form}")
        yield guessed(f"decimal = {quoted(table.decimal)}", f"read as {table.form}")
    if missing:
        why = "seen in the file; an empty cell is missing in any case"
        yield guessed(f"missing = {listed(missing)}", why)
    else:
        yield "missing = []  # none was seen; an empty cell is missing in any case"
    if seen.left_out:
        yield guessed(
            f"leave_out_visits = {listed(seen.left_out)}", "not scheduled, by their names"
        )


def _roles(seen: Sketch, found: Place, header: set[str]) -> Iterator[str]:
    yield from ("", "[roles]", _role("subject", seen.subject), _role("arm", seen.arm))
    if seen.visit is not None:
        yield _role("visit", seen.visit)
    if found.date:
        yield guessed(f"date = {quoted(found.date)}", "dates that differ within subjects")
    if found.dates:
        yield guessed(f"dates = {inline(found.dates)}", "dates, one column per visit")
    if found.withdrawal:
        yield guessed(f"withdrawal = {quoted(found.withdrawal)}", "the name")
    if seen.layout == "adam":
        roles = {"parameter": "PARAMCD", "value": "AVAL", "base": "BASE", "change": "CHG"}
        for role, column in roles.items():
            if column in header:
                yield guessed(f"{role} = {quoted(column)}", "the name of the ADaM standard")


def _role(role: str, guess: Guess) -> str:
    if guess.column is not None:
        return guessed(f"{role} = {quoted(guess.column)}", guess.why)
    choices = f"; one of {', '.join(guess.choices)}" if guess.choices else ""
    return to_decide(f'{role} = ""', f"{guess.why}{choices}")


def _arms(table: RawTable, columns: tuple[Seen, ...], seen: Sketch) -> Iterator[str]:
    arm = next((column for column in columns if column.name == seen.arm.column), None)
    if arm is None:
        yield from ("", "# The column of the arms comes first; then a table for each arm:")
        for line in ("[[arms]]", 'label = ""', "reference = true"):
            yield to_decide(line, "as the file writes it; true for the arm to compare with")
        return
    labels = {text: table.label(arm.name, text) for text in arm.texts}
    likely = [text for text in arm.texts if looks_like_reference(labels[text])]
    for text in arm.texts:
        yield from ("", "[[arms]]", f"label = {quoted(labels[text])}")
        if labels[text] != text:
            yield f"values = {listed([text])}"
        elif arm.numbers is not None:
            yield '# name = ""  # what this arm got, in words for the report'
        if likely == [text]:
            yield guessed("reference = true", "the name; the arm that others are compared with")
        elif len(likely) != 1:
            yield to_decide("reference = true", "for one of the arms; delete it in the others")


def _visits(seen: Sketch) -> Iterator[str]:
    if not seen.visits:
        yield from ("", "# A table for each visit:")
        for line in ("[[visits]]", 'label = ""', 'week = "?"'):
            yield to_decide(line, "no visits were found; 0 is the week of the baseline")
    for visit in seen.visits:
        yield from _one_visit(visit, wide=seen.layout == "wide")


def _one_visit(visit: SeenVisit, *, wide: bool) -> Iterator[str]:
    yield from ("", "[[visits]]", f"label = {quoted(visit.label)}")
    if visit.week is None:
        yield to_decide('week = "?"', f"{visit.why}; weeks from randomisation, 0 for baseline")
    else:
        yield guessed(f"week = {visit.week:g}", visit.why)
    if not wide and visit.values != (visit.label,):
        yield f"values = {listed(visit.values)}"


def _outcome(outcome: Measured, names: _Names) -> Iterator[str]:
    values = outcome.values
    yield from ("", "[[outcomes]]", f"name = {quoted(names.of(outcome.name))}")
    binding = bind(outcome.name, values)
    if binding is not None and binding.instrument is not None:
        yield guessed(f"instrument = {quoted(binding.instrument)}", binding.why)
    elif binding is not None and binding.choices:
        choices = f"{binding.why}; one of {', '.join(binding.choices)}"
        yield to_decide('instrument = "?"', choices)
    else:
        numbers = f"values from {values.low:g} to {values.high:g}"
        range_ = numbers if values.numbers is not None else "values that are no numbers, or none"
        why = binding.why if binding is not None else range_
        yield to_decide('instrument = "?"', f"{why}; an id of the catalogue, or a table")
    if outcome.column is not None:
        yield f"column = {quoted(outcome.column)}"
    elif outcome.code is not None:
        yield f"code = {quoted(outcome.code)}"
    else:
        yield guessed(f"columns = {inline(outcome.columns)}", "names that differ by the visit")


def _number(column: Seen, names: _Names) -> Iterator[str]:
    yield from ("", "[[covariates]]", f"name = {quoted(names.of(column.name))}")
    yield f"column = {quoted(column.name)}"
    why = f"one number per subject, from {column.low:g} to {column.high:g}"
    yield guessed('type = "number"', f"{why}; low and high may be added")
    unit = next((unit for word, unit in _UNITS if word in column.name.lower()), None)
    if "height" in column.name.lower():
        unit = "m" if column.high < 3 else "cm"
    if unit:
        yield guessed(f"unit = {quoted(unit)}", "the name and the values")


def _category(column: Seen, table: RawTable, names: _Names) -> Iterator[str]:
    yield from ("", "[[covariates]]", f"name = {quoted(names.of(column.name))}")
    yield f"column = {quoted(column.name)}"
    yield guessed('type = "category"', f"{len(column.texts)} values, one per subject")
    texts = (
        sorted(column.texts, key=lambda text: (len(text), text)) if column.whole else column.texts
    )
    labels = {text: table.label(column.name, text) for text in texts}
    if len(set(labels.values())) == len(labels) and any(k != v for k, v in labels.items()):
        levels = (f"{{ label = {quoted(v)}, values = {listed([k])} }}" for k, v in labels.items())
        yield f"levels = [{', '.join(levels)}]"
        return
    yield guessed(
        f"levels = {listed(texts)}", "as the file writes them; the first is the reference"
    )


def _adherence(column: Seen, names: _Names) -> Iterator[str]:
    yield from ("", "[[adherence]]", f"name = {quoted(names.of(column.name))}")
    yield guessed(f"column = {quoted(column.name)}", f"the name; up to {column.high:g}")
    yield "# planned = 0  # how many were planned, where that is known"
