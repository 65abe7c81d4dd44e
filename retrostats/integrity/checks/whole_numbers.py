"""Whether whole-number scores can have the printed means and SDs at all."""

from __future__ import annotations

import math
from collections.abc import Iterator

from retrostats.data.published import Figure, Outcome, PublishedTrial
from retrostats.integrity.findings import Finding, State
from retrostats.integrity.grim import grim
from retrostats.integrity.grimmer import grimmer
from retrostats.integrity.inputs import Size, group_size, weakest
from retrostats.integrity.rounding import Span

#: The mean and the SD of scores, and of changes of scores.
_PAIRS = (("mean", "sd"), ("mean_change", "sd_change"))


def digit_findings(trial: PublishedTrial) -> Iterator[Finding]:
    """Yield GRIM of every mean, and GRIMMER of every SD, of outcomes with whole-number scores.

    A mean whose digits any sample could give is passed over: the test could not fail.
    """
    for outcome in trial.outcomes:
        if not outcome.integer:
            continue
        for mean_name, sd_name in _PAIRS:
            for mean in trial.find(outcome=outcome.name, statistic=mean_name):
                if mean.arm and _is_plain(mean):
                    sds = (f for f in trial.find(statistic=sd_name) if f.place == mean.place)
                    yield from _at_best_size(trial, outcome, mean, next(sds, None))


def _at_best_size(
    trial: PublishedTrial, outcome: Outcome, mean: Figure, sd: Figure | None
) -> list[Finding]:
    """Return the tests at the size that the table allows best.

    A baseline may be of those randomised or of those analysed; only a mean that fits neither
    is inconsistent.
    """
    sizes = [group_size(trial, mean.arm, mean.outcome, mean.timepoint)]
    if mean.timepoint == trial.baseline:
        sizes.append(group_size(trial, mean.arm, "sample", "randomised"))
    results = [list(_tests(outcome, mean, sd, size)) for size in sizes if size and _usable(size)]
    passes = [found for found in results if not any(f.state is State.INCONSISTENT for f in found)]
    return next(iter([*passes, *results]), [])


def _tests(outcome: Outcome, mean: Figure, sd: Figure | None, size: Size) -> Iterator[Finding]:
    """Yield GRIM of a mean; where it passes and an SD is printed, GRIMMER of both."""
    low, high = _ends(outcome, change=mean.is_change)
    first = grim(mean.printed, size.n, items=outcome.items, low=low, high=high)
    if first.informative or not first.consistent:
        yield _finding(mean, first.test, first.detail, size, passes=first.consistent)
    if first.consistent and sd is not None and _is_plain(sd):
        second = grimmer(mean.printed, sd.printed, size.n, items=outcome.items, low=low, high=high)
        if second.informative or not second.consistent:
            yield _finding(sd, second.test, second.detail, size, passes=second.consistent)


#: People up to whom digits are tested; beyond, no digits of a paper could fail.
_MOST = 10_000


def _usable(size: Size) -> bool:
    """Whether a size can be held against digits: two people, and not inferred from them."""
    return 1 < size.n <= _MOST and size.kind != "inferred"


def _is_plain(figure: Figure) -> bool:
    """Whether a figure is a number of the scale: no bound, range or percentage."""
    digits = sum(character.isdigit() for character in figure.printed.text)
    plain = figure.printed.relation == "=" and not figure.printed.unit
    return plain and digits <= 15 and "e" not in figure.printed.text.lower()


def _ends(outcome: Outcome, *, change: bool) -> tuple[int | None, int | None]:
    """Return the least and greatest whole-number score, or change of score."""
    low = None if outcome.low is None else math.ceil(outcome.low)
    high = None if outcome.high is None else math.floor(outcome.high)
    if not change:
        return low, high
    return (low - high, high - low) if low is not None and high is not None else (None, None)


def _finding(figure: Figure, test: str, detail: str, size: Size, *, passes: bool) -> Finding:
    return Finding(
        state=State.CONSISTENT if passes else State.INCONSISTENT,
        place=(figure.outcome, figure.timepoint, figure.arm),
        quantity=figure.statistic,
        about=figure,
        span=Span.of(figure.printed) if passes else None,
        variant=test,
        detail=f"{detail[0].upper()}{detail[1:]}.",
        kind=weakest([figure.kind, size.kind]),
    )
