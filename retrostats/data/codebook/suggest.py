"""A codebook to edit, proposed from a file: every guess is marked, and what is open stays open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from retrostats.data.codebook.guesses import Guess, Sketch, looks_like_reference, sketch
from retrostats.data.codebook.placing import Place, place
from retrostats.data.codebook.schedule import SeenVisit, events_without_outcome
from retrostats.data.codebook.seen import Seen, look_at
from retrostats.data.codebook.spellings import Slips, without_slips
from retrostats.data.codebook.suggested_tables import (
    Names,
    adherence_table,
    category_table,
    distinct_values,
    number_table,
    outcome_table,
    slip_lines,
)
from retrostats.data.codebook.toml_text import guessed, inline, listed, plain, quoted, to_decide
from retrostats.data.codebook.types import FileForm, FileLayout
from retrostats.data.formats.table import RawTable

_HEAD = """\
# A codebook proposed from {file}. Read every line of it before it is used:
#   - a line that ends in "# guessed: ..." is to be checked;
#   - a line that begins with "# TO DECIDE:" is to be filled, and freed from that mark.
# Until then the codebook is refused. docs/codebook.md explains every key.
"""
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}


def suggest_codebook(
    path: Path | str, *, layout: FileLayout | None = None, form: FileForm | None = None
) -> str:
    """Propose a codebook for a file, as TOML text to edit.

    Parameters
    ----------
    path
        A cohort file in any form that can be read.
    layout
        Where you know it; ``None`` to have it guessed.
    form
        Encoding, sheet, delimiter and decimal mark where you know them; what is ``None`` is
        detected. What you give is written under ``[file]``.

    Returns
    -------
    str
        Guesses are marked ``# guessed: why``; what is open is a line ``# TO DECIDE: ...``, so
        that the text is refused until somebody has decided. It holds no subject identifier.

    Raises
    ------
    DataError
        If there is no table in the file at all, or it is not of the form that is given.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> proposed = rs.suggest_codebook(folder / "cohort.csv").splitlines()
    >>> print(next(line for line in proposed if line.startswith("arm =")))
    arm = "group"  # guessed: the name; 3 values, one per subject
    >>> print(next(line for line in proposed if line.startswith("# TO DECIDE: title")))
    # TO DECIDE: title = ""  # what the trial is called in the report
    """
    from retrostats.data.formats.reading import read_table

    given = form or FileForm()
    return suggest_from(read_table(path, given), layout=layout, form=given)


def suggest_from(
    table: RawTable, *, layout: FileLayout | None = None, form: FileForm | None = None
) -> str:
    """Propose a codebook for a table that has been read; see `suggest_codebook`."""
    looked_at, missing = look_at(table)
    columns, slips = without_slips(looked_at)
    seen = sketch(columns, layout)
    found = place(columns, seen)
    seen = _without_empty_events(columns, seen, found)
    names = Names()
    parts = [_HEAD.format(file=plain(table.file))]
    parts += [*(f"# {plain(note)}" for note in table.notes), ""] if table.notes else []
    parts.append(to_decide('title = ""', "what the trial is called in the report"))
    parts += _file(table, seen, form or FileForm())
    parts += _missing(missing, _words(looked_at, seen, found))
    if seen.left_out:
        why = "not scheduled by their names, or without any value of an outcome"
        parts.append(guessed(f"leave_out_visits = {listed(seen.left_out)}", why))
    parts += _roles(seen, found, {column.name for column in columns})
    parts += _arms(table, columns, seen, slips)
    parts += _visits(seen)
    for outcome in found.outcomes:
        parts += outcome_table(outcome, names)
    for column in found.numbers:
        parts += number_table(column, names)
    for column in found.categories:
        parts += category_table(column, table, names, slips)
    for column in found.adherence:
        parts += adherence_table(column, names)
    if found.unplaced:
        parts += ["", "# Columns without a place:"]
        parts += [f"#   {plain(name)}: {plain(why)}" for name, why in found.unplaced]
    return "\n".join(parts) + "\n"


def _without_empty_events(columns: tuple[Seen, ...], seen: Sketch, found: Place) -> Sketch:
    """Leave out the events of a REDCap file at which no outcome was taken, such as enrolment."""
    when = next((c for c in columns if seen.visit and c.name == seen.visit.column), None)
    if seen.layout != "redcap" or when is None:
        return seen
    empty = events_without_outcome(when, [outcome.values for outcome in found.outcomes])
    kept = tuple(visit for visit in seen.visits if not set(visit.values) <= set(empty))
    left_out = (*seen.left_out, *(event for event in empty if event not in seen.left_out))
    return replace(seen, visits=kept, left_out=left_out)


def _file(table: RawTable, seen: Sketch, form: FileForm) -> Iterator[str]:
    layout = f"layout = {quoted(seen.layout)}"
    yield from ("", "[file]", guessed(layout, seen.why) if seen.why else layout)
    told = [word for word in table.form.split(", ") if word in _DELIMITERS]
    read = {
        "encoding": None,
        "sheet": table.sheet or None,
        "delimiter": _DELIMITERS[told[0]] if told else None,
        "decimal": table.decimal if told else None,
    }
    for key, value in read.items():
        declared = getattr(form, key)
        if declared is not None:
            yield f"{key} = {quoted(declared)}"
        elif value is not None:
            yield guessed(f"{key} = {quoted(value)}", f"read as {table.form}")


def _words(columns: tuple[Seen, ...], seen: Sketch, found: Place) -> dict[str, int]:
    """Return the words that stand among numbers, and how often; never those of subjects."""
    if seen.subject.column is None:
        return {}
    private = {seen.subject.column, *(name for name, _ in found.unplaced)}
    words: dict[str, int] = {}
    for column in columns:
        for word, rows in column.words.items() if column.name not in private else ():
            words[word] = words.get(word, 0) + rows
    return words


def _missing(codes: tuple[str, ...], words: dict[str, int]) -> Iterator[str]:
    """Yield the line of the missing codes; words that only may be some are left to decide."""
    if words:
        counts = ", ".join(f"{word!r} ({rows} times)" for word, rows in words.items())
        yield f"# Words among numbers: {plain(counts)}. Keep in the list those that mean no value."
        yield to_decide(f"missing = {listed((*codes, *words))}", "an empty cell is missing anyway")
    elif codes:
        why = "seen in the file; an empty cell is missing in any case"
        yield guessed(f"missing = {listed(codes)}", why)
    else:
        yield "missing = []  # no usual code was seen; an empty cell is missing anyway"


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
            elif role in ("parameter", "value"):
                yield to_decide(f'{role} = ""', f"the file has no column {column}")


def _role(role: str, guess: Guess) -> str:
    if guess.column is not None:
        return guessed(f"{role} = {quoted(guess.column)}", guess.why)
    choices = f"; one of {', '.join(guess.choices)}" if guess.choices else ""
    return to_decide(f'{role} = ""', f"{guess.why}{choices}")


def _arms(table: RawTable, columns: tuple[Seen, ...], seen: Sketch, slips: Slips) -> Iterator[str]:
    arm = next((column for column in columns if column.name == seen.arm.column), None)
    if arm is None:
        yield ""
        yield "# The column of the arms comes first; then a table for each arm."
        yield "# If that column stands among the covariates below, delete its table there."
        yield to_decide("[[arms]]", "these three lines for each arm, two arms at least")
        yield to_decide('label = ""', "the arm as the file writes it")
        yield to_decide("reference = true", "for the arm to compare with; delete it in the others")
        return
    texts = distinct_values(arm, table.decimal)
    labels = {text: table.label(arm.name, text) for text in texts}
    likely = [text for text in texts if looks_like_reference(labels[text])]
    for text in texts:
        yield from ("", "[[arms]]", f"label = {quoted(labels[text])}")
        why = "what this arm got, in words for the report"
        if labels[text] == text and arm.numbers is not None:
            yield to_decide('name = ""', why)
        else:
            yield guessed(f"name = {quoted(labels[text])}", f"the label; {why}")
        if labels[text] != text:
            yield f"values = {listed([text])}"
        if likely == [text]:
            yield guessed("reference = true", "the name; the arm that others are compared with")
        elif len(likely) != 1:
            yield to_decide("reference = true", "for one of the arms; delete it in the others")
    yield from slip_lines(arm.name, slips)


def _visits(seen: Sketch) -> Iterator[str]:
    if not seen.visits:
        yield from ("", "# A table for each visit:")
        yield to_decide("[[visits]]", "no visits were found; these three lines for each visit")
        yield to_decide('label = ""', "the visit as the file writes it")
        yield to_decide('week = "?"', "weeks from randomisation, 0 for baseline")
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
