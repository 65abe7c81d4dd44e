import numpy as np
import pandas as pd
import pytest
from gaps import Ledger
from hypothesis import given, settings
from hypothesis import strategies as st
from pingouin import pairwise_gameshowell
from scipy.stats import tukey_hsd as scipy_tukey
from statsmodels.stats.multicomp import pairwise_tukeyhsd

import retrostats as rs
from retrostats.effects.post_hoc import games_howell, tukey_hsd
from retrostats.effects.summaries import ArmSummary
from retrostats.effects.two_group import mean_difference

#: R's ptukey and qtukey are good to about 1e-9 and 1e-8; measured 5e-8 (of 1), the limits.
R_TUKEY = 1e-7
#: Differences, standard errors and degrees of freedom; measured gap 3e-15.
PLAIN = 1e-10
#: Same quadrature as scipy, from means and SDs in place of values; measured gap 8e-15.
SAME = 1e-10

PROCEDURES = (tukey_hsd, games_howell)


def summaries(rows):
    return [ArmSummary(arm=r["arm"], n=r["n"], mean=r["mean"], sd=r["sd"]) for r in rows]


def raw(seed):
    generator = np.random.default_rng(seed)
    sizes, means, sds = (9, 14, 11, 7), (5.0, 4.2, 3.1, 5.5), (1.0, 1.7, 0.8, 2.4)
    return {
        name: generator.normal(mean, sd, size=n)
        for name, n, mean, sd in zip("abcd", sizes, means, sds, strict=True)
    }


@pytest.mark.parametrize(
    ("procedure", "p", "limits", "own"),
    [
        (tukey_hsd, "p_tukey", ("tukey_lb", "tukey_ub"), False),
        (games_howell, "p_gameshowell", ("gh_lb", "gh_ub"), True),
    ],
)
def test_all_pairs_are_those_of_r(golden, procedure, p, limits, own):
    plain, ranges = Ledger(), Ledger()
    for name, family in golden.json("e_summary/ref.json")["oneway"].items():
        arms = summaries(family["input"])
        table = procedure(arms)
        assert len(table) == len(family["pairwise"])
        for row in family["pairwise"]:
            ours = table[f"{row['b']} - {row['a']}"]  # R has earlier minus later
            where = (name, ours.label)
            plain.add(ours.value, -row["diff"], where)
            plain.add(ours.se, abs(row["diff"] / row["gh_t"]) if own else row["se"], where)
            plain.add(ours.df, row["gh_df"] if own else family["df2"], where)
            ranges.add(ours.p, row[p], where, least=1)
            ranges.add(ours.ci.low, -row[limits[1]], where, least=1)
            ranges.add(ours.ci.high, -row[limits[0]], where, least=1)
    plain.assert_settled(count=3 * (3 + 1 + 6), tolerance=PLAIN)
    ranges.assert_settled(count=3 * (3 + 1 + 6), tolerance=R_TUKEY)


def test_tukey_is_that_of_scipy_and_statsmodels_on_raw_values():
    data = raw(3)
    names = list(data)
    theirs = scipy_tukey(*data.values())
    limits = theirs.confidence_interval(0.9)
    table = tukey_hsd([ArmSummary.of(name, data[name]) for name in names], level=0.9)
    flat = np.concatenate(list(data.values()))
    groups = np.repeat(names, [len(values) for values in data.values()])
    other = pairwise_tukeyhsd(flat, groups, alpha=0.1)
    assert other.pvalues == pytest.approx([e.p for e in table], abs=1e-6)
    assert other.confint == pytest.approx(np.array([e.ci[:2] for e in table]), abs=1e-6)
    for estimate in table:
        later, earlier = (names.index(name) for name in estimate.label.split(" - "))
        assert estimate.value == pytest.approx(theirs.statistic[later, earlier], rel=SAME)
        assert estimate.p == pytest.approx(theirs.pvalue[later, earlier], abs=SAME)
        assert estimate.ci[:2] == pytest.approx(
            (limits.low[later, earlier], limits.high[later, earlier]), rel=SAME
        )


def test_games_howell_is_that_of_scipy_and_pingouin_on_raw_values():
    data = raw(4)
    table = games_howell([ArmSummary.of(name, values) for name, values in data.items()])
    theirs = scipy_tukey(*data.values(), equal_var=False)
    long = pd.DataFrame([(name, x) for name, values in data.items() for x in values])
    other = pairwise_gameshowell(long, dv=1, between=0).set_index(["A", "B"])
    names = list(data)
    for estimate in table:
        later, earlier = estimate.label.split(" - ")
        row = other.loc[(earlier, later)]
        assert (estimate.se, estimate.df) == pytest.approx((row["se"], row["df"]), rel=SAME)
        assert estimate.p == pytest.approx(row["pval"], abs=1e-8)
        pair = names.index(later), names.index(earlier)
        assert estimate.p == pytest.approx(theirs.pvalue[pair], abs=SAME)


@pytest.mark.parametrize(("procedure", "method"), [(tukey_hsd, "student"), (games_howell, "welch")])
def test_two_arms_are_one_t_test(procedure, method):
    a, b = (ArmSummary.of(name, values) for name, values in list(raw(5).items())[:2])
    (ours,) = procedure([a, b], unit="points")
    plain = mean_difference(b, a, method=method, unit="points")
    assert ours.label == plain.label
    assert (ours.value, ours.se, ours.df, *ours.ci, ours.p) == pytest.approx(
        (plain.value, plain.se, plain.df, *plain.ci, plain.p), rel=1e-9
    )


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_zero_is_left_out_exactly_when_p_is_small(procedure):
    seen = set()
    for seed in range(2):
        arms = [ArmSummary.of(name, values) for name, values in raw(seed).items()]
        for estimate in procedure(arms):
            encloses = estimate.ci.low <= 0 <= estimate.ci.high
            assert encloses == (estimate.p >= 0.05)
            seen.add(encloses)
    assert seen == {True, False}


ARMS = st.lists(
    st.tuples(st.integers(2, 30), st.integers(-20, 20), st.integers(1, 9)), min_size=3, max_size=3
)


@pytest.mark.parametrize("procedure", PROCEDURES)
@given(numbers=ARMS)
@settings(max_examples=3)
def test_the_order_and_the_unit_change_nothing_else(procedure, numbers):
    arms = [
        ArmSummary(arm=name, n=n, mean=mean, sd=sd)
        for name, (n, mean, sd) in zip("abc", numbers, strict=True)
    ]
    tens = [ArmSummary(arm=x.arm, n=x.n, mean=10 * x.mean, sd=10 * x.sd) for x in arms[::-1]]
    forth, back = procedure(arms), procedure(tens)
    assert [e.label for e in forth] == ["b - a", "c - a", "c - b"]
    for estimate in forth:
        later, earlier = estimate.label.split(" - ")
        turned = back[f"{earlier} - {later}"]
        assert turned.value == -10 * estimate.value
        assert turned.p == pytest.approx(estimate.p, abs=1e-11)
        assert turned.ci[:2] == pytest.approx(
            (-10 * estimate.ci.high, -10 * estimate.ci.low), rel=1e-9, abs=1e-9
        )


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_intervals_of_a_family_are_wider_than_those_of_one_pair(procedure):
    arms = [ArmSummary.of(name, values) for name, values in raw(1).items()]
    for estimate in procedure(arms):
        later, earlier = (next(x for x in arms if x.arm == n) for n in estimate.label.split(" - "))
        if procedure is games_howell:
            alone = mean_difference(later, earlier)
            assert estimate.ci.low < alone.ci.low < alone.ci.high < estimate.ci.high
            assert estimate.p > alone.p


@pytest.mark.parametrize(
    ("procedure", "name"), [(tukey_hsd, "Tukey's HSD"), (games_howell, "Games-Howell")]
)
def test_the_caption_names_the_procedure(procedure, name):
    arms = [ArmSummary.of(name, values) for name, values in raw(1).items()]
    table = procedure(arms, level=0.9, unit="s")
    assert name in table.caption
    assert "90% intervals" in table.caption
    assert {e.unit for e in table} == {"s"}
    assert all(isinstance(e.df, float) for e in table)
    assert name in repr(table)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_what_is_out_of_range_is_refused(procedure):
    a, b = ArmSummary(arm="a", n=5, mean=1, sd=1), ArmSummary(arm="b", n=5, mean=1, sd=1)
    with pytest.raises(ValueError, match="different names, got a, a"):
        procedure([a, a])
    with pytest.raises(ValueError, match="two or more arms"):
        procedure([a])
    with pytest.raises(ValueError, match=r"level=0\.95; got 95"):
        procedure([a, b], level=95)


def test_the_public_names_are_these():
    assert (rs.tukey_hsd, rs.games_howell) == (tukey_hsd, games_howell)
