import math
from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from retrostats.description.differences import (
    category_distance,
    mean_difference_sd,
    share_difference_sd,
)
from retrostats.description.numbers import number_cell

NAN = math.nan
#: The same closed form in another order; below 2e-15 measured against pandas.
SAME = 1e-12

columns = arrays.arrays(
    float, st.integers(1, 30), elements=st.one_of(st.floats(-1e3, 1e3), st.just(NAN))
)


def test_a_cell_by_hand():
    cell = number_cell([7, NAN, 1, 4, 2])
    # mean 14/4; squares 12.25 + 6.25 + 0.25 + 2.25 = 21; sd sqrt(21/3)
    assert astuple(cell) == (4, 1, 3.5, pytest.approx(math.sqrt(7), rel=SAME), 3, 1.75, 4.75, 1, 7)


@given(columns)
def test_a_cell_is_what_pandas_says(values):
    cell, column = number_cell(values), pd.Series(values)
    wanted = (
        column.count(),
        column.isna().sum(),
        column.mean(),
        column.std(),
        column.median(),
        column.quantile(0.25),
        column.quantile(0.75),
        column.min(),
        column.max(),
    )
    # Sums that cancel are only as exact as their parts.
    assert astuple(cell) == pytest.approx(wanted, rel=1e-9, abs=1e-9, nan_ok=True)


@given(columns, st.randoms(use_true_random=False))
def test_the_order_changes_not_even_the_last_digit(values, random):
    shuffled = values.tolist()
    random.shuffle(shuffled)
    assert repr(number_cell(shuffled)) == repr(number_cell(values))


def test_nobody_one_and_equal_values():
    assert repr(astuple(number_cell([NAN, NAN]))) == repr((0, 2, *[NAN] * 7))
    assert repr(astuple(number_cell([]))) == repr((0, 0, *[NAN] * 7))
    one = number_cell([2.5])
    assert math.isnan(one.sd)
    assert (one.n, one.mean, one.q1, one.high) == (1, 2.5, 2.5, 2.5)
    # The plain formula gives a mean of 0.10000000000000002 and an SD of 2e-17.
    equal = number_cell([0.1] * 6)
    assert (equal.mean, equal.sd) == (0.1, 0.0)


def test_differences_of_means():
    # means 4 and 2, variances 4 and 1: 2 / sqrt(2.5)
    high, low = number_cell([2, 4, 6]), number_cell([1, 2, 3])
    assert mean_difference_sd(high, low) == pytest.approx(2 / math.sqrt(2.5), rel=SAME)
    assert mean_difference_sd(low, high) == -mean_difference_sd(high, low)
    flat = number_cell([3, 3, 3])
    assert mean_difference_sd(high, flat) == pytest.approx(1 / math.sqrt(2), rel=SAME)
    for other in (number_cell([1, 1]), number_cell([9]), number_cell([])):
        assert math.isnan(mean_difference_sd(flat, other))


def test_differences_of_shares():
    # 0.2 / sqrt((0.24 + 0.24) / 2)
    assert share_difference_sd(0.6, 0.4) == pytest.approx(0.2 / math.sqrt(0.24), rel=SAME)
    assert share_difference_sd(0.4, 0.6) == -share_difference_sd(0.6, 0.4)
    for pair in ((0.0, 1.0), (1.0, 1.0), (0.0, 0.0), (NAN, 0.5), (0.5, NAN)):
        assert math.isnan(share_difference_sd(*pair))


def test_distance_of_three_levels():
    # S = [[0.23, -0.12], [-0.12, 0.21]], det 0.0339; apart (0.2, 0): 0.04 * 0.21 / 0.0339.
    wanted = math.sqrt(0.04 * 0.21 / 0.0339)
    assert category_distance([0.5, 0.3, 0.2], [0.3, 0.3, 0.4]) == pytest.approx(wanted, rel=SAME)


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 20), st.integers(1, 20))
def test_distance_of_two_levels_is_the_difference_without_its_sign(a, b, c, d):
    t, u = a / (a + b), c / (c + d)
    assert category_distance([t, 1 - t], [u, 1 - u]) == pytest.approx(
        abs(share_difference_sd(t, u)), rel=1e-9, abs=1e-12
    )


@given(
    st.lists(st.integers(1, 20), min_size=4, max_size=4),
    st.lists(st.integers(1, 20), min_size=4, max_size=4),
    st.permutations(range(4)),
)
def test_distance_does_not_depend_on_the_order_of_levels_or_arms(one, other, order):
    t, c = np.array(one) / sum(one), np.array(other) / sum(other)
    distance = category_distance(t, c)
    assert category_distance(t[list(order)], c[list(order)]) == pytest.approx(
        distance, rel=1e-7, abs=1e-9
    )
    assert category_distance(c, t) == pytest.approx(distance, rel=1e-9, abs=1e-12)
    assert category_distance([*t, 0.0], [*c, 0.0]) == pytest.approx(distance, rel=1e-9, abs=1e-12)


def test_distances_that_do_not_exist():
    for pair in (
        ([1.0], [1.0]),
        ([1.0, 0.0], [1.0, 0.0]),
        ([1.0, 0.0], [0.0, 1.0]),
        ([0.5, 0.5, 0.0], [0.0, 0.0, 1.0]),
        ([NAN, NAN], [0.5, 0.5]),
    ):
        assert math.isnan(category_distance(*pair))
