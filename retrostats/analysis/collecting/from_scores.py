"""Estimates from means and SDs of two arms: at a visit, and of changes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from retrostats.analysis.collecting.case import Case, size_caveats
from retrostats.analysis.collecting.ways import Way, in_sds_of_scores, refused
from retrostats.data.published import Kind
from retrostats.effects.noncentral import small_sample_factor
from retrostats.effects.summaries import ArmSummary
from retrostats.effects.t_tests import pooled_sd
from retrostats.effects.two_group import hedges_g, mean_difference
from retrostats.estimate import Estimate
from retrostats.integrity.inputs import Score, score, weakest
from retrostats.integrity.rounding import Span
from retrostats.integrity.two_sample import RoundedArm, hedges_g_span


@dataclass(frozen=True, slots=True, kw_only=True)
class _Both:
    """Both arms of the printed contrast: as printed, and as far as the digits allow."""

    arms: tuple[ArmSummary, ArmSummary]
    rounded: tuple[RoundedArm, RoundedArm]
    kind: Kind
    caveats: tuple[str, ...]

    def difference_span(self) -> Span:
        """Return every difference of the means that the rounding allows."""
        return self.rounded[0].mean - self.rounded[1].mean


def score_ways(case: Case, visit: str) -> Iterator[Way]:
    """Yield what the scores of two arms at one visit, and their changes until then, give."""
    yield from _follow_up(case, visit)
    yield from _changes(case, f"change {visit}")


def _follow_up(case: Case, visit: str) -> Iterator[Way]:
    route, unit = "follow-up scores", case.outcome.unit
    both = _both(case, visit)
    if isinstance(both, str):
        yield from [refused(route, visit, both)] if both else []
        return
    g = case.asked.scale == "g"
    yield Way(
        route=route,
        timepoint=visit,
        estimate=hedges_g(*both.arms) if g else mean_difference(*both.arms, unit=unit),
        benefit=case.outcome.benefit(change=False),
        caveats=both.caveats,
        rounding=hedges_g_span(*both.rounded) if g else both.difference_span(),
        kind=both.kind,
    )


def _changes(case: Case, place: str) -> Iterator[Way]:
    both = _both(case, place)
    if isinstance(both, str):
        yield from [refused("changes", place, both)] if both else []
        return
    way = Way(
        route="changes",
        timepoint=place,
        benefit=case.outcome.benefit(change=True),
        caveats=both.caveats,
        kind=both.kind,
    )
    if case.asked.scale == "points":
        difference = mean_difference(*both.arms, unit=case.outcome.unit)
        yield replace(way, estimate=difference, rounding=both.difference_span())
        return
    before = _before(case)
    if before is not None:
        yield replace(
            way,
            route="changes over the baseline SD",
            estimate=over_baseline_sd(both.arms, before.arms),
            rounding=_over_span(both, before),
        )
    yield in_sds_of_scores(
        way, hedges_g(*both.arms), hedges_g_span(*both.rounded), case.asked.correlation
    )


def over_baseline_sd(
    changes: tuple[ArmSummary, ArmSummary], before: tuple[ArmSummary, ArmSummary]
) -> Estimate:
    r"""Return the difference of mean changes over the pooled SD at baseline.

    Its variance is :math:`J^2 (s_\Delta / s_0)^2 (1/n_1 + 1/n_2) + g^2 / (2 (n_1 + n_2))`, with
    the pooled SD of change :math:`s_\Delta` as printed, so that no correlation is imputed.

    Parameters
    ----------
    changes
        Mean change, SD of change and size of each arm.
    before
        The arms at baseline; only their SDs count.
    """
    a, b = changes
    spread = float(pooled_sd(before[0].sd, before[0].n, before[1].sd, before[1].n))
    of_change = float(pooled_sd(a.sd, a.n, b.sd, b.n))
    factor = small_sample_factor(a.n + b.n - 2)
    g = factor * (a.mean - b.mean) / spread
    noise = (factor * of_change / spread) ** 2 * (1 / a.n + 1 / b.n)
    se = math.sqrt(noise + g**2 / (2 * (a.n + b.n)))
    return Estimate.from_se(f"{a.arm} - {b.arm}", g, se, unit="SD")


def _over_span(changes: _Both, before: _Both) -> Span:
    """Return every difference of changes over the baseline SD that the rounding allows."""
    a, b = before.rounded
    low = float(pooled_sd(a.sd.low, a.n, b.sd.low, b.n))
    high = float(pooled_sd(a.sd.high, a.n, b.sd.high, b.n))
    factor = small_sample_factor(changes.arms[0].n + changes.arms[1].n - 2)
    return changes.difference_span().over(Span(low, high)).times(factor)


def _before(case: Case) -> _Both | None:
    """Return both arms at baseline, where mean and SD are printed."""
    both = _both(case, case.trial.baseline) if case.trial.baseline else ""
    return None if isinstance(both, str) else both


def pooled_baseline_sd(case: Case) -> float | None:
    """Return the pooled SD of the scores at baseline, ``None`` where it is not printed."""
    before = _before(case)
    if before is None:
        return None
    a, b = before.arms
    return float(pooled_sd(a.sd, a.n, b.sd, b.n))


def _both(here: Case, place: str) -> _Both | str:
    """Return both arms in the order of the printed contrast, or what is not printed.

    Where neither mean is printed nobody would expect this way: the text is empty.
    """
    scores = [score(here.trial, arm, here.outcome.name, place) for arm in here.labels]
    if all(one.mean is None for one in scores):
        return ""
    for label, one in zip(here.labels, scores, strict=True):
        if one.mean is None:
            return f"of the {here.outcome.name} of {label} no mean is printed"
    lacking = list(dict.fromkeys(part for one in scores for part in one.missing()))
    if lacking:
        parts = " and ".join(_PARTS[part] for part in lacking)
        return f"{parts} {'is' if len(lacking) == 1 else 'are'} not printed"
    arms = [
        _summary(here, label, place, found)
        for label, found in zip(here.labels, scores, strict=True)
    ]
    rounded = [one.rounded() for one in scores]
    match (*arms, *rounded):
        case ArmSummary() as first, ArmSummary() as second, RoundedArm() as a, RoundedArm() as b:
            notes = (*(one.note for one in scores), *size_caveats(*(one.size for one in scores)))
            caveats = tuple(dict.fromkeys(filter(None, notes)))
            kind = weakest(one.kind for one in scores)
            return _Both(arms=(first, second), rounded=(a, b), kind=kind, caveats=caveats)
    return next(one for one in arms if isinstance(one, str))


#: What an arm may lack, in words.
_PARTS = {
    "SD": "the SD",
    "number of people": "the number of people of the arms",
}


def _summary(case: Case, label: str, place: str, found: Score) -> ArmSummary | str:
    """Return an arm with its figures as printed, or why that cannot be.

    Parameters
    ----------
    found
        Mean, SD and size, none of them missing.
    """
    if found.sd is None or found.size is None or found.size.n < 2:
        return f"{label} has fewer than 2 people"
    if found.sd.low <= 0:
        return f"the SD of {label} is printed so coarsely that it may be 0"
    names = ("mean_change", "sd_change") if place.startswith("change ") else ("mean", "sd")
    where = {"arm": label, "outcome": case.outcome.name, "timepoint": place}
    mean, sd = (case.trial.printed(**where, statistic=name) for name in names)
    if mean is None or mean.value is None or (sd is not None and sd.value is None):
        return f"the mean or the SD of {label} is printed as a range"
    spread = found.sd.middle if sd is None or sd.value is None else sd.value
    return ArmSummary(arm=label, n=found.size.n, mean=mean.value, sd=spread)
