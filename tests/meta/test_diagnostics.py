"""Leave one out, cumulative pools and shrunken estimates."""

import math

import numpy as np
import pytest

import retrostats as rs

from .golden_meta import estimator, gap_of, reference, trials

#: Sets of three trials and more, and how many trials they have together.
SETS = ("bcg", "normand_smd", "k3", "k6", "homog")
TRIALS = 36
#: By metafor's formula for DL and the common effect; the largest gap was 7.2e-15.
CLOSED = 1e-10
#: REML is iterative in metafor; the largest gap was 8.8e-12, of I squared in per cent.
ITERATIVE = 1e-8
METHODS = {"REML": ITERATIVE, "DL": CLOSED, "EE": CLOSED}


def fit(name, method="REML", test="z"):
    return rs.pool(trials(name), tau2=estimator(method), test=test)


def compare(got, wanted, tolerance):
    """Compare by name; return how many numbers were compared."""
    assert set(got) == set(wanted)
    for name, value in got.items():
        assert gap_of(name, value, wanted[name]) < tolerance, name
    return len(got)


@pytest.mark.parametrize("method", METHODS)
def test_every_fit_without_a_trial_is_that_of_metafor(method):
    compared = 0
    for name in SETS:
        wanted = reference()["diag"][name][f"leave1out_{method}"]
        for each, row in zip(rs.leave_one_out(fit(name, method)).fits, wanted, strict=True):
            mean = each.pooled
            got = {
                "estimate": mean.value,
                "se": mean.se,
                "ci.lb": mean.ci.low,
                "ci.ub": mean.ci.high,
                "pval": mean.p,
                "Q": each.q.statistic,
                "Qp": each.q.p,
                "tau2": each.tau2,
                "I2": 100 * each.i2,
                "H2": each.h2,
            }
            compared += compare(got, row, METHODS[method])
    assert compared == TRIALS * 10


@pytest.mark.parametrize("method", METHODS)
def test_every_step_is_that_of_metafor(method):
    compared = 0
    for name in SETS:
        steps = rs.cumulative_pool(fit(name, method))
        wanted = reference()["diag"][name][f"cumul_{method}"]
        for each, tau2, row in zip(steps.estimates, steps.tau2, wanted, strict=True):
            got = {"estimate": each.value, "se": each.se, "tau2": tau2}
            got |= {"ci.lb": each.ci.low, "ci.ub": each.ci.high}
            compared += compare(got, row, METHODS[method])
    assert compared == TRIALS * 5


def test_every_shrunken_estimate_is_that_of_metafor():
    compared = 0
    for name in SETS:
        wanted = reference()["diag"][name]["blup_REML"]
        for each, row in zip(rs.shrunken_estimates(fit(name)), wanted, strict=True):
            got = {"pred": each.value, "se": each.se, "pi.lb": each.ci.low, "pi.ub": each.ci.high}
            compared += compare(got, row, ITERATIVE)
    assert compared == TRIALS * 4


@pytest.mark.parametrize("tau2", ["eb", "pm", "common", lambda *_: 0.2])
@pytest.mark.parametrize("test", ["z", "t", "hksj", "hksj_adhoc"])
def test_each_row_is_the_pool_of_the_other_trials(tau2, test):
    given = trials("k6")
    found = rs.leave_one_out(rs.pool(given, tau2=tau2, test=test, level=0.9))
    for place, each in enumerate(found.fits):
        others = given[:place] + given[place + 1 :]
        wanted = rs.pool(others, tau2=tau2, test=test, level=0.9)
        assert each.pooled == wanted.pooled
        assert (each.estimator, each.tau2, each.i2) == (wanted.estimator, wanted.tau2, wanted.i2)
    assert found.omitted == tuple(trial.label for trial in given)
    assert [e.label for e in found.table()] == [f"without trial {i}" for i in range(1, 7)] + [
        "pooled"
    ]


def decided(values, ses, **options):
    given = [
        rs.Estimate.from_se(f"Trial {letter}", value, se, unit="SD")
        for letter, value, se in zip("ABCDEF", values, ses, strict=False)
    ]
    return rs.leave_one_out(rs.pool(given, test="z", **options))


def test_trials_that_decide_are_named_with_the_reason():
    found = decided([-0.5, -0.05, -0.1], [0.15, 0.2, 0.2], tau2="common")
    assert [name for name, _ in found.decisive] == ["Trial A"]
    assert found.decisive[0][1] == "p passes 0.05: 0.0075 with it, 0.6 without"
    assert "0.0075 with it" in str(found)


def test_a_change_of_sign_is_named_and_no_change_is_not():
    found = decided([-0.5, 0.1, 0.1], [0.1, 0.2, 0.2], tau2="common")
    assert found.decisive[0][1].startswith("the effect changes its sign; p passes")
    assert decided([-0.5, -0.6, -0.55], [0.1, 0.1, 0.1]).decisive == ()


def test_a_trial_that_hides_a_conclusion_is_named_too():
    found = decided([0.4, -0.5, -0.55], [0.2, 0.2, 0.2], tau2="common")
    assert found.decisive == (("Trial A", "p passes 0.05: 0.061 with it, 0.00021 without"),)


def test_the_level_of_the_pool_says_what_p_must_pass():
    # Without Trial A p is about 0.03: another conclusion at 99%, none at 95%.
    values, ses = [-0.5, -0.35, -0.25], [0.15, 0.2, 0.2]
    assert decided(values, ses, tau2="common").decisive == ()
    (told, *_) = decided(values, ses, tau2="common", level=0.99).decisive
    assert told[1].startswith("p passes 0.01: ")


def test_two_trials_leave_nothing_to_pool():
    with pytest.raises(rs.DataError, match="leave_one_out: 2 trials; without one of them nothing"):
        rs.leave_one_out(fit("k2"))


def test_the_trial_without_which_pooling_fails_is_named():
    given = [
        rs.Estimate.from_se(f"Trial {letter}", value, 0.2, unit="SD")
        for letter, value in zip("ABC", (0.5, 0.3, 0.3), strict=True)
    ]
    with pytest.raises(rs.FitError, match=r"leave_one_out, without Trial A: the 2 estimates agree"):
        rs.leave_one_out(rs.pool(given))


def test_the_last_step_is_the_pool_and_the_first_the_trial_itself():
    pooled = fit("bcg", test="hksj")
    steps = rs.cumulative_pool(pooled)
    last, first = steps.estimates[-1], steps.estimates[0]
    assert (last.value, last.se, last.ci, last.p) == (
        pooled.pooled.value,
        pooled.pooled.se,
        pooled.pooled.ci,
        pooled.pooled.p,
    )
    assert (first.value, first.se, first.df) == (
        pooled.trials[0].value,
        pooled.trials[0].se,
        math.inf,
    )
    assert [step.df for step in steps.estimates[1:]] == list(range(1, 13))
    assert "one trial alone" in str(steps)
    assert rs.cumulative_pool(fit("bcg")).caveats == ()
    wide = rs.cumulative_pool(rs.pool(trials("k3"), level=0.99))
    assert [step.ci.level for step in wide.estimates] == [0.99] * 3
    assert wide.estimates[0].ci.high > wide.estimates[0].value + 2.5 * wide.estimates[0].se


def test_orders_by_name_by_place_and_by_a_number_agree():
    pooled = fit("k3")
    by_name = rs.cumulative_pool(pooled, order=["trial 3", "trial 1", "trial 2"])
    assert by_name.added == ("trial 3", "trial 1", "trial 2")
    assert [e.label for e in by_name.table()] == ["trial 3", "+ trial 1", "+ trial 2"]
    for other in (
        rs.cumulative_pool(pooled, order=np.array([2, 0, 1])),
        rs.cumulative_pool(pooled, by=[2019, 2019, 2004]),
        rs.cumulative_pool(pooled, by=np.array([-10, -10.0, -50.5])),
    ):
        assert other.estimates == by_name.estimates
        assert other.tau2 == by_name.tau2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"order": [0, 1]}, "each trial once"),
        ({"order": [0, 1, 1]}, "each trial once"),
        ({"order": [1, 2, 3]}, r"by place \(0 to 2\); got \[1, 2, 3\]"),
        ({"order": ["trial 1", "trial 2", "Trial 3"]}, "'trial 1', 'trial 2', 'trial 3'"),
        ({"order": [0.0, 1.0, 2.0]}, "each trial once"),
        ({"by": [2001, 2002]}, "a finite number for each of 3"),
        ({"by": [2001, 2002, math.nan]}, "a finite number for each of 3"),
        ({"by": [2001, 2002, "2003"]}, "a finite number for each of 3"),
        ({"by": [1, 2, 3], "order": [0, 1, 2]}, "give order or by, not both"),
    ],
)
def test_orders_that_are_none(options, message):
    with pytest.raises(ValueError, match=message):
        rs.cumulative_pool(fit("k3"), **options)


def test_shrunken_estimates_lie_between_trial_and_mean():
    pooled = fit("bcg", test="hksj")
    for trial, drawn in zip(pooled.trials, rs.shrunken_estimates(pooled), strict=True):
        ends = sorted((trial.value, pooled.pooled.value))
        assert ends[0] < drawn.value < ends[1]
        assert (drawn.label, drawn.df, drawn.unit) == (trial.label, 12, "SD")
        assert math.isnan(drawn.p)


def test_without_heterogeneity_all_trials_are_drawn_to_the_mean():
    pooled = fit("homog", test="z")
    for drawn in rs.shrunken_estimates(pooled):
        assert drawn.value == pytest.approx(pooled.pooled.value, rel=1e-14)
        assert drawn.se == pytest.approx(pooled.pooled.se, rel=1e-14)
