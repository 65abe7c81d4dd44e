"""Trials fitted together have the answers that `analyse` gives them one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from retrostats.analysis.simulating.batched import batched_answers, is_one_batch
from retrostats.analysis.simulating.drawn import drawn_trials
from retrostats.analysis.simulating.replicates import trial_answers
from retrostats.analysis.simulating.single import single_answer
from retrostats.power.design.types import DesignArm, exchangeable

from .designs import THREE, a_design, a_plan

#: Relative gap of estimate, SE and df; the batch stops its search where `fit_mmrm` does, and what
#: is left is the rounding of two orders of summation. Measured 5e-15 at most.
SAME = 1e-8

COVARIATES = {"covariates": ("grade", "age")}
CASES = {
    "mmrm": (("control", "retro"), a_plan()),
    "three arms, holm": (("control", "retro", "forward"), a_plan("mmrm", *THREE, method="holm")),
    "another reference": (("retro", "forward", "control"), a_plan("mmrm", *THREE)),
    "covariates": (("control", "retro"), a_plan("mmrm", **COVARIATES)),
    "one slope": (("control", "retro"), a_plan("mmrm", baseline_by_visit=False, **COVARIATES)),
    "no baseline": (("control", "retro"), a_plan(baseline=False, baseline_by_visit=False)),
    "cs, satterthwaite": (("control", "retro"), a_plan(covariance=("cs",), df="satterthwaite")),
    "toep": (("control", "retro"), a_plan(covariance=("toep",))),
    "ancova": (("control", "retro", "forward"), a_plan("ancova", *THREE, **COVARIATES)),
    "ancova, HC3": (("control", "retro"), a_plan("ancova", standard_errors="HC3")),
}


@pytest.mark.parametrize("name", CASES)
def test_a_batch_answers_as_single_trials(name):
    arms, plan = CASES[name]
    design = a_design(*arms)
    sizes = tuple(18 + 3 * place for place in range(len(arms)))
    trials = drawn_trials(design, plan, sizes, np.random.default_rng(7), 12)
    assert is_one_batch(plan.model)
    together = batched_answers(trials, plan)
    assert not together.failed.any()
    assert trials.seen_at_endpoint.min() < min(sizes)  # gaps are among what is compared
    for place in range(12):
        alone = single_answer(trials.trial(place), plan)
        assert alone.covariance in ("", plan.model.covariance[:1] and plan.model.covariance[0])
        found = np.array(
            [together.estimate[place], together.se[place], together.df[place], together.p()[place]]
        )
        wanted = np.array([[e.value, e.se, e.df, e.p] for e in alone.estimates]).T
        np.testing.assert_allclose(found[:3], wanted[:3], rtol=SAME, atol=SAME)
        np.testing.assert_allclose(found[3], wanted[3], atol=SAME)


def test_what_the_batch_cannot_answer_goes_to_the_order_of_the_plan():
    # Nobody of the last trial is seen at the first and the third visit: no "us", but "ar1".
    plan = a_plan(covariance=("us", "ar1"))
    design = a_design(
        visits=("baseline", "week 2", "week 4", "week 6"),
        weeks=(0.0, 2.0, 4.0, 6.0),
        arms=tuple(
            DesignArm(label=label, means=(6.0, 5.0, 4.5, end))
            for label, end in (("control", 4.5), ("retro", 4.0))
        ),
        sds=(1.5, 1.6, 1.7, 1.8),
        correlation=exchangeable(0.5, 4),
    )
    trials = drawn_trials(design, plan, (9, 9), np.random.default_rng(2), 3)
    early = np.arange(18) % 2 == 0
    trials.seen[2, early, 1:] = [True, True, False]
    trials.seen[2, ~early, 1:] = [False, True, True]
    together = batched_answers(trials, plan)
    found = trial_answers(trials, plan)
    assert together.failed.tolist() == [False, False, True]
    assert found["structure"].tolist() == [0, 0, 1]
    later = replace(plan, model=replace(plan.model, covariance=("ar1",)))
    alone = single_answer(trials.trial(2), later)
    assert found["p"][2, 0] == alone.estimates[0].p
    assert found["estimate"][2, 0] == alone.estimates[0].value
    assert not found["reason"].any()


def test_an_arm_without_scores_is_no_answer():
    plan = a_plan("ancova")
    trials = drawn_trials(a_design(), plan, (5, 5), np.random.default_rng(3), 4)
    trials.seen[0, :5, 2] = False
    found = trial_answers(trials, plan)
    assert found["reason"].tolist() == [2, 0, 0, 0]
    assert np.isnan(found["p"][0]).all()
    assert found["seen"][0, 0] == 0
