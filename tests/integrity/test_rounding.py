"""Arithmetic of spans, and extremes over a box of two SDs."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrostats.data.printed import Printed
from retrostats.integrity.rounding import Span, extremes_over_sds

ends = st.tuples(st.floats(-100, 100), st.floats(-100, 100)).map(sorted)
spans = ends.map(lambda pair: Span(*pair))


def test_a_span_of_a_printed_number_is_what_its_digits_allow():
    assert Span.of(Printed("0.50")) == Span(0.495, 0.505)


def test_a_span_cannot_run_backwards():
    with pytest.raises(ValueError, match="runs from low to high, got 2 to 1"):
        Span(2, 1)


@given(spans, spans, st.floats(0, 1), st.floats(0, 1))
def test_sum_and_difference_hold_every_pair_of_values(a, b, at_a, at_b):
    x, y = a.low + at_a * (a.high - a.low), b.low + at_b * (b.high - b.low)
    slack = 1e-9
    assert (a + b).low - slack <= x + y <= (a + b).high + slack
    assert (a - b).low - slack <= x - y <= (a - b).high + slack


@given(spans)
def test_size_holds_the_absolute_values_and_starts_at_zero_when_the_span_crosses_it(span):
    size = span.size()
    assert size.high == max(abs(span.low), abs(span.high))
    assert size.low == (0 if span.low <= 0 <= span.high else min(abs(span.low), abs(span.high)))


def test_a_quotient_by_a_span_that_touches_zero_is_open():
    assert Span(1, 2).over(Span(0, 4)) == Span(0.25, math.inf)
    assert Span(-2, 1).over(Span(0, 4)) == Span(-math.inf, math.inf)
    assert Span(0, 0).over(Span(0, 0)) == Span(0, 0)


def test_overlap_allows_for_arithmetic_noise_and_for_nothing_more():
    assert Span(0.1 + 0.2, 1).overlaps(Span(0, 0.3))
    assert not Span(0.3001, 1).overlaps(Span(0, 0.3))


def test_an_extreme_inside_an_edge_is_found():
    # along the lower edge of sd2 the function dips at sd1 = 1.3, between the corners
    def function(sd1, sd2):
        return sd2 * (1 + (sd1 / sd2 - 1.3) ** 2)

    found = extremes_over_sds(function, Span(1.0, 2.0), Span(1.0, 1.1))
    a, b = np.meshgrid(np.linspace(1, 2, 1001), np.linspace(1, 1.1, 1001))
    brute = function(a, b)
    assert found.low == pytest.approx(brute.min(), abs=1e-6)
    assert found.low < min(function(a, b) for a in (1.0, 2.0) for b in (1.0, 1.1)) - 0.01
    assert found.high == pytest.approx(brute.max(), abs=1e-6)
