"""Simulated trials in blocks: drawn from the design, analysed by the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.analysis.simulating.batched import batched_answers, is_one_batch
from retrostats.analysis.simulating.drawn import DrawnTrials, drawn_trials
from retrostats.analysis.simulating.single import single_answer
from retrostats.errors import DataError, FitError, PlanError
from retrostats.plan.types import AnalysisPlan
from retrostats.power.design.types import TrialDesign

#: Why a trial has no answer, by the code that its array holds; 0 is an answer.
REASONS: tuple[tuple[type[Exception], str], ...] = (
    (FitError, "no planned model could be fitted"),
    (PlanError, "an arm or a visit that the plan compares had no data"),
    (DataError, "the data were refused by the model"),
)
#: Scores held at once. Drawing and fitting them takes about 300 bytes for each (measured), which
#: is 0.2 GB for every worker; a single trial that has more of them is a block of its own.
SCORES = 500_000
#: Trials in a block: fewer would let the cost of a job show, more would make stopping early late.
MOST, FEWEST = 500, 1


def block_size(subjects: int, visits: int) -> int:
    """Return the trials of one block, from the size of a trial alone.

    Examples
    --------
    >>> block_size(68, 4), block_size(1500, 3), block_size(1_000_000, 4)
    (500, 111, 1)
    """
    return int(np.clip(SCORES // (subjects * visits), FEWEST, MOST))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTrials:
    """The task of one block: draw trials, analyse them, and keep what the plan compares.

    Attributes
    ----------
    design, plan
        Assumed truth, and the analysis.
    n
        Subjects of each arm, in the order of the design.
    """

    design: TrialDesign
    plan: AnalysisPlan
    n: tuple[int, ...]

    def __call__(self, rng: np.random.Generator, places: range) -> Mapping[str, NDArray[Any]]:
        """Return arrays of the trials at some places.

        Returns
        -------
        mapping
            ``estimate``, ``se``, ``df``, ``p``, shape ``(R, c)``, ``nan`` without an answer;
            ``structure``, which planned covariance was used, -1 without an answer; ``reason``,
            0 or 1 plus the place in `REASONS`; ``seen``, shape ``(R, arms)``: subjects with a
            score at the endpoint.
        """
        trials = drawn_trials(self.design, self.plan, self.n, rng, len(places))
        return trial_answers(trials, self.plan)


def trial_answers(trials: DrawnTrials, plan: AnalysisPlan) -> dict[str, NDArray[Any]]:
    """Analyse drawn trials: at once where the model allows it, the others one by one.

    A trial that the batch cannot answer goes through the functions that analyse a real trial,
    which follow the order of covariances of the plan.
    """
    count, compared = len(trials.scores), len(plan.comparisons)
    found: dict[str, NDArray[Any]] = {
        name: np.full((count, compared), np.nan) for name in ("estimate", "se", "df", "p")
    }
    found["structure"] = np.full(count, -1, dtype=np.int16)
    found["reason"] = np.zeros(count, dtype=np.int16)
    found["seen"] = trials.seen_at_endpoint
    left = np.arange(count)
    if is_one_batch(plan.model):
        answers = batched_answers(trials, plan)
        answered = ~answers.failed
        for name in ("estimate", "se", "df"):
            found[name][answered] = getattr(answers, name)[answered]
        found["p"][answered] = answers.p()[answered]
        found["structure"][answered] = 0
        left = np.flatnonzero(answers.failed)
    for place in left:
        _one_by_one(found, int(place), trials, plan)
    return found


def _one_by_one(
    found: dict[str, NDArray[Any]], place: int, trials: DrawnTrials, plan: AnalysisPlan
) -> None:
    """Put in the answer of one trial, or why it has none."""
    try:
        answer = single_answer(trials.trial(place), plan)
    except (FitError, PlanError, DataError) as error:
        kinds = [kind for kind, _ in REASONS]
        # Not by the very class: an error that a model makes its own kind of has its code too.
        of_kind = (i for i, kind in enumerate(kinds) if isinstance(error, kind))
        found["reason"][place] = 1 + next(of_kind)
        return
    for name, attribute in (("estimate", "value"), ("se", "se"), ("df", "df"), ("p", "p")):
        found[name][place] = [getattr(each, attribute) for each in answer.estimates]
    planned = plan.model.covariance
    found["structure"][place] = planned.index(answer.covariance) if planned else 0
