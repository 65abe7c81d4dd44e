from dataclasses import replace

import numpy as np
import pytest

from retrostats.errors import DataError, FitError
from retrostats.models.inference.satterthwaite import (
    degrees_of_freedom,
    degrees_of_freedom_many,
    several_rows,
)

#: The same formulas written twice; 2e-14 measured.
ROUNDING = 1e-10


def by_hand(row, dense, theta_cov):
    """Giesbrecht and Burns with the derivative of Phi taken from dense matrices."""
    variance = row @ dense.phi @ row
    total = 0.0
    slopes = [row @ dense.phi @ (-p) @ dense.phi @ row for p in dense.p]
    for h in range(dense.k):
        for j in range(dense.k):
            total += theta_cov[h, j] * slopes[h] * slopes[j]
    return 2 * variance**2 / total


def test_one_row_is_the_textbook_formula(dense, fixed):
    rows = np.vstack([np.eye(len(fixed.beta)), np.arange(len(fixed.beta)) - 1.5])
    expected = [by_hand(row, dense, fixed.theta_cov) for row in rows]
    assert degrees_of_freedom_many(rows, fixed) == pytest.approx(expected, rel=ROUNDING)
    assert degrees_of_freedom(rows[1], fixed) == pytest.approx(expected[1], rel=ROUNDING)


@pytest.mark.parametrize("factor", [-3.0, 1e-160, 1e150])
def test_a_scaled_row_has_the_same_df(fixed, factor):
    row = np.arange(1.0, len(fixed.beta) + 1)
    expected = degrees_of_freedom(row, fixed)
    assert degrees_of_freedom(factor * row, fixed) == pytest.approx(expected, rel=ROUNDING)


def test_several_rows_are_matched_by_the_mean_of_squared_t(dense, fixed):
    rows = np.eye(len(fixed.beta))[1:4]
    values, vectors = np.linalg.eigh(rows @ dense.phi @ rows.T)
    assert np.ptp(values) > 0
    nu = [by_hand(vector @ rows, dense, fixed.theta_cov) for vector in vectors.T]
    assert min(nu) > 2
    mean = sum(each / (each - 2) for each in nu)
    expected = 2 * mean / (mean - len(rows))
    assert several_rows(rows, fixed) == pytest.approx(expected, rel=ROUNDING)
    assert several_rows(rows[[2, 0, 1]] * 7, fixed) == pytest.approx(expected, rel=ROUNDING)
    assert several_rows(rows[:1], fixed) == degrees_of_freedom(rows[0], fixed)


def test_the_basis_of_the_coefficients_does_not_matter(fixed):
    p = len(fixed.beta)
    rows = np.array([[0, 1, 1, *[0] * (p - 3)], [0, 2, -1, *[0] * (p - 3)]], dtype=float)
    basis = np.random.default_rng(3).normal(size=(p, p))  # new = basis @ written
    back = np.linalg.inv(basis)
    moved = replace(
        fixed,
        phi=basis @ fixed.phi @ basis.T,
        p_matrices=back.T @ fixed.p_matrices @ back,
    )
    assert several_rows(rows @ back, moved) == pytest.approx(
        several_rows(rows, fixed), rel=ROUNDING
    )


def two_variances(fixed, first, second):
    """Two independent coefficients whose variances have the given degrees of freedom."""
    p_matrices = np.zeros((2, 2, 2))
    p_matrices[0, 0, 0] = p_matrices[1, 1, 1] = -1.0
    return replace(
        fixed,
        beta=np.zeros(2),
        phi=np.diag([1.0, 3.0]),
        p_matrices=p_matrices,
        theta_cov=np.diag([2 / first, 2 / second / 9]),
        q_sum=np.zeros((2, 2)),
        r_sum=np.zeros((2, 2)),
    )


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (5.0, 5.0, 5.0),
        (1.5, 1.5, 1.5),
        (1.9, 40.0, 2.0),
        (2.0, 40.0, 2.0),
        (4.0, 10.0, 2 * (2 + 1.25) / (2 + 1.25 - 2)),
        (1e9, 3e9, 1.5e9),
    ],
)
def test_conventions_of_lmertest_and_mmrm(fixed, first, second, expected):
    made = two_variances(fixed, first, second)
    assert degrees_of_freedom_many(np.eye(2), made) == pytest.approx([first, second], rel=ROUNDING)
    assert several_rows(np.eye(2), made) == pytest.approx(expected, rel=1e-8)


def test_a_variance_that_depends_on_no_parameter_has_infinite_df(fixed):
    known = replace(fixed, p_matrices=np.zeros_like(fixed.p_matrices))
    assert np.isinf(degrees_of_freedom_many(np.eye(len(fixed.beta)), known)).all()
    assert several_rows(np.eye(len(fixed.beta)), known) == np.inf
    half = two_variances(fixed, 6.0, 8.0)
    half = replace(half, p_matrices=half.p_matrices * np.array([1.0, 0.0])[:, None, None])
    assert degrees_of_freedom_many(np.eye(2), half).tolist() == pytest.approx([6, np.inf])
    assert several_rows(np.eye(2), half) == pytest.approx(2 * 2.5 / 0.5)


def test_no_df_is_ever_negative(fixed):
    with pytest.raises(FitError, match="would be negative"):
        degrees_of_freedom(np.eye(len(fixed.beta))[0], replace(fixed, theta_cov=-fixed.theta_cov))
    with pytest.raises(DataError, match="zero"):
        degrees_of_freedom(np.zeros(len(fixed.beta)), fixed)


def test_a_paired_design_has_n_minus_1(dense_model):
    rng = np.random.default_rng(5)
    n = 9
    pairs = rng.normal(size=(n, 2)) @ np.array([[1.0, 0.7], [0.0, 2.0]])
    x = np.tile([[1.0, 0.0], [1.0, 1.0]], (n, 1))
    structure = dense_model.us(np.cov(pairs.T))
    model = dense_model.of(
        x, pairs.ravel(), np.repeat(np.arange(n), 2), np.tile([0, 1], n), structure
    )
    for kind in ("expected", "observed"):
        fixed = model.fixed(np.linalg.inv(model.information(kind)))
        assert degrees_of_freedom(np.array([0.0, 1.0]), fixed) == pytest.approx(n - 1, rel=ROUNDING)
