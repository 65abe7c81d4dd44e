"""An estimate, its interval and its p: each says something of the others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from retrostats.data import grammar
from retrostats.data.published import Figure, Kind, PublishedTrial
from retrostats.integrity.checks.implied import compare_p, sizes_of
from retrostats.integrity.checks.neighbours import WITHIN, beside, interval_owner
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
    if interval_owner(trial, low) is not figure:
        return
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
    """The distribution that an interval was made with.

    Attributes
    ----------
    dfs
        Degrees of freedom that it may have; ``inf`` means the normal.
    """

    dfs: tuple[float, ...]
    words: str
    basis: str
    kinds: tuple[Kind, ...] = ()


#: Degrees of freedom tried between the least and the most that Welch's test may have.
_DFS = 50

#: Covariates that an adjusted model may have; their number is hardly ever printed.
_COVARIATES = 6


def _references(trial: PublishedTrial, figure: Figure) -> Iterator[Reference]:
    """Yield the distributions that the interval of a comparison may rest on."""
    sizes = sizes_of(trial, figure)
    if sizes is None or figure.test == "z-test":
        yield Reference(dfs=(math.inf,), words="normal", basis="large-sample")
        if trial.role != "review" and figure.test != "z-test":
            everything = (2.0, 3.0, 5.0, 8.0, 15.0, 40.0, math.inf)
            yield Reference(dfs=everything, words="t", basis="any number of people")
        return
    n1, n2 = sizes[0].n, sizes[1].n
    kinds = tuple(size.kind for size in sizes)
    basis = describe_sizes(*sizes)
    if figure.test in WITHIN:
        df = min(n1, n2) - 1
        yield Reference(dfs=(df,), words="paired t", basis=f"{basis}; df {df}", kinds=kinds)
    elif figure.test == "ancova" or figure.statistic.startswith("adjusted"):
        dfs = tuple(df for df in range(n1 + n2 - 2 - _COVARIATES, n1 + n2 - 2) if df > 0)
        words = f"{basis}; df {dfs[0]} to {dfs[-1]}, by the number of covariates"
        yield Reference(dfs=dfs, words="t", basis=words, kinds=kinds)
    else:
        df = n1 + n2 - 2
        yield Reference(dfs=(df,), words="t", basis=f"{basis}; df {df}", kinds=kinds)
        least = min(n1, n2) - 1
        words = f"{basis}; df {least} to {df}, as the SDs may be"
        dfs = tuple(np.geomspace(least, df, _DFS).tolist())
        yield Reference(dfs=dfs, words="Welch t", basis=words, kinds=kinds)


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
        if "p" not in others and reference.words == "Welch t":
            continue  # nothing to compare with: the pooled df say enough
        found = _p_at(estimate, width, reference.dfs)
        variant = f"from the interval, {reference.words}"
        used = (figure, low, high)
        if "p" in others:
            kinds = [*(f.kind for f in used), *reference.kinds]
            yield compare_p(
                others["p"],
                found,
                variant=variant,
                basis=reference.basis,
                kinds=kinds,
                route="interval",
            )
        else:
            yield Finding(
                state=State.DERIVED,
                place=(figure.outcome, figure.timepoint, figure.contrast),
                quantity="p",
                span=found,
                variant=variant,
                detail=f"{p_words(found)}, implied by {figure.printed.text} "
                f"({low.printed.text} to {high.printed.text}; {reference.basis}).",
                kind=weakest([*(f.kind for f in used), *reference.kinds]),
            )


def _p_at(estimate: Span, width: Span, dfs: tuple[float, ...]) -> Span:
    """Return every p that an estimate and the width of its interval imply."""
    spans = [
        p_span_from_t(estimate.over(width.times(0.5 / float(stdtrit(df, 0.975)))), df) for df in dfs
    ]
    return Span(min(span.low for span in spans), max(span.high for span in spans))


def _interval_from_p(trial: PublishedTrial, figure: Figure, p: Figure) -> Iterator[Finding]:
    """Yield the 95% limits that an estimate and its p imply."""
    estimate = Span.of(figure.printed)
    if p.printed.value is None or estimate.low <= 0 <= estimate.high:
        return
    for reference in _references(trial, figure):
        if len(reference.dfs) > 1 and reference.words != "t":
            continue
        df = reference.dfs[-1]
        t = t_span_from_p(Span.of(p.printed), df)
        if t.low == 0 or math.isinf(t.high):
            continue
        # the margin is a multiple of the estimate itself, so the two are not independent
        quantile = float(stdtrit(df, 0.975))
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
                kind=weakest([figure.kind, p.kind, *reference.kinds]),
            )


def _ends(span: Span) -> tuple[float, float]:
    return span.low, span.high
