"""Every candidate of a trial, and the one that speaks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from retrostats.analysis.collecting.arms import pairings
from retrostats.analysis.collecting.case import Case
from retrostats.analysis.collecting.from_scores import score_ways
from retrostats.analysis.collecting.from_statistics import statistic_ways
from retrostats.analysis.collecting.request import CollectRequest
from retrostats.analysis.collecting.types import Candidate
from retrostats.analysis.collecting.ways import Way, refused, scaled
from retrostats.data.published import PublishedTrial
from retrostats.integrity.inputs import base_time
from retrostats.integrity.rounding import Span

#: Stands after a label whose estimate rests on a figure that is not printed.
INFERRED = "†"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one trial gives.

    Attributes
    ----------
    candidates
        The chosen one first, then in the order of preference.
    outcomes, pairs
        How many outcomes of the kind, and how many comparisons of the arms asked for, it has.
    """

    candidates: tuple[Candidate, ...]
    outcomes: int
    pairs: int


def find_candidates(trial: PublishedTrial, label: str, asked: CollectRequest) -> Found:
    """Return every candidate of a trial, at most one of them chosen.

    The order does not look at the estimates: the comparison that answers the question best, then
    the time, then the most direct route, then the order of the outcomes in the trial.

    Parameters
    ----------
    label
        Short name of the trial.
    """
    wanted = [outcome for outcome in trial.outcomes if asked.wants(outcome)]
    pairs = pairings(trial, asked.compare)
    keyed: list[tuple[tuple[int, int, int, int], Candidate]] = []
    for i, one in enumerate(pairs):
        for j, outcome in enumerate(wanted):
            case = Case(trial=trial, pairing=one, outcome=outcome, asked=asked)
            for way in _ways(case):
                key = i, _when(way, trial, asked), way.rank, j
                keyed.append((key, _candidate(case, way, label)))
    ordered = [candidate for _, candidate in sorted(keyed, key=lambda pair: pair[0])]
    return Found(candidates=_chosen(ordered), outcomes=len(wanted), pairs=len(pairs))


def _ways(case: Case) -> Iterator[Way]:
    """Yield the ways of a case; one that says so where nothing is printed."""
    asked, trial = case.asked, case.trial
    visits = [visit for visit in trial.timepoints if visit != trial.baseline]
    ways = [way for visit in visits for way in score_ways(case, visit)]
    ways += statistic_ways(case)
    if asked.timepoint not in ("last", "first"):
        ways = [way for way in ways if base_time(way.timepoint) == asked.timepoint]
    if not ways:
        at = "" if asked.timepoint in ("last", "first") else f" at {asked.timepoint}"
        why = f"no figure of {case.outcome.name} compares {case.pairing.label}{at}"
        ways = [refused("nothing printed", "", why)]
    yield from ways


def _when(way: Way, trial: PublishedTrial, asked: CollectRequest) -> int:
    """Return the place of a time: early ones first, or late ones; joined times at their last."""
    last = base_time(way.timepoint).split("/")[-1]
    place = trial.timepoints.index(last) if last in trial.timepoints else -1
    return place if asked.timepoint == "first" else -place


def _candidate(case: Case, way: Way, label: str) -> Candidate:
    """Return a way in the direction of the collection."""
    estimate, span, why, caveats = way.estimate, way.rounding, way.why, list(way.caveats)
    if estimate is not None and not way.benefit:
        estimate, why = None, f"which direction of {case.outcome.name} is better is not on record"
    if estimate is not None:
        sign = _sign(case, way)
        unit = _unit(case) if case.asked.scale == "points" else estimate.unit
        estimate = replace(scaled(estimate, sign, unit=unit), label=_label(label, way))
        span = span.times(sign) if span else None
        if _wanted_direction(case) != case.outcome.better:
            caveats.append(f"turned around: on this scale {case.outcome.better} is better")
    return Candidate(
        trial=case.trial.id,
        label=label,
        contrast=case.pairing.label,
        outcome=case.outcome.name,
        instrument=case.outcome.instrument,
        timepoint=way.timepoint,
        route=way.route,
        estimate=estimate,
        chosen=False,
        why=why,
        caveats=tuple(caveats),
        rounding=_ends(span) if estimate is not None else None,
        kind=way.kind,
        better=_wanted_direction(case) if estimate is not None else "",
    )


def _wanted_direction(case: Case) -> str:
    """Return the direction of benefit that an estimate gets; in points that of its instrument."""
    return case.outcome.better if case.asked.scale == "points" else case.asked.better


def _sign(case: Case, way: Way) -> int:
    """Return -1 where the printed contrast has to be turned around, else 1."""
    better = -1 if _wanted_direction(case) == "lower" else 1
    return better * way.benefit * (-1 if case.pairing.turned else 1)


def _unit(case: Case) -> str:
    """Return unit and instrument, so that points of two instruments are never pooled."""
    outcome = case.outcome
    return " on the ".join(filter(None, [outcome.unit, outcome.instrument]))


def _label(label: str, way: Way) -> str:
    words = ", ".join([label, *way.marks])
    return f"{words} {INFERRED}" if way.kind == "inferred" else words


def _ends(span: Span | None) -> tuple[float, float] | None:
    return None if span is None else (span.low, span.high)


def _chosen(ordered: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Mark the first candidate that has an estimate, and tell the others why they are not."""
    first = next((one for one in ordered if one.estimate is not None), None)
    if first is None:
        return tuple(ordered)
    others = [
        replace(one, why=one.why or f"another comes first: {_difference(first, one)}")
        for one in ordered
        if one is not first
    ]
    return (replace(first, chosen=True), *others)


def _difference(first: Candidate, one: Candidate) -> str:
    """Say by what the chosen candidate differs from another."""
    parts = [
        f"{getattr(first, name)}"
        for name in ("contrast", "timepoint", "route", "outcome")
        if getattr(first, name) != getattr(one, name)
    ]
    return ", ".join(parts) or first.route
