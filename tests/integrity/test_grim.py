"""GRIM against exact truth, against every sum there is, and with samples that exist."""

import csv
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrostats.data.printed import Printed
from retrostats.errors import DataError
from retrostats.integrity.grim import grim, mean_can_fail

GOLDEN = Path(__file__).parents[1] / "golden" / "effects" / "f_consistency"
RULES = ("either", "half-up", "half-even")


def prints(value: Fraction, decimals: int, rule: str) -> set[int]:
    """Return what ``value`` may print as, in units of the last digit."""
    steps = value * 10**decimals
    low, high = floor(steps), ceil(steps)
    if 2 * steps != low + high:
        return {round(steps)}
    if rule == "either":
        return {low, high}
    if rule == "half-even":
        return {low if low % 2 == 0 else high}
    return {high if steps > 0 else low} if low != high else {low}


def text(units: int, decimals: int) -> str:
    """Return ``units`` of the last of so many decimals, as printed."""
    digits = f"{abs(units):0{decimals + 1}d}"
    point = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return f"-{point}" if units < 0 else point


def test_the_rounding_of_these_tests_is_that_of_the_decimal_module():
    for units in range(-60, 61):
        exact = Decimal(units).scaleb(-2)
        up = int(exact.quantize(Decimal("0.1"), ROUND_HALF_UP) * 10)
        even = int(exact.quantize(Decimal("0.1"), ROUND_HALF_EVEN) * 10)
        assert prints(Fraction(units, 100), 1, "half-up") == {up}
        assert prints(Fraction(units, 100), 1, "half-even") == {even}


def test_every_row_of_the_exact_truth_agrees_under_each_rounding_rule():
    with (GOLDEN / "grim_2dp.csv").open() as file:
        rows = list(csv.DictReader(file))
    wrong = [
        (row, rule)
        for row in rows
        for rule in RULES
        if grim(f"0.{int(row['frac2dp']):02d}", int(row["n"]), rounding=rule).consistent
        != (row[rule.replace("-", "_")] == "1")
    ]
    assert len(rows) == 10_000
    assert not wrong


@given(
    st.lists(st.integers(-300, 300), min_size=1, max_size=40),
    st.integers(1, 4),
    st.integers(0, 3),
    st.sampled_from(RULES),
)
def test_a_real_sample_is_never_flagged(totals, items, decimals, rule):
    low, high = min(totals) // items - 1, max(totals) // items + 1
    mean = Fraction(sum(totals), len(totals) * items)
    for units in prints(mean, decimals, rule):
        for rounding in {rule, "either"}:
            check = grim(text(units, decimals), len(totals), items=items, rounding=rounding)
            assert check.consistent
        bounded = grim(text(units, decimals), len(totals), items=items, low=low, high=high)
        assert bounded.consistent


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("n", [1, 3, 7, 8, 16])
def test_with_bounds_exactly_the_means_of_the_scale_pass(n, rule):
    reachable = {
        units for s in range(-2 * n, 3 * n + 1) for units in prints(Fraction(s, n), 1, rule)
    }
    for units in range(-30, 41):
        check = grim(text(units, 1), n, low=-2, high=3, rounding=rule)
        assert check.consistent == (units in reachable)


@pytest.mark.parametrize("rule", RULES)
def test_informative_means_that_some_mean_with_these_digits_fails(rule):
    for decimals in (0, 1, 2):
        for n in range(1, 121):
            period = 10**decimals
            printed = {
                units % (2 * period)
                for s in range(2 * n)
                for units in prints(Fraction(s + 4 * n, n), decimals, rule)
            }
            some_fail = len(printed) < 2 * period
            assert mean_can_fail(n, Fraction(1, period), rule) == some_fail, (decimals, n)


def test_a_mean_that_passes_where_all_do_is_not_informative():
    check = grim("17.98", 250)
    assert check.consistent
    assert not check.informative
    assert str(check) == (
        "GRIM: consistent (not informative: no such figures could fail); 250 whole numbers with "
        "a sum from 4494 to 4496 have a mean that prints as 17.98"
    )


def test_a_failure_is_always_informative():
    assert grim("9.00", 250, low=1, high=5).informative


def test_a_mean_that_fails_is_shown_between_its_neighbours():
    assert str(grim("17.98", 15)) == (
        "GRIM: inconsistent; no 15 whole numbers have a mean that prints as 17.98: "
        "269/15 = 17.93 and 270/15 = 18.00"
    )
    assert grim("3.2", 1).detail == (
        "no 1 whole number has a mean that prints as 3.2: 3/1 = 3.0 and 4/1 = 4.0"
    )


def test_a_neighbour_that_is_a_tie_is_shown_with_the_digit_that_makes_it_one():
    assert grim("-0.13", 8, rounding="half-even").detail == (
        "no 8 whole numbers have a mean that prints as -0.13: -2/8 = -0.25 and -1/8 = -0.125"
    )


def test_a_mean_outside_the_scale_is_shown_with_its_sum():
    assert grim("6.00", 15, low=1, high=5).detail == (
        "no 15 whole numbers from 1 to 5 have a mean that prints as 6.00: the sum 90 lies "
        "outside the scale"
    )


def test_several_items_are_named():
    assert grim("2.33", 10, items=3, low=0).detail == (
        "10 means of 3 whole numbers from 0 and above with the sum 70 have a mean that prints "
        "as 2.33"
    )


def test_a_printed_number_is_as_good_as_its_text():
    assert grim(Printed("17.98"), 15) == grim("17.98", 15)
    assert not grim(Printed("17,98", ","), 15).consistent
    assert grim(Printed("\u22122.50"), 4).consistent


def test_numbers_of_numpy_do_not_overflow():
    assert grim("100000000.5", np.int32(2_000_000_000), high=np.int64(2**62)).consistent


def test_a_check_has_no_truth_value():
    with pytest.raises(TypeError, match="a GRIM check is neither true nor false; ask for"):
        bool(grim("17.98", 15))


def test_a_float_is_refused_with_the_reason():
    with pytest.raises(TypeError) as caught:
        grim(3.5, 20)
    assert str(caught.value) == (
        'mean must be the text as printed, such as "3.50", not 3.5: a number has lost its '
        "trailing zeros, and 3.50 says more than 3.5"
    )


@pytest.mark.parametrize(
    ("mean", "kind"),
    [
        ("< 3.5", "a bound"),
        ("2.89 to 16.24", "a range"),
        ("not significant", "words"),
        ("12%", "a percentage"),
        ("P = 0.04", "a p value"),
    ],
)
def test_a_bound_range_percentage_or_p_value_is_refused(mean, kind):
    with pytest.raises(DataError, match=f"is {kind}; expected "):
        grim(mean, 20)


def test_more_digits_than_a_double_holds_are_refused():
    with pytest.raises(DataError, match="has more than 15 digits; check it"):
        grim("3.1415926535897932", 20)


@pytest.mark.parametrize("name", ["n", "items", "low", "high"])
@pytest.mark.parametrize("wrong", [True, 2.0, "2"])
def test_counts_and_ends_must_be_ints(name, wrong):
    arguments = {"n": 20} | {name: wrong}
    with pytest.raises(TypeError, match=f"{name} must be a whole number"):
        grim("3.50", **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n is 0; expected 1 or more"),
        ({"n": 20, "items": 0}, "items is 0; expected 1 or more"),
        ({"n": 20, "low": 5, "high": 5}, "the scale runs from 5 to 5; expected low below high"),
    ],
)
def test_impossible_sizes_and_scales_are_refused(arguments, message):
    with pytest.raises(DataError, match=message):
        grim("3.50", **arguments)


def test_an_unknown_rounding_rule_is_refused():
    with pytest.raises(ValueError, match="rounding is 'up'; expected 'either', 'half-up' or"):
        grim("3.50", 20, rounding="up")
