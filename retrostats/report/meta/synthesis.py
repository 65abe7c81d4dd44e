"""Everything that the report of pooled trials says, computed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from retrostats.analysis.collecting.sensitivity_table import PoolSensitivity
from retrostats.analysis.pool_sensitivity import pool_sensitivity
from retrostats.data.published import PublishedTrial
from retrostats.errors import RetrostatsError
from retrostats.meta.bias.egger import EggerTest, egger_test
from retrostats.meta.diagnostics.leave_one_out import LeaveOneOut, leave_one_out
from retrostats.meta.inference import TestName
from retrostats.meta.intervals.heterogeneity_interval import Heterogeneity, heterogeneity_interval
from retrostats.meta.pool import pool
from retrostats.meta.pooled import Pooled
from retrostats.meta.tau.estimators import TauName
from retrostats.report.meta.compare import Comparison, PublishedPool, compare, published_pools
from retrostats.report.meta.judgements import Judgements
from retrostats.report.meta.types import Evidence

#: Below so many trials a test of funnel asymmetry cannot tell chance from asymmetry (Sterne et al.
#: 2011, doi:10.1136/bmj.d4002).
ENOUGH_FOR_ASYMMETRY = 10
#: Without one of fewer trials than these nothing is left to pool.
_ENOUGH_TO_LEAVE_OUT = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """What is computed from a pool, each part as far as it can be.

    Attributes
    ----------
    heterogeneity, leave_one_out, egger, sensitivity
        ``None`` where there is none. Other choices may give a pool where the planned ones do not.
    why_not
        By the name of the part, why there is none.
    """

    heterogeneity: Heterogeneity | None = None
    leave_one_out: LeaveOneOut | None = None
    egger: EggerTest | None = None
    sensitivity: PoolSensitivity | None = None
    why_not: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesis:
    """What one outcome says over all its trials, and what stands beside it.

    Attributes
    ----------
    evidence
        The estimates, and the trials that give none.
    level
        Of every interval.
    pooled
        ``None`` where nothing can be pooled.
    why_not
        Why nothing is pooled; empty where it is.
    further
        Heterogeneity, leave-one-out and Egger's test.
    published, comparisons
        Pooled effects that reviews printed, and how ours lie to them; without a pool there is
        nothing to compare.
    judgements
        Of the authors; nothing is judged where they gave none.
    reviews
        The publications that were looked at for pooled effects.
    """

    evidence: Evidence
    level: float
    pooled: Pooled | None
    why_not: str
    further: Further
    published: tuple[PublishedPool, ...]
    comparisons: tuple[Comparison, ...]
    judgements: Judgements
    reviews: tuple[PublishedTrial, ...] = ()


def synthesise(
    evidence: Evidence,
    *,
    tau2: TauName = "reml",
    test: TestName = "hksj",
    level: float = 0.95,
    judgements: Judgements | None = None,
    reviews: Sequence[PublishedTrial] = (),
) -> Synthesis:
    """Pool the estimates of one outcome and gather what a reader needs beside them.

    Parameters
    ----------
    evidence
        What there is. One estimate or none gives no pool, and the reason in words.
    tau2, test, level
        As `retrostats.meta.pool.pool` takes them.
    judgements
        Of the same outcome; without them nothing is judged.
    reviews
        Publications among which reviews with pooled effects may be.
    """
    pooled, why_not = _pooled(evidence, tau2, test, level)
    published = published_pools(reviews, evidence)
    compared = [compare(pooled.pooled, each, evidence) for each in published] if pooled else []
    return Synthesis(
        evidence=evidence,
        level=level,
        pooled=pooled,
        why_not=why_not,
        further=replace(
            _further(pooled) if pooled else Further(),
            sensitivity=_sensitivity(evidence, tau2, test, level),
        ),
        published=published,
        comparisons=tuple(each for each in compared if each is not None),
        judgements=judgements or Judgements(outcome=evidence.outcome),
        reviews=tuple(reviews),
    )


def _pooled(
    evidence: Evidence, tau2: TauName, test: TestName, level: float
) -> tuple[Pooled | None, str]:
    """Return the pool, or why there is none; no other method is taken in its place."""
    number = len(evidence.estimates)
    if number == 0:
        return None, "no trial gives an estimate of it"
    if number == 1:
        return None, "only one trial gives an estimate of it, and one trial is no pool"
    try:
        return (
            pool(evidence.estimates, tau2=tau2, test=test, level=level, studies=evidence.studies),
            "",
        )
    except RetrostatsError as error:
        return None, str(error)


def _sensitivity(
    evidence: Evidence, tau2: TauName, test: TestName, level: float
) -> PoolSensitivity | None:
    """Return the pool under other choices; nothing where there is no estimate to begin with."""
    if not evidence.estimates and evidence.collected is None:
        return None
    return pool_sensitivity(
        evidence.estimates if evidence.collected is None else evidence.collected,
        tau2=tau2,
        test=test,
        level=level,
        studies=evidence.studies if evidence.collected is None else None,
    )


def _further(pooled: Pooled) -> Further:
    """Return what can be computed from a pool, and why the rest cannot."""
    why_not: dict[str, str] = {}
    trials = len(pooled.trials)

    def tried(name: str, compute: Callable[[Pooled], T]) -> T | None:
        try:
            return compute(pooled)
        except RetrostatsError as error:
            why_not[name] = str(error)
            return None

    heterogeneity = tried("heterogeneity", heterogeneity_interval)
    without: LeaveOneOut | None = None
    if trials < _ENOUGH_TO_LEAVE_OUT:
        why_not["leave_one_out"] = f"there are {trials} trials, and without one nothing is pooled"
    else:
        without = tried("leave_one_out", leave_one_out)
    egger: EggerTest | None = None
    if trials < ENOUGH_FOR_ASYMMETRY:
        why_not["egger"] = (
            f"there are {trials} trials, and below {ENOUGH_FOR_ASYMMETRY} no test of funnel "
            "asymmetry can tell chance from asymmetry"
        )
    else:
        egger = tried("egger", egger_test)
    return Further(heterogeneity=heterogeneity, leave_one_out=without, egger=egger, why_not=why_not)
