"""Simulated power against sample size, dropout, correlation or difference."""

from __future__ import annotations

import math
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from retrostats.figures.given_axes import given, require_inside
from retrostats.figures.inputs import kind_words
from retrostats.figures.power_words import (
    band_words,
    legend_label,
    line_words,
    notes_of,
    sentence_of,
)
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
from retrostats.power.simulated.curve import PowerCurve

__all__ = ["plot_power"]

_HEIGHT = 70.0
_INK, _GREY = OKABE_ITO["blue"], "0.35"
_CLOSED = OKABE_ITO["vermillion"]
#: Room beyond the first and the last value, as a share of their distance.
_BEYOND = 0.04
#: Points closer than this, in mm, would hide the line and one another: the line and band remain.
_APART = 2.5
#: Ticks of the power, in percent.
_TICKS = range(0, 101, 20)


def plot_power(
    curve: PowerCurve,
    *,
    target: float | None = None,
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw the simulated power of the first comparison at each value of a curve.

    Use it to show how far the power rests on one assumption; not to read a sample size off the
    line, which `find_sample_size` finds and confirms. The band is the interval for the chance of
    the simulation alone; between the points nothing was simulated. Words are placed for the width
    that the Axes have now; save the figure at this width.

    Parameters
    ----------
    curve
        What `retrostats.power_curve` returned; its closed form is a dashed line. Where a margin
        was asked for, the power is that of excluding it, and there is no band.
    target
        A power to mark by a dotted line, between 0 and 1, e.g. 0.9.
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
        If `curve` is something else, `target` is no power, or both a width and Axes are given.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> curve = rs.power_curve(
    ...     folder / "design.toml", folder / "plan.toml", over="n", values=[20, 40, 60],
    ...     replicates=50, seed=1,
    ... )
    >>> ax = rs.plot_power(curve, target=0.9)
    >>> ax.get_ylabel()
    'Power, %'
    """
    who = "plot_power"
    if not isinstance(curve, PowerCurve):
        raise ValueError(
            f"{who}: expected PowerCurve, as made by rs.power_curve(design, plan, ...); got "
            f"{kind_words(curve)}"
        )
    if target is not None and not 0 < target < 1:
        raise ValueError(f"{who}: target must lie between 0 and 1, as in 0.9; got {target!r}")
    with house_style():
        new = figure_width(width, ax, who)
        ax = given(ax, who) or blank_axes(new, _HEIGHT)
        low, high = curve.values[0], curve.values[-1]
        alone = max(1.0, abs(low)) * _BEYOND
        room = _BEYOND * (high - low) or (max(1.0, alone) if curve.over == "n" else alone)
        ax.set(xlim=(low - room, high + room), ylim=(0, 104), yticks=_TICKS)
        if curve.over == "n":  # nobody is half a subject
            ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))
        ax.tick_params(axis="both", labelsize=SMALL_TEXT, length=2.5, width=0.6, color=_GREY)
        handles = _draw(ax, curve)
        if target is not None:
            handles.append(_draw_target(ax, target))
        _write_axes(ax, curve)
        _explain(ax, handles)
        require_inside(ax, who)
    fix_width(ax)
    set_description(ax, sentence_of(curve, target))
    return ax


def _draw(ax: Axes, curve: PowerCurve) -> list[Line2D | Patch]:
    """Draw the band, the powers and the closed form; return what explains them."""
    shown = [100 * point.aimed.value for point in curve.points]
    handles: list[Line2D | Patch] = []
    apart = size_mm(ax)[0] / max(1, len(curve) - 1) >= _APART
    how = "o" if len(curve) == 1 else "-o" if apart else "-"  # one point has no line in the key
    (line,) = ax.plot(
        curve.values, shown, how, color=_INK, markersize=3.4, zorder=4,
        markeredgecolor="white", markeredgewidth=0.4, gid="power", label=legend_label(curve),
    )  # fmt: skip
    handles.append(line)
    if curve.points[0].margin is None:
        limits = [point.primary.interval for point in curve.points]
        ends = [100 * each.low for each in limits], [100 * each.high for each in limits]
        ax.fill_between(
            curve.values, *ends, color=_INK, alpha=0.2, linewidth=0, zorder=2, gid="band"
        )
        if apart:
            ax.vlines(curve.values, *ends, color=_INK, linewidth=0.6, zorder=3, gid="intervals")
        # One point has a bar and no band, and the key shows what there is.
        mark = (
            Patch(color=_INK, alpha=0.2, linewidth=0)
            if len(curve) > 1
            else Line2D([], [], color=_INK, linewidth=0.6, linestyle="none", marker="|")
        )
        mark.set_label(band_words(curve))
        handles.append(mark)
    return [*handles, *_draw_closed(ax, curve)]


def _draw_closed(ax: Axes, curve: PowerCurve) -> list[Line2D]:
    # No closed form at all is an empty tuple, none at a value is nan.
    known = [(x, 100 * y) for x, y in zip(curve.values, curve.closed, strict=False)]
    known = [(x, y) for x, y in known if not math.isnan(y)]
    if not known:
        return []
    alone = len(known) == 1
    return ax.plot(
        *zip(*known, strict=True), color=_CLOSED, linestyle="none" if alone else (0, (4, 2)),
        zorder=3, marker="x" if alone else "", markersize=3.4, gid="closed",
        label=curve.closed_words,
    )  # fmt: skip


def _draw_target(ax: Axes, target: float) -> Line2D:
    return ax.axhline(
        100 * target, color=_GREY, linewidth=0.8, linestyle=(0, (1, 1.5)), zorder=1,
        gid="target", label=line_words(target),
    )  # fmt: skip


def _explain(ax: Axes, handles: list[Line2D | Patch]) -> None:
    """Put the legend where it hides least, its lines no longer than half the plot."""
    half = size_mm(ax)[0] / 2
    for handle in handles:
        handle.set_label("\n".join(wrapped(str(handle.get_label()), half, SMALL_TEXT)))
    ax.legend(handles=handles, loc="best", frameon=False, fontsize=SMALL_TEXT)


def _write_axes(ax: Axes, curve: PowerCurve) -> None:
    width, _ = size_mm(ax)
    lines = [line for words in notes_of(curve) for line in wrapped(words, width, TEXT)]
    ax.set_xlabel("\n".join(lines), fontsize=TEXT)
    ax.set_ylabel("Power, %", fontsize=TEXT)
