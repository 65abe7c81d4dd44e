import numpy as np
import pytest

from retrostats.models.random_effects.common_grid import MAX_POINTS, common_grid


def design(time):
    return np.column_stack([np.ones(len(time)), time]).astype(float)


def test_codes_point_at_sorted_distinct_rows():
    subject = np.repeat(np.arange(5), 3)
    time = np.tile([6.0, 0.0, 3.0], 5)
    grid = common_grid(design(time), subject)
    assert grid.z.tolist() == [[1, 0], [1, 3], [1, 6]]
    np.testing.assert_array_equal(grid.z[grid.codes], design(time))


def test_several_columns_that_are_not_constant():
    rng = np.random.default_rng(2)
    time = np.tile([0.0, 1.0, 2.0], 40)
    z = np.column_stack([time, time**2 - time, np.ones(120)])
    grid = common_grid(z, np.repeat(np.arange(40), 3))
    np.testing.assert_array_equal(grid.z[grid.codes], z)
    assert len(grid.z) == 3
    order = rng.permutation(120)
    again = common_grid(z[order], np.repeat(np.arange(40), 3)[order])
    np.testing.assert_array_equal(again.z, grid.z)


@pytest.mark.parametrize(
    "time",
    [
        np.zeros(12),  # a random intercept: all rows alike, several in each subject
        np.tile([0.0, 0.0, 3.0], 4),  # one time twice
        np.arange(12.0),  # nobody shares a time
    ],
)
def test_without_a_grid_there_is_none(time):
    assert common_grid(design(time), np.repeat(np.arange(4), 3)) is None


def test_grids_that_would_not_pay_are_refused():
    n = MAX_POINTS + 1
    assert common_grid(design(np.tile(np.arange(n), 3)), np.repeat(np.arange(3), n)) is None
    # Ten times, of which each subject has two.
    subject = np.repeat(np.arange(30), 2)
    time = (np.arange(60) * 7) % 10
    assert common_grid(design(time), subject) is None


def test_one_late_irregular_row_is_seen():
    time = np.tile([0.0, 1.0], 10_000)
    time[4321] = 0.5
    grid = common_grid(design(time), np.repeat(np.arange(10_000), 2))
    assert len(grid.z) == 3
    assert grid.z[grid.codes[4321], 1] == 0.5


def test_no_rows():
    assert common_grid(np.zeros((0, 2)), np.zeros(0, dtype=np.intp)) is None
