"""The result of pooling dependent estimates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from retrostats.errors import FitError
from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.layout import Layout, ShownAsTable
from retrostats.meta.dependent.likelihood import rotate
from retrostats.meta.dependent.optimum import highest_point
from retrostats.meta.dependent.profile import Variance, profile_interval
from retrostats.meta.dependent.types import DependentEstimates
from retrostats.meta.heterogeneity import CochranQ

Structure = Literal["hierarchical", "correlated effects", "hierarchical effects"]
StandardErrors = Literal["CR2", "CR1", "model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledDependent(ShownAsTable):
    """Dependent estimates, their pooled effect, and how much trials and estimates disagree.

    Attributes
    ----------
    given
        The estimates, the trial of each, and the covariance that was used.
    pooled
        Their mean effect.
    tau2, omega2
        Variances between trials, and between the estimates of a trial, in the unit squared.
        ``omega2`` is ``nan`` where there is none in the model.
    i2
        Share of the variance of a typical estimate that is not sampling, 0 to 1; ``nan`` where
        it is not defined.
    q
        Cochran's test of homogeneity, with the covariance of the sampling errors.
    loglik
        Restricted log-likelihood; ``nan`` where the variances are by moments.
    prediction
        Where the effect that one estimate of a further trial measures is expected.
    weights
        Share of each trial in the pooled effect, in the order of ``given.trials``.
    structure, standard_errors
        How they were pooled.
    caveats
        What a reader must know.

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ...     rs.Estimate.from_se("Trial D", -0.62, 0.35, unit="SD"),
    ... ]
    >>> found = rs.pool_dependent(pain, ["one", "one", "two", "three"])
    >>> print(found.pooled)
    pooled: -0.473 SD (95% CI -0.695 to -0.25), df 1.82
    >>> found.caveats[0]
    'correlation 0.6 within a trial (assumed); see correlation_sensitivity'
    """

    given: DependentEstimates
    pooled: Estimate
    tau2: float
    omega2: float
    i2: float
    q: CochranQ
    loglik: float
    prediction: Interval
    weights: tuple[float, ...]
    structure: Structure
    standard_errors: StandardErrors
    caveats: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return self.layout().text()

    @property
    def level(self) -> float:
        """Level of the intervals."""
        return self.pooled.ci.level

    def variance_interval(self, which: Variance = "tau2") -> Interval:
        """Return the profile-likelihood interval of a variance, at the level of the result.

        Use it when the question is how much trials (``"tau2"``) or the estimates of a trial
        (``"omega2"``) may differ: a variance estimated as 0 is not known to be 0.

        Parameters
        ----------
        which
            The variance.

        Raises
        ------
        FitError
            If the variances were not found by likelihood, or the model does not have this one.
        """
        if which not in ("tau2", "omega2"):
            raise ValueError(f"which must be 'tau2' or 'omega2', got {which!r}")
        if math.isnan(self.loglik) or math.isnan(getattr(self, which)):
            raise FitError(
                f"variance_interval: this fit has no likelihood of {which}; pool with "
                "structure='hierarchical' and several estimates in some trial"
            )
        y = self.given.y
        data = rotate([y[list(p)] for p in self.given.places], self.given.blocks)
        held = 0.0 if math.isnan(self.omega2) else None
        top = highest_point(data, omega2=held)
        return profile_interval(data, top, which, level=self.level, other=held)

    def table(self) -> EstimateTable:
        """Return the rows of a forest plot: each estimate, then the mean."""
        inner = "" if math.isnan(self.omega2) else f", within trials ω² = {self.omega2:.3g}"
        caption = (
            f"{len(self.given)} estimates of {len(self.given.trials)} trials, {self.structure}, "
            f"{self.standard_errors}; between trials τ² = {self.tau2:.3g}{inner}"
        )
        return EstimateTable(caption, (*self.given.estimates, self.pooled))

    def layout(self) -> Layout:
        """Return the cells as they are printed."""
        return self.table().layout()
