"""Where a rule ends: what it leaves to others, what it takes together, and what it lets pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_up_trial import (
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

from retrostats.data.cohort.reading import check_cohort, check_table, cohort_of_table


def told(sheet: Sheet, codebook, **table) -> list[tuple[str, int, str]]:
    problems = check_table(sheet.table(**table), codebook)[1].problems
    return [(p.rule, p.line, p.column) for p in problems]


def test_dates_are_compared_across_a_visit_without_one():
    sheet = long_sheet()
    rows = [sheet.find(id="K03", visit=visit) for visit in VISITS]
    sheet = sheet.put(rows[1], "seen", "").put(rows[2], "seen", "2023-12-31")
    assert told(sheet, long_codebook()) == [("dates out of order", rows[2] + 2, "seen")]


def test_two_visits_on_one_day_are_in_order():
    sheet = long_sheet()
    row = sheet.find(id="K03", visit="week 3")
    assert told(sheet.put(row, "seen", sheet.cell(row - 1, "seen")), long_codebook()) == []


def test_dates_of_a_wide_file_are_told_by_their_column():
    sheet = wide_sheet().put(4, "seen_2", "2024-01-31")
    assert told(sheet, wide_codebook()) == [("dates out of order", 6, "seen_2")]


@pytest.mark.parametrize("day", ["2024-02-01", "2024-02-28"])
def test_two_dates_of_an_adam_visit_in_either_order(day):
    sheet = adam_sheet()
    row = sheet.find(USUBJID="K04", AVISIT="week 3", PARAMCD="TUG")
    assert told(sheet.put(row, "ADT", day), adam_codebook()) == [
        ("two dates for a visit", row + 2, "ADT")
    ]


def test_the_cells_of_a_ragged_row_are_not_judged(tmp_path: Path):
    sheet = long_sheet()
    records = list(sheet.records)
    records[10] = records[10][1:]  # the visit now stands in the column of the arm, and so on
    path = tmp_path / "trial.csv"
    path.write_bytes(to_bytes(Sheet(sheet.header, tuple(records)), Form()))
    report = check_cohort(path, long_codebook())
    assert [(p.rule, p.line) for p in report.errors] == [("ragged row", 12)]


def test_changes_of_an_adam_file_may_be_rounded_and_not_wrong():
    sheet = adam_sheet()
    rows = [row for row in range(len(sheet.records)) if sheet.cell(row, "PARAMCD") == "TUG"]
    rows = [row for row in rows if sheet.cell(row, "CHG")]
    for row in rows:
        sheet = sheet.put(row, "CHG", f"{float(sheet.cell(row, 'CHG')):.1f}")
    assert told(sheet, adam_codebook()) == []
    wrong = f"{float(sheet.cell(rows[5], 'CHG')) + 0.2:.1f}"
    assert told(sheet.put(rows[5], "CHG", wrong), adam_codebook()) == [
        ("change differs", rows[5] + 2, "CHG")
    ]


def test_minus_zero_is_zero():
    digests = {
        cohort_of_table(long_sheet().put(0, "extension", text).table(), long_codebook()).digest
        for text in ("0", "-0", "0.0", "-0.0")
    }
    assert len(digests) == 1


def test_an_outcome_nobody_has_at_baseline_is_told_once():
    sheet = long_sheet()
    for row in range(len(sheet.records)):
        if sheet.cell(row, "visit") == "baseline":
            sheet = sheet.put(row, "vas", "")
    assert told(sheet, long_codebook()) == [("baseline missing", 0, "vas")]


def test_a_subject_of_a_wide_file_without_baseline_is_told_once():
    sheet = wide_sheet()
    for name in sheet.header:
        if name.endswith("_0"):
            sheet = sheet.put(2, name, "")
    assert told(sheet, wide_codebook()) == [("no baseline", 4, "")]


def test_a_faulty_value_at_baseline_is_not_missing_too():
    sheet = long_sheet().put(0, "nrs", "12")
    assert told(sheet, long_codebook()) == [("outside the range", 2, "nrs")]


def test_arms_are_not_counted_while_one_is_unknown():
    sheet = long_sheet()
    gone = [r for r in range(len(sheet.records)) if sheet.cell(r, "group") == "control"]
    keep = [r for r in gone if sheet.cell(r, "id") in {"K03", "K06"}]
    small = sheet.drop(*(row for row in gone if row not in keep))
    assert told(small, long_codebook()) == []
    row = small.find(id="K06")
    changed = small
    for at in range(row, row + 2):
        changed = changed.put(at, "group", "controll")
    assert {rule for rule, *_ in told(changed, long_codebook())} == {"unknown arm"}


def test_an_unknown_arm_on_an_event_is_not_a_missing_one_too():
    sheet = redcap_sheet()
    row = sheet.find(record_id="K08", redcap_event_name="enrolment_arm_1")
    assert told(sheet.put(row, "group", "retroo"), redcap_codebook()) == [
        ("unknown arm", row + 2, "group")
    ]


def test_repeating_instruments_are_not_judged():
    sheet = redcap_sheet()
    row = sheet.find(redcap_repeat_instrument="falls")
    assert told(sheet.put(row, "nrs", "many"), redcap_codebook()) == []


@pytest.mark.parametrize("one", ["7", "007", "0 7", "0-7", "7.0", "7e0", "+7", "0.07E+2", "7."])
def test_identifiers_that_differ_by_zeros_or_dashes(one):
    sheet = long_sheet()
    for row in range(len(sheet.records)):
        number = int(sheet.cell(row, "id")[1:])
        sheet = sheet.put(row, "id", {7: one, 8: "07"}.get(number, f"{number + 100}"))
    rules = told(sheet, long_codebook())
    assert [rule for rule, *_ in rules] == ["similar subjects"]


def test_identifiers_with_inner_zeros_and_decimals_are_different():
    sheet = long_sheet()
    for row in range(len(sheet.records)):
        number = int(sheet.cell(row, "id")[1:])
        odd = {7: "1.05", 8: "1.5", 9: "105", 10: "15", 11: "1e5", 12: "1e50", 13: "1.5.0"}
        text = odd.get(number, f"{number + 200}")
        sheet = sheet.put(row, "id", text)
    assert told(sheet, long_codebook()) == []


def test_cells_that_are_quoted_line_breaks_apart_count_as_written(tmp_path: Path):
    """An identifier with a line break in it is an identifier like any other."""
    sheet = long_sheet()
    for row in range(3):
        sheet = sheet.put(row, "id", "K\n01")
    path = tmp_path / "trial.csv"
    path.write_bytes(to_bytes(sheet, Form()))
    assert not [p for p in check_cohort(path, long_codebook()).problems if p.severity == "error"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("7;5", "is no number"),
        ("1.000.000", "is no number"),
        ("12e", "is no number"),
        ("1e5000", "too large"),
        ("\u0661\u0662", "is no number"),
        ("True", "is no number"),
        ("0x10", "is no number; expected"),
        ("12 Mar", "is no number; expected"),
        ("12 Mar 2024", "is no number; expected"),
        ("5/2", "is no number; expected"),
        ("5\u00bd", "is no number; expected"),
        ("1d5", "is no number; expected"),
        ("9h30", "is no number; expected"),
        ("7 pm", "is no number; expected"),
        ("50 mm?", "is no number; expected"),
        ("5 kg\u00b7m/s", "Write 5 alone"),
        ("1_000", "is no number"),
        ("50%", "'%' stands behind it"),
        ("1'000", "an apostrophe"),
        ("~50", "it is a limit"),
        ("\u20134", "Write -4"),
        ("\u221e", "is no number"),
    ],
)
def test_what_is_no_number(text, words):
    report = check_table(long_sheet().put(1, "quad", text).table(), long_codebook())[1]
    (found,) = report.errors
    assert (found.rule, found.line, found.column) == ("not a number", 3, "quad")
    assert words in str(found)


def test_a_decimal_point_in_a_file_of_commas_is_no_number():
    sheet = long_sheet()
    for row in range(len(sheet.records)):
        for name in ("quad", "tug"):
            sheet = sheet.put(row, name, sheet.cell(row, name).replace(".", ","))
    assert told(sheet, long_codebook(), decimal=",") == []
    sheet = sheet.put(4, "tug", "9.5")
    (found,) = check_table(sheet.table(decimal=","), long_codebook())[1].errors
    assert found.todo == "Write 9,5, or declare decimal under [file]"


def test_long_texts_are_shortened():
    report = check_table(long_sheet().put(1, "group", "g" * 900).table(), long_codebook())[1]
    (found,) = report.errors
    assert len(found.value) == 40
    assert len(str(found)) < 400
