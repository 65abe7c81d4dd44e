"""Whatever is done to a file: a cohort that agrees with a naive reading of it, or a `DataError`."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_trial import (
    LAYOUTS,
    OUTCOMES,
    Form,
    Sheet,
    long_codebook,
    long_sheet,
    to_bytes,
)

from retrostats.data.cohort.reading import check_cohort, read_cohort
from retrostats.data.cohort.types import Cohort
from retrostats.errors import DataError

MISSING = {"", "NA", "-99"}
WRITTEN = {value: arm.label for arm in long_codebook().arms for value in arm.values}
SCHEDULED = {value: visit.label for visit in long_codebook().visits for value in visit.values}

texts = st.one_of(
    st.sampled_from(
        [
            *("", "NA", "-99", "-99.0", "0", "1", "2", "3", "6", "7", "7.5", "7,5", "1 000", "1e3"),
            *("\u22125", "5 mm", "<5", "999", "1e999", "nan", "inf", "0x10", "1_0", "\u0663", "01"),
            *("retro", "control", "forward", "Retro", "baseline", "week 3", "week 6", "week  3"),
            *("K01", "K02", "k01", "F", "M", "2024-01-05", "2024-02-30", "05/01/2024", "=1+1"),
            *('say "no"', "a,b", "a;b", "two\nlines", "\x00", "\ufeff", "\u00a0", "x" * 300, "-0"),
        ]
    ),
    st.text(max_size=8),
    st.integers(-5, 120).map(str),
    st.floats(allow_nan=False, width=32).map(str),
)
places = st.integers(0, 10_000)
steps = st.one_of(
    st.tuples(st.just("replace"), places, places, texts),
    st.tuples(st.just("drop"), places),
    st.tuples(st.just("double"), places, places),
    st.tuples(st.just("swap rows"), places, places),
    st.tuples(st.just("swap cells"), places, places, places),
    st.tuples(st.just("rename"), places, texts),
    st.tuples(st.just("copy column"), places, places),
)
flips = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=3)
forms = st.builds(
    Form, bom=st.booleans(), crlf=st.booleans(), blank_lines=st.booleans(), breaks=st.booleans()
)


def mutate(sheet: Sheet, step: tuple) -> Sheet:
    kind, *where = step
    rows, columns = len(sheet.records), len(sheet.header)
    if rows == 0:
        return sheet
    row = where[0] % rows
    if kind == "replace":
        return sheet.put(row, sheet.header[where[1] % columns], where[2])
    if kind == "drop":
        return sheet.drop(row)
    if kind == "double":
        return sheet.add(sheet.records[row], where[1] % rows)
    if kind == "swap rows":
        records = list(sheet.records)
        other = where[1] % rows
        records[row], records[other] = records[other], records[row]
        return Sheet(sheet.header, tuple(records))
    if kind == "swap cells":
        name, other = sheet.header[where[1] % columns], where[2] % rows
        mine, theirs = sheet.cell(row, name), sheet.cell(other, name)
        return sheet.put(row, name, theirs).put(other, name, mine)
    if kind == "rename":
        header = list(sheet.header)
        header[where[0] % columns] = where[1]
        return Sheet(tuple(header), sheet.records)
    records = [list(record) for record in sheet.records]
    for record in records:
        record[where[0] % columns] = record[where[1] % columns]
    return Sheet(sheet.header, tuple(map(tuple, records)))


def outcome_of(data: bytes, codebook=None) -> Cohort | None:
    """Return the cohort, or nothing where a `DataError` is raised; anything else leaves."""
    codebook = long_codebook() if codebook is None else codebook
    with TemporaryDirectory() as folder:
        path = Path(folder) / "trial.csv"
        path.write_bytes(data)
        report = attempt(check_cohort, path, codebook)
        cohort = attempt(read_cohort, path, codebook)
    if isinstance(cohort, Cohort):
        assert not report.errors
        return cohort
    assert cohort  # a message
    assert cohort == report or str(report.errors[0]) in cohort
    return None


def attempt(run, *arguments):
    """Return what a function gives, or the words of its `DataError`."""
    try:
        return run(*arguments)
    except DataError as error:
        return str(error)


def agrees(cohort: Cohort, data: bytes) -> None:
    """Compare every value with what `csv.DictReader` reads from the same bytes."""
    rows = [
        {name.strip(): (text or "").strip() for name, text in row.items() if name is not None}
        for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        if any(text for text in row.values())
    ]
    ledger = cohort.ledger
    assert ledger.rows_read == ledger.rows_used + len(ledger.left_out) == len(rows)
    at = {(row["id"], SCHEDULED[row["visit"]]): row for row in rows}
    assert len(at) == len(rows)
    assert len(cohort.frame) == len({person for person, _ in at}) * 3
    for line in cohort.frame.to_dict("records"):
        row = at.pop((line["subject"], line["visit"]), None)
        for name in OUTCOMES:
            text = row[name] if row else ""
            missing = text in MISSING or number(text) == -99
            assert math.isnan(line[name]) if missing else line[name] == float(text)
        if row:
            assert WRITTEN[row["group"]] == line["arm"]
    assert not at


def number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


QUICK = settings(max_examples=50, suppress_health_check=list(HealthCheck), deadline=None)
LONG = settings(max_examples=1500, suppress_health_check=list(HealthCheck), deadline=None)


def check_mutated(changes: list[tuple], form: Form, flipped: list[tuple[int, int]]) -> None:
    sheet = long_sheet()
    for change in changes:
        sheet = mutate(sheet, change)
    try:
        data = bytearray(to_bytes(sheet, form))
    except UnicodeEncodeError:  # half of a surrogate pair stands in no file
        return
    for place, value in flipped:
        data[place % len(data)] = value
    cohort = outcome_of(bytes(data))
    if cohort is not None:
        agrees(cohort, bytes(data))


@QUICK
@given(st.lists(steps, max_size=4), forms, st.just([]))
def test_changed_cells_rows_and_columns(changes, form, flipped):
    check_mutated(changes, form, flipped)


@QUICK
@given(st.just([]), forms, flips)
def test_changed_bytes(changes, form, flipped):
    check_mutated(changes, form, flipped)


@pytest.mark.slow
@LONG
@given(st.lists(steps, max_size=6), forms, flips)
def test_thousands_of_changed_files(changes, form, flipped):
    check_mutated(changes, form, flipped)


@pytest.mark.parametrize("layout", ["wide", "redcap", "adam"])
@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(steps, max_size=3))
def test_the_other_layouts_end_in_a_cohort_or_a_data_error(layout, changes):
    sheet, codebook = (make() for make in LAYOUTS[layout])
    for change in changes:
        sheet = mutate(sheet, change)
    try:
        data = to_bytes(sheet, Form())
    except UnicodeEncodeError:
        return
    cohort = outcome_of(data, codebook)
    if cohort is not None:
        ledger = cohort.ledger
        assert ledger.rows_read == ledger.rows_used + len(ledger.left_out)


def test_the_sound_file_is_a_cohort():
    for form in (Form(), Form(bom=True, crlf=True, blank_lines=True, breaks=True)):
        data = to_bytes(long_sheet(), form)
        cohort = outcome_of(data)
        assert cohort is not None
        agrees(cohort, data)
