"""Influence of each trial, and the axes of a Baujat plot."""

import numpy as np
import pytest

import retrostats as rs
from retrostats.meta.diagnostics.measures import Measures, broken_rules

from .golden_meta import estimator, gap, reference, trials

SETS = ("bcg", "normand_smd", "k3", "k6", "homog")
TRIALS = 36
#: REML is iterative in metafor; the largest gap was 3.6e-12.
ITERATIVE = 1e-8
#: The common effect has closed forms; the largest gap was 4.5e-15.
CLOSED = 1e-10


def fit(name, method="REML", test="z"):
    return rs.pool(trials(name), tau2=estimator(method), test=test)


def compare(got, wanted, tolerance):
    for one, other in zip(got, wanted, strict=True):
        assert gap(float(one), other) < tolerance
    return len(wanted)


def test_every_measure_is_that_of_metafor():
    compared = 0
    for name in SETS:
        found = rs.influence(fit(name))
        rows = reference()["diag"][name]["influence_REML"]
        got = {
            "rstudent": found.rstudent,
            "dffits": found.dffits,
            "cook.d": found.cook,
            "cov.r": found.cov_ratio,
            "tau2.del": found.tau2_deleted,
            "QE.del": found.q_deleted,
            "hat": found.hat,
            "weight": 100 * found.hat,
            "dfbs": found.dfbetas,
            "is.infl": [bool(rules) for rules in found.broken],
        }
        assert set(got) == set(rows[0])
        for column, values in got.items():
            compared += compare(values, [row[column] for row in rows], ITERATIVE)
    assert compared == TRIALS * 10


def test_every_residual_is_that_of_metafor():
    compared = 0
    for name in SETS:
        found = rs.influence(fit(name))
        rows = reference()["diag"][name]["rstandard_REML"]
        got = {"resid": found.residuals, "z": found.rstandard}
        got["se"] = found.residuals / found.rstandard
        assert set(got) == set(rows[0])
        for column, values in got.items():
            compared += compare(values, [row[column] for row in rows], ITERATIVE)
    assert compared == TRIALS * 3


@pytest.mark.parametrize(("method", "tolerance"), [("EE", CLOSED), ("REML", ITERATIVE)])
def test_both_axes_are_those_of_metafor(method, tolerance):
    compared = 0
    for name in SETS:
        found = rs.baujat(fit(name, method))
        rows = reference()["diag"][name][f"baujat_{method}"]
        assert set(rows[0]) == {"x", "y"}
        compared += compare(found.contribution, [row["x"] for row in rows], tolerance)
        compared += compare(found.influence, [row["y"] for row in rows], tolerance)
    assert compared == TRIALS * 2


def test_contributions_add_up_to_q():
    pooled = fit("bcg", "EE")
    assert rs.baujat(pooled).contribution.sum() == pytest.approx(pooled.q.statistic, rel=1e-13)


@pytest.mark.parametrize("test", ["z", "t", "hksj", "hksj_adhoc"])
def test_measures_follow_their_definitions_under_every_test(test):
    given = trials("k6")
    pooled = rs.pool(given, tau2="dl", test=test)
    found = rs.influence(pooled)
    y, v = pooled.y, pooled.v
    for i in range(6):
        other = rs.pool(given[:i] + given[i + 1 :], tau2="dl", test=test)
        moved = pooled.pooled.value - other.pooled.value
        factor = other.pooled.se**2 * np.sum(1 / (np.delete(v, i) + other.tau2))
        assert test.startswith("hksj") or factor == pytest.approx(1)
        hat = pooled.weights[i]
        assert found.hat[i] == pytest.approx(hat)
        assert found.cook[i] == pytest.approx(moved**2 / pooled.pooled.se**2)
        assert found.cov_ratio[i] == pytest.approx((other.pooled.se / pooled.pooled.se) ** 2)
        spread = factor * hat * (v[i] + other.tau2)
        assert found.dffits[i] == pytest.approx(moved / np.sqrt(spread))
        own = factor / np.sum(1 / (v + other.tau2))
        assert found.dfbetas[i] == pytest.approx(moved / np.sqrt(own))
        apart = v[i] + other.tau2 + other.pooled.se**2
        assert found.rstudent[i] == pytest.approx((y[i] - other.pooled.value) / np.sqrt(apart))


def test_a_rule_that_is_broken_is_named():
    given = [
        rs.Estimate.from_se(f"Trial {letter}", value, se, unit="SD")
        for letter, value, se in zip(
            "ABCDE", (-2, -0.1, -0.15, -0.2, -0.1), (0.1, 0.3, 0.3, 0.3, 0.3), strict=True
        )
    ]
    found = rs.influence(rs.pool(given, tau2="common", test="z"))
    assert found.broken[0] == ("DFFITS", "Cook's distance", "hat value", "DFBETAS")
    assert found.influential[0] == "Trial A"
    assert "DFFITS, Cook's distance, hat value, DFBETAS" in str(found)
    assert set(rs.influence(fit("bcg")).broken) == {()}


@pytest.mark.parametrize(
    ("field", "rule", "edge"),
    [
        ("dffits", "DFFITS", 3 / 3),
        ("cook", "Cook's distance", 0.454936423119572),
        ("hat", "hat value", 3 / 10),
        ("dfbetas", "DFBETAS", 1.0),
    ],
)
def test_each_rule_has_its_edge(field, rule, edge):
    quiet = {name: np.zeros(10) for name in Measures.__slots__}
    for sign in (1, -1) if field in {"dffits", "dfbetas"} else (1,):
        near = np.zeros(10)
        near[:2] = sign * edge * (1 - 1e-9), sign * edge * (1 + 1e-9)
        broken = broken_rules(Measures(**quiet | {field: near}))
        assert broken == ((), (rule,), *[()] * 8)


@pytest.mark.parametrize("times", [1e-8, 1e8])
def test_measures_have_no_unit(times):
    def measured(by):
        given = [
            rs.Estimate.from_se(t.label, t.value * by, t.se * by, unit="SD")
            for t in trials("normand_smd")
        ]
        return rs.influence(rs.pool(given))

    one, other = measured(1.0), measured(times)
    for name in ("rstandard", "rstudent", "dffits", "cook", "cov_ratio", "hat", "dfbetas"):
        # Differences of nearly equal means: two digits fewer than the means have.
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-9, abs=1e-12)
    assert other.tau2_deleted == pytest.approx(one.tau2_deleted * times**2, rel=1e-11, abs=0)
    assert other.broken == one.broken


def test_a_single_huge_trial_keeps_its_standardised_residual():
    given = [
        rs.Estimate.from_se(f"Trial {i}", value, se, unit="m")
        for i, (value, se) in enumerate([(0.0, 1e-6), (1.0, 1e3), (2.0, 1e3)])
    ]
    found = rs.influence(rs.pool(given, tau2="common", test="z"))
    # The mean is that of the huge trial but for the weight of the others, 2e-18 of all.
    assert np.isfinite(found.rstandard).all()
    pooled = rs.baujat(rs.pool(given, tau2="common", test="z"))
    assert np.isfinite(pooled.influence).all()
    assert found.rstudent[0] == pytest.approx(-1.5 / np.sqrt(1e-12 + 5e5), rel=1e-12)


@pytest.mark.parametrize("function", [rs.influence, rs.baujat])
def test_two_trials_are_too_few(function):
    with pytest.raises(rs.DataError, match=f"{function.__name__}: 2 trials.*3 or more"):
        function(fit("k2"))


@pytest.mark.parametrize("function", [rs.influence, rs.baujat])
def test_results_cannot_be_written_to(function):
    found = function(fit("k3"))
    name = "hat" if function is rs.influence else "contribution"
    with pytest.raises(ValueError, match="read-only"):
        getattr(found, name)[0] = 1.0


def test_studentised_residuals_of_metafor_under_hartung_and_knapp_differ_as_the_page_says():
    """Numbers of metafor 3.8-1, test="knha", which scales the variance of a trial as well."""
    y, se = np.array([-0.9, -0.15, -0.5, -0.3]), np.array([0.32, 0.22, 0.28, 0.25])
    given = [rs.Estimate.from_se(f"Trial {i}", y[i], se[i], unit="SD") for i in range(4)]
    theirs = (-2.5069792575, 1.2848033618, -0.2290203606, 0.4037387069)
    pooled = rs.pool(given)
    found = rs.influence(pooled).rstudent
    for i, without in enumerate(rs.leave_one_out(pooled).fits):
        total, variance = without.v + without.tau2, without.pooled.se**2
        factor = variance * np.sum(1 / total)
        apart = y[i] - without.pooled.value
        own = se[i] ** 2 + without.tau2
        assert apart / np.sqrt(factor * own + variance) == pytest.approx(theirs[i], rel=1e-4)
        assert found[i] == pytest.approx(apart / np.sqrt(own + variance), rel=1e-12)
