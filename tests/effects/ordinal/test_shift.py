import math
import time

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, wilcoxon

import retrostats as rs
from retrostats.effects.ordinal.shift import hodges_lehmann, paired_hodges_lehmann

#: Differences of printed decimals; measured gap 2e-15.
DECIMALS = 1e-12
#: R finds the limits of the normal method by bisection to 1e-4; 5e-5 measured (of 1).
BISECTED = 1e-4
#: p by scipy against p by R; 2e-15 measured.
P = 1e-12

VALUES = st.lists(st.integers(0, 40).map(lambda k: k / 4), min_size=3, max_size=12)


def test_exact_estimate_interval_and_p_are_those_of_r(golden, ledger):
    raw = golden.json("c_effectsize_ci/input_raw.json")["two"]
    for name in ("small", "unequal"):  # without ties
        wanted = golden.json("c_effectsize_ci/ref.json")["two"][name]["wilcox_exact"]
        compare(ledger, hodges_lehmann(raw[name]["x"], raw[name]["y"]), wanted, name)
    reference = golden.json("h_ranks/ref.json")
    for name, wanted in reference["two"].items():
        if wanted["of"] == "three":  # see the next test
            continue
        data = reference["input"]["two"][wanted["of"]]
        compare(ledger, hodges_lehmann(data["x"], data["y"], level=wanted["level"]), wanted, name)
    for name, wanted in reference["paired"].items():
        data = reference["input"]["paired"][wanted["of"]]
        ours = paired_hodges_lehmann(data["before"], data["after"], level=wanted["level"])
        compare(ledger, ours, wanted, name)
    ledger.assert_settled(count=4 * (2 + 4 + 4), tolerance=DECIMALS)


def compare(ledger, ours, wanted, name):
    ledger.add(ours.value, wanted["estimate"], name)
    ledger.add(ours.ci.low, wanted["conf.int"][0], name)
    ledger.add(ours.ci.high, wanted["conf.int"][1], name)
    ledger.add(ours.p, wanted["p.value"], name)


@pytest.mark.parametrize("name", ["three_95", "three_90"])
def test_three_against_three_cannot_be_so_sure(golden, name):
    # No p is below 0.1, so no shift is rejected. R gives the range of the differences: under
    # another level with a warning (95), or although p is 0.1 and not below it (90).
    reference = golden.json("h_ranks/ref.json")
    data, wanted = reference["input"]["two"]["three"], reference["two"][name]
    ours = hodges_lehmann(data["x"], data["y"], level=wanted["level"])
    assert ours.ci[:2] == (-math.inf, math.inf)
    assert ours.value == pytest.approx(wanted["estimate"], rel=1e-12)
    assert ours.p == pytest.approx(wanted["p.value"], rel=P)


def test_five_pairs_cannot_be_95_percent_sure():
    sizes = [0.5, 1.25, 2.0, 3.5, 4.75]
    assert paired_hodges_lehmann([0] * 5, sizes).ci[:2] == (-math.inf, math.inf)
    assert paired_hodges_lehmann([0] * 6, [*sizes, 7]).ci[:2] == (0.5, 7)


def test_with_ties_the_answers_are_those_of_r(golden, ledger):
    raw = golden.json("c_effectsize_ci/input_raw.json")["two"]
    for name in ("mid", "big", "same"):
        wanted = golden.json("c_effectsize_ci/ref.json")["two"][name]["wilcox_exact"]
        ours = hodges_lehmann(raw[name]["x"], raw[name]["y"])
        for value, key in zip((ours.value, *ours.ci[:2]), flat(wanted), strict=True):
            ledger.add(value, key, name, least=1)
        assert ours.p == pytest.approx(wanted["p.value"], rel=P)
    reference = golden.json("h_ranks/ref.json")
    tied, wanted = reference["input"]["tied"], reference["paired_tied"]
    ours = paired_hodges_lehmann(tied["before"], tied["after"])
    for value, key in zip((ours.value, *ours.ci[:2]), flat(wanted), strict=True):
        ledger.add(value, key, "tied", least=1)
    assert ours.p == pytest.approx(wanted["p.value"], rel=P)
    ledger.assert_settled(count=12, tolerance=BISECTED)


def flat(wanted):
    return (wanted["estimate"], *wanted["conf.int"])


@pytest.mark.parametrize("method", ["exact", "normal"])
def test_limits_are_where_the_test_of_the_shifted_arm_turns(method):
    generator = np.random.default_rng(8)
    x, y = generator.normal(1, 1, size=9), generator.normal(size=11)
    ours = hodges_lehmann(x, y, method=method)
    test = {"exact": "exact", "normal": "asymptotic"}[method]
    for limit, outwards in zip(ours.ci[:2], (-1e-9, 1e-9), strict=True):
        assert mannwhitneyu(x - limit - outwards, y, method=test).pvalue < 0.05
        assert mannwhitneyu(x - limit + outwards, y, method=test).pvalue >= 0.05


@pytest.mark.parametrize("method", ["exact", "normal"])
def test_limits_are_where_the_test_of_the_shifted_changes_turns(method):
    generator = np.random.default_rng(8)
    before, after = generator.normal(size=14), generator.normal(0.7, 1, size=14)
    ours = paired_hodges_lehmann(before, after, method=method)
    test = {"method": "exact"} if method == "exact" else {"method": "asymptotic"}
    for limit, outwards in zip(ours.ci[:2], (-1e-9, 1e-9), strict=True):
        for side, rejected in ((outwards, True), (-outwards, False)):
            change = after - before - limit - side
            p = wilcoxon(change, correction=method == "normal", **test).pvalue
            assert (p < 0.05) == rejected


@pytest.mark.parametrize("seed", range(6))
def test_with_many_ties_the_limits_are_where_the_tests_turn(seed):
    # Beside the limit the arms share no value, but each has ties of its own.
    generator = np.random.default_rng(seed)
    x = generator.choice([0, 1, 5], p=[0.7, 0.2, 0.1], size=16) * 1.37
    y = generator.choice([0, 1, 4], p=[0.2, 0.1, 0.7], size=13) * 1.0
    two, one = hodges_lehmann(x, y).ci, paired_hodges_lehmann(np.zeros(len(x)), x).ci

    def p_two(shift):
        return mannwhitneyu(x - shift, y, method="asymptotic").pvalue

    def p_one(shift):
        return wilcoxon(x - shift, correction=True, method="asymptotic").pvalue

    for (low, high, _), p in ((two, p_two), (one, p_one)):
        for limit, outwards in ((low, -1e-6), (high, 1e-6)):
            assert p(limit + outwards) < 0.05
            # One difference may be so common that the interval is this point.
            assert p(limit - outwards if low < high else limit) >= 0.05


def test_the_exact_and_the_normal_interval_come_together():
    generator = np.random.default_rng(1)
    x, y = generator.normal(size=60), generator.normal(size=70)
    exact, normal = (hodges_lehmann(x, y, method=method) for method in ("exact", "normal"))
    assert exact.ci[:2] == pytest.approx(normal.ci[:2], abs=0.02)
    assert exact.p == pytest.approx(normal.p, abs=0.005)
    assert hodges_lehmann(x, y) == normal  # 50 and more


@given(treated=VALUES, control=VALUES)
@settings(max_examples=50)
def test_swapping_the_arms_turns_the_sign(treated, control):
    assume(len({*treated, *control}) > 1)
    forth, back = hodges_lehmann(treated, control), hodges_lehmann(control, treated)
    assert back.value == -forth.value
    assert back.ci[:2] == (-forth.ci.high, -forth.ci.low)
    assert back.p == pytest.approx(forth.p, rel=1e-12)


@given(before=VALUES, shift=st.integers(-8, 8))
@settings(max_examples=50)
def test_a_shift_of_all_is_found_as_it_is(before, shift):
    assume(min(before) < max(before))
    after = [x + shift / 4 for x in before]
    moved = hodges_lehmann(after, before)
    unmoved = hodges_lehmann(before, before)
    assert moved.value == unmoved.value + shift / 4
    assert moved.ci.low == unmoved.ci.low + shift / 4
    assert unmoved.ci.low <= 0 == unmoved.value <= unmoved.ci.high
    assert unmoved.p == 1


def test_another_unit_is_another_unit_only():
    x, y = np.array([3.1, 4.2, 2.8, 5.0, 3.9]), np.array([5.1, 4.8, 6.2, 5.5, 4.9, 6.0])
    cm, mm = hodges_lehmann(x, y, unit="cm"), hodges_lehmann(10 * x, 10 * y, unit="mm")
    assert (mm.value, *mm.ci[:2]) == pytest.approx((10 * cm.value, *(10 * c for c in cm.ci[:2])))
    assert mm.p == cm.p


def test_decimal_noise_makes_no_difference_to_the_paired_p():
    before, after = [0.4, 0.0, 1.0, 2.0, 0.3, 5.0], [0.7, 0.3, 0.7, 2.9, 0.9, 5.0]
    tenths = [[round(10 * x) for x in visit] for visit in (before, after)]
    assert paired_hodges_lehmann(before, after).p == paired_hodges_lehmann(*tenths).p


def test_without_any_spread_there_is_no_interval_and_not_one_without_width():
    for change in (0.0, 0.1):
        before = np.array([0.1, 0.7, 0.35, 2.0])
        with pytest.raises(ValueError, match=f"all 4 changes are {change:g}"):
            paired_hodges_lehmann(before, before + change)
    with pytest.raises(ValueError, match="all 6 values are 2"):
        hodges_lehmann([2, 2, 2], [2, 2, 2])


def test_five_thousand_per_arm_need_no_gigabyte():
    import tracemalloc

    generator = np.random.default_rng(3)
    x, y = generator.normal(size=5000), generator.normal(0.1, 1, size=5000)
    tracemalloc.start()
    began = time.process_time()
    estimate = hodges_lehmann(x, y)
    seconds = time.process_time() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 150e6
    assert seconds < 5
    ordered = np.sort(y)
    below = np.searchsorted(ordered, x - estimate.value).sum()  # pairs above the estimate
    assert below == pytest.approx(5000**2 / 2, abs=1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hodges_lehmann([1, 2, 2], [3, 4], method="exact"), "there are ties"),
        (lambda: hodges_lehmann(range(101), [0.5, 1.5], method="exact"), "101 are more than 100"),
        (lambda: hodges_lehmann([1, 2], [3, 4], method="fast"), "method must be 'auto'"),
        (lambda: hodges_lehmann([1, 2], [3, 4], level=95), "level=0.95; got 95"),
        (lambda: paired_hodges_lehmann([1, 2], [2, 4], level=0), "level=0.95; got 0"),
        (lambda: hodges_lehmann([1, np.nan], [3, 4]), "treated: 1 of 2 values are missing"),
        (lambda: paired_hodges_lehmann([1, 2, 3], [3, 4]), "3 values before and 2 after"),
        (lambda: paired_hodges_lehmann([1, 2], [1, 4], method="exact"), "changes of 0"),
    ],
)
def test_what_is_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_public_name_is_this():
    assert rs.hodges_lehmann is hodges_lehmann
