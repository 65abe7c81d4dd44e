"""A trial's answer does not depend on its company, to the last bit; nor do repeated subjects."""

from __future__ import annotations

import numpy as np
import pytest

from retrostats.models.batch import fit as batch
from retrostats.models.batch.fit import fit_batch, is_batched

#: Sums over subjects in another order. Measured 2e-10, of df.
SAME = 1e-8


def answers(fits):
    return fits.estimate, fits.se, fits.df, fits.beta, fits.sigma, fits.loglik


def assert_identical(one, other):
    for mine, theirs in zip(answers(one), answers(other), strict=True):
        assert np.array_equal(mine, theirs, equal_nan=True)
    assert np.array_equal(one.reason, other.reason)


@pytest.mark.parametrize("covariance", ["us", "cs"])
@pytest.mark.parametrize("visits", [2, 3, 5])
def test_order_and_company_change_no_bit(visits, covariance, make_trials):
    trials = make_trials(31, count=41, n=30, visits=visits, leaves=0.3)
    together = fit_batch(*trials, covariance=covariance)
    order = np.random.default_rng(1).permutation(41)
    shuffled = fit_batch(*(a[order] for a in trials[:3]), trials.contrasts, covariance=covariance)
    back = np.argsort(order)
    for mine, theirs in zip(answers(shuffled), answers(together), strict=True):
        assert np.array_equal(mine[back], theirs, equal_nan=True)
    for place in range(0, 41, 5):
        own = slice(place, place + 1)
        alone = fit_batch(*(a[own] for a in trials[:3]), trials.contrasts, covariance=covariance)
        for mine, theirs in zip(answers(alone), answers(together), strict=True):
            assert np.array_equal(mine[0], theirs[place], equal_nan=True)


def test_blocks_change_no_bit(make_trials, monkeypatch):
    trials = make_trials(32, count=30)
    wanted = fit_batch(*trials)
    monkeypatch.setattr(batch, "CHUNK", 7)
    monkeypatch.setattr(batch, "BLOCK", 2)
    assert_identical(fit_batch(*trials), wanted)


def test_arrays_shared_by_all_trials(make_trials):
    trials = make_trials(33, count=4)
    shared = trials.columns[:1].repeat(4, axis=0)
    wanted = fit_batch(trials.y, trials.seen, shared, trials.contrasts)
    fits = fit_batch(trials.y, trials.seen, shared[0], trials.contrasts)
    assert_identical(fits, wanted)
    one = fit_batch(trials.y[0], trials.seen[0], shared[0], trials.contrasts)
    assert len(one) == 1
    assert np.array_equal(one.se[0], wanted.se[0])


def test_subjects_who_count_several_times_or_not_at_all(make_trials):
    trials = make_trials(34, count=1)
    y, seen, columns = (array[0] for array in trials[:3])
    rng = np.random.default_rng(2)
    times = np.concatenate(
        [1 - np.eye(len(y))[:12], rng.multinomial(len(y), np.full(len(y), 1 / len(y)), size=12)]
    )
    fits = fit_batch(y, seen, columns, trials.contrasts, multiplicity=times)
    assert not fits.failed.any()
    for place, own in enumerate(times.astype(int)):
        who = np.repeat(np.arange(len(y)), own)
        wanted = fit_batch(y[who], seen[who], columns[who], trials.contrasts)
        assert np.abs((fits.estimate[place] - wanted.estimate[0]) / wanted.se[0]).max() < SAME
        assert np.abs(fits.se[place] / wanted.se[0] - 1).max() < SAME
        assert np.abs(fits.df[place] / wanted.df[0] - 1).max() < SAME
        assert abs(fits.loglik[place] / wanted.loglik[0] - 1) < SAME


def test_a_resample_without_an_arm_fails_alone(make_trials):
    trials = make_trials(35, count=1)
    y, seen, columns = (array[0] for array in trials[:3])
    times = np.ones((3, len(y)))
    times[1, columns[:, 2] == 1] = 0
    fits = fit_batch(y, seen, columns, trials.contrasts, multiplicity=times)
    assert fits.failed.tolist() == [False, True, False]
    assert np.array_equal(fits.se[0], fits.se[2])


def test_no_trials_give_no_answers(make_trials):
    trials = make_trials(36, count=2)
    fits = fit_batch(*(array[:0] for array in trials[:3]), trials.contrasts)
    assert len(fits) == 0
    assert fits.se.shape == (0, 2)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"y": np.zeros((2, 5))}, "y must be of shape|numbers of trials|must be equal"),
        ({"seen": np.ones((2, 34, 3))}, "truth values"),
        ({"seen": np.ones((2, 33, 3), dtype=bool)}, "must be equal"),
        ({"columns": np.zeros((3, 34, 3))}, "numbers of trials differ: 2, 3"),
        ({"columns": np.zeros((33, 3))}, "33 subjects"),
        ({"contrasts": np.ones((1, 8))}, r"contrasts must be finite, of shape \(c, 9\)"),
        ({"contrasts": np.zeros((1, 9))}, "a contrast is zero"),
        ({"restriction": np.eye(8)}, r"of shape \(9, p\)"),
        ({"multiplicity": np.full((2, 34), 0.5)}, "whole numbers"),
        ({"multiplicity": np.ones((2, 33))}, r"shape \(trials, 34\)"),
        ({"covariance": "ar1"}, "not batched.*us, cs, toep"),
        ({"df": "CR2"}, "not batched"),
        ({"information": "seen"}, "observed or expected"),
    ],
)
def test_slips_are_named(change, told, make_trials):
    trials = make_trials(37, count=2)._asdict()
    with pytest.raises(ValueError, match=told):
        fit_batch(**{**trials, **change})


def test_what_is_batched():
    assert is_batched("toep", "satterthwaite")
    assert not is_batched("us", "between-within")
    assert not is_batched(object(), "kenward-roger")
