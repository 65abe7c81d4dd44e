import numpy as np
import pytest

from retrostats.effects.anova import one_way_anova, one_way_f, welch_anova, welch_f
from retrostats.effects.summaries import ArmSummary
from retrostats.effects.two_group import mean_difference

#: Closed forms against R; measured gap 9e-15.
CLOSED = 1e-10


def test_one_way_and_welch_are_those_of_r(golden, ledger):
    for name, row in golden.json("e_summary/ref.json")["oneway"].items():
        arms = [ArmSummary(**cell) for cell in row["input"]]
        for test, prefix in ((one_way_anova(arms), ""), (welch_anova(arms), "welch_")):
            for key, actual in (("F", test.f), ("df1", test.df1), ("df2", test.df2), ("p", test.p)):
                ledger.add(actual, row[prefix + key], (name, key))
    ledger.assert_settled(count=3 * 8, tolerance=CLOSED)


def test_raw_data_of_unequal_groups(golden, ledger):
    rows = golden.rows("c_effectsize_ci/input_oneway.csv")
    wanted = golden.json("c_effectsize_ci/ref.json")["oneway"]
    arms = [
        ArmSummary.of(arm, [row["y"] for row in rows if row["g"] == arm])
        for arm in ("retro", "fwd", "ctl")
    ]
    ledger.add(one_way_anova(arms).f, wanted["anova"][0]["F value"])
    ledger.add(one_way_anova(arms).p, wanted["anova"][0]["Pr(>F)"])
    ledger.add(welch_anova(arms).f, wanted["welch"]["statistic"])
    ledger.add(welch_anova(arms).p, wanted["welch"]["p.value"])
    ledger.assert_settled(count=4, tolerance=CLOSED)


def test_two_arms_give_the_square_of_t():
    arms = [
        ArmSummary(arm="a", n=9, mean=3.0, sd=1.0),
        ArmSummary(arm="b", n=6, mean=4.0, sd=2.0),
    ]
    for anova, method in ((one_way_anova, "student"), (welch_anova, "welch")):
        t = mean_difference(*arms, method=method)
        assert anova(arms).f == pytest.approx((t.value / t.se) ** 2, rel=1e-12)
        assert anova(arms).p == pytest.approx(t.p, rel=1e-12)
        assert anova(arms).df2 == pytest.approx(t.df, rel=1e-12)


@pytest.mark.parametrize("test", [one_way_f, welch_f])
def test_groups_run_along_the_last_axis(test):
    means = np.array([[1.0, 2, 3], [4, 4, 1]])
    f, df1, df2 = test([9, 8, 7], means, [1.0, 2.0, 1.5])
    assert f.shape == df1.shape == df2.shape == (2,)
    for i in range(2):
        one = test([9, 8, 7], means[i], [1.0, 2.0, 1.5])
        assert (f[i], df1[i], df2[i]) == tuple(float(part) for part in one)


def test_no_spread_gives_an_infinite_f_without_a_warning():
    assert one_way_f([5, 5], [1.0, 2.0], [0.0, 0.0])[0] == np.inf
    assert np.isnan(one_way_f([5, 5], [1.0, 1.0], [0.0, 0.0])[0])
    assert np.isnan(welch_f([5, 5], [1.0, 2.0], [0.0, 1.0])[0])


def test_one_group_is_refused():
    with pytest.raises(ValueError, match="two arms or more, got 1"):
        one_way_anova([ArmSummary(arm="a", n=9, mean=3.0, sd=1.0)])
    with pytest.raises(ValueError, match="along the last axis"):
        one_way_f([5], [1.0], [1.0])
