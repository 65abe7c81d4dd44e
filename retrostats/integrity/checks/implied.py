"""Statistics that imply one another: t, d, eta squared, F and an interval each give a p."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
from scipy.special import fdtrc, stdtr

from retrostats.data import grammar
from retrostats.data.published import Figure, Kind, PublishedTrial
from retrostats.effects.noncentral import small_sample_factor
from retrostats.effects.variance_explained import f_from_eta_squared
from retrostats.integrity.checks.degrees import AnovaShape, anova_df
from retrostats.integrity.checks.neighbours import T_TESTS, beside
from retrostats.integrity.checks.two_arms import families
from retrostats.integrity.findings import Finding, State
from retrostats.integrity.inputs import Size, describe_sizes, group_size, pair, weakest
from retrostats.integrity.rounding import Span
from retrostats.integrity.two_sample import p_span_from_t
from retrostats.integrity.words import NEEDS, between, decision, from_p, number, p_words, reach


def compare_p(
    figure: Figure, found: Span, *, variant: str, basis: str, kinds: Iterable[Kind], route: str
) -> Finding:
    """Hold the p that other printed figures imply against the printed p.

    Parameters
    ----------
    figure
        The printed p.
    found
        What the others imply.
    variant, basis
        The route, and what it rests on.
    kinds
        The kinds of the figures and sizes that went in.
    route
        From which figures.
    """
    printed = Span.of(figure.printed)
    agrees = printed.overlaps(found)
    detail = f"{p_words(found)} ({basis})."
    if not agrees:
        detail += f" {decision(printed, found)}".rstrip()
    return Finding(
        state=State.AGREES if agrees else State.DISAGREES,
        place=(figure.outcome, figure.timepoint, figure.contrast or figure.arm),
        quantity="p",
        about=figure,
        span=found,
        variant=variant,
        detail=detail,
        route=route,
        kind=weakest([figure.kind, *kinds]),
    )


def sizes_of(trial: PublishedTrial, figure: Figure) -> tuple[Size, Size] | None:
    """Return the sizes of both arms of a contrast, ``None`` unless both are known."""
    arms = pair(trial, figure.contrast)
    if arms is None:
        return None
    first, second = (group_size(trial, arm, figure.outcome, figure.timepoint) for arm in arms)
    return (first, second) if first and second and min(first.n, second.n) > 1 else None


def p_from_statistics(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield a printed p of two arms against the t or standardised difference beside it."""
    sizes = sizes_of(trial, figure)
    if figure.statistic != "p" or figure.test not in T_TESTS or sizes is None:
        return
    others = beside(trial, figure)
    basis = describe_sizes(*sizes)
    kinds = [figure.kind, *(size.kind for size in sizes)]
    if "t" in others:
        t = Span.of(others["t"].printed)
        for variant, dfs, words in _t_variants(figure, sizes):
            found = Span.hull(*(p for df in dfs for p in _ends(p_span_from_t(t, df))))
            yield compare_p(
                figure,
                found,
                variant=f"{variant}, from the printed t",
                basis=f"{basis}; {words}",
                kinds=[*kinds, others["t"].kind],
                route="t",
            )
    for statistic in sorted(grammar.STANDARDISED & set(others)):
        if any(scores.rounded() for scores in families(trial, figure)):
            continue  # the table's own means and SDs say more than the d made of them
        yield from _p_from_d(figure, others[statistic], sizes)


def _t_variants(
    figure: Figure, sizes: tuple[Size, Size]
) -> Iterator[tuple[str, tuple[float, ...], str]]:
    """Yield each t-test with the degrees of freedom that it may have, SDs being unknown."""
    n1, n2 = sizes[0].n, sizes[1].n
    most, least = n1 + n2 - 2, min(n1, n2) - 1
    if figure.test == "z-test":
        yield "z", (math.inf,), "normal"
        return
    yield "Student", (most,), f"df {most}"
    yield "Welch", (least, most), f"df {least} to {most}, as the SDs may be"


def _ends(span: Span) -> tuple[float, float]:
    return span.low, span.high


def _p_from_d(figure: Figure, d: Figure, sizes: tuple[Size, Size]) -> Iterator[Finding]:
    """Yield Student's p of a standardised difference, and Welch's over every ratio of SDs."""
    n1, n2 = sizes[0].n, sizes[1].n
    df = n1 + n2 - 2
    size = Span.of(d.printed)
    if d.statistic == "hedges_g":
        size = size.times(1 / small_sample_factor(df))
    basis = describe_sizes(*sizes)
    name = "d" if d.statistic == "cohens_d" else "g" if d.statistic == "hedges_g" else "SMD"
    found = p_span_from_t(size.times(math.sqrt(n1 * n2 / (n1 + n2))), df)
    variant = f"Student, from the printed {name}"
    kinds = [d.kind, *(size.kind for size in sizes)]
    pooled = f"{basis}; df {df}"
    yield compare_p(figure, found, variant=variant, basis=pooled, kinds=kinds, route="d")
    ratios, low, high = _welch_over_ratios(size.size(), n1, n2)
    printed = Span.of(figure.printed)
    fits = ratios[(low <= printed.high) & (high >= printed.low)]
    basis += "; any ratio of the SDs"
    apart = float(np.maximum(fits, 1 / fits).min()) if len(fits) else 1.0
    if apart > 1.01:
        basis += f"; {NEEDS} {number(apart)} times the other"
    variant = f"Welch, from the printed {name}"
    welch = Span(float(low.min()), float(high.max()))
    yield compare_p(figure, welch, variant=variant, basis=basis, kinds=kinds, route="d")


def _welch_over_ratios(
    size: Span, n1: int, n2: int
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    """Return SD ratios (first over second) and the least and greatest Welch p at each.

    The pooled SD is held at 1, so a standardised difference fixes t up to the ratio.
    """
    ratio = np.geomspace(0.05, 20, 2001)
    df = n1 + n2 - 2
    var2 = df / ((n1 - 1) * ratio**2 + (n2 - 1))
    a, b = ratio**2 * var2 / n1, var2 / n2
    welch_df = (a + b) ** 2 / (a**2 / (n1 - 1) + b**2 / (n2 - 1))
    low, high = (2 * stdtr(welch_df, -d / np.sqrt(a + b)) for d in (size.high, size.low))
    return ratio, low, high


def p_from_anova_statistics(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield a printed p of an F test against the F or partial eta squared beside it."""
    if figure.statistic != "p":
        return
    others = beside(trial, figure)
    shape = anova_df(trial, figure)
    if shape is None:
        return
    routes: dict[str, Span] = {}
    if "f" in others:
        routes["F"] = Span.of(others["f"].printed).clipped(0, math.inf)
    if "eta_squared" in others:
        eta = Span.of(others["eta_squared"].printed).clipped(0, 1)
        ends = (_f_of(eta.low, shape), _f_of(eta.high, shape))
        routes["eta squared"] = Span(*ends)
    for name, f in routes.items():
        found = Span(*(float(fdtrc(shape.df1, shape.df2, x)) for x in (f.high, f.low)))
        partial = "; partial, under sphericity" if name == "eta squared" else ""
        basis = f"F({shape.df1}, {shape.df2}) {between(f)}{partial}; {shape.basis}"
        used = others["f" if name == "F" else "eta_squared"]
        variant = f"from the printed {name}"
        kinds = [used.kind, shape.kind]
        yield compare_p(figure, found, variant=variant, basis=basis, kinds=kinds, route=name)


def _f_of(eta_squared: float, shape: AnovaShape) -> float:
    return f_from_eta_squared(eta_squared, shape.df1, shape.df2) if eta_squared < 1 else math.inf


def f_from_p(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield the F that a printed p of an analysis of variance implies, with its df."""
    shape = anova_df(trial, figure)
    if figure.statistic != "p" or shape is None or "f" in beside(trial, figure):
        return
    low, high = (shape.f_at(p) for p in (figure.printed.high, figure.printed.low))
    span = Span(low, high)
    yield Finding(
        state=State.DERIVED,
        place=(figure.outcome, figure.timepoint, figure.contrast or figure.arm),
        quantity="f",
        span=span,
        variant=f"{figure.test}, {from_p(figure.printed.text)}",
        detail=f"F({shape.df1}, {shape.df2}) {reach(span)} ({shape.basis}).",
        kind=weakest([figure.kind, shape.kind]),
    )
