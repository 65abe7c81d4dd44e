"""The result of pooling trials."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from retrostats.arrays import Floats
from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.layout import Layout, ShownAsTable
from retrostats.meta.heterogeneity import CochranQ
from retrostats.meta.inference import TestName
from retrostats.meta.tau.estimators import TauSquared


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled(ShownAsTable):
    """Trials, their pooled effect, and how much they disagree.

    Attributes
    ----------
    trials
        Estimates as given.
    studies
        Name of the trial of each estimate.
    pooled
        Their mean effect.
    tau2, tau2_se
        Variance between trials, in the unit squared; standard error ``nan`` where there is none.
    i2, h2
        Share of the variance of a typical trial that is between trials, 0 to 1; and total over
        sampling variance.
    q
        Cochran's test of homogeneity.
    prediction
        Where the effect of a further trial is expected.
    weights
        Share of each trial in the pooled effect; they sum to 1.
    estimator, test
        Names of the estimator of ``tau2`` and of the test.
    tau2_of
        The estimator itself, so that refits use the same.
    caveats
        What a reader must know.
    """

    trials: tuple[Estimate, ...]
    studies: tuple[str, ...]
    pooled: Estimate
    tau2: float
    tau2_se: float
    i2: float
    h2: float
    q: CochranQ
    prediction: Interval
    weights: tuple[float, ...]
    estimator: str
    test: TestName
    tau2_of: TauSquared = field(repr=False)
    caveats: tuple[str, ...] = ()

    @property
    def y(self) -> Floats:
        """Values of the trials, shape ``(k,)``."""
        return np.array([trial.value for trial in self.trials])

    @property
    def v(self) -> Floats:
        """Sampling variances of the trials, shape ``(k,)``."""
        return np.array([trial.se for trial in self.trials]) ** 2

    @property
    def level(self) -> float:
        """Level of the intervals."""
        return self.pooled.ci.level

    def table(self) -> EstimateTable:
        """Return the rows of a forest plot: each trial at the level of the pool, then the mean."""
        caption = f"Random effects, tau² = {self.tau2:.3g}, I² = {self.i2:.0%}"
        return EstimateTable(caption, (*self.trials, self.pooled))

    def layout(self) -> Layout:
        """Return the cells as they are printed."""
        return self.table().layout()
