"""Where an answer changes when the missing outcomes of either arm are worse than assumed."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from scipy.special import ndtri

from retrostats.figures.given_axes import given, require_inside
from retrostats.figures.inputs import kind_words
from retrostats.figures.style import (
    SMALL_TEXT,
    TEXT,
    blank_axes,
    figure_width,
    fix_width,
    house_style,
    set_description,
)
from retrostats.figures.tipping_lines import contours, draw_estimates
from retrostats.figures.tipping_words import (
    axis_words,
    line_words,
    mark_words,
    sentence_of,
    zone_counts,
    zone_words,
)
from retrostats.figures.words import size_mm, width_mm, wrapped
from retrostats.missing.tipping_result import TippingPoint

__all__ = ["plot_tipping"]

#: Of the whole figure in mm: about square beside its words in one column of a journal.
_HEIGHT, _NARROW, _NARROW_HEIGHT = 96.0, 120.0, 100.0
#: Pale, so that lines and words on them can be read; the lines tell the zones without colours.
_TREATMENT, _OPEN, _COMPARATOR = "#BFDDF0", "0.94", "#F6D2BC"
_GREY, _LINE = "0.35", "0.45"
#: Both colours are one grey in print, and the key has no sides to tell them by: one is hatched,
#: across the lines of equal estimates, which all rise.
_HATCH = 6 * "\\"
_HATCHING: dict[Any, Any] = {"hatch.color": "#DDA27C", "hatch.linewidth": 0.5}
#: Of a mark in the key and the space beside it, in mm.
_MARK = 7.0
#: Smallest p that has a place on a normal scale; smaller ones lie far from every line drawn.
_SMALLEST_P = 1e-300


def plot_tipping(
    tipping: TippingPoint,
    *,
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw for which shifts of missing outcomes in two arms the interval excludes zero.

    Use it to judge whether the shifts that would change an answer are plausible, also where both
    arms depart from the assumption; not to read off a p value.

    Each place is an analysis in which the imputed scores of either arm are made worse (right, up)
    or better (left, down) by so much. Thin lines join equal estimates; a thick line is where a
    limit of the interval is zero.

    Parameters
    ----------
    tipping
        What `retrostats.tipping_point` returned.
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
        If `tipping` is something else, or both a width and Axes are given.

    Examples
    --------
    >>> import numpy as np
    >>> import retrostats as rs
    >>> from retrostats.missing.tipping import tipping_point
    >>> from retrostats.missing.types import MissingRequest, VisitScores
    >>> rng = np.random.default_rng(7)
    >>> baseline, arm = rng.normal(6, 1, (60, 1)), np.repeat([0, 1], 30)
    >>> y = baseline - np.array([1, 2]) - 0.8 * arm[:, None] + rng.normal(0, 1, (60, 2))
    >>> y[[3, *range(40, 48)], 1] = np.nan
    >>> scores = VisitScores(
    ...     y=y, arm=arm, covariates=baseline, names=("baseline",), arms=("control", "retro"),
    ...     visits=("week 3", "week 6"), unit="points",
    ... )
    >>> request = MissingRequest(visit=1, treatment=1, comparator=0, reference=0)
    >>> ax = rs.plot_tipping(tipping_point(scores, request, better="lower"))
    >>> ax.get_xlabel()
    'Missing scores of retro: how much worse (points)'
    """
    who = "plot_tipping"
    if not isinstance(tipping, TippingPoint):
        raise ValueError(
            f"{who}: expected TippingPoint, as made by rs.tipping_point(cohort, plan); got "
            f"{kind_words(tipping)}"
        )
    with house_style(), rc_context(_HATCHING):
        new = figure_width(width, ax, who)
        height = _NARROW_HEIGHT if new < _NARROW else _HEIGHT
        ax = given(ax, who) or blank_axes(new, height)
        ends = (float(tipping.deltas[0]), float(tipping.deltas[-1]))
        ax.set(xlim=ends, ylim=ends)
        ax.tick_params(axis="both", labelsize=SMALL_TEXT, length=2.5, width=0.6, color=_GREY)
        _write_axes(ax, tipping)  # the key takes what room these leave, and they again what it does
        _explain(ax, tipping)
        draw_estimates(ax, tipping, _draw_zones(ax, tipping))
        _draw_marks(ax, tipping)
        _write_axes(ax, tipping)
        require_inside(ax, who)
    fix_width(ax)
    set_description(ax, sentence_of(tipping))
    return ax


def _draw_zones(ax: Axes, tipping: TippingPoint) -> ContourSet | None:
    """Colour where the interval excludes zero; return the lines where one of its limits is zero."""
    # On the scale of a normal statistic, which is nearly straight between the points of a grid.
    size = -ndtri(np.maximum(tipping.p, _SMALLEST_P) / 2)
    favour = -np.sign(tipping.value) if tipping.better == "lower" else np.sign(tipping.value)
    statistic = (size * favour).T
    edge = float(ndtri(0.5 + tipping.start.estimate.ci.level / 2))
    reach = 1 + max(edge, float(np.abs(statistic).max()))
    colours = [_COMPARATOR, _OPEN, _TREATMENT]
    ax.contourf(
        tipping.deltas, tipping.deltas, statistic, levels=[-reach, -edge, edge, reach],
        colors=colours, hatches=[_HATCH, None, None], zorder=1,
    ).set_gid("zones")  # fmt: skip
    return contours(
        ax, tipping, statistic, [-edge, edge], color="black", linewidth=1.4, gid="touching"
    )


def _draw_marks(ax: Axes, tipping: TippingPoint) -> None:
    """Mark the analysis without a shift, and the tipping point of the treatment arm alone."""
    low, high = tipping.deltas[0], tipping.deltas[-1]
    if low <= 0 <= high:
        ax.plot(0, 0, "o", color="black", markersize=4.5, zorder=4, clip_on=False, gid="start")
        if tipping.verdict == "tips":
            ax.plot(
                [0, tipping.delta], [0, 0], color="black", linewidth=0.8, linestyle=(0, (3, 2)),
                zorder=3, gid="way",
            )  # fmt: skip
            ax.plot(
                tipping.delta, 0, "D", color="black", markerfacecolor="white", markersize=5.0,
                zorder=4, clip_on=False, gid="tipping",
            )  # fmt: skip


def _explain(ax: Axes, tipping: TippingPoint) -> None:
    """Write the key above the plot, in two columns where they fit."""
    room = size_mm(ax)[0]
    zones = zip(
        (_TREATMENT, _OPEN, _COMPARATOR), zone_words(tipping), zone_counts(tipping), strict=True
    )
    told: list[tuple[Patch | Line2D, str]] = [
        (_swatch(colour), words) for colour, words, count in zones if count
    ]
    start, point = mark_words(tipping)
    told.append((Line2D([], [], linestyle="none", marker="o", color="black"), start))
    if point:
        mark = Line2D([], [], linestyle="none", marker="D", color="black", markerfacecolor="white")
        told.append((mark, point))
    told.append((Line2D([], [], color=_LINE, linewidth=0.5), line_words(tipping)))
    widest = max(width_mm(words, SMALL_TEXT) for _, words in told) + _MARK
    columns = 2 if 2 * widest <= room else 1
    lines = ["\n".join(wrapped(words, room - _MARK, SMALL_TEXT)) for _, words in told]
    ax.legend(
        handles=[mark for mark, _ in told], labels=lines, loc="lower left",
        bbox_to_anchor=(0.0, 1.0), frameon=False, ncols=columns, fontsize=SMALL_TEXT,
        handlelength=1.4, handleheight=0.9, handletextpad=0.5, columnspacing=1.2, borderpad=0.1,
        borderaxespad=0.4, labelspacing=0.35,
    ).set_gid("key")  # fmt: skip


def _swatch(colour: str) -> Patch:
    """Return what stands for a zone in the key, hatched as the zone is."""
    hatch = _HATCH if colour == _COMPARATOR else None
    return Patch(facecolor=colour, edgecolor=_GREY, linewidth=0.4, hatch=hatch)


def _write_axes(ax: Axes, tipping: TippingPoint) -> None:
    wide, high = size_mm(ax)
    across, up = axis_words(tipping)
    ax.set_xlabel("\n".join(wrapped(across, wide, TEXT)), fontsize=TEXT)
    ax.set_ylabel("\n".join(wrapped(up, high, TEXT)), fontsize=TEXT)
