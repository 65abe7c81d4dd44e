"""The likelihood from moments against dense normal densities and complex steps."""

from __future__ import annotations

import dense_likelihood as dense
import numpy as np
import pytest
from scipy.stats import multivariate_normal

from retrostats.models.covariance import STRUCTURES, structure
from retrostats.models.maximum.likelihood import Likelihood
from retrostats.models.maximum.stratum import Stratum
from retrostats.models.sums.basis import settle
from retrostats.models.sums.gather import gather, gather_moments, preliminary_basis
from retrostats.models.sums.patterns import visit_patterns, visit_table
from retrostats.models.sums.subject_rows import SubjectRows

#: Sums over two dozen subjects in another order, and a change of basis. Measured gap 2e-14.
VALUE = 1e-12
#: The same for derivatives, relative to the largest entry. Measured gap 4e-13.
SLOPE = 1e-10


class DenseRows:
    """Rows of a design as a plain matrix."""

    def __init__(self, x):
        self.x = x

    def take(self, rows, basis):
        return self.x[rows] @ basis


def moments_of(subjects, m, *, rows=False):
    x, y, subject, visit, weights, group = dense.arrays_of(subjects)
    table = visit_table(subject, visit, n_subjects=len(subjects), n_visits=m)
    patterns = visit_patterns(table, group)
    root = np.sqrt(weights)
    arguments = {
        "basis": preliminary_basis(x * root[:, None], y * root),
        "n_visits": m,
        "weights": weights,
    }
    if not rows:
        return gather_moments(patterns, DenseRows(x), y, **arguments)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("retrostats.models.sums.gather.SMALL", 0)
        patch.setattr("retrostats.models.sums.gather.MEMORY", 0.0)
        kept = gather(patterns, DenseRows(x), y, **arguments)
    assert isinstance(kept, SubjectRows)
    return kept


def likelihood_of(subjects, name, m, method, *, groups=1, rows=False):
    moments, at = settle(moments_of(subjects, m, rows=rows))
    own = structure(name, range(m))
    parts = [moments.of_group(g) for g in range(groups)] if groups > 1 else [moments]
    return Likelihood([Stratum(part, own) for part in parts], method, at.log_det), own, at


def parameters(own, rng, groups=1):
    spread = rng.normal(size=(own.dimension, 2 * own.dimension))
    base = np.eye(own.dimension) + spread @ spread.T / (2 * own.dimension)
    return np.concatenate([own.start(base * (1 + 0.3 * g)) for g in range(groups)])


def sigmas_at(own, theta, groups=1):
    return [own.matrix(part) for part in np.split(theta, groups)]


def assert_close(mine, theirs, tolerance):
    scale = max(1.0, float(np.max(np.abs(theirs))))
    assert np.max(np.abs(mine - theirs)) <= tolerance * scale


@pytest.mark.parametrize("rows", [False, True], ids=["moments", "rows"])
@pytest.mark.parametrize("method", ["reml", "ml"])
@pytest.mark.parametrize("name", STRUCTURES)
def test_value_gradient_and_hessian_of_every_structure(name, method, rows):
    rng = np.random.default_rng(20240311)
    subjects = dense.simulated(rng, m=4, weighted=True)
    likelihood, own, _ = likelihood_of(subjects, name, 4, method, rows=rows)
    theta = parameters(own, rng)
    at = likelihood.evaluate(theta)
    slopes = likelihood.derivatives(at)

    def value(t):
        return dense.log_likelihood(subjects, [own.matrix(t)], method)

    def slope(t):
        derivatives = [(0, d) for d in own.first(t)]
        return dense.gradient(subjects, [own.matrix(t)], derivatives, method)

    assert at.loglik == pytest.approx(value(theta), rel=VALUE)
    assert_close(slopes.gradient, dense.complex_step(value, theta), SLOPE)
    assert_close(slopes.hessian, dense.complex_step(slope, theta), SLOPE)


def test_full_likelihood_is_the_density_of_the_data():
    rng = np.random.default_rng(5)
    subjects = dense.simulated(rng, m=3)
    likelihood, own, at = likelihood_of(subjects, "us", 3, "ml")
    theta = parameters(own, rng)
    found = likelihood.evaluate(theta)
    beta = at.back @ found.beta + at.offset
    sigma = own.matrix(theta)
    density = sum(
        multivariate_normal.logpdf(s.y, s.x @ beta, sigma[np.ix_(s.visits, s.visits)])
        for s in subjects
    )
    assert found.loglik == pytest.approx(density, rel=VALUE)


def test_coefficients_are_generalised_least_squares():
    rng = np.random.default_rng(6)
    subjects = dense.simulated(rng, m=3, weighted=True)
    likelihood, own, at = likelihood_of(subjects, "toeph", 3, "reml")
    theta = parameters(own, rng)
    found = likelihood.evaluate(theta)
    beta, gram = dense.coefficients(subjects, [own.matrix(theta)])
    assert_close(at.back @ found.beta + at.offset, beta, VALUE)
    assert_close(at.back @ found.phi @ at.back.T, np.linalg.inv(gram), VALUE)


@pytest.mark.parametrize("name", ["us", "arh1"])
def test_a_covariance_for_each_group(name):
    rng = np.random.default_rng(7)
    subjects = dense.simulated(rng, n=30, m=3, groups=2)
    likelihood, own, _ = likelihood_of(subjects, name, 3, "reml", groups=2)
    theta = parameters(own, rng, 2)
    at = likelihood.evaluate(theta)
    slopes = likelihood.derivatives(at)

    def value(t):
        return dense.log_likelihood(subjects, sigmas_at(own, t, 2), "reml")

    def slope(t):
        parts = np.split(t, 2)
        derivatives = [(g, d) for g in range(2) for d in own.first(parts[g])]
        return dense.gradient(subjects, sigmas_at(own, t, 2), derivatives, "reml")

    assert at.loglik == pytest.approx(value(theta), rel=VALUE)
    assert_close(slopes.gradient, dense.complex_step(value, theta), SLOPE)
    assert_close(slopes.hessian, dense.complex_step(slope, theta), SLOPE)


def by_hand(subjects, sigma, first, second, theta_cov):
    """Expected information, P_h, sum C Q and sum C R, written with loops."""
    p, k = subjects[0].x.shape[1], len(first)
    phi = np.linalg.inv(dense.coefficients(subjects, [sigma])[1])
    p_matrices = np.zeros((k, p, p))
    q = np.zeros((k, k, p, p))
    q_sum, r_sum, information = np.zeros((p, p)), np.zeros((p, p)), np.zeros((k, k))
    for s in subjects:
        at = np.ix_(s.visits, s.visits)
        w = np.linalg.inv(sigma[at])
        for h in range(k):
            p_matrices[h] -= s.x.T @ w @ first[h][at] @ w @ s.x
            for j in range(k):
                inner = w @ first[h][at] @ w @ first[j][at] @ w
                q[h, j] += s.x.T @ inner @ s.x
                information[h, j] += np.trace(w @ first[h][at] @ w @ first[j][at]) / 2
                r_sum += theta_cov[h, j] * s.x.T @ w @ second[h, j][at] @ w @ s.x
    for h in range(k):
        for j in range(k):
            q_sum += theta_cov[h, j] * q[h, j]
            information[h, j] -= np.trace(phi @ q[h, j])
            information[h, j] += np.trace(phi @ p_matrices[h] @ phi @ p_matrices[j]) / 2
    return information, p_matrices, q_sum, r_sum


@pytest.mark.parametrize("rows", [False, True], ids=["moments", "rows"])
@pytest.mark.parametrize("name", ["us", "ar1", "csh", "adh"])
def test_expected_information_and_the_sums_of_kenward_and_roger(name, rows):
    rng = np.random.default_rng(8)
    subjects = dense.simulated(rng, m=3)
    likelihood, own, at = likelihood_of(subjects, name, 3, "reml", rows=rows)
    theta = parameters(own, rng)
    found = likelihood.evaluate(theta)
    slopes = likelihood.derivatives(found)
    spread = rng.normal(size=(len(theta), 9))
    theta_cov = spread @ spread.T
    expected = by_hand(subjects, own.matrix(theta), own.first(theta), own.second(theta), theta_cov)
    q_sum, r_sum = likelihood.curvature_sums(found, theta_cov)
    there = np.linalg.inv(at.back)
    mine = [
        slopes.expected,
        *(there.T @ part @ there for part in (slopes.p_matrices, q_sum, r_sum)),
    ]
    for found_part, part in zip(mine, expected, strict=True):
        assert_close(found_part, part, SLOPE)


def test_outside_the_domain_there_is_no_value():
    subjects = dense.simulated(np.random.default_rng(9), m=3)
    likelihood, _, _ = likelihood_of(subjects, "us", 3, "reml")
    assert likelihood.evaluate(np.array([1.0, 2.0, 1.0, 0.0, 0.0, 1.0])) is None
    assert likelihood.evaluate(np.array([1.0, 0.0, -1.0, 0.0, 0.0, 1.0])) is None
