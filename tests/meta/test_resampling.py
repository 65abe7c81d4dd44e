"""Bootstrap intervals and the sign-flip test of a pooled mean."""

import math
from itertools import product

import numpy as np
import pytest

import retrostats as rs
from retrostats.errors import FitError
from retrostats.meta.inference import TESTS
from retrostats.meta.tau.estimators import ESTIMATORS

from .golden_meta import reference, trials


def test_the_exact_p_is_that_of_metafor():
    golden = reference()["permutest"]
    compared = 0
    for wanted in np.atleast_1d(golden["k6_exact_p"]):
        assert rs.permutation_test_pooled(rs.pool(trials("k6"))).p == wanted
        compared += 1
    assert compared == len(golden) == 1


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("tau2", ["reml", "dl", "common"])
def test_the_exact_p_counts_every_pattern_of_signs(tau2, test):
    pooled = rs.pool(trials("k6")[:5], tau2=tau2, test=test)
    reached = []
    for signs in product((1, -1), repeat=5):
        flipped = [
            rs.Estimate.from_se(e.label, sign * e.value, e.se, unit=e.unit)
            for sign, e in zip(signs, pooled.trials, strict=True)
        ]
        mean = rs.pool(flipped, tau2=tau2, test=test).pooled
        reached.append(abs(mean.value / mean.se))
    found = rs.permutation_test_pooled(pooled)
    assert found.statistic == pytest.approx(pooled.pooled.value / pooled.pooled.se, rel=1e-12)
    assert found.p == np.mean(np.array(reached) >= reached[0] * (1 - 1e-9))
    assert (found.patterns, found.smallest, found.kind) == (32, 1 / 16, "exact")


def test_random_patterns_come_near_the_exact_p_and_count_the_observed_one():
    pooled = rs.pool(trials("k3"))
    exact = rs.permutation_test_pooled(pooled).p
    drawn = rs.permutation_test_pooled(pooled, replicates=4000, seed=1)
    assert abs(drawn.p - exact) < 4 * math.sqrt(exact * (1 - exact) / 4000)
    assert drawn.patterns == 4001
    assert drawn.p * 4001 == pytest.approx(round(drawn.p * 4001), abs=1e-6)
    assert drawn.p > 0
    assert drawn.smallest == 1 / 4001
    assert drawn.kind == "Monte Carlo"


def test_blocks_of_patterns_add_up(monkeypatch):
    pooled = rs.pool(trials("k6"))
    monkeypatch.setattr("retrostats.meta.many.permuting.BLOCK", 100)
    found = rs.permutation_test_pooled(pooled, replicates=250, seed=3)
    assert found.patterns == 251
    assert 0.005 < found.p < 0.09
    two = rs.Workers(count=2, backend="threads")
    assert rs.permutation_test_pooled(pooled, replicates=250, seed=3, workers=two) == found


@pytest.mark.parametrize("kind", ["parametric", "trials"])
def test_two_workers_give_the_bytes_of_one(kind, monkeypatch):
    monkeypatch.setattr("retrostats.meta.many.resampling.BLOCK", 50)
    monkeypatch.setattr("retrostats.meta.many.permuting.BLOCK", 50)
    pooled = rs.pool(trials("k6"), tau2=lambda y, _: float(np.var(y)))
    one, two, threads = (
        rs.bootstrap_pooled(pooled, seed=4, replicates=199, kind=kind, workers=workers)
        for workers in (1, 2, rs.Workers(count=2, backend="threads"))
    )
    for found in (two, threads):
        assert found.means.tobytes() == one.means.tobytes()
        assert found.tau2s.tobytes() == one.tau2s.tobytes()
        assert (found.mean, found.tau2) == (one.mean, one.tau2)
    assert len(np.unique(one.means)) > 120
    signs = [
        rs.permutation_test_pooled(pooled, seed=4, replicates=199, workers=workers)
        for workers in (1, 2)
    ]
    assert signs[0] == signs[1]


def test_a_pattern_without_a_standard_error_counts_as_more_extreme():
    # Flipping the third sign makes all estimates equal, and HKSJ's standard error 0; the others
    # have the statistic that was observed.
    three = [
        rs.Estimate.from_se(f"Trial {place}", value, 0.2, unit="SD")
        for place, value in enumerate((0.5, 0.5, -0.5))
    ]
    assert rs.permutation_test_pooled(rs.pool(three)).p == 1.0


def test_the_sentence_of_the_test():
    assert str(rs.permutation_test_pooled(rs.pool(trials("k6")))) == (
        "Sign-flip test of the mean (exact, 64 patterns): statistic -2.84, p = 0.031 "
        "(smallest possible 0.0312)"
    )


def test_more_trials_than_can_be_tried_are_refused():
    many = [
        rs.Estimate.from_se(f"Trial {i}", 0.1 * i - 1, 0.2 + 0.01 * i, unit="SD") for i in range(17)
    ]
    with pytest.raises(ValueError, match=r"17 trials have 2\^17 patterns.*replicates=9999"):
        rs.permutation_test_pooled(rs.pool(many))
    assert rs.permutation_test_pooled(rs.pool(many), replicates=99, seed=1).patterns == 100


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"replicates": 999}, "random patterns need a seed"),
        ({"seed": 1}, "a seed belongs to random patterns"),
        ({"replicates": 20, "seed": 1}, "at least 40 replicates"),
        ({"replicates": 999.0, "seed": 1}, "whole number of at least 40 replicates"),
        ({"replicates": 999, "seed": -1}, "whole number of 0 or more, got -1"),
        ({"replicates": 999, "seed": 1.5}, "whole number of 0 or more, got 1.5"),
        ({"replicates": True, "seed": 1}, "got True"),
    ],
)
def test_wrong_requests_of_patterns_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        rs.permutation_test_pooled(rs.pool(trials("k6")), **options)


def first_block(seed):
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))


@pytest.mark.parametrize("kind", ["parametric", "trials"])
def test_the_bootstrap_is_a_loop_over_pool(kind):
    pooled = rs.pool(trials("k6"), tau2="dl", level=0.8)
    found = rs.bootstrap_pooled(pooled, seed=4, replicates=99, kind=kind)
    rng, y, v = first_block(4), pooled.y, pooled.v
    if kind == "parametric":
        rows = pooled.pooled.value + rng.standard_normal((99, 6)) * np.sqrt(v + pooled.tau2)
        errors = np.tile(np.sqrt(v), (99, 1))
    else:
        places = rng.integers(0, 6, (99, 6))
        rows, errors = y[places], np.sqrt(v)[places]
    means, ses, tau2s = [], [], []
    for values, se in zip(rows, errors, strict=True):
        drawn = [
            rs.Estimate.from_se(f"draw {i}", a, b, unit="SD")
            for i, (a, b) in enumerate(zip(values, se, strict=True))
        ]
        again = rs.pool(drawn, tau2="dl", test="hksj" if kind == "parametric" else "z")
        means.append(again.pooled.value)
        ses.append(again.pooled.se)
        tau2s.append(again.tau2)
    np.testing.assert_allclose(found.means, means, rtol=1e-11)
    np.testing.assert_allclose(found.tau2s, tau2s, rtol=1e-10, atol=1e-14)
    # With 99 replicates the 10% and 90% points are the 10th and 90th, the 80% point the 80th.
    assert found.tau2[:2] == pytest.approx((sorted(tau2s)[9], sorted(tau2s)[89]), rel=1e-9)
    if kind == "parametric":
        pivots = sorted(abs(np.array(means) - pooled.pooled.value) / ses)
        margin = pivots[79] * pooled.pooled.se
        wanted = (pooled.pooled.value - margin, pooled.pooled.value + margin)
    else:
        wanted = (sorted(means)[9], sorted(means)[89])
    assert found.mean[:2] == pytest.approx(wanted, rel=1e-9)
    assert found.mean.level == found.tau2.level == 0.8
    assert (found.failures, found.replicates, found.kind, found.seed) == (0, 99, kind, 4)


def test_a_common_effect_of_known_variances_has_the_normal_interval():
    pooled = rs.pool(trials("bcg"), tau2="common", test="z")
    found = rs.bootstrap_pooled(pooled, seed=5, replicates=50_000)
    assert found.mean.low == pytest.approx(pooled.pooled.ci.low, rel=0.01)
    assert found.mean.high == pytest.approx(pooled.pooled.ci.high, rel=0.01)
    assert found.tau2[:2] == (0, 0)


def test_the_same_seed_gives_the_same_digits_and_another_does_not():
    pooled = rs.pool(trials("k3"))
    first, again, other = (rs.bootstrap_pooled(pooled, seed=s, replicates=199) for s in (1, 1, 2))
    assert first.mean == again.mean
    assert (first.tau2s == again.tau2s).all()
    assert first.mean != other.mean


def test_replicates_cannot_be_written_over():
    found = rs.bootstrap_pooled(rs.pool(trials("k3")), seed=1, replicates=99)
    with pytest.raises(ValueError, match="read-only"):
        found.means[0] = 1


def test_an_estimator_without_an_answer_is_counted_or_refused():
    def rarely(y, v, bad=0.2):
        return math.nan if y[0] > bad else ESTIMATORS["dl"](y, v)

    pooled = rs.pool(trials("k3"), tau2=rarely)
    found = rs.bootstrap_pooled(pooled, seed=1, replicates=499)
    assert 0 < found.failures < 50
    assert len(found.means) == 499 - found.failures
    assert f"{found.failures} of them without an answer" in str(found)

    def mostly(y, v):
        return rarely(y, v, bad=-0.89)

    with pytest.raises(FitError, match=r"of 499 replicates have no answer"):
        rs.bootstrap_pooled(rs.pool(trials("k3"), tau2=mostly), seed=1, replicates=499)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "cases"}, "kind must be 'parametric' or 'trials', got 'cases'"),
        ({"level": 0}, "the level must lie between 0 and 1, as in level=0.95; got 0"),
        ({"replicates": 39}, "at least 40 replicates"),
        ({"level": 0.999, "replicates": 999}, "at least 2000 replicates"),
        ({"seed": "1"}, "whole number of 0 or more, got '1'"),
    ],
)
def test_wrong_requests_of_resamples_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        rs.bootstrap_pooled(rs.pool(trials("k6")), **({"seed": 1} | options))
