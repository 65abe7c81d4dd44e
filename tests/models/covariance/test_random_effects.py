import numpy as np
import pytest

from retrostats.errors import DataError, FitError
from retrostats.models.covariance import (
    RandomEffects,
    ReducedRandomEffects,
    check_structure,
    structure,
)
from retrostats.models.covariance.numerics import complex_step
from retrostats.models.covariance.random_effects import semidefinite_cholesky

#: The same products in another order; 1.3e-16 of the largest entry measured.
CLOSED = 1e-14
#: Least squares and back, and Cholesky factors and back; 2.5e-14 measured.
ROUND_TRIP = 1e-12

WEEKS = np.array([0.0, 3.0, 6.0, 12.0, 24.0])
NAMES = ("Intercept", "week", "heel")
Z = np.column_stack([np.ones(5), WEEKS, [0.0, 1.0, 0.0, 1.0, 1.0]])
G = np.array([[4.0, -0.3, 0.5], [-0.3, 0.2, 0.05], [0.5, 0.05, 1.5]])

HEEL = "cov(Intercept, heel) cov(week, heel)"
#: Blocks, natural parameters from G, and names in that order.
KINDS = [
    (
        None,
        [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2)],
        f"var(Intercept) cov(Intercept, week) var(week) {HEEL} var(heel)",
    ),
    (((0,), (1,), (2,)), [(0, 0), (1, 1), (2, 2)], "var(Intercept) var(week) var(heel)"),
    (
        ((0, 2), (1,)),
        [(0, 0), (2, 0), (2, 2), (1, 1)],
        "var(Intercept) cov(Intercept, heel) var(heel) var(week)",
    ),
    (
        ((2, 0), (1,)),
        [(2, 2), (2, 0), (0, 0), (1, 1)],
        "var(heel) cov(heel, Intercept) var(Intercept) var(week)",
    ),
]


def masked(blocks):
    """Return G with the covariances between blocks put to zero."""
    g = np.zeros_like(G)
    for block in blocks or ((0, 1, 2),):
        for i in block:
            for j in block:
                g[i, j] = G[i, j]
    return g


@pytest.mark.parametrize("kind", [RandomEffects, ReducedRandomEffects])
@pytest.mark.parametrize(("blocks", "entries", "names"), KINDS)
def test_matrix_names_and_accessors(kind, blocks, entries, names):
    theta = np.array([G[entry] for entry in entries] + [2.5])
    if kind is RandomEffects:
        made = RandomEffects(Z, NAMES, blocks=blocks)
        wanted = Z @ masked(blocks) @ Z.T + 2.5 * np.eye(5)
    else:
        made = ReducedRandomEffects(3, blocks, names=NAMES)
        wanted = np.zeros((6, 6))
        wanted[:3, :3], wanted[3:, 3:] = masked(blocks), 2.5 * np.eye(3)
    assert " ".join(made.parameter_names) == names + " residual"
    assert made.dimension == len(wanted)
    assert np.abs(made.matrix(theta) - wanted).max() < CLOSED * wanted.max()
    assert np.array_equal(made.g_matrix(theta), masked(blocks))
    assert made.sigma2(theta) == 2.5
    assert made.linear
    assert np.array_equal(made.first(theta), complex_step(made.matrix, theta))
    assert not made.second(theta).any()
    check_structure(made, theta)


@pytest.mark.parametrize("kind", [RandomEffects, ReducedRandomEffects])
@pytest.mark.parametrize(("blocks", "entries", "names"), KINDS)
def test_there_and_back_and_the_start(kind, blocks, entries, names):
    del names
    theta = np.array([G[entry] for entry in entries] + [2.5])
    made = RandomEffects(Z, NAMES, blocks) if kind is RandomEffects else kind(3, blocks)
    phi = made.to_unconstrained(theta)
    assert phi[-1] == np.log(2.5)
    assert np.abs(made.from_unconstrained(phi) - theta).max() < ROUND_TRIP
    assert np.abs(made.start(made.matrix(theta)) - theta).max() < ROUND_TRIP
    wild = np.random.default_rng(5).normal(size=len(theta))
    assert np.linalg.eigvalsh(made.g_matrix(made.from_unconstrained(wild)))[0] > -CLOSED
    slope = made.jacobian(wild)
    assert slope == pytest.approx(complex_step(made.from_unconstrained, wild).T, rel=CLOSED)


def test_the_reduced_form_is_the_full_one_on_the_span_of_the_effects():
    q_factor, r = np.linalg.qr(Z)
    full, reduced = RandomEffects(Z, NAMES), ReducedRandomEffects(3, names=NAMES)
    assert full.parameter_names == reduced.parameter_names
    theta = np.append(G[np.tril_indices(3)], 2.5)
    loading = np.hstack([r, np.eye(3)])
    wanted = q_factor.T @ full.matrix(theta) @ q_factor
    found = loading @ reduced.matrix(theta) @ loading.T
    assert np.abs(found - wanted).max() < CLOSED * wanted.max()


def test_a_random_intercept_is_compound_symmetry():
    made = RandomEffects(np.ones((4, 1)), ("Intercept",))
    theta = np.array([3.0, 2.0])
    assert np.array_equal(made.matrix(theta), structure("cs", range(4)).matrix(theta))


def test_derivatives_are_symmetric_to_the_last_digit():
    z = np.random.default_rng(8).normal(size=(7, 3)) * np.array([1.0, 0.1, 10.0])
    first = RandomEffects(z, NAMES).first(np.ones(7))
    assert np.array_equal(first, first.swapaxes(1, 2))


def test_effects_without_names_are_numbered():
    names = ReducedRandomEffects(2).parameter_names
    assert names == ("var(effect 1)", "cov(effect 1, effect 2)", "var(effect 2)", "residual")


@pytest.mark.parametrize("blocks", [None, ((0,), (1,), (2,)), ((0, 2), (1,))])
@pytest.mark.parametrize("kind", [RandomEffects, ReducedRandomEffects])
def test_the_start_is_positive_definite_near_any_moments(kind, blocks):
    made = RandomEffects(Z, NAMES, blocks) if kind is RandomEffects else kind(3, blocks)
    m = made.dimension
    rng = np.random.default_rng(3)
    for rank in (m + 2, m, 1):
        for size in (1e-3, 1.0, 1e3):
            rows = size * rng.normal(size=(rank, m))
            theta = made.start(rows.T @ rows + 1e-13 * size**2 * np.eye(m))
            assert made.sigma2(theta) > 0
            assert np.linalg.cholesky(made.g_matrix(theta)).shape == (3, 3)
            assert np.linalg.cholesky(made.matrix(theta)).shape == (m, m)


def test_the_start_stays_inside_when_there_is_nothing_between_or_within_subjects():
    made = RandomEffects(Z, NAMES)
    none_between = made.start(2.0 * np.eye(5))
    floor = 0.01 * 2.0 / (Z**2).sum(axis=0)
    assert np.diagonal(made.g_matrix(none_between)) == pytest.approx(floor, rel=ROUND_TRIP)
    none_within = Z @ G @ Z.T
    found = made.sigma2(made.start(none_within))
    assert found == pytest.approx(0.01 * np.trace(none_within) / 5, rel=ROUND_TRIP)


def test_the_boundary_is_reached():
    made = RandomEffects(Z[:, :2], NAMES[:2])
    for g in ([1.0, 2.0, 4.0], [4.0, 0.0, 0.0], [0.0, 0.0, 0.2], [0.0, 0.0, 0.0]):
        theta = np.array([*g, 1.0])
        phi = made.to_unconstrained(theta)
        assert np.isfinite(phi).all()
        assert np.abs(made.from_unconstrained(phi) - theta).max() < CLOSED
    assert np.array_equal(semidefinite_cholesky(np.diag([0.0, 9.0])), np.diag([0.0, 3.0]))


@pytest.mark.parametrize(
    ("theta", "message"),
    [
        ([1.0, 2.0, 3.9, 1.0], "G must be positive semidefinite"),
        ([-1.0, 0.0, 1.0, 1.0], "G must be positive semidefinite"),
        ([0.0, 0.5, 1.0, 1.0], "G must be positive semidefinite"),
        ([1.0, 0.0, 1.0, 0.0], "the residual variance is 0, not > 0"),
    ],
)
def test_parameters_without_unconstrained_counterparts_are_refused(theta, message):
    made = RandomEffects(Z[:, :2], NAMES[:2])
    with pytest.raises(DataError, match=message):
        made.to_unconstrained(np.array(theta))


def test_effects_that_cannot_be_told_apart_are_refused():
    with pytest.raises(FitError) as caught:
        RandomEffects(Z[:2, :2], NAMES[:2])
    assert "random effects Intercept, week: their 3 (co)variances" in str(caught.value)
    assert "on 2 visits (only 3 of 4 can)" in str(caught.value)
    made = RandomEffects(Z[:2, :2], NAMES[:2], blocks=((0,), (1,)))
    assert len(made.parameter_names) == 3


def test_all_faults_of_the_description_are_told_together():
    bad = Z.copy()
    bad[2, 1] = np.nan
    with pytest.raises(DataError) as caught:
        RandomEffects(bad, ("Intercept", "Intercept"), blocks=((0, 1), (1,)))
    message = str(caught.value)
    assert "z must be finite; look at rows [2]" in message
    assert "z has 3 columns and there are 2 names" in message
    assert "names must differ; more than once: ['Intercept']" in message
    assert "blocks must hold each column 0 to 2 exactly once, got ((0, 1), (1,))" in message
    with pytest.raises(DataError, match=r"z must have shape \(visits, effects\), not \(5,\)"):
        RandomEffects(np.ones(5), ("Intercept",))
    with pytest.raises(DataError, match="at least one visit and one effect"):
        ReducedRandomEffects(0)
