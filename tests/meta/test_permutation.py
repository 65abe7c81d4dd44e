"""Permutation of moderators against brute force, one order after another."""

import itertools
import json

import numpy as np
import pytest

import retrostats as rs
from retrostats.meta.regression.many import many_tau2
from retrostats.meta.regression.orders import count_orders, every_order, random_orders

from .golden_meta import columns, trials

EFFECTS = ((-0.9, 0.3), (-0.1, 0.2), (-0.8, 0.3), (-0.4, 0.4), (-0.3, 0.2), (-0.35, 0.25))
WEEKS = (12, 4, 6, 8, 3, 4)
ARMS = ("b", "a", "b", "a", "b", "b")
#: Below it two orders count as equal: ties of the observed order with itself and its twins.
TIES = 1e-8


def some(effects=EFFECTS):
    return [
        rs.Estimate.from_se(f"Trial {name}", *effect, unit="SD")
        for name, effect in zip("ABCDEF", effects, strict=False)
    ]


def brute_force(given, moderators, **options):
    """p of each coefficient and of all, from a public fit for each of the k! orders."""
    found = rs.meta_regression(given, moderators, **options)
    places = range(len(given))
    far, joint, count = np.zeros(len(found.columns.tested)), 0, 0
    statistics = [each.value / each.se for each in found.coefficients][1:]
    for order in itertools.permutations(places):
        moved = {name: [values[p] for p in order] for name, values in moderators.items()}
        fit = rs.meta_regression(given, moved, **options)
        ours = np.array([each.value / each.se for each in fit.coefficients])[1:]
        far += np.abs(ours) >= np.abs(statistics) * (1 - TIES)
        joint += fit.moderators.statistic >= found.moderators.statistic * (1 - TIES)
        count += 1
    return found, statistics, far / count, joint / count


@pytest.mark.parametrize("tau2", ["reml", "ml", "dl", "pm", "common"])
@pytest.mark.parametrize("test", ["z", "hksj", "hksj_adhoc"])
def test_every_order_of_four_trials(tau2, test):
    given, moderators = some()[:4], {"weeks": WEEKS[:4]}
    fit, statistics, p, joint = brute_force(given, moderators, tau2=tau2, test=test)
    found = rs.permutation_test(fit)
    assert (found.kind, found.orders, found.seed) == ("exact", 24, None)
    assert found.statistics == pytest.approx(statistics, rel=1e-8)
    assert found.p == tuple(p)
    assert found.joint_p == joint


def test_two_moderators_move_together():
    fit, statistics, p, joint = brute_force(some()[:5], {"weeks": WEEKS[:5], "arm": ARMS[:5]})
    found = rs.permutation_test(fit)
    assert found.orders == 120
    assert found.names == ("weeks", "arm[T.b]")
    assert found.statistics == pytest.approx(statistics, rel=1e-8)
    assert found.p == tuple(p)
    assert found.joint_p == joint
    assert "no moderator matters" in found.caveats[0]


def test_orders_that_are_the_same_count_once():
    fit, _, p, _ = brute_force(some()[:5], {"arm": ARMS[:5]})
    found = rs.permutation_test(fit)
    assert found.orders == 10
    assert found.p == pytest.approx(p)
    assert found.smallest == pytest.approx(1 / 10)
    assert "only 10 different orders" in found.caveats[0]


def test_orders_are_all_there_and_differ():
    codes = np.array([2, 0, 1, 0, 2])
    found = every_order(codes)
    assert {tuple(row) for row in found.tolist()} == set(itertools.permutations(codes.tolist()))
    assert len(found) == count_orders(codes) == 30


def test_p_is_uniform_under_every_order():
    """An exact test rejects at most its level, whichever order was the true one."""
    values = np.array(WEEKS[:4])
    p = [
        rs.permutation_test(rs.meta_regression(some()[:4], {"x": values[list(order)]})).p[0]
        for order in itertools.permutations(range(4))
    ]
    for level in np.arange(1, 25) / 24:
        assert np.mean(np.array(p) <= level + 1e-12) <= level + 1e-12
    assert len({round(each, 9) for each in p}) > 10


def test_drawn_orders_are_near_all_and_the_same_for_a_seed():
    fit = rs.meta_regression(some(), {"weeks": WEEKS})
    exact = rs.permutation_test(fit)
    drawn = rs.permutation_test(fit, replicates=200, seed=5)
    assert (exact.orders, drawn.orders, drawn.kind, drawn.seed) == (360, 200, "random", 5)
    # Three standard deviations of a share among 200.
    assert drawn.p[0] == pytest.approx(exact.p[0], abs=3 * 0.5 / 200**0.5)
    assert rs.permutation_test(fit, replicates=200, seed=5) == drawn
    one, two, again = (
        random_orders(np.arange(6), 200, np.random.default_rng(seed)) for seed in (5, 6, 5)
    )
    assert (one == again).all()
    assert not (one == two).all()
    assert (np.sort(two, axis=1) == np.arange(6)).all()
    assert rs.permutation_test(fit, replicates=360, seed=6) == exact


def test_two_workers_give_the_p_of_one(monkeypatch):
    monkeypatch.setattr("retrostats.meta.regression.drawn_orders.TOGETHER", 30)
    own = rs.meta_regression(some(), {"weeks": WEEKS}, tau2=lambda *_: 0.01)
    one, two, threads = (
        rs.permutation_test(own, replicates=99, seed=5, workers=workers)
        for workers in (1, 2, rs.Workers(count=2, backend="threads"))
    )
    assert one == two == threads
    rng = [np.random.default_rng(np.random.SeedSequence(5, spawn_key=(b,))) for b in range(4)]
    sizes = (30, 30, 30, 9)
    codes = np.array([4, 1, 2, 3, 0, 1])  # of the distinct numbers of weeks, in their order
    orders = np.concatenate(
        [random_orders(codes, size, each) for size, each in zip(sizes, rng, strict=True)]
    )
    weeks = np.unique(WEEKS)
    far = 0
    for order in orders:
        fit = rs.meta_regression(some(), {"weeks": weeks[order]}, tau2=lambda *_: 0.01)
        slope = fit.coefficients["weeks"]
        far += abs(slope.value / slope.se) >= abs(one.statistics[0]) * (1 - TIES)
    assert one.p == ((1 + far) / 100,)


def test_drawn_orders_count_the_one_found():
    (weeks,) = columns("bcg", "mod")
    far = [(0.1 * week, 0.05) for week in weeks]
    given = [rs.Estimate.from_se(f"T{i}", *each, unit="") for i, each in enumerate(far)]
    found = rs.permutation_test(
        rs.meta_regression(given, {"x": weeks}, test="hksj_adhoc"), replicates=99, seed=1
    )
    assert found.p == (found.joint_p,) == (1 / 100,) == (found.smallest,)


def test_the_vaccine_trials():
    (latitude,) = columns("bcg", "mod")
    fit = rs.meta_regression(trials("bcg"), {"mod": latitude})
    found = rs.permutation_test(fit, replicates=4999, seed=20)
    slope = fit.coefficients["mod"]
    assert found.statistics[0] == pytest.approx(slope.value / slope.se, rel=1e-10)
    # The t distribution is near what the orders say, and a little too sure.
    assert slope.p < found.p[0] < 0.02


def test_many_variances_are_those_of_single_fits():
    (latitude,) = columns("bcg", "mod")
    fit = rs.meta_regression(trials("bcg"), {"mod": latitude})
    x = fit.centred.x[random_orders(np.arange(13), 50, np.random.default_rng(3))]
    many = many_tau2(fit.y, fit.v, x, name="reml", estimator=fit.tau2_of)
    single = [fit.tau2_of(fit.y, fit.v, each) for each in x]
    assert many == pytest.approx(single, rel=1e-12)


def test_a_function_of_the_user_is_used_whatever_its_name():
    def reml(y, *_):
        return 0.01 * float(y @ y)

    fit, _, p, _ = brute_force(some()[:4], {"weeks": WEEKS[:4]}, tau2=reml)
    assert rs.permutation_test(fit).p == tuple(p)
    x = fit.centred.x[None]
    assert many_tau2(fit.y, fit.v, x, name="reml", estimator=reml) == [fit.tau2]


@pytest.mark.parametrize("factor", [1e-8, 1e8])
def test_another_unit_changes_nothing(factor):
    larger = [(value * factor, se * factor) for value, se in EFFECTS]
    one = rs.permutation_test(rs.meta_regression(some(), {"x": WEEKS}))
    two = rs.permutation_test(rs.meta_regression(some(larger), {"x": [w * factor for w in WEEKS]}))
    assert one.p == two.p


def test_refusals():
    (latitude,) = columns("bcg", "mod")
    fit = rs.meta_regression(trials("bcg"), {"mod": latitude})
    with pytest.raises(ValueError, match=r"different orders.*whole number as seed"):
        rs.permutation_test(fit)
    for seed in (1.5, -1, "a", True):
        with pytest.raises(ValueError, match=r"permutation_test: the seed must be a whole number"):
            rs.permutation_test(fit, seed=seed)
    with pytest.raises(ValueError, match="99 or more"):
        rs.permutation_test(fit, replicates=10, seed=1)
    with pytest.raises(TypeError, match="result of meta_regression"):
        rs.permutation_test(rs.pool(trials("bcg")))
    means = rs.meta_regression(some(), {"arm": ARMS}, formula="0 + arm")
    with pytest.raises(rs.FitError, match="has no intercept"):
        rs.permutation_test(means)

    def own(*given):
        return 0.1 if len(given) == 2 or given[2][0, 1] < 0 else -1.0

    weeks = (3, *WEEKS[1:])
    odd = rs.meta_regression(some(), {"weeks": weeks}, tau2=own)
    with pytest.raises(rs.FitError, match="for some orders"):
        rs.permutation_test(odd)


def test_plain_json_values():
    found = rs.permutation_test(rs.meta_regression(some(), {"weeks": WEEKS}))
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["coefficients"][0]["name"] == "weeks"
    assert (told["orders"], told["seed"]) == (360, None)
