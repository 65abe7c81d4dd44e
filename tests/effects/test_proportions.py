import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    proportions_chisquare,
)

from retrostats.effects.proportions import (
    number_needed_to_treat,
    odds_ratio,
    proportion,
    risk_difference,
    risk_ratio,
    wilson_limits,
)
from retrostats.estimate import Estimate, Interval

#: Closed forms through one normal quantile; 1.7e-15 measured.
CLOSED = 1e-12
#: The limits of effectsize, from the same formulas; 3.1e-15 measured.
EFFECTSIZE = 1e-12

tables = st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)


def rows_of(golden):
    for row in golden.rows("c_effectsize_ci/rd_newcombe.csv"):
        yield row, tuple(int(row[key]) for key in ("a", "n1", "b", "n2"))


def test_wilson_and_newcombe_are_those_of_r(golden, ledger):
    for row, (a, m, b, n) in rows_of(golden):
        difference = risk_difference(a, m, b, n)
        one, two = proportion(a, m), proportion(b, n)
        ours = (difference.value, *difference.ci[:2], *one.ci[:2], *two.ci[:2])
        theirs = (row[key] for key in ("rd", "lb", "ub", "w1l", "w1u", "w2l", "w2u"))
        for x, y in zip(ours, theirs, strict=True):
            ledger.add(x, y, (a, m, b, n), least=1.0)
    ledger.assert_settled(count=6 * 7, tolerance=CLOSED)


def test_wald_is_that_of_r_and_refused_without_width(golden, ledger):
    refused = 0
    for row, counts in rows_of(golden):
        if row["wlb"] == row["wub"]:
            with pytest.raises(ValueError, match=r"standard error is 0 .* Use method='newcombe'"):
                risk_difference(*counts, method="wald")
            refused += 1
            continue
        low, high, _ = risk_difference(*counts, method="wald").ci
        ledger.add(low, row["wlb"], counts)
        ledger.add(high, row["wub"], counts)
    assert refused == 3
    ledger.assert_settled(count=3 * 2, tolerance=CLOSED)


def metafor(golden, measure, add):
    inputs = {row["id"]: row for row in golden.rows("a_escalc/input_2x2.csv")}
    for row in golden.rows("a_escalc/two_by_two.csv"):
        if (row["measure"], row["add"], row["to"]) == (measure, add, "only0"):
            a, b, c, d = (int(inputs[row["id"]][key]) for key in ("ai", "bi", "ci", "di"))
            yield row, (a, a + b, c, c + d)


@pytest.mark.parametrize(("measure", "ratio"), [("RR", risk_ratio), ("OR", odds_ratio)])
def test_ratios_with_halves_are_those_of_metafor(golden, ledger, measure, ratio):
    for row, counts in metafor(golden, measure, 0.5):
        found = ratio(*counts, zero_cells="haldane")
        a, m, c, n = counts
        assert found.halves_added == (0 in (a, m - a, c, n - c))
        ledger.add(found.log.value, row["yi"], row)
        ledger.add(found.log.se**2, row["vi"], row)
    ledger.assert_settled(count=8 * 2, tolerance=CLOSED)


#: Tables of the golden file in which metafor, adding nothing, finds no ratio or no variance.
NO_RATIO = {"RR": {2, 4, 7}, "OR": {2, 3, 4, 7}}


@pytest.mark.parametrize(("measure", "ratio"), [("RR", risk_ratio), ("OR", odds_ratio)])
def test_ratios_without_halves_are_those_of_metafor_or_refused(golden, ledger, measure, ratio):
    for row, counts in metafor(golden, measure, 0):
        if row["id"] in NO_RATIO[measure]:
            with pytest.raises(ValueError, match="zero_cells='haldane'"):
                ratio(*counts)
            continue
        found = ratio(*counts)
        assert not found.halves_added
        ledger.add(found.log.value, row["yi"], row)
        ledger.add(found.log.se**2, row["vi"], row)
    ledger.assert_settled(count=2 * (8 - len(NO_RATIO[measure])), tolerance=CLOSED)


def test_differences_of_metafor(golden, ledger):
    for row, counts in metafor(golden, "RD", 0):
        found = risk_difference(*counts)
        ledger.add(found.value, row["yi"], row)
        ledger.add(0.0 if math.isnan(found.se) else found.se**2, row["vi"], row)
    ledger.assert_settled(count=8 * 2, tolerance=CLOSED)


def test_ratios_difference_and_p_are_those_of_effectsize_and_r(golden, ledger):
    compared = 0
    for entry in golden.json("c_effectsize_ci/ref.json")["contingency"].values():
        table = np.array(entry["table"])
        if table.shape != (2, 2) or not table.all():
            continue
        # effectsize compares the columns of the first row: a of a + c with b of b + d.
        (a, b), (c, d) = table.tolist()
        counts = (a, a + c, b, b + d)
        for ratio, key, name in (
            (risk_ratio, "riskratio", "Risk_ratio"),
            (odds_ratio, "oddsratio", "Odds_ratio"),
        ):
            found = ratio(*counts)
            ours = (found.value, *found.ci[:2])
            for x, key_of in zip(ours, (name, "CI_low", "CI_high"), strict=True):
                ledger.add(x, entry[key][key_of], (name, key_of))
        ledger.add(risk_difference(*counts).value, entry["arr"]["ARR"], "ARR")
        ledger.add(risk_difference(*counts).p, entry["p"], "p")
        compared += 1
    assert compared == 2
    ledger.assert_settled(count=2 * 8, tolerance=EFFECTSIZE)


@given(tables, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_they_agree_with_statsmodels(table, level):
    a, m, b, n = table
    found = risk_difference(*table, level=level)
    wanted = confint_proportions_2indep(a, m, b, n, method="newcomb", alpha=1 - level)
    assert found.ci[:2] == pytest.approx(wanted, abs=CLOSED)
    wilson = proportion_confint(a, m, alpha=1 - level, method="wilson")
    assert proportion(a, m, level=level).ci[:2] == pytest.approx(wilson, abs=CLOSED)
    if 0 < a + b < m + n:
        _, p, _ = proportions_chisquare([a, b], [m, n])
        assert found.p == pytest.approx(p, abs=CLOSED)
    else:
        assert found.p == 1.0


@given(tables)
def test_swapping_the_arms_turns_the_sign_and_nothing_else(table):
    a, m, b, n = table
    there, back = risk_difference(a, m, b, n), risk_difference(b, n, a, m)
    assert there.value == -back.value
    assert (there.ci.low, there.ci.high) == (-back.ci.high, -back.ci.low)
    assert there.p == pytest.approx(back.p, rel=CLOSED)
    assert -1 <= there.ci.low <= there.value <= there.ci.high <= 1
    number, opposite = number_needed_to_treat(there), number_needed_to_treat(back)
    if there.value:
        assert number.value == -opposite.value
    assert number.limits == tuple(-limit for limit in reversed(opposite.limits))
    assert number.through_infinity == (there.ci.low < 0 < there.ci.high)
    # Counting the opposite event is the same benefit.
    harms = number_needed_to_treat(risk_difference(m - a, m, n - b, n), events="harm")
    assert harms.value == pytest.approx(number.value, rel=CLOSED)


@given(st.integers(1, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_the_inversion_of_the_score_test(counts):
    x, n = counts
    for limit in wilson_limits(x, n, level=0.9):
        if 0 < limit < 1:
            z = (x - n * limit) / math.sqrt(n * limit * (1 - limit))
            assert abs(z) == pytest.approx(stats.norm.ppf(0.95), rel=1e-9)
    low, high = wilson_limits(x, n)
    assert (low == 0) == (x == 0)
    assert (high == 1) == (x == n)


def test_the_opposite_event_has_the_opposite_limits():
    low, high = wilson_limits(3, 17)
    assert wilson_limits(14, 17) == pytest.approx((1 - high, 1 - low), rel=CLOSED)


def test_nobody_tells_nothing():
    nothing = proportion(0, 0)
    assert math.isnan(nothing.value)
    assert nothing.ci == Interval(0.0, 1.0, 0.95)


def test_standard_error_is_that_of_wald_where_it_has_one():
    assert risk_difference(15, 20, 8, 20).se == pytest.approx(
        math.sqrt(0.75 * 0.25 / 20 + 0.4 * 0.6 / 20), rel=CLOSED
    )
    assert math.isnan(risk_difference(10, 10, 0, 10).se)
    assert risk_difference(10, 10, 0, 10).p == pytest.approx(
        stats.chi2_contingency([[10, 0], [0, 10]], correction=False).pvalue, rel=CLOSED
    )


def needed(value, low, high, events="benefit"):
    difference = Estimate(
        label="x", value=value, se=math.nan, df=math.inf, ci=Interval(low, high, 0.95), p=0.5,
        unit="",
    )  # fmt: skip
    return number_needed_to_treat(difference, events=events)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (needed(0.25, 0.1, 0.5), "NNTB 4.0 (95% CI 2.0 to 10.0)"),
        (needed(-0.25, -0.5, -0.1), "NNTH 4.0 (95% CI 2.0 to 10.0)"),
        (needed(0.1, -0.04, 0.25), "NNTB 10.0 (95% CI NNTB 4.0 to infinity to NNTH 25.0)"),
        (needed(-0.1, -0.25, 0.04), "NNTH 10.0 (95% CI NNTH 4.0 to infinity to NNTB 25.0)"),
        (needed(0.0, -0.2, 0.25), "NNT infinite (95% CI NNTB 4.0 to infinity to NNTH 5.0)"),
        (needed(0.25, 0.0, 0.5), "NNTB 4.0 (95% CI 2.0 to infinity)"),
        (needed(-0.25, -0.5, 0.0), "NNTH 4.0 (95% CI 2.0 to infinity)"),
        (needed(-0.25, -0.5, -0.1, "harm"), "NNTB 4.0 (95% CI 2.0 to 10.0)"),
        (needed(0.1, -0.04, 0.25, "harm"), "NNTH 10.0 (95% CI NNTH 4.0 to infinity to NNTB 25.0)"),
        (needed(1.0, 0.6, 1.0), "NNTB 1.0 (95% CI 1.0 to 1.7)"),
    ],
)
def test_numbers_needed_in_the_words_of_altman(number, text):
    assert number.text() == text
    assert str(number) == f"x: {text}"
    json.dumps(number.to_dict(), allow_nan=False)


def test_limits_put_the_better_one_for_patients_first():
    assert needed(0.25, 0.1, 0.5).limits == (2.0, 10.0)
    assert needed(-0.25, -0.5, -0.1).limits == (-10.0, -2.0)
    assert needed(0.1, -0.04, 0.25).limits == (4.0, -25.0)
    assert needed(-0.25, -0.5, -0.1, "harm").limits == (2.0, 10.0)
    assert needed(0.25, 0.0, 0.5).limits == (2.0, math.inf)
    assert needed(-0.25, -0.5, 0.0).limits == (-math.inf, -2.0)
    assert needed(0.0, -0.2, 0.25).value == math.inf
    assert needed(0.0, -0.2, 0.25, "harm").value == math.inf
    assert needed(0.0, -0.2, 0.25).to_dict()["value"] is None


def test_decimals_are_asked_for():
    assert needed(0.3, 0.1, 0.7).text(places=0) == "NNTB 3 (95% CI 1 to 10)"
    assert needed(0.3, 0.1, 0.7).label == "x"
    assert number_needed_to_treat(needed(0.3, 0.1, 0.7).risk_difference, label="y").label == "y"


def test_a_ratio_prints_what_it_did():
    assert str(risk_ratio(15, 20, 8, 20)) == "risk ratio: 1.88 (95% CI 1.04 to 3.39)"
    assert str(odds_ratio(3, 20, 0, 20, zero_cells="haldane")).endswith(", 0.5 added to each cell")
    row = risk_ratio(15, 20, 8, 20, level=0.9, label="response").to_dict()
    assert row["label"] == "response"
    assert row["ci"]["level"] == 0.9
    assert row["log"]["label"] == "log response"
    assert row["p"] == row["log"]["p"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: proportion(3, 2), "0 <= events <= n, got 3 of 2"),
        (lambda: proportion(-1, 2), "0 <= events <= n"),
        (lambda: proportion(0.5, 2), "not shares or percentages"),
        (lambda: proportion(1, 2, level=95), "level must lie between 0 and 1"),
        (lambda: risk_difference(0, 0, 1, 5), "risk difference, treated: nobody is in this arm"),
        (lambda: risk_difference(1, 5, 0, 0, label="x"), "x, control: nobody is in this arm"),
        (lambda: risk_difference(1, 5, 1, 5, method="exact"), "'newcombe' or 'wald'"),
        (lambda: odds_ratio(0, 5, 1, 5), "in all or in none"),
        (lambda: odds_ratio(1, 5, 5, 5), "in all or in none"),
        (lambda: risk_ratio(0, 5, 1, 5), "an arm has no event"),
        (lambda: risk_ratio(5, 5, 6, 6), "both arms have nothing else"),
        (lambda: risk_ratio(1, 5, 1, 5, zero_cells="add"), "'refuse' or 'haldane'"),
        (lambda: needed(35.0, 10.0, 60.0), "Divide percentage points by 100"),
        (lambda: needed(0.1, 0.0, 0.2, "good"), "'benefit' or 'harm'"),
    ],
)
def test_what_is_impossible_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
