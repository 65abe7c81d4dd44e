import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import brunnermunzel, mannwhitneyu

import retrostats as rs
from retrostats.effects.ordinal.placements import place
from retrostats.effects.ordinal.superiority import (
    cliffs_delta,
    probability_of_superiority,
    rank_biserial,
)

#: Ratios of whole numbers, printed by R with 15 digits; measured gap 2e-15 (p).
COUNTED = 1e-12
#: Same formulas as scipy in another order; measured gap 2e-15.
SAME_FORMULA = 1e-11

METHODS = ("newcombe", "brunner-munzel", "brunner-munzel-logit")
NRS = st.lists(st.integers(0, 10), min_size=2, max_size=15)

#: The example of scipy's brunnermunzel.
ACTIVE = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1]
PLACEBO = [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]


def test_values_are_those_of_effectsize(golden, ledger):
    raw = golden.json("c_effectsize_ci/input_raw.json")["two"]
    for name, wanted in golden.json("c_effectsize_ci/ref.json")["two"].items():
        x, y = raw[name]["x"], raw[name]["y"]
        theta, delta = probability_of_superiority(x, y).value, cliffs_delta(x, y).value
        ledger.add(theta, wanted["p_superiority_np"]["p_superiority"], name)
        ledger.add(theta, wanted["vda"]["p_superiority"], name)
        ledger.add(theta / (1 - theta), wanted["wmw_odds"]["WMW_odds"], name)
        ledger.add(delta, wanted["cliffs_delta"]["r_rank_biserial"], name)
        ledger.add(rank_biserial(x, y).value, wanted["rank_biserial"]["r_rank_biserial"], name)
        ledger.add(theta * len(x) * len(y), wanted["wilcox_asym"]["statistic"], name)
    ledger.assert_settled(count=6 * 5, tolerance=COUNTED)


def test_p_of_newcombes_method_is_the_mann_whitney_test_without_ties(golden, ledger):
    raw = golden.json("c_effectsize_ci/input_raw.json")["two"]
    for name in ("small", "unequal"):  # those without ties
        wanted = golden.json("c_effectsize_ci/ref.json")["two"][name]["wilcox_asym"]["p.value"]
        ledger.add(probability_of_superiority(raw[name]["x"], raw[name]["y"]).p, wanted, name)
    ledger.assert_settled(count=2, tolerance=COUNTED)


def test_the_usual_example_of_brunner_and_munzel():
    # Statistic and p stand in scipy's help. The other digits are those of lawstat as remembered,
    # not as looked up; that all agree is the evidence.
    estimate = probability_of_superiority(PLACEBO, ACTIVE, method="brunner-munzel")
    assert estimate.value == pytest.approx(0.788961, abs=5e-7)
    assert estimate.ci[:2] == pytest.approx((0.5952169, 0.9827052), abs=5e-8)
    assert estimate.df == pytest.approx(17.683, abs=5e-4)
    assert estimate.p == pytest.approx(0.005786, abs=5e-7)


def test_brunner_munzel_is_scipys(ledger):
    generator = np.random.default_rng(11)
    for case in range(20):
        x = np.round(generator.normal(0.5, 1.5, size=generator.integers(3, 30)), case % 3)
        y = np.round(generator.normal(0.0, 1.0, size=generator.integers(3, 30)), case % 3)
        ours = probability_of_superiority(x, y, method="brunner-munzel")
        theirs = brunnermunzel(y, x)
        ledger.add((ours.value - 0.5) / ours.se, theirs.statistic, case, least=1)
        ledger.add(ours.p, theirs.pvalue, case)
    ledger.assert_settled(count=40, tolerance=SAME_FORMULA)


def test_the_standard_error_is_delongs_from_all_pairs():
    x, y = np.array(PLACEBO), np.array(ACTIVE)
    wins = (x[:, None] > y) + (x[:, None] == y) / 2
    variance = wins.mean(axis=1).var(ddof=1) / len(x) + wins.mean(axis=0).var(ddof=1) / len(y)
    placed = place(x.astype(float), y.astype(float))
    assert placed.theta == pytest.approx(wins.mean(), rel=1e-14)
    assert placed.se == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert probability_of_superiority(PLACEBO, ACTIVE).se == placed.se
    assert cliffs_delta(PLACEBO, ACTIVE).se == 2 * placed.se


@pytest.mark.parametrize("method", METHODS)
@given(treated=NRS, control=NRS)
@settings(max_examples=40)
def test_swapping_the_arms_turns_the_sign(method, treated, control):
    try:
        forth = cliffs_delta(treated, control, method=method)
    except ValueError as refusal:
        assert "do not mix" in str(refusal)  # noqa: PT017 - both must be refused
        with pytest.raises(ValueError, match="do not mix"):
            cliffs_delta(control, treated, method=method)
        return
    back = cliffs_delta(control, treated, method=method)
    assert back.value == -forth.value
    assert back.ci[:2] == pytest.approx((-forth.ci.high, -forth.ci.low), abs=1e-12)
    assert back.p == pytest.approx(forth.p, rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
@given(treated=NRS, control=NRS)
@settings(max_examples=40)
def test_only_the_order_counts(method, treated, control):
    if method != "newcombe" and place(np.array(treated, float), np.array(control, float)).se == 0:
        return
    if method.endswith("logit") and not set(range(min(control), max(control) + 1)) & set(treated):
        return
    stretched = [[(x - 3) ** 3 / 7 for x in arm] for arm in (treated, control)]
    try:
        plain = probability_of_superiority(treated, control, method=method)
    except ValueError:
        return
    assert probability_of_superiority(*stretched, method=method) == plain


@given(values=NRS)
@settings(max_examples=40)
def test_an_arm_against_itself_gives_a_half_inside_the_interval(values):
    estimate = probability_of_superiority(values, values)
    assert estimate.value == 0.5
    assert estimate.p == 1
    assert estimate.ci.low + estimate.ci.high == pytest.approx(1, abs=1e-12)
    assert estimate.ci.low < 0.5 < estimate.ci.high


@pytest.mark.parametrize("method", METHODS)
def test_a_half_is_left_out_exactly_when_p_is_small(method):
    generator = np.random.default_rng(2)
    seen = set()
    for _ in range(60):
        x, y = generator.normal(0.9, 1, size=12), generator.normal(0, 2, size=9)
        estimate = probability_of_superiority(x, y, method=method)
        encloses = estimate.ci.low <= 0.5 <= estimate.ci.high
        assert encloses == (estimate.p >= 0.05)
        seen.add(encloses)
    assert seen == {True, False}


def test_names_share_one_number():
    theta, delta = probability_of_superiority(PLACEBO, ACTIVE), cliffs_delta(PLACEBO, ACTIVE)
    assert delta.value == pytest.approx(2 * theta.value - 1, rel=1e-14)
    assert delta.ci[:2] == tuple(2 * limit - 1 for limit in theta.ci[:2])
    assert delta.p == theta.p
    same = rank_biserial(PLACEBO, ACTIVE, label="Cliff's delta")
    assert same == delta
    ranks = np.argsort(np.argsort([1.0, 4.0, 2.0, 3.0, 9.0])) + 1  # Glass: mean ranks over N / 2
    assert rank_biserial([1.0, 4.0], [2.0, 3.0, 9.0]).value == pytest.approx(
        (ranks[:2].mean() - ranks[2:].mean()) / 2.5
    )


def test_separated_arms_have_a_score_interval_and_no_other():
    high, low = [8, 9, 10, 9, 8, 10], [1, 2, 0, 1, 3, 2]
    estimate = probability_of_superiority(high, low)
    assert (estimate.value, estimate.ci.high) == (1, 1)
    assert 0.6 < estimate.ci.low < 0.9
    assert math.isnan(estimate.se)
    assert 0 < estimate.p < 0.01
    for method in METHODS[1:]:
        with pytest.raises(ValueError, match=r"do not mix \(theta = 1\).*'newcombe'"):
            probability_of_superiority(high, low, method=method)


def test_logit_limits_stay_inside_where_plain_ones_leave():
    x, y = [5, 6, 7, 8, 9, 3], [1, 2, 3, 2, 4, 1]
    assert probability_of_superiority(x, y, method="brunner-munzel").ci.high > 1
    inside = probability_of_superiority(x, y, method="brunner-munzel-logit")
    assert 0 < inside.ci.low < inside.value < inside.ci.high < 1


def test_the_logit_interval_is_the_delta_method_on_the_log_odds():
    plain = probability_of_superiority(PLACEBO, ACTIVE, method="brunner-munzel")
    ours = probability_of_superiority(PLACEBO, ACTIVE, method="brunner-munzel-logit")
    step = 1e-6  # the slope of the log odds by a difference, not by its formula
    slope = (logit(plain.value + step) - logit(plain.value - step)) / (2 * step)
    half = (plain.ci.high - plain.value) * slope
    wanted = [expit(logit(plain.value) + side * half) for side in (-1, 1)]
    assert ours.ci[:2] == pytest.approx(wanted, rel=1e-8)
    assert (ours.se, ours.df) == (plain.se, plain.df)


def test_intervals_widen_with_the_level():
    narrow, wide = (cliffs_delta(PLACEBO, ACTIVE, level=level).ci for level in (0.9, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_a_hundred_thousand_per_arm_take_no_table_of_pairs():
    generator = np.random.default_rng(4)
    x, y = generator.normal(0.1, 1, size=100_000), generator.normal(size=100_000)
    began = time.process_time()
    estimate = probability_of_superiority(x, y)
    assert time.process_time() - began < 1
    assert estimate.value == pytest.approx(mannwhitneyu(x, y).statistic / 1e10, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cliffs_delta([1, 2, np.nan], [1, 2]), "treated: 1 of 3 values are missing"),
        (lambda: cliffs_delta([1, 2], [3]), "control: need a whole number n >= 2"),
        (lambda: cliffs_delta([1, 2], [3, 4], method="delong"), "method must be 'newcombe'"),
        (lambda: cliffs_delta([1, 2], [3, 4], level=95), "level=0.95; got 95"),
    ],
)
def test_what_is_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_public_names_are_these():
    assert rs.probability_of_superiority is probability_of_superiority
    assert (rs.cliffs_delta, rs.rank_biserial) == (cliffs_delta, rank_biserial)
