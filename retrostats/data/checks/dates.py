"""Rules about dates of visits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from retrostats.data.checks.evidence import Evidence, Found
from retrostats.data.checks.quantities import Verdict
from retrostats.data.cohort.cells import Kind, positions
from retrostats.data.cohort.matching import shorten, show

_ISO = "a date such as 2024-03-01 (year-month-day)"
_DATE: tuple[Kind, str] = ("date", "date")


def not_a_date(evidence: Evidence) -> Iterator[Found]:
    """Yield each date that is not written as year-month-day."""
    found = "is not written as year-month-day"
    yield from _faulty(evidence, Verdict.NOT_ISO, found, "write it as year-month-day")


def impossible_date(evidence: Evidence) -> Iterator[Found]:
    """Yield each date that no calendar has."""
    yield from _faulty(evidence, Verdict.NO_SUCH_DATE, "is in no calendar", "correct it")


def dates_out_of_order(evidence: Evidence) -> Iterator[Found]:
    """Yield each visit dated before an earlier visit of the same subject."""
    quantity = evidence.quantities.get(_DATE)
    if quantity is None:
        return
    days, entries = evidence.grid(quantity)
    labels = [visit.label for visit in evidence.codebook.visits]
    filled = np.where(np.isnan(days), -np.inf, days)
    latest = np.maximum.accumulate(filled, axis=1)
    for subject, visit in zip(*np.nonzero(days[:, 1:] < latest[:, :-1]), strict=True):
        before = int(np.argmax(filled[subject, : visit + 1]))
        entry, earlier = int(entries[subject, visit + 1]), int(entries[subject, before])
        text, other = quantity.cells.text(entry), quantity.cells.text(earlier)
        yield Found(
            evidence.line(quantity, entry),
            quantity.cells.column_of(entry),
            text,
            f"{labels[visit + 1]} is dated {text}, before {labels[before]} ({other}, line "
            f"{evidence.line(quantity, earlier)})",
            f"a date not before {other}",
            "correct one of the two dates, or the visit",
        )


def two_dates(evidence: Evidence) -> Iterator[Found]:
    """Yield each row of an ADaM file that dates a visit differently from an earlier row."""
    quantity = evidence.quantities.get(_DATE)
    if quantity is None or evidence.codebook.form.layout != "adam":
        return
    grid, values = evidence.grid(quantity), quantity.entry_values()
    known, places = positions(quantity.cells.entries, evidence.n_visits)
    differs = values[known] != grid.values.reshape(-1)[places]
    differs &= ~np.isnan(values[known]) & ~np.isnan(grid.values.reshape(-1)[places])
    for at in np.flatnonzero(differs):
        entry, first = int(known[at]), int(grid.entries.reshape(-1)[places[at]])
        yield Found(
            evidence.line(quantity, entry),
            quantity.cells.column_of(entry),
            quantity.cells.text(entry),
            f"the visit is dated {quantity.cells.text(entry)} here and "
            f"{quantity.cells.text(first)} on line {evidence.line(quantity, first)}",
            "one date per subject and visit",
            "correct one of the two, or leave date out of [roles]",
        )


def _faulty(evidence: Evidence, verdict: Verdict, what: str, todo: str) -> Iterator[Found]:
    quantity = evidence.quantities.get(_DATE)
    if quantity is None:
        return
    for entry in map(int, quantity.with_verdict(verdict)):
        text = quantity.cells.text(entry)
        column = quantity.cells.column_of(entry)
        line = evidence.line(quantity, entry)
        yield Found(line, column, shorten(text), f"{show(text)} {what}", _ISO, todo)
