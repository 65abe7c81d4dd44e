"""What the parts of a codebook ask of one another: names, columns, missing codes, rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from retrostats.data.codebook.document import Document
from retrostats.data.codebook.types import Codebook, Covariate, Outcome
from retrostats.data.codebook.values import matching_key, nearest
from retrostats.data.rules import ORDERING, Rule, parse_rule
from retrostats.data.tables import shown

#: The tables whose names a rule may use.
_NAMING = ("outcomes", "covariates", "adherence")


def check_names(document: Document) -> None:
    """Add a fault for each name that two of outcomes, covariates and adherence share.

    Names that differ only in capitals count as one, because files are named after them.
    """
    seen: dict[str, tuple[str, str]] = {}
    for (table, name), position in document.positions.items():
        if table not in _NAMING:
            continue
        other, taken = seen.setdefault(name.casefold(), (table, name))
        if other != table:
            message = f"{name!r} is a name among {other} already; each has its own"
            if taken != name:
                message = f"{name!r} and {taken!r} of {other} differ only in capitals; rename one"
            document.add(document.at(table, position), "name", message)


def check_columns(book: Codebook, document: Document) -> None:
    """Add a fault for each column, or code of an ADaM file, that is used twice."""
    taken: dict[str, str] = {}
    for table, name, key, column in _columns(book):
        if not column:
            continue  # it is missing, which is told elsewhere
        use = f"{key} of {name}" if name else key
        if column in taken:
            where = document.at(table, _position(document, table, name) if name else 0)
            message = (
                f"{column!r} is the {taken[column]} already; a column has one use, so take it out "
                "of one of the two"
            )
            document.add(where, key.split(" ")[0], message)
        taken.setdefault(column, use)
    codes: dict[str, str] = {}
    for outcome in book.outcomes:
        if outcome.code and codes.setdefault(outcome.code, outcome.name) != outcome.name:
            where = document.at("outcomes", _position(document, "outcomes", outcome.name))
            message = f"{outcome.code!r} is the code of {codes[outcome.code]} already"
            document.add(where, "code", message)


def check_missing(book: Codebook, document: Document) -> None:
    """Add a fault for each missing code that may also be a value."""
    codes = {matching_key(text): text for text in book.form.missing}
    where = document.at("file")
    for meaning, values in _meanings(book):
        for value in values:
            if matching_key(value) in codes:
                message = f"{value!r} is a missing code, and also means {meaning}; recode one"
                document.add(where, "missing", message)
    numbers = [(text, _number(text)) for text in book.form.missing]
    for outcome in book.outcomes:
        if not outcome.instrument.id:
            continue  # it has a fault of its own
        low, high = _possible(outcome)
        for text, number in numbers:
            if number is not None and low <= number <= high:
                message = (
                    f"{text!r} is also a possible value of {outcome.name}, {low:g} to {high:g} "
                    f"{outcome.unit}; give the missing values of the file another code"
                )
                document.add(where, "missing", message)


def check_leave_out(book: Codebook, document: Document) -> None:
    """Add a fault for each visit that is both scheduled and left out."""
    left_out = {matching_key(text) for text in book.form.leave_out_visits}
    for visit in book.visits:
        for value in visit.values:
            if matching_key(value) in left_out:
                message = f"{value!r} is the visit {visit.label!r}, which is scheduled"
                document.add(document.at("file"), "leave_out_visits", message)


def read_rules(content: Mapping[str, Any], book: Codebook, document: Document) -> tuple[Rule, ...]:
    """Return the rules of eligibility, each held against what it names.

    Parameters
    ----------
    content
        Of ``[eligibility]``, checked.
    book
        Names, types and levels; nothing is asked of those with faults of their own.
    document
        For lines and faults.
    """
    where = document.at("eligibility")
    known = {name for _, names in _named(book) for name in names}
    broken = {c.name for c in book.covariates if c.kind == "category" and len(c.levels) < 2}
    unsure = {name for table, name in document.positions if table in _NAMING} - known | broken
    rules: list[Rule] = []
    for text in content.get("rules", []):
        if not isinstance(text, str):
            message = f'{shown(text)} should be text, e.g. "age >= 40"'
            document.add(where, "rules", message)
            continue
        try:
            rule = parse_rule(text)
        except ValueError as error:
            document.add(where, "rules", str(error))
            continue
        if rule.name in unsure:
            continue
        wrong = wrong_rule(rule, book)
        if wrong:
            document.add(where, "rules", f"{text!r}: {wrong}")
        rules.append(rule)
    return tuple(rules)


def wrong_rule(rule: Rule, book: Codebook) -> str:
    """Say why a rule cannot be asked of the subjects of a codebook; empty when it can.

    Parameters
    ----------
    rule
        As parsed.
    book
        Its covariates, adherence measures and outcomes are what a rule may name.
    """
    known = [name for _, names in _named(book) for name in names]
    if rule.name not in known:
        return f"{rule.name!r} is no covariate, adherence measure or outcome; " + nearest(
            rule.name, known
        )
    category = next((c for c in book.covariates if c.name == rule.name), None)
    if category is None or category.kind == "number":
        if rule.numeric:
            return ""
        return f"{rule.name} is a number, and {', '.join(map(str, rule.values))!r} is none"
    return _wrong_label(rule, category)


def _wrong_label(rule: Rule, category: Covariate) -> str:
    labels = [level.label for level in category.levels]
    if rule.operator in ORDERING:
        return f"{rule.name} is a category without order; use ==, != or in"
    if rule.numeric:
        return (
            f"{rule.name} is a category, {', '.join(labels)}; labels like numbers stand in quotes"
        )
    strange = next((str(value) for value in rule.values if value not in labels), None)
    return "" if strange is None else f"{strange!r} is no level; {nearest(strange, labels)}"


def _named(book: Codebook) -> Iterator[tuple[str, list[str]]]:
    yield "outcomes", [outcome.name for outcome in book.outcomes]
    yield "covariates", [covariate.name for covariate in book.covariates]
    yield "adherence", [measure.name for measure in book.adherence]


def _columns(book: Codebook) -> Iterator[tuple[str, str, str, str]]:
    """Yield table, name, key and column of every use of a column."""
    roles = book.roles
    single = ("subject", "arm", "visit", "date", "withdrawal", "parameter", "value")
    for key in (*single, "base", "change"):
        yield "roles", "", key, getattr(roles, key) or ""
    for label, column in roles.dates.items():
        yield "roles", "", f"dates at {label}", column
    for outcome in book.outcomes:
        yield "outcomes", outcome.name, "column", outcome.column or ""
        for label, column in outcome.columns.items():
            yield "outcomes", outcome.name, f"columns at {label}", column
    for covariate in book.covariates:
        yield "covariates", covariate.name, "column", covariate.column
    for measure in book.adherence:
        yield "adherence", measure.name, "column", measure.column


def _meanings(book: Codebook) -> Iterator[tuple[str, tuple[str, ...]]]:
    for arm in book.arms:
        yield f"the arm {arm.label!r}", arm.values
    for visit in book.visits:
        yield f"the visit {visit.label!r}", visit.values
    for covariate in book.covariates:
        for level in covariate.levels:
            yield f"the level {level.label!r} of {covariate.name}", level.values


def _possible(outcome: Outcome) -> tuple[float, float]:
    """Return where values are to be expected; the range itself where it has two ends."""
    instrument = outcome.instrument
    return instrument.usual or (instrument.low, instrument.high)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _position(document: Document, table: str, name: str) -> int:
    """Return the place of a named table among its like."""
    return document.positions.get((table, name), 0)
