import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from retrostats.errors import DataError
from retrostats.models.covariance import STRUCTURES, structure
from retrostats.models.covariance.numerics import MARGIN, central_difference, is_positive_definite
from retrostats.models.covariance.partial import from_partial

#: There and back through logarithms and arctanh; 8.9e-16 measured.
ROUND_TRIP = 1e-12
#: Central differences against the complex step; 3.9e-10 of the largest entry measured.
DIFFERENCE = 1e-8
#: A moment matrix of the structure itself is found again; 2.0e-16 measured.
FOUND = 1e-12

SIZES = range(1, 7)


@pytest.mark.parametrize("m", SIZES)
@pytest.mark.parametrize("name", STRUCTURES)
def test_there_and_back(draw, name, m):
    for seed in range(5):
        made, theta = draw(name, m, seed)
        phi = made.to_unconstrained(theta)
        assert np.abs(made.from_unconstrained(phi) - theta).max() < ROUND_TRIP


@pytest.mark.parametrize("m", SIZES)
@pytest.mark.parametrize("name", STRUCTURES)
def test_jacobian_has_rows_of_theta_and_columns_of_phi(draw, name, m):
    made, theta = draw(name, m)
    phi = made.to_unconstrained(theta)
    wanted = central_difference(made.from_unconstrained, phi).T
    found = made.jacobian(phi)
    assert found.shape == (len(theta), len(theta))
    assert np.abs(found - wanted).max() < DIFFERENCE * np.abs(wanted).max()
    assert abs(np.linalg.det(found)) > 0


@st.composite
def points(draw):
    name, m = draw(st.sampled_from(STRUCTURES)), draw(st.integers(1, 6))
    made = structure(name, range(m))
    # Beyond this a partial autocorrelation rounds to 1.
    values = st.floats(-1.5, 1.5, allow_subnormal=False)
    return made, draw(arrays(float, len(made.parameter_names), elements=values))


@given(points())
def test_every_unconstrained_point_is_positive_definite(point):
    made, phi = point
    sigma = made.matrix(made.from_unconstrained(phi))
    assert np.isfinite(sigma).all()
    assert np.linalg.cholesky(sigma).shape == sigma.shape


def test_correlations_of_compound_symmetry_reach_their_lower_bound_and_do_not_overflow():
    for psi, wanted in ((-800.0, -1 / 3), (0.0, 0.0), (800.0, 1.0)):
        theta = structure("csh", range(4)).from_unconstrained(np.array([0, 0, 0, 0, psi]))
        assert theta[-1] == pytest.approx(wanted, abs=1e-15)


def test_partial_autocorrelations_are_those_of_regression():
    """The partial autocorrelation is the last entry of the inverse, suitably scaled."""
    partial = np.array([0.5, -0.3, 0.6, 0.2])
    rho = np.append(1.0, from_partial(partial))
    for lag in range(1, 5):
        block = rho[np.abs(np.subtract.outer(np.arange(lag + 1), np.arange(lag + 1)))]
        inverse = np.linalg.inv(block)
        found = -inverse[0, -1] / np.sqrt(inverse[0, 0] * inverse[-1, -1])
        assert found == pytest.approx(partial[lag - 1], abs=ROUND_TRIP)


@pytest.mark.parametrize("name", STRUCTURES)
def test_unconstrained_parameters_of_an_indefinite_matrix_are_refused(name):
    made = structure(name, range(3))
    theta = np.ones(len(made.parameter_names))
    if made.name in {"cs", "toep", "us"}:
        theta[0] = -1.0
    with pytest.raises(DataError) as caught:
        made.to_unconstrained(theta)
    assert f"covariance {name}: only parameters of a positive definite" in str(caught.value)
    assert f"{made.parameter_names[0]} = " in str(caught.value)


@pytest.mark.parametrize("m", SIZES)
@pytest.mark.parametrize("name", STRUCTURES)
def test_the_start_finds_a_matrix_of_the_structure(draw, name, m):
    for seed in range(5):
        made, theta = draw(name, m, seed)
        found = made.start(made.matrix(theta))
        assert np.abs(found - theta).max() < FOUND * np.abs(theta).max()


@pytest.mark.parametrize("m", SIZES)
@pytest.mark.parametrize("name", STRUCTURES)
def test_the_start_is_positive_definite_near_any_moments(name, m):
    made = structure(name, range(m))
    rng = np.random.default_rng(m)
    for rank in (m + 3, m, 1):
        for size in (1e-6, 1.0, 1e6):
            rows = size * rng.normal(size=(rank, m)) * np.exp(rng.normal(size=m))
            moment = rows.T @ rows + 1e-13 * size**2 * np.eye(m)
            sigma = made.matrix(made.start(moment))
            sd = np.sqrt(np.diagonal(sigma))
            # Half the margin: the shrunk eigenvalue is that margin itself, up to rounding.
            assert np.linalg.eigvalsh(sigma / np.outer(sd, sd))[0] > MARGIN / 2


def test_the_start_refuses_moments_that_are_none():
    made = structure("arh1", range(2))
    with pytest.raises(DataError, match=r"must have shape \(2, 2\), not \(3, 3\)"):
        made.start(np.eye(3))
    with pytest.raises(DataError, match=r"positive variances; its variances are \[1.0, 0.0\]"):
        made.start(np.diag([1.0, 0.0]))
    with pytest.raises(DataError, match="must be finite"):
        made.start(np.array([[1.0, np.nan], [np.nan, 1.0]]))


@pytest.mark.parametrize("value", [0.0, -1.0, -1e-300])
@pytest.mark.parametrize("name", STRUCTURES)
def test_no_variance_gives_no_cholesky_factor_and_no_warning(name, value):
    made = structure(name, range(3))
    start = made.start(np.eye(3) + 0.5)
    for position, label in enumerate(made.parameter_names):
        if "var" in label and label != "covariance":
            theta = start.copy()
            theta[position] = value
            sigma = made.matrix(theta)
            assert np.isfinite(sigma).all()
            assert not is_positive_definite(sigma)


def test_a_matrix_with_nan_is_not_positive_definite():
    for position in ((0, 0), (1, 1), (1, 0)):
        sigma = np.eye(2)
        sigma[position] = np.nan
        assert not is_positive_definite(sigma)
