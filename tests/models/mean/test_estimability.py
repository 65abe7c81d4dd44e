import numpy as np
import pytest

from retrostats.errors import DataError
from retrostats.models.mean.aliasing import independent_columns
from retrostats.models.mean.estimability import estimable, reduced_rows

NAMES = ("Intercept", "a[T.q]", "a[T.r]", "b[T.t]", "a[T.q]:b[T.t]", "a[T.r]:b[T.t]")

#: Dependence solved from 40 rows, then one product; 2e-15 measured.
ROUNDING = 1e-12


def two_by_three():
    """Cells of a x b in treatment coding; the cell (q, t) is empty."""
    cells = [(0, 0), (1, 0), (2, 0), (0, 1), (2, 1)]
    rows = [
        [1, a == 1, a == 2, b == 1, a == 1 and b == 1, a == 2 and b == 1]
        for a, b in cells
        for _ in range(8)
    ]
    return np.array(rows, dtype=float)


def known(x):
    found = independent_columns(x)
    return {"kept": found.kept, "dropped": found.dropped, "combination": found.combination}


def test_rows_of_the_design_and_their_combinations_are_estimable():
    x = two_by_three()
    combined = np.random.default_rng(1).normal(size=(20, len(x))) @ x
    assert estimable(combined, **known(x)).all()
    beta = np.random.default_rng(2).normal(size=x.shape[1])
    at = known(x)
    reduced = reduced_rows(combined, **at, names=NAMES)
    on_kept = beta[at["kept"]] + at["combination"] @ beta[at["dropped"]]
    assert reduced @ on_kept == pytest.approx(combined @ beta, abs=ROUNDING)


def test_the_mean_of_an_empty_cell_is_not():
    x = two_by_three()
    empty = np.array([[1, 1, 0, 1, 1, 0]], dtype=float)
    assert estimable(np.vstack([x, empty]), **known(x)).tolist() == [True] * len(x) + [False]
    both = np.vstack([empty, x[:1], empty / 3])
    with pytest.raises(DataError) as caught:
        reduced_rows(both, **known(x), names=NAMES, labels=("q at t", "p at s", "mean of t"))
    told = str(caught.value)
    assert "2 of 3 combinations cannot be estimated" in told
    assert "1. q at t: 'a[T.q]:b[T.t]'" in told
    assert "2. mean of t: 'a[T.q]:b[T.t]'" in told
    with pytest.raises(DataError, match="row 1: 'a"):
        reduced_rows(empty, **known(x), names=NAMES)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_units_of_columns_do_not_matter(unit):
    rng = np.random.default_rng(5)
    z, w = rng.normal(size=(2, 40))
    x = np.column_stack([np.ones(40), z, w * unit, z / unit])
    at = known(x)
    assert at["dropped"].tolist() == [3]
    rows = np.array([[0, 1, 0, 0], [0, 0, 1, 0], [0, 1, 0, 1 / unit], [0, 0, 1, 1]], dtype=float)
    assert estimable(rows, **at).tolist() == [False, True, True, False]


def test_rounding_in_the_dependence_makes_no_row_inestimable():
    rows = np.array([[1.0, 0.0, 0.0]])
    at = {
        "kept": np.array([0, 1]),
        "dropped": np.array([2]),
        "combination": np.array([[1e-15], [1.0]]),
    }
    assert estimable(rows, **at).all()


def test_without_dropped_columns_rows_stay():
    rows = np.eye(3)
    at = {"kept": np.arange(3), "dropped": np.arange(0), "combination": np.zeros((3, 0))}
    assert reduced_rows(rows, **at, names=("a", "b", "c")).tolist() == rows.tolist()


def test_long_lists_are_cut():
    at = {"kept": np.array([0]), "dropped": np.arange(1, 11), "combination": np.ones((1, 10))}
    with pytest.raises(DataError) as caught:
        reduced_rows(np.tile(np.eye(11)[0], (9, 1)), **at, names=list("abcdefghijk"))
    assert "and 4 more" in str(caught.value)
    assert "7. 3 more" in str(caught.value)
