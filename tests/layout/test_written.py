"""Cells in the style of a journal: from their numbers, rounded once, words left alone."""

import copy
import math
import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrostats.journals import HOUSE, JOURNALS, Journal, find_journal
from retrostats.layout import (
    Layout,
    Range,
    Words,
    Written,
    limits,
    number,
    p_number,
    p_sentence,
    range_joint,
)

LANCET, JAMA, COMMA = (find_journal(name) for name in ("lancet", "jama", "comma"))
TWO = Journal(name="two", title="Two digits of p", p_digits="two or three")


@pytest.mark.parametrize(
    ("p", "three", "two", "significant"),
    [
        (1.0, "1.000", "1.00", "1.0"),
        (0.9996, "1.000", "1.00", "1.0"),
        (0.9949, "0.995", "0.99", "0.99"),
        (0.245, "0.245", "0.24", "0.24"),  # 0.245 is stored a little below itself
        (0.0551, "0.055", "0.06", "0.055"),
        (0.05, "0.050", "0.05", "0.050"),
        (0.0496, "0.050", "0.050", "0.050"),  # two digits would turn it into 0.05
        (0.0456, "0.046", "0.046", "0.046"),
        (0.0449, "0.045", "0.04", "0.045"),
        (0.0332, "0.033", "0.03", "0.033"),
        (0.01, "0.010", "0.01", "0.010"),
        (0.00996, "0.010", "0.010", "0.010"),
        (0.0096, "0.010", "0.010", "0.0096"),
        (0.0011, "0.001", "0.001", "0.0011"),
        (0.00099, "<0.001", "<0.001", "0.0010"),
        (0.00049, "<0.001", "<0.001", "0.0005"),
        (0.0001, "<0.001", "<0.001", "0.0001"),
        (0.0000999, "<0.001", "<0.001", "<0.0001"),
        (0.0, "<0.001", "<0.001", "<0.0001"),
    ],
)
def test_p_by_journal(p, three, two, significant):
    cell = p_number(p)
    assert cell == three
    assert cell.in_style(TWO) == two
    assert cell.in_style(JAMA) == two.replace("0.", ".", 1)
    assert cell.in_style(LANCET) == significant.replace(".", "·")
    assert cell.in_style(COMMA) == three.replace(".", ",")
    sentence = p_sentence(p).in_style(TWO)
    assert sentence == (f"p {two}".replace("<", "< ") if "<" in two else f"p = {two}")


@given(st.floats(1e-4, 1.0))
def test_two_significant_digits_are_those_and_at_most_four_decimals(p):
    shown = str(p_number(p).in_style(LANCET)).replace("·", ".")
    places = len(shown.partition(".")[2])
    assert 1 <= places <= 4
    assert abs(Fraction(shown) - Fraction(p)) <= Fraction(1, 2 * 10**places)
    digits = shown.replace(".", "").lstrip("0")
    assert len(digits) == 2 or (places == 4 and len(digits) == 1)


@given(st.floats(0.001, 1.0))
def test_p_is_rounded_once_whatever_was_shown_before(p):
    there = p_number(p).in_style(JAMA).in_style(LANCET).in_style(TWO)
    places = len(str(there).partition(".")[2])
    assert places in (2, 3)
    half = Fraction(1, 2 * 10**places)
    assert abs(Fraction(str(there)) - Fraction(p)) <= half
    assert (p < 0.05) <= (str(there) != "0.05")  # nothing below 0.05 becomes 0.05
    assert there.in_style(HOUSE) == p_number(p)


@pytest.mark.parametrize(
    ("columns", "cells"), [(1, 0), (1, 2), (3, 0), (3, 1), (3, 4), (5, 3), (2, 1)]
)
def test_rows_that_do_not_fit_the_header_are_named(columns, cells):
    rows = (("a",) * columns, ("b",) * cells)
    message = f"^Ages: row 2 has {cells} cells for {columns} columns; expected one for each, or a"
    with pytest.raises(ValueError, match=message):
        Layout(caption="Ages", header=("x",) * columns, rows=rows)
    with pytest.raises(ValueError, match=r"^a table: no columns; expected one at least$"):
        Layout(caption="", header=(), rows=())


def test_a_p_that_does_not_exist_is_an_empty_cell_in_every_style():
    table = Layout(caption="", header=("", "p"), rows=(("a", p_number(math.nan)),))
    assert {table.in_style(journal).rows for journal in JOURNALS.values()} == {(("a", ""),)}


ROWS = (
    ("dose 0.5 to 1.5", "1.52", limits(0.68, 2.36, 2), p_number(0.0449), "at 0.5 as planned"),
    ("x", "14.0 (12.5)", limits(0.1, math.inf, 1), p_number(0.0001), Written("NNTB 2.9 (1.7)")),
    ("y 2.5", "12 (52.5%)", "–", "", ""),
    ("z", "not estimated at 2.5 points"),
)
TABLE = Layout(
    caption="Dose 0.5",
    header=("Arm", "Dose 0.5 (n = 3)", Written("97.5% CI"), "p", "Note"),
    rows=ROWS,
    closing_words=1,
)


def test_a_journal_changes_numbers_and_no_words():
    styled = TABLE.in_style(LANCET)
    assert styled.caption == "Dose 0.5"
    assert styled.header == ("Arm", "Dose 0.5 (n = 3)", "97·5% CI", "p", "Note")
    assert styled.rows == (
        ("dose 0.5 to 1.5", "1·52", "0·68–2·36", "0·045", "at 0.5 as planned"),
        ("x", "14·0 (12·5)", "0·1–∞", "0·0001", "NNTB 2·9 (1·7)"),
        ("y 2.5", "12 (52·5%)", "–", "", ""),
        ("z", "not estimated at 2.5 points"),
    )
    assert TABLE.in_style(JAMA).rows[0] == (
        "dose 0.5 to 1.5", "1.52", "0.68 to 2.36", ".04", "at 0.5 as planned",
    )  # fmt: skip


def test_one_negative_limit_keeps_the_word_in_the_whole_table():
    for low, high in ((-0.2, 0.7), (-2.0, -1.0), (-math.inf, 2.0)):
        rows = (*ROWS, ("w", "1.0", limits(low, high, 1), "", ""))
        styled = Layout(caption="", header=TABLE.header, rows=rows, closing_words=1)
        shown = styled.in_style(LANCET)
        assert shown.rows[0][2] == "0·68 to 2·36"
        assert "–" not in shown.rows[-1][2]
    # A value below zero beside a range is no reason: only limits would touch the dash.
    rows = (*ROWS, ("w", "-1.0", limits(0.0, 1.0, 1), "", ""))
    assert Layout(caption="", header=TABLE.header, rows=rows).in_style(LANCET).rows[0][2] == (
        "0·68–2·36"
    )


@pytest.mark.parametrize("name", sorted(JOURNALS))
def test_every_style_leads_back_to_the_house_and_repeats(name):
    styled = TABLE.in_style(JOURNALS[name])
    assert styled.in_style(JOURNALS[name]) == styled
    assert styled.in_style(HOUSE) == TABLE
    assert TABLE.in_style(HOUSE) == TABLE


@given(st.floats(-1e6, 1e6), st.integers(0, 5))
def test_a_number_changes_its_mark_and_no_digit(value, places):
    text = number(value, places)
    for journal in (LANCET, COMMA):
        shown = Written(text).in_style(journal)
        assert shown.replace(journal.decimal_mark, ".") == text
        assert ("." in shown) is False


@pytest.mark.parametrize(
    "text", ["12.03.2024", "1.2.3", "v1.2.3 of 2024.01.09", "Sentence. Another", "3. step"]
)
def test_dates_versions_and_full_stops_are_no_decimal_points(text):
    assert Written(text).in_style(LANCET) == text


def test_parts_flatten_and_survive_copies():
    inner = Written(Range("1.5", "2.5"))
    whole = Written(Words("arm 0.5: "), inner, " (97.5%)")
    assert whole == "arm 0.5: 1.5 to 2.5 (97.5%)"
    for twin in (pickle.loads(pickle.dumps(whole)), copy.deepcopy(whole)):  # noqa: S301
        assert twin.in_style(COMMA, "–") == "arm 0.5: 1,5–2,5 (97,5%)"
    assert range_joint(COMMA, [whole]) == "–"
    assert range_joint(COMMA, [whole, Written(Range("-1", "2"))]) == " to "
    assert range_joint(HOUSE, [whole]) == " to "


def test_dashes_and_other_marks_line_up_in_text():
    rows = (("a", limits(0.68, 12.36, 2), p_number(0.04)), ("b", limits(10.1, 2000.0, 1), "0.5"))
    table = Layout(caption="", header=("", "CI", "p"), rows=rows).in_style(LANCET)
    assert table.text().splitlines() == [
        "             CI      p",
        "a  0·68–  12·36  0·040",
        "b  10·1–2000·0   0·5",
    ]
