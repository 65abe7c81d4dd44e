from itertools import pairwise

import numpy as np
import pytest
from scipy.linalg import block_diag, fractional_matrix_power

from retrostats.errors import DataError, FitError
from retrostats.models.inference.sandwich import Subjects, robust_covariance

#: Batches of small matrices against dense ones; 3e-13 measured.
ROUNDING = 1e-9

KINDS = ("CR0", "CR2", "CR3")


def by_hand(kind, dense):
    """Adjusted estimating functions Phi X_i' W_i A_i, one for each subject."""
    out = []
    for subject in np.unique(dense.subject):
        rows = np.flatnonzero(dense.subject == subject)
        x, w = dense.x[rows], np.linalg.inv(dense.v[np.ix_(rows, rows)])
        rest = np.eye(len(rows)) - x @ dense.phi @ x.T @ w
        power = {"CR0": 0, "CR2": -0.5, "CR3": -1}[kind]
        adjust = np.eye(len(rows)) if power == 0 else fractional_matrix_power(rest, power)
        out.append((rows, dense.phi @ x.T @ w @ adjust))
    return out


def dense_parts(kind, dense, rows):
    """Covariances P_ij under the working model of the q-vectors that subjects contribute."""
    n = len(dense.y)
    rest = np.eye(n) - dense.x @ dense.phi @ dense.x.T @ dense.w
    parts = [rows @ function @ rest[own] for own, function in by_hand(kind, dense)]
    return [[a @ dense.v @ b.T for b in parts] for a in parts]


def sandwich(kind, dense):
    return robust_covariance(kind, dense.batches(), dense.phi)


@pytest.mark.parametrize("kind", KINDS)
def test_the_covariance_is_the_dense_one(kind, dense):
    expected = np.zeros_like(dense.phi)
    residual = dense.y - dense.x @ dense.beta
    for own, function in by_hand(kind, dense):
        part = function @ residual[own]
        expected += np.outer(part, part)
    found = sandwich(kind, dense)
    assert np.abs(found.covariance - expected).max() < ROUNDING * np.abs(expected).max()
    assert found.pinned == 0


@pytest.mark.parametrize("kind", KINDS)
def test_df_of_one_row_are_those_of_the_dense_quadratic_form(kind, dense):
    p = len(dense.phi)
    rows = np.vstack([np.eye(p), np.arange(p) - 1.3])
    expected = []
    for row in rows:
        g = np.array(dense_parts(kind, dense, row[None]))[:, :, 0, 0]
        expected.append(np.trace(g) ** 2 / (g * g).sum())
    found = sandwich(kind, dense).degrees_of_freedom(rows)
    assert found == pytest.approx(expected, rel=ROUNDING)
    scaled = sandwich(kind, dense).degrees_of_freedom(rows * 1e-120)
    assert scaled == pytest.approx(expected, rel=ROUNDING)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_hotelling_is_that_of_pustejovsky_and_tipton(kind, count, dense):
    rows = np.eye(len(dense.phi))[:count] + 0.2
    parts = dense_parts(kind, dense, rows)
    omega = sum(parts[i][i] for i in range(len(parts)))
    root = fractional_matrix_power(omega, -0.5)
    total = 0.0
    for s in range(count):
        for t in range(count):
            for row in parts:
                for part in row:
                    b = root @ part @ root
                    total += b[s, t] * b[t, s] + b[s, s] * b[t, t]
    eta = count * (count + 1) / total
    found = sandwich(kind, dense)
    df, scale = found.hotelling(rows)
    assert df == pytest.approx(eta - count + 1, rel=ROUNDING)
    assert scale == pytest.approx((eta - count + 1) / eta, rel=ROUNDING)
    turned = np.random.default_rng(1).normal(size=(count, count)) @ rows * 1e5
    assert found.hotelling(turned) == pytest.approx((df, scale), rel=ROUNDING)
    if count == 1:
        assert df == pytest.approx(found.degrees_of_freedom(rows)[0], rel=ROUNDING)
        assert scale == 1


def two_groups(first, second):
    """Subjects seen once; a mean for each group."""
    y, group = np.concatenate([first, second]), np.repeat([0, 1], [len(first), len(second)])
    x = np.eye(2)[group]
    means = np.array([np.mean(first), np.mean(second)])
    subjects = Subjects(x[:, None, :], (y - x @ means)[:, None], np.array([[2.0]]))
    return subjects, 2 * np.linalg.inv(x.T @ x)


def test_two_means_of_subjects_seen_once_have_the_variance_of_welch():
    rng = np.random.default_rng(4)
    first, second = rng.normal(size=7), rng.normal(size=12) * 3
    subjects, phi = two_groups(first, second)
    row = np.array([-1.0, 1.0])
    parts = np.array([first.var(ddof=1) / 7, second.var(ddof=1) / 12])
    found = robust_covariance("CR2", [subjects], phi)
    assert row @ found.covariance @ row == pytest.approx(parts.sum(), rel=ROUNDING)
    # Under the working model, equal variances, Bell and McCaffrey's df depend on n alone.
    expected = (1 / 7 + 1 / 12) ** 2 / (1 / (7**2 * 6) + 1 / (12**2 * 11))
    assert found.degrees_of_freedom(row[None])[0] == pytest.approx(expected, rel=ROUNDING)
    factors = {"CR0": np.array([6 / 7, 11 / 12]), "CR3": np.array([7 / 6, 12 / 11])}
    for kind, factor in factors.items():
        other = robust_covariance(kind, [subjects], phi)
        assert row @ other.covariance @ row == pytest.approx((parts * factor).sum(), rel=ROUNDING)


def test_means_at_visits_give_the_exact_hotelling_test(dense_model):
    n, m = 9, 3
    rng = np.random.default_rng(6)
    y = rng.normal(size=(n, m)) @ rng.normal(size=(m, m))
    x = np.tile(np.eye(m), (n, 1))
    subject, visit = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    # The working structure is wrong, and it does not matter.
    model = dense_model.of(x, y.ravel(), subject, visit, dense_model.ar1(1.0, 0.4, m))
    found = sandwich("CR2", model)
    assert np.allclose(found.covariance, np.cov(y.T) / n, rtol=ROUNDING, atol=0)
    assert found.degrees_of_freedom(np.eye(m)) == pytest.approx([n - 1] * m, rel=ROUNDING)
    assert found.hotelling(np.eye(m)) == pytest.approx((n - m, (n - m) / (n - 1)), rel=ROUNDING)


def test_cr2_is_unbiased_under_the_working_model(dense):
    # Residuals from each unit of independent noise in turn: their sum is the expectation.
    root = np.linalg.cholesky(dense.v)
    total = np.zeros_like(dense.phi)
    for noise in root.T:
        dense.y = noise
        dense.beta = dense.phi @ dense.x.T @ dense.w @ noise
        total += sandwich("CR2", dense).covariance
    assert np.abs(total - dense.phi).max() < ROUNDING * np.abs(dense.phi).max()


def test_the_three_are_ordered(dense):
    found = [sandwich(kind, dense).covariance for kind in KINDS]
    for smaller, larger in pairwise(found):
        assert np.linalg.eigvalsh(larger - smaller).min() > -ROUNDING
        assert np.trace(larger - smaller) > 0


def test_neither_the_order_of_visits_nor_the_basis_matters(dense):
    expected = sandwich("CR2", dense)
    rows = np.eye(len(dense.phi))[1:3]
    basis = np.random.default_rng(2).normal(size=dense.phi.shape)
    back = np.linalg.inv(basis)
    turned = [
        Subjects(x[:, ::-1] @ basis, residual[:, ::-1], sigma[::-1, ::-1])
        for x, residual, sigma in dense.batches()
    ]
    found = robust_covariance("CR2", turned, back @ dense.phi @ back.T)
    again = basis @ found.covariance @ basis.T
    assert np.abs(again - expected.covariance).max() < ROUNDING * np.abs(again).max()
    assert found.hotelling(rows @ basis) == pytest.approx(expected.hotelling(rows), rel=ROUNDING)


def with_own_column(dense, dense_model):
    """The last subject, seen once, has a column of its own."""
    n, p = dense.x.shape
    x = block_diag(dense.x, [[1.0]])
    x[n, :p] = 1
    return dense_model.of(
        x,
        np.append(dense.y, 3.0),
        np.append(dense.subject, 99),
        np.append(dense.visit, 0),
        dense.structure,
    )


def test_a_leverage_of_one_is_left_out_or_refused(dense, dense_model):
    model = with_own_column(dense, dense_model)
    p = len(dense.phi)
    rows = np.eye(p + 1)
    without, found = sandwich("CR2", dense), sandwich("CR2", model)
    assert found.pinned == 1
    assert np.allclose(found.covariance[:p, :p], without.covariance, rtol=1e-8, atol=1e-12)
    expected = without.degrees_of_freedom(np.eye(p))
    assert found.degrees_of_freedom(rows[:p]) == pytest.approx(expected, rel=ROUNDING)
    with pytest.raises(FitError, match=r"CR3: 1 subjects have a leverage of 1.*CR2"):
        sandwich("CR3", model)


@pytest.mark.parametrize("kind", ["CR0", "CR2"])
def test_a_variance_that_nothing_estimates_is_refused(kind):
    subjects, phi = two_groups([1.0, 2.0, 4.0], [5.0])
    found = robust_covariance(kind, [subjects], phi)
    assert found.pinned == 1
    assert found.degrees_of_freedom(np.array([[1.0, 0.0]]))[0] == pytest.approx(2, rel=ROUNDING)
    with pytest.raises(FitError, match=f"{kind}: the residuals say nothing"):
        found.degrees_of_freedom(np.array([[0.0, 1.0]]))
    with pytest.raises(FitError, match="residuals say nothing"):
        found.hotelling(np.eye(2))


def test_too_many_rows_for_the_subjects_are_refused():
    rng = np.random.default_rng(9)
    y = rng.normal(size=(4, 4))
    x = np.tile(np.eye(4), (4, 1, 1))
    subjects = Subjects(x, y - y.mean(axis=0), np.eye(4))
    found = robust_covariance("CR2", [subjects], np.eye(4) / 4)
    with pytest.raises(FitError, match="joint test of 4 rows needs more than the 3 degrees"):
        found.hotelling(np.eye(4))


def test_wrong_arguments_are_refused(dense):
    with pytest.raises(DataError, match="unknown kind 'CR1'"):
        sandwich("CR1", dense)
    with pytest.raises(DataError, match="no subjects"):
        robust_covariance("CR0", [], dense.phi)
    with pytest.raises(DataError, match="phi is not that of these subjects"):
        robust_covariance("CR2", dense.batches(), 5 * dense.phi)
    flat = [batch._replace(sigma=0 * batch.sigma) for batch in dense.batches()]
    with pytest.raises(FitError, match="working covariance"):
        robust_covariance("CR0", flat, dense.phi)
