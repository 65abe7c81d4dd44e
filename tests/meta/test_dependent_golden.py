"""Dependent estimates against metafor, clubSandwich and robumeta."""

import json
import math

import numpy as np
import pytest

import retrostats as rs
from retrostats.meta.dependent.likelihood import log_likelihood, rotate, slope_and_curvature
from retrostats.meta.dependent.optimum import highest_point

from .golden_meta import FOLDER, columns, gap, reference, rows

#: Sums of a hundred terms in another order; 4.4e-15 measured.
CLOSED_FORM = 1e-10
#: rma.mv stops where its likelihood no longer changes: its variances are off by up to 9.1e-8 of
#: themselves, which `shown_to_be_better` proves; 1.02e-8 measured as a gap.
VARIANCES_OF_R = 3e-8
#: What follows from those variances, degrees of freedom too; 9.5e-9 measured.
FROM_THEM = 1e-8
#: confint's uniroot stops at steps of 1e-4; 8.3e-6 measured.
PROFILE_OF_R = 3e-5
#: A Newton step from R's optimum with exact derivatives; 1e-14 measured.
POLISHED = 1e-11


def numbers(tree):
    """Count the numbers of a part of ref.json."""
    if isinstance(tree, dict):
        return sum(map(numbers, tree.values()))
    if isinstance(tree, list):
        return sum(map(numbers, tree))
    return 1


class Compared:
    """Compares, and counts what it compared."""

    def __init__(self):
        self.count = 0

    def __call__(self, got, wanted, tolerance):
        got, wanted = np.atleast_1d(got), np.atleast_1d(wanted)
        assert got.shape == wanted.shape
        for one, other in zip(got, wanted, strict=True):
            assert gap(float(one), float(other)) < tolerance, (one, other)
            self.count += 1

    def test(self, pooled, wanted, tolerance):
        """Standard error, t, df and p."""
        self(pooled.se, wanted["se"], tolerance)
        self(pooled.value / pooled.se, wanted["t"], tolerance)
        self(pooled.df, wanted["df"], tolerance)
        self(pooled.p, wanted["p"], tolerance)


def given(name, cluster):
    y, v = columns(name, "yi", "vi")
    trials = [row[cluster] for row in rows(f"input_{name}")]
    estimates = [
        rs.Estimate.from_se(f"{trial}, {place}", float(value), math.sqrt(variance), unit="SD")
        for place, (trial, value, variance) in enumerate(zip(trials, y, v, strict=True))
    ]
    return estimates, trials


def rotated(found):
    return rotate([found.given.y[list(p)] for p in found.given.places], found.given.blocks)


def shown_to_be_better(found, of_r):
    """Our optimum is the better one, and a Newton step leads there from that of R."""
    data, theirs = rotated(found), np.array(of_r)
    ours = np.array([found.tau2, found.omega2])
    slopes = [slope_and_curvature(data, theta)[0] for theta in (ours, theirs)]
    assert np.abs(slopes[0]).max() < 1e-4 * np.abs(slopes[1]).max()
    assert log_likelihood(data, ours) >= log_likelihood(data, theirs) - 1e-13
    for _ in range(2):
        gradient, hessian = slope_and_curvature(data, theirs)
        theirs = theirs - np.linalg.solve(hessian, gradient)
    assert np.abs(ours / theirs - 1).max() < POLISHED


def test_multilevel_model_of_konstantopoulos():
    wanted, compared = reference()["multilevel_konstantopoulos"], Compared()
    data = given("konstantopoulos", "district")
    pools = {
        which: rs.pool_dependent(*data, correlation=0.0, standard_errors=which)
        for which in ("model", "CR1", "CR2")
    }
    found = pools["model"]
    compared(found.pooled.value, wanted["b"], FROM_THEM)
    compared(found.pooled.se, wanted["se"], FROM_THEM)
    compared([found.tau2, found.omega2], wanted["sigma2"], VARIANCES_OF_R)
    compared(found.q.statistic, wanted["QE"], CLOSED_FORM)
    compared(found.loglik, wanted["logLik_REML"], CLOSED_FORM)
    compared(found.pooled.df, wanted["contain"]["df"], CLOSED_FORM)
    compared(found.pooled.p, wanted["contain"]["p"], FROM_THEM)
    compared.test(pools["CR1"].pooled, wanted["robust_CR1"], FROM_THEM)
    compared.test(pools["CR2"].pooled, wanted["robust_CR2"], FROM_THEM)
    for which, name in (("1", "tau2"), ("2", "omega2")):
        limits, interval = wanted["ci_sigma2"][which], found.variance_interval(name)
        compared(getattr(found, name), limits["estimate"], VARIANCES_OF_R)
        compared([interval.low, interval.high], [limits["ci.lb"], limits["ci.ub"]], PROFILE_OF_R)
    assert compared.count == numbers(wanted) == 22
    shown_to_be_better(found, wanted["sigma2"])


@pytest.mark.parametrize(("which", "name"), [("1", "tau2"), ("2", "omega2")])
def test_profile_limits_have_the_deviance_that_r_only_comes_near(which, name):
    found = rs.pool_dependent(*given("konstantopoulos", "district"), correlation=0.0)
    limits = reference()["multilevel_konstantopoulos"]["ci_sigma2"][which]
    data, quantile = rotated(found), 3.841458820694124
    interval = found.variance_interval(name)
    for ours, theirs in ((interval.low, limits["ci.lb"]), (interval.high, limits["ci.ub"])):
        missed = [
            abs(2 * (found.loglik - highest_point(data, **{name: at}).loglik) - quantile)
            for at in (ours, theirs)
        ]
        assert missed[0] < 1e-11
        assert missed[0] < missed[1] < 0.01


def test_correlated_hierarchical_effects_of_assink():
    wanted, compared = reference()["CHE_assink_rho06"], Compared()
    estimates, trials = given("assink", "study")
    found = rs.pool_dependent(estimates, trials, correlation=0.6)
    model = rs.pool_dependent(estimates, trials, correlation=0.6, standard_errors="model")
    compared(found.pooled.value, wanted["b"], FROM_THEM)
    compared(model.pooled.se, wanted["se"], FROM_THEM)
    compared([found.tau2, found.omega2], wanted["sigma2"], VARIANCES_OF_R)
    compared(found.q.statistic, wanted["QE"], CLOSED_FORM)
    compared.test(found.pooled, wanted["CR2"], FROM_THEM)
    each = rs.combine_within_trials(estimates, trials, correlation=0.6)
    compared([e.value for e in each], wanted["aggregated"]["yi"], CLOSED_FORM)
    compared([e.se**2 for e in each], wanted["aggregated"]["vi"], CLOSED_FORM)
    pooled = rs.pool(list(each), test="z")
    compared(pooled.pooled.value, wanted["aggregated"]["b"], FROM_THEM)
    compared(pooled.pooled.se, wanted["aggregated"]["se"], FROM_THEM)
    compared(pooled.tau2, wanted["aggregated"]["tau2"], FROM_THEM)
    assert compared.count == numbers(wanted) == 46
    shown_to_be_better(found, wanted["sigma2"])


def test_weights_of_robumeta():
    compared, wanted = Compared(), reference()["robumeta_assink"]
    data = given("assink", "study")
    correlated = rs.pool_dependent(*data, correlation=0.8, structure="correlated effects")
    hierarchical = rs.pool_dependent(*data, structure="hierarchical effects")
    for found, theirs in ((correlated, wanted["CORR"]), (hierarchical, wanted["HIER"])):
        compared(found.pooled.value, theirs["b"], CLOSED_FORM)
        compared.test(found.pooled, theirs, CLOSED_FORM)
        compared(found.pooled.ci[:2], theirs["ci"], CLOSED_FORM)
        compared(found.tau2, theirs["tau2"], CLOSED_FORM)
    compared(100 * correlated.i2, wanted["CORR"]["I2"], CLOSED_FORM)
    # robumeta tells no I squared of hierarchical effects.
    assert wanted["HIER"]["I2"] == []
    assert math.isnan(hierarchical.i2)
    assert compared.count == numbers(wanted) == 17


def test_shared_control_of_gleser_and_olkin_and_of_vcalc():
    compared = Compared()
    folder = FOLDER.parent / "a_escalc"
    wanted = json.loads((folder / "ref.json").read_text())["shared_control"]
    active = [
        rs.ArmSummary(arm=row["arm"], n=row["n1"], mean=row["m1"], sd=row["sd1"])
        for row in wanted["data"]
    ]
    row = wanted["data"][0]
    control = rs.ArmSummary(arm="C", n=row["n2"], mean=row["m2"], sd=row["sd2"])
    for form, name in (("gleser-olkin", "V_gleser_olkin"), ("correlation", "V_vcalc")):
        found = rs.shared_control_covariance(active, control, trial="1", form=form)
        compared(np.ravel(found.covariance), np.ravel(wanted[name]), CLOSED_FORM)
    compared(found.y, wanted["yi"], CLOSED_FORM)
    compared(np.diag(found.covariance), wanted["vi"], CLOSED_FORM)
    assert compared.count == 4 + 4 + 2 + 2
