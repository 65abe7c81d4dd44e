"""Value labels against codes and numbers, codes that no range reveals, and names in texts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_up_trial import Sheet, long_codebook, long_sheet, redcap_codebook, redcap_sheet

from retrostats.data.cohort.reading import check_table
from retrostats.instruments import Instrument

from .planted import LABELLED, coded

OPEN = Instrument(id="x", name="X", measures="x", low=float("-inf"), high=float("inf"), unit="",
                  better="lower")  # fmt: skip


def told(sheet: Sheet, codebook=None, **labels) -> list[tuple[str, str, int, str, str]]:
    book = codebook or long_codebook()
    problems = check_table(sheet.table(labels=labels), book)[1].problems
    return [(p.severity, p.rule, p.line, p.column, p.value) for p in problems]


def column_of(values: list[str], column: str = "vas") -> Sheet:
    sheet = long_sheet()
    for row in range(len(sheet.records)):
        sheet = sheet.put(row, column, values[row % len(values)])
    return sheet


def endless(name: str = "vas"):
    """The codebook, in which one outcome has no ends."""
    book = long_codebook()
    outcomes = tuple(replace(o, instrument=OPEN) if o.name == name else o for o in book.outcomes)
    return replace(book, outcomes=outcomes)


@pytest.mark.parametrize(("fault", "labels"), LABELLED, ids=lambda part: getattr(part, "name", ""))
def test_a_fault_of_labels_is_found(fault, labels):
    problems = check_table(fault.sheet().table(labels=labels), fault.codebook())[1].problems
    assert {(p.rule, p.severity, p.column) for p in problems} == {
        (fault.rule, fault.severity, fault.column)
    }
    assert fault.message in str(problems[0])


def test_labels_that_agree_or_say_more_are_no_fault():
    sheet = coded(long_sheet(), "")
    assert told(sheet, group={"1": "retro", "2": "Forward, slowly", "3": "control"}) == []


def test_labels_that_are_numbers_swap_arms():
    error = ("error", "label contradicts")
    assert told(coded(long_sheet(), ""), group={"1": "2", "2": "1.0"}) == [
        (*error, 2, "group", "1"),
        (*error, 5, "group", "2"),
    ]


def test_labels_of_visits_and_levels_contradict():
    sheet = long_sheet().put(1, "visit", "3").put(0, "sex", "2")
    labels = {"visit": {"3": "week 6"}, "sex": {"2": "M", "1": "F"}}
    assert told(sheet, **labels) == [
        ("error", "label contradicts", 2, "sex", "2"),
        ("error", "label contradicts", 3, "visit", "3"),
    ]


def test_a_label_of_a_visit_that_is_left_out_contradicts():
    sheet, book = redcap_sheet(), redcap_codebook()
    labels = {"redcap_event_name": {"week_3_arm_1": "enrolment_arm_1"}}
    (found,) = told(sheet, book, **labels)
    assert found[:2] == ("error", "label contradicts")


@pytest.mark.parametrize(
    ("values", "labels", "codes"),
    [
        (["1", "2", "5", "8", "0", "10"], {"0": "no pain", "10": "worst"}, []),
        (["2", "3", "4", "5", "6", "7", "10"], {"0": "no pain", "10": "worst", "99": "?"}, []),
        (["2", "3", "4", "98"], {"98": "refused"}, ["98"]),
        (["2", "4", "7", "10", "98"], {"0": "none", "10": "most", "98": "refused"}, ["98"]),
        (["0", "2", "4", "6", "11", "-7"], {"11": "?", "-7": "refused"}, ["11", "-7"]),
        (["1", "50", "90", "99"], {"99": "not done"}, ["99"]),
        (["1", "2", "3", "4", "9"], {"9": "not done"}, ["9"]),
        (["5", "6", "7", "8", "9"], {"9": "worst"}, []),
        (["0", "1", "2", "3"], {"0": "none", "1": "mild", "2": "some", "3": "bad"}, []),
        (["0", "1", "-9"], {"0": "no", "1": "yes", "-9": "unknown"}, ["-9"]),
        (["-2", "-1", "0", "1", "2"], {"-1": "a", "-2": "b", "0": "c", "1": "d", "2": "e"}, []),
        (["1", "2", "77"], {"77": "77.0"}, []),
    ],
)
def test_which_labelled_numbers_are_told(values, labels, codes):
    found = told(column_of(values), endless(), vas=labels)
    rule = ("warning", "labelled number")
    assert [value for *kind, _, _, value in found if tuple(kind) == rule] == codes
    assert not [kind for kind, *_ in found if kind == "error"]


def test_the_ends_of_an_instrument_may_have_labels():
    assert told(column_of(["3", "4", "10"], "nrs"), nrs={"10": "the worst there is"}) == []


def test_a_labelled_number_outside_the_range_is_an_error_with_its_label():
    sheet = long_sheet().put(1, "nrs", "999")
    report = check_table(sheet.table(labels={"nrs": {"999": "not done"}}), long_codebook())[1]
    (found,) = report.problems
    assert (found.severity, found.rule) == ("error", "undeclared missing code")
    assert found.found.startswith("'999' (value label 'not done') looks like a code")


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (["40", "45", "50", "55", "60", "999"], ["999"]),
        (["40", "45", "50", "55", "60", "-9"], ["-9"]),
        (["40", "50", "60", "70", "80", "99"], []),  # 19 from the others, of SD 14.8
        (["40", "50", "60", "70", "80", "-9"], ["-9"]),
        (["50", "52", "54", "56", "58", "99", "-99"], ["99"]),
        (["1", "2", "3", "4", "5", "9"], []),
        (["300", "500", "700", "900", "1100", "999"], []),
        (["40", "45", "50", "55", "60", "998"], []),
    ],
)
def test_which_unlabelled_numbers_look_like_codes(values, codes):
    found = told(column_of(values), endless())
    rule = ("warning", "possible missing code")
    assert [value for *kind, _, _, value in found if tuple(kind) == rule] == codes
    assert not [kind for kind, *_ in found if kind == "error"]


def test_a_scale_with_two_ends_is_not_asked():
    assert told(column_of(["1", "2", "3", "1", "2", "99"]), None) == []


@pytest.mark.parametrize(
    ("name", "reason", "faulty"),
    [
        ("S-01", "exchanged with s-01", True),
        ("S-01", "exchanged with S-012", False),
        ("12", "after 12 weeks", False),
        ("12", "exchanged with patient 12", True),
        ("12", "covid 12", False),
        ("1012", "see 1012", True),
        ("A", "a fall", False),
        ("anna", "Anna moved", True),
        ("k_1", "with k_1.", True),
    ],
)
def test_an_identifier_in_a_reason_to_leave(name, reason, faulty):
    sheet = long_sheet()
    for row in range(3):
        sheet = sheet.put(row, "id", name).put(row, "left", reason)
    found = [("error", "subject named", line, "left", "") for line in (2, 3, 4)]
    assert told(sheet) == (found if faulty else [])


def test_an_identifier_in_a_label_of_the_codebook():
    book = long_codebook()
    arms = (replace(book.arms[0], name="Care as K07 had it"), *book.arms[1:])
    assert told(long_sheet(), replace(book, arms=arms)) == [("error", "subject named", 0, "", "")]
