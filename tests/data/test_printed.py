import csv
import decimal
import pickle
import time
from dataclasses import FrozenInstanceError
from decimal import Decimal
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrostats.data.catalogue import data_folder, list_trials, load_trial
from retrostats.data.printed import Printed
from retrostats.errors import DataError

EXPECTED = "expected a number such as 0.50, -38.7, 12%, < 0.001, P = 0.040 or 'not significant'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.50", (0.5, 0.495, 0.505, "=", 2, "")),
        (".18", (0.18, 0.175, 0.185, "=", 2, "")),
        ("1", (1.0, 0.5, 1.5, "=", 0, "")),
        ("0", (0.0, -0.5, 0.5, "=", 0, "")),
        ("+2", (2.0, 1.5, 2.5, "=", 0, "")),
        ("-38.7", (-38.7, -38.75, -38.65, "=", 1, "")),
        ("\u221238.7", (-38.7, -38.75, -38.65, "=", 1, "")),
        ("\u201338.7", (-38.7, -38.75, -38.65, "=", 1, "")),
        ("\u00a00.3\u202f", (0.3, 0.25, 0.35, "=", 1, "")),
        ("12%", (12.0, 11.5, 12.5, "=", 0, "%")),
        ("16.0 %", (16.0, 15.95, 16.05, "=", 1, "%")),
        ("10°", (10.0, 9.5, 10.5, "=", 0, "°")),
        ("1.2e-5", (1.2e-5, 1.15e-5, 1.25e-5, "=", 6, "")),
        ("999999999999999", (999999999999999.0, 999999999999998.5, 999999999999999.5, "=", 0, "")),
        ("2.3e-16", (2.3e-16, 2.25e-16, 2.35e-16, "=", 17, "")),
        ("12e3", (12000.0, 11500.0, 12500.0, "=", -3, "")),
        ("P = 0.040", (0.04, 0.0395, 0.0405, "=", 3, "")),
        ("p=0.01", (0.01, 0.005, 0.015, "=", 2, "")),
        ("P\u00a0=\u00a0.04", (0.04, 0.035, 0.045, "=", 2, "")),
        ("p-value 0.3", (0.3, 0.25, 0.35, "=", 1, "")),
        ("P value = 0.3", (0.3, 0.25, 0.35, "=", 1, "")),
        ("p = 0.000", (0.0, 0.0, 0.0005, "=", 3, "")),
        ("P = 1.0", (1.0, 0.95, 1.0, "=", 1, "")),
        ("< 0.001", (None, 0.0, 0.001, "<", 3, "")),
        ("p<0.05", (None, 0.0, 0.05, "<", 2, "")),
        ("p-value <0.05", (None, 0.0, 0.05, "<", 2, "")),
        ("P > 0.05", (None, 0.05, 1.0, ">", 2, "")),
        ("\u2264 0.05", (None, 0.0, 0.05, "<", 2, "")),
        ("P \u2265 .05", (None, 0.05, 1.0, ">", 2, "")),
        ("<=0.05", (None, 0.0, 0.05, "<", 2, "")),
        (">= 3", (None, 3.0, inf, ">", 0, "")),
        ("< 3", (None, -inf, 3.0, "<", 0, "")),
        ("< \u22120.5", (None, -inf, -0.5, "<", 1, "")),
        ("2.89 to 16.24", (None, 2.885, 16.245, "range", 2, "")),
        ("0-96", (None, -0.5, 96.5, "range", 0, "")),
        ("0.2\u20130.5", (None, 0.15, 0.55, "range", 1, "")),
        ("-5--3", (None, -5.5, -2.5, "range", 0, "")),
        ("not significant", (None, 0.05, 1.0, "not significant", None, "")),
        ("Non-significant", (None, 0.05, 1.0, "not significant", None, "")),
        ("NS", (None, 0.05, 1.0, "not significant", None, "")),
        ("n.s.", (None, 0.05, 1.0, "not significant", None, "")),
        ("p = n.s.", (None, 0.05, 1.0, "not significant", None, "")),
    ],
)
def test_each_form_stands_for_what_its_digits_allow(text, expected):
    p = Printed(text)
    assert (p.value, p.low, p.high, p.relation, p.decimals, p.unit) == expected
    assert str(p) == p.text == text


def test_every_printed_cell_of_the_bundled_trials_reads_with_its_own_mark():
    cells = 0
    for name in list_trials():
        mark = load_trial(name).decimal_mark
        with (data_folder() / "trials" / name / "values.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                printed = Printed(row["printed"], mark)
                assert printed.low <= printed.high
                cells += 1
    assert cells > 500


def test_every_measurement_property_reads():
    with (data_folder() / "measurement_properties.csv").open(encoding="utf-8") as file:
        printed = [Printed(row["printed"]) for row in csv.DictReader(file)]
    assert len(printed) > 30
    assert all(p.low < p.high for p in printed)


def test_a_decimal_comma_is_refused_where_it_is_not_declared():
    with pytest.raises(DataError) as error:
        Printed("15,3")
    assert str(error.value) == (
        "'15,3' has a comma between digits: if the source prints decimal commas, "
        'declare decimal_mark = "," in trial.toml; a thousands separator is left out'
    )


def test_where_the_comma_is_declared_it_reads_and_the_point_is_refused():
    printed = Printed("P = 0,005", ",")
    assert (printed.value, printed.low, printed.high) == (0.005, 0.0045, 0.0055)
    assert Printed(",5", ",").value == 0.5
    with pytest.raises(DataError) as error:
        Printed("0.005", ",")
    assert str(error.value) == (
        "'0.005' has a point between digits: this source declares decimal_mark = \",\"; "
        "a thousands separator is left out"
    )


def test_there_is_no_third_decimal_mark():
    with pytest.raises(DataError) as error:
        Printed("0.5", ";")
    assert str(error.value) == "decimal mark ';' should be '.' or ','"


@pytest.mark.parametrize(
    "text",
    [
        *("abc", "1.2.3", "12 (3)", "nan", "NaN", "inf", "-inf", "١٢", "１２", "²", "½"),
        *("- 5", "--5", "1 234", "1_000", ".", "-", "%", "<", "p", "p =", "0x10", "1e", "e5"),
        *("0.5\n0.6", "P =\n0.04", "1\x00", "1\u200b", "12%%", "0.5 cm", "1/2", "= =1"),
        *("significant", "p significant", "not", "0.5 not significant", "n.\u017f."),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(text):
    with pytest.raises(DataError) as error:
        Printed(text)
    assert str(error.value) == f"{text!r} is no number; {EXPECTED}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"the printed number is empty; {EXPECTED}"),
        (" \u00a0\n", f"the printed number is empty; {EXPECTED}"),
        ("5.3 ± 1", "'5.3 ± 1' holds two numbers; enter mean and sd on a row each"),
        ("p = 1.5", "'p = 1.5' is no probability; expected a p value from 0 to 1"),
        ("p = -0.2", "'p = -0.2' is no probability; expected a p value from 0 to 1"),
        ("5 to 3", "the range '5 to 3' runs backwards; write the lower end first"),
        ("1e400", "'1e400' is too large or too small to compute with"),
        ("1e-400", "'1e-400' is too large or too small to compute with"),
        ("1e1000000", "'1e1000000' is too large or too small to compute with"),
        ("1e15", "'1e15' is too large or too small to compute with"),
        ("9" * 60, f"'{'9' * 60}' is too large or too small to compute with"),
        (f"0.{'1' * 60}e-260", f"'0.{'1' * 60}e-260' is too large or too small to compute with"),
        ("1e" + "9" * 30, f"'1e{'9' * 30}' is too large or too small to compute with"),
        (
            "1,234.5",
            (
                "'1,234.5' has a comma between digits: if the source prints decimal commas, "
                'declare decimal_mark = "," in trial.toml; a thousands separator is left out'
            ),
        ),
    ],
)
def test_the_refusal_says_what_to_do(text, message):
    with pytest.raises(DataError) as error:
        Printed(text)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "text", ["9" * 400, "p" + " " * 100_000 + "x", "1 " + " " * 100_000 + "x", "n" * 100_000]
)
def test_a_very_long_text_is_refused_at_once_and_shown_in_short(text):
    start = time.perf_counter()
    with pytest.raises(DataError) as error:
        Printed(text)
    assert time.perf_counter() - start < 0.5
    assert str(error.value) == f"{text[:80]!r}... is no number; {EXPECTED}"


def test_the_limits_do_not_depend_on_the_callers_decimal_context():
    with decimal.localcontext() as context:
        context.prec = 2
        printed = Printed("123.456")
    assert (printed.low, printed.high) == (123.4555, 123.4565)


def test_a_printed_number_is_frozen_hashable_and_survives_pickling():
    printed = Printed("0.50")
    with pytest.raises(FrozenInstanceError):
        printed.low = 0
    assert printed == Printed("0.50") != Printed("0.5")
    assert len({printed, Printed("0.50")}) == 1
    assert pickle.loads(pickle.dumps(printed)) == printed  # noqa: S301


digits = st.text("0123456789", min_size=1, max_size=12)
numbers = st.builds(
    "{}{}{}".format, st.sampled_from(["", "-", "+", "\u2212"]), digits, digits.map(".{}".format)
)

#: Short enough that floats tell neighbours apart.
few = st.text("0123456789", min_size=1, max_size=5)
short = st.builds("{}{}.{}".format, st.sampled_from(["", "-", "\u2212"]), few, few)


@given(numbers)
def test_a_number_allows_half_a_unit_of_its_last_digit_on_either_side(text):
    printed = Printed(text)
    plain = Decimal(text.replace("\u2212", "-"))
    half = Decimal(5) * Decimal(10) ** (plain.as_tuple().exponent - 1)
    read = (printed.value, printed.low, printed.high)
    assert read == (float(plain), float(plain - half), float(plain + half))


@given(numbers)
def test_the_text_is_kept_letter_by_letter(text):
    padded = f" {text}\u00a0"
    assert Printed(padded).text == padded
    assert Printed(padded).low == Printed(text).low


@given(short, st.sampled_from("0123456789"))
def test_one_more_digit_narrows_the_interval_and_stays_near_it(text, digit):
    wide, narrow = Printed(text), Printed(text + digit)
    assert narrow.high - narrow.low < wide.high - wide.low
    assert abs(narrow.value) >= abs(wide.value)


@given(numbers, digits)
def test_a_number_that_rounds_to_the_print_lies_in_its_interval(text, more):
    exact = Decimal(text.replace("\u2212", "-") + more)
    rounded = exact.quantize(Decimal(text.replace("\u2212", "-")), decimal.ROUND_HALF_UP)
    outer = Printed(str(rounded))
    assert outer.low <= Printed(str(exact)).value <= outer.high


@given(few, few, st.sampled_from(["0", "00", "000"]))
def test_zeros_that_extend_the_digits_give_an_interval_inside_the_wider_one(whole, part, zeros):
    wide, narrow = Printed(f"{whole}.{part}"), Printed(f"{whole}.{part}{zeros}")
    assert wide.low < narrow.low <= narrow.high < wide.high
    assert wide.value == narrow.value


@given(digits, digits)
def test_a_minus_mirrors_the_interval(whole, part):
    plus, minus = Printed(f"{whole}.{part}"), Printed(f"-{whole}.{part}")
    assert (minus.value, minus.low, minus.high) == (-plus.value, -plus.high, -plus.low)


@given(st.floats(0, 1).map(lambda p: f"{p:.3f}"))
def test_a_p_value_never_leaves_zero_to_one(text):
    for form in (f"P = {text}", f"p < {text}", f"p > {text}"):
        printed = Printed(form)
        assert 0 <= printed.low <= printed.high <= 1


@given(st.one_of(st.text(max_size=100), st.text("0123456789.,-+eEpP<>=% nsto±", max_size=30)))
def test_any_text_is_either_read_or_refused_in_words(text):
    for mark in (".", ","):
        try:
            printed = Printed(text, mark)
        except DataError:
            continue
        assert printed.low <= printed.high
        assert printed.value is None or abs(printed.value) < inf


def test_a_number_instead_of_its_text_is_refused():
    with pytest.raises(TypeError, match=r"takes the text as printed, e.g. '0.50', not a float"):
        Printed(0.5)
