"""Numbers and spans in words, and what becomes of a decision."""

import math

import pytest

from retrostats.integrity.rounding import Span
from retrostats.integrity.words import FLIPS, between, decision, from_p, number, p_words, reach


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (0.0271, "0.0271"),
        (17.98, "18"),
        (1234.5, "1234"),
        (-0.8916, "-0.892"),
        (1.685e-34, "1.69e-34"),
        (math.inf, "∞"),
    ],
)
def test_a_number_has_three_significant_digits(value, words):
    assert number(value) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (4.045, 4.055, "4.045 to 4.055"),
        (59.94, 59.96, "59.94 to 59.96"),
        (0.649807, 0.649905, "0.6498 to 0.6499"),
        (0.25, 1.35, "0.25 to 1.35"),
        (-38.75, -38.65, "-38.75 to -38.65"),
        (0.5, 0.5, "0.5"),
        (0.12345, 0.123451, "0.1235"),
        (-0.00001, 0.3, "0 to 0.3"),
    ],
)
def test_a_span_has_the_digits_that_its_width_calls_for(low, high, words):
    assert between(Span(low, high)) == words


def test_p_values_below_one_in_ten_thousand_are_not_spelt_out():
    assert p_words(Span(0, 5e-5)) == "p < 0.0001"
    assert p_words(Span(5e-5, 0.02)) == "p < 0.0001 to 0.02"
    assert p_words(Span(0.0395, 0.0405)) == "p 0.0395 to 0.0405"


def test_open_spans_are_bounds():
    assert reach(Span(0.6354, math.inf)) == "at least 0.635"
    assert reach(Span(0, 0.7038)) == "at most 0.704"
    assert reach(Span(1.12, 1.21)) == "1.12 to 1.21"


def test_a_printed_p_is_named_once():
    assert from_p("P = 0.040") == "from P = 0.040"
    assert from_p("0.015") == "from p 0.015"


@pytest.mark.parametrize(
    ("printed", "found", "words"),
    [
        (Span(0, 0.05), Span(0.6, 0.7), FLIPS),
        (Span(0.05, 1), Span(0.01, 0.02), FLIPS),
        (Span(0, 0.05), Span(0.04, 0.06), "The rounding leaves the decision at 0.05 open."),
        (Span(0, 0.05), Span(0.01, 0.02), ""),
        (Span(0.045, 0.055), Span(0.6, 0.7), ""),
    ],
)
def test_a_decision_at_5_percent_flips_only_where_it_was_taken(printed, found, words):
    assert decision(printed, found) == words
