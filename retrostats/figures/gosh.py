"""Pooled effects of subsets of the trials against their heterogeneity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D

from retrostats.estimate import Estimate
from retrostats.figures.forest_parts import Scale
from retrostats.figures.given_axes import given, require_inside
from retrostats.figures.gosh_parts import Subsets, gather_subsets
from retrostats.figures.gosh_words import axis_words, legend_words, notes_of, sentence_of
from retrostats.figures.ratio_axis import mark_ratios
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
from retrostats.figures.words import size_mm, width_mm, wrapped
from retrostats.meta.diagnostics.gosh import Gosh

__all__ = ["plot_gosh"]

_HEIGHT = 86.0
#: More subsets than these are counted in hexagons.
_MANY = 2000
#: Width of a hexagon, in mm.
_HEXAGON = 1.8
#: Percent below 0 and above 100, so that no mark lies on the edge.
_BEYOND = 3.0
#: Of a mark in the legend and the space beside it, in mm.
_MARK = 6.0
_WITHOUT, _WITH, _GREY = OKABE_ITO["orange"], OKABE_ITO["blue"], "0.35"
_DENSITY = LinearSegmentedColormap.from_list("density", ["#C6DBEF", _WITH, "#08204A"])
#: Opacity of a hexagon with hardly any subset.
_PALEST = 0.25
#: From subsets that all lack the trial over an equal share to those that all hold it.
_SHARE = LinearSegmentedColormap.from_list("share", [_WITHOUT, "0.8", _WITH])


def plot_gosh(
    gosh: Gosh,
    *,
    highlight: str | None = None,
    centre: Estimate | float | None = None,
    scale: Scale = "linear",
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw the I squared of each subset of the trials against its pooled effect.

    Use it to see whether the subsets gather in one cloud or in several, and by `highlight` which
    trial parts them; not to look for the subset with the wished result, and not for inference,
    since subsets share their trials. With fewer than about six trials there are too few subsets.

    More than 2,000 subsets are counted in hexagons, and a note says so: the darker, the more; with
    a highlighted trial their colour tells the share of their subsets that hold it, and the paler
    ones have fewer. I squared of one
    trial alone is 0. Words are placed for the width that the Axes have now; save the figure at
    this width.

    Parameters
    ----------
    gosh
        What `retrostats.gosh` returned.
    highlight
        Name of a trial: subsets with it and without it have different colours.
    centre
        Where an upright line stands, in the unit of the effects: the mean of all trials, as an
        estimate or a number. When omitted, that of the subset which holds all trials, if it is
        there; a random sample of subsets rarely has it.
    scale
        ``"linear"``, or ``"log"`` for effects that are logarithms: the axis shows ratios.
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
        If `gosh` is something else or has values that are not finite; if no trial has the name
        `highlight`; if `centre` is in another unit or not finite; if ``scale="log"`` and the
        effects are no logarithms; or if both a width and Axes are given.

    References
    ----------
    .. [1] Olkin I, Dahabreh IJ, Trikalinos TA (2012). Res Synth Methods 3, 214-223.
       doi:10.1002/jrsm.1053

    Examples
    --------
    >>> import retrostats as rs
    >>> found = (("A", -0.9, 0.32), ("B", -0.15, 0.22), ("C", -0.4, 0.28), ("D", -0.5, 0.3))
    >>> trials = [rs.Estimate.from_se(f"Trial {x}", y, se, unit="SD") for x, y, se in found]
    >>> ax = rs.plot_gosh(rs.gosh(rs.pool(trials)), highlight="Trial A")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['without Trial A (7)', 'with Trial A (8)']
    """
    who = "plot_gosh"
    subsets = gather_subsets(gosh, highlight, centre, scale)
    with house_style():
        new = figure_width(width, ax, who)
        ax = given(ax, who) or blank_axes(new, _HEIGHT)
        ax.set(xlim=subsets.ends, ylim=(-_BEYOND, 100 + _BEYOND), yticks=range(0, 101, 20))
        ax.tick_params(axis="both", labelsize=SMALL_TEXT, length=2.5, width=0.6, color=_GREY)
        many = len(subsets.effects) > _MANY
        _write_axes(ax, subsets, notes_of(subsets, len(subsets.effects) if many else 0))
        _explain(ax, subsets, many=many)
        busiest = _draw_hexagons(ax, subsets) if many else _draw_points(ax, subsets)
        if not math.isnan(subsets.centre):
            ax.axvline(
                subsets.centre, color=_GREY, linewidth=0.8, linestyle=(0, (5, 1.5)), zorder=5,
                gid="centre",
            )  # fmt: skip
        _write_axes(ax, subsets, notes_of(subsets, busiest))
        require_inside(ax, who)
    fix_width(ax)
    set_description(ax, sentence_of(subsets, busiest))
    return ax


def _draw_points(ax: Axes, subsets: Subsets) -> int:
    """Draw a point for each subset; there are no hexagons, so that none is the fullest."""
    size = 4.0 if len(subsets.effects) <= 300 else 2.4
    holds = subsets.holds
    groups = (
        (("subsets", np.ones(len(subsets.effects), dtype=bool), _WITH),)
        if holds is None
        else (("without", ~holds, _WITHOUT), ("with", holds, _WITH))
    )
    for gid, which, colour in groups:
        # Rings show what lies below them, and differ from dots without colours too.
        face = "none" if gid == "without" else colour
        ax.plot(
            subsets.effects[which], subsets.i2[which], "o", color=colour, markersize=size,
            markerfacecolor=face, markeredgewidth=0.6 if gid == "without" else 0.0, alpha=0.7,
            zorder=3, gid=gid,
        )  # fmt: skip
    return 0


def _draw_hexagons(ax: Axes, subsets: Subsets) -> int:
    """Count the subsets in hexagons; return how many the fullest holds."""
    limits = (*ax.get_xlim(), *ax.get_ylim())
    wide, high = size_mm(ax)
    across = max(8, round(wide / _HEXAGON))
    # As high as a regular hexagon of this width asks for.
    grid = (across, max(4, round(high / (_HEXAGON * 3**0.5))))
    x, y = subsets.effects, subsets.i2
    counted = ax.hexbin(
        x, y, gridsize=grid, extent=limits, mincnt=1, cmap=_DENSITY, bins="log", linewidths=0.1,
        zorder=3, gid="hexagons",
    )  # fmt: skip
    counts = np.asarray(counted.get_array(), dtype=float)
    busiest = int(counts.max())
    if subsets.holds is not None:
        counted.remove()
        # The same hexagons in the same order, for each holds one subset or more.
        shares = ax.hexbin(
            x, y, C=subsets.holds.astype(float), gridsize=grid, extent=limits, mincnt=1,
            cmap=_SHARE, vmin=0, vmax=1, linewidths=0.1, zorder=3, gid="shares",
        )  # fmt: skip
        shares.set_alpha(_PALEST + (1 - _PALEST) * np.log1p(counts) / math.log1p(busiest))
    ax.set(xlim=limits[:2], ylim=limits[2:])
    return busiest


def _explain(ax: Axes, subsets: Subsets, *, many: bool) -> None:
    """Write the legend of the highlighted trial above the plot, side by side where they fit."""
    if subsets.highlight is None:
        return
    without, within = legend_words(subsets)
    told = [(without, _WITHOUT), ("as many with as without", "0.8"), (within, _WITH)]
    if not many:
        del told[1]
    room = size_mm(ax)[0]
    needed = sum(width_mm(words, SMALL_TEXT) + _MARK for words, _ in told)
    columns = len(told) if needed <= room else 1
    handles = []
    for words, colour in told:
        face = "none" if colour == _WITHOUT and not many else colour
        handles.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker="h" if many else "o",
                markersize=4.5,
                color=colour,
                markerfacecolor=face,
                label="\n".join(wrapped(words, room - _MARK, SMALL_TEXT)),
            )
        )
    ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False, ncols=columns,
        fontsize=SMALL_TEXT, handlelength=1.0, handletextpad=0.4, columnspacing=1.2, borderpad=0.1,
        borderaxespad=0.3, labelspacing=0.35,
    ).set_gid("key")  # fmt: skip


def _write_axes(ax: Axes, subsets: Subsets, notes: Sequence[str]) -> None:
    width = size_mm(ax)[0]
    if subsets.scale == "log":
        mark_ratios(ax, width)
    lines = [line for text in (axis_words(subsets), *notes) for line in wrapped(text, width, TEXT)]
    ax.set_xlabel("\n".join(lines), fontsize=TEXT)
    ax.set_ylabel("I² (%)", fontsize=TEXT)
