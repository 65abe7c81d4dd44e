"""Tables of a proposed codebook: outcomes, covariates and adherence, each with its guesses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrostats.data.codebook.binding import bind
from retrostats.data.codebook.grammar import wrong_name
from retrostats.data.codebook.placing import Measured
from retrostats.data.codebook.seen import Seen
from retrostats.data.codebook.spellings import Slips
from retrostats.data.codebook.toml_text import guessed, inline, listed, plain, quoted, to_decide
from retrostats.data.codebook.values import matching_key
from retrostats.data.codebook.words import is_called, without_unit
from retrostats.data.formats.table import RawTable
from retrostats.data.instrument_catalogue import load_instruments
from retrostats.instruments import Change

#: Written in capitals for readers.
_ACRONYMS = frozenset(
    {"adl", "bmi", "ekam", "kam", "koos", "lefs", "nrs", "rom", "tug", "vas", "vrs", "womac"}
)
#: Units of covariates, by the words of their names.
_UNITS = (("age", "years"), ("bmi", "kg/m²"), ("weight", "kg"), ("mass", "kg"))


class Names:
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


def outcome_table(outcome: Measured, names: Names) -> Iterator[str]:
    """Yield the lines of an outcome."""
    values = outcome.values
    yield from ("", "[[outcomes]]", f"name = {quoted(names.of(outcome.name))}")
    yield _label(outcome.name)
    binding = bind(outcome.name, values)
    if binding is not None and binding.instrument is not None:
        yield guessed(f"instrument = {quoted(binding.instrument)}", binding.why)
        yield from _smallest(load_instruments()[binding.instrument].important())
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


def _smallest(changes: tuple[Change, ...]) -> Iterator[str]:
    """Yield the smallest worthwhile changes of an instrument where it has more than one."""
    if len(changes) < 2:
        return
    yield "# Of several smallest worthwhile changes choose one or your own before you see the data:"
    for position, change in enumerate(changes):
        what = f"{change.quantity}, {change.population}"
        if position == 0:
            yield to_decide(_declared(change), what)
        else:
            yield f"# or: {_declared(change)}  # {plain(what)}"


def _declared(change: Change) -> str:
    basis = f'value = {change.value:g}, basis = "{change.basis}"'
    return f"smallest_change = {{ {basis}, source = {quoted(change.source)} }}"


def _label(column: str) -> str:
    """Return the line of a label for readers: the name of the column, as far as it is a word."""
    known = next((word for word in ("age", "sex") if is_called(column, word)), None)
    parts = re.sub(r"[_.]+", " ", known or without_unit(column)).split()
    words = " ".join(part.upper() if part in _ACRONYMS else part for part in parts) or column
    return guessed(f"label = {quoted(words[:1].upper() + words[1:])}", "words for readers")


def number_table(column: Seen, names: Names) -> Iterator[str]:
    """Yield the lines of a covariate that is a number."""
    yield from ("", "[[covariates]]", f"name = {quoted(names.of(column.name))}")
    yield _label(column.name)
    yield f"column = {quoted(column.name)}"
    why = f"one number per subject, from {column.low:g} to {column.high:g}"
    yield guessed('type = "number"', f"{why}; low and high may be added")
    asked = "age" if is_called(column.name, "age") else column.name.lower()
    unit = next((unit for word, unit in _UNITS if word in asked), None)
    if "height" in column.name.lower():
        unit = "m" if column.high < 3 else "cm"
    if unit:
        yield guessed(f"unit = {quoted(unit)}", "the name and the values")


def category_table(column: Seen, table: RawTable, names: Names, slips: Slips) -> Iterator[str]:
    """Yield the lines of a covariate that is a category."""
    yield from ("", "[[covariates]]", f"name = {quoted(names.of(column.name))}")
    yield _label(column.name)
    yield f"column = {quoted(column.name)}"
    texts = distinct_values(column, table.decimal)
    yield guessed('type = "category"', f"{len(texts)} values, one per subject")
    if column.whole:
        texts = tuple(sorted(texts, key=lambda text: (len(text), text)))
    labels = {text: table.label(column.name, text) for text in texts}
    if len(set(labels.values())) == len(labels) and any(k != v for k, v in labels.items()):
        levels = (f"{{ label = {quoted(v)}, values = {listed([k])} }}" for k, v in labels.items())
        yield f"levels = [{', '.join(levels)}]"
    else:
        why = "as the file writes them; the first is the reference"
        yield guessed(f"levels = {listed(texts)}", why)
    yield from slip_lines(column.name, slips)


def distinct_values(column: Seen, decimal: str) -> tuple[str, ...]:
    """Return the values of a column as a codebook lists them: ``1`` where exports write ``1.0``."""
    point = [text.replace(",", ".") if decimal == "," else text for text in column.texts]
    if column.numbers is None:
        return column.texts
    return tuple(dict.fromkeys(matching_key(text) for text in point))


def slip_lines(column: str, slips: Slips) -> Iterator[str]:
    """Yield a comment for each spelling that is left to the check."""
    for text, other, rows in slips.get(column, ()):
        count = "1 row" if rows == 1 else f"{rows} rows"
        yield f"# {plain(repr(text))} looks like a slip of {plain(repr(other))}; {count}"


def adherence_table(column: Seen, names: Names) -> Iterator[str]:
    """Yield the lines of a measure of adherence."""
    yield from ("", "[[adherence]]", f"name = {quoted(names.of(column.name))}")
    yield _label(column.name)
    yield guessed(f"column = {quoted(column.name)}", f"the name; up to {column.high:g}")
    yield "# planned = 0  # how many were planned, where that is known"
