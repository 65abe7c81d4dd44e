"""Subgroups: metafor's numbers, and what must hold for any trials."""

import json
import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.special import fdtrc

import retrostats as rs
from retrostats.effects.anova import welch_f
from retrostats.meta.subgroups.ways import means_test

from .golden_meta import gap, reference, rows, trials

#: REML, searched to 1e-12 of the variance by metafor; measured 1.4e-13.
ITERATIVE = 1e-8
#: The same sums in another order; measured 2e-15.
ROUNDING = 1e-12

EFFECTS = ((-0.9, 0.3), (-0.1, 0.2), (-0.8, 0.3), (-0.4, 0.4), (-0.3, 0.2), (-0.35, 0.25))
WALKING = ("treadmill", "ground", "treadmill", "treadmill", "ground", "ground")


def some(effects=EFFECTS, unit="SD"):
    return [
        rs.Estimate.from_se(f"Trial {name}", *effect, unit=unit)
        for name, effect in zip("ABCDEFGH", effects, strict=False)
    ]


def golden(**options):
    groups = [row["alloc"] for row in rows("input_bcg")]
    return rs.pool_subgroups(trials("bcg"), groups, test="z", **options)


def compared():
    """Yield ours and metafor's of every number of the section."""
    wanted = reference()["subgroup_bcg"]
    apart = golden()
    for name, numbers in wanted["separate"].items():
        group = apart[name]
        ours = {
            "k": len(group.places),
            "b": group.pooled.value,
            "se": group.pooled.se,
            "tau2": group.tau2,
            "I2": 100 * group.i2,
            "QE": group.q.statistic,
        }
        assert set(ours) == set(numbers)
        yield from ((f"{name} {key}", ours[key], numbers[key]) for key in ours)
    test, numbers = apart.difference, wanted["between_Q_separate"]
    yield "Q", test.statistic, numbers["Q"]
    yield "df", test.df1, numbers["df"]
    yield "p", test.p, numbers["p"]
    yield from common_numbers(wanted["common_tau2"])


def common_numbers(wanted):
    joined = golden(between="common")
    groups = [row["alloc"] for row in rows("input_bcg")]
    fit = rs.meta_regression(trials("bcg"), {"alloc": groups}, test="z")
    yield "QM", joined.difference.statistic, wanted["QM"]
    yield "QMp", joined.difference.p, wanted["QMp"]
    yield "QM of the regression", fit.moderators.statistic, wanted["QM"]
    yield "QMp of the regression", fit.moderators.p, wanted["QMp"]
    for mine, b, se in zip(fit.coefficients, wanted["b"], wanted["se"], strict=True):
        yield f"b {mine.label}", mine.value, b
        yield f"se {mine.label}", mine.se, se
    first = joined["alternate"].pooled
    yield "mean of the reference", first.value, wanted["b"][0]
    yield "se of the reference", first.se, wanted["se"][0]
    yield "tau2", joined["random"].tau2, wanted["tau2"]
    yield "tau2 of the regression", fit.tau2, wanted["tau2"]
    yield "R2", 100 * fit.r2, wanted["R2"]


def test_every_number_of_metafor():
    found = list(compared())
    for what, ours, wanted in found:
        assert gap(ours, wanted) < ITERATIVE, (what, ours, wanted)
    assert set(reference()["subgroup_bcg"]) == {"separate", "between_Q_separate", "common_tau2"}
    assert len(found) == 3 * 6 + 3 + 15


@pytest.mark.parametrize("test", ["z", "t", "hksj", "hksj_adhoc"])
def test_common_is_the_regression_on_groups(test):
    found = rs.pool_subgroups(some(), WALKING, between="common", test=test)
    fit = rs.meta_regression(some(), {"walking": WALKING}, test=test)
    assert found.difference.statistic == pytest.approx(fit.moderators.statistic, rel=ROUNDING)
    assert found.difference.p == pytest.approx(fit.moderators.p, rel=ROUNDING)
    assert found.difference.df2 == fit.moderators.df2
    at = fit.predict({"walking": ["treadmill", "ground"]}).means
    for group, mean in zip(found.groups, at, strict=True):
        assert group.pooled.value == pytest.approx(mean.value, rel=ROUNDING)
        assert group.pooled.se == pytest.approx(mean.se, rel=ROUNDING)
        assert group.pooled.ci.low == pytest.approx(mean.ci.low, rel=ROUNDING)


def test_separate_is_a_pool_of_each():
    found = rs.pool_subgroups(some(), WALKING, level=0.9, tau2="dl")
    given = some()
    own = rs.pool([given[0], given[2], given[3]], level=0.9, tau2="dl")
    group = found["treadmill"]
    assert (group.places, group.pooled.ci, group.tau2) == ((0, 2, 3), own.pooled.ci, own.tau2)
    assert found.overall.pooled == rs.pool(given, level=0.9, tau2="dl").pooled


def test_it_gives_a_forest_plot_what_it_takes():
    found = rs.pool_subgroups(some(), WALKING)
    table = found.table()
    assert [row.label[-1] for row in table] == list("ACDBEF")
    assert found.row_groups() == ("treadmill",) * 3 + ("ground",) * 3
    assert sum(found.row_weights()) == pytest.approx(1)
    assert found.row_weights()[1] == found.overall.weights[2]
    ax = rs.plot_forest(
        table,
        groups=found.row_groups(),
        weights=found.row_weights(),
        summaries=found.summaries,
        prediction=found.overall.prediction,
    )
    assert "treadmill" in rs.describe(ax)
    plt.close("all")


def test_trials_at_another_level_are_brought_to_that_of_the_pool():
    table = rs.pool_subgroups(some(), WALKING, level=0.9).table()
    assert {row.ci.level for row in table} == {0.9}
    assert table[0].ci.low == pytest.approx(-0.9 - 1.6448536269514722 * 0.3)


@pytest.mark.parametrize("between", ["separate", "common"])
def test_a_trial_alone_speaks_for_itself_and_is_told(between):
    groups = ["a", "b", "a", "a", "b", "one"]
    found = rs.pool_subgroups(some(), groups, between=between)
    alone = found["one"]
    assert alone.pooled.value == pytest.approx(-0.35)
    assert any("'one': one trial" in caveat for caveat in found.caveats)
    if between == "separate":
        assert (alone.pooled.se, alone.q) == (0.25, None)
        assert math.isnan(alone.tau2)
    assert "nan" not in repr(found)


@pytest.mark.parametrize("groups", [2, 3])
def test_means_with_few_df_are_tested_by_welch(groups):
    """The means of arms are such means: sd / sqrt(n) with n - 1 degrees of freedom."""
    cells = [(4, -1.0, 0.5), (3, -0.1, 0.9), (6, 0.4, 0.3)][:groups]
    means = [
        rs.Estimate.from_se(f"group {n}", mean, sd / math.sqrt(n), unit="SD", df=n - 1)
        for n, mean, sd in cells
    ]
    found = means_test(means)
    f, df1, df2 = welch_f(*zip(*cells, strict=True))
    assert found.statistic == pytest.approx(float(f), rel=ROUNDING)
    assert (found.df1, found.df2) == (float(df1), pytest.approx(float(df2), rel=ROUNDING))
    assert found.p == pytest.approx(float(fdtrc(df1, df2, f)), rel=ROUNDING)


def test_separate_tests_the_means_that_are_shown():
    found = rs.pool_subgroups(some(), WALKING)
    assert found.difference == means_test([group.pooled for group in found.groups])
    assert math.isfinite(found.difference.df2)


@pytest.mark.parametrize("between", ["separate", "common"])
@pytest.mark.parametrize("factor", [1e-8, 1e8])
def test_another_unit_changes_no_test(between, factor):
    larger = [(value * factor, se * factor) for value, se in EFFECTS]
    one = rs.pool_subgroups(some(), WALKING, between=between)
    two = rs.pool_subgroups(some(larger), WALKING, between=between)
    assert two.difference.statistic == pytest.approx(one.difference.statistic, rel=ROUNDING)
    for a, b in zip(one.groups, two.groups, strict=True):
        assert b.pooled.value == pytest.approx(factor * a.pooled.value, rel=ROUNDING)
        assert b.tau2 == pytest.approx(factor**2 * a.tau2, rel=ROUNDING)


@pytest.mark.parametrize("between", ["separate", "common"])
def test_the_order_of_trials_does_not_matter(between):
    one = rs.pool_subgroups(some(), WALKING, between=between)
    two = rs.pool_subgroups(some()[::-1], WALKING[::-1], between=between)
    assert two.difference.statistic == pytest.approx(one.difference.statistic, rel=1e-10)
    for group in one.groups:
        assert two[group.name].pooled.value == pytest.approx(group.pooled.value, rel=1e-10)


def test_plain_json_values():
    found = rs.pool_subgroups(some(), ["a", "b", "a", "a", "b", "one"])
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["groups"][2]["tau2"] is None
    assert told["groups"][0]["studies"] == ["Trial A", "Trial C", "Trial D"]


@pytest.mark.parametrize(
    ("groups", "error", "message"),
    [
        (["a"] * 6, rs.DataError, "all trials are in the group 'a'"),
        (["a", "b"], rs.DataError, "2 names of groups for 6 trials"),
        (["a", "", "b", None, "b", "a"], rs.DataError, "'Trial B', 'Trial D' has no name"),
        ([4, 6, 4, 6, 8, 8], rs.DataError, "numbers are for rs.meta_regression"),
        (["a", "b", "overall", "a", "b", "a"], rs.DataError, "can be called 'overall'"),
        ("ababab", TypeError, "must be a list"),
    ],
)
def test_groups_that_say_nothing_are_refused(groups, error, message):
    with pytest.raises(error, match=message):
        rs.pool_subgroups(some(), groups)


def test_other_refusals():
    with pytest.raises(ValueError, match="'separate' or 'common'"):
        rs.pool_subgroups(some(), WALKING, between="pooled")
    with pytest.raises(ValueError, match="level"):
        rs.pool_subgroups(some(), WALKING, level=95)
    with pytest.raises(rs.FitError, match="every one of 6 groups has one trial"):
        rs.pool_subgroups(some(), list("abcdef"), between="common")
    with pytest.raises(KeyError, match="there are 'treadmill', 'ground'"):
        rs.pool_subgroups(some(), WALKING)["water"]
    same = [*EFFECTS[:1], (-0.1, 0.2), *EFFECTS[2:4], (-0.1, 0.2), (-0.1, 0.3)]
    with pytest.raises(rs.FitError, match="group 'ground': "):
        rs.pool_subgroups(some(same), WALKING)


def test_groups_may_come_as_an_array():
    one = rs.pool_subgroups(some(), WALKING)
    assert rs.pool_subgroups(some(), np.array(WALKING)).difference == one.difference
