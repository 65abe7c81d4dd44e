"""Limits of tau squared, tau, I squared and H squared beside those of metafor."""

import pytest

import retrostats as rs
from retrostats.meta.intervals.heterogeneity_interval import between_limits
from retrostats.meta.intervals.profile_likelihood import profile_likelihood

from .golden_meta import estimator, gap, reference, trials

#: Limits are roots of smooth functions, found to rounding by both; the largest gap was 1.3e-13.
LIMIT = 1e-9
#: Estimates of REML and PM are iterative in metafor; the largest gap was 2.8e-12, of I squared.
ESTIMATE = 1e-8
METHODS = {"QP": "q-profile", "PL": "profile-likelihood"}
MEASURES = {"tau2": 1, "tau": 1, "I2": 100, "H2": 1}


def ours(row):
    """Limits by the rule of metafor: it measures a profile from the estimate of the model."""
    pooled = rs.pool(trials(row["data"]), tau2=estimator(row["method"]))
    if row["type"] == "QP":
        return rs.heterogeneity_interval(pooled, method="q-profile", level=0.95)
    limits = profile_likelihood(
        pooled.y, pooled.v, restricted=row["method"] == "REML", at=pooled.tau2
    )
    return between_limits(pooled, limits.low, limits.high, level=0.95, method="as metafor")


def test_every_interval_is_that_of_metafor():
    compared = 0
    for row in reference()["tau2_ci"]:
        found = ours(row)
        for name, times in MEASURES.items():
            value, ci = getattr(found, name.lower()), getattr(found, f"{name.lower()}_ci")
            assert gap(times * value, row[name]) < ESTIMATE, row
            assert gap(times * ci.low, row[f"{name}.lb"]) < LIMIT, row
            assert gap(times * ci.high, row[f"{name}.ub"]) < LIMIT, row
            compared += 3
    assert compared == 6 * 3 * 2 * 12


@pytest.mark.parametrize("name", ["bcg", "normand_smd", "k2", "k3", "k6", "homog"])
def test_the_public_profile_of_reml_is_that_of_metafor(name):
    (row,) = [
        row
        for row in reference()["tau2_ci"]
        if (row["data"], row["method"], row["type"]) == (name, "REML", "PL")
    ]
    pooled = rs.pool(trials(name))
    low, high, _ = rs.heterogeneity_interval(pooled, method="profile-likelihood").tau2_ci
    assert gap(low, row["tau2.lb"]) < LIMIT
    assert gap(high, row["tau2.ub"]) < LIMIT


def test_the_public_profile_of_dl_is_narrower_because_it_is_measured_from_the_top():
    (row,) = [
        row
        for row in reference()["tau2_ci"]
        if (row["data"], row["method"], row["type"]) == ("k6", "DL", "PL")
    ]
    pooled = rs.pool(trials("k6"), tau2="dl")
    by_ml = rs.pool(trials("k6"), tau2="ml")
    found = rs.heterogeneity_interval(pooled, method="profile-likelihood")
    assert found.tau2_ci == rs.heterogeneity_interval(by_ml, method="profile-likelihood").tau2_ci
    assert found.tau2_ci.high < row["tau2.ub"] - 0.01
