"""Baujat's plot: what each trial adds to heterogeneity, and how far it moves the mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes

from retrostats.arrays import Floats
from retrostats.figures.given_axes import given, require_inside
from retrostats.figures.inputs import kind_words
from retrostats.figures.point_names import name_points
from retrostats.figures.style import (
    OKABE_ITO,
    SMALL_TEXT,
    TEXT,
    blank_axes,
    figure_width,
    fix_width,
    house_style,
    set_description,
)
from retrostats.figures.words import size_mm, wrapped
from retrostats.layout import decimals, number
from retrostats.meta.diagnostics.baujat import Baujat

__all__ = ["plot_baujat"]

_HEIGHT = 80.0
#: Beyond the outermost point, as a share of the axis: a point must not lie on its edge.
_BEYOND = 0.12
_ACROSS, _UPRIGHT = "Contribution to heterogeneity", "Influence on the pooled effect"
#: Trials that the description tells, the farthest to the right or up.
_TOLD = 5
_INK, _GREY = OKABE_ITO["blue"], "0.35"


def plot_baujat(
    baujat: Baujat,
    *,
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw how far each trial moves the pooled effect against what it adds to heterogeneity.

    Use it to see where heterogeneity comes from and whether that matters: a trial at the right
    differs from the others, one at the top decides the mean; not to choose trials to drop. Both
    axes begin at zero and have no unit: contributions are squared residuals, which add up to
    Cochran's Q under the common effect, influences squared moves of the mean over its variance.

    The trials farthest from the corner are named, 15 at most, where there is room beside their
    points; points in one place share a name. Names are placed for the width that the Axes have
    now; save the figure at this width.

    Parameters
    ----------
    baujat
        What `retrostats.baujat` returned.
    width
        Of the new figure that is made when `ax` is omitted: ``"single"`` or ``"double"`` for one
        or two columns of a journal, 85 and 170 mm, or mm.
    ax
        Axes to draw on, instead of `width`.

    Returns
    -------
    Axes
        The same Axes.

    Raises
    ------
    ValueError
        If `baujat` is something else or holds values that are not finite; or if both a width and
        Axes are given.

    References
    ----------
    .. [1] Baujat B et al. (2002). Stat Med 21, 2641-2652. doi:10.1002/sim.1221

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ... ]
    >>> ax = rs.plot_baujat(rs.baujat(rs.pool(trials, tau2="common", test="z")))
    >>> sorted(text.get_text() for text in ax.texts)
    ['Trial A', 'Trial B', 'Trial C']
    """
    who = "plot_baujat"
    points = _points(baujat, who)
    with house_style():
        new = figure_width(width, ax, who)
        ax = given(ax, who) or blank_axes(new, _HEIGHT)
        ax.set(xlim=(0, _end(points[:, 0])), ylim=(0, _end(points[:, 1])))
        ax.plot(
            *points.T, "o", color=_INK, markersize=4.2, markeredgecolor="white",
            markeredgewidth=0.4, alpha=0.9, zorder=4, clip_on=False, gid="trials",
        )  # fmt: skip
        ax.tick_params(axis="both", labelsize=SMALL_TEXT, length=2.5, width=0.6, color=_GREY)
        # Room for the longest note before names are placed, so that none moves the plot.
        _write_axes(ax, _note(len(points), 0))
        named = name_points(ax, points, baujat.studies)
        _write_axes(ax, _note(len(points), len(named)))
        require_inside(ax, who)
    fix_width(ax)
    set_description(ax, _sentence(points, baujat.studies))
    return ax


def _points(baujat: object, who: str) -> Floats:
    """Return contribution and influence of each trial, shape ``(k, 2)``."""
    if not isinstance(baujat, Baujat):
        raise ValueError(
            f"{who}: expected Baujat, as made by rs.baujat(pooled); got {kind_words(baujat)}"
        )
    points = np.column_stack([baujat.contribution, baujat.influence])
    lost = [
        name
        for name, point in zip(baujat.studies, points, strict=True)
        if not np.isfinite(point).all()
    ]
    if lost:
        raise ValueError(
            f"{who}: contribution or influence is not finite for {'; '.join(lost)}; such a trial "
            "has no place in the figure"
        )
    return points


def _end(values: Floats) -> float:
    """Return where an axis ends; at 1 where all values are zero."""
    return (1 + _BEYOND) * float(values.max()) or 1.0


def _note(k: int, named: int) -> str:
    """Say how many trials there are, and how many of them have a name."""
    return f"k = {k:,}" if named == k else f"k = {k:,}; named: {named:,}"


def _write_axes(ax: Axes, note: str) -> None:
    width, height = size_mm(ax)
    lines = [line for words in (_ACROSS, note) for line in wrapped(words, width, TEXT)]
    ax.set_xlabel("\n".join(lines), fontsize=TEXT)
    ax.set_ylabel("\n".join(wrapped(_UPRIGHT, height, TEXT)), fontsize=TEXT)


def _sentence(points: Floats, studies: Sequence[str]) -> str:
    """Return the alt text: the trials farthest to the right, and the farthest up."""
    told = [f"Baujat plot of {len(points):,} trials."]
    for axis, words in enumerate((_ACROSS, _UPRIGHT)):
        values = points[:, axis]
        places = decimals(float(values.max()), 3)
        ranked = np.argsort(-values, kind="stable")[:_TOLD]
        listed = "; ".join(f"{studies[i]} {number(float(values[i]), places)}" for i in ranked)
        most = "" if len(points) <= _TOLD else f", the {_TOLD} largest"
        told.append(f"{words}{most}: {listed}.")
    return " ".join(told)
