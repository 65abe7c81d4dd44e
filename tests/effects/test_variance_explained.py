import math

import pytest
from scipy.optimize import bisect
from scipy.special import ncfdtr

from retrostats.effects.cohens_f import cohens_f, cohens_f_squared, variance_explained_of
from retrostats.effects.summaries import ArmSummary
from retrostats.effects.variance_explained import (
    eta_squared_from_f,
    f_from_eta_squared,
    partial_epsilon_squared,
    partial_eta_squared,
    partial_omega_squared,
)

#: effectsize finds limits by optimisation; measured gap 5e-8.
EFFECTSIZE = 1e-6
#: Its search stops early in one row of the mixed tables (epsilon squared of the arms): its upper
#: limit leaves 2.4992% in the tail, ours 2.5000%; 2e-5 measured there, 2e-8 elsewhere.
SEARCH = 5e-5
#: Closed forms; 5e-15 measured.
CLOSED = 1e-10
#: 30-digit noncentralities carried to shares; 3e-14 measured.
EXACT = 1e-9

#: Their limits are those of the population by default, and effectsize's by name.
OWN_LIMITS = {partial_omega_squared, partial_epsilon_squared}

SHARES = {
    "eta2": partial_eta_squared,
    "omega2": partial_omega_squared,
    "epsilon2": partial_epsilon_squared,
}
FROM_F = SHARES | {"f2": cohens_f_squared}
#: The same, by the names that effectsize gives them in its tables.
TABLES = {
    "eta_squared": ("Eta2", partial_eta_squared),
    "omega_squared": ("Omega2", partial_omega_squared),
    "epsilon_squared": ("Epsilon2", partial_epsilon_squared),
    "cohens_f": ("Cohens_f", cohens_f),
}


def compare(ledger, effect, test, row, *, names, one_sided):
    """Add value and limits of one row; a one-sided lower limit is that of twice the tail."""
    value, low, high = (row[name] for name in names)
    options = {"limits": "effectsize"} if effect in OWN_LIMITS else {}
    estimate = effect(*test, level=0.9 if one_sided else 0.95, **options)
    ledger.add(estimate.value, value, row, least=1)
    ledger.add(estimate.ci.low, low, row, least=1)
    if not one_sided:
        ledger.add(estimate.ci.high, high, row, least=1)
    else:  # the largest there can be; JSON has no infinity
        assert high in (1.0, math.inf, None)


def test_every_row_of_f_to_es_is_that_of_effectsize(golden, ledger):
    rows = golden.rows("c_effectsize_ci/F_to_es.csv")
    assert len(rows) == 6 * 4 * 2
    for row in rows:
        effect = FROM_F[row["fun"].removeprefix("F_to_")]
        test = row["F"], row["df1"], row["df2"]
        one_sided = {"greater": True, "two.sided": False}[row["alternative"]]
        compare(ledger, effect, test, row, names=("est", "lb", "ub"), one_sided=one_sided)
    ledger.assert_settled(count=6 * 4 * (3 + 2), tolerance=EFFECTSIZE)


def test_every_one_way_table_is_that_of_effectsize(golden, ledger):
    wanted = golden.json("c_effectsize_ci/ref.json")["oneway"]
    f, df1, df2 = wanted["anova"][0]["F value"], wanted["anova"][0]["Df"], wanted["anova"][1]["Df"]
    # In a one-way design shares of the total ("full") are the partial ones.
    assert len(wanted["es"]) == len(TABLES) * 2 * 2
    for key, rows in wanted["es"].items():
        name, _, side = key.rsplit("_", 2)
        field, effect = TABLES[name]
        names = field, "CI_low", "CI_high"
        (row,) = rows
        compare(ledger, effect, (f, df1, df2), row, names=names, one_sided=side == "greater")
        ledger.add(effect(f, df1, df2).p, wanted["anova"][0]["Pr(>F)"], key)
    ledger.assert_settled(count=8 * (3 + 1) + 8 * (2 + 1), tolerance=EFFECTSIZE)


def test_every_table_of_a_mixed_design_that_f_alone_gives(golden, ledger):
    tests = {
        row["effect"]: (row["F"], row["num Df"], row["den Df"])
        for row in golden.json("d_anova/ref.json")["balanced"]["none"]
    }
    not_from_f = []
    for key, rows in golden.json("c_effectsize_ci/ref.json")["mixed"]["es"].items():
        name, kind, side = key.rsplit("_", 2)
        field, effect = TABLES[name]
        for row in rows:
            # Shares of the total need all sums of squares; the partial omega squared of a factor
            # within subjects needs the variance between subjects.
            within = "time" in row["Parameter"]
            if kind == "full" or (name == "omega_squared" and within):
                not_from_f.append((key, row["Parameter"]))
                continue
            names = f"{field}_partial", "CI_low", "CI_high"
            test = tests[row["Parameter"]]
            compare(ledger, effect, test, row, names=names, one_sided=side == "greater")
    assert len(not_from_f) == 4 * 2 * 3 + 2 * 2
    ledger.assert_settled(count=(3 * 3 + 1) * (3 + 2), tolerance=SEARCH)


def test_raw_values_give_the_one_way_tables(golden, ledger):
    wanted = golden.json("c_effectsize_ci/ref.json")["oneway"]["es"]
    rows = golden.rows("c_effectsize_ci/input_oneway.csv")
    rows = [{key.strip('"'): cell for key, cell in row.items()} for row in rows]
    names = dict.fromkeys(row["g"] for row in rows)
    arms = [ArmSummary.of(g, [row["y"] for row in rows if row["g"] == g]) for g in names]
    for estimate, (key, (field, effect)) in zip(
        variance_explained_of(arms), TABLES.items(), strict=True
    ):
        (row,) = wanted[f"{key}_partial_two.sided"]
        ledger.add(estimate.value, row[field], key)
        if effect not in OWN_LIMITS:
            ledger.add(estimate.ci.low, row["CI_low"], key)
            ledger.add(estimate.ci.high, row["CI_high"], key)
    ledger.assert_settled(count=4 + 2 * 2, tolerance=EFFECTSIZE)


def test_the_order_and_the_unit_of_the_arms_change_nothing():
    arms = [
        ArmSummary(arm=name, n=n, mean=mean, sd=sd)
        for name, n, mean, sd in (("a", 15, 6.1, 1.4), ("b", 14, 5.2, 1.2), ("c", 16, 4.3, 1.6))
    ]
    other = [
        ArmSummary(arm=x.arm, n=x.n, mean=32 + 1.8 * x.mean, sd=1.8 * x.sd) for x in arms[::-1]
    ]
    for one, two in zip(variance_explained_of(arms), variance_explained_of(other), strict=True):
        assert (one.value, *one.ci, one.p) == pytest.approx((two.value, *two.ci, two.p))
    assert "a, b, c" in variance_explained_of(arms).caption
    same = [ArmSummary(arm=x.arm, n=x.n, mean=5.0, sd=x.sd) for x in arms]
    assert [(e.value, e.ci.low) for e in variance_explained_of(same)] == [(0, 0)] * 4


def test_f_is_half_of_d_with_two_equal_groups():
    arms = [ArmSummary(arm=name, n=20, mean=mean, sd=2.0) for name, mean in (("a", 5), ("b", 4))]
    d = 0.5
    f = variance_explained_of(arms)[3]
    assert f.value == pytest.approx(d / 2 * math.sqrt(40 / 38))


def test_shares_of_the_one_way_tables(golden, ledger):
    for name, row in golden.json("e_summary/ref.json")["oneway"].items():
        for key, share in SHARES.items():
            estimate = share(row["F"], row["df1"], row["df2"])
            ledger.add(estimate.value, row[key], name)
            ledger.add(estimate.p, row["p"], name)
    ledger.assert_settled(count=2 * 3 * 3, tolerance=CLOSED)


def test_eta_squared_and_f_have_the_30_digit_limits(golden, ledger):
    for row in golden.json("c_effectsize_ci/exact_nc.json")["ncf"]:
        test, level = (row["F"], row["df1"], row["df2"]), row["conf"]
        ends = [(0, row["ncp_lb"], level), (1, row["ncp_ub"], level)]
        ends.append((0, row["ncp_lb_onesided"], 2 * level - 1))
        for end, text, coverage in ends:
            ncp = float(text)
            eta2, f2, f = (
                effect(*test, level=coverage).ci[end]
                for effect in (partial_eta_squared, cohens_f_squared, cohens_f)
            )
            ledger.add(eta2, ncp / (ncp + row["df2"]), row)
            ledger.add(f2, ncp / row["df2"], row)
            ledger.add(f, math.sqrt(ncp / row["df2"]), row)
    ledger.assert_settled(count=3 * 3 * 9, tolerance=EXACT)


def test_eta_squared_and_f_lead_to_one_another():
    for f in (0.0, 0.3, 12.3, 4000.0):
        eta2 = eta_squared_from_f(f, 2, 40)
        assert f_from_eta_squared(eta2, 2, 40) == pytest.approx(f, rel=1e-11)
        assert partial_eta_squared(f, 2, 40).value == eta2


def coverage(effect, share, df1, df2):
    """Return how often the limits hold a share of the population, without simulation."""
    ncp = (df1 + df2 + 1) * share / (1 - share)
    # Both limits grow with F, so that the F whose limits hold the share form one stretch.
    lowest = bisect(lambda f: effect(f, df1, df2).ci.high - share, 1e-9, 50, xtol=1e-9)
    highest = bisect(lambda f: effect(f, df1, df2).ci.low - share, 1e-9, 50, xtol=1e-9)
    return float(ncfdtr(df1, df2, ncp, highest) - ncfdtr(df1, df2, ncp, lowest))


@pytest.mark.parametrize("effect", sorted(OWN_LIMITS, key=lambda effect: effect.__name__))
@pytest.mark.parametrize(("df1", "df2"), [(1, 18), (2, 42), (3, 147)])
@pytest.mark.parametrize("share", [0.02, 0.06, 0.3])
def test_95_of_100_limits_hold_the_share_of_the_population(effect, df1, df2, share):
    assert coverage(effect, share, df1, df2) == pytest.approx(0.95, abs=1e-6)


def test_level_90_leaves_out_zero_exactly_when_p_is_below_5_percent():
    for f in (0.5, 2.0, 3.2, 3.26, 6.0):
        estimate = partial_eta_squared(f, 2, 36, level=0.9)
        assert (estimate.ci.low > 0) == (estimate.p < 0.05)


def test_limits_have_a_name_of_two():
    for effect in (partial_eta_squared, *sorted(OWN_LIMITS, key=lambda each: each.__name__)):
        exact = effect(12.3, 2, 40, limits="population")
        assert exact.ci == partial_omega_squared(12.3, 2, 40).ci
        assert exact.ci != effect(12.3, 2, 40, limits="effectsize").ci
        with pytest.raises(ValueError, match="'effectsize' or 'population', got 'exact'"):
            effect(12.3, 2, 40, limits="exact")


def test_a_small_f_has_no_negative_share_and_no_standard_error():
    estimate = partial_omega_squared(0.4, 3, 50)
    assert (estimate.value, estimate.ci.low) == (0, 0)
    assert estimate.ci.high > 0.01  # 54 subjects cannot show that there is nothing
    assert math.isnan(estimate.se)
    assert estimate.df == 50


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: eta_squared_from_f(-1.0, 1, 9), "F >= 0"),
        (lambda: f_from_eta_squared(1.0, 1, 9), "below 1, got 1.0"),
        (lambda: f_from_eta_squared(0.1, 0, 9), "finite df > 0"),
        (lambda: partial_eta_squared(math.nan, 1, 9), "finite F"),
        (lambda: cohens_f(-1.0, 1, 9), "F >= 0"),
        (lambda: variance_explained_of([]), "two arms or more"),
        (lambda: partial_eta_squared(2.0, 1, 9, level=90), "level=0.95"),
    ],
)
def test_what_is_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
