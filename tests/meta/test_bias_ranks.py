"""The rank correlation test and fail-safe numbers, against metafor and by counting."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import kendalltau

import retrostats as rs
from retrostats.meta.bias.rank import concordance, deviates, exact_p, normal_p

from .golden_meta import SETS, gap, reference, trials

#: Ratios of whole numbers with 15 digits in the reference; measured gap 2e-16.
COUNTED = 1e-12
#: Normal tails below 1e-5, relative to themselves; measured gap 4e-14.
TAILS = 1e-10


def made(values, errors, unit="points"):
    return rs.pool(
        [
            rs.Estimate.from_se(f"Trial {place}", value, se, unit=unit)
            for place, (value, se) in enumerate(zip(values, errors, strict=True), 1)
        ],
        test="z",
    )


def test_tau_and_p_are_those_of_metafor():
    compared = 0
    for name in SETS:
        wanted = reference()["diag"][name].get("ranktest")
        if wanted is None:
            assert name == "k2"
            continue
        test = rs.rank_correlation_test(rs.pool(trials(name)))
        assert gap(test.tau, wanted["tau"]) < COUNTED, name
        assert gap(test.p, wanted["pval"]) < COUNTED, name
        assert test.method == "exact"
        compared += 2
    assert compared == 10


@pytest.mark.parametrize("k", [3, 4, 5, 6, 7])
def test_p_counts_all_orders(k):
    first = np.arange(k)
    scores = [concordance(first, np.array(order)) for order in itertools.permutations(first)]
    for score in set(scores):
        low = np.mean([each <= score for each in scores])
        high = np.mean([each >= score for each in scores])
        assert exact_p(score, k) == pytest.approx(min(1.0, 2 * min(low, high)), rel=1e-12)


@pytest.mark.parametrize("k", [9, 30, 120])
def test_p_is_that_of_scipy_where_there_are_no_ties(k):
    generator = np.random.default_rng(k)
    x, z = generator.permutation(k), generator.permutation(k)
    score = concordance(x, z)
    assert exact_p(score, k) == pytest.approx(kendalltau(x, z, method="exact").pvalue, rel=1e-9)


def test_ties_take_the_normal_approximation_without_continuity():
    values, errors = [-0.9, -0.2, -0.4, -0.6, -0.1, -0.8], [0.3, 0.2, 0.3, 0.4, 0.2, 0.5]
    test = rs.rank_correlation_test(made(values, errors))
    y, v = np.array(values), np.array(errors) ** 2
    w = 1 / v
    star = (y - w @ y / w.sum()) / np.sqrt(v - 1 / w.sum())
    tau, p = kendalltau(star, v, method="asymptotic")
    assert test.method == "normal"
    assert test.tau == pytest.approx(tau, rel=1e-12)
    assert test.p == pytest.approx(p, rel=1e-12)
    assert test.caveats[-1] == "some trials tie: p is approximate"
    x, z = np.array([0.0, 1, 1, 2, 2]), np.array([0.0, 0, 1, 1, 2])
    assert normal_p(concordance(x, z), x, z) == pytest.approx(
        kendalltau(x, z, method="asymptotic").pvalue, rel=1e-12
    )


def test_rounding_makes_no_ranks():
    with pytest.raises(rs.DataError, match="all trials have the same effect"):
        rs.rank_correlation_test(made([0.1 + 0.2, 0.3, 0.3, 0.3], [0.3, 0.2, 0.4, 0.5]))
    with pytest.raises(rs.DataError, match="sampling variance is the same"):
        rs.rank_correlation_test(made([0.1, 0.3, 0.5], [0.1 + 0.2, 0.3, 0.3]))
    with pytest.raises(rs.DataError, match="2 trials are pooled"):
        rs.rank_correlation_test(made([0.1, 0.3], [0.2, 0.3]))


def test_a_huge_trial_and_another_unit_change_no_rank():
    values = np.array([-0.9, -0.2, -0.4, -0.6, -0.3])
    errors = np.array([0.3, 0.25, 0.28, 0.4, 1e-6])
    test = rs.rank_correlation_test(made(values, errors))
    assert test.method == "exact"
    for factor in (1e-8, 1e8, -7.0):
        other = rs.rank_correlation_test(made(values * factor, errors * abs(factor)))
        assert other.tau == pytest.approx(math.copysign(1, factor) * test.tau, rel=1e-12)
        assert other.p == test.p


def test_deviates_are_exact_beside_a_huge_trial():
    y, errors = np.array([-0.9, -0.2, -0.4, 0.3]), np.array([0.3, 0.25, 0.28, 1e-7])
    v = errors**2
    values, w = [Fraction(each) for each in y], [1 / Fraction(each) for each in v]
    total = sum(w)
    mean = sum(a * b for a, b in zip(w, values, strict=True)) / total
    exact = [
        float(value - mean) / math.sqrt(1 / weight - 1 / total)
        for value, weight in zip(values, w, strict=True)
    ]
    ours, noise = deviates(y, v)
    assert ours == pytest.approx(exact, rel=1e-13)
    assert np.all(noise < 1e-11 * (1 + np.abs(ours)))
    by_subtraction = (y - (y / v).sum() / (1 / v).sum()) / np.sqrt(v - 1 / (1 / v).sum() + 1e-300)
    assert abs(by_subtraction[3] / exact[3] - 1) > 1e-6


def test_fail_safe_numbers_are_those_of_metafor():
    compared = 0
    for name in SETS:
        pooled = rs.pool(trials(name))
        for wanted in reference()["diag"][name]["fsn"]:
            result = rs.fail_safe_n(pooled, kind=wanted["type"].lower(), alpha=wanted["alpha"])
            assert result.count == wanted["fsnum"], (name, wanted)
            if wanted["pval"] is None:
                assert math.isnan(result.p)
            else:
                assert result.p == pytest.approx(wanted["pval"], rel=TAILS)
            compared += 1
    assert compared == 6 * 3


def test_a_fail_safe_number_does_what_it_says():
    pooled = rs.pool(trials("k6"))
    rosenthal = rs.fail_safe_n(pooled).count
    z = abs(np.sum(pooled.y / np.sqrt(pooled.v)))
    reach = 1.6448536269514722
    assert z / math.sqrt(6 + rosenthal) <= reach < z / math.sqrt(6 + rosenthal - 1)
    orwin = rs.fail_safe_n(pooled, kind="orwin", target=0.1).count
    size = abs(pooled.y.sum())
    assert size / (6 + orwin) <= 0.1 < size / (6 + orwin - 1)
    assert rs.fail_safe_n(pooled, kind="orwin").count == 6
    assert rs.fail_safe_n(made([0.1, -0.1, 0.05], [0.5, 0.5, 0.4])).count == 0
    assert rs.fail_safe_n(made([0.1, -0.1, 0.05], [0.5, 0.5, 0.4]), kind="rosenberg").count == 0


def test_slips_with_fail_safe_numbers_are_refused():
    pooled = rs.pool(trials("k6"))
    with pytest.raises(ValueError, match="kind must be one of rosenthal, orwin, rosenberg"):
        rs.fail_safe_n(pooled, kind="Rosenthal")
    with pytest.raises(ValueError, match="alpha must lie between 0 and 1, got 5"):
        rs.fail_safe_n(pooled, alpha=5)
    with pytest.raises(ValueError, match="a target belongs to kind='orwin'"):
        rs.fail_safe_n(pooled, target=0.1)
    for target in (0.0, -0.2, 5.0):
        with pytest.raises(ValueError, match="target must be above 0 and at most the size"):
            rs.fail_safe_n(pooled, kind="orwin", target=target)
    with pytest.raises(rs.DataError, match="the mean effect is 0"):
        rs.fail_safe_n(made([0.3, -0.3], [0.5, 0.5]), kind="orwin")


def test_sentences_say_what_was_counted():
    pooled = rs.pool(trials("k3"))
    assert str(rs.rank_correlation_test(pooled)).startswith(
        "Rank correlation of effects with their variances (3 trials): Kendall's tau -1.000, "
        "p = 0.333 (exact). Caveats: 3 trials: with fewer than 10 "
    )
    assert str(rs.fail_safe_n(pooled)).startswith(
        "Fail-safe N of Rosenthal (3 trials): 6 unseen trials without effect would raise p to "
        "0.05. Caveat: fail-safe numbers are no longer recommended"
    )
    orwin = rs.fail_safe_n(pooled, kind="orwin")
    assert "3 unseen trials without effect would bring the mean effect to 0.242" in str(orwin)
    assert orwin.to_dict()["p"] is None
