"""A comparison of three or more arms at one time, from their means and SDs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from scipy.special import fdtrc

from retrostats.data.published import Figure, PublishedTrial
from retrostats.effects.anova import welch_f
from retrostats.integrity.checks.degrees import AnovaShape, anova_df
from retrostats.integrity.checks.implied import compare_p
from retrostats.integrity.checks.repeated_measures import cells_of
from retrostats.integrity.findings import Finding
from retrostats.integrity.rounding import Span
from retrostats.integrity.split_plot import Cells, f_spans

#: Arms up to which every corner of the rounding is tried for Welch's test.
_MOST_ARMS = 5


def one_way(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield a printed p of three or more arms against the classical and Welch's analysis."""
    shape = anova_df(trial, figure)
    if figure.statistic != "p" or figure.test != "three-group" or shape is None or shape.times > 1:
        return
    found = cells_of(trial, figure, shape)
    if found is None:
        return
    cells, scores = found
    kinds = [shape.kind, *(s.kind for s in scores)]
    variants = {"one-way analysis of variance": _classical(cells, shape)}
    if len(cells.n) <= _MOST_ARMS:
        variants["Welch's analysis of variance"] = _welch(cells)
    for variant, p in variants.items():
        yield compare_p(figure, p, variant=variant, basis=shape.basis, kinds=kinds, route="scores")


def _classical(cells: Cells, shape: AnovaShape) -> Span:
    low, high = f_spans(cells, "group", np.zeros(1))
    return Span(*(float(fdtrc(shape.df1, shape.df2, f[0])) for f in (high, low)))


def _welch(cells: Cells) -> Span:
    """Return the p of Welch's test over the corners of the rounding and its middle.

    Where the means may all be equal p reaches 1. An SD that may be all but zero leaves p open.
    """
    ends = [
        (low, high)
        for lows, highs in ((cells.mean_low, cells.mean_high), (cells.sd_low, cells.sd_high))
        for low, high in zip(lows.ravel(), highs.ravel(), strict=True)
    ]
    if (cells.sd_low <= 0).any():
        return Span(0.0, 1.0)
    corners = np.array([*itertools.product(*ends), [sum(pair) / 2 for pair in ends]])
    arms = len(cells.n)
    f, df1, df2 = welch_f(cells.n, corners[:, :arms], corners[:, arms:])
    p = fdtrc(df1, df2, f)
    if not np.isfinite(p).all():
        return Span(0.0, 1.0)
    equal = cells.mean_low.max() <= cells.mean_high.min()
    return Span(float(p.min()), 1.0 if equal else float(p.max()))
