import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrostats.effects.ordinal.order_statistics import ordered_sums

VALUES = st.lists(st.integers(-30, 30).map(lambda k: k / 10), min_size=1, max_size=25)


@given(a=VALUES, b=VALUES, small=st.integers(1, 40))
@settings(max_examples=60)
def test_selection_finds_what_sorting_finds(a, b, small):
    rows, columns = np.sort(a), np.sort(b)
    every = np.sort((rows[:, None] + columns).ravel())
    first, ranks = np.zeros(len(a), dtype=np.int64), range(1, len(every) + 1)
    assert ordered_sums(rows, columns, first, ranks, small=small) == every.tolist()
    assert ordered_sums(rows, columns, first, ranks) == every.tolist()


@given(a=VALUES, small=st.integers(1, 40))
@settings(max_examples=60)
def test_selection_of_walsh_averages_finds_what_sorting_finds(a, small):
    half = np.sort(a) / 2
    every = np.sort((half[:, None] + half)[np.triu_indices(len(half))])
    first, ranks = np.arange(len(a)), range(1, len(every) + 1)
    assert ordered_sums(half, half, first, ranks, small=small) == every.tolist()


def test_selection_among_a_billion_sums_agrees_with_a_count():
    generator = np.random.default_rng(9)
    x, y = np.sort(generator.normal(size=40_000)), np.sort(generator.standard_cauchy(25_000))
    rank = 123_456_789
    began = time.process_time()
    (found,) = ordered_sums(x, y, np.zeros(len(x), dtype=np.int64), [rank])
    assert time.process_time() - began < 5
    near = 1e-12 * max(1, abs(found))
    below, upto = (int(np.searchsorted(y, found - x + side * near).sum()) for side in (-1, 1))
    assert below < rank <= upto
    assert upto - below == pytest.approx(1, abs=3)
