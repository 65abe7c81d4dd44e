"""Standardised effects, and the SDs they imply, by every route that the print allows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from retrostats.data import grammar
from retrostats.data.published import Figure, Kind, PublishedTrial
from retrostats.effects.noncentral import noncentral_t_limits, small_sample_factor
from retrostats.effects.t_tests import two_sided_p
from retrostats.integrity.checks.implied import sizes_of
from retrostats.integrity.checks.neighbours import WITHIN
from retrostats.integrity.checks.two_arms import TwoScores, families, visit_family
from retrostats.integrity.findings import Effect, Finding, State
from retrostats.integrity.inputs import (
    Compared,
    Comparison,
    describe_sizes,
    pair,
    score,
    weakest,
)
from retrostats.integrity.rounding import Span
from retrostats.integrity.two_sample import cohens_d_span
from retrostats.integrity.words import between, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way from printed figures to a standardised difference.

    Attributes
    ----------
    t
        Every t statistic that the rounding allows; its size where unsigned.
    best
        The t statistic of the figures as printed.
    n1, n2
        Arm sizes, treated first.
    signed
        Whether the direction is known.
    change
        Whether the scores are changes as the paper prints them.
    words, basis
        The route, and what it rests on.
    """

    t: Span
    best: float
    n1: int
    n2: int
    signed: bool
    change: bool
    words: str
    basis: str
    kind: Kind


#: A t beyond this has no limits that mean anything.
_LARGEST_T = 1000.0


def effect_of(trial: PublishedTrial, comparison: Compared, route: Route) -> Iterator[Finding]:
    """Yield Hedges' g of a route with its exact 95% limits, widened over the rounding.

    Nothing where t is all but infinite: the SDs are printed as zero, or p as nothing.
    """
    if not route.t.size().high < _LARGEST_T:
        return
    df = route.n1 + route.n2 - 2
    scale = small_sample_factor(df) * math.sqrt(1 / route.n1 + 1 / route.n2)
    g = route.t.times(scale)
    low = noncentral_t_limits(route.t.low, df)[0] * scale
    high = noncentral_t_limits(route.t.high, df)[1] * scale
    value = route.best * scale
    words = f"g {number(value)} (95% CI {number(low)} to {number(high)}"
    rounding = ")" if number(g.low) == number(g.high) else f"; g {between(g)} over the rounding)"
    direction = "" if route.signed else " Size only: the direction is not in these figures."
    benefit = trial.outcome(comparison.outcome).benefit(change=route.change) if route.signed else 0
    yield Finding(
        state=State.DERIVED,
        place=(comparison.outcome, comparison.timepoint, comparison.contrast),
        quantity="hedges_g",
        span=Span(low, high),
        variant=route.words,
        detail=f"{words}{rounding}; {route.basis}.{direction}",
        kind=route.kind,
        effect=Effect(
            value=value,
            ci_low=low,
            ci_high=high,
            p=float(two_sided_p(route.best, df)),
            df=df,
            signed=route.signed,
            benefit=benefit,
            route=route.words,
        ),
    )


def effects_from_summaries(trial: PublishedTrial) -> Iterator[Finding]:
    """Yield g from means and SDs for every pair of arms, outcome and time that prints both.

    Baseline scores are left out: they are not an effect. So are conditions that the same
    people went through, since their scores are not independent.
    """
    for contrast in contrasts(trial):
        treated, control = pair(trial, contrast) or ("", "")
        for outcome in trial.outcomes:
            for family, place in _places(trial):
                scores = TwoScores(
                    family=family,
                    treated=score(trial, treated, outcome.name, place),
                    control=score(trial, control, outcome.name, place),
                )
                comparison = Comparison(outcome=outcome.name, timepoint=place, contrast=contrast)
                yield from _effect_of_scores(trial, comparison, scores)


def contrasts(trial: PublishedTrial) -> tuple[str, ...]:
    """Return the contrasts of independent arms: those printed, or first minus last of two."""
    printed = [figure for figure in trial.figures if pair(trial, figure.contrast)]
    if any(figure.test == "paired" for figure in printed):
        return ()
    found = tuple(dict.fromkeys(figure.contrast for figure in printed))
    if not found and len(trial.arms) == 2:
        return (f"{trial.arms[0].label} - {trial.arms[1].label}",)
    return found


def _places(trial: PublishedTrial) -> Iterator[tuple[str, str]]:
    """Yield each family of scores and its timepoint, baselines left out."""
    for visit in trial.timepoints:
        if visit != trial.baseline:
            yield visit_family(trial, visit), visit
            yield "change scores", f"change {visit}"


def _effect_of_scores(
    trial: PublishedTrial, comparison: Comparison, scores: TwoScores
) -> Iterator[Finding]:
    arms = scores.rounded()
    if arms is None or arms[0].sd.low + arms[1].sd.low == 0:
        return
    n1, n2 = arms[0].n, arms[1].n
    to_t = 1 / math.sqrt(1 / n1 + 1 / n2)
    change = scores.family == "change scores"
    standardiser = "SD of change" if change else "SD at that time"
    route = Route(
        t=cohens_d_span(*arms).times(to_t),
        best=cohens_d_span(*(arm.as_printed() for arm in arms)).low * to_t,
        n1=n1,
        n2=n2,
        signed=True,
        change=change,
        words=scores.family,
        basis=f"{scores.basis()}; standardised by the pooled {standardiser}",
        kind=weakest([scores.treated.kind, scores.control.kind]),
    )
    yield from effect_of(trial, comparison, route)


def effects_from_standardised(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield g, with its interval, of a standardised difference that the paper prints.

    Parameters
    ----------
    figure
        A Cohen's d, Hedges' g or standardised difference of two arms of known size.
    """
    sizes = sizes_of(trial, figure)
    if figure.statistic not in grammar.STANDARDISED or sizes is None:
        return
    if figure.timepoint == trial.baseline or figure.printed.value is None or figure.test in WITHIN:
        return
    if any(scores.rounded() for scores in families(trial, figure)):
        return
    n1, n2 = sizes[0].n, sizes[1].n
    to_t = 1 / math.sqrt(1 / n1 + 1 / n2)
    if figure.statistic == "hedges_g":
        to_t /= small_sample_factor(n1 + n2 - 2)
    name = {"cohens_d": "d", "hedges_g": "g", "smd": "SMD"}[figure.statistic]
    route = Route(
        t=Span.of(figure.printed).times(to_t),
        best=figure.printed.value * to_t,
        n1=n1,
        n2=n2,
        signed=True,
        change=figure.is_change,
        words=f"from the printed {name}",
        basis=f"{describe_sizes(*sizes)}; sign as printed",
        kind=weakest([figure.kind, *(size.kind for size in sizes)]),
    )
    yield from effect_of(trial, figure, route)
