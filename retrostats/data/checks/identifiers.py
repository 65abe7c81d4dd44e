"""Rules about identifiers of subjects: they cannot be confused, and stand in no report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from retrostats.data.checks.evidence import Evidence, Found
from retrostats.data.checks.quantities import Verdict
from retrostats.data.codebook.types import Codebook
from retrostats.data.cohort.cells import Integers, Texts, code_texts, first_at

#: Shorter identifiers of letters alone, and of digits alone, are words and numbers of any text.
_LETTERS, _DIGITS = 3, 4
#: What makes a short number an identifier.
_PERSON = re.compile(
    r"(\b(subject|patient|participant|person|proband\w*|id|case|no\.?|nr\.?)|#)[ :.#-]*$"
)
_PIECE = re.compile(r"[^\W_]+")
#: Pieces of a text, between spaces, dashes and the like, that an identifier has at most.
_PIECES = 4
#: A positive number, and signs that only some of them have.
_NUMBER = re.compile(r"\+?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?", re.ASCII)
_NUMBER_SIGNS = re.compile(r"[.+]|\de[+-]?\d", re.ASCII)


def similar_subjects(evidence: Evidence) -> Iterator[Found]:
    """Yield each identifier that an earlier one resembles, or equals as a number."""
    members = np.flatnonzero(evidence.members)
    codes, _ = code_texts(_simplified(evidence.cells.ids[members]))
    first = first_at(codes, np.arange(len(codes)), len(codes))[codes]
    for at in np.flatnonzero(first != np.arange(len(codes))):
        yield Found(
            evidence.first_line(int(members[at])),
            evidence.codebook.roles.subject,
            "",
            "the identifier differs from that of line "
            f"{evidence.first_line(int(members[first[at]]))} only by case, spaces, dashes, zeros "
            "or the form of a number",
            "identifiers that cannot be mistaken for one another",
            "write them alike if they are one person",
        )


def _simplified(ids: Texts) -> Texts:
    """Return identifiers in small letters without spaces, dashes and leading zeros.

    Those that are numbers are written plainly: ``1.0`` and ``1e0`` as ``1``.
    """
    mark = "\0"  # in no text file; many identifiers are simplified in one go
    joined = mark.join(ids).casefold()
    if _NUMBER_SIGNS.search(joined):
        joined = mark.join(map(_plainly, joined.split(mark)))
    joined = re.sub(r"[\s_\-]+", "", joined)
    simple = re.sub(r"(?<![\d.])0+(?=\d)", "", joined).split(mark)
    return np.array(simple if len(simple) == len(ids) else list(ids), dtype=object)


def _plainly(text: str) -> str:
    """Return a number as digits with the fewest signs; every other text as it is."""
    if not _NUMBER.fullmatch(text):
        return text
    number = f"{Decimal(text):f}"
    return number.rstrip("0").rstrip(".") if "." in number else number


def subject_named(evidence: Evidence) -> Iterator[Found]:
    """Yield each text for readers in which an identifier of a subject stands; it is not shown."""
    names = frozenset(str(name).casefold() for name in evidence.cells.ids[_readable(evidence)])
    todo = "say it without naming anyone, because it stands in reports"
    for reason in evidence.of_kind("withdrawal"):
        held = reason.verdicts == Verdict.SOUND
        codes = [
            code for code in np.flatnonzero(held) if names_one(reason.cells.texts[code], names)
        ]
        for entry in np.flatnonzero(np.isin(reason.cells.codes, codes)) if codes else ():
            at = int(entry)
            yield Found(
                evidence.line(reason, at),
                reason.cells.column_of(at),
                "",
                "the reason to leave holds the identifier of a subject",
                "a reason without names",
                todo,
            )
    for where, text in _labels(evidence.codebook):
        if names_one(text, names):
            found = f"{where} in the codebook holds the identifier of a subject"
            yield Found(0, "", "", found, "words without names", todo)


def _readable(evidence: Evidence) -> Integers:
    """Return the subjects of the rows that the reader of the file could take apart."""
    table, subjects = evidence.cells.table, evidence.cells.row_subjects
    broken = [p.line for p in table.problems if p.severity == "error" and not p.column]
    sound = subjects[~np.isin(table.lines, broken)] if broken else subjects
    return np.unique(sound[sound >= 0])


def names_one(text: str, names: frozenset[str]) -> bool:
    """Whether an identifier stands in a text as a word of its own.

    Parameters
    ----------
    text
        In any case.
    names
        Identifiers in small letters. One of fewer than four digits counts only behind a word such
        as "patient", and one of fewer than three letters likewise.

    Examples
    --------
    >>> names_one("S001 moved", frozenset({"s001"})), names_one("after 3 weeks", frozenset({"3"}))
    (True, False)
    >>> names_one("swapped with patient 3", frozenset({"3"}))
    True
    """
    plain = text.casefold()
    pieces = [match.span() for match in _PIECE.finditer(plain)]
    for first, (start, _) in enumerate(pieces):
        for _, end in pieces[first : first + _PIECES]:
            if plain[start:end] in names and _tells(plain[start:end], plain[:start]):
                return True
    return plain.strip() in names and not plain.strip().isdigit()


def _tells(name: str, before: str) -> bool:
    """Whether a word that is an identifier is one here, and not a common word or number."""
    short = (name.isdigit() and len(name) < _DIGITS) or (name.isalpha() and len(name) < _LETTERS)
    return not short or bool(_PERSON.search(before))


def _labels(book: Codebook) -> Iterator[tuple[str, str]]:
    """Yield the words of a codebook that stand in reports, each with its place."""
    for arm in book.arms:
        yield "the label of an arm", arm.label
        yield "the name of an arm", arm.name
    for visit in book.visits:
        yield "the label of a visit", visit.label
    for outcome in book.outcomes:
        yield "the label of an outcome", outcome.label
    for covariate in book.covariates:
        yield "the label of a covariate", covariate.label
        for level in covariate.levels:
            yield f"a level of {covariate.name}", level.label
    for text, _ in book.screening.excluded:
        yield "a reason under [screening]", text
