import math

import pytest

from retrostats.effects.convert import (
    d_from_t,
    effect_from_f,
    effect_from_p,
    effect_from_t,
    paired_effect_from_t,
    t_from_d,
)
from retrostats.effects.paired import paired_dz
from retrostats.effects.pairs import PairedSummary
from retrostats.effects.pre_post import standardised_mean_change
from retrostats.effects.summaries import ArmSummary
from retrostats.effects.t_tests import student_t
from retrostats.effects.two_group import cohens_d, hedges_g

#: Closed forms, and a quantile of t for p; 1.3e-14 measured.
QUANTILE = 1e-9
#: Two routes of our own to the same number; 1e-13 measured.
SAME = 1e-10


def test_conversions_are_those_of_metafor(golden, ledger):
    inputs = {row["id"]: row for row in golden.rows("a_escalc/input_conversion.csv")}
    for row in golden.rows("a_escalc/conversion.csv"):
        given = inputs[row["id"]]
        sizes = {"n1": int(given["n1i"]), "n2": int(given["n2i"])}
        sign = int(given["sgn"])
        if row["from"] == "t":
            estimate = effect_from_t(given["ti"], **sizes)
        elif row["from"] == "p":
            estimate = effect_from_p(given["pi"], sign=sign, **sizes)
            assert estimate.p == pytest.approx(given["pi"], rel=QUANTILE)
        elif row["from"] == "d":
            estimate = effect_from_t(t_from_d(given["di"], **sizes), **sizes)
        else:
            estimate = effect_from_f(given["Fi"], **sizes)
            assert estimate.value >= 0
            ledger.add(sign * estimate.value, row["yi"], row)
            ledger.add(estimate.se**2, row["vi"], row)
            continue
        ledger.add(estimate.value, row["yi"], row)
        ledger.add(estimate.se**2, row["vi"], row)
    ledger.assert_settled(count=2 * 4 * 12, tolerance=QUANTILE)


@pytest.mark.parametrize(("correct", "effect"), [(True, hedges_g), (False, cohens_d)])
def test_from_t_is_what_the_raw_numbers_give(correct, effect):
    a = ArmSummary(arm="a", n=11, mean=3.4, sd=0.9)
    b = ArmSummary(arm="b", n=7, mean=4.2, sd=1.3)
    t, _ = student_t(a.mean - b.mean, a.sd, a.n, b.sd, b.n)
    wanted, got = effect(a, b), effect_from_t(float(t), n1=11, n2=7, correct=correct)
    assert (got.value, got.se, *got.ci, got.p) == pytest.approx(
        (wanted.value, wanted.se, *wanted.ci, wanted.p), rel=SAME
    )


def test_paired_from_t_is_what_the_raw_numbers_give():
    pair = PairedSummary.of("x", [7, 6, 8, 5, 7, 9], [4, 5, 5, 4, 3, 6])
    dz = paired_dz(pair)
    t = dz.value * math.sqrt(6)
    gz = standardised_mean_change(pair, standardiser="change")
    for correct, wanted in ((False, dz), (True, gz)):
        got = paired_effect_from_t(t, n=6, correct=correct)
        assert got.unit == wanted.unit == "SD of change"
        assert (got.value, got.se, *got.ci, got.p) == pytest.approx(
            (wanted.value, wanted.se, *wanted.ci, wanted.p), rel=SAME
        )


def test_labels_say_what_is_unsigned():
    assert effect_from_t(-2.0, n1=9, n2=9).label == "g from t"
    assert effect_from_t(-2.0, n1=9, n2=9, correct=False).label == "d from t"
    assert effect_from_f(4.0, n1=9, n2=9, label="pain").label == "pain (unsigned)"
    assert effect_from_p(0.04, n1=9, n2=9).label == "g from p (unsigned)"
    assert effect_from_p(0.04, n1=9, n2=9, sign=-1, label="pain").label == "pain"
    assert effect_from_p(0.04, n1=9, n2=9, sign=-1).value < 0
    assert effect_from_p(0.04, n1=9, n2=9).value > 0


def test_d_and_t_lead_to_one_another():
    assert d_from_t(t_from_d(0.37, 12, 31), 12, 31) == pytest.approx(0.37, rel=1e-14)
    assert t_from_d(1.0, 8, 8) == pytest.approx(2.0, rel=1e-14)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: effect_from_t(math.inf, n1=9, n2=9), "finite t"),
        (lambda: effect_from_t(1.0, n1=1, n2=9), "first group: need a whole number n >= 2"),
        (lambda: effect_from_f(-1.0, n1=9, n2=9), "f >= 0"),
        (lambda: effect_from_p(0.0, n1=9, n2=9), "p = 0.000"),
        (lambda: effect_from_p(1.2, n1=9, n2=9), "0 < p <= 1"),
        (lambda: effect_from_p(0.1, n1=9, n2=9, sign=0), "sign must be 1, -1 or None"),
        (lambda: paired_effect_from_t(1.0, n=1), "n >= 2"),
        (lambda: t_from_d(1.0, 9, 1), "second group"),
        (lambda: d_from_t(1.0, 9, 1), "second group"),
    ],
)
def test_what_is_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
