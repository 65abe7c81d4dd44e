"""The parts of an estimation plot: the groups, and the differences beside or below them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from retrostats.description.types import Distribution
from retrostats.estimate import Estimate, EstimateTable
from retrostats.figures.arms import ArmStyle
from retrostats.figures.estimation_columns import GAP_MM, NO_BREAK, write_columns, write_numbers
from retrostats.figures.estimation_words import (
    are_of_the_means,
    count_words,
    differences_sentence,
    interval_words,
)
from retrostats.figures.points import Points
from retrostats.figures.style import SMALL_TEXT, TEXT, set_description
from retrostats.figures.words import size_mm, width_mm, wrapped

#: From the values to their mean in mm, and from their middle to it as a share of a column, at most.
_BESIDE_MM, _MOST_BESIDE = 3.2, 0.41
#: From the middle of a column to its outermost values, at most.
_LEFTMOST = 0.46
#: Share of a column that the values of its group have; the rest has mean and interval.
VALUES_SHARE = 0.62
#: Width of a bar of an SD, in points.
_SD_WIDTH = 7.0
#: Room beyond the outermost values and limits, as a share of their range.
_BEYOND = 0.05
#: Heights of the panels of groups and of differences.
_HEIGHTS = (3.0, 2.0)
#: Ticks of a difference stand so far apart and cover so much of the axis at least, in mm.
_TICK_MM, _TICKED_MM = 4.5, 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is drawn: groups, their differences, and how readers know and tell them apart."""

    groups: tuple[Distribution, ...]
    differences: EstimateTable
    names: Mapping[str, str]
    styles: tuple[ArmStyle, ...]
    unit: str
    difference: str

    @property
    def columns(self) -> int:
        """How many columns share the width: two groups have their difference beside them."""
        return max(3, len(self.groups))

    @property
    def reference(self) -> str:
        """The first group, in words."""
        return self.names[self.groups[0].arm]


def value_limits(drawing: Drawing) -> tuple[float, float]:
    """Return the ends of the axis of values: all that is drawn there, with room beside it.

    Parameters
    ----------
    drawing
        Of two groups the differences, from the mean of the first, stand there too.
    """
    ends: list[float] = []
    for group in drawing.groups:
        ends += [group.mean, *group.mean_ci[:2], *group.values[:1], *group.values[-1:]]
        ends += [] if group.values else [group.mean - group.sd, group.mean + group.sd]
    if len(drawing.groups) == 2:
        ends += [drawing.groups[0].mean + end for end in drawing.differences[0].ci[:2]]
    known = [end for end in ends if not math.isnan(end)]  # one value has no interval
    room = _BEYOND * (max(known) - min(known)) or 1.0
    return min(known) - room, max(known) + room


def draw_groups(ax: Axes, drawing: Drawing, points: Sequence[Points], *, column: float) -> None:
    """Draw values, mean and interval of each group in its column.

    Parameters
    ----------
    ax
        Axes whose columns stand at 0, 1, ..., with their final limits.
    drawing
        What is drawn.
    points
        Where the values of each group stand.
    column
        Width of a column, in mm.
    """
    widest = max((float(abs(own.aside).max()) for own in points if own.aside.size), default=0.0)
    apart = min(_MOST_BESIDE, VALUES_SHARE * widest + _BESIDE_MM / column)
    of_means = are_of_the_means(drawing.groups, drawing.differences)
    for place, (group, style) in enumerate(zip(drawing.groups, drawing.styles, strict=True)):
        values_at = place - min(apart / 2, _LEFTMOST - VALUES_SHARE * widest)
        mean_at = values_at + apart
        _draw_values(ax, group, points[place], style, values_at)
        ax.plot(
            (mean_at, mean_at), group.mean_ci[:2], color=style.colour, linewidth=1.3, zorder=4,
            gid="mean interval",
        )  # fmt: skip
        ax.plot(
            mean_at, group.mean, style.marker, color=style.colour, markersize=4.5, zorder=5,
            gid="mean",
        )  # fmt: skip
        # The mean of the second group is level with the difference only if nothing is adjusted.
        if len(drawing.groups) == 2 and (place == 0 or of_means):
            ax.plot(
                (mean_at, 2.5), (group.mean, group.mean), color=style.colour, linewidth=0.6,
                linestyle=":" if place else "-", zorder=1, gid="level" if place else "zero",
            )  # fmt: skip


def _draw_values(
    ax: Axes, group: Distribution, points: Points, style: ArmStyle, middle: float
) -> None:
    """Draw the values around their middle; without values, a bar of one SD to either side."""
    if group.values:
        ax.plot(
            middle + VALUES_SHARE * points.aside, points.values, "o", color=style.colour,
            markersize=points.size, alpha=0.55, markeredgewidth=0, zorder=2, gid="values",
        )  # fmt: skip
        return
    ends = (group.mean - group.sd, group.mean + group.sd)
    ax.plot(
        (middle, middle), ends, color=style.colour, linewidth=_SD_WIDTH, alpha=0.25,
        solid_capstyle="butt", zorder=2, gid="sd",
    )  # fmt: skip


def draw_anchored(ax: Axes, drawing: Drawing) -> None:
    """Draw the difference of two groups at the right, its zero level with the first mean.

    Parameters
    ----------
    ax
        Axes of the groups, with their final limits.
    drawing
        Of two groups.
    """
    (estimate,), (control, treated) = drawing.differences, drawing.groups
    low, high = ax.get_ylim()
    beside = ax.twinx()
    beside.set_ylim(low - control.mean, high - control.mean)
    beside.spines["right"].set(visible=True)
    beside.spines[["left", "top", "bottom"]].set_visible(False)
    beside.set_ylabel(_label(drawing, size_mm(ax)[1]), fontsize=TEXT)
    beside.tick_params(axis="y", labelsize=SMALL_TEXT)
    ax.tick_params(axis="y", labelsize=SMALL_TEXT)
    _draw_difference(beside, 2, estimate, drawing.styles[1])
    ax.set_xlim(-0.5, 2.5)
    minus = f"\N{MINUS SIGN}{NO_BREAK}"
    pair = f"{drawing.names[treated.arm]} {minus}{drawing.reference}"
    words = [*_group_words(drawing), [pair, interval_words(estimate, level=True)]]
    write_columns(ax, words, size_mm(ax)[0] / 3 - GAP_MM)
    _tick_near(beside, estimate)
    set_description(beside, _told(drawing))


def draw_below(ax: Axes, drawing: Drawing) -> None:
    """Draw the differences from the first group in a panel below, each under its group.

    Parameters
    ----------
    ax
        Axes of the groups, whose place the panels share.
    drawing
        Of more than two groups.
    """
    below = _panel_below(ax)
    for place, estimate in enumerate(drawing.differences, start=1):
        _draw_difference(below, place, estimate, drawing.styles[place])
    ends = [end for each in drawing.differences for end in each.ci[:2]]
    room = 2 * _BEYOND * (max(*ends, 0.0) - min(*ends, 0.0)) or 1.0
    below.set_ylim(min(*ends, 0.0) - room, max(*ends, 0.0) + room)
    below.axhline(0, color=drawing.styles[0].colour, linewidth=0.6, zorder=1, gid="zero")
    below.set_ylabel(_label(drawing, size_mm(below)[1]), fontsize=TEXT)
    for panel in (ax, below):
        panel.tick_params(axis="y", labelsize=SMALL_TEXT)
        # Shared axes would share their tick labels too.
        panel.set_xlim(-0.5, len(drawing.groups) - 0.5)
    width = size_mm(ax)[0] / len(drawing.groups) - GAP_MM
    write_columns(ax, _group_words(drawing), width)
    numbers = [interval_words(each, level=False) for each in drawing.differences]
    write_numbers(below, list(drawing.names.values())[1:], numbers, width)
    set_description(below, _told(drawing))


def _panel_below(ax: Axes) -> Axes:
    whole = ax.get_subplotspec()
    if whole is None:
        raise ValueError(
            "plot_estimation: these Axes have no place in a grid that groups and differences "
            "could share; make them by figure.add_subplot()"
        )
    parts = whole.subgridspec(2, 1, height_ratios=_HEIGHTS)
    ax.set_subplotspec(parts[0, 0])
    return ax.figure.add_subplot(parts[1, 0])


def _told(drawing: Drawing) -> str:
    return differences_sentence(
        drawing.groups, drawing.differences, drawing.names, told=drawing.difference
    )


def _draw_difference(ax: Axes, place: float, estimate: Estimate, style: ArmStyle) -> None:
    ends = (estimate.ci.low, estimate.ci.high)
    ax.plot(
        (place, place), ends, color=style.colour, linewidth=1.3, zorder=4,
        gid="difference interval",
    )  # fmt: skip
    ax.plot(
        place, estimate.value, style.marker, color=style.colour, markersize=5.5, zorder=5,
        gid="difference",
    )  # fmt: skip


def _tick_near(ax: Axes, estimate: Estimate) -> None:
    """Keep the ticks around zero and the interval: further off there is nothing to read."""
    bottom, top = ax.get_ylim()
    height = size_mm(ax)[1]
    per_mm = (top - bottom) / height
    low, high = min(0.0, estimate.ci.low), max(0.0, estimate.ci.high)
    more = max(0.0, _TICKED_MM * per_mm - (high - low)) / 2
    low, high = max(bottom, low - more), min(top, high + more)
    bins = max(1, min(5, int((high - low) / per_mm / _TICK_MM)))
    steps = MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    ticks = [float(tick) for tick in steps if bottom <= tick <= top]
    ax.set_yticks(ticks)
    ends = min(*ticks, low), max(*ticks, high)
    ax.spines["right"].set_bounds(*ends)
    half = max(width_mm(line, TEXT) for line in ax.get_ylabel().split("\n")) / 2 / height
    middle = (sum(ends) / 2 - bottom) / (top - bottom)
    ax.yaxis.label.set_y(max(min(half, 0.5), min(max(1 - half, 0.5), middle)))


def _label(drawing: Drawing, height: float) -> str:
    """Name the axis of the differences, in lines as long as it is high."""
    what = drawing.difference or "Difference"
    unit = f" ({drawing.unit})" if drawing.unit else ""
    return "\n".join(wrapped(f"{what[0].upper()}{what[1:]}{unit}", height, TEXT))


def _group_words(drawing: Drawing) -> list[list[str]]:
    return [[drawing.names[group.arm], count_words(group)] for group in drawing.groups]
