import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pingouin import wilcoxon as pingouin_wilcoxon
from scipy.special import ndtr
from scipy.stats import binomtest, rankdata, wilcoxon

import retrostats as rs
from retrostats.effects.ordinal.changes import individual_change, signed_ranks
from retrostats.effects.ordinal.paired import matched_rank_biserial, paired_superiority

#: Ratios of whole numbers, printed by R with 15 digits; measured gap 5e-16.
COUNTED = 1e-12

SCORES = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=2, max_size=14)
EFFECTS = (paired_superiority, matched_rank_biserial)


def columns(pairs):
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def test_values_are_those_of_effectsize(golden, ledger):
    # effectsize takes the first minus the second sample, here pre minus post: our "after" is pre.
    raw = golden.json("c_effectsize_ci/input_raw.json")["paired"]
    for name, wanted in golden.json("c_effectsize_ci/ref.json")["paired"].items():
        ours = matched_rank_biserial(raw[name]["post"], raw[name]["pre"]).value
        ledger.add(ours, wanted["rank_biserial_paired"]["r_rank_biserial"], name)
    ledger.assert_settled(count=3, tolerance=COUNTED)


def test_paired_superiority_of_effectsize_is_phi_of_dz(golden, ledger):
    # Its default is parametric; ours counts. That they differ is said in the docstring.
    raw = golden.json("c_effectsize_ci/input_raw.json")["paired"]
    for name, wanted in golden.json("c_effectsize_ci/ref.json")["paired"].items():
        theirs = wanted["p_sup_paired"]["p_superiority"]
        ledger.add(ndtr(wanted["dz"]["Cohens_d"] / math.sqrt(2)), theirs, name)
        pre, post = np.array(raw[name]["pre"]), np.array(raw[name]["post"])
        ours = paired_superiority(post, pre)
        assert ours.value == np.mean((pre > post) + (pre == post) / 2)
        assert abs(ours.value - theirs) > 0.05
        assert ours.ci.low < theirs < ours.ci.high
    ledger.assert_settled(count=3, tolerance=1e-6)


def test_the_correlation_is_pingouins():
    generator = np.random.default_rng(6)
    for _ in range(10):
        before, after = generator.integers(0, 11, size=(2, 16))
        theirs = pingouin_wilcoxon(after, before)["RBC"].iloc[0]
        assert matched_rank_biserial(before, after).value == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("zeros", ["wilcoxon", "pratt"])
def test_ranks_by_hand(zeros):
    before, after = [5, 5, 5, 5, 5, 5], [5, 5, 6, 3, 8, 9]
    # Sizes 0, 0, 1, 2, 3, 4; down only the 2.
    wanted = {"wilcoxon": (1 - 2 + 3 + 4) / 10, "pratt": (3 - 4 + 5 + 6) / 21}[zeros]
    estimate = matched_rank_biserial(before, after, zeros=zeros)
    assert estimate.value == pytest.approx(wanted, rel=1e-14)
    assert math.isnan(estimate.se)
    ranks = signed_ranks(np.array([0.0, 0, 1, -2, 3, 4]), zeros=zeros)
    assert (ranks.up, ranks.down) == ((8, 2) if zeros == "wilcoxon" else (14, 4))


def test_p_is_of_the_sign_test_and_of_wilcoxons():
    before, after = [7, 6, 8, 5, 7, 9, 6, 7], [4, 5.5, 8, 4.3, 7.9, 6.2, 5.9, 4.8]
    sign, rank = paired_superiority(before, after), matched_rank_biserial(before, after)
    assert sign.p == pytest.approx(binomtest(1, 7).pvalue, rel=1e-12)
    change = np.round(np.subtract(after, before), 6)  # 8 pairs, a zero: scipy tries all signs
    assert rank.p == pytest.approx(wilcoxon(change).pvalue, rel=1e-12)
    pratt = matched_rank_biserial(before, after, zeros="pratt")
    assert pratt.p == pytest.approx(wilcoxon(change, zero_method="pratt").pvalue, rel=1e-12)
    assert abs(pratt.value) < abs(rank.value)


def test_p_with_ties_is_that_of_all_signs():
    before, after = [5, 5, 5, 5, 5, 5, 5, 5], [5, 6, 6, 4, 7, 7, 3, 9]
    wanted = wilcoxon(np.subtract(after, before)).pvalue
    assert matched_rank_biserial(before, after).p == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(("n", "method"), [(50, "exact"), (51, "asymptotic")])
def test_p_of_many_is_scipys(n, method):
    generator = np.random.default_rng(n)
    before, after = generator.normal(size=n), generator.normal(0.3, 1, size=n)
    wanted = wilcoxon(after - before, method=method).pvalue
    assert matched_rank_biserial(before, after).p == pytest.approx(wanted, rel=1e-11)
    rounded = np.round(before), np.round(after)
    pratt = matched_rank_biserial(*rounded, zeros="pratt").p
    normal = wilcoxon(rounded[1] - rounded[0], zero_method="pratt", method="asymptotic").pvalue
    assert pratt == pytest.approx(normal, abs=0.01)


def test_p_of_many_with_zeros_is_scipys_for_either_treatment():
    before, after = np.random.default_rng(7).integers(0, 5, size=(2, 120))
    assert 50 < (before != after).sum() < 110
    wanted = {
        zeros: wilcoxon(after - before, zero_method=word, method="asymptotic").pvalue
        for zeros, word in (("wilcoxon", "wilcox"), ("pratt", "pratt"))
    }
    assert abs(wanted["wilcoxon"] / wanted["pratt"] - 1) > 1e-3
    for zeros, p in wanted.items():
        assert matched_rank_biserial(before, after, zeros=zeros).p == pytest.approx(p, rel=1e-12)


@pytest.mark.parametrize("effect", EFFECTS)
@given(pairs=SCORES)
@settings(max_examples=50)
def test_exchanging_the_visits_turns_the_sign(effect, pairs):
    before, after = columns(pairs)
    if effect is matched_rank_biserial and before == after:
        return
    centre = 0.5 if effect is paired_superiority else 0
    forth, back = effect(before, after), effect(after, before)
    assert back.value - centre == pytest.approx(centre - forth.value, abs=1e-14)
    turned = [2 * centre - limit for limit in (forth.ci.high, forth.ci.low)]
    assert back.ci[:2] == pytest.approx(turned, abs=1e-12)
    assert back.p == pytest.approx(forth.p, rel=1e-12)
    assert forth.ci.low <= forth.value <= forth.ci.high


@given(pairs=SCORES)
@settings(max_examples=50)
def test_another_unit_changes_nothing(pairs):
    before, after = columns(pairs)
    tenths = [x / 10 for x in before], [x / 10 for x in after]
    assert paired_superiority(*tenths) == paired_superiority(before, after)
    if before != after:
        for zeros in ("wilcoxon", "pratt"):
            plain = matched_rank_biserial(before, after, zeros=zeros)
            # repr: the standard error is nan, which equals nothing
            assert repr(matched_rank_biserial(*tenths, zeros=zeros)) == repr(plain)


@given(pairs=SCORES)
@settings(max_examples=50)
def test_superiority_of_pairs_needs_only_their_order(pairs):
    before, after = columns(pairs)
    stretched = [(x - 4) ** 3 for x in before], [(x - 4) ** 3 for x in after]
    assert repr(paired_superiority(*stretched)) == repr(paired_superiority(before, after))


@given(values=st.lists(st.integers(0, 10), min_size=2, max_size=14))
@settings(max_examples=30)
def test_nobody_changes(values):
    estimate = paired_superiority(values, values)
    assert (estimate.value, estimate.p) == (0.5, 1)
    assert estimate.ci.low < 0.5 < estimate.ci.high
    assert math.isnan(estimate.se)
    with pytest.raises(ValueError, match="nobody changed"):
        matched_rank_biserial(values, values)


def test_all_in_one_direction_have_a_width():
    before, after = [7, 6, 8, 5, 7, 9], [4, 5, 5, 3, 2, 5]
    rank, sign = matched_rank_biserial(before, after), paired_superiority(before, after)
    assert (rank.value, rank.ci.low) == (-1, -1)
    assert rank.ci.high > -0.6
    assert (sign.value, sign.ci.low) == (0, 0)
    assert sign.ci.high > 0.2


def test_the_standard_error_is_that_of_the_mean_of_the_scores():
    before, after = [5, 5, 5, 5, 5, 5, 5], [5, 6, 7, 3, 8, 9, 5]
    scores = np.array([0.5, 1, 1, 0, 1, 1, 0.5])
    wanted = scores.std() / math.sqrt(7)
    assert paired_superiority(before, after).se == pytest.approx(wanted, rel=1e-14)


def test_the_null_variance_is_that_of_random_signs():
    change = np.array([1.0, 1, 2, 3, 3, 3, 5])
    generator = np.random.default_rng(1)
    rank = rankdata(change)
    drawn = generator.choice([-1, 1], size=(200_000, 7)) @ rank / rank.sum()
    null = signed_ranks(change, zeros="wilcoxon").null_variance
    assert null == pytest.approx(drawn.var(), rel=0.02)


def test_equal_changes_are_exactly_equal_and_close_ones_are_not():
    change = individual_change("x", [0.4, 0.0, 1.1, 2.2, 5], [0.7, 0.3, 0.8, 2.2 + 1e-15, 5.3])
    assert set(np.abs(change)) == {0.0, float(change[1])}
    assert np.signbit(change).tolist() == [False, False, True, False, False]
    apart = individual_change("x", [0.0, 0.0], [1.0, 1.0 + 1e-9])
    assert apart[0] < apart[1]


def test_sorted_chains_keep_their_places():
    generator = np.random.default_rng(0)
    before, after = generator.normal(size=(2, 200))
    assert np.array_equal(individual_change("x", before, after), after - before)


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ([1, 2, np.nan], [1, 2, 3], "before: 1 of 3 values are missing"),
        ([1, 2, 3], [1, 2], "3 values before and 2 after"),
        ([1], [2], "need a whole number n >= 2"),
    ],
)
def test_what_is_out_of_range_is_refused(effect, before, after, message):
    with pytest.raises(ValueError, match=message):
        effect(before, after)


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_level_in_percent_is_refused(effect):
    with pytest.raises(ValueError, match="between 0 and 1"):
        effect([1, 2], [2, 4], level=95)


def test_zeros_are_treated_by_name():
    with pytest.raises(ValueError, match="zeros must be 'wilcoxon' or 'pratt', got 'drop'"):
        matched_rank_biserial([1, 2], [2, 4], zeros="drop")


def test_the_public_names_are_these():
    assert rs.paired_superiority is paired_superiority
    assert rs.matched_rank_biserial is matched_rank_biserial
