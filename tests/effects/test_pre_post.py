import math

import pytest

from retrostats.effects.pairs import PairedSummary
from retrostats.effects.pre_post import pre_post_control_d, standardised_mean_change

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
        a, b = (
            standardised_mean_change(morris_pair("x", group), standardiser="before")
            for group in (treated, control)
        )
        ledger.add(a.value - b.value, row["yi"], row)
        ledger.add(a.se**2 + b.se**2, row["vi"], row)
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
