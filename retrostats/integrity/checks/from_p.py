"""What a printed p implies where means and SDs are not both printed: g, a bound, an SD."""

from __future__ import annotations

import math
from collections.abc import Iterator

from retrostats.data import grammar
from retrostats.data.published import Figure, Kind, PublishedTrial
from retrostats.effects.noncentral import small_sample_factor
from retrostats.integrity.checks.degrees import anova_df
from retrostats.integrity.checks.effect_sizes import Route, effect_of
from retrostats.integrity.checks.implied import sizes_of
from retrostats.integrity.checks.neighbours import T_TESTS, beside
from retrostats.integrity.checks.two_arms import families
from retrostats.integrity.findings import Finding, State
from retrostats.integrity.inputs import (
    Size,
    describe_sizes,
    group_size,
    pair,
    score,
    weakest,
)
from retrostats.integrity.rounding import Span
from retrostats.integrity.two_sample import t_from_p, t_span_from_p
from retrostats.integrity.words import between, from_p, reach


def effects_from_p(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield what a printed p implies where means and SDs are not both printed.

    A p of a t-test gives the size of g and, with the printed means, the SD. A bound on
    p gives a bound on g. A main effect of group in a repeated-measures analysis of two
    arms gives g of the scores averaged over the times.
    """
    if figure.statistic != "p":
        return
    group_test = figure.test == "rm_anova group"
    sizes = _sizes(trial, figure, group_test=group_test)
    if sizes is None or not (group_test or figure.test in T_TESTS):
        return
    if figure.timepoint == trial.baseline or grammar.STANDARDISED & set(beside(trial, figure)):
        return
    if any(scores.rounded() for scores in families(trial, figure)):
        return
    n1, n2 = sizes[0].n, sizes[1].n
    df = n1 + n2 - 2
    t = t_span_from_p(Span.of(figure.printed), df)
    basis = describe_sizes(*sizes)
    kind = weakest([figure.kind, *(size.kind for size in sizes)])
    if group_test:
        times = len(figure.timepoint.split("/"))
        basis += (
            f"; F(1, {df}) {between(Span(t.low**2, t.high**2))}; averaged over its {times} times"
        )
    if math.isinf(t.high) or t.low == 0:
        yield _bound(figure, t, sizes, basis, kind)
        return
    difference, known_sign = _difference(trial, figure)
    signed = known_sign and (difference.low > 0 or difference.high < 0)
    if signed and difference.high < 0:
        t = -t
    at = figure.printed.value
    best = t_from_p(Span.of(figure.printed).middle if at is None else at, df)
    route = Route(
        t=t,
        best=math.copysign(best, t.low),
        n1=n1,
        n2=n2,
        signed=signed,
        change=figure.is_change,
        words=from_p(figure.printed.text),
        basis=basis,
        kind=kind,
    )
    yield from effect_of(trial, figure, route)
    if difference.high > 0 or difference.low < 0:
        yield _implied_sd(figure, difference, t.size(), route)


def _sizes(trial: PublishedTrial, figure: Figure, *, group_test: bool) -> tuple[Size, Size] | None:
    """Return both arm sizes of a contrast; of a two-arm analysis of variance likewise."""
    if group_test:
        shape = anova_df(trial, figure)
        if shape is None or len(shape.sizes) != 2:
            return None
        arms = pair(trial, figure.contrast) or tuple(arm.label for arm in trial.arms)
        first, second = (group_size(trial, arm, figure.outcome, figure.timepoint) for arm in arms)
        return (first, second) if first and second and min(first.n, second.n) > 1 else None
    return sizes_of(trial, figure)


def _difference(trial: PublishedTrial, figure: Figure) -> tuple[Span, bool]:
    """Return the printed difference that the p is about, and whether its sign is sure.

    The means of both arms give a sign. A printed difference may have lost its own, so
    only its size is used. Nothing printed gives an empty span at zero.
    """
    arms = pair(trial, figure.contrast)
    if arms is None or "/" in figure.timepoint:
        return Span.exactly(0), False
    treated, control = (score(trial, arm, figure.outcome, figure.timepoint).mean for arm in arms)
    if treated is not None and control is not None:
        return treated - control, True
    others = beside(trial, figure)
    for statistic in ("mean_difference", "mean_difference_in_change"):
        if statistic in others:
            return Span.of(others[statistic].printed).size(), False
    return Span.exactly(0), False


def _bound(figure: Figure, t: Span, sizes: tuple[Size, Size], basis: str, kind: Kind) -> Finding:
    """Return the bound on the size of g that a bound on p gives."""
    n1, n2 = sizes[0].n, sizes[1].n
    scale = small_sample_factor(n1 + n2 - 2) * math.sqrt(1 / n1 + 1 / n2)
    g = t.times(scale)
    return Finding(
        state=State.DERIVED,
        place=(figure.outcome, figure.timepoint, figure.contrast),
        quantity="hedges_g",
        span=g,
        variant=f"bound, {from_p(figure.printed.text)}",
        detail=f"The size of g is {reach(g)} ({basis}); a bound on p gives no more.",
        kind=kind,
    )


def _implied_sd(figure: Figure, difference: Span, t: Span, route: Route) -> Finding:
    """Return the pooled SD at which the printed difference has the printed p."""
    root = math.sqrt(1 / route.n1 + 1 / route.n2)
    sd = difference.size().over(t.times(root))
    quantity = "sd_change" if figure.is_change else "sd"
    wide = " Wide, because the means are printed so coarsely." if sd.high > 2 * sd.low else ""
    return Finding(
        state=State.DERIVED,
        place=(figure.outcome, figure.timepoint, figure.contrast),
        quantity=quantity,
        span=sd,
        variant=f"{route.words}, Student",
        detail=(
            f"Implied pooled SD {between(sd)}, from a difference of {between(difference)} "
            f"({route.basis}).{wide}"
        ),
        kind=route.kind,
    )
