"""Means after the last visit under each assumption, by hand."""

import numpy as np
import pytest

from retrostats.missing.reference import (
    STRATEGIES,
    imputation_means,
    last_seen,
    reference_columns,
    strategy_means,
)

from .made_scores import made_scores

OWN = np.array([[10.0, 7.0, 5.0, 4.0]])
REFERENCE = np.array([[20.0, 19.0, 17.0, 14.0]])
#: Four visits of one subject by the number of its last visit.
BY_HAND = {
    ("missing at random", 0): [10, 7, 5, 4],
    ("missing at random", 2): [10, 7, 5, 4],
    ("jump to reference", 0): [20, 19, 17, 14],
    ("jump to reference", 1): [10, 19, 17, 14],
    ("jump to reference", 3): [10, 7, 5, 14],
    ("copy reference", 0): [20, 19, 17, 14],
    ("copy reference", 2): [20, 19, 17, 14],
    ("copy increments in reference", 0): [20, 19, 17, 14],
    ("copy increments in reference", 1): [10, 9, 7, 4],
    ("copy increments in reference", 2): [10, 7, 5, 2],
    ("last mean carried forward", 0): [10, 7, 5, 4],
    ("last mean carried forward", 1): [10, 10, 10, 10],
    ("last mean carried forward", 3): [10, 7, 5, 5],
} | {(strategy, 4): [10, 7, 5, 4] for strategy in STRATEGIES}


@pytest.mark.parametrize(("strategy", "last"), BY_HAND)
def test_a_course_is_what_is_computed_by_hand(strategy, last):
    found = strategy_means(OWN, REFERENCE, np.array([last]), strategy)
    assert found.tolist() == [BY_HAND[strategy, last]]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_many_subjects_and_sets_of_means_at_once_are_each_alone(strategy):
    rng = np.random.default_rng(1)
    own, reference = rng.normal(size=(2, 3, 9, 4))
    last = np.arange(9) % 5
    found = strategy_means(own, reference, last, strategy)
    for k in range(3):
        for i in range(9):
            pair = own[k, [i]], reference[k, [i]]
            assert (found[k, i] == strategy_means(*pair, last[[i]], strategy)[0]).all()


def test_the_last_visit_seen_is_counted_from_one():
    seen = np.array([[1, 1, 1], [0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=bool)
    assert last_seen(seen).tolist() == [3, 2, 1, 0]


def test_an_unknown_strategy_is_refused():
    with pytest.raises(ValueError, match="unknown strategy 'jump'; expected missing at random, "):
        strategy_means(OWN, REFERENCE, np.array([1]), "jump")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_subjects_of_the_reference_arm_are_missing_at_random(strategy):
    scores = made_scores(visits=3, arms=3)
    beta = np.random.default_rng(2).normal(size=(2, 4, 3))
    own = scores.subject_columns @ beta
    for reference in (0, 2):
        found = imputation_means(scores, beta, strategy, reference)
        mine = scores.arm == reference
        assert (found[:, mine] == own[:, mine]).all()
        # Every other arm follows the strategy, not only the one that is compared.
        left = ~scores.seen[:, 2]
        moved = (found != own).any(axis=(0, 2))
        assert moved.tolist() == (left & ~mine & (strategy != "missing at random")).tolist()


def test_the_columns_of_the_reference_keep_the_covariates():
    scores = made_scores(arms=3, covariates=2)
    columns = reference_columns(scores, 1)
    assert (columns[:, :3] == [1.0, 1.0, 0.0]).all()
    assert (columns[:, 3:] == scores.covariates).all()
    assert (reference_columns(scores, 0)[:, :3] == [1.0, 0.0, 0.0]).all()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_gap_before_a_visit_seen_is_missing_at_random_but_in_a_copy(strategy):
    scores = made_scores(8, visits=3, gone=0.0)
    scores.y[1] = [np.nan, 4.0, np.nan]
    scores.y[3] = [np.nan, 4.0, 5.0]
    beta = np.random.default_rng(3).normal(size=(1, 3, 3))
    own, other = scores.subject_columns @ beta, reference_columns(scores, 0) @ beta
    found = imputation_means(scores, beta, strategy, 0)
    # Who left later is a copy from the first visit on; who stayed is not.
    expected = other if strategy == "copy reference" else own
    assert (found[0, 1, :2] == expected[0, 1, :2]).all()
    assert (found[0, 3] == own[0, 3]).all()
