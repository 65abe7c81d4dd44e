"""The arrays of all simulated trials as one result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrostats.analysis.simulating.adjusting import adjusted_many
from retrostats.analysis.simulating.asking import caveats_of
from retrostats.analysis.simulating.replicates import REASONS, PlannedTrials
from retrostats.analysis.simulating.summary import (
    Answers,
    beyond_margin,
    comparison_power,
    share_error,
)
from retrostats.plan.types import Comparison
from retrostats.power.simulated.result import SimulatedPower

if TYPE_CHECKING:
    from retrostats.jobs.types import Replicates

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreciseEnough:
    """Whether the power of the first comparison is known as well as was asked."""

    method: str
    level: float
    precision: float

    def __call__(self, arrays: Arrays) -> bool:
        """Ask the arrays of all trials so far."""
        rejected = rejections(arrays, self.method, self.level)[:, 0]
        return share_error(int(rejected.sum()), len(rejected)) <= self.precision


def rejections(arrays: Arrays, method: str, level: float) -> NDArray[np.bool_]:
    """Tell which trials reject which comparisons, shape ``(R, c)``; none without an answer."""
    with np.errstate(invalid="ignore"):
        return np.asarray(adjusted_many(arrays["p"], method) < 1 - level)


def simulated_power(
    task: PlannedTrials, found: Replicates, *, margin: float | None, seed: int
) -> SimulatedPower:
    """Summarise all trials."""
    design, plan, arrays = task.design, task.plan, found.arrays
    level = plan.model.level
    rejected = rejections(arrays, plan.multiplicity.method, level)
    comparisons = []
    for place, each in enumerate(plan.comparisons):
        answers = Answers(*(arrays[name][:, place] for name in Answers._fields))
        within = (
            None
            if margin is None
            else beyond_margin(answers, margin, better=design.better, level=level)
        )
        own = comparison_power(
            each.label, answers, rejected[:, place], truth=true_difference(task, each),
            level=level, within=within,
        )  # fmt: skip
        comparisons.append(own)
    labels = [arm.label for arm in design.arms]
    means = arrays["seen"].mean(axis=0) / np.array(task.n)
    return SimulatedPower(
        design=design,
        plan=plan,
        comparisons=tuple(comparisons),
        n=tuple(zip(labels, task.n, strict=True)),
        seen=tuple(zip(labels, means.tolist(), strict=True)),
        replicates=len(rejected),
        asked=found.asked,
        stopped_early=found.stopped_early,
        failures=_failures(arrays),
        structures=_structures(arrays, plan.model.covariance),
        margin=margin,
        seed=seed,
        caveats=(
            *_told(arrays, plan.model.covariance),
            *caveats_of(plan, design, margin=margin),
        ),
    )


def true_difference(task: PlannedTrials, comparison: Comparison) -> float:
    """Return the difference that the measured scores have, in those who are all seen.

    A mixed ANOVA compares changes from baseline, every other model the scores at the visit.
    """
    design, plan = task.design, task.plan
    gaps = design.true_differences(comparison.treatment, comparison.comparator)
    at = list(design.weeks).index(plan.primary.week)
    start = gaps[0] if plan.model.kind == "mixed_anova" else 0.0
    return float(gaps[at] - start)


def _failures(arrays: Arrays) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(arrays["reason"], minlength=1 + len(REASONS))[1:].tolist()
    named = zip(REASONS, counts, strict=True)
    return tuple((words, count) for (_, words), count in named if count)


def _structures(arrays: Arrays, planned: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    used = arrays["structure"][arrays["structure"] >= 0]
    counts = np.bincount(used, minlength=len(planned)).tolist()
    return tuple((name, counts[place]) for place, name in enumerate(planned))


def _told(arrays: Arrays, planned: tuple[str, ...]) -> list[str]:
    """Return how many trials have no answer, or one by a later covariance of the plan."""
    trials = len(arrays["reason"])
    failed = int(np.count_nonzero(arrays["reason"]))
    told = []
    if failed:
        have = "has no answer and counts" if failed == 1 else "have no answer and count"
        told.append(f"{failed:,} of {trials:,} trials {have} as not significant")
    later = [(name, n) for name, n in _structures(arrays, planned)[1:] if n]
    if later:
        used = ", ".join(f"{name} in {count:,}" for name, count in later)
        told.append(
            f"the {planned[0]} covariance could not be fitted in every trial; as planned, others "
            f"took its place: {used} of {trials:,} trials"
        )
    return told
