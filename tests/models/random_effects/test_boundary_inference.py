import numpy as np
import pytest

from retrostats.models.inference.fixed_effects import FixedEffects
from retrostats.models.inference.satterthwaite import degrees_of_freedom
from retrostats.models.random_effects.boundary_inference import (
    boundary_caveat,
    boundary_information,
)

#: Second differences with steps of 1e-4, relative to the standard errors; 2.3e-5 measured.
DIFFERENCES = 1e-3


def fixed_effects(model, optimum, information):
    spread = boundary_information(optimum, information, model.structure.parameter_names)
    q_sum, r_sum = model.likelihood.curvature_sums(optimum.at, spread)
    return FixedEffects(
        beta=optimum.at.beta,
        phi=optimum.at.phi,
        p_matrices=optimum.derivatives.p_matrices,
        theta_cov=spread,
        q_sum=q_sum,
        r_sum=r_sum,
    )


def test_dyestuff2_degrees_of_freedom_of_lmertest_and_pbkrtest(golden, rows_of):
    frame, results = golden("edge", "dyestuff2.csv")
    expected = results["dyestuff2_REML"]
    model = rows_of(frame, "Yield ~ 1", "Batch", None).reduced()
    optimum = model.fit()
    observed = degrees_of_freedom(np.ones(1), fixed_effects(model, optimum, "observed"))
    assert observed == pytest.approx(expected["satt"]["(Intercept)"]["df"], abs=1e-6)
    # For one row Kenward and Roger's degrees of freedom are Satterthwaite's.
    cautious = degrees_of_freedom(np.ones(1), fixed_effects(model, optimum, "expected"))
    assert cautious == pytest.approx(expected["kr"]["(Intercept)"]["df"], abs=1e-9)
    se = np.sqrt(model.beta_cov(optimum)[0, 0])
    assert se == pytest.approx(expected["satt"]["(Intercept)"]["Std. Error"], rel=1e-9)


def lmertest_covariance(model, optimum):
    """What lmerTest does: differentiate by L / sigma and sigma; pseudo-inverse; chain rule."""
    g, sigma = optimum.face.layout.matrix(optimum.at.theta), np.sqrt(optimum.at.theta[-1])
    values = np.zeros((2, 2))
    values[0, 0] = np.sqrt(g[0, 0])
    values[1, 0] = g[1, 0] / values[0, 0]
    point = np.append((values / sigma)[np.tril_indices(2)], sigma)

    def natural(t):
        c = np.zeros((2, 2))
        c[np.tril_indices(2)] = t[:3]
        return np.append((t[3] ** 2 * c @ c.T)[np.tril_indices(2)], t[3] ** 2)

    def value(t):
        return model.likelihood.evaluate(natural(t)).loglik

    steps = np.eye(4) * 1e-4
    hessian = np.array(
        [
            [
                (
                    value(point + a + b)
                    - value(point + a - b)
                    - value(point - a + b)
                    + value(point - a - b)
                )
                / 4e-8
                for a in steps
            ]
            for b in steps
        ]
    )
    slopes = np.array([(natural(point + e) - natural(point - e)) / 2e-4 for e in steps]).T
    return slopes @ np.linalg.inv(-hessian) @ slopes.T


def test_observed_information_at_a_correlation_of_one_is_lmertests(small_trial):
    compared = 0
    for seed in range(20):
        model = small_trial(seed).reduced()
        optimum = model.fit()
        g = optimum.face.layout.matrix(optimum.at.theta)
        if not optimum.singular or not g[0, 0] > 0.1:
            continue
        spread = boundary_information(optimum, "observed")
        other = lmertest_covariance(model, optimum)
        size = np.sqrt(np.outer(np.diagonal(other), np.diagonal(other)))
        size = np.maximum(size, 1e-12)
        np.testing.assert_allclose(spread / size, other / size, atol=DIFFERENCES)
        # The rank is held: no variance in the direction that leaves the boundary.
        null = np.linalg.eigh(g)[1][:, 0]
        leaving = np.array([null[0] ** 2, 2 * null[0] * null[1], null[1] ** 2, 0.0])
        assert abs(leaving @ spread @ leaving) <= 1e-10 * np.abs(spread).max()
        compared += 1
    assert compared >= 4


def test_inside_it_is_the_inverse_information(golden, rows_of):
    frame, _ = golden("sleepstudy")
    optimum = rows_of(frame, "Reaction ~ Days", "Subject", "Days").reduced().fit()
    observed = boundary_information(optimum, "observed")
    np.testing.assert_allclose(observed @ -optimum.derivatives.hessian, np.eye(4), atol=1e-10)
    expected = boundary_information(optimum, "expected")
    np.testing.assert_allclose(expected @ optimum.derivatives.expected, np.eye(4), atol=1e-10)
    assert boundary_caveat(optimum, "observed") is None


def test_both_exist_in_every_singular_trial(small_trial):
    for seed in range(20):
        model = small_trial(seed).reduced()
        optimum = model.fit()
        row = np.eye(6)[1]
        for information in ("observed", "expected"):
            fixed = fixed_effects(model, optimum, information)
            assert 0 < degrees_of_freedom(row, fixed) < np.inf
            assert np.linalg.eigvalsh(fixed.theta_cov)[0] >= -1e-10 * np.abs(fixed.theta_cov).max()


def test_caveat_names_directions_and_method(golden, rows_of):
    frame, _ = golden("edge", "dyestuff2.csv")
    optimum = rows_of(frame, "Yield ~ 1", "Batch", None).reduced().fit()
    observed = boundary_caveat(optimum, "observed")
    assert "the variance of Intercept is 0" in observed
    assert "lmerTest" in observed
    assert "pbkrtest" in boundary_caveat(optimum, "expected")
