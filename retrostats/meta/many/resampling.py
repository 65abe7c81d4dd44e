"""Bootstrap intervals of the pooled mean and of the variance between trials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from retrostats.arrays import Floats, read_only
from retrostats.effects.arguments import require_level
from retrostats.errors import FitError
from retrostats.estimate import Interval
from retrostats.jobs.types import Workers
from retrostats.layout import ShownAsSentence, percent
from retrostats.meta.many.pooling import pool_many
from retrostats.meta.many.requests import require_replicates, require_seed
from retrostats.meta.pooled import Pooled, require_pooled

BootstrapKind = Literal["parametric", "trials"]
#: Replicates of one block: some hundredths of a second of REML.
BLOCK = 2500


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BootstrappedPool(ShownAsSentence):
    """Intervals of a pooled effect from pooling again and again.

    Attributes
    ----------
    mean, tau2
        Intervals of the mean effect and of the variance between trials.
    means, tau2s
        The replicates, shape ``(replicates - failures,)``.
    kind
        ``"parametric"`` or ``"trials"``.
    replicates, failures
        How many were drawn, and how many of these had no answer and are left out.
    seed
        It makes the same replicates again.

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ...     rs.Estimate.from_se("Trial D", -0.62, 0.35, unit="SD"),
    ... ]
    >>> print(rs.bootstrap_pooled(rs.pool(pain), replicates=499, seed=1))
    95% bootstrap intervals (parametric, 499 replicates): mean -0.972 to 0.0536, tau² 0 to 0.271
    """

    mean: Interval
    tau2: Interval
    means: Floats
    tau2s: Floats
    kind: BootstrapKind
    replicates: int
    failures: int
    seed: int

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        lost = f", {self.failures:,} of them without an answer" if self.failures else ""
        return (
            f"{percent(self.mean.level)} bootstrap intervals ({self.kind}, {self.replicates:,} "
            f"replicates{lost}): mean {self.mean.low:.3g} to {self.mean.high:.3g}, "
            f"tau² {self.tau2.low:.3g} to {self.tau2.high:.3g}"
        )


def bootstrap_pooled(
    pooled: Pooled,
    *,
    seed: int,
    replicates: int = 9999,
    kind: BootstrapKind = "parametric",
    level: float | None = None,
    workers: int | Workers = 1,
) -> BootstrappedPool:
    """Return bootstrap intervals of the mean effect and of the variance between trials.

    Use it to see how the estimator of tau squared itself varies, and to check an interval of the
    mean that rests on a t distribution; not to replace `retrostats.pool` with few trials: nothing
    that was not observed can be drawn, and ``kind="trials"`` needs some twenty trials.

    Parameters
    ----------
    pooled
        What to repeat, with its estimator and its test.
    seed
        Whole number; the same seed gives the same digits.
    replicates
        How often. 9,999 make limits steady to about 2% of the width of the interval.
    kind
        ``"parametric"``: new estimates of the same trials from the fitted model, normal with
        variance ``v + tau2``. The interval of the mean is studentised: it takes the quantile of
        ``|mean* - mean| / se*``, so that the uncertainty of tau squared is in it; it believes in
        normal effects and in the fitted tau squared. ``"trials"``: whole trials are drawn with
        replacement, and the interval of the mean holds the middle of the means; no distribution
        is assumed, and it is too narrow with fewer than about twenty trials.
    level
        Coverage; by default that of `pooled`.
    workers
        A number of processes, or `retrostats.Workers`; the numbers are the same for any. More help
        with an estimator of your own, which is asked once for each replicate, or with a million
        replicates; 9,999 of a named estimator take less time than other processes need to start.

    Returns
    -------
    BootstrappedPool
        The interval of tau squared holds the middle of its replicates. It is too low where the
        estimate is near 0, and an interval by its likelihood or by Q is better there.

    Raises
    ------
    ValueError
        If an argument is out of range.
    FitError
        If fewer than half of the replicates have an answer.

    References
    ----------
    .. [1] Viechtbauer W (2007). Confidence intervals for the amount of heterogeneity in
       meta-analysis. Stat Med 26, 37-52. doi:10.1002/sim.2514
    .. [2] Van den Noortgate W, Onghena P (2005). Parametric and nonparametric bootstrap methods
       for meta-analysis. Behav Res Methods 37, 11-22. doi:10.3758/BF03206394

    Examples
    --------
    >>> import retrostats as rs
    >>> values, errors = (-0.9, -0.15, -0.4, -0.62, -0.1), (0.32, 0.22, 0.28, 0.35, 0.18)
    >>> trials = [
    ...     rs.Estimate.from_se(f"Trial {name}", value, se, unit="SD")
    ...     for name, value, se in zip("ABCDE", values, errors)
    ... ]
    >>> again = rs.bootstrap_pooled(rs.pool(trials), seed=1)
    >>> again.mean.low < again.mean.high, again.tau2.low >= 0, again.failures
    (True, True, 0)
    """
    require_pooled("bootstrap_pooled", pooled)
    level = pooled.level if level is None else level
    if kind not in get_args(BootstrapKind):
        raise ValueError(f"bootstrap_pooled: kind must be 'parametric' or 'trials', got {kind!r}")
    require_level(level)
    replicates = require_replicates("bootstrap_pooled", replicates, level)
    seed = require_seed("bootstrap_pooled", seed)
    task = RepeatedPool(pooled=pooled, kind=kind)
    value, se, tau2 = _run(task, replicates, seed, workers)
    good = np.isfinite(value)
    failures = replicates - int(good.sum())
    if good.sum() < max(2, replicates / 2):
        raise FitError(
            f"bootstrap_pooled: {failures:,} of {replicates:,} replicates have no answer, so "
            "that the rest does not stand for them; use kind='parametric' or another test"
        )
    means, tau2s = value[good], tau2[good]
    if kind == "parametric":
        pivot = np.abs(means - pooled.pooled.value) / se[good]
        margin = float(np.quantile(pivot, level, method="weibull")) * pooled.pooled.se
        mean = Interval(pooled.pooled.value - margin, pooled.pooled.value + margin, level)
    else:
        mean = _middle(means, level)
    return BootstrappedPool(
        mean=mean,
        tau2=_middle(tau2s, level),
        means=read_only(means),
        tau2s=read_only(tau2s),
        kind=kind,
        replicates=replicates,
        failures=failures,
        seed=seed,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RepeatedPool:
    """The work of one block: data sets drawn like the observed one, and pooled like it.

    Attributes
    ----------
    pooled
        What is repeated.
    kind
        How data sets are drawn.
    """

    pooled: Pooled
    kind: BootstrapKind

    def __repr__(self) -> str:
        return f"bootstrap_pooled: the estimator {self.pooled.estimator!r}"

    def __call__(self, rng: np.random.Generator, places: range) -> Mapping[str, Floats]:
        """Return means, standard errors and tau squared, shape ``(len(places),)``; nan failed."""
        pooled, shape = self.pooled, (len(places), len(self.pooled.y))
        y, v, test = pooled.y, pooled.v, pooled.test
        if self.kind == "parametric":
            noise = rng.standard_normal(shape)
            y = pooled.pooled.value + noise * np.sqrt(v + pooled.tau2)
        else:
            some = rng.integers(0, len(y), shape)
            y, v = y[some], v[some]
            # Standard errors are not used here, and "z" has one even where one trial is drawn
            # throughout.
            test = "z"
        many = pool_many(y, v, tau2=pooled.tau2_of, test=test)
        return {"value": many.value, "se": many.se, "tau2": many.tau2}


def _run(
    task: RepeatedPool, replicates: int, seed: int, workers: int | Workers
) -> tuple[Floats, Floats, Floats]:
    from retrostats.jobs.run import run_replicates

    found = run_replicates(
        task,
        replicates,
        seed=seed,
        block=BLOCK,
        key="bootstrap_pooled",
        workers=workers,
        words="Resampling",
    ).arrays
    return found["value"], found["se"], found["tau2"]


def _middle(values: Floats, level: float) -> Interval:
    ends = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], method="weibull")
    return Interval(float(ends[0]), float(ends[1]), level)
