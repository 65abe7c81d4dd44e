from dataclasses import replace

import numpy as np
import pytest

from retrostats.errors import DataError, FitError
from retrostats.models.inference.fixed_effects import estimating_rows, parameter_covariance

#: Inverse of a well-conditioned matrix; 2e-15 measured.
ROUNDING = 1e-12


def test_every_wrong_shape_is_told_at_once(fixed):
    with pytest.raises(DataError, match=r"phi has shape \(2, 2\).*r_sum has shape \(3,\)"):
        replace(fixed, phi=np.eye(2), r_sum=np.zeros(3))


def test_arrays_are_locked_copies(fixed):
    beta = np.zeros(len(fixed.beta))
    changed = replace(fixed, beta=beta)
    beta[0] = 1
    assert changed.beta[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        changed.beta[0] = 1


def test_parameter_covariance_is_the_inverse():
    information = np.array([[4.0, 1.0], [1.0, 3.0]])
    found = parameter_covariance(information)
    assert np.abs(found @ information - np.eye(2)).max() < ROUNDING
    assert parameter_covariance(np.zeros((0, 0))).shape == (0, 0)


def test_parameters_on_very_different_scales_are_no_obstacle():
    scale = np.diag([1e9, 1e-9])
    information = scale @ np.array([[4.0, 1.0], [1.0, 3.0]]) @ scale
    found = scale @ parameter_covariance(information) @ scale
    assert np.abs(found - np.linalg.inv([[4, 1], [1, 3]])).max() < ROUNDING


@pytest.mark.parametrize(
    "information",
    [
        np.diag([1.0, -1.0, 2.0]),
        np.diag([1.0, 0.0, 2.0]),
        np.array([[1.0, 0, 0], [0, 1, 2], [0, 2, 1]]),
    ],
)
def test_an_indefinite_information_is_refused_by_name(information):
    with pytest.raises(FitError, match=r"not positive definite.*fails along.*rho.*simpler"):
        parameter_covariance(information, ("variance", "rho", "residual"))


def test_an_information_that_is_not_finite_is_refused():
    with pytest.raises(FitError, match="not finite"):
        parameter_covariance(np.array([[np.nan]]))


@pytest.mark.parametrize("row", [[0.0, 0.0], [np.nan, 1.0], [np.inf, 1.0]])
def test_a_row_that_estimates_nothing_is_refused(row):
    with pytest.raises(DataError, match=r"rows \[1\] are zero or not finite"):
        estimating_rows(np.array([[1.0, 0.0], row]), 2)
    with pytest.raises(DataError, match=r"expected rows of shape \(r, 3\)"):
        estimating_rows(np.array(row), 3)
