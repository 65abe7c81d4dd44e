import math

import pytest

from retrostats.effects.variance_explained import (
    eta_squared_from_f,
    f_from_eta_squared,
    partial_epsilon_squared,
    partial_eta_squared,
    partial_omega_squared,
)

#: effectsize finds limits by optimisation; measured gap 4e-8.
EFFECTSIZE = 1e-6
#: Closed forms; 5e-15 measured.
CLOSED = 1e-10
#: 30-digit noncentralities carried to shares; 3e-14 measured.
EXACT = 1e-9

SHARES = {
    "eta2": partial_eta_squared,
    "omega2": partial_omega_squared,
    "epsilon2": partial_epsilon_squared,
}


def test_shares_and_limits_are_those_of_effectsize(golden, ledger):
    for row in golden.rows("c_effectsize_ci/F_to_es.csv"):
        share = SHARES.get(row["fun"].removeprefix("F_to_"))
        if share is not None and row["alternative"] == "two.sided":
            estimate = share(row["F"], row["df1"], row["df2"])
            ledger.add(estimate.value, row["est"], row, least=1)
            ledger.add(estimate.ci.low, row["lb"], row, least=1)
            ledger.add(estimate.ci.high, row["ub"], row, least=1)
    ledger.assert_settled(count=3 * 3 * 6, tolerance=EFFECTSIZE)


def test_one_sided_limits_are_the_lower_ends_of_twice_the_tail(golden, ledger):
    for row in golden.rows("c_effectsize_ci/F_to_es.csv"):
        share = SHARES.get(row["fun"].removeprefix("F_to_"))
        if share is not None and row["alternative"] == "greater":
            estimate = share(row["F"], row["df1"], row["df2"], level=0.9)
            ledger.add(estimate.ci.low, row["lb"], row, least=1)
    ledger.assert_settled(count=3 * 6, tolerance=EFFECTSIZE)


def test_one_way_shares_from_raw_data_are_those_of_effectsize(golden, ledger):
    wanted = golden.json("c_effectsize_ci/ref.json")["oneway"]
    f, df1, df2 = wanted["anova"][0]["F value"], wanted["anova"][0]["Df"], wanted["anova"][1]["Df"]
    for key, field, share in (
        ("eta_squared", "Eta2", partial_eta_squared),
        ("omega_squared", "Omega2", partial_omega_squared),
        ("epsilon_squared", "Epsilon2", partial_epsilon_squared),
    ):
        row = wanted["es"][f"{key}_partial_two.sided"][0]
        estimate = share(f, df1, df2)
        ledger.add(estimate.value, row[field], key)
        ledger.add(estimate.ci.low, row["CI_low"], key)
        ledger.add(estimate.ci.high, row["CI_high"], key)
        ledger.add(estimate.p, wanted["anova"][0]["Pr(>F)"], key)
    ledger.assert_settled(count=3 * 4, tolerance=EFFECTSIZE)


def test_shares_of_the_one_way_tables(golden, ledger):
    for name, row in golden.json("e_summary/ref.json")["oneway"].items():
        for key, share in SHARES.items():
            estimate = share(row["F"], row["df1"], row["df2"])
            ledger.add(estimate.value, row[key], name)
            ledger.add(estimate.p, row["p"], name)
    ledger.assert_settled(count=2 * 3 * 3, tolerance=CLOSED)


def test_eta_squared_has_the_30_digit_limits(golden, ledger):
    for row in golden.json("c_effectsize_ci/exact_nc.json")["ncf"]:
        estimate = partial_eta_squared(row["F"], row["df1"], row["df2"], level=row["conf"])
        for limit, key in ((estimate.ci.low, "ncp_lb"), (estimate.ci.high, "ncp_ub")):
            ncp = float(row[key])
            ledger.add(limit, ncp / (ncp + row["df2"]), row)
    ledger.assert_settled(count=2 * 9, tolerance=EXACT)


def test_eta_squared_and_f_lead_to_one_another():
    for f in (0.0, 0.3, 12.3, 4000.0):
        eta2 = eta_squared_from_f(f, 2, 40)
        assert f_from_eta_squared(eta2, 2, 40) == pytest.approx(f, rel=1e-11)
        assert partial_eta_squared(f, 2, 40).value == eta2


def test_level_90_leaves_out_zero_exactly_when_p_is_below_5_percent():
    for f in (0.5, 2.0, 3.2, 3.26, 6.0):
        estimate = partial_eta_squared(f, 2, 36, level=0.9)
        assert (estimate.ci.low > 0) == (estimate.p < 0.05)


def test_a_small_f_has_no_negative_share_and_no_standard_error():
    estimate = partial_omega_squared(0.4, 3, 50)
    assert (estimate.value, estimate.ci.low, estimate.ci.high) == (0, 0, 0)
    assert math.isnan(estimate.se)
    assert estimate.df == 50


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: eta_squared_from_f(-1.0, 1, 9), "F >= 0"),
        (lambda: f_from_eta_squared(1.0, 1, 9), "below 1, got 1.0"),
        (lambda: f_from_eta_squared(0.1, 0, 9), "finite df > 0"),
        (lambda: partial_eta_squared(math.nan, 1, 9), "finite F"),
        (lambda: partial_eta_squared(2.0, 1, 9, level=90), "level=0.95"),
    ],
)
def test_what_is_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
