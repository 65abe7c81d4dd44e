"""What the figures of one arm say of one another: means, changes, SDs and within-arm tests."""

from __future__ import annotations

import math
from collections.abc import Iterator

from retrostats.data.published import Figure, PublishedTrial
from retrostats.integrity.checks.implied import compare_p
from retrostats.integrity.checks.neighbours import WITHIN
from retrostats.integrity.findings import Finding, State
from retrostats.integrity.inputs import (
    Score,
    base_time,
    change_from_visits,
    describe_sizes,
    group_size,
    score,
    weakest,
)
from retrostats.integrity.rounding import Span
from retrostats.integrity.two_sample import p_span_from_t, t_span_from_p
from retrostats.integrity.words import between, from_p, reach


def change_findings(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield a printed mean change against the printed means, in the paper's own direction."""
    if figure.statistic != "mean_change" or not figure.arm or not figure.is_change:
        return
    visit = base_time(figure.timepoint)
    if not trial.outcome(figure.outcome).change:
        yield _undeclared(figure)
        return
    expected = change_from_visits(trial, figure.arm, figure.outcome, visit)
    if expected.mean is None:
        return
    agrees = Span.of(figure.printed).overlaps(expected.mean)
    direction = trial.outcome(figure.outcome).change
    detail = f"{direction}: {between(expected.mean)} from the printed means."
    if not agrees and Span.of(figure.printed).overlaps(-expected.mean):
        detail += " The printed change has the other sign."
    yield Finding(
        state=State.CONSISTENT if agrees else State.INCONSISTENT,
        place=(figure.outcome, figure.timepoint, figure.arm),
        quantity="mean_change",
        about=figure,
        span=expected.mean,
        variant="arithmetic of the means",
        detail=detail,
        kind=weakest([figure.kind, expected.kind]),
    )


def _undeclared(figure: Figure) -> Finding:
    return Finding(
        state=State.MISSING,
        place=(figure.outcome, figure.timepoint, figure.arm),
        quantity="mean_change",
        about=figure,
        variant="arithmetic of the means",
        missing="which way this paper subtracts; say change = ... of the outcome in trial.toml",
        kind=figure.kind,
    )


def correlation_findings(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield the within-subject correlation that the SDs of a change and of its ends imply."""
    if figure.statistic not in {"sd_change", "mean_change"} or not figure.is_change:
        return
    change = score(trial, figure.arm, figure.outcome, figure.timepoint)
    if change.sd is None or (figure.statistic == "mean_change" and not change.note):
        return  # a printed SD of change speaks for itself; otherwise the interval does
    visit = base_time(figure.timepoint)
    before, after = (
        score(trial, figure.arm, figure.outcome, time) for time in (trial.timepoints[0], visit)
    )
    if before.sd is None or after.sd is None or min(before.sd.high, after.sd.high) <= 0:
        return
    r = correlation_span(before.sd, after.sd, change.sd)
    possible = r.overlaps(Span(-1.0, 1.0))
    detail = f"The SDs imply a within-subject correlation of {between(r)}."
    if not possible:
        detail = f"No correlation fits these SDs: they imply r {between(r)}."
    yield Finding(
        state=State.DERIVED if possible else State.INCONSISTENT,
        place=(figure.outcome, figure.timepoint, figure.arm),
        quantity="correlation",
        about=None if possible else figure,
        span=r,
        variant="from the SDs" if not change.note else change.note,
        detail=detail,
        kind=weakest([figure.kind, before.kind, after.kind]),
    )


def correlation_span(before: Span, after: Span, change: Span) -> Span:
    r"""Return every within-subject correlation that three rounded SDs allow.

    .. math::  r = \frac{s_1^2 + s_2^2 - s_d^2}{2 s_1 s_2}

    The correlation falls with the SD of change and is convex in each of the others, so its
    greatest value lies at a corner; the least may also lie where :math:`s_1^2 = s_2^2 - s_d^2`
    or the reverse.

    Parameters
    ----------
    before, after, change
        SDs at both ends and of the change, not negative.
    """
    tiny = 1e-12  # an SD of zero leaves r open; approach it instead
    a_ends = (max(before.low, tiny), max(before.high, tiny))
    b_ends = (max(after.low, tiny), max(after.high, tiny))
    d = change.high
    points = [(a, b) for a in a_ends for b in b_ends]
    for b in b_ends:
        turn = math.sqrt(max(b * b - d * d, 0.0))
        points += [(turn, b)] if a_ends[0] < turn < a_ends[1] else []
    for a in a_ends:
        turn = math.sqrt(max(a * a - d * d, 0.0))
        points += [(a, turn)] if b_ends[0] < turn < b_ends[1] else []
    low = min(_correlation(a, b, change.high) for a, b in points)
    high = max(_correlation(a, b, change.low) for a in a_ends for b in b_ends)
    return Span(low, high)


def _correlation(before: float, after: float, change: float) -> float:
    return (before**2 + after**2 - change**2) / (2 * before * after)


def within_arm(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield a printed p of one arm against its change and SD, or the dz that it implies.

    Conditions that the same people went through count as one arm: a paired contrast.
    """
    visit = base_time(figure.timepoint).removeprefix(f"{trial.timepoints[0]}/")
    if figure.statistic != "p" or figure.test not in WITHIN or "/" in visit:
        return
    place = f"change {visit}"
    change = score(trial, figure.arm, figure.outcome, place) if not figure.contrast else None
    if change is not None and change.rounded() is not None:
        yield _paired_t(figure, change)
        return
    size = group_size(trial, figure.arm, figure.outcome, figure.timepoint)
    if size is None or size.n < 2 or (not figure.arm and not figure.contrast):
        return
    t = t_span_from_p(Span.of(figure.printed), size.n - 1)
    dz = t.times(1 / math.sqrt(size.n))
    yield Finding(
        state=State.DERIVED,
        place=(figure.outcome, figure.timepoint, figure.contrast or figure.arm),
        quantity="cohens_dz",
        span=dz,
        variant=f"paired t, {from_p(figure.printed.text)}",
        detail=f"The size of dz is {reach(dz)} ({describe_sizes(size)}); "
        "the paired t-test is taken as the test.",
        kind=weakest([figure.kind, size.kind]),
    )


def _paired_t(figure: Figure, change: Score) -> Finding:
    """Hold the paired t-test of a printed change against the printed p."""
    assert change.mean is not None and change.sd is not None and change.size  # noqa: S101, PT018
    n = change.size.n
    t = change.mean.over(change.sd.times(1 / math.sqrt(n)))
    basis = f"{describe_sizes(change.size)}; df {n - 1}"
    basis += f"; {change.note}" if change.note else ""
    found = p_span_from_t(t, n - 1)
    kinds = [change.kind]
    return compare_p(figure, found, variant="paired t", basis=basis, kinds=kinds, route="scores")
