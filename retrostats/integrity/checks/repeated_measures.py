"""Repeated-measures analysis of variance from group means and SDs, the correlation scanned.

With a common within-subject correlation r the covariance of two times is ``r s_s s_t``, and
the F tests of time, group and their interaction follow from means, SDs and sizes alone. A
table hardly ever prints r, so every r is tried and those that give the printed p are told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import fdtrc

from retrostats.arrays import Floats
from retrostats.data.published import Figure, Kind, PublishedTrial
from retrostats.integrity.checks.degrees import AnovaShape, anova_df, arms_of
from retrostats.integrity.findings import Finding, State
from retrostats.integrity.inputs import Score, score, weakest
from retrostats.integrity.rounding import Span
from retrostats.integrity.split_plot import Cells, Effect, f_spans
from retrostats.integrity.words import between, decision, number, p_words

#: How far apart the correlations lie that are tried.
_STEP = 0.002


def correlations(times: int) -> Floats:
    """Return the correlations tried: all that so many times can have in common.

    Parameters
    ----------
    times
        Number of times, 2 or more; the least possible correlation is ``-1 / (times - 1)``.
    """
    least = -1 / (times - 1)
    steps = np.arange(math.ceil(least / _STEP) + 1, round(1 / _STEP), dtype=np.float64)
    return steps * _STEP


def repeated_measures(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield a printed p of a repeated-measures analysis against the printed means and SDs."""
    shape = anova_df(trial, figure)
    named = figure.test.startswith("rm_anova")
    if figure.statistic != "p" or shape is None or shape.times < 2 or not named:
        return
    found = cells_of(trial, figure, shape)
    if found is None:
        return
    cells, scores = found
    effect: Effect = figure.test.removeprefix("rm_anova ")  # type: ignore[assignment]
    f_low, f_high = f_spans(cells, effect, correlations(shape.times))
    kinds = [figure.kind, shape.kind, *(s.kind for s in scores)]
    for correction, epsilons in _corrections(shape, effect):
        yield _scanned(figure, shape, (f_low, f_high), correction, epsilons, weakest(kinds))


def _corrections(shape: AnovaShape, effect: Effect) -> Iterator[tuple[str, Floats]]:
    """Yield sphericity assumed, and where it matters every correction for the lack of it."""
    yield "", np.ones(1)
    if effect != "group" and shape.times > 2:
        yield " with a correction for sphericity", np.linspace(1 / (shape.times - 1), 1, 21)


def _scanned(  # noqa: PLR0917 - the parts of one row, used once
    figure: Figure,
    shape: AnovaShape,
    f: tuple[Floats, Floats],
    correction: str,
    epsilons: Floats,
    kind: Kind,
) -> Finding:
    """Hold the p of every correlation, under every epsilon, against the printed p."""
    tried = correlations(shape.times)
    ends = [fdtrc(shape.df1 * e, shape.df2 * e, x) for e in epsilons for x in f]
    p_low, p_high = np.min(ends, axis=0), np.max(ends, axis=0)
    # p moves steadily from one correlation to the next: what lies between counts too
    p_low[1:], p_high[1:] = np.minimum(p_low[1:], p_low[:-1]), np.maximum(p_high[1:], p_high[:-1])
    printed = Span.of(figure.printed)
    fits = tried[(p_low <= printed.high) & (p_high >= printed.low)]
    span = Span(float(p_low.min()), float(p_high.max()))
    detail = f"{p_words(span)} over every possible within-subject correlation"
    detail += f" (F({shape.df1}, {shape.df2}){correction}; {shape.basis})."
    if len(fits):
        detail += f" The printed p needs a correlation of {_stretch(fits)}."
    else:
        detail += f" No correlation gives the printed p. {decision(printed, span)}".rstrip()
    return Finding(
        state=State.AGREES if len(fits) else State.DISAGREES,
        place=(figure.outcome, figure.timepoint, figure.contrast or figure.arm),
        quantity="p",
        about=figure,
        span=span,
        variant=f"{figure.test}, correlation scanned{correction}",
        detail=detail,
        kind=kind,
    )


def _stretch(fits: Floats) -> str:
    return between(Span(float(fits.min()), float(fits.max()))) if len(fits) > 1 else number(fits[0])


def cells_of(
    trial: PublishedTrial, figure: Figure, shape: AnovaShape
) -> tuple[Cells, list[Score]] | None:
    """Return the cells of the analysis, ``None`` unless every mean and SD is printed."""
    arms = arms_of(trial, figure)
    times = figure.timepoint.split("/")
    scores = [score(trial, arm, figure.outcome, time) for arm in arms for time in times]
    means = [s.mean for s in scores]
    sds = [s.sd for s in scores]
    if any(m is None for m in means) or any(s is None for s in sds):
        return None
    form = (len(arms), len(times))
    known = [m for m in means if m is not None], [s for s in sds if s is not None]
    mean_low, mean_high, sd_low, sd_high = (
        np.array([getattr(span, end) for span in spans]).reshape(form)
        for spans in known
        for end in ("low", "high")
    )
    cells = Cells(
        n=np.array(shape.sizes, dtype=float),
        mean_low=mean_low,
        mean_high=mean_high,
        sd_low=sd_low,
        sd_high=sd_high,
    )
    return cells, scores
