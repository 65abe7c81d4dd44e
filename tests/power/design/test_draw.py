"""Simulated trials have the moments, shares and dropout that the design asks for."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from retrostats.errors import DataError
from retrostats.power.design.dropout import even_points, intercepts_of
from retrostats.power.design.fields import Dropout
from retrostats.power.design.types import TrialDesign

#: Subjects of each arm where shares and moments are looked at.
MANY = 100_000
#: A mean of 100,000 scores with an SD of 2 has a standard error of 0.0063; measured 0.010 among 8
#: means, and 0.012 among their SDs.
MEANS = 0.02
#: The same of a correlation; measured 0.004.
CORRELATIONS = 0.012
#: Half a percentage point; measured 0.0029 over all cases; the standard error is up to 0.0017.
SHARES = 0.005


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_scores_have_the_moments_of_the_design(design: TrialDesign) -> None:
    trials = design.draw((MANY, MANY), rng(), 1)
    for code in (0, 1):
        scores = trials.scores[0, trials.arm == code]
        assert scores.mean(axis=0) == pytest.approx(design.expected_means()[code], abs=MEANS)
        assert scores.std(axis=0) == pytest.approx(design.expected_sds()[code], abs=MEANS)
        assert set(np.unique(scores)) <= set(range(11))
    plain = replace(design, scale=None).draw((MANY, MANY), rng(), 1)
    scores = plain.scores[0] - plain.scores[0].mean(axis=0)
    first = plain.scores[0, plain.arm == 0]
    assert np.corrcoef(first.T) == pytest.approx(np.array(design.correlation), abs=CORRELATIONS)
    assert scores.shape == (2 * MANY, 4)


def test_covariates_have_their_shares_and_correlations(design: TrialDesign) -> None:
    trials = replace(design, scale=None).draw((MANY, 1), rng(2), 1)
    age, grade = (trials.covariates[name][0, :MANY] for name in ("age", "grade"))
    scores = trials.scores[0, :MANY]
    assert (age.mean(), age.std()) == pytest.approx((60, 8), abs=0.1)
    assert np.bincount(grade.astype(int)) / MANY == pytest.approx((0.25, 0.45, 0.3), abs=SHARES)
    # A category loses part of the correlation of its latent variable: the mean height of the
    # normal curve at the cuts, over the SD of the codes.
    cuts = ndtri([0.25, 0.7])
    height = np.exp(-(cuts**2) / 2).sum() / math.sqrt(2 * math.pi)
    of_codes = 0.3 * height / np.std(np.repeat([0, 1, 2], [25, 45, 30]))
    for visit in range(4):
        together = np.corrcoef([scores[:, visit], age, grade])
        assert together[0, 1:] == pytest.approx((-0.2, of_codes), abs=CORRELATIONS)
    assert np.corrcoef(age, grade)[0, 1] == pytest.approx(0, abs=CORRELATIONS)


@pytest.mark.parametrize("better", ["lower", "higher"])
@pytest.mark.parametrize(
    ("ratio", "gaps"), [(1.0, 0.0), (3.0, 0.0), (3.0, 0.3), (0.2, 0.0), (20.0, 0.1)]
)
def test_dropout_has_the_shares_that_are_asked_for(
    design: TrialDesign, ratio: float, gaps: float, better: str
) -> None:
    asked = replace(
        design,
        better=better,  # type: ignore[arg-type]
        dropout=Dropout(mechanism="MAR", odds_ratio=ratio),
        intermittent=gaps,
    )
    trials = asked.draw((MANY, MANY), rng(3), 1)
    for code, arm in enumerate(design.arms):
        there = trials.seen[0, trials.arm == code].mean(axis=0)
        kept = np.array([1, *[1 - gaps] * 3])
        assert 1 - there / kept == pytest.approx(np.array(arm.dropout), abs=SHARES)


def test_who_is_gone_stays_away_and_the_baseline_is_always_seen(design: TrialDesign) -> None:
    seen = design.draw((500, 500), rng(4), 20).seen
    assert seen[..., 0].all()
    assert (seen[..., 1:] <= seen[..., :-1]).all()


def test_the_odds_of_leaving_rise_with_the_last_score(design: TrialDesign) -> None:
    asked = replace(design, scale=None, covariates=())
    trials = asked.draw((MANY, MANY), rng(5), 1)
    here = trials.arm == 1
    scores, gone = trials.scores[0, here, 0], ~trials.seen[0, here, 1]
    z = (scores - 6) / 1.5
    # By Newton's method, a logistic regression of leaving on the standardised baseline.
    columns, beta = np.column_stack([np.ones_like(z), z]), np.zeros(2)
    for _ in range(12):
        share = 1 / (1 + np.exp(-columns @ beta))
        curvature = (columns.T * share * (1 - share)) @ columns
        beta += np.linalg.solve(curvature, columns.T @ (gone - share))
    assert math.exp(beta[1]) == pytest.approx(3, rel=0.05)  # measured 3.01; the SE is 0.04
    assert beta[0] == pytest.approx(intercepts_of(asked)[1, 0], abs=0.05)  # measured 0.006


def test_after_a_missed_visit_the_last_score_seen_counts(design: TrialDesign) -> None:
    """With an extreme odds ratio, and every second visit missed, nobody's unseen score matters."""
    asked = replace(
        design,
        scale=None,
        covariates=(),
        intermittent=0.5,
        dropout=Dropout(mechanism="MAR", odds_ratio=100),
    )
    trials = asked.draw((MANY, 1), rng(6), 1)
    seen, scores = trials.seen[0, :MANY], trials.scores[0, :MANY]
    missed_one = ~seen[:, 1] & seen[:, 3]
    saw_one = seen[:, 1] & seen[:, 3]
    # Who stayed to the end although an unseen score was bad may have had any such score.
    unseen, observed = scores[missed_one, 1], scores[saw_one, 1]
    assert unseen.std() > observed.std() + 0.02  # measured 0.07
    assert np.quantile(unseen, 0.999) > np.quantile(observed, 0.999) + 0.2  # measured 0.74


def test_without_dropout_and_gaps_everything_is_seen(design: TrialDesign) -> None:
    asked = replace(design, arms=tuple(replace(arm, dropout=()) for arm in design.arms))
    assert asked.draw((30, 30), rng(), 50).seen.all()


def test_the_same_generator_gives_the_same_and_one_with_other_dropout_the_same_scores(
    design: TrialDesign,
) -> None:
    one, again = (design.draw((20, 10), rng(7), 5) for _ in range(2))
    assert one.arm.tolist() == [0] * 20 + [1] * 10
    assert np.array_equal(one.scores, again.scores)
    assert np.array_equal(one.seen, again.seen)
    source, other = rng(7), rng(7)
    fewer = design.with_dropout(0.0).draw((20, 10), source, 5)
    design.draw((20, 10), other, 5)
    assert np.array_equal(fewer.scores, one.scores)
    assert source.random() == other.random()  # as much chance was taken


@pytest.mark.parametrize("n", [(10,), (10, 0), (10, 2.5), (1, 2, 3)])
def test_wrong_sizes_are_refused(design: TrialDesign, n: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="n must give each of 2 arms a whole number"):
        design.draw(n, rng(), 1)
    with pytest.raises(ValueError, match="count must be 1 or more, got 0"):
        design.draw((5, 5), rng(), 0)


def test_the_points_fill_the_cube_evenly() -> None:
    points = even_points(2**12, 4)
    assert points.shape == (2**12, 4)
    assert points.mean(axis=0) == pytest.approx(np.full(4, 0.5), abs=2e-3)  # measured 9e-4
    joint = (points < 0.5).prod(axis=1).mean()
    assert joint == pytest.approx(1 / 16, abs=5e-3)  # measured 2.4e-3


def far_apart(design: TrialDesign, sd: float) -> TrialDesign:
    return replace(design, sds=(sd,) * len(design.visits), scale=None)


def test_arms_many_sds_apart_have_the_dropout_that_was_asked_for(design: TrialDesign) -> None:
    far = far_apart(design, 1e-8)
    trials = far.draw((MANY, MANY), rng(), 1)
    for code, arm in enumerate(far.arms):
        gone = 1 - trials.seen[0, trials.arm == code].mean(axis=0)
        assert gone == pytest.approx(arm.dropout, abs=SHARES)


def test_an_sd_that_is_lost_beside_the_means_is_refused(design: TrialDesign) -> None:
    with pytest.raises(DataError, match="arm 'retro': an SD of 1e-200 at baseline is lost"):
        far_apart(design, 1e-200).draw((10, 10), rng(), 1)
