"""The result of pooling trials."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from retrostats.arrays import Floats
from retrostats.effects.arguments import require_level
from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.layout import Layout, ShownAsTable
from retrostats.layout.html import caveats
from retrostats.meta.heterogeneity import CochranQ
from retrostats.meta.inference import TestName
from retrostats.meta.levels import at_level
from retrostats.meta.pooled_words import caption, in_words, pooled_layout, sentence
from retrostats.meta.prediction import prediction_limits
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
        Variance between trials, in the unit squared; its standard error, ``nan`` under the common
        effect and for a function of your own.
    i2, h2
        Share of the variance of a typical trial that is between trials, 0 to 1; and total over
        sampling variance, which under the common effect is ``Q/df`` and may be below 1.
    q
        Cochran's test of homogeneity.
    prediction
        Where the effect of a further trial is expected, by the reference distribution of the test;
        ``None`` under the common effect, which every trial has. `prediction_interval` gives the
        other common one.
    weights
        Share of each trial in the pooled effect; they sum to 1.
    estimator, test
        Names of the estimator of ``tau2`` and of the test.
    tau2_of
        The estimator itself, so that refits use the same.
    caveats
        What a reader must know.

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = rs.EstimateTable(
    ...     "Pain",
    ...     (
    ...         rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...         rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...         rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ...     ),
    ... )
    >>> pooled = rs.pool(pain)
    >>> round(pooled.pooled.value, 3), pooled.pooled.df, round(pooled.i2, 2)
    (-0.435, 2.0, 0.46)
    """

    trials: tuple[Estimate, ...]
    studies: tuple[str, ...]
    pooled: Estimate
    tau2: float
    tau2_se: float
    i2: float
    h2: float
    q: CochranQ
    prediction: Interval | None
    weights: tuple[float, ...]
    estimator: str
    test: TestName
    tau2_of: TauSquared = field(repr=False)
    caveats: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "\n".join([self.layout().text(), *(f"  - {caveat}" for caveat in self.caveats)])

    def __str__(self) -> str:
        return sentence(self)

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

    def prediction_interval(
        self, *, df: Literal["test", "k-2"] = "test", level: float | None = None
    ) -> Interval | None:
        """Return the interval in which the true effect of a further trial is expected.

        With few trials it is wide, and it is as uncertain as tau squared: no promise.

        Parameters
        ----------
        df
            ``"test"``: the distribution of the test, as metafor has it by default: normal, or t
            with k - 1. ``"k-2"``: t with k - 2 (Higgins 2009; Riley 2011), as Stata and most
            papers have it, and at two trials with 1.
        level
            Coverage; by default that of the pool.

        Returns
        -------
        Interval or None
            ``None`` under the common effect.

        References
        ----------
        .. [1] Higgins JPT, Thompson SG, Spiegelhalter DJ (2009). J R Stat Soc A 172, 137-159.
           doi:10.1111/j.1467-985X.2008.00552.x
        .. [2] Riley RD, Higgins JPT, Deeks JJ (2011). BMJ 342, d549. doi:10.1136/bmj.d549
        """
        if df not in ("test", "k-2"):
            raise ValueError(f"df must be 'test' or 'k-2'; got {df!r}")
        level = self.level if level is None else level
        require_level(level)
        if self.prediction is None:
            return None
        spare = self.pooled.df if df == "test" else max(1, len(self.trials) - 2)
        mean = self.pooled
        return prediction_limits(mean.value, mean.se, self.tau2, df=spare, level=level)

    def table(self) -> EstimateTable:
        """Return the rows of a forest plot: each trial at the level of the pool, then the mean.

        A trial whose interval has another level gets that of ``value ± t * se`` with its own df;
        the caption says so.
        """
        rows = (at_level(trial, self.level) for trial in self.trials)
        return EstimateTable(caption(self), (*rows, self.pooled))

    def layout(self) -> Layout:
        """Return the cells as they are printed: trials with weights, pooled effect, prediction.

        Logarithms of ratios are shown as ratios too.
        """
        return pooled_layout(self)

    def in_words(self) -> str:
        """Return what was done and what came out, for the text of a paper.

        Examples
        --------
        >>> import retrostats as rs
        >>> one = rs.Estimate.from_se("Trial A", -0.52, 0.20, unit="SD")
        >>> two = rs.Estimate.from_se("Trial B", -0.11, 0.25, unit="SD")
        >>> print(rs.pool([one, two]).in_words().partition(".")[0])
        2 trials, random effects, tau² by restricted maximum likelihood; Hartung-Knapp-Sidik-Jonkman test (1 df)
        """  # noqa: E501
        return in_words(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; what does not exist is ``None``."""
        return {
            "trials": [
                {"study": study, "weight": weight} | trial.to_dict()
                for study, weight, trial in zip(
                    self.studies, self.weights, self.trials, strict=True
                )
            ],
            "pooled": self.pooled.to_dict(),
            "tau2": self.tau2,
            "tau2_se": None if math.isnan(self.tau2_se) else self.tau2_se,
            "i2": self.i2,
            "h2": self.h2,
            "q": {"statistic": self.q.statistic, "df": self.q.df, "p": self.q.p},
            "prediction": None if self.prediction is None else self.prediction._asdict(),
            "estimator": self.estimator,
            "test": self.test,
            "caveats": list(self.caveats),
        }

    def _repr_html_(self) -> str:
        return self.layout().html() + caveats(self.caveats)


def require_pooled(caller: str, given: object) -> None:
    """Refuse what is no result of `pool`; other results share some of its fields.

    Parameters
    ----------
    caller
        Name of the public function, for the message.
    given
        Its first argument.

    Raises
    ------
    TypeError
        If it is no `Pooled`.
    """
    if not isinstance(given, Pooled):
        raise TypeError(
            f"{caller}: need the result of rs.pool, a Pooled; got a value of type "
            f"{type(given).__name__}; pool the estimates first, as in {caller}(rs.pool(estimates))"
        )
