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
from retrostats.data.published import Figure, PublishedTrial
from retrostats.integrity.checks.degrees import AnovaShape, anova_df
from retrostats.integrity.findings import Finding, State
from retrostats.integrity.inputs import Score, pair, score, weakest
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
    if figure.statistic != "p" or shape is None or shape.times < 2:
        return
    found = _cells(trial, figure, shape)
    if found is None:
        return
    cells, scores = found
    effect: Effect = figure.test.removeprefix("rm_anova ")  # type: ignore[assignment]
    tried = correlations(shape.times)
    low, high = f_spans(cells, effect, tried)
    p_low, p_high = (fdtrc(shape.df1, shape.df2, f) for f in (high, low))
    printed = Span.of(figure.printed)
    # p moves steadily from one correlation to the next: what lies between counts too
    p_low[1:], p_high[1:] = np.minimum(p_low[1:], p_low[:-1]), np.maximum(p_high[1:], p_high[:-1])
    fits = tried[(p_low <= printed.high) & (p_high >= printed.low)]
    span = Span(float(p_low.min()), float(p_high.max()))
    detail = f"{p_words(span)} over every possible within-subject correlation"
    detail += f" (F({shape.df1}, {shape.df2}); {shape.basis}; compound symmetry)."
    if len(fits):
        detail += f" The printed p needs a correlation of {_stretch(fits)}."
    else:
        detail += f" No correlation gives the printed p. {decision(printed, span)}".rstrip()
    yield Finding(
        state=State.AGREES if len(fits) else State.DISAGREES,
        place=(figure.outcome, figure.timepoint, figure.contrast),
        quantity="p",
        about=figure,
        span=span,
        variant=f"{figure.test}, correlation scanned",
        detail=detail,
        kind=weakest([figure.kind, shape.kind, *(s.kind for s in scores)]),
    )


def _stretch(fits: Floats) -> str:
    return between(Span(float(fits.min()), float(fits.max()))) if len(fits) > 1 else number(fits[0])


def _cells(
    trial: PublishedTrial, figure: Figure, shape: AnovaShape
) -> tuple[Cells, list[Score]] | None:
    """Return the cells of the analysis, ``None`` unless every mean and SD is printed."""
    arms = pair(trial, figure.contrast) or tuple(arm.label for arm in trial.arms)
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


def one_way(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield a printed p of a comparison of three or more arms against their means and SDs."""
    shape = anova_df(trial, figure)
    if figure.statistic != "p" or figure.test != "three-group" or shape is None:
        return
    found = _cells(trial, figure, shape)
    if found is None:
        return
    cells, scores = found
    low, high = f_spans(cells, "group", np.zeros(1))
    p = Span(*(float(fdtrc(shape.df1, shape.df2, f[0])) for f in (high, low)))
    agrees = Span.of(figure.printed).overlaps(p)
    detail = f"{p_words(p)} (F({shape.df1}, {shape.df2}); {shape.basis})."
    if not agrees:
        detail += f" {decision(Span.of(figure.printed), p)}".rstrip()
    if math.isfinite(p.low):
        yield Finding(
            state=State.AGREES if agrees else State.DISAGREES,
            place=(figure.outcome, figure.timepoint, figure.contrast),
            quantity="p",
            about=figure,
            span=p,
            variant="one-way analysis of variance",
            detail=detail,
            kind=weakest([figure.kind, shape.kind, *(s.kind for s in scores)]),
        )
