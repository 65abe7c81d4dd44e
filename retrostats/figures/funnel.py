"""The funnel plot: estimates against their standard errors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.text import Annotation

from retrostats.estimate import Estimate, EstimateTable
from retrostats.figures.forest_parts import Scale
from retrostats.figures.forest_pooled import trial_rows
from retrostats.figures.funnel_contours import draw_contours, legend_points
from retrostats.figures.funnel_names import letters_for, places_beside, write_names
from retrostats.figures.funnel_parts import FEW, Funnel, frame, gather_funnel
from retrostats.figures.funnel_words import axis_words, notes_of, sentence_of
from retrostats.figures.given_axes import given, require_inside
from retrostats.figures.inputs import require_kind
from retrostats.figures.margins import favour_lines, write_favours
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
from retrostats.figures.words import size_mm, wrapped
from retrostats.meta.pooled import Pooled

__all__ = ["FEW", "plot_funnel"]

_HEIGHT = 86.0
#: Points outside the funnel are named where there are at most so many estimates.
_NAMED = 15
#: More estimates than these are counted in hexagons.
_MANY = 2000
_HEXAGONS = 42
_INK = OKABE_ITO["blue"]
_GREY = "0.35"
_DENSITY = LinearSegmentedColormap.from_list("density", ["#C6DBEF", _INK, "#08204A"])


def plot_funnel(
    table: EstimateTable | Pooled,
    *,
    centre: Estimate | float | None = None,
    contours: Sequence[float] = (),
    scale: Scale = "linear",
    labels: Sequence[str] | None = None,
    favours: tuple[str, str] | None = None,
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw each estimate against its standard error, the surest on top.

    The funnel around `centre` is a drawing aid and no interval of anything: two straight lines at
    the normal quantile of the level of the table times the standard error. Within it about that
    share of the studies would lie if all estimated one same value. Asymmetry has many causes
    beside unpublished studies [1]_; contours help to see whether the missing ones would have been
    those without a significant result [2]_. Below ten estimates a note says that asymmetry cannot
    be judged.

    More than 2,000 estimates are counted in hexagons, and a note says so. Names are placed for the
    width that the Axes have now; save the figure at this width.

    Parameters
    ----------
    table
        Estimates with standard errors, in one unit and at one level; the caption is the title. Of
        a pooled result (`retrostats.pool`) its trials, around its mean.
    centre
        Tip of the funnel, in the unit of the estimates: a pooled estimate, or a number. Without
        it there is no funnel.
    contours
        Two-sided p values at whose borders around zero the greys change, e.g.
        ``(0.1, 0.05, 0.01)``; by the normal distribution, whatever the degrees of freedom.
    scale
        ``"linear"``, or ``"log"`` for estimates that are logarithms: the axis shows ratios.
    labels
        Name of each point, ``""`` for none. When omitted, up to 15 estimates have those outside
        the funnel named by their labels; of more none is named. Where names have no room beside
        their points, letters stand there, and the names below the plot.
    favours
        Whom a value below zero and a value above zero favours.
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
        If the table is empty, mixes units or levels, or has an estimate without a standard error;
        if `centre` is in another unit, a contour is no p value, or `labels` are not one each; or
        if both a width and Axes are given.

    References
    ----------
    .. [1] Sterne JAC et al. (2011). BMJ 343, d4002. doi:10.1136/bmj.d4002
    .. [2] Peters JL et al. (2008). J Clin Epidemiol 61, 991-996.
       doi:10.1016/j.jclinepi.2007.11.010

    Examples
    --------
    >>> from retrostats.estimate import Estimate, EstimateTable
    >>> trials = [("A 2019", -1.2, 0.5), ("B 2021", -0.4, 0.3)]
    >>> table = EstimateTable(
    ...     "Pain", tuple(Estimate.from_se(name, d, se, unit="points") for name, d, se in trials)
    ... )
    >>> ax = plot_funnel(table, centre=-0.6)
    >>> ax.get_ylabel()
    'Standard error (points)'
    """
    who = "plot_funnel"
    if isinstance(table, Pooled):
        centre = table.pooled if centre is None else centre
        table = trial_rows(table)
    require_kind(who, table, EstimateTable)
    funnel = gather_funnel(table, centre, contours, scale, favours)
    if labels is not None and len(labels) != len(table):
        raise ValueError(
            f"plot_funnel: {len(labels)} labels for {len(table)} estimates; give one each, '' for "
            "none"
        )
    with house_style():
        new = figure_width(width, ax, who)
        ax = given(ax, who) or blank_axes(new, _HEIGHT)
        (low, high), deepest = frame(funnel)
        ax.set_xlim(low, high)
        ax.set_ylim(deepest, 0)
        draw_contours(ax, funnel)
        _draw_lines(ax, funnel)
        busiest = _draw_points(ax, funnel)
        _write_words(ax, funnel, busiest)
        _name_points(ax, funnel, _names(funnel, labels), busiest)
        require_inside(ax, who)
    fix_width(ax)
    set_description(ax, sentence_of(funnel, busiest))
    return ax


def _names(funnel: Funnel, labels: Sequence[str] | None) -> dict[int, str]:
    """Return the names to write, by the place of their estimates."""
    if labels is None and len(funnel.table) > _NAMED:
        return {}
    own = [e.label if out else "" for e, out in zip(funnel.table, funnel.outside, strict=True)]
    chosen = own if labels is None else labels
    return {place: name for place, name in enumerate(chosen) if name}


def _name_points(ax: Axes, funnel: Funnel, names: dict[int, str], busiest: int) -> None:
    """Name points; by letters, explained below the plot, where names would be in the way."""
    if not names:
        return
    places = places_beside(ax, funnel, names)
    if places is None:
        letters = letters_for(names)
        key = [f"{letters[i]}\N{NO-BREAK SPACE}{name}" for i, name in names.items()]
        _write_below(ax, funnel, [*notes_of(funnel, busiest), "; ".join(key)])
        names, places = letters, places_beside(ax, funnel, letters)
    write_names(ax, funnel, names, places)


def _draw_lines(ax: Axes, funnel: Funnel) -> None:
    deepest, zero = float(ax.get_ylim()[0]), 0.0
    low, high = ax.get_xlim()
    if low <= zero <= high:
        ax.plot([0, 0], [0, deepest], color="0.5", linewidth=0.8, zorder=1, gid="zero")
    if math.isnan(funnel.centre):
        return
    reach = funnel.slope * deepest
    tip = funnel.centre
    ax.plot([tip, tip], [0, deepest], color=_GREY, linewidth=0.8, linestyle=(0, (5, 1.5)),
            zorder=1.5, gid="centre")  # fmt: skip
    ax.plot([tip - reach, tip, tip + reach], [deepest, 0, deepest], color=_GREY, linewidth=0.8,
            linestyle=(0, (2.5, 1.5)), zorder=1.5, gid="funnel")  # fmt: skip


def _draw_points(ax: Axes, funnel: Funnel) -> int:
    """Draw the estimates; return how many the fullest hexagon holds, 0 where there are points."""
    if len(funnel.values) <= _MANY:
        ax.plot(
            funnel.values, funnel.errors, "o", color=_INK, markersize=4.2, markeredgecolor="white",
            markeredgewidth=0.4, alpha=0.9, zorder=4, clip_on=False, gid="estimates",
        )  # fmt: skip
        return 0
    limits = ax.get_xlim(), ax.get_ylim()
    cells = ax.hexbin(
        funnel.values, funnel.errors, gridsize=_HEXAGONS, mincnt=1, cmap=_DENSITY, bins="log",
        linewidths=0.1, zorder=3, gid="hexagons",
    )  # fmt: skip
    ax.set(xlim=limits[0], ylim=limits[1])
    return int(np.nanmax(np.asarray(cells.get_array(), dtype=float)))


def _write_words(ax: Axes, funnel: Funnel, busiest: int) -> None:
    """Write caption, axes, whom a side favours, and the notes below."""
    ax.tick_params(axis="both", labelsize=SMALL_TEXT, length=2.5, width=0.6, color=_GREY)
    unit = funnel.table[0].unit
    ax.set_ylabel(f"Standard error ({unit})" if unit else "Standard error", fontsize=TEXT)
    width = size_mm(ax)[0]
    caption = _lines(funnel.table.caption.split("\n"), width, TEXT)
    if any(caption):
        ax.set_title(
            "\n".join(caption), loc="left", fontsize=TEXT, pad=4 + legend_points(ax, funnel)
        )
    if funnel.scale == "log":
        mark_ratios(ax, width)
    low, high = ax.get_xlim()
    zero = float(-low / (high - low)) * width
    sides = favour_lines(funnel.favours, (zero, width - zero))
    write_favours(ax, sides, (zero, width - zero))
    _write_below(ax, funnel, notes_of(funnel, busiest))


def _write_below(ax: Axes, funnel: Funnel, notes: Sequence[str]) -> None:
    """Write what the axis shows, and notes, below the words of whom a side favours."""
    favours = (text for text in ax.texts if text.get_gid() == "favours")
    lines = {text.xyann[1] for text in favours if isinstance(text, Annotation)}
    words = _lines([axis_words(funnel), *notes], size_mm(ax)[0], TEXT)
    ax.set_xlabel("\n".join(words), fontsize=TEXT, labelpad=3 + 9 * len(lines))


def _lines(texts: Sequence[str], width: float, size: float) -> list[str]:
    return [line for text in texts for line in wrapped(text, width, size)]
