"""Long, wide, REDCap and ADaM files of one trial, in every file format, are one cohort."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_up_trial import (
    LAYOUTS,
    OUTCOMES,
    SUBJECTS,
    VISITS,
    Form,
    Sheet,
    adam_codebook,
    adam_sheet,
    long_codebook,
    long_sheet,
    redcap_codebook,
    redcap_sheet,
    to_bytes,
    wide_codebook,
    wide_sheet,
)
from pandas.testing import assert_frame_equal

from retrostats.data.cohort.building import build_cohort
from retrostats.data.cohort.cells import choose
from retrostats.data.cohort.reading import check_table, cohort_of_table, read_cohort
from retrostats.errors import DataError


def content(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns="line")


@pytest.fixture(scope="module")
def long():
    return cohort_of_table(long_sheet().table(), long_codebook())


def test_the_long_file_as_a_naive_reader_sees_it(long):
    rows = csv.DictReader(io.StringIO(to_bytes(long_sheet(), Form()).decode()))
    at = {(row["id"], row["visit"]): row for row in rows}
    assert len(long.frame) == SUBJECTS * len(VISITS)
    assert list(long.frame["subject"].unique()) == sorted({person for person, _ in at})
    for row in long.frame.itertuples():
        naive = at.get((row.subject, row.visit))
        for name in OUTCOMES:
            value = getattr(row, name)
            text = naive[name] if naive else ""
            assert (text in {"", "NA"}) if np.isnan(value) else value == float(text)
        if naive:
            assert (row.arm, row.age) == (naive["group"], float(naive["age"]))
            assert row.sex == {"F": "female", "M": "male"}[naive["sex"]]
            assert f"{row.date:%Y-%m-%d}" == naive["seen"]
            assert row.withdrawal == naive["left"]
        else:
            assert row.line == 0
            assert row.date is pd.NaT


def test_lines_lead_back_to_the_file(long):
    records = long_sheet().records
    for row in long.frame[long.frame["line"] > 0].itertuples():
        record = records[row.line - 2]
        assert (row.subject, row.visit) == (record[0], record[2])


def test_the_frame_is_the_complete_grid(long):
    frame = long.frame
    assert list(frame.columns) == [
        *("subject", "arm", "visit", "week", "date", "withdrawal"),
        *OUTCOMES,
        *("age", "sex", "sessions", "line"),
    ]
    assert list(frame["arm"].cat.categories) == ["control", "retro", "forward"]
    assert list(frame["visit"].cat.categories) == list(VISITS)
    assert frame["week"].tolist() == [0.0, 3.0, 6.0] * SUBJECTS
    assert not frame[["age", "sex", "sessions"]].isna().any(axis=None)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_cohort(layout, long):
    sheet, codebook = LAYOUTS[layout]
    cohort = cohort_of_table(sheet().table(), codebook())
    assert_frame_equal(content(cohort.frame), content(long.frame))
    assert cohort.digest == long.digest
    assert cohort.warnings == ()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("suffix", ["csv", "semicolon", "xlsx", "sav", "dta"])
def test_every_file_format_gives_the_same_cohort(layout, suffix, long, tmp_path: Path):
    sheet, codebook = (make() for make in LAYOUTS[layout])
    path = write(sheet, tmp_path, suffix)
    if suffix == "semicolon":
        codebook = replace(codebook, form=replace(codebook.form, delimiter=";", decimal=","))
    cohort = read_cohort(path, codebook)
    assert_frame_equal(content(cohort.frame), content(long.frame))
    assert cohort.digest == long.digest
    assert cohort.ledger.rows_read == len(sheet.records)


def write(sheet: Sheet, folder: Path, suffix: str) -> Path:
    """Write a sheet; binary formats get numbers where a whole column consists of them."""
    path = folder / f"trial.{'csv' if suffix == 'semicolon' else suffix}"
    if suffix == "csv":
        path.write_bytes(to_bytes(sheet, Form()))
        return path
    if suffix == "semicolon":
        text = io.StringIO()
        numbers = [
            [cell.replace(".", ",") if cell[:1] in "-0123456789" else cell for cell in r]
            for r in sheet.records
        ]
        csv.writer(text, delimiter=";").writerows([sheet.header, *numbers])
        path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
        return path
    frame = pd.DataFrame(list(sheet.records), columns=list(sheet.header), dtype=object)
    for name in frame:
        numbers = pd.to_numeric(frame[name].replace({"": None, "NA": None}), errors="coerce")
        if numbers.notna().sum() == (~frame[name].isin(["", "NA"])).sum() > 0:
            frame[name] = numbers.astype(float)
    if suffix == "xlsx":
        frame.to_excel(path, index=False)
    else:
        import pyreadstat

        writer = pyreadstat.write_sav if suffix == "sav" else pyreadstat.write_dta
        writer(frame, str(path))
    return path


def test_the_digest_asks_for_content_alone(long):
    sheet = long_sheet()
    order = np.random.default_rng(3).permutation(len(sheet.records))
    columns = np.random.default_rng(4).permutation(len(sheet.header))
    shuffled = Sheet(
        tuple(sheet.header[c] for c in columns),
        tuple(tuple(sheet.records[r][c] for c in columns) for r in order),
    )
    book = long_codebook()
    turned = replace(book, outcomes=book.outcomes[::-1], arms=book.arms[::-1])
    assert cohort_of_table(shuffled.table(), book).digest == long.digest
    assert cohort_of_table(shuffled.table(), turned).digest == long.digest
    for row, column, text in [
        (0, "vas", "12"),
        (0, "seen", "2024-01-01"),
        (20, "nrs", ""),
        (3, "left", "tired"),
    ]:
        changed = cohort_of_table(sheet.put(row, column, text).table(), book)
        assert changed.digest != long.digest


def test_numbers_that_are_equal_give_equal_digests(long):
    sheet = long_sheet()
    written = sheet.cell(0, "vas")
    for text in (f"{written}.0", f"+{written}", f"{written}.", f"0{written}"):
        assert cohort_of_table(sheet.put(0, "vas", text).table(), long_codebook()).digest == (
            long.digest
        )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_row_that_is_lost_stops_the_program(layout):
    sheet, codebook = (make() for make in LAYOUTS[layout])
    evidence, report = check_table(sheet.table(), codebook)
    first, *rest = evidence.cells.occasions
    shortened = choose(first, np.arange(len(first.codes)) > 0)
    lost = replace(evidence, cells=replace(evidence.cells, occasions=(shortened, *rest)))
    forgotten = replace(evidence, members=evidence.members & (evidence.first_rows > 0))
    for planted in (lost, forgotten):
        with pytest.raises(ValueError, match="a row was lost"):
            build_cohort(planted, report)
    assert build_cohort(evidence, report).ledger.rows_read == len(sheet.records)


def test_redcap_ledger():
    cohort = cohort_of_table(redcap_sheet().table(), redcap_codebook())
    assert cohort.ledger.reasons() == {
        "visit 'enrolment_arm_1' is left out": SUBJECTS,
        "repeating instrument 'falls'": 4,
    }
    assert cohort.ledger.rows_read == cohort.ledger.rows_used + SUBJECTS + 4
    first = redcap_sheet().find(redcap_event_name="enrolment_arm_1")
    assert cohort.ledger.left_out[0].line == first + 2


def test_redcap_keeps_who_was_randomised_and_never_came_back():
    sheet = redcap_sheet()
    blank = dict.fromkeys(sheet.header, "")
    enrolled = {"record_id": "K90", "redcap_event_name": "enrolment_arm_1", "group": "retro"}
    screened = {"record_id": "K91", "redcap_event_name": "enrolment_arm_1"}
    for record in (enrolled, screened):
        sheet = sheet.add(tuple((blank | record).values()))
    cohort = cohort_of_table(sheet.table(), redcap_codebook())
    assert cohort.n_subjects == SUBJECTS + 1
    rows = cohort.frame[cohort.frame["subject"] == "K90"]
    assert rows["line"].tolist() == [0, 0, 0]
    assert rows[list(OUTCOMES)].isna().all(axis=None)
    rules = sorted(w.rule for w in cohort.warnings)
    assert rules == ["no baseline", "not eligible", "subject left out"]  # the age is missing


def test_adam_ledger_and_visits_left_out():
    sheet = adam_sheet().put(3, "AVISIT", "Unscheduled")
    book = adam_codebook()
    book = replace(book, form=replace(book.form, leave_out_visits=("Unscheduled",)))
    cohort = cohort_of_table(sheet.table(), book)
    assert cohort.ledger.reasons() == {
        "visit 'Unscheduled' is left out": 1,
        "parameter 'PULSE' is not in the codebook": 70,
    }


def test_changes_of_adam_may_be_rounded():
    sheet = adam_sheet()
    row = sheet.find(USUBJID="K04", AVISIT="week 6", PARAMCD="TUG")
    rounded = f"{float(sheet.cell(row, 'CHG')):.1f}"
    assert check_table(sheet.put(row, "CHG", rounded).table(), adam_codebook())[1].errors == ()


def test_value_labels_count_as_values():
    sheet, codes = long_sheet(), {"retro": "11", "forward": "12", "control": "13"}
    for row in range(len(sheet.records)):
        sheet = sheet.put(row, "group", codes[sheet.cell(row, "group")])
    labels = {"group": {code: label for label, code in codes.items()}}
    assert cohort_of_table(sheet.table(labels=labels), long_codebook()).n_subjects == SUBJECTS
    with pytest.raises(DataError, match="'11' is no arm"):
        cohort_of_table(sheet.table(), long_codebook())


def test_codes_match_as_numbers_but_not_with_leading_zeros():
    sheet = long_sheet()
    book = long_codebook()
    for row in range(len(sheet.records)):
        sheet = sheet.put(row, "sex", {"F": "2.0", "M": "1"}[sheet.cell(row, "sex")])
    assert cohort_of_table(sheet.table(), book).frame["sex"].value_counts()["male"] == 36
    with pytest.raises(DataError, match="'01' is no level of sex"):
        cohort_of_table(sheet.put(0, "sex", "01").table(), book)


def test_a_missing_code_counts_as_a_number_too():
    cohort = cohort_of_table(long_sheet().put(1, "vas", "-99.0").table(), long_codebook())
    assert np.isnan(cohort.frame["vas"][1])


def test_a_wide_file_lacks_no_visit_of_its_own(long):
    cohort = cohort_of_table(wide_sheet().table(), wide_codebook())
    assert cohort.ledger.rows_used == SUBJECTS
    assert str(cohort.ledger) == f"{SUBJECTS} of {SUBJECTS} rows used"
    assert (cohort.frame["line"] > 0).all()
    assert cohort.completeness().equals(long.completeness())


def test_what_a_cohort_shows_names_no_one(long):
    shown, page = repr(long), long._repr_html_()
    for text in (shown, page):
        assert "K01" not in text
        assert "control 8, retro 8, forward 8" in text
        assert "70 of 70 rows used" in text
        assert "23/24" in text
        assert "simulated" in text
    assert "<script" not in page


def test_completeness_counts_by_arm_and_visit(long):
    table = long.completeness().set_index(["arm", "visit"])
    assert table["subjects"].tolist() == [8] * 9
    assert table.loc[("control", "week 6"), "nrs"] == 7
    assert table.loc[("retro", "week 3"), "vas"] == 8
    assert table[list(OUTCOMES)].to_numpy().sum() == long.frame[list(OUTCOMES)].count().sum()


def test_facts_on_some_rows_are_told():
    sheet = long_sheet()
    notes = cohort_of_table(sheet.put(4, "age", "").table(), long_codebook()).notes
    assert "age stands on some rows of 1 subject only and holds for all of them." in notes
