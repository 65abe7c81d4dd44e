import numpy as np
import pytest

from retrostats.errors import DataError
from retrostats.models.random_effects import reduced_moments
from retrostats.models.sums.moments import Moments
from retrostats.models.sums.subject_rows import SubjectRows

#: Two ways to the same sums of about 50 products; largest gap measured 4e-16 relative.
SUMS = 1e-12
#: The same log-likelihood from a dense inverse; largest gap measured 1.2e-13.
DENSE = 1e-10
#: Coefficients and their covariance, relative to the largest; largest gap measured 2e-15.
COEFFICIENTS = 1e-10
#: Analytic against central differences with steps of 1e-5; largest gap measured 4e-10 relative.
DIFFERENCES = 1e-6
#: Two routes to one optimum, relative to the largest; largest gap measured 3e-15.
ROUTES = 1e-10

G3 = np.array([[1.5, 0.2, -0.1], [0.2, 0.4, 0.05], [-0.1, 0.05, 0.7]])


def theta_of(g, sigma2):
    return np.append(g[np.tril_indices(len(g))], sigma2)


@pytest.fixture(params=[Moments, SubjectRows])
def kept_as(request, monkeypatch):
    """Both ways to keep the reduced rows."""
    if request.param is SubjectRows:
        monkeypatch.setattr(reduced_moments, "SMALL", 0)
        monkeypatch.setattr(reduced_moments, "MEMORY", 0.0)
    return request.param


@pytest.mark.parametrize("q", [1, 2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_factors_reproduce_z_and_all_products(irregular, q, weighted):
    rows = irregular(q, q=q, weighted=weighted)
    factors = rows.factors()
    root = 1.0 if rows.weights is None else np.sqrt(rows.weights)[:, None]
    z = rows.z * root
    columns = np.column_stack([rows.x, rows.y]) @ factors.basis * root
    for code in range(rows.n_subjects):
        mine = rows.subject == code
        r, own = factors.factor[code], factors.rows[code]
        np.testing.assert_allclose(r.T @ r, z[mine].T @ z[mine], rtol=SUMS, atol=SUMS)
        np.testing.assert_allclose(r.T @ own, z[mine].T @ columns[mine], rtol=SUMS, atol=1e-11)
        assert factors.present[code].sum() == np.linalg.matrix_rank(z[mine])
    total = np.einsum("nqa,nqb->ab", factors.rows, factors.rows) + factors.rest
    gram = columns.T @ columns
    np.testing.assert_allclose(total, gram, rtol=SUMS, atol=SUMS * np.abs(gram).max())
    assert factors.n_rest == len(rows.y) - factors.present.sum()


@pytest.mark.parametrize("method", ["reml", "ml"])
@pytest.mark.parametrize("q", [1, 2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_likelihood_is_that_of_the_dense_normal(  # noqa: PLR0917 - fixtures and cases
    irregular, dense_loglik, kept_as, method, q, weighted
):
    rows = irregular(10 + q, q=q, weighted=weighted)
    model = rows.reduced(method)
    moments = model.likelihood.strata[0].moments
    assert isinstance(moments, kept_as)
    assert moments.n_subjects == rows.n_subjects
    at = model.likelihood.evaluate(theta_of(G3[:q, :q], 0.8))
    loglik, beta, beta_cov = dense_loglik(rows, G3[:q, :q], 0.8, method)
    assert at.loglik == pytest.approx(loglik, abs=DENSE)
    back = model.coordinates.back
    np.testing.assert_allclose(
        back @ at.beta + model.coordinates.offset, beta, atol=COEFFICIENTS * np.abs(beta).max()
    )
    np.testing.assert_allclose(
        back @ at.phi @ back.T, beta_cov, atol=COEFFICIENTS * np.abs(beta_cov).max()
    )


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_derivatives_agree_with_differences(irregular, kept_as, method):
    likelihood = irregular(5).reduced(method).likelihood
    assert isinstance(likelihood.strata[0].moments, kept_as)
    theta = theta_of(G3[:2, :2], 0.8)
    local = likelihood.derivatives(likelihood.evaluate(theta))
    for h, step in enumerate(np.eye(4) * 1e-5):
        ends = [likelihood.evaluate(theta + sign * step) for sign in (1, -1)]
        slope = (ends[0].loglik - ends[1].loglik) / 2e-5
        gradients = [likelihood.derivatives(end).gradient for end in ends]
        assert local.gradient[h] == pytest.approx(slope, rel=DIFFERENCES, abs=DIFFERENCES)
        np.testing.assert_allclose(
            local.hessian[h],
            (gradients[0] - gradients[1]) / 2e-5,
            rtol=DIFFERENCES,
            atol=DIFFERENCES * np.abs(local.hessian).max(),
        )


def test_sums_for_kenward_roger_do_not_depend_on_how_rows_are_kept(irregular, monkeypatch):
    rows = irregular(6)
    theta, spread = theta_of(G3[:2, :2], 0.8), np.diag([1.0, 2.0, 3.0, 4.0]) + 0.1
    found = []
    for small in (reduced_moments.SMALL, 0):
        monkeypatch.setattr(reduced_moments, "SMALL", small)
        monkeypatch.setattr(reduced_moments, "MEMORY", float(small))
        likelihood = rows.reduced().likelihood
        at = likelihood.evaluate(theta)
        local = likelihood.derivatives(at)
        found.append((likelihood.curvature_sums(at, spread)[0], local.expected, local.p_matrices))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, atol=COEFFICIENTS * np.abs(one).max())


def test_equal_designs_share_a_pattern(irregular, small_trial):
    intercepts = irregular(3, q=1).reduced().likelihood.strata[0].moments
    sizes = np.bincount(irregular(3, q=1).subject)
    # One pattern for each number of rows, and one for what is orthogonal to the intercepts.
    assert len(intercepts.counts) == len(set(sizes)) + 1
    assert intercepts.counts[-1] == (sizes - 1).sum() == intercepts.n_apart
    trial = small_trial(1).reduced().likelihood.strata[0].moments
    assert len(trial.counts) <= 4


def test_reduced_path_equals_the_common_grid(small_trial):
    for seed in range(6):
        rows = small_trial(seed)
        ends = [model.fit() for model in (rows.reduced(), rows.on_grid())]
        assert ends[0].at.loglik == pytest.approx(ends[1].at.loglik, abs=ROUTES)
        np.testing.assert_allclose(
            ends[0].at.theta, ends[1].at.theta, atol=ROUTES * np.abs(ends[1].at.theta).max()
        )
        scale = np.abs(ends[1].derivatives.expected).max()
        np.testing.assert_allclose(
            ends[0].derivatives.expected, ends[1].derivatives.expected, atol=ROUTES * scale
        )


def test_subjects_without_rows_and_rows_in_any_order_change_nothing(irregular, make_rows):
    rows = irregular(4)
    order = np.random.default_rng(1).permutation(len(rows.y))
    other = make_rows(
        rows.x[order], rows.y[order], 2 * rows.subject[order] + 1, rows.z[order], rows.names
    )
    theta = theta_of(G3[:2, :2], 0.8)
    values = [r.reduced().likelihood.evaluate(theta).loglik for r in (rows, other)]
    assert values[0] == pytest.approx(values[1], abs=DENSE)
    assert other.reduced().likelihood.strata[0].moments.n_subjects == rows.n_subjects


def test_blocks_of_rows_add_up(irregular, monkeypatch):
    rows = irregular(8)
    whole = rows.factors()
    monkeypatch.setattr("retrostats.models.random_effects.reduction.BLOCK", 40)
    parts = rows.factors()
    np.testing.assert_allclose(parts.factor, whole.factor, atol=SUMS)
    np.testing.assert_allclose(parts.rows, whole.rows, atol=1e-11)
    np.testing.assert_allclose(parts.rest, whole.rest, atol=1e-11)


def test_faults_are_told_together(irregular):
    rows = irregular(1)
    rows.z[3, 1] = np.nan
    rows.y = np.append(rows.y, 0.0)
    rows.x = np.vstack([rows.x, rows.x[:1]])
    with pytest.raises(DataError, match=r"expected \(n, q\).*look at 1 rows, first \[3\]"):
        rows.factors()


def test_reduced_moments_are_not_added(irregular):
    moments = irregular(1).reduced().likelihood.strata[0].moments
    with pytest.raises(ValueError, match="cannot be added"):
        moments + moments
