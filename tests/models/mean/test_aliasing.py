import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrostats.models.mean.aliasing import independent_columns

#: The combination solves a triangle of condition below 1e3; 3e-15 measured.
EXACT = 1e-10


def columns(rows=40, seed=2, free=4):
    return np.random.default_rng(seed).normal(size=(rows, free))


def assert_explains(x, found):
    assert sorted([*found.kept, *found.dropped]) == list(range(x.shape[1]))
    rebuilt = x[:, found.kept] @ found.combination
    np.testing.assert_allclose(rebuilt, x[:, found.dropped], atol=EXACT)


@pytest.mark.parametrize("rows", [3, 40, 4000])
def test_the_later_of_aliased_columns_is_dropped(rows):
    a, b, c, _ = columns(rows=rows).T
    x = np.column_stack([a, b, a + 2 * b, c, b - c])
    found = independent_columns(x)
    assert found.kept.tolist() == [0, 1, 3]
    assert found.dropped.tolist() == [2, 4]
    assert_explains(x, found)


def test_a_dropped_column_is_a_combination_of_earlier_ones_only():
    a, b, c, d = columns().T
    found = independent_columns(np.column_stack([a, b, a - b, c, d]))
    np.testing.assert_allclose(found.combination[:, 0], [1, -1, 0, 0], atol=EXACT)
    assert (found.combination[2:] == 0).all()


@given(
    seed=st.integers(0, 1000),
    mixed=st.lists(st.integers(0, 8), max_size=4, unique=True),
    scale=st.sampled_from([1e-12, 1.0, 1e12]),
)
def test_every_combination_of_earlier_columns_is_found(seed, mixed, scale):
    random = np.random.default_rng(seed)
    x = random.normal(size=(25, 9))
    for j in sorted(mixed):
        x[:, j] = x[:, :j] @ random.normal(size=j)  # the first becomes zero
    x *= scale ** random.uniform(0, 1, size=9)
    found = independent_columns(x)
    assert found.dropped.tolist() == sorted(mixed)
    unit = np.maximum(np.linalg.norm(x, axis=0), 1e-300)
    rebuilt = x[:, found.kept] @ found.combination
    gap = (rebuilt - x[:, found.dropped]) / unit[found.dropped]
    np.testing.assert_allclose(gap, 0, atol=EXACT)


@pytest.mark.parametrize(("relative", "dropped"), [(1e-6, []), (1e-8, [1])])
def test_the_tolerance_is_relative_to_the_norm_of_the_column(relative, dropped):
    a, b, *_ = np.linalg.qr(columns())[0].T
    x = np.column_stack([a, 1e5 * (a + relative * b)])
    assert independent_columns(x).dropped.tolist() == dropped


def test_full_rank_drops_nothing_and_zeros_are_dropped():
    x = columns()
    assert independent_columns(x).combination.shape == (4, 0)
    assert independent_columns(np.zeros((5, 2))).kept.tolist() == []
    assert independent_columns(x[:2]).kept.tolist() == [0, 1]


@pytest.mark.parametrize("rows", [50, 13])
def test_columns_of_bad_condition_hide_no_alias(rows):
    powers = np.vander(np.linspace(0, 1, rows), 12, increasing=True)  # condition above 1e8
    x = np.column_stack([powers, powers.sum(axis=1)])
    assert independent_columns(x).dropped.tolist() == [12]


@pytest.mark.parametrize("bad", [np.ones(3), np.full((2, 2), np.nan)])
def test_what_is_no_finite_matrix_is_refused(bad):
    with pytest.raises(ValueError, match="matrix"):
        independent_columns(bad)
