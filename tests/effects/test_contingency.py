import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from retrostats.effects.contingency import cohens_w, cramers_v, pearson_chi2
from retrostats.effects.noncentral import noncentral_chi2_limits
from retrostats.effects.two_by_two import cohens_h, phi

#: effectsize finds limits by optimisation; 8e-8 measured (over 1 where the value is below 1).
EFFECTSIZE = 1e-6
#: 30-digit noncentralities; 1.3e-14 measured.
EXACT = 1e-9

cells = st.lists(st.integers(1, 40), min_size=6, max_size=6)


def tables(golden):
    return golden.json("c_effectsize_ci/ref.json")["contingency"]


def test_v_and_w_with_their_limits_are_those_of_effectsize(golden, ledger):
    for name, wanted in tables(golden).items():
        for key, effect, field in (
            ("cramers_v", cramers_v, "Cramers_v"),
            ("cohens_w", cohens_w, "Cohens_w"),
        ):
            row = wanted[f"{key}_two.sided"]
            found = effect(wanted["table"])
            ledger.add(found.value, row[field], name, least=1)
            ledger.add(found.ci.low, row["CI_low"], name, least=1)
            ledger.add(found.ci.high, row["CI_high"], name, least=1)
            # One-sided limits are the lower ends of twice the tail; above stands the largest.
            row = wanted[f"{key}_greater"]
            ledger.add(effect(wanted["table"], level=0.9).ci.low, row["CI_low"], name, least=1)
            ledger.add(found.p, wanted["p"], name)
            ledger.add(found.df, wanted["df"], name)
    ledger.assert_settled(count=2 * 6 * 5, tolerance=EFFECTSIZE)


def test_the_corrected_v_is_that_of_effectsize_and_its_limits_are_not(golden, ledger):
    # effectsize takes the bias of chi-square off the limits too; they are noncentralities, which
    # have none. Its limits of a true V of 0.16 covered 90%, these 96% (see the page).
    for name, wanted in tables(golden).items():
        found = cramers_v(wanted["table"], correction="bergsma")
        row = wanted["cramers_v_adj_two.sided"]
        ledger.add(found.value, row["Cramers_v_adjusted"], name)
        assert found.ci == cramers_v(wanted["table"]).ci
        n, (r, c) = np.sum(wanted["table"]), np.shape(wanted["table"])
        shift = (r - 1) * (c - 1) / (n - 1)
        room = min(k - (k - 1) ** 2 / (n - 1) for k in (r, c)) - 1
        theirs = math.sqrt(max(0, found.ci.high**2 * (min(r, c) - 1) - shift) / room)
        if found.ci.high < 1:
            ledger.add(theirs, row["CI_high"], name)
    ledger.assert_settled(count=5 + 4, tolerance=EFFECTSIZE)


def test_phi_and_h_are_those_of_effectsize(golden, ledger):
    for name, wanted in tables(golden).items():
        (a, b), (c, d) = wanted["table"][:2][0][:2], wanted["table"][:2][1][:2]
        if len(wanted["table"]) != 2 or len(wanted["table"][0]) != 2:
            with pytest.raises(ValueError, match="2x2"):
                phi(wanted["table"])
            continue
        # effectsize reads the arms from the columns.
        found, row = phi([[a, c], [b, d]]), wanted["phi_two.sided"]
        ledger.add(found.value, row["phi"], name)
        ledger.add(found.p, wanted["p"], name)
        ledger.add(found.ci.high, row["CI_high"], name)
        h, row = cohens_h(a, a + c, b, b + d), wanted["cohens_h"]
        ledger.add(h.value, row["Cohens_h"], name)
        ledger.add(h.ci.low, row["CI_low"], name)
        ledger.add(h.ci.high, row["CI_high"], name)
    ledger.assert_settled(count=3 * 6, tolerance=EFFECTSIZE)


def test_limits_are_the_30_digit_ones(golden, ledger):
    for row in golden.json("c_effectsize_ci/exact_nc.json")["nchisq"]:
        limits = noncentral_chi2_limits(row["chisq"], row["df"], row["conf"])
        for limit, key in zip(limits, ("ncp_lb", "ncp_ub"), strict=True):
            ledger.add(math.sqrt(limit / 60), math.sqrt(float(row[key]) / 60), row)
    # And the limits of a table are those of its own chi-square.
    counts = np.array([[10.0, 8, 3], [5, 9, 7], [2, 6, 14]])
    chi2, df = pearson_chi2(counts)
    for limit, ours in zip(noncentral_chi2_limits(chi2, df), cohens_w(counts).ci[:2], strict=True):
        ledger.add(ours, math.sqrt(limit / 64), "w")
    ledger.assert_settled(count=2 * 5 + 2, tolerance=EXACT)


@given(cells)
@settings(max_examples=40)
def test_order_of_rows_and_columns_changes_nothing(numbers):
    table = np.reshape(numbers, (2, 3))
    found = cramers_v(table)
    for other in (table[::-1], table[:, ::-1], table.T):
        same = cramers_v(other)
        assert (same.value, *same.ci[:2]) == pytest.approx((found.value, *found.ci[:2]), abs=1e-8)
    assert cramers_v(table, correction="bergsma").value <= found.value + 1e-12
    assert found.ci.low <= found.value + 1e-12


@given(st.lists(st.integers(1, 40), min_size=4, max_size=4))
@settings(max_examples=40)
def test_swapped_arms_flip_phi_and_h(numbers):
    a, b, c, d = numbers
    for there, back in (
        (phi([[a, b], [c, d]]), phi([[c, d], [a, b]])),
        (cohens_h(a, a + b, c, c + d), cohens_h(c, c + d, a, a + b)),
    ):
        assert back.value == pytest.approx(-there.value, abs=1e-14)
        assert back.ci[:2] == pytest.approx((-there.ci.high, -there.ci.low), abs=1e-14)
        assert (there.p < 0.05) == (there.ci.low > 0 or there.ci.high < 0)
    assert abs(phi([[a, b], [c, d]]).value) == pytest.approx(
        cramers_v([[a, b], [c, d]]).value, abs=1e-12
    )


def test_no_association_and_all_association():
    none = cramers_v([[10, 20], [5, 10]])
    assert (none.value, none.ci.low, none.p) == pytest.approx((0, 0, 1))
    assert cramers_v([[10, 20], [5, 10]], correction="bergsma").value == 0
    everything = cramers_v(np.diag([9, 9, 9]))
    assert (everything.value, everything.ci.high) == pytest.approx((1, 1))
    assert cohens_w(np.diag([9, 9, 9])).value == pytest.approx(math.sqrt(2))
    whole = phi(np.diag([4, 5]))
    assert (whole.value, whole.ci.high) == (1, 1)
    assert math.isnan(whole.se)
    assert phi([[4, 0], [0, 5]]).value == -phi([[0, 4], [5, 0]]).value
    assert cohens_h(0, 9, 9, 9).value == pytest.approx(-math.pi)


def simulated_coverage(shares, n, runs):
    """Coverage of the limits of V, and of effectsize's, which are shifted by the bias."""
    shares = np.asarray(shares) / np.sum(shares)
    expected = np.outer(shares.sum(1), shares.sum(0))
    truth = math.sqrt(((shares - expected) ** 2 / expected).sum() / 2)
    rng = np.random.default_rng(20240601)
    ours = shifted = 0
    for _ in range(runs):
        table = rng.multinomial(n, shares.ravel()).reshape(3, 3)
        low, high, _ = cramers_v(table).ci
        ours += low <= truth <= high
        counts = table.astype(float)
        ends = noncentral_chi2_limits(pearson_chi2(counts)[0], 4)
        low, high = (math.sqrt(max(0, ncp / n - 4 / (n - 1)) / (2 - 4 / (n - 1))) for ncp in ends)
        shifted += low <= truth <= high
    return ours / runs, shifted / runs


def exact_coverage(n, risks):
    """Return how often the limits of V hold it with two arms of n, summed over all tables."""
    p, q = risks
    pooled = (p + q) / 2
    truth, held = abs(p - q) / 2 / math.sqrt(pooled * (1 - pooled)), 0.0
    for a, b in itertools.product(range(n + 1), repeat=2):
        chance = binom.pmf(a, n, p) * binom.pmf(b, n, q)
        if chance > 1e-7 and 0 < a + b < 2 * n:
            low, high, _ = cramers_v([[a, n - a], [b, n - b]]).ci
            held += chance if low <= truth <= high else 0.0
    return held


@pytest.mark.parametrize(("n", "risks"), [(10, (0.55, 0.45)), (10, (0.6, 0.4)), (20, (0.55, 0.45))])
def test_small_balanced_tables_do_not_shut_out_weak_associations(n, risks):
    assert exact_coverage(n, risks) > 0.945


def test_a_table_in_perfect_balance_does_not_prove_that_there_is_nothing():
    low, high, _ = cramers_v([[5, 5], [5, 5]]).ci
    assert low == 0
    assert high > 0.4


@pytest.mark.slow
def test_limits_of_v_cover_what_they_promise_and_shifted_ones_do_not():
    ours, shifted = simulated_coverage([[15, 10, 8], [10, 13, 11], [8, 10, 15]], 100, 4000)
    # The upper limit is never below that of the median of chance: a weak association is held by
    # all but the 2.5% of tables that put the lower limit above it. Measured 0.9745.
    assert 0.945 < ours < 0.985
    assert shifted < 0.93


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cramers_v([[1, 2]]), "two rows and two columns"),
        (lambda: cramers_v([1, 2, 3]), "two rows and two columns"),
        (lambda: cramers_v([[1, 2], [0, 0]]), "row 2 has no subjects"),
        (lambda: cramers_v([[1, 0], [2, 0]]), "column 2 has no subjects"),
        (lambda: cramers_v([[1.5, 2], [3, 4]]), "whole numbers"),
        (lambda: cramers_v([[-1, 2], [3, 4]]), "whole numbers"),
        (lambda: cramers_v([[math.nan, 2], [3, 4]]), "whole numbers"),
        (lambda: cramers_v([[1, 2], [3, 4]], correction="yates"), "'none' or 'bergsma'"),
        (lambda: cohens_w([[1, 2], [3, 4]], level=95), "level=0.95"),
        (lambda: cohens_h(5, 4, 1, 4), "treated"),
    ],
)
def test_what_is_no_table_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
