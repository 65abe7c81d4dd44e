"""An estimate, its interval and its p: each says something of the others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from scipy.special import stdtrit

from retrostats.data import grammar
from retrostats.data.published import Figure, PublishedTrial
from retrostats.integrity.checks.implied import beside, compare_p, sizes_of
from retrostats.integrity.findings import Finding, State
from retrostats.integrity.inputs import describe_sizes, pair, weakest
from retrostats.integrity.rounding import Span
from retrostats.integrity.two_sample import p_span_from_t, t_span_from_p
from retrostats.integrity.words import between, from_p, p_words

#: Estimates whose interval is symmetric about them.
SYMMETRIC = grammar.DIFFERENCES | {"mean", "mean_change", "smd", "hedges_g", "cohens_d"}


def interval_findings(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield what the interval beside an estimate says of the estimate and of p.

    Parameters
    ----------
    figure
        A printed mean, change, difference or standardised difference.
    """
    if figure.statistic not in grammar.WITH_INTERVAL:
        return
    others = beside(trial, figure)
    if not {"ci_low", "ci_high"} <= set(others):
        if figure.contrast and "p" in others and figure.statistic in grammar.DIFFERENCES:
            yield from _interval_from_p(trial, figure, others["p"])
        return
    low, high = others["ci_low"], others["ci_high"]
    centred = True
    if figure.statistic in SYMMETRIC and not _exact_interval(trial, figure):
        middle = (Span.of(low.printed) + Span.of(high.printed)).times(0.5)
        centred = Span.of(figure.printed).overlaps(middle)
        yield _centre(figure, low, high, middle, centred=centred)
    if figure.contrast and centred and figure.statistic in SYMMETRIC:
        yield from _p_from_interval(trial, figure, others)


def _exact_interval(trial: PublishedTrial, figure: Figure) -> bool:
    """Whether the interval may be a noncentral one: a standardised difference of two arms."""
    standardised = figure.statistic in grammar.STANDARDISED
    return standardised and pair(trial, figure.contrast) is not None


def _centre(figure: Figure, low: Figure, high: Figure, middle: Span, *, centred: bool) -> Finding:
    """Say whether the estimate is the middle of its interval."""
    interval = f"{low.printed.text} to {high.printed.text}"
    detail = f"The middle of {interval} is {between(middle)}."
    if not centred:
        detail += f" The printed {figure.printed.text} lies elsewhere."
    if not centred and (-Span.of(figure.printed)).overlaps(middle):
        detail += " With the other sign it would be the middle."
    return Finding(
        state=State.CONSISTENT if centred else State.INCONSISTENT,
        place=(figure.outcome, figure.timepoint, figure.contrast or figure.arm),
        quantity=figure.statistic,
        about=figure,
        span=middle,
        variant="middle of its interval",
        detail=detail,
        kind=weakest([figure.kind, low.kind, high.kind]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The distribution that an interval was made with."""

    df: float
    words: str
    basis: str


def _references(trial: PublishedTrial, figure: Figure) -> Iterator[Reference]:
    """Yield the distributions that the interval of a comparison may rest on."""
    sizes = sizes_of(trial, figure)
    if sizes is not None and figure.test != "z-test":
        adjusted = figure.test == "ancova" or figure.statistic.startswith("adjusted")
        df = sizes[0].n + sizes[1].n - (3 if adjusted else 2)
        if df >= 1:
            basis = f"{describe_sizes(*sizes)}; df {df}"
            yield Reference(df=df, words="t", basis=basis)
    else:
        yield Reference(df=math.inf, words="normal", basis="large-sample")


def _p_from_interval(
    trial: PublishedTrial, figure: Figure, others: dict[str, Figure]
) -> Iterator[Finding]:
    """Yield the p that an estimate and its 95% interval imply."""
    low, high = others["ci_low"], others["ci_high"]
    estimate = Span.of(figure.printed)
    width = Span.of(high.printed) - Span.of(low.printed)
    if width.low <= 0:
        return
    for reference in _references(trial, figure):
        quantile = float(stdtrit(reference.df, 0.975))
        found = p_span_from_t(estimate.over(width.times(0.5 / quantile)), reference.df)
        variant = f"from the interval, {reference.words}"
        used = (figure, low, high)
        if "p" in others:
            yield compare_p(others["p"], found, variant=variant, basis=reference.basis, others=used)
        else:
            yield Finding(
                state=State.DERIVED,
                place=(figure.outcome, figure.timepoint, figure.contrast),
                quantity="p",
                span=found,
                variant=variant,
                detail=f"{p_words(found)}, implied by {figure.printed.text} "
                f"({low.printed.text} to {high.printed.text}; {reference.basis}).",
                kind=weakest(f.kind for f in used),
            )


def _interval_from_p(trial: PublishedTrial, figure: Figure, p: Figure) -> Iterator[Finding]:
    """Yield the 95% limits that an estimate and its p imply."""
    estimate = Span.of(figure.printed)
    if p.printed.value is None or estimate.low <= 0 <= estimate.high:
        return
    for reference in _references(trial, figure):
        t = t_span_from_p(Span.of(p.printed), reference.df)
        if t.low == 0 or math.isinf(t.high):
            continue
        # the margin is a multiple of the estimate itself, so the two are not independent
        quantile = float(stdtrit(reference.df, 0.975))
        corners = [(e, abs(e) * quantile / x) for e in _ends(estimate) for x in _ends(t)]
        limits = {
            "ci_low": Span.hull(*(e - margin for e, margin in corners)),
            "ci_high": Span.hull(*(e + margin for e, margin in corners)),
        }
        for quantity, span in limits.items():
            yield Finding(
                state=State.DERIVED,
                place=(figure.outcome, figure.timepoint, figure.contrast),
                quantity=quantity,
                span=span,
                variant=f"{from_p(p.printed.text)}, {reference.words}",
                detail=f"Implied by {figure.printed.text} with p {p.printed.text} "
                f"({reference.basis}).",
                kind=weakest([figure.kind, p.kind]),
            )


def _ends(span: Span) -> tuple[float, float]:
    return span.low, span.high
