"""Estimates from a printed difference of two arms and its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from scipy.special import stdtrit

from retrostats.analysis.collecting.case import NO_SIZES, Case, TwoSizes, two_sizes
from retrostats.analysis.collecting.from_scores import pooled_baseline_sd
from retrostats.analysis.collecting.ways import Way, of_t, refused
from retrostats.data.published import Figure
from retrostats.effects.noncentral import small_sample_factor
from retrostats.estimate import Estimate
from retrostats.integrity.checks.neighbours import beside, interval_owner
from retrostats.integrity.inputs import weakest
from retrostats.integrity.rounding import Span

ROUTE = "difference with its interval"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Difference:
    """A printed difference and its standard error, and what their digits allow."""

    value: float
    se: float
    values: Span
    ses: Span


def difference_way(case: Case, figure: Figure) -> Way | None:
    """Return what a printed difference and its 95% interval give; ``None`` without an interval.

    The interval is taken to be made with Student's t of ``n1 + n2 - 2`` df. An adjusted
    difference stays as it is in points; in SDs it is divided by the pooled SD at baseline, because
    the SD behind its own interval is that of residuals.
    """
    others = beside(case.trial, figure)
    if not {"ci_low", "ci_high"} <= set(others):
        return None  # a p beside it is a way of its own
    if interval_owner(case.trial, others["ci_low"]) is not figure:
        return None
    sizes = two_sizes(case.trial, figure)
    if sizes is None:
        return refused(ROUTE, figure.timepoint, NO_SIZES)
    found = _read(figure, others["ci_low"], others["ci_high"], sizes)
    if isinstance(found, str):
        return refused(ROUTE, figure.timepoint, found)
    adjusted = figure.statistic.startswith("adjusted")
    words = ("adjusted as the paper did",) if adjusted else ()
    way = Way(
        route=ROUTE,
        timepoint=figure.timepoint,
        benefit=case.outcome.benefit(change=figure.is_change),
        marks=("adjusted",) if adjusted else (),
        caveats=(*sizes.caveats, *words),
        kind=weakest([sizes.kind, figure.kind]),
    )
    if case.asked.scale == "points":
        return _in_points(way, case, found, sizes)
    if adjusted:
        return _over_baseline_sd(way, case, found, sizes)
    return of_t(way, found.value / found.se, found.values.over(found.ses), sizes, case.asked)


def _read(figure: Figure, low: Figure, high: Figure, sizes: TwoSizes) -> _Difference | str:
    """Return the difference and its standard error, or what is wrong with them."""
    value, bottom, top = (f.printed.value for f in (figure, low, high))
    if value is None or bottom is None or top is None:
        return "the difference or a limit is no single number"
    spans = Span.of(low.printed), Span.of(high.printed)
    if not Span.of(figure.printed).overlaps((spans[0] + spans[1]).times(0.5)):
        return (
            f"the difference {figure.printed.text} does not lie in the middle of its interval "
            f"{low.printed.text} to {high.printed.text}; a sign may be lost"
        )
    to_se = 1 / (2 * float(stdtrit(sizes.n1 + sizes.n2 - 2, 0.975)))
    ses = (spans[1] - spans[0]).times(to_se)
    if ses.low <= 0:
        return "its interval is printed so coarsely that it may be empty"
    return _Difference(
        value=value, se=(top - bottom) * to_se, values=Span.of(figure.printed), ses=ses
    )


def _in_points(way: Way, case: Case, found: _Difference, sizes: TwoSizes) -> Way:
    estimate = Estimate.from_se(
        case.pairing.printed,
        found.value,
        found.se,
        unit=case.outcome.unit,
        df=sizes.n1 + sizes.n2 - 2,
    )
    return replace(way, estimate=estimate, rounding=found.values)


def _over_baseline_sd(way: Way, case: Case, found: _Difference, sizes: TwoSizes) -> Way:
    sd = pooled_baseline_sd(case)
    if sd is None:
        why = "the interval of an adjusted difference does not give the SD of the scores"
        return refused(ROUTE, way.timepoint, why)
    total = sizes.n1 + sizes.n2
    factor = small_sample_factor(total - 2) / sd
    g = found.value * factor
    se = math.hypot(found.se * factor, g / math.sqrt(2 * total))
    return replace(
        way,
        estimate=Estimate.from_se(case.pairing.printed, g, se, unit="SD"),
        rounding=found.values.times(factor),
        caveats=(*way.caveats, "over the pooled SD at baseline"),
    )
