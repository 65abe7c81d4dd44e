import numpy as np
import pytest

from retrostats.errors import DataError
from retrostats.models.covariance import STRUCTURES, structure
from retrostats.models.covariance.numerics import complex_step

#: Same formula in another order of operations; 2.1e-16 measured.
CLOSED = 1e-14
#: Complex step has no truncation; first 2.2e-16, second 6.5e-16 measured.
DERIVATIVE = 1e-13

SIZES = range(1, 7)
HETEROGENEOUS = ("us", "csh", "arh1", "toeph", "adh")


def chained(rho, i, j):
    """Multiply the correlations of neighbours between two visits."""
    product = 1.0
    for step in range(min(i, j), max(i, j)):
        product = product * rho[step]
    return product


#: The correlation of visits i and j, where variances and correlations are apart.
CORRELATIONS = {
    "csh": lambda rho, i, j: 1.0 if i == j else rho[0],
    "ar1": lambda rho, i, j: chained([rho[:1].sum()] * 6, i, j),
    "arh1": lambda rho, i, j: chained([rho[:1].sum()] * 6, i, j),
    "toeph": lambda rho, i, j: 1.0 if i == j else rho[abs(i - j) - 1],
    "ad": chained,
    "adh": chained,
}
#: The covariance of visits i and j, where it is a sum of parameters.
COVARIANCES = {
    "us": lambda theta, i, j: theta[max(i, j) * (max(i, j) + 1) // 2 + min(i, j)],
    "cs": lambda theta, i, j: theta.sum() if i == j else theta[0],
    "toep": lambda theta, i, j: theta[abs(i - j)],
}


def dense(name, theta, m):
    """Write each matrix out entry by entry, as the SAS manual does."""
    sigma = np.empty((m, m), dtype=theta.dtype)
    for i in range(m):
        for j in range(m):
            if name in COVARIANCES:
                sigma[i, j] = COVARIANCES[name](theta, i, j)
            elif name in HETEROGENEOUS:
                scale = np.sqrt(theta[i]) * np.sqrt(theta[j])
                sigma[i, j] = scale * CORRELATIONS[name](theta[m:], i, j)
            else:
                sigma[i, j] = theta[0] * CORRELATIONS[name](theta[1:], i, j)
    return sigma


def gap(found, wanted):
    """Return the largest difference as a part of the largest entry, or of 1."""
    assert found.shape == wanted.shape
    return np.abs(found - wanted).max(initial=0) / np.abs(wanted).max(initial=1)


@pytest.mark.parametrize("m", SIZES)
@pytest.mark.parametrize("name", STRUCTURES)
def test_matrix_is_the_one_written_out_by_hand(draw, name, m):
    for seed in range(5):
        made, theta = draw(name, m, seed)
        assert gap(made.matrix(theta), dense(name, theta, m)) < CLOSED
        assert np.array_equal(made.matrix(theta), made.matrix(theta).T)


def test_three_visits_as_printed():
    """Numbers worked out on paper."""
    written = {
        "us": ([4, 1, 9, 2, 3, 16], [[4, 1, 2], [1, 9, 3], [2, 3, 16]]),
        "cs": ([3, 2], [[5, 3, 3], [3, 5, 3], [3, 3, 5]]),
        "csh": ([4, 9, 16, 0.5], [[4, 3, 4], [3, 9, 6], [4, 6, 16]]),
        "ar1": ([8, 0.5], [[8, 4, 2], [4, 8, 4], [2, 4, 8]]),
        "arh1": ([4, 9, 16, 0.5], [[4, 3, 2], [3, 9, 6], [2, 6, 16]]),
        "toep": ([8, 4, 1], [[8, 4, 1], [4, 8, 4], [1, 4, 8]]),
        "toeph": ([4, 9, 16, 0.5, 0.25], [[4, 3, 2], [3, 9, 6], [2, 6, 16]]),
        "ad": ([8, 0.5, 0.25], [[8, 4, 1], [4, 8, 2], [1, 2, 8]]),
        "adh": ([4, 9, 16, 0.5, 0.25], [[4, 3, 1], [3, 9, 3], [1, 3, 16]]),
    }
    assert set(written) == set(STRUCTURES)
    for name, (theta, wanted) in written.items():
        found = structure(name, (0, 3, 6)).matrix(np.array(theta, dtype=float))
        assert gap(found, np.array(wanted, dtype=float)) < CLOSED, name


@pytest.mark.parametrize("m", SIZES)
@pytest.mark.parametrize("name", STRUCTURES)
def test_derivatives_are_those_of_the_complex_step(draw, name, m):
    for seed in range(5):
        made, theta = draw(name, m, seed)
        k = len(theta)
        assert k == len(made.parameter_names) == len(set(made.parameter_names))
        assert made.first(theta).shape == (k, m, m)
        written = complex_step(lambda t: dense(name, t, m), theta)
        assert gap(made.first(theta), complex_step(made.matrix, theta)) < DERIVATIVE
        assert gap(made.first(theta), written) < DERIVATIVE
        second = made.second(theta)
        assert second.shape == (k, k, m, m)
        assert np.array_equal(second, second.swapaxes(0, 1))
        assert np.array_equal(second, second.swapaxes(2, 3))
        if made.linear:
            assert not second.any()
        else:
            assert gap(second, complex_step(made.first, theta)) < DERIVATIVE


@pytest.mark.parametrize("name", [name for name in STRUCTURES if name not in {"us", "cs", "toep"}])
def test_derivatives_hold_where_correlations_are_zero(name):
    made = structure(name, range(4))
    k = len(made.parameter_names)
    theta = np.where(["rho" in label for label in made.parameter_names], 0.0, np.arange(2.0, 2 + k))
    assert gap(made.first(theta), complex_step(made.matrix, theta)) < DERIVATIVE
    assert gap(made.second(theta), complex_step(made.first, theta)) < DERIVATIVE


def test_linear_structures_hand_out_one_locked_array():
    linear = [name for name in STRUCTURES if structure(name, range(4)).linear]
    assert linear == ["us", "cs", "toep"]
    for name in linear:
        made = structure(name, range(12))
        k = len(made.parameter_names)
        first = made.first(np.ones(k))
        assert first is made.first(np.arange(1.0, k + 1))
        assert not first.flags.writeable
        assert made.second(np.ones(k)).strides == (0, 0, 0, 0)


def test_names_are_those_of_sas():
    names = {name: structure(name, (0, 3, 6)).parameter_names for name in STRUCTURES}
    variances = ("var(0)", "var(3)", "var(6)")
    assert names == {
        "us": ("var(0)", "cov(0, 3)", "var(3)", "cov(0, 6)", "cov(3, 6)", "var(6)"),
        "ar1": ("variance", "rho"),
        "arh1": (*variances, "rho"),
        "cs": ("covariance", "residual"),
        "csh": (*variances, "rho"),
        "toep": ("variance", "cov(lag 1)", "cov(lag 2)"),
        "toeph": (*variances, "rho(lag 1)", "rho(lag 2)"),
        "ad": ("variance", "rho(0, 3)", "rho(3, 6)"),
        "adh": (*variances, "rho(0, 3)", "rho(3, 6)"),
    }


@pytest.mark.parametrize("name", STRUCTURES)
def test_one_visit_has_one_variance(name):
    made = structure(name, ("only",))
    assert made.parameter_names == (("var(only)" if name in HETEROGENEOUS else "variance"),)
    theta = np.array([2.5])
    assert made.matrix(theta) == [[2.5]]
    assert made.first(theta) == [[[1.0]]]
    assert made.second(theta) == [[[[0.0]]]]
    assert made.start(np.array([[2.5]])) == theta


@pytest.mark.parametrize("name", HETEROGENEOUS)
def test_two_visits_are_unstructured(name):
    wanted = np.array([[4.0, -1.5], [-1.5, 9.0]])
    theta = np.array([4.0, -1.5, 9.0] if name == "us" else [4.0, 9.0, -0.25])
    assert gap(structure(name, (0, 6)).matrix(theta), wanted) < CLOSED


@pytest.mark.parametrize(("name", "theta"), [("cs", [-1.5, 6.5]), ("toep", [5.0, -1.5])])
def test_two_visits_of_one_variance_are_first_order_autoregressive(name, theta):
    wanted = structure("ar1", (0, 6)).matrix(np.array([5.0, -0.3]))
    assert gap(structure(name, (0, 6)).matrix(np.array(theta)), wanted) < CLOSED


def restate(inner, outer, theta, m):
    """Return the parameters by which the outer structure is the inner one."""
    powers = theta[-1] ** np.arange(1, m)
    ones = np.ones(m - 1)
    return {
        ("ar1", "toep"): lambda: theta[0] * np.append(1.0, powers),
        ("ar1", "ad"): lambda: np.append(theta[0], theta[1] * ones),
        ("ar1", "arh1"): lambda: np.append(theta[0] * np.ones(m), theta[1]),
        ("cs", "toep"): lambda: np.append(theta.sum(), theta[0] * ones),
        ("cs", "csh"): lambda: np.append(theta.sum() * np.ones(m), theta[0] / theta.sum()),
        ("arh1", "toeph"): lambda: np.append(theta[:m], powers),
        ("arh1", "adh"): lambda: np.append(theta[:m], theta[-1] * ones),
        ("csh", "toeph"): lambda: np.append(theta[:m], theta[-1] * ones),
        ("toep", "toeph"): lambda: np.append(theta[0] * np.ones(m), theta[1:] / theta[0]),
        ("ad", "adh"): lambda: np.append(theta[0] * np.ones(m), theta[1:]),
    }[inner, outer]()


@pytest.mark.parametrize("m", range(2, 7))
@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ("ar1", "toep"),
        ("ar1", "ad"),
        ("ar1", "arh1"),
        ("cs", "toep"),
        ("cs", "csh"),
        ("arh1", "toeph"),
        ("arh1", "adh"),
        ("csh", "toeph"),
        ("toep", "toeph"),
        ("ad", "adh"),
    ],
)
def test_one_structure_lies_within_another(draw, inner, outer, m):
    made, theta = draw(inner, m)
    sigma = made.matrix(theta)
    wider = structure(outer, range(m))
    assert gap(wider.matrix(restate(inner, outer, theta, m)), sigma) < CLOSED
    lower = sigma[np.tril_indices(m)]
    assert np.array_equal(structure("us", range(m)).matrix(lower), sigma)


def test_whole_numbers_are_not_cut_off():
    for name in STRUCTURES:
        made = structure(name, range(3))
        whole = np.arange(1, 1 + len(made.parameter_names))
        assert np.array_equal(made.first(whole), made.first(whole.astype(float)))
        assert np.array_equal(made.second(whole), made.second(whole.astype(float)))
        assert np.array_equal(
            made.from_unconstrained(whole), made.from_unconstrained(whole.astype(float))
        )


def test_a_wrong_name_and_wrong_visits_are_told_together():
    with pytest.raises(DataError) as caught:
        structure("un", (0, 3, 3))
    message = str(caught.value)
    assert (
        "'un' is not a covariance structure (did you mean 'us'?); choose one of us, ar1," in message
    )
    assert "derives from CovarianceStructure" in message
    assert "distinct labels, got ['0', '3', '3']" in message
    with pytest.raises(DataError, match="there is no visit"):
        structure("us", ())
