import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrostats.effects.paired import paired_dav, paired_drm, paired_dz
from retrostats.effects.pairs import PairedSummary
from retrostats.effects.pre_post import pre_post_control_d, standardised_mean_change
from retrostats.estimate import EstimateTable
from retrostats.figures.forest import plot_forest

#: Closed forms; measured gap 2.4e-13 (J by gammaln, and Morris subtracts like numbers).
CLOSED = 1e-10
#: Limits through a normal quantile; 1.1e-14 measured.
QUANTILE = 1e-9


@pytest.mark.parametrize(("measure", "standardiser"), [("SMCR", "before"), ("SMCC", "change")])
def test_standardised_mean_change_is_that_of_metafor(golden, ledger, measure, standardiser):
    inputs = {row["id"]: row for row in golden.rows("a_escalc/input_pre_post.csv")}
    for row in golden.rows("a_escalc/pre_post.csv"):
        if (row["measure"], row["vtype"]) != (measure, "LS"):
            continue
        given = inputs[row["id"]]
        pair = PairedSummary(
            label="x",
            n=int(given["ni"]),
            mean_before=given["m2i"],
            sd_before=given["sd1i"],  # metafor divides by sd1i, whatever visit it is of
            mean_after=given["m1i"],
            sd_after=given["sd2i"],
            correlation=given["ri"],
        )
        estimate = standardised_mean_change(pair, standardiser=standardiser)
        ledger.add(estimate.value, row["yi"], row)
        ledger.add(estimate.se**2, row["vi"], row)
    ledger.assert_settled(count=2 * 12, tolerance=CLOSED)


def test_interval_over_the_sd_before_is_the_normal_one_of_metafor(golden, ledger):
    inputs = {row["id"]: row for row in golden.rows("a_escalc/input_pre_post.csv")}
    for row in golden.rows("a_escalc/pre_post.csv"):
        if (row["measure"], row["vtype"]) == ("SMCR", "LS"):
            given = inputs[row["id"]]
            pair = PairedSummary(
                label="x",
                n=int(given["ni"]),
                mean_before=given["m2i"],
                sd_before=given["sd1i"],
                mean_after=given["m1i"],
                sd_after=given["sd2i"],
                correlation=given["ri"],
            )
            estimate = standardised_mean_change(pair, standardiser="before")
            ledger.add(estimate.ci.low, row["ci.lb"], row)
            ledger.add(estimate.ci.high, row["ci.ub"], row)
            assert estimate.df == math.inf
    ledger.assert_settled(count=2 * 12, tolerance=QUANTILE)


def morris_pair(label, row):
    return PairedSummary(
        label=label,
        n=row["ni"],
        mean_before=row["m_pre"],
        sd_before=row["sd_pre"],
        mean_after=row["m_post"],
        sd_after=row["sd_post"],
        correlation=row["ri"],
    )


def test_pre_post_control_as_in_morris(golden, ledger):
    wanted = golden.json("a_escalc/ref.json")["morris2008"]
    tables = zip(wanted["treat"], wanted["ctrl"], wanted["ppc2_exact_c"], strict=True)
    for treated, control, row in tables:
        effect = pre_post_control_d(morris_pair("T", treated), morris_pair("C", control))
        ledger.add(effect.value, row["yi"], row)
        ledger.add(effect.se**2, row["vi"], row)
        assert effect.label == "T - C"
    ledger.assert_settled(count=2 * 5, tolerance=CLOSED)


def test_difference_of_beckers_changes_as_in_morris(golden, ledger):
    wanted = golden.json("a_escalc/ref.json")["morris2008"]
    tables = zip(wanted["treat"], wanted["ctrl"], wanted["ppc1_becker"], strict=True)
    for treated, control, row in tables:
        pairs = morris_pair("T", treated), morris_pair("C", control)
        effect = pre_post_control_d(*pairs, standardiser="own")
        ledger.add(effect.value, row["yi"], row)
        ledger.add(effect.se**2, row["vi"], row)
        assert (effect.label, effect.df, effect.unit) == ("T - C", math.inf, "SD")
    ledger.assert_settled(count=2 * 5, tolerance=CLOSED)


def _pair(**changed):
    fields = {"label": "x", "n": 12, "mean_before": 5.0, "sd_before": 1.0, "mean_after": 4.0}
    return PairedSummary(**(fields | {"sd_after": 1.2, "correlation": 0.5} | changed))


def test_swapping_the_groups_turns_the_sign():
    a, b = _pair(mean_after=2.0, n=8), _pair(correlation=0.8)
    forth, back = pre_post_control_d(a, b), pre_post_control_d(b, a)
    assert forth.value < 0
    assert back.value == pytest.approx(-forth.value, rel=1e-14)
    assert back.se == pytest.approx(forth.se, rel=1e-14)


def test_perfect_correlation_leaves_a_finite_standard_error():
    effect = pre_post_control_d(_pair(correlation=1.0, mean_after=1.0), _pair(correlation=1.0))
    assert 0 < effect.se < 1


def test_what_is_out_of_range_is_refused():
    with pytest.raises(ValueError, match="'before' or 'change', got 'after'"):
        standardised_mean_change(_pair(), standardiser="after")
    with pytest.raises(ValueError, match="need df > 1"):
        standardised_mean_change(_pair(n=2), standardiser="before")
    with pytest.raises(ValueError, match="n1 \\+ n2 >= 5, got 2 and 2"):
        pre_post_control_d(_pair(n=2), _pair(n=2))


PAIRS = st.builds(
    PairedSummary,
    label=st.just("x"),
    n=st.integers(4, 100),
    mean_before=st.floats(-20, 20),
    sd_before=st.floats(0.5, 10),
    mean_after=st.floats(-20, 20),
    sd_after=st.floats(0.5, 10),
    correlation=st.floats(-0.9, 0.9),
)
WORDS = st.sampled_from(["pooled", "own"])
quick = settings(max_examples=40)
close = {"rel": 1e-7, "abs": 1e-8}


def rescaled(pair, factor, shift):
    return replace(
        pair,
        mean_before=shift + factor * pair.mean_before,
        mean_after=shift + factor * pair.mean_after,
        sd_before=factor * pair.sd_before,
        sd_after=factor * pair.sd_after,
    )


@quick
@given(PAIRS, PAIRS, WORDS, st.floats(0.1, 10), st.floats(-20, 20))
def test_groups_swap_and_units_vanish(a, b, word, factor, shift):
    forth, back = (pre_post_control_d(*x, standardiser=word) for x in ((a, b), (b, a)))
    assert (back.value, back.se, back.p) == pytest.approx((-forth.value, forth.se, forth.p))
    # Each group may be shifted by its own constant: only changes count.
    there = rescaled(a, factor, shift), rescaled(b, factor, -shift)
    other = pre_post_control_d(*there, standardiser=word)
    assert (other.value, other.se) == pytest.approx((forth.value, forth.se), **close)


@quick
@given(PAIRS, WORDS)
def test_identical_groups_have_no_effect_inside_the_interval(a, word):
    found = pre_post_control_d(a, a, standardiser=word)
    assert (found.value, found.p) == (0, 1)
    assert found.ci.low < 0 < found.ci.high


@quick
@given(PAIRS, PAIRS)
def test_own_is_the_difference_of_two_standardised_mean_changes(a, b):
    one, two = (standardised_mean_change(x, standardiser="before") for x in (a, b))
    found = pre_post_control_d(a, b, standardiser="own")
    assert found.value == pytest.approx(one.value - two.value, rel=1e-12)
    assert found.se**2 == pytest.approx(one.se**2 + two.se**2, rel=1e-12)


@quick
@given(PAIRS)
def test_the_two_variances_of_the_change_differ_by_n_where_sds_are_equal(a):
    same = replace(a, sd_after=a.sd_before)
    equal, unequal = (
        standardised_mean_change(same, standardiser="before", variance=word)
        for word in ("equal-sds", "unequal-sds")
    )
    assert equal.value == unequal.value
    assert unequal.se**2 * (a.n - 1) == pytest.approx(equal.se**2 * a.n, rel=1e-9)


def test_words_that_do_not_go_together_are_refused():
    with pytest.raises(ValueError, match="'pooled' or 'own', got 'change'"):
        pre_post_control_d(_pair(), _pair(), standardiser="change")
    with pytest.raises(ValueError, match="'equal-sds' or 'unequal-sds', got 'bonett'"):
        standardised_mean_change(_pair(), standardiser="before", variance="bonett")
    with pytest.raises(ValueError, match="goes with standardiser='before'"):
        standardised_mean_change(_pair(), standardiser="change", variance="unequal-sds")
    with pytest.raises(ValueError, match="need df > 1"):
        pre_post_control_d(_pair(n=2), _pair(), standardiser="own")


#: Three Monte Carlo errors of a coverage of 95 % from 3,000 trials.
CHANCE = 0.012
#: Coverage of the two variances with 20 subjects, a correlation of 0.5 and a change of 0.5 SD,
#: from 20,000 trials: both hold with equal SDs, and Becker's fails where the SD grows by half.
COVERAGE = {
    ("equal-sds", 1.0): 0.947,
    ("unequal-sds", 1.0): 0.959,
    ("equal-sds", 1.5): 0.877,
    ("unequal-sds", 1.5): 0.959,
}


@pytest.mark.parametrize(("variance", "sd_after"), COVERAGE)
def test_coverage_of_the_standardised_mean_change(variance, sd_after):
    rng, trials, n = np.random.default_rng(20240615), 3000, 20
    before = rng.standard_normal((trials, n))
    after = 0.5 + sd_after * (0.5 * before + 0.75**0.5 * rng.standard_normal((trials, n)))
    covered = 0
    for x, y in zip(before, after, strict=True):
        found = standardised_mean_change(
            PairedSummary.of("x", x, y), standardiser="before", variance=variance
        )
        covered += found.ci.low <= 0.5 <= found.ci.high
    wanted = COVERAGE[variance, sd_after]
    assert abs(covered / trials - wanted) < CHANCE * (1 + (wanted < 0.9))


def test_units_tell_the_sd_of_change_from_the_sd_of_a_visit():
    pair = _pair()
    own = paired_dz(pair), standardised_mean_change(pair, standardiser="change")
    assert {e.unit for e in own} == {"SD of change"}
    others = (
        paired_dav(pair),
        paired_drm(pair),
        standardised_mean_change(pair, standardiser="before"),
        pre_post_control_d(pair, pair),
        pre_post_control_d(pair, pair, standardiser="own"),
    )
    assert {e.unit for e in others} == {"SD"}


def test_a_table_of_both_shows_the_units():
    pair = _pair()
    table = EstimateTable("", (paired_dz(pair), paired_dav(pair)))
    assert list(table.tidy()["unit"]) == ["SD of change", "SD"]
    assert "Unit" in table.layout().header
    with pytest.raises(ValueError, match="SD of change"):
        plot_forest(table)
