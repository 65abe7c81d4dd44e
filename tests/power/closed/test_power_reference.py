"""Closed forms against R, pwr, PowerTOST and the tables of Lu, Luo and Chen."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from gaps import Ledger

import retrostats as rs
from retrostats.power.closed.chances import f_chance, t_tails
from retrostats.power.closed.proportions import proportion_tails
from retrostats.power.closed.retention import retention_factor
from retrostats.power.closed.visits import correlation_matrix

GOLDEN = Path(__file__).parents[2] / "golden" / "effects" / "g_misc" / "ref.json"
#: Powers by pt, whose series stops at 1e-12; measured gap 7e-13.
POWER = 1e-11
#: Sizes by uniroot with tol 1e-12; measured gap 2e-12.
SIZE = 1e-10
#: pwr.anova.test leaves uniroot at its default tolerance of 1.2e-4; measured gap 8e-8.
PWR_ANOVA = 1e-6
#: R's noncentral pf stops at 1e-9; measured gap 5e-10.
PF = 1e-9
#: PowerTOST prints six or seven decimals.
PRINTED = 5e-7
#: The factors are rational arithmetic, printed to 15 digits; measured gap 5e-15.
FACTOR = 1e-13


@pytest.fixture(scope="module")
def power():
    return json.loads(GOLDEN.read_text(encoding="utf-8"))["power"]


def test_powers_of_t_tests(power):
    ledger = Ledger()
    for row in power["t2"]:
        found = rs.power_two_groups(difference=row["d"], sd=1, n=row["n"])
        ledger.add(found.power, row["power"], row)
        towards, _ = t_tails(row["d"] * math.sqrt(row["n"] / 2), 2 * row["n"] - 2, 0.95)
        ledger.add(towards, row["power_nonstrict"], row)
        assert found.power > row["power_nonstrict"]
    ledger.assert_settled(count=6, tolerance=POWER)


def test_sizes_of_t_tests_and_proportions(power):
    ledger = Ledger()
    for row in power["n_for"]:
        for share, name in ((0.9, "n90"), (0.8, "n80")):
            found = rs.power_two_groups(difference=row["d"], sd=1, power=share)
            ledger.add(found.n_exact, row[name], row)
            assert found.n == (math.ceil(row[name]),) * 2
    for row in power["paired"]:
        found = rs.power_paired(difference=row["d"], sd=1, power=0.8)
        ledger.add(found.n_exact, row["n80"], row)
    # Fleiss counts one tail only.
    row = power["prop"]
    arms = (row["n80"], row["n80"])
    ledger.add(proportion_tails(row["p1"], row["p2"] - row["p1"], arms, 0.95)[0], 0.8, row)
    ledger.assert_settled(count=11, tolerance=SIZE)
    both = rs.power_proportions(comparator=row["p1"], difference=row["p2"] - row["p1"], power=0.8)
    assert 0 < row["n80"] - both.n_exact < 1e-3
    assert both.n == (61, 61)


def test_size_of_an_anova(power):
    row = power["anova"]
    found = rs.power_anova(groups=row["k"], difference=row["f"], power=0.8)
    assert found.n_exact == pytest.approx(row["n80"], rel=PWR_ANOVA)
    assert found.n == (53, 53, 53)
    # R's own power.anova.test of four groups of 20.
    assert f_chance(3 * 20 * 1 / 9, 3, 76, 0.95) == pytest.approx(0.5426548820647924, abs=PF)


@pytest.mark.parametrize(
    ("difference", "share", "level", "wanted"),
    [
        (0.01, 0.9, 0.95, 210149.34856318805),
        (0.002, 0.8, 0.95, 3924431.2150280438),
        (2, 0.95, 0.99, 10.710970849041349),
    ],
)
def test_small_and_very_large_trials(difference, share, level, wanted):
    found = rs.power_two_groups(difference=difference, sd=1, power=share, level=level)
    assert found.n_exact == pytest.approx(wanted, rel=SIZE)


def test_a_million_per_arm():
    found = rs.power_two_groups(difference=0.003, sd=1, n=10**6)
    assert found.power == pytest.approx(0.56411562441367535, rel=POWER)


def test_equivalence_as_powertost_has_it():
    ratio, margin = math.log(0.95), math.log(1.25)
    found = rs.power_two_groups(
        difference=ratio,
        sd=math.sqrt(math.log(1 + 0.35**2)),
        n=(52, 49),
        goal="equivalence",
        margin=margin,
        level=0.90,
    )
    assert found.power == pytest.approx(0.8011186, abs=PRINTED)
    for cv, true, margin, n, wanted in (
        (0.20, 0.95, math.log(1.25), 20, 0.834680),
        (0.125, 0.975, -math.log(0.9), 32, 0.800218),
    ):
        found = rs.power_crossover(
            difference=math.log(true),
            sd=math.sqrt(math.log(1 + cv**2)),
            power=0.8,
            goal="equivalence",
            margin=margin,
            level=0.90,
        )
        assert found.total == n
        assert found.power == pytest.approx(wanted, abs=PRINTED)


#: Table 2 of Lu, Luo and Chen (2008) to 15 digits, as the tests of R's longpower hold it:
#: rows by visits (2, 4) and by dropout (0.1 to 0.4), columns by the correlation of the ends.
TABLE = """
1.11111111111111 1.11 1.10111111111111 1.08333333333333 1.05666666666667 1.02111111111111
1.25 1.2475 1.2275 1.1875 1.1275 1.0475
1.42857142857143 1.42428571428571 1.39 1.32142857142857 1.21857142857143 1.08142857142857
1.66666666666667 1.66 1.60666666666667 1.5 1.34 1.12666666666667
1.11111111111111 1.10050206679506 1.08280448732802 1.06283003239702 1.03996686151349 1.01408550239776
1.25 1.2247445108099 1.18392908471514 1.13886229048648 1.08796962333115 1.03089517940421
1.42857142857143 1.38254161826624 1.31065330422472 1.23318260782795 1.14702199890211 1.0514263712482
1.66666666666667 1.59010470647863 1.47488822527398 1.35405269950478 1.221989488974 1.07728040119987
"""  # noqa: E501


def test_the_factors_of_lu_luo_and_chen():
    ledger = Ledger()
    rows = iter(TABLE.split("\n")[1:-1])
    for visits in (2, 4):
        for gone in (0.1, 0.2, 0.3, 0.4):
            for ends, wanted in zip((0, 0.1, 0.3, 0.5, 0.7, 0.9), next(rows).split(), strict=True):
                sigma = correlation_matrix(ends ** (1 / (visits - 1)), "ar1", visits)
                found = retention_factor(sigma, np.linspace(1, 1 - gone, visits))
                ledger.add(found, wanted, (visits, gone, ends))
    ledger.assert_settled(count=48, tolerance=FACTOR)


def test_the_sizes_of_lu_luo_and_chen():
    # Their first example: four visits, correlation 0.25, 30% gone, difference 0.5; both tails.
    found = rs.power_mmrm(
        visits=4,
        sd=1,
        correlation=0.25,
        dropout=(0, 0.1, 0.2, 0.3),
        difference=0.5,
        power=0.8,
        df="normal",
    )
    sigma = correlation_matrix(0.25, "cs", 4)
    factor = retention_factor(sigma, np.array([1, 0.9, 0.8, 0.7]))
    by_hand = 2 * factor * (1.959963984540054 + 0.8416212335729143) ** 2 / 0.5**2
    assert found.n_exact == pytest.approx(by_hand, rel=1e-5)
    assert found.total == 174
