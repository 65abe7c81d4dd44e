import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pingouin import friedman as pingouin_friedman
from scipy.special import chdtrc

import retrostats as rs
from retrostats.effects.rank_tests import friedman_test, kruskal_test

#: Ratios of ranks, printed by R with 15 digits; measured gap 4e-15.
RANKS = 1e-12

TABLE = st.integers(2, 8).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 10), min_size=3, max_size=3), min_size=n, max_size=n)
)


def test_kruskal_and_its_effects_are_those_of_r(golden, ledger):
    arms = {}
    for row in golden.rows("c_effectsize_ci/input_oneway.csv"):
        arms.setdefault(row["g"], []).append(row["y"])
    wanted = golden.json("c_effectsize_ci/ref.json")["oneway"]
    test = kruskal_test(arms)
    ledger.add(test.statistic, wanted["kruskal"]["statistic"])
    ledger.add(test.df, wanted["kruskal"]["parameter"])
    ledger.add(test.p, wanted["kruskal"]["p.value"])
    ledger.add(test.epsilon_squared, wanted["rank_epsilon"][0])
    ledger.add(test.eta_squared, wanted["rank_eta"][0])
    ledger.assert_settled(count=5, tolerance=RANKS)
    assert (test.n, test.groups) == (18, 3)
    assert kruskal_test(list(arms.values())) == test


def test_friedman_is_that_of_r(golden, ledger):
    reference = golden.json("h_ranks/ref.json")
    test = friedman_test(reference["input"]["visits"])
    ledger.add(test.statistic, reference["friedman"]["statistic"])
    ledger.add(test.df, reference["friedman"]["parameter"])
    ledger.add(test.p, reference["friedman"]["p.value"])
    ledger.assert_settled(count=3, tolerance=RANKS)


@pytest.mark.parametrize(("ours", "theirs"), [("chi-square", "chisq"), ("iman-davenport", "f")])
def test_friedman_is_that_of_pingouin(ours, theirs):
    generator = np.random.default_rng(3)
    frame = pd.DataFrame(generator.normal(0.3 * np.arange(4), 1, size=(9, 4)), columns=list("abcd"))
    long = frame.reset_index().melt(id_vars="index")
    other = pingouin_friedman(
        long, dv="value", within="variable", subject="index", method=theirs
    ).iloc[0]
    test = friedman_test(frame, method=ours)
    assert test.conditions == ("a", "b", "c", "d")
    assert test.kendalls_w == pytest.approx(other["W"], rel=1e-12)
    if ours == "chi-square":
        assert (test.statistic, test.df) == pytest.approx((other["Q"], other["ddof1"]))
        assert test.p == pytest.approx(other["p_unc"], rel=1e-10)
        assert test.p == pytest.approx(chdtrc(3, test.statistic), rel=1e-12)
    else:  # pingouin's degrees of freedom are Kendall's, k - 1 - 2 / n; the F is the same
        assert test.statistic == pytest.approx(other["F"], rel=1e-12)
        assert (test.df, test.df_error) == (3, 24)


def test_agreement_of_all_subjects_is_w_of_one():
    visits = [[7, 5, 4], [8, 6, 1], [5, 4, 3], [9, 8, 2]]
    chi2, f = (friedman_test(visits, method=m) for m in ("chi-square", "iman-davenport"))
    assert chi2.kendalls_w == f.kendalls_w == 1
    assert chi2.statistic == pytest.approx(8)
    assert (f.statistic, f.p) == (math.inf, 0)
    assert f.to_dict()["statistic"] is None
    assert chi2.to_dict()["df_error"] is None
    assert chi2.mean_ranks == (3, 2, 1)


@given(table=TABLE)
@settings(max_examples=50)
def test_only_the_order_within_a_subject_counts(table):
    values = np.array(table, dtype=float)
    if (values == values[:, :1]).all():
        return
    moved = values**3 * 2 + np.arange(len(values))[:, None]
    assert friedman_test(moved) == friedman_test(values)
    turned = friedman_test(-values)
    assert turned.statistic == pytest.approx(friedman_test(values).statistic, abs=1e-9)
    assert sum(turned.mean_ranks) == pytest.approx(6)


@given(groups=st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=7), min_size=2, max_size=4))
@settings(max_examples=50)
def test_only_the_order_of_the_values_counts(groups):
    if len({x for group in groups for x in group}) == 1:
        return
    test = kruskal_test(groups)
    assert kruskal_test([[(x - 3) ** 3 for x in group] for group in groups]) == test
    assert kruskal_test(groups[::-1]).statistic == pytest.approx(test.statistic, abs=1e-9)
    assert -1e-12 <= test.epsilon_squared <= 1
    assert test.eta_squared <= test.epsilon_squared + 1e-12


def test_identical_groups_differ_less_than_by_chance():
    test = kruskal_test([[1, 2, 3]] * 3)
    assert test.statistic == pytest.approx(0, abs=1e-12)
    assert test.eta_squared == pytest.approx(-2 / 6)
    assert test.p == pytest.approx(1)


def test_results_say_what_they_are():
    friedman = friedman_test([[7, 5, 4], [6, 6, 4], [8, 5, 5]], method="iman-davenport")
    assert str(friedman).startswith("Friedman: F(2, 4) = ")
    assert "W" in friedman._repr_html_()
    kruskal = kruskal_test([[1, 2, 3], [4, 5, 6]])
    assert str(kruskal).startswith("Kruskal-Wallis: H(1) = 3.86, p = 0.050, epsilon squared 0.771")
    assert kruskal.to_dict()["groups"] == 2
    assert "&" not in kruskal._repr_html_()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: kruskal_test([[1, 2]]), "at least two groups"),
        (lambda: kruskal_test({"a": [1, 2], "b": [3]}), "group 'b': need a whole number"),
        (lambda: kruskal_test([[1, 2], [np.nan, 3]]), "group 2: 1 of 2 values are missing"),
        (lambda: kruskal_test([[2, 2], [2, 2, 2]]), "all values are 2; there are no ranks"),
        (lambda: friedman_test([[1, 2], [3, 4]]), r"at least 3 conditions, got .* \(2, 2\)"),
        (lambda: friedman_test([1, 2, 3]), r"shape \(3,\)"),
        (lambda: friedman_test([[1, 2, np.nan], [1, 2, 3]]), "1 of 2 subjects have a missing"),
        (lambda: friedman_test([[1, 1, 1], [3, 3, 3]]), "one value under all conditions"),
        (lambda: friedman_test([[1, 2, 3]] * 3, method="f"), "method must be 'chi-square'"),
    ],
)
def test_what_is_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_public_names_are_these():
    assert (rs.friedman_test, rs.kruskal_test) == (friedman_test, kruskal_test)
