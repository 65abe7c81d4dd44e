"""The selection model, against metafor, by integration, and by what was simulated."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import norm

import retrostats as rs
from retrostats.meta.bias.selection_search import highest
from retrostats.meta.bias.step_function import selected

from .golden_meta import columns, gap, reference, trials

#: metafor's search stops early: its likelihood is lower, and its slopes are not 0, see below.
#: Measured gap 6e-6 (tau squared).
SEARCH = 2e-5
#: The likelihood ratio is flat at the top, so that metafor's is nearly right; measured 2e-9.
AT_THE_TOP = 1e-8


def made(values, errors, unit="points"):
    return rs.pool(
        [
            rs.Estimate.from_se(f"Trial {place}", value, se, unit=unit)
            for place, (value, se) in enumerate(zip(values, errors, strict=True), 1)
        ],
        tau2="dl",
        test="z",
    )


def bcg(steps=(0.025,)):
    """Effects with the small p on the positive side, in units of half a point."""
    y, v = columns("bcg", "yi", "vi")
    return selected(-y / 0.5, v / 0.25, np.array(steps))


def test_it_is_that_of_metafor():
    theirs = reference()["selmodel"]["bcg"]
    ours = rs.selection_model(rs.pool(trials("bcg")), alternative="less")
    pairs = {
        "b": (ours.effect.value, theirs["b"], SEARCH),
        "se": (ours.effect.se, theirs["se"], SEARCH),
        "tau2": (ours.tau2, theirs["tau2"], SEARCH),
        "delta": (ours.weights[0].value, theirs["delta"][1], SEARCH),
        "LRT": (ours.likelihood_ratio, theirs["LRT"], AT_THE_TOP),
        "LRTp": (ours.p, theirs["LRTp"], AT_THE_TOP),
    }
    assert set(pairs) == set(theirs)
    assert theirs["delta"][0] == 1
    for what, (got, expected, tolerance) in pairs.items():
        assert gap(got, expected) < tolerance, what
    assert ours.counts == (8, 5)


def test_where_metafor_stops_our_likelihood_is_higher_and_flat():
    theirs, data = reference()["selmodel"]["bcg"], bcg()
    there = np.array([-theirs["b"] / 0.5, theirs["tau2"] / 0.25, math.log(theirs["delta"][1])])
    ours = highest(data, 1.0, 1.0)
    errors = np.sqrt(np.diag(ours.cov))
    assert np.abs(data.gradient(ours.theta) * errors).max() < 1e-10
    assert np.abs(data.gradient(there) * errors).max() > 1e-6
    assert ours.log_likelihood > data.log_likelihood(there)
    # From their point, another program's search comes to ours.
    result = minimize(
        lambda theta: -data.log_likelihood(theta),
        there,
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-14, "maxiter": 4000},
    )
    assert result.x == pytest.approx(ours.theta, rel=1e-6)


@pytest.mark.parametrize("steps", [(0.025,), (0.01, 0.05, 0.5)])
def test_derivatives_are_those_of_the_likelihood(steps):
    data = bcg(steps)
    generator = np.random.default_rng(1)
    for _ in range(20):
        theta = np.concatenate(
            [[generator.normal()], [generator.gamma(1.0)], generator.normal(size=len(steps))]
        )
        near = 1e-6 * np.eye(len(theta))
        slopes = [
            (data.log_likelihood(theta + e) - data.log_likelihood(theta - e)) / 2e-6 for e in near
        ]
        assert data.gradient(theta) == pytest.approx(slopes, abs=2e-6)
        curves = [(data.gradient(theta + e) - data.gradient(theta - e)) / 2e-6 for e in near]
        assert data.hessian(theta) == pytest.approx(np.array(curves), rel=1e-7, abs=2e-6)


def test_the_density_of_each_effect_integrates_to_one():
    v, steps = np.array([0.04, 0.3, 2.0]), np.array([0.025, 0.3])
    theta = np.array([0.4, 0.2, -0.7, -1.6])
    for variance in v:
        sd = math.sqrt(variance)

        def density(y, variance=variance):
            one = selected(np.array([y]), np.array([variance]), steps)
            return math.exp(one.log_likelihood(theta))

        corners = sorted(sd * norm.isf(steps))
        total, _ = quad(density, 0.4 - 15, 0.4 + 15, points=corners, limit=400, epsabs=1e-11)
        assert total == pytest.approx(1, abs=1e-9)


def test_equal_weights_are_the_model_without_selection():
    y, v = columns("bcg", "yi", "vi")
    data = selected(-y, v, np.array([0.025, 0.5]))
    for mean, tau2 in ((0.7, 0.3), (-3.0, 0.0), (40.0, 0.01)):
        expected = norm.logpdf(-y, mean, np.sqrt(v + tau2)).sum()
        ours = data.log_likelihood(np.array([mean, tau2, 0.0, 0.0]))
        assert ours == pytest.approx(expected, rel=1e-12)


def published(generator, k, weight):
    """Trials without any effect, of which those without a small p come out by chance."""
    found = []
    while len(found) < k:
        se = float(generator.uniform(0.1, 0.5))
        y = float(generator.normal(0.0, math.hypot(se, 0.1)))
        if norm.sf(y / se) <= 0.025 or generator.uniform() < weight:
            found.append((y, se))
    return zip(*found, strict=True)


def test_it_finds_what_was_simulated():
    model = rs.selection_model(
        made(*published(np.random.default_rng(5), 1500, 0.2)), alternative="greater"
    )
    weight, effect = model.weights[0], model.effect
    assert weight.ci.low < 0.2 < weight.ci.high
    assert weight.ci.high < 0.4
    assert effect.ci.low < 0 < effect.ci.high
    assert effect.ci.high - effect.ci.low < 0.1
    assert model.unadjusted.ci.low > 0.04
    assert model.p < 1e-6
    assert model.caveats == ()


@pytest.mark.parametrize("factor", [1e-8, 1e8, 7.0])
def test_another_unit_or_direction_changes_nothing_else(factor):
    y, v = columns("bcg", "yi", "vi")
    errors = np.sqrt(v)
    first = rs.selection_model(made(y, errors), alternative="less", steps=(0.025, 0.4))
    turned = rs.selection_model(
        made(-y * factor, errors * factor), alternative="greater", steps=(0.025, 0.4)
    )
    assert turned.effect.value == pytest.approx(-first.effect.value * factor, rel=1e-10)
    assert turned.effect.se == pytest.approx(first.effect.se * factor, rel=1e-10)
    assert turned.tau2 == pytest.approx(first.tau2 * factor**2, rel=1e-10)
    assert turned.likelihood_ratio == pytest.approx(first.likelihood_ratio, rel=1e-9)
    assert [w.value for w in turned.weights] == pytest.approx([w.value for w in first.weights])
    log_unit = len(y) * math.log(factor)
    assert turned.log_likelihood == pytest.approx(first.log_likelihood - log_unit, rel=1e-12)


def test_tau_squared_at_its_bound_is_a_maximum_there():
    model = rs.selection_model(rs.pool(trials("k6")), alternative="less")
    assert model.tau2 == 0
    assert model.caveats[-1] == "tau squared is 0, and the limits take it as known"
    y, v = columns("k6", "yi", "vi")
    data = selected(-y, v, np.array([0.025]))
    theta = np.array([-model.effect.value, 0.0, math.log(model.weights[0].value)])
    slope = data.gradient(theta)
    assert slope[1] < 0
    assert np.abs(slope[[0, 2]]).max() < 1e-9
    free = -data.hessian(theta)[np.ix_([0, 2], [0, 2])]
    assert model.effect.se == pytest.approx(math.sqrt(np.linalg.inv(free)[0, 0]), rel=1e-9)


def test_p_at_a_step_belongs_below_it():
    data = selected(np.array([0.0, 1.0]), np.ones(2), np.array([0.5]))
    assert data.place.tolist() == [0, 0]


def test_what_cannot_be_estimated_is_refused_with_its_reason():
    pooled = rs.pool(trials("homog"))
    with pytest.raises(rs.DataError, match=r"no trial has a one-sided p of 0 to 0\.025, so"):
        rs.selection_model(pooled, alternative="less")
    with pytest.raises(rs.DataError, match=r"p of 0 to 0.01 or of 0.01 to 0.02, so"):
        rs.selection_model(pooled, alternative="greater", steps=(0.01, 0.02))
    with pytest.raises(rs.DataError, match="selection_model: 3 trials are pooled, and 4"):
        rs.selection_model(rs.pool(trials("k3")), alternative="less", steps=(0.025, 0.5))
    with pytest.raises(ValueError, match="alternative must be 'less' or 'greater'; got 'lower'"):
        rs.selection_model(pooled, alternative="lower")
    with pytest.raises(TypeError, match="alternative"):
        rs.selection_model(pooled)
    for steps in ((), (0.5, 0.025), (0.0, 0.5), (1.0,), (0.1, 0.1), 0.025):
        with pytest.raises(ValueError, match="steps must be one-sided p values"):
            rs.selection_model(pooled, alternative="less", steps=steps)


def test_where_no_maximum_is_reached_there_is_an_error():
    with pytest.raises(rs.FitError, match=r"reached no maximum with 3 trials and 2 intervals"):
        rs.selection_model(
            made([30.762, -46.786, -0.86], [0.039, 149.16, 0.042]), alternative="greater"
        )


def test_sentences_name_steps_and_weights():
    model = rs.selection_model(rs.pool(trials("bcg")), alternative="less")
    assert str(model) == (
        "Selection model (13 trials, steps at one-sided p of 0.025): weights 1, 0.636; no "
        "selection: chi-square(1) = 0.24, p = 0.622; effect -0.621 SD (95% CI -1.13 to -0.108), "
        "without selection -0.711 SD (95% CI -1.05 to -0.374). Caveat: 13 trials: with fewer than "
        "20 limits and p are rough."
    )
    row = model.to_dict()
    assert row["weights"][0]["label"] == "p from 0.025 to 1"
    assert row["steps"] == [0.025]
