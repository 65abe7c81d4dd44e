"""Rules about the value labels of SPSS and Stata files: what a code says against its label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from retrostats.arrays import Floats
from retrostats.data.checks.evidence import Evidence, Found
from retrostats.data.checks.missing_codes import like_missing_among, stands_apart
from retrostats.data.checks.quantities import MISSING_NUMBERS, Quantity, Verdict
from retrostats.data.cohort.cells import Cells, Flags, Integers
from retrostats.data.cohort.matching import contradicting_labels, parse_number, shorten, show


class Meant(NamedTuple):
    """What the cells of a column may mean: words for each value, and how the file writes it."""

    words: tuple[str, ...]
    values: tuple[Sequence[str], ...]


def label_contradicts(evidence: Evidence) -> Iterator[Found]:
    """Yield each code that means one arm, visit or level, while its label means another."""
    table = evidence.cells.table
    for cells, meant in _declared(evidence):
        labels = table.labels.get(cells.columns[0], {})
        for code, mine, named in contradicting_labels(
            cells.texts, meant.values, labels=labels, decimal=table.decimal
        ):
            text = str(cells.texts[code])
            entries = np.flatnonzero(cells.codes == code)
            if not len(entries):
                continue
            yield Found(
                evidence.cells.line(cells, int(entries[0])),
                cells.columns[0],
                shorten(text),
                f"the code {show(text)} means {meant.words[mine]} and its value label "
                f"{show(labels[text])} means {meant.words[named]}, in {_cells(len(entries))}",
                "a code and a label of one meaning",
                "find out which of the two is right, and correct the labels of the file or the "
                "values in the codebook",
            )


def labelled_number(evidence: Evidence) -> Iterator[Found]:
    """Yield each number whose value label says that it is none, such as 999 for "not done"."""
    table = evidence.cells.table
    for quantity in evidence.of_kind("outcome", "covariate", "adherence"):
        if quantity.kind == "covariate" and _is_category(evidence, quantity):
            continue
        for position, column in enumerate(quantity.cells.columns):
            labels = table.labels.get(column, {})
            for code, entries in _strangers(quantity, labels, position, table.decimal):
                text = str(quantity.cells.texts[code])
                yield Found(
                    evidence.line(quantity, int(entries[0])),
                    column,
                    shorten(text),
                    f"value label {show(labels[text])} on {shorten(text)} in "
                    f"{_cells(len(entries))}",
                    "labels on the ends of a scale, or on codes that are declared missing",
                    "declare it under [file] missing, or take the label out of the file if the "
                    "number was measured",
                )


def _named(quantity: Quantity, labels: Mapping[str, str], decimal: str) -> Flags:
    """Return which texts of a quantity have a label in words, shape ``(k,)``."""
    texts = quantity.cells.texts
    return np.fromiter(
        (text in labels and _in_words(labels[text], text, decimal) for text in texts),
        dtype=bool,
        count=len(texts),
    )


def _strangers(
    quantity: Quantity, labels: Mapping[str, str], position: int, decimal: str
) -> Iterator[tuple[int, Integers]]:
    """Yield the codes of a column whose label is no word for a measured value, with their cells."""
    if not labels or not len(quantity.values):
        return
    named = _named(quantity, labels, decimal)
    named &= quantity.verdicts == Verdict.SOUND
    if not named.any():
        return
    entries = quantity.entry_values()
    here = (quantity.cells.column == position) & ~np.isnan(entries)
    sound = np.zeros(len(named), dtype=bool)
    sound[quantity.cells.codes[here]] = True
    bare = np.unique(quantity.values[sound & ~named])
    codes = np.flatnonzero(sound & named)
    scale = _ends(labels, bare, decimal)
    for code in codes:
        value = float(quantity.values[code])
        rest = np.unique(quantity.values[sound & (quantity.values != value)])
        if value in (quantity.limits.low, quantity.limits.high):
            continue
        if like_missing_among(value, rest) or (stands_apart(value, bare) and value not in scale):
            yield int(code), np.flatnonzero(here & (quantity.cells.codes == code))


def _ends(labels: Mapping[str, str], bare: Floats, decimal: str) -> tuple[float, ...]:
    """Return the two labelled codes that close a scale around the values without label."""
    codes = {parse_number(text, decimal) for text in labels} - set(MISSING_NUMBERS)
    below = [code for code in codes if len(bare) and code < bare[0]]
    above = [code for code in codes if len(bare) and code > bare[-1]]
    if not below or not above:
        return ()
    low, high, reach = max(below), min(above), bare[-1] - bare[0] + 1
    return (low, high) if max(bare[0] - low, high - bare[-1]) <= reach else ()


def _in_words(label: str, text: str, decimal: str) -> bool:
    """Whether a label says something else than the number that it stands on."""
    own = parse_number(text, decimal)
    return not any(parse_number(label.strip(), mark) == own for mark in ".,")


def _is_category(evidence: Evidence, quantity: Quantity) -> bool:
    return evidence.codebook.covariate(quantity.name).kind == "category"


def _declared(evidence: Evidence) -> Iterator[tuple[Cells, Meant]]:
    """Yield the cells of arm, visit and categories, with what the codebook declares for them."""
    book = evidence.codebook
    for quantity in evidence.of_kind("arm"):
        words = tuple(f"arm {show(arm.label)}" for arm in book.arms)
        yield quantity.cells, Meant(words, tuple(arm.values for arm in book.arms))
    if evidence.cells.visit is not None:
        left_out = book.form.leave_out_visits
        words = tuple(f"visit {show(visit.label)}" for visit in book.visits)
        words += tuple(f"the visit {show(text)}, which is left out" for text in left_out)
        values = (*(visit.values for visit in book.visits), *((text,) for text in left_out))
        yield evidence.cells.visit, Meant(words, values)
    for quantity in evidence.of_kind("covariate"):
        levels = book.covariate(quantity.name).levels
        if levels:
            words = tuple(f"{quantity.name} {show(level.label)}" for level in levels)
            yield quantity.cells, Meant(words, tuple(level.values for level in levels))


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"
