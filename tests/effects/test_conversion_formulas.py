import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrostats.effects.conversions import formulas, needed, normal, risks, shares
from retrostats.effects.summaries import ArmSummary
from retrostats.effects.t_tests import student_t
from retrostats.effects.two_by_two import phi
from retrostats.effects.two_group import cohens_d, hedges_g

#: Closed forms in double precision against effectsize and metafor; 6e-16 measured.
CLOSED = 1e-10
#: There and back again; 2e-14 measured over d of -3 to 3.
BACK = 1e-9

effects = st.floats(-3, 3)
risk = st.floats(0.02, 0.98)


def test_every_column_of_effectsize(golden, ledger):
    columns = {
        "r": formulas.d_to_r,
        "r_n": lambda d: formulas.d_to_r(d, n1=12, n2=20),
        "logor": formulas.d_to_log_odds_ratio,
        "or": lambda d: math.exp(formulas.d_to_log_odds_ratio(d)),
        "cles": normal.d_to_superiority,
        "u2": normal.d_to_u2,
        "u3": normal.d_to_u3,
        "ovl": normal.d_to_overlap,
        "nnt_furukawa_cer20": lambda d: needed.d_to_nnt(d, 0.2),
        "nnt_kraemer": needed.d_to_nnt_superiority,
    }
    infinite = 0
    for row in golden.rows("c_effectsize_ci/d_conversions.csv"):
        assert set(row) == {"d", *columns}
        for name, convert in columns.items():
            if math.isinf(row[name]):
                infinite += convert(row["d"]) == row[name]
            else:
                ledger.add(convert(row["d"]), row[name], (name, row["d"]))
    assert infinite == 2
    ledger.assert_settled(count=9 * 10 - 2, tolerance=CLOSED)


def test_metafor_turns_odds_ratios_into_d(golden, ledger):
    assuming = {"OR2DL": "logistic", "OR2DN": "cox"}
    tables = {row["id"]: row for row in golden.rows("a_escalc/input_2x2.csv")}
    missing = 0
    for row in golden.rows("a_escalc/two_by_two.csv"):
        if row["measure"] not in assuming:
            continue
        if row["yi"] is None:
            missing += 1
            continue
        cells = [tables[row["id"]][key] for key in ("ai", "bi", "ci", "di")]
        if row["to"] == "all" or not all(cells):
            cells = [cell + row["add"] for cell in cells]
        a, b, c, d = cells
        log, variance = math.log(a * d / (b * c)), sum(1 / cell for cell in cells)
        how = assuming[row["measure"]]
        ledger.add(formulas.log_odds_ratio_to_d(log, assuming=how), row["yi"], row)
        ledger.add(variance / formulas.log_odds_per_sd(how) ** 2, row["vi"], row)
    assert missing == 2 * 2 * 4  # tables with an empty cell and nothing added have no odds ratio
    ledger.assert_settled(count=2 * (2 * 4 * 8 - missing), tolerance=CLOSED)


def arms_of_metafor(golden):
    return {
        row["id"]: (
            ArmSummary(arm="a", n=int(row["n1i"]), mean=row["m1i"], sd=row["sd1i"]),
            ArmSummary(arm="b", n=int(row["n2i"]), mean=row["m2i"], sd=row["sd2i"]),
        )
        for row in golden.rows("a_escalc/input_two_group.csv")
    }


def test_metafor_turns_d_into_odds_ratios_and_superiority(golden, ledger):
    odds = {"D2ORL": "logistic", "D2ORN": "cox"}
    arms, other = arms_of_metafor(golden), 0
    for row in golden.rows("a_escalc/two_group.csv"):
        homoscedastic = row["vtype"] == "HO"
        if row["measure"] in odds:
            d = cohens_d(*arms[row["id"]]).value
            wanted = formulas.d_to_log_odds_ratio(d, assuming=odds[row["measure"]])
            ledger.add(wanted, row["yi"], row)
        elif row["measure"] in ("CLESN", "AUCN") and homoscedastic:
            d = cohens_d(*arms[row["id"]]).value
            ledger.add(normal.d_to_superiority(d), row["yi"], row)
        elif row["measure"] in ("CLESN", "AUCN"):
            other += 1  # two SDs, and no d: not a conversion
    assert other == 2 * 3 * 14
    ledger.assert_settled(count=2 * 6 * 14 + 2 * 14, tolerance=CLOSED)


def test_phi_of_risks_is_that_of_metafor(golden, ledger):
    tables = {row["id"]: row for row in golden.rows("a_escalc/input_2x2.csv")}
    for row in golden.rows("a_escalc/two_by_two.csv"):
        if row["measure"] == "PHI" and row["add"] == 0 and row["yi"] is not None:
            a, b, c, d = (tables[row["id"]][key] for key in ("ai", "bi", "ci", "di"))
            share = (a + b) / (a + b + c + d)
            value = risks.phi_from_risks(a / (a + b), c / (c + d), share_treated=share)
            ledger.add(value, row["yi"], row)
            ledger.add(phi([[a, b], [c, d]]).value, row["yi"], row)
            ledger.add(phi([[a, b], [c, d]]).se ** 2, row["vi"], row)
    ledger.assert_settled(count=3 * 2 * 7, tolerance=CLOSED)


def test_r_of_the_sample_is_the_correlation_with_the_arm():
    a = ArmSummary(arm="a", n=8, mean=3.0, sd=1.1)
    b = ArmSummary(arm="b", n=21, mean=2.1, sd=0.8)
    t, df = student_t(a.mean - b.mean, a.sd, a.n, b.sd, b.n)
    d = cohens_d(a, b).value
    wanted = float(t / math.sqrt(t**2 + df))
    assert formulas.d_to_r(d, n1=8, n2=21) == pytest.approx(wanted, rel=CLOSED)
    assert hedges_g(a, b).value < d


@given(effects, st.integers(2, 500), st.integers(2, 500))
def test_what_can_go_back_goes_back(d, n1, n2):
    there_and_back = (
        formulas.r_to_d(formulas.d_to_r(d, n1=n1, n2=n2), n1=n1, n2=n2),
        formulas.log_odds_ratio_to_d(formulas.d_to_log_odds_ratio(d)),
        formulas.log_odds_ratio_to_d(
            formulas.d_to_log_odds_ratio(d, assuming="cox"), assuming="cox"
        ),
        normal.superiority_to_d(normal.d_to_superiority(d)),
        normal.u3_to_d(normal.d_to_u3(d)),
        formulas.r_to_d(formulas.fisher_z_to_r(formulas.r_to_fisher_z(formulas.d_to_r(d)))),
    )
    assert there_and_back == pytest.approx([d] * 6, rel=BACK, abs=1e-12)


@given(st.floats(0, 0.99))
def test_shares_go_back(eta2):
    assert shares.f_to_eta_squared(shares.eta_squared_to_f(eta2)) == pytest.approx(eta2, rel=BACK)
    squared = shares.eta_squared_to_f_squared(eta2)
    assert shares.f_squared_to_eta_squared(squared) == pytest.approx(eta2, rel=BACK)
    assert shares.eta_squared_to_f(eta2) ** 2 == pytest.approx(squared, rel=BACK)


@given(effects)
def test_swapped_arms_flip_what_has_a_sign_and_leave_what_has_none(d):
    odd = formulas.d_to_r, formulas.d_to_log_odds_ratio, needed.d_to_nnt_superiority
    for function in odd:
        if abs(d) > 1e-300:
            assert function(-d) == -function(d)
    for function in (normal.d_to_u2, normal.d_to_overlap):
        assert function(-d) == function(d)
    assert normal.d_to_superiority(-d) == pytest.approx(1 - normal.d_to_superiority(d), rel=BACK)
    assert normal.d_to_u3(-d) == pytest.approx(1 - normal.d_to_u3(d), rel=BACK)


@given(risk, risk)
@settings(max_examples=60)
def test_two_risks_agree_with_all_their_measures(treated, control):
    ratio = treated / (1 - treated) / (control / (1 - control))
    assert risks.odds_ratio_to_risk(ratio, control) == pytest.approx(treated, rel=BACK)
    rr = risks.odds_ratio_to_risk_ratio(ratio, control)
    assert rr == pytest.approx(treated / control, rel=BACK)
    gap = treated - control
    assert risks.odds_ratio_to_risk_difference(ratio, control) == pytest.approx(gap, abs=1e-12)
    assert risks.risk_ratio_to_risk_difference(rr, control) == pytest.approx(gap, abs=1e-12)
    assert risks.risk_ratio_to_odds_ratio(rr, control) == pytest.approx(ratio, rel=BACK)


def test_the_normal_cut_gives_back_the_risk_of_the_control_arm():
    assert needed.d_to_risk(0.0, 0.2) == pytest.approx(0.2, rel=CLOSED)
    assert needed.d_to_nnt(0.0, 0.2) == math.inf
    # With the median as cut the risk is U3.
    assert needed.d_to_risk(0.7, 0.5) == pytest.approx(normal.d_to_u3(0.7), rel=CLOSED)


def test_d_and_f_of_two_equal_groups_are_two_to_one():
    f = shares.eta_squared_to_f(formulas.d_to_r(0.8) ** 2)
    assert f == pytest.approx(0.4, rel=CLOSED)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: formulas.d_to_r(math.nan), "d must be finite"),
        (lambda: formulas.d_to_r(0.5, n1=8), "give both group sizes"),
        (lambda: formulas.d_to_r(0.5, n1=8, n2=1), "each at least 2"),
        (lambda: formulas.r_to_d(1.0), "r must lie between -1 and 1"),
        (lambda: formulas.r_to_fisher_z(-1.0), "r must lie between -1 and 1"),
        (lambda: formulas.fisher_z_to_r(math.inf), "Fisher z must be finite"),
        (lambda: formulas.d_to_log_odds_ratio(0.5, assuming="probit"), "'logistic' or 'cox'"),
        (lambda: formulas.log_odds_ratio_to_d(math.nan), "log odds ratio must be finite"),
        (lambda: normal.superiority_to_d(1.0), "between 0 and 1, got 1.0"),
        (lambda: normal.u3_to_d(0.0), "U3 must lie"),
        (lambda: needed.d_to_nnt(0.5, 20), "control risk must lie between 0 and 1, got 20"),
        (lambda: needed.d_to_nnt_superiority(math.inf), "finite"),
        (lambda: risks.odds_ratio_to_risk(0.0, 0.2), "odds ratio must lie between 0 and inf"),
        (lambda: risks.risk_ratio_to_odds_ratio(3.0, 0.4), "treated risk of 1.2"),
        (lambda: risks.phi_from_risks(0.0, 0.0), "not both 0"),
        (lambda: risks.phi_from_risks(0.2, 0.3, share_treated=1), "share treated"),
        (lambda: shares.eta_squared_to_f(1.0), "below 1"),
        (lambda: shares.f_to_eta_squared(-0.1), "f must be zero or more"),
        (lambda: shares.f_squared_to_eta_squared(math.inf), "finite"),
    ],
)
def test_what_is_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
