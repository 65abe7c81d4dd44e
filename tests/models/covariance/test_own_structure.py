from dataclasses import dataclass

import numpy as np
import pytest

from retrostats.errors import DataError
from retrostats.models.covariance import STRUCTURES, CovarianceStructure, check_structure, structure
from retrostats.models.covariance.numerics import central_difference, complex_step

#: Complex step of the same formula; 2.3e-16 of the largest entry measured.
FIRST = 1e-13
#: Differences of the complex step, as the docstring promises; 5.5e-10 measured.
SECOND = 5e-9

WEEKS = np.array([0.0, 3.0, 6.0, 12.0])
THETA = np.array([4.0, 0.9])


class Spatial(CovarianceStructure):
    """Exponential decay over weeks: only what a user must write."""

    parameter_names = ("variance", "rho")
    dimension = 4
    gaps = np.abs(np.subtract.outer(WEEKS, WEEKS))

    def matrix(self, theta):
        return theta[0] * theta[1] ** self.gaps

    def start(self, moment):
        return np.array([np.trace(moment) / 4, 0.5])


def changed(**members):
    """Return an instance of `Spatial` with some members replaced."""
    return type("Changed", (Spatial,), members)()


def test_four_members_are_enough():
    made = Spatial()
    check_structure(made, THETA)
    gaps = Spatial.gaps
    v, rho = THETA
    first = np.array([rho**gaps, v * gaps * rho ** (gaps - 1)])
    assert np.abs(made.first(THETA) - first).max() < FIRST * first.max()
    corner = v * gaps * (gaps - 1) * rho ** (gaps - 2)
    second = np.array([[0 * gaps, first[1] / v], [first[1] / v, corner]])
    assert np.abs(made.second(THETA) - second).max() < SECOND * second.max()
    assert np.array_equal(made.second(THETA), made.second(THETA).swapaxes(0, 1))
    assert made.name == "Spatial"
    assert not made.linear
    assert np.array_equal(made.to_unconstrained(THETA), THETA)
    assert np.array_equal(made.from_unconstrained(THETA), THETA)
    assert np.array_equal(made.jacobian(THETA), np.eye(2))


@pytest.mark.parametrize("name", STRUCTURES)
def test_the_base_class_differentiates_every_built_in_structure(draw, name):
    for m in (1, 2, 5):
        made, theta = draw(name, m)
        check_structure(made, theta)
        first, second = made.first(theta), made.second(theta)
        base = CovarianceStructure
        assert np.abs(base.first(made, theta) - first).max() < FIRST * first.max()
        assert np.abs(base.second(made, theta) - second).max() <= SECOND * np.abs(second).max()


def test_a_frozen_dataclass_works():
    @dataclass(frozen=True)
    class Frozen(CovarianceStructure):
        dimension: int = 2
        parameter_names: tuple[str, ...] = ("variance",)
        name: str = "frozen"
        linear: bool = True

        def matrix(self, theta):
            return theta[0] * np.eye(2)

        def start(self, moment):
            return np.array([np.trace(moment) / 2])

    made = Frozen()
    check_structure(made, np.array([3.0]))
    assert np.array_equal(made.first(np.array([3.0])), [np.eye(2)])
    second = made.second(np.array([3.0]))
    assert second.shape == (1, 1, 2, 2)
    assert second.strides == (0, 0, 0, 0)


def test_parameters_that_are_zero_have_differences_too():
    slopes = central_difference(np.sin, np.array([0.0, 1e-9]))
    assert np.abs(slopes - np.eye(2)).max() < SECOND
    check_structure(structure("us", range(2)), np.array([1.0, 0.0, 1.0]))


def drops_all(self, theta):
    return np.real(theta[0]) * np.real(theta[1]) ** self.gaps


def drops_one(self, theta):
    return theta[0] * np.abs(theta[1]) ** self.gaps


def conjugates(self, theta):
    return np.conj(theta[0]) * theta[1] ** self.gaps


def fills_doubles(self, theta):
    sigma = np.empty((4, 4))
    sigma[:] = theta[0] * theta[1] ** self.gaps
    return sigma


def takes_float(self, theta):
    return float(theta[0]) * theta[1] ** self.gaps


def takes_root(self, theta):
    return np.cbrt(theta[0]) ** 3 * theta[1] ** self.gaps


@pytest.mark.parametrize(
    ("matrix", "found"),
    [
        (drops_all, "derivatives by variance, rho are wrong"),
        (drops_one, "derivatives by rho are wrong"),
        (conjugates, "derivatives by variance are wrong"),
        (fills_doubles, "it says: Casting complex values to real"),
        (takes_float, "it says: "),
        (takes_root, "it says: ufunc 'cbrt' not supported"),
    ],
)
def test_a_matrix_that_loses_the_imaginary_part_is_refused(matrix, found):
    made = changed(matrix=matrix)
    for attempt in range(2):
        with pytest.raises(DataError) as caught:
            made.first(THETA)
        message = str(caught.value)
        assert found in message, attempt
        assert "covariance Changed: matrix(theta) must keep the imaginary part" in message
        assert "or write first(theta)" in message
    with pytest.raises(DataError, match="1\\. covariance Changed: matrix"):
        check_structure(made, THETA)


def test_own_first_makes_the_complex_step_needless():
    made = changed(matrix=drops_all, first=lambda _, theta: complex_step(Spatial().matrix, theta))
    check_structure(made, THETA)
    assert np.abs(made.second(THETA) - Spatial().second(THETA)).max() == 0


def lopsided(self, theta):
    return theta[0] * theta[1] ** self.gaps + theta[0] * np.eye(4, k=1)


def grows(self, theta):
    theta[0] += 1
    return theta[0] * theta[1] ** self.gaps


#: Members that are wrong, and what must be said about them.
FAULTS = {
    "matrix: its shape must be (4, 4), not (3, 3)": {"matrix": lambda _, t: t[0] * np.eye(3)},
    "matrix: it must be symmetric": {"matrix": lopsided},
    "matrix: it must be real and finite": {"matrix": lambda _, t: t[0] * np.full((4, 4), np.nan)},
    "matrix: it is not positive definite": {"matrix": lambda _, t: -t[0] * np.eye(4)},
    "matrix: it must not change theta": {"matrix": grows},
    "matrix: raised IndexError: index 9 is": {"matrix": lambda _, t: t[9] * np.eye(4)},
    "first: its shape must be (2, 4, 4), not (4, 4)": {"first": lambda *_: np.eye(4)},
    "first: derivative by rho is not that of matrix": {
        "first": lambda _, t: Spatial().first(t) * np.array([1.0, 2.0])[:, None, None]
    },
    "second: its shape must be (2, 2, 4, 4), not (4, 4)": {"second": lambda *_: np.eye(4)},
    "second: derivatives by rho are not those of first": {
        "second": lambda _, t: Spatial().second(t) * np.array([1.0, 2.0])[:, None, None, None]
    },
    "second: derivatives by variance are not": {"second": lambda *_: np.full((2, 2, 4, 4), np.nan)},
    "linear: the derivatives vary with theta": {"linear": True},
    "start: its shape must be (2,), not (3,)": {"start": lambda *_: np.ones(3)},
    "start: near a diagonal the matrix": {"start": lambda *_: np.array([1.0, 1.0])},
    "from_unconstrained: it does not undo": {"from_unconstrained": lambda _, phi: 2 * phi},
    "to_unconstrained: its shape must be (2,)": {"to_unconstrained": lambda *_: np.ones(3)},
    "jacobian: its shape must be (2, 2)": {"jacobian": lambda *_: np.ones(3)},
    "jacobian: it is not the derivative of": {"jacobian": lambda *_: 2 * np.eye(2)},
    "dimension must be the number of visits, 1 or more, not 0": {"dimension": 0},
    "parameter_names must be a tuple of texts": {"parameter_names": ["variance", "rho"]},
    "parameter_names must differ": {"parameter_names": ("rho", "rho")},
    "theta must hold 3 finite numbers": {"parameter_names": ("a", "b", "c")},
}


@pytest.mark.parametrize(("message", "members"), FAULTS.items(), ids=FAULTS)
def test_each_fault_is_found(message, members):
    with pytest.raises(DataError) as caught:
        check_structure(changed(**members), THETA)
    assert message in str(caught.value)


def test_all_faults_are_told_together():
    made = changed(
        second=lambda *_: np.eye(4),
        start=lambda *_: np.ones(3),
        jacobian=lambda *_: np.zeros((2, 2)),
    )
    with pytest.raises(DataError) as caught:
        check_structure(made, THETA)
    lines = str(caught.value).splitlines()
    assert lines[0] == "covariance Changed: 3 faults found."
    assert [line.split(":")[0] for line in lines[1:]] == [
        "  1. second",
        "  2. start",
        "  3. jacobian",
    ]


def test_what_is_no_structure_is_refused():
    with pytest.raises(DataError, match="must derive from CovarianceStructure, str does not"):
        check_structure("us", THETA)
    with pytest.raises(DataError, match="theta must hold 2 finite numbers"):
        check_structure(Spatial(), np.array([1.0, np.inf]))
