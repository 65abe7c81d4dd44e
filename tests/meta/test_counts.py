"""Mantel-Haenszel and Peto, against metafor on the BCG trials and against definitions."""

import json
import math
from itertools import product

import numpy as np
import pytest

import retrostats as rs
from retrostats.errors import DataError

from .golden_meta import columns, gap, gap_of, reference

#: Closed forms on both sides; 5e-15 measured.
CLOSED = 1e-10
#: Counts of Colditz et al. (1994), JAMA 271, 698-702: with and without tuberculosis among the
#: vaccinated, then among the others.
BCG = (
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
    (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892),
    (29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
)  # fmt: skip
MEASURE = {"RR": "risk ratio", "OR": "odds ratio", "RD": "risk difference"}


def trials(tables):
    return [
        rs.TrialCounts.of(f"trial {place}", a, a + b, c, c + d)
        for place, (a, b, c, d) in enumerate(tables, 1)
    ]


def test_the_counts_are_those_behind_the_log_risk_ratios():
    y, v = columns("bcg", "yi", "vi")
    for (a, b, c, d), value, variance in zip(BCG, y, v, strict=True):
        found = rs.risk_ratio(a, a + b, c, c + d).log
        assert gap(found.value, value) < CLOSED
        assert gap(found.se**2, variance) < CLOSED


def test_mantel_haenszel_agrees_with_metafor():
    compared = 0
    for wanted in reference()["mh"]:
        found = rs.pool_mantel_haenszel(trials(BCG), measure=MEASURE[wanted["measure"]])
        got = {
            "b": found.pooled.value,
            "se": found.pooled.se,
            "ci.lb": found.pooled.ci.low,
            "ci.ub": found.pooled.ci.high,
            "QE": found.q.statistic,
            "QEp": found.q.p,
            "I2": 100 * found.i2,
            "H2": found.h2,
        }
        assert set(got) == set(wanted) - {"measure"}
        for name, value in got.items():
            assert gap_of(name, value, wanted[name]) < CLOSED, (wanted["measure"], name)
            compared += 1
    assert compared == 24


def test_peto_agrees_with_metafor():
    wanted, found = reference()["peto"], rs.pool_peto(trials(BCG))
    got = {"b": found.pooled.value, "se": found.pooled.se, "QE": found.q.statistic}
    assert set(got) == set(wanted)
    assert max(gap(got[name], wanted[name]) for name in got) < CLOSED


@pytest.mark.parametrize("measure", MEASURE.values())
def test_swapping_the_arms_turns_the_effect_around(measure):
    tables = ((4, 16, 9, 12), (1, 30, 5, 25), (7, 9, 6, 11))
    there = rs.pool_mantel_haenszel(trials(tables), measure=measure)
    back = rs.pool_mantel_haenszel(trials([(c, d, a, b) for a, b, c, d in tables]), measure=measure)
    assert there.pooled.value == pytest.approx(-back.pooled.value, rel=1e-12)
    assert there.pooled.se == pytest.approx(back.pooled.se, rel=1e-12)
    assert there.q.statistic == pytest.approx(back.q.statistic, rel=1e-9)


@pytest.mark.parametrize("measure", MEASURE.values())
def test_equal_tables_give_the_effect_of_one(measure):
    a, b, c, d = 6, 14, 11, 10
    alone = {
        "risk ratio": rs.risk_ratio(a, a + b, c, c + d).log.value,
        "odds ratio": rs.odds_ratio(a, a + b, c, c + d).log.value,
        "risk difference": rs.risk_difference(a, a + b, c, c + d).value,
    }[measure]
    found = rs.pool_mantel_haenszel(trials([(a, b, c, d)] * 3), measure=measure)
    assert found.pooled.value == pytest.approx(alone, rel=1e-12)
    assert found.q.statistic == pytest.approx(0, abs=1e-12)
    assert found.i2 == 0


def coverage(measure, truth, seed):
    """Share of 1,500 sets of five small trials whose interval holds the truth."""
    rng = np.random.default_rng(seed)
    n1, n2 = np.array([18, 25, 40, 12, 30]), np.array([20, 22, 41, 13, 28])
    p2 = np.array([0.3, 0.4, 0.25, 0.5, 0.35])
    odds = p2 / (1 - p2) * math.exp(truth)
    p1 = {
        "risk ratio": p2 * math.exp(truth),
        "odds ratio": odds / (1 + odds),
        "risk difference": p2 + truth,
    }[measure]
    held = 0
    for a, c in zip(rng.binomial(n1, p1, (1500, 5)), rng.binomial(n2, p2, (1500, 5)), strict=True):
        found = rs.pool_mantel_haenszel(
            trials(np.column_stack([a, n1 - a, c, n2 - c]).tolist()), measure=measure
        )
        low, high, _ = found.pooled.ci
        held += low <= truth <= high
    return held / 1500


@pytest.mark.parametrize(
    ("measure", "truth"),
    [("risk ratio", -0.3), ("odds ratio", -0.6), ("risk difference", 0.12)],
)
def test_intervals_hold_the_truth_in_small_trials(measure, truth):
    # Four Monte Carlo standard errors of 95% are 2.3 points.
    assert 0.925 < coverage(measure, truth, 7) < 0.975


def test_a_trial_without_events_changes_no_ratio_and_is_named():
    some = trials([(2, 22, 6, 17), (1, 15, 3, 13)])
    empty = rs.TrialCounts.of("quiet", 0, 20, 0, 22)
    with_it = rs.pool_mantel_haenszel([*some, empty])
    without = rs.pool_mantel_haenszel(some)
    assert with_it.pooled == without.pooled
    assert with_it.q == without.q
    assert with_it.caveats == (
        "Both arms of quiet have no events, or nothing else: no ratio follows.",
    )
    assert rs.pool_peto([*some, empty]).pooled == rs.pool_peto(some).pooled
    difference = rs.pool_mantel_haenszel([*some, empty], measure="risk difference")
    assert (
        abs(difference.pooled.value)
        < abs(rs.pool_mantel_haenszel(some, measure="risk difference").pooled.value)
    )  # fmt: skip
    assert "quiet" in difference.caveats[0]


def test_halves_are_added_for_the_test_only():
    counts = trials([(0, 16, 2, 14), (2, 22, 6, 17)])
    found = rs.pool_mantel_haenszel(counts)
    r = 0 * 16 / 32 + 2 * 23 / 47
    s = 2 * 16 / 32 + 6 * 24 / 47
    assert found.pooled.value == pytest.approx(math.log(r / s), rel=1e-12)
    assert "0.5 was added to each cell of trial 1" in found.caveats[0]
    assert rs.pool_peto(counts).caveats == ()


def test_peto_is_the_score_test():
    a, b, c, d = 3, 17, 8, 11
    found = rs.pool_peto(trials([(a, b, c, d), (a, b, c, d)]))
    n = a + b + c + d
    excess = a - (a + b) * (a + c) / n
    variance = (a + b) * (c + d) * (a + c) * (b + d) / (n**2 * (n - 1))
    assert found.pooled.value == pytest.approx(excess / variance, rel=1e-12)
    assert found.pooled.se == pytest.approx(1 / math.sqrt(2 * variance), rel=1e-12)


@pytest.mark.parametrize("tables", [[(0, 9, 0, 8), (0, 5, 0, 6)], [(9, 0, 8, 0), (5, 0, 6, 0)]])
def test_no_ratio_is_an_error_that_says_so(tables):
    for measure in ("risk ratio", "odds ratio"):
        if measure == "risk ratio" and tables[0][0]:
            continue
        with pytest.raises(DataError, match=f"there is no {measure}: over all trials"):
            rs.pool_mantel_haenszel(trials(tables), measure=measure)
    with pytest.raises(DataError, match="nobody had the event, or everybody"):
        rs.pool_peto(trials(tables))


def test_everybody_with_the_event_leaves_no_risk_ratio_to_estimate():
    with pytest.raises(DataError, match="there is no risk ratio"):
        rs.pool_mantel_haenszel(trials([(9, 0, 8, 0), (5, 0, 6, 0)]))


def test_a_trial_that_comes_twice_is_refused_by_name():
    one = rs.TrialCounts.of("Retro  2020", 2, 20, 5, 20)
    same = rs.TrialCounts.of("retro 2020", 1, 20, 5, 20)
    for pool in (rs.pool_mantel_haenszel, rs.pool_peto):
        with pytest.raises(DataError, match="'retro 2020' comes more than once"):
            pool([one, same])
        with pytest.raises(DataError, match="1 trial, and two or more are needed"):
            pool([one])
        with pytest.raises(TypeError, match="expected TrialCounts, got tuple"):
            pool([(1, 2, 3, 4), (1, 2, 3, 4)])


@pytest.mark.parametrize(
    "counts", [(5, 4, 1, 9), (-1, 4, 1, 9), (1.5, 4, 1, 9), (1, 0, 1, 9), (1, 4, math.nan, 9)]
)
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match=r"A, (treated|control): .* is impossible"):
        rs.TrialCounts.of("A", *counts)


def test_counts_of_numpy_become_plain_numbers_for_json():
    tables = np.array([(3, 20, 8, 19), (1, 15, 3, 16)])
    counts = [rs.TrialCounts.of(f"t{i}", *row) for i, row in enumerate(tables)]
    text = json.dumps(rs.pool_peto(counts).to_dict())
    assert json.loads(text)["trials"][0]["events_treated"] == 3


def test_random_small_tables_give_an_answer_or_a_reason():
    rng = np.random.default_rng(3)
    answers = 0
    for sizes in rng.integers(1, 6, (300, 2, 2)).tolist():
        counts = [
            rs.TrialCounts.of(f"t{i}", rng.integers(0, n1 + 1), n1, rng.integers(0, n2 + 1), n2)
            for i, (n1, n2) in enumerate(sizes)
        ]
        for measure, method in product(MEASURE.values(), ("mh", "peto")):
            try:
                found = (
                    rs.pool_peto(counts)
                    if method == "peto"
                    else rs.pool_mantel_haenszel(counts, measure=measure)
                )
            except DataError:
                continue
            answers += 1
            assert found.pooled.se > 0
            assert "nan" not in str(found)
    assert answers > 1000
