import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from retrostats.errors import DataError, FitError
from retrostats.models.inference.ftest import FTest, full_rank_rows, wald_statistic, wald_test

#: The same formula in another order; 1e-14 measured.
ROUNDING = 1e-11


def test_p_is_that_of_the_distribution():
    finite = FTest.from_wald(9.0, 2, 7.5, method="satterthwaite", scale=0.9)
    assert finite.statistic == pytest.approx(4.05, rel=ROUNDING)
    assert finite.p == pytest.approx(stats.f.sf(4.05, 2, 7.5), rel=ROUNDING)
    infinite = FTest.from_wald(9.0, 3, math.inf, method="asymptotic")
    assert infinite.p == pytest.approx(stats.chi2.sf(9, 3), rel=ROUNDING)


def test_what_is_written_and_stored():
    test = FTest.from_wald(9.0, 3, math.inf, method="a<b")
    assert str(test) == "F(3, ∞) = 3.00, p = 0.029"
    large = FTest.from_wald(24690.0, 2, 57.31, method="satterthwaite")
    assert str(large) == "F(2, 57.3) = 12345.00, p < 0.001"
    assert "a&lt;b" in test._repr_html_()
    assert json.loads(json.dumps(test.to_dict()))["df_den"] is None


def test_independent_rows_come_back_as_they_came():
    rows = np.array([[0.0, 3.0, 0.0], [1.0, 1.0, 1.0]])
    kept, value = full_rank_rows(rows, np.array([1.0, 2.0]))
    assert kept is rows
    assert value.tolist() == [1.0, 2.0]


@given(st.integers(1, 4), st.integers(0, 4), st.integers(0, 2**32 - 1))
def test_redundant_rows_are_left_out(rank, extra, seed):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(rank, 5)) * 10.0 ** rng.integers(-6, 7, size=(rank, 1))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    mixed = rng.normal(size=(extra, rank)) @ unit
    longer = np.vstack([rows, np.zeros((1, 5)), mixed])
    kept, value = full_rank_rows(longer, longer @ np.arange(5.0))
    assert np.array_equal(kept, rows)
    assert np.array_equal(value, (longer @ np.arange(5.0))[:rank])


@pytest.mark.parametrize(
    ("rows", "value", "message"),
    [
        (np.zeros((2, 3)), np.zeros(2), "every row is zero"),
        (np.ones((2, 3)), np.zeros(3), r"\(2, 3\) and values \(3,\)"),
        (np.ones(3), np.zeros(3), r"expected \(q, p\)"),
        (np.array([[np.nan, 1.0]]), np.zeros(1), "not finite"),
    ],
)
def test_impossible_hypotheses_are_refused(rows, value, message):
    with pytest.raises(DataError, match=message):
        full_rank_rows(rows, value)


def test_wald_is_the_quadratic_form_whatever_the_units():
    covariance = np.array([[2.0, 0.3], [0.3, 1.0]])
    value = np.array([1.0, -2.0])
    scale = np.diag([1e-9, 1e9])
    expected = value @ np.linalg.inv(covariance) @ value
    found = wald_statistic(scale @ value, scale @ covariance @ scale)
    assert found == pytest.approx(expected, rel=ROUNDING)


def test_a_covariance_of_too_low_a_rank_gives_no_f():
    # As a sandwich covariance has with fewer subjects than rows: rounding hides the zero.
    rng = np.random.default_rng(2)
    for _ in range(20):
        half = rng.normal(size=(4, 3)) * np.array([[1e6], [1.0], [1e-3], [1.0]])
        with pytest.raises(FitError, match="no more rank than there are subjects"):
            wald_statistic(np.ones(4), half @ half.T)


@pytest.mark.parametrize("covariance", [np.zeros((2, 2)), np.ones((2, 2)), np.diag([1.0, -1.0])])
def test_a_covariance_without_inverse_gives_no_f(covariance):
    with pytest.raises(FitError, match="not positive definite"):
        wald_test(np.eye(2), np.ones(2), covariance, lambda _: (math.inf, 1.0), method="asymptotic")
