"""Repeated-measures analysis of variance from group means and SDs, the correlation scanned.

With a common within-subject correlation r the covariance of two times is ``r s_s s_t``, and
the F tests of time, group and their interaction follow from means, SDs and sizes alone. A
table hardly ever prints r, so every r is tried and those that give the printed p are told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import fdtrc

from retrostats.arrays import Floats
from retrostats.data.published import Figure, PublishedTrial
from retrostats.integrity.checks.degrees import AnovaShape, anova_df
from retrostats.integrity.findings import Finding, State
from retrostats.integrity.inputs import Score, pair, score, weakest
from retrostats.integrity.rounding import Span
from retrostats.integrity.words import between, decision, number, p_words

Effect = Literal["time", "group", "time x group"]

#: Correlations tried: all that any table could have, to two decimals.
CORRELATIONS = np.round(np.arange(0.0, 1.0, 0.01), 2)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Group means and SDs over the times, as the rounding bounds them.

    Attributes
    ----------
    n
        People per group, shape ``(g,)``.
    mean_low, mean_high, sd_low, sd_high
        Shape ``(g, t)``.
    """

    n: Floats
    mean_low: Floats
    mean_high: Floats
    sd_low: Floats
    sd_high: Floats


def effect_projection(n: Floats, times: int, effect: Effect) -> Floats:
    """Return the matrix whose squared product with the cell means is a sum of squares.

    Parameters
    ----------
    n
        People per group, shape ``(g,)``.
    times
        Number of times, ``t``.
    effect
        Which sum of squares.

    Returns
    -------
    Floats
        Shape ``(k, g t)``; the cell means are flattened group by group. Type III, as in
        `retrostats.effects.repeated_measures`: time averages over the groups unweighted.
    """
    groups = len(n)
    over_times = np.full((times, times), 1 / times)
    centre_times = np.eye(times) - over_times
    if effect == "time":
        return np.asarray(np.kron(np.ones(groups) / np.sqrt((1 / n).sum()), centre_times))
    centre_groups = np.eye(groups) - np.outer(np.ones(groups), n / n.sum())
    within = over_times if effect == "group" else centre_times
    return np.asarray(np.kron(np.sqrt(n)[:, None] * centre_groups, within))


def sum_of_squares_span(cells: Cells, effect: Effect) -> Span:
    """Return the least and the greatest sum of squares of an effect over the rounding.

    It is convex in the means: the greatest value lies at a corner, the least is a bounded
    least-squares problem.
    """
    from scipy.optimize import lsq_linear

    times = cells.mean_low.shape[1]
    projection = effect_projection(cells.n, times, effect)
    low, high = cells.mean_low.ravel(), cells.mean_high.ravel()
    corners = _corners(low, high)
    greatest = float(((corners @ projection.T) ** 2).sum(axis=1).max())
    if np.all(high - low < 1e-12):
        return Span.exactly(greatest)
    # solve for the way from the middle, so that the bounds are well scaled
    middle, half = (low + high) / 2, np.maximum((high - low) / 2, 1e-15)
    solution = lsq_linear(projection * half, -projection @ middle, (-1.0, 1.0), tol=1e-14)
    least = float(2 * solution.cost)
    return Span(min(max(least, 0.0), greatest), greatest)


def _corners(low: Floats, high: Floats) -> Floats:
    """Return the corners of a box, shape ``(2**k, k)``."""
    if len(low) > 16:
        raise ValueError(f"{len(low)} rounded means make too many corners; at most 16 are tried")
    bits = (np.arange(2 ** len(low))[:, None] >> np.arange(len(low))) & 1
    return np.where(bits == 1, high, low)


def error_mean_squares(n: Floats, sds: Floats, r: Floats, effect: Effect) -> Floats:
    """Return the error mean square of an effect at each correlation.

    Parameters
    ----------
    n
        People per group, shape ``(g,)``.
    sds
        Shape ``(..., g, t)``.
    r
        Within-subject correlations, shape ``(k,)``.

    Returns
    -------
    Floats
        Shape ``(..., k)``: between people for the group effect, within people otherwise.
    """
    times = sds.shape[-1]
    square = (sds**2).sum(axis=-1)[..., None]
    total = sds.sum(axis=-1)[..., None] ** 2
    of_mean = (square + r * (total - square)) / times  # t times the variance of a person's mean
    per_group = of_mean if effect == "group" else (square - of_mean) / (times - 1)
    weights = (n - 1) / (n - 1).sum()
    return np.asarray(np.einsum("g,...gk->...k", weights, per_group))


def f_spans(cells: Cells, effect: Effect, r: Floats) -> tuple[Floats, Floats]:
    """Return the least and the greatest F at each correlation, shape ``(k,)`` each.

    The error mean square is a convex quadratic of the SDs of each group. Its greatest value
    lies at a corner of their box. So does the least for the group effect; within people it
    may lie inside, and a grid finds it to far below the printed digits.
    """
    groups, times = cells.mean_low.shape
    df = {"group": groups - 1, "time": times - 1, "time x group": (groups - 1) * (times - 1)}
    squares = sum_of_squares_span(cells, effect)
    least, greatest = np.zeros(len(r)), np.zeros(len(r))
    weights = (cells.n - 1) / (cells.n - 1).sum()
    for g in range(groups):
        points = _grid(cells.sd_low[g], cells.sd_high[g])
        one = error_mean_squares(np.array([2.0]), points[:, None, :], r, effect)
        least += weights[g] * one.min(axis=0)
        greatest += weights[g] * one.max(axis=0)
    with np.errstate(divide="ignore"):
        return squares.low / df[effect] / greatest, squares.high / df[effect] / least


def _grid(low: Floats, high: Floats) -> Floats:
    """Return points of a box of SDs, corners included, shape ``(k, t)``."""
    steps = {1: 65, 2: 33, 3: 17, 4: 9}.get(len(low), 3)
    axes = [np.linspace(a, b, steps) for a, b in zip(low, high, strict=True)]
    return np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=-1)


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
    low, high = f_spans(cells, effect, CORRELATIONS)
    p_low, p_high = (fdtrc(shape.df1, shape.df2, f) for f in (high, low))
    printed = Span.of(figure.printed)
    fits = CORRELATIONS[(p_low <= printed.high) & (p_high >= printed.low)]
    span = Span(float(p_low.min()), float(p_high.max()))
    detail = f"{p_words(span)} over every within-subject correlation from 0 to 0.99"
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
