import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrostats.errors import DataError, FitError
from retrostats.models.inference.between_within import (
    Split,
    constant_columns,
    degrees_of_freedom,
    within_from_moments,
    within_subject_columns,
)


def trial(n=12, m=3, seed=1):
    """Columns: intercept, arm, age, visit 2, visit 3, arm:visit 2, arm:visit 3; with gaps."""
    rng = np.random.default_rng(seed)
    subject, visit = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    arm, age = (np.arange(n) % 2)[subject], rng.normal(58, 7, size=n)[subject]
    later = [(visit == v).astype(float) for v in range(1, m)]
    x = np.column_stack([np.ones(n * m), arm, age, *later, *[arm * v for v in later]])
    order = rng.permutation(n * m)[: n * m - 4]
    return x[order], subject[order]


FLAGS = [False, False, False, True, True, True, True]


def split_of(x, subject):
    return Split(
        within=within_subject_columns(x, subject),
        intercept=constant_columns(x),
        observations=len(x),
        subjects=len(np.unique(subject)),
    )


def test_columns_that_vary_within_subjects_are_found():
    x, subject = trial()
    assert within_subject_columns(x, subject).tolist() == FLAGS
    assert constant_columns(x).tolist() == [True] + [False] * 6
    assert not within_subject_columns(x[:, :1] * 0, subject).any()
    assert not constant_columns(x[:, :1] * 0).any()


def test_one_late_change_in_one_subject_is_enough():
    x, subject = np.full((50, 1), 58.0), np.repeat(np.arange(10), 5)
    x[49] += 1e-6
    assert within_subject_columns(x, subject).tolist() == [True]


@given(st.integers(0, 2**32 - 1))
def test_sums_of_squares_tell_the_same(seed):
    x, subject = trial(seed=seed)
    centred = np.zeros(x.shape[1])
    for code in np.unique(subject):
        own = x[subject == code]
        m = len(own)
        centred += np.diagonal(own.T @ (np.eye(m) - np.ones((m, m)) / m) @ own)
    found = within_from_moments(centred, (x * x).sum(axis=0))
    assert found.tolist() == within_subject_columns(x, subject).tolist()


def test_no_rows_have_no_columns_that_vary():
    x, subject = np.zeros((0, 2)), np.zeros(0, dtype=np.intp)
    assert not within_subject_columns(x, subject).any()
    assert not constant_columns(x).any()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([0, 1, 0, 0, 0, 0, 0], 12 - 3),  # arm: between
        ([0, 0, 0, 1, -1, 0, 0], 32 - 12 - 4),  # visits: within
        ([1, 0, 0, 0, 0, 0, 0], 32 - 12 - 4),  # the intercept alone: within, as in mmrm
        ([0, 1, 0, 0, 0, 0, 1], 12 - 3),  # an arm difference at a visit: the smaller
        ([0, 1e-14, 0, 0, 0, 1, 0], 32 - 12 - 4),  # rounding is no involvement
    ],
)
def test_counts_are_those_of_mmrm(row, expected):
    split = split_of(*trial())
    assert (split.between_df, split.within_df) == (9, 16)
    assert degrees_of_freedom(np.array(row, dtype=float), split) == expected


def test_a_joint_test_takes_the_smallest():
    rows = np.eye(7)[[5, 6]]
    split = split_of(*trial())
    assert degrees_of_freedom(rows, split) == 16
    assert degrees_of_freedom(np.vstack([rows, np.eye(7)[1]]), split) == 9


def test_without_intercept_nothing_is_taken_for_one():
    x, subject = trial()
    cells = np.column_stack([x[:, 0] - x[:, 3] - x[:, 4], x[:, 3], x[:, 4]])
    split = split_of(cells, subject)
    assert (split.between_df, split.within_df) == (12, 32 - 12 - 3)


def test_subjects_seen_once_leave_nothing_within():
    x, subject = trial()
    first = np.unique(subject, return_index=True)[1]
    split = split_of(x[first][:, :3], subject[first])
    assert degrees_of_freedom(np.eye(3)[1], split) == 9
    with pytest.raises(FitError, match=r"left within subjects .12 observations of 12 subjects"):
        degrees_of_freedom(np.eye(3)[0], split)


def test_flags_that_contradict_one_another_are_refused():
    flags = np.array([True, False])
    with pytest.raises(DataError, match="intercept that does not vary"):
        Split(within=flags, intercept=flags, observations=9, subjects=3)
