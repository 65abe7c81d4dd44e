"""Trials drawn from a design, in the arrays that the planned model needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.analysis.simulating.single import SimulatedTrial
from retrostats.arrays import Floats
from retrostats.plan.types import AnalysisPlan
from retrostats.power.design.types import TrialDesign


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnTrials:
    """Many simulated trials.

    Attributes
    ----------
    design
        What they were drawn from.
    arm
        Codes, shape ``(n,)``, the same in every trial.
    scores, seen
        Shape ``(R, n, V)``, baseline first.
    covariates
        Numbers, or codes of levels from 0, by name, shape ``(R, n)``; those of the plan, in its
        order.
    at
        Which visit is that of the endpoint, from 1: 0 is baseline.
    """

    design: TrialDesign
    arm: NDArray[np.intp]
    scores: Floats
    seen: NDArray[np.bool_]
    covariates: Mapping[str, NDArray[Any]]
    at: int

    @property
    def seen_at_endpoint(self) -> NDArray[np.int64]:
        """Subjects of each arm with a score at the endpoint, shape ``(R, arms)``."""
        codes = np.arange(len(self.design.arms))
        member = (self.arm[:, None] == codes).astype(np.int64)
        counts: NDArray[np.int64] = self.seen[:, :, self.at].astype(np.int64) @ member
        return counts

    def trial(self, place: int) -> SimulatedTrial:
        """Return one of them, for an analysis of its own."""
        return SimulatedTrial(
            arm=self.arm,
            scores=self.scores[place],
            seen=self.seen[place],
            covariates={name: self._labelled(name, place) for name in self.covariates},
            arms=tuple(arm.label for arm in self.design.arms),
            visits=tuple(self.design.visits),
            weeks=tuple(self.design.weeks),
        )

    def levels(self, name: str) -> tuple[str, ...]:
        """Return the levels of a category; none of a number."""
        return next(each.levels for each in self.design.covariates if each.name == name)

    def _labelled(self, name: str, place: int) -> NDArray[Any]:
        values: NDArray[Any] = self.covariates[name][place]
        levels = self.levels(name)
        if not levels:
            return values
        named: NDArray[Any] = np.array(levels, dtype=object)[values.astype(int)]
        return named


def drawn_trials(
    design: TrialDesign,
    plan: AnalysisPlan,
    n: tuple[int, ...],
    rng: np.random.Generator,
    count: int,
) -> DrawnTrials:
    """Draw trials and keep what the plan asks for."""
    drawn = design.draw(n, rng, count)
    return DrawnTrials(
        design=design,
        arm=np.asarray(drawn.arm, dtype=np.intp),
        scores=drawn.scores,
        seen=drawn.seen,
        covariates={name: drawn.covariates[name] for name in plan.model.covariates},
        at=list(design.weeks).index(plan.primary.week),
    )
