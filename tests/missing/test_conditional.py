"""Estimates from conditional means: by formulas, against the MMRM, and resampled one by one."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import retrostats as rs
from retrostats.jobs.types import Workers
from retrostats.missing import resampling
from retrostats.missing.conditional import ancova_weights, resampled_estimates
from retrostats.missing.estimate import missing_estimate
from retrostats.missing.reference import STRATEGIES
from retrostats.missing.resampling import base_estimate, bootstrap, jackknife

from .made_scores import BOOTSTRAP, REQUEST, made_scores, two_visit_estimate, without

#: Two ways to the same numbers, of size 1, after a search that stops where the likelihood is flat
#: to rounding: 1.3e-11 measured.
SAME = 1e-8
#: The same sums in another order: 0 measured.
ROUNDING = 1e-12


def ones(scores):
    return np.ones((1, len(scores.y)))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_two_visits_are_as_regressions_in_turn_give_them(strategy):
    for seed in range(5):
        scores = made_scores(seed=seed)
        found = base_estimate(scores, replace(REQUEST, strategy=strategy))[0]
        assert found == pytest.approx(two_visit_estimate(scores, strategy), abs=SAME)


def test_the_five_assumptions_differ():
    scores = made_scores()
    found = [base_estimate(scores, replace(REQUEST, strategy=each))[0] for each in STRATEGIES]
    assert len({round(value, 6) for value in found}) == 5


@pytest.mark.parametrize("visit", [0, 1, 2])
def test_missing_at_random_is_the_estimate_of_the_repeated_measures_model(visit):
    scores = made_scores(60, visits=3, arms=3, never=3, between=4)
    n, m = scores.y.shape
    frame = pd.DataFrame(
        {
            "subject": np.repeat(np.arange(n), m),
            "visit": np.tile(scores.visits, n),
            "arm": np.repeat(np.array(scores.arms)[scores.arm], m),
            "baseline": np.repeat(scores.covariates[:, 0], m),
            "pain": scores.y.ravel(),
        }
    ).dropna()
    fit = rs.fit_mmrm(
        "pain ~ baseline * visit + arm * visit", frame, subject="subject", visit="visit"
    )
    wanted = fit.differences("arm", by="visit", reference="control")
    label = f"{scores.visits[visit]}"
    (planned,) = [e for e in wanted if "retro" in e.label and label in e.label]
    found = base_estimate(scores, replace(REQUEST, visit=visit))[0]
    assert found == pytest.approx(planned.value, abs=SAME)


def test_the_jackknife_leaves_out_each_subject_in_turn():
    scores = made_scores(24, visits=3, never=1)
    request = replace(REQUEST, strategy="jump to reference", visit=2)
    parts = jackknife(scores, request)
    alone = [base_estimate(without(scores, np.array([i])), request) for i in range(24)]
    assert parts.resamples == pytest.approx(np.array(alone), abs=SAME)
    value, se, df = (each[0] for each in parts.at(np.zeros((1, 2))))
    left = np.array(alone)[:, 0]
    assert se == pytest.approx(np.sqrt(23 / 24 * np.sum((left - left.mean()) ** 2)), rel=SAME)
    assert (value, df) == (parts.base[0], np.inf)


def test_the_jackknife_by_formulas_of_its_own():
    scores = made_scores(30)
    request = replace(REQUEST, strategy="copy increments in reference")
    left = np.array(
        [two_visit_estimate(without(scores, np.array([i])), request.strategy) for i in range(30)]
    )
    found = missing_estimate(scores, request)
    wanted = np.sqrt(29 / 30 * np.sum((left - left.mean()) ** 2))
    assert found.estimate.se == pytest.approx(wanted, rel=SAME)
    assert (found.replicates, found.failures, found.percentile) == (30, 0, None)


def test_the_jackknife_is_the_same_whoever_does_the_work(monkeypatch):
    scores, told = made_scores(24), []
    whole = jackknife(scores, REQUEST)
    monkeypatch.setattr(resampling, "LEFT_OUT", 7)
    alone = jackknife(scores, REQUEST, progress=lambda words, share: told.append((words, share)))
    shared = jackknife(scores, REQUEST, workers=Workers(count=2, backend="threads"))
    assert alone.resamples.tobytes() == shared.resamples.tobytes()
    # Blocks of another size sum in another order.
    assert alone.resamples == pytest.approx(whole.resamples, abs=SAME)
    assert told[0] == ("Leaving out", 0.0)
    assert len(told) >= 5  # a block of 7 subjects each
    assert told[-1] == ("Leaving out", 1.0)
    two = Workers(count=2, backend="threads")
    found = missing_estimate(scores, REQUEST, workers=two, progress=lambda *_: told.append(None))
    assert told[-1] is None
    assert found.estimate.se == missing_estimate(scores, REQUEST).estimate.se


def test_a_subject_that_counts_twice_is_two_subjects():
    scores = made_scores(20)
    counts = np.ones((1, 20))
    counts[0, [3, 11]] = 2
    twice = replace(
        scores,
        y=np.vstack([scores.y, scores.y[[3, 11]]]),
        arm=np.append(scores.arm, scores.arm[[3, 11]]),
        covariates=np.vstack([scores.covariates, scores.covariates[[3, 11]]]),
    )
    found = resampled_estimates(scores, REQUEST, counts)[0][0]
    assert found == pytest.approx(base_estimate(twice, REQUEST), abs=SAME)


def test_the_bootstrap_has_about_the_error_of_the_jackknife_whoever_does_the_work():
    scores = made_scores(60)
    request = replace(BOOTSTRAP, replicates=300, strategy="jump to reference")
    alone = missing_estimate(scores, request)
    shared = missing_estimate(scores, request, workers=Workers(count=2, backend="threads"))
    assert alone.estimate == shared.estimate
    assert alone.percentile == shared.percentile
    left = missing_estimate(scores, replace(REQUEST, strategy="jump to reference"))
    assert alone.estimate.value == left.estimate.value
    # The bootstrap is known to be smaller in small trials, by about p/n; 11% measured, with a
    # Monte Carlo error of 4%.
    assert alone.estimate.se == pytest.approx(left.estimate.se, rel=0.15)
    drawn = bootstrap(scores, request).resamples[:, 0]
    assert alone.estimate.se == pytest.approx(drawn.std(ddof=1), rel=1e-9)
    assert alone.percentile[:2] == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))
    other = missing_estimate(scores, replace(request, seed=6))
    assert other.estimate.se != alone.estimate.se
    assert (alone.replicates, alone.failures, alone.complete) == (300, 0, False)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(-2, 2), st.floats(0.05, 0.5))
def test_jump_to_reference_moves_the_effect_towards_zero(seed, effect, gone):
    scores = made_scores(30, seed=seed, effect=effect, gone=gone)
    found = base_estimate(scores, REQUEST)
    moved = base_estimate(scores, replace(REQUEST, strategy="jump to reference"))[0]
    assert abs(moved) <= abs(found[0])
    # Exactly by the weight of those who left: without interactions all lose the same effect.
    assert moved == pytest.approx(found[0] * (1 - found[2]), abs=SAME)


def test_other_units_and_another_order_of_subjects_change_nothing():
    scores = made_scores(visits=3, never=1)
    request = replace(REQUEST, strategy="copy reference", visit=2)
    found = missing_estimate(scores, request).estimate
    other = missing_estimate(replace(scores, y=1e4 * scores.y - 3e4), request).estimate
    assert other.value == pytest.approx(1e4 * found.value, rel=SAME)
    assert other.se == pytest.approx(1e4 * found.se, rel=SAME)
    order = np.random.default_rng(1).permutation(40)
    turned = replace(
        scores,
        y=scores.y[order],
        arm=scores.arm[order],
        covariates=scores.covariates[order],
    )
    again = missing_estimate(turned, request).estimate
    assert (again.value, again.se) == pytest.approx((found.value, found.se), abs=SAME)


def test_swapping_the_arms_changes_the_sign_when_missing_at_random():
    scores = made_scores()
    found = missing_estimate(scores, REQUEST).estimate
    other = missing_estimate(scores, replace(REQUEST, treatment=0, comparator=1)).estimate
    assert (other.value, other.se) == pytest.approx((-found.value, found.se), abs=ROUNDING)
    assert (found.label, other.label) == ("retro - control", "control - retro")


def test_a_lone_subject_whom_a_covariate_needs_stops_the_jackknife():
    scores = made_scores(30)
    lone = np.flatnonzero(scores.seen.all(axis=1))[0]
    rare = np.column_stack([scores.covariates, np.arange(30) == lone])
    scores = replace(scores, covariates=rare, names=("baseline", "rare"))
    with pytest.raises(rs.FitError, match=r"without one of the subjects .* \(1 of 30 times\)"):
        missing_estimate(scores, REQUEST)
    with pytest.raises(rs.FitError, match="resamples have no answer, more than 1%"):
        missing_estimate(scores, BOOTSTRAP)


def test_a_model_that_cannot_be_fitted_is_told():
    scores = made_scores(30)
    doubled = np.column_stack([scores.covariates, 2 * scores.covariates])
    with pytest.raises(rs.FitError, match="the arms and covariates depend on one another"):
        missing_estimate(replace(scores, covariates=doubled, names=("a", "b")), REQUEST)
    early = np.column_stack([scores.covariates, ~scores.seen[:, 1]])
    with pytest.raises(rs.FitError, match="starts from cannot be fitted: "):
        missing_estimate(replace(scores, covariates=early, names=("a", "left")), REQUEST)
    assert base_estimate(scores, REQUEST).shape == (3,)


def test_weights_of_least_squares_are_those_of_counted_subjects():
    rng = np.random.default_rng(4)
    columns = np.column_stack([np.ones(12), np.arange(12) % 2, 50 + 1e-3 * rng.normal(size=12)])
    y, counts = rng.normal(size=12), rng.integers(0, 3, (6, 12)).astype(float)
    found = ancova_weights(columns, np.array([0.0, 1.0, 0.0]), counts) @ y
    for row, value in zip(counts.astype(int), found, strict=True):
        x = np.repeat(columns, row, axis=0)
        wanted = np.linalg.lstsq(x - [0, 0, 50], np.repeat(y, row), rcond=None)[0][1]
        # A covariate of mean 50 and SD 0.001 costs five digits; 6e-12 measured.
        assert value == pytest.approx(wanted, abs=1e-9)
