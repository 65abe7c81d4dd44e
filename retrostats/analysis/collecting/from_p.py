"""Estimates from a printed p: its size from p, its direction from the means of both arms."""

from __future__ import annotations

import math
from dataclasses import replace

from retrostats.analysis.collecting.case import NO_SIZES, Case, TwoSizes, two_sizes
from retrostats.analysis.collecting.ways import Way, of_t, refused
from retrostats.data import grammar
from retrostats.data.published import Figure
from retrostats.effects.noncentral import small_sample_factor
from retrostats.estimate import Estimate
from retrostats.integrity.checks.neighbours import T_TESTS, UNNAMED, beside
from retrostats.integrity.inputs import base_time, score, weakest
from retrostats.integrity.rounding import Span
from retrostats.integrity.two_sample import t_from_p, t_span_from_p

_NO_MEANS = "no means are printed that its p belongs to"


def p_way(case: Case, figure: Figure) -> Way:
    """Return the effect behind a printed p of two arms, or why there is none."""
    route, printed = "p", figure.printed
    exact = printed.value is not None and printed.value > 0
    at_bound = not exact and case.asked.bounds == "at the bound"
    sizes = two_sizes(case.trial, figure)
    other = _other_test(case, figure)
    if other:
        return refused(route, figure.timepoint, other)
    bound = "" if exact else _bound(figure, sizes, taken=at_bound)
    lacking = "; ".join(filter(None, [NO_SIZES if sizes is None else "", bound]))
    if lacking or sizes is None:
        return refused(route, figure.timepoint, lacking)
    df = sizes.n1 + sizes.n2 - 2
    p = printed.high if at_bound or printed.value is None else printed.value
    t, span = t_from_p(p, df), t_span_from_p(Span.of(printed), df)
    sign, benefit, means = _direction(case, figure)
    if not sign:
        size = t * small_sample_factor(df) * math.sqrt(1 / sizes.n1 + 1 / sizes.n2)
        return refused(route, figure.timepoint, _size_only(case, figure, size))
    way = Way(
        route="p at its bound" if at_bound else route,
        timepoint=figure.timepoint,
        benefit=benefit,
        marks=("p at its bound" if at_bound else "from p",),
        caveats=(*sizes.caveats, *_caveats(figure, means, at_bound=at_bound)),
        kind=weakest([sizes.kind, figure.kind]),
    )
    if case.asked.scale == "points":
        if means != figure.timepoint:  # their sign may be another one than that of its own means
            return refused(way.route, way.timepoint, _NO_MEANS)
        return _in_points(way, case, figure, t, df)
    return of_t(way, sign * t, span.times(sign), sizes, case.asked)


def _size_only(case: Case, figure: Figure, size: float) -> str:
    """Say that p gives a size, and why no direction is known."""
    others = beside(case.trial, figure)
    printed = [others[name].printed.text for name in sorted(grammar.DIFFERENCES & set(others))]
    unsure = f" (the difference {printed[0]} may have lost its sign)" if printed else ""
    return f"size only: p gives |g| {size:.2f}, and no printed mean gives its direction{unsure}"


def _other_test(case: Case, figure: Figure) -> str:
    """Say why the p of another test is not that of one difference; nothing where it is."""
    if figure.test in UNNAMED and any(
        name.startswith("adjusted") for name in beside(case.trial, figure)
    ):
        return f"its p ({figure.printed.text}) belongs to an adjusted difference"
    if figure.test in T_TESTS:
        return ""
    if figure.test.startswith("rm_anova"):
        return (
            f"its p ({figure.printed.text}) is that of a repeated-measures analysis of variance "
            f"over {figure.timepoint}, not of a difference at one visit"
        )
    return f"its p ({figure.printed.text}) is that of a test named {figure.test}"


def _bound(figure: Figure, sizes: TwoSizes | None, *, taken: bool) -> str:
    """Say what a bound on p tells of the size; nothing where it is taken at its bound."""
    printed = figure.printed
    below = printed.low <= 0  # p < 0.001, or p = 0.000
    if below and taken:
        return ""
    if sizes is None:
        return f"{printed.text} is a bound"
    at = printed.high if below else printed.low
    root = math.sqrt(1 / sizes.n1 + 1 / sizes.n2)
    df = sizes.n1 + sizes.n2 - 2
    size = t_from_p(at, df) * small_sample_factor(df) * root
    side = "at least" if below else "at most"
    return f"{printed.text} is a bound: |g| is {side} {size:.2f}"


def _direction(case: Case, figure: Figure) -> tuple[int, int, str]:
    """Return the sign of the printed contrast, its benefit when positive, and from which means.

    The means of the place of the p come first, then those of the scores or changes of its visit.
    A printed difference gives no sign, since papers often leave it out.
    """
    visit = base_time(figure.timepoint)
    for place in dict.fromkeys((figure.timepoint, f"change {visit}", visit)):
        first, second = (
            score(case.trial, arm, case.outcome.name, place).mean for arm in case.labels
        )
        if first is None or second is None:
            continue
        difference = first - second
        if difference.low > 0 or difference.high < 0:
            change = place.startswith("change ")
            benefit = case.outcome.benefit(change=change)
            return (1 if difference.low > 0 else -1), benefit, place
    return 0, 0, ""


def _caveats(figure: Figure, means: str, *, at_bound: bool) -> tuple[str, ...]:
    found = [f"direction from the means of {means}"]
    if figure.test in UNNAMED:
        found.append("the test is not named; taken as a two-sample t-test")
    if at_bound:
        found.append(f"{figure.printed.text} taken at its bound, the least size that it allows")
    return tuple(found)


def _in_points(way: Way, case: Case, figure: Figure, t: float, df: int) -> Way:
    """Return the difference of the printed means with the standard error that p implies."""
    first, second = (
        score(case.trial, arm, case.outcome.name, figure.timepoint).mean for arm in case.labels
    )
    if first is None or second is None or not 0 < t < math.inf:
        return refused(way.route, way.timepoint, _NO_MEANS)
    difference = first - second
    value = round(difference.middle, 12)
    estimate = Estimate.from_se(
        case.pairing.printed, value, abs(value) / t, unit=case.outcome.unit, df=df
    )
    return replace(way, estimate=estimate, rounding=difference)
