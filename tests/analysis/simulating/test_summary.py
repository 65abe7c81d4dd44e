"""The numbers of a comparison from small made arrays, and the code of every kind of failure."""

from __future__ import annotations

import math

import numpy as np
import pytest

import retrostats as rs
from retrostats.analysis.simulating import replicates
from retrostats.analysis.simulating.drawn import drawn_trials
from retrostats.analysis.simulating.replicates import REASONS, trial_answers
from retrostats.analysis.simulating.summary import Answers, beyond_margin, comparison_power

from .designs import a_design, a_plan


def made(estimate):
    estimate = np.array(estimate)
    return Answers(estimate, np.full(len(estimate), 0.5), np.full(len(estimate), math.inf))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_wrong_side_counts_only_what_is_claimed(sign):
    """Of two answers on the wrong side one is rejected; of three on the right side two are."""
    answers = made([sign * each for each in (2.0, 1.5, 0.1, -2.0, -0.1, math.nan)])
    rejected = np.array([True, True, False, True, False, False])
    found = comparison_power("a - b", answers, rejected, truth=sign, level=0.95)
    assert found.wrong_side == 1 / 6
    assert (found.trials, found.answered, found.rejected) == (6, 5, 3)
    nothing = comparison_power("a - b", answers, rejected, truth=0.0, level=0.95)
    assert math.isnan(nothing.wrong_side)


def test_answers_are_told_by_their_names():
    answers = made([0.0, -2.0])
    assert Answers._fields == ("estimate", "se", "df")
    assert beyond_margin(answers, 0.9, better="lower", level=0.95).tolist() == [False, True]
    assert beyond_margin(answers, 1.0, better="lower", level=0.95).tolist() == [True, True]


@pytest.mark.parametrize("place", range(len(REASONS)))
def test_a_failure_of_a_kind_of_its_own_has_a_code(place, monkeypatch):
    """A model may raise a class of its own below one of the errors that a user can mend."""
    kind = type("OfItsOwn", (REASONS[place][0],), {})

    def fails(*_):
        raise kind("made up")

    monkeypatch.setattr(replicates, "single_answer", fails)
    monkeypatch.setattr(replicates, "is_one_batch", lambda _: False)
    trials = drawn_trials(a_design(), a_plan("ancova"), (4, 4), np.random.default_rng(1), 2)
    found = trial_answers(trials, a_plan("ancova"))
    assert found["reason"].tolist() == [1 + place] * 2
    assert np.isnan(found["p"]).all()


def test_the_kinds_of_failure_exclude_one_another():
    kinds = [kind for kind, _ in REASONS]
    assert all(issubclass(kind, rs.RetrostatsError) for kind in kinds)
    assert not any(issubclass(a, b) for a in kinds for b in kinds if a is not b)
