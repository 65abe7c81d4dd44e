"""The raincloud: shape, quartiles and single values of each group, one below another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from retrostats.description.types import Distribution
from retrostats.figures.arms import ArmStyle, arm_styles
from retrostats.figures.estimation_words import count_words
from retrostats.figures.given_axes import given, require_inside
from retrostats.figures.inputs import require_each, require_words
from retrostats.figures.points import MOST, strip
from retrostats.figures.raincloud_words import note_words, sentence
from retrostats.figures.room import room_mm
from retrostats.figures.style import (
    MM_PER_INCH,
    SMALL_TEXT,
    TEXT,
    blank_axes,
    figure_width,
    fix_width,
    house_style,
    set_description,
)
from retrostats.figures.words import width_mm, wrapped

_ROW, _MARGINS = 19.0, 20.0
#: Widest name of a group, in mm.
_NAME = 27.0
#: Between names and plot, and beside the note, in mm.
_GAP_MM = 1.6
#: From the middle of a row of height 1: base and top of its cloud, middle of its box, and the
#: middle and the width of the band of its points.
_BASE, _TOP, _BOX, _RAIN, _BAND = 0.08, 0.5, -0.02, -0.28, 0.28
#: Height of a box, width of a bar of whole numbers, room beyond the outermost values.
_BOX_HEIGHT, _BAR, _BEYOND = 0.09, 0.8, 0.04
#: A box of fewer values would say more than they do.
FEWEST = 5


def raincloud_height(groups: Sequence[Distribution]) -> float:
    """Return the height in mm at which the rows of a raincloud are easily read.

    Parameters
    ----------
    groups
        As given to `plot_raincloud`.
    """
    return _MARGINS + _ROW * len(groups)


def plot_raincloud(
    groups: Sequence[Distribution],
    *,
    better: Literal["lower", "higher"] | None = None,
    ylabel: str = "",
    arm_names: Mapping[str, str] | None = None,
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw the shape, the quartiles and the values of each group, the first group on top.

    Nothing is computed. The cloud is a smooth density; on a scale of few whole numbers it has a
    bar for each score, whose height is the share of the group. All groups share one scale of
    heights. Points stand side by side without chance, so that the figure repeats to the byte.
    A group of fewer than 5 values has points alone, and the note says so. Labels are placed
    for the width that the Axes have now.

    Use it when the shape matters: skewness, two heaps, floor and ceiling, outliers; not when the
    size of a difference is the question (`plot_estimation`).

    Parameters
    ----------
    groups
        At least one, the reference first, in one unit, with values.
    better
        Which direction is benefit; not told when omitted.
    ylabel
        Outcome and unit, written below the axis of values, which is horizontal so that names have
        room; the unit alone when omitted.
    arm_names
        Words for readers by label, of all arms of the trial; the labels themselves when omitted.
    width
        Of the new figure: ``"single"`` or ``"double"`` for one or two columns, 85 and 170 mm, or
        mm. Choose it or `ax`.
    ax
        Axes to draw on; a new figure when omitted.

    Returns
    -------
    Axes
        The same Axes.

    Raises
    ------
    ValueError
        If there is no group, a group has only a summary or is named twice, no group has a value,
        or units, or densities and counts of whole numbers, are mixed.

    References
    ----------
    .. [1] Allen M, Poggiali D, Whitaker K, Marshall TR, Kievit RA (2019). Wellcome Open Res 4, 63.
       doi:10.12688/wellcomeopenres.15191.1

    Examples
    --------
    >>> import retrostats as rs
    >>> groups = rs.distributions({"control": [6, 5, 7, 6, 8], "retro": [4, 5, 3, 4, 2]})
    >>> ax = rs.plot_raincloud(groups, better="lower", ylabel="Pain (points)")
    >>> print(rs.describe(ax))
    Distribution of Pain (points) in 2 groups, lower is better. Medians, with quartiles and range: \
control (n = 5) 6 (6 to 7, range 5 to 8); retro (n = 5) 4 (3 to 4, range 2 to 5).
    """
    who = "plot_raincloud"
    groups = require_each(who, groups, Distribution)
    require_words(who, arm_names, better)
    _require_drawable(groups)
    names = [(arm_names or {}).get(group.arm, group.arm) for group in groups]
    with house_style():
        wide = figure_width(width, ax, who)
        ax = given(ax, who) or blank_axes(wide, raincloud_height(groups))
        styles = arm_styles([group.arm for group in groups], arm_names)
        tallest = max((top for group in groups for top in _heights(group)), default=1.0)
        for place, (group, style) in enumerate(zip(groups, styles, strict=True)):
            row = float(-place)
            _draw_cloud(ax, group, row, style, (_TOP - _BASE) / tallest)
            _draw_box(ax, group, row, style)
            points = strip(group.values)
            ax.plot(
                points.values, row + _RAIN + _BAND * points.aside, "o", color=style.colour,
                markersize=points.size, alpha=0.6, markeredgewidth=0, zorder=2, gid="values",
            )  # fmt: skip
        _finish_axes(ax, groups, names)
        unit = next((group.unit for group in groups if group.unit), "")
        ax.set_xlabel(ylabel or unit or "Value", fontsize=TEXT)
        drawn = [min(MOST, len(group.values)) for group in groups]
        _write_note(ax, note_words(groups, better, drawn, fewest=FEWEST))
        require_inside(ax, who)
    fix_width(ax)
    set_description(ax, sentence(groups, names, ylabel=ylabel, better=better, drawn=drawn))
    return ax


def _require_drawable(groups: Sequence[Distribution]) -> None:
    if not groups or all(group.n == 0 for group in groups):
        raise ValueError("plot_raincloud: there is no value to draw; give at least one group")
    labels = [group.arm for group in groups]
    twice = next((arm for arm in labels if labels.count(arm) > 1), None)
    if twice is not None:
        raise ValueError(f"plot_raincloud: two groups are named {twice}; give each its own name")
    for group in groups:
        if group.n and not group.values:
            raise ValueError(
                f"plot_raincloud: {group.arm} has a summary and no values, which tell its shape; "
                "plot_estimation draws means and SDs"
            )
    units = sorted({group.unit for group in groups} - {""})
    if len(units) > 1:
        raise ValueError(f"plot_raincloud: one unit per plot, got {', '.join(units)}")
    if any(group.density for group in groups) and any(group.steps for group in groups):
        raise ValueError(
            "plot_raincloud: some groups have a density and some counts of whole numbers, whose "
            "heights cannot be compared; describe all groups in one call of distributions"
        )


def _heights(group: Distribution) -> list[float]:
    """Return the heights of the cloud of a group; none where it has no cloud."""
    if group.n < FEWEST:
        return []
    if group.steps:
        return [count / group.n for _, count in group.steps]
    return [height for _, height in group.density]


def _draw_cloud(ax: Axes, group: Distribution, row: float, style: ArmStyle, scale: float) -> None:
    """Draw a density or bars upwards from the base of a row."""
    heights = _heights(group)
    base = row + _BASE
    if heights and group.steps:
        values = [value for value, _ in group.steps]
        bars = ax.bar(
            values, scale * np.array(heights), width=_BAR, bottom=base, color=style.colour,
            alpha=0.35, linewidth=0, zorder=1,
        )  # fmt: skip
        for bar in bars:
            bar.set_gid("bar")
    elif heights:
        values = [value for value, _ in group.density]
        top = base + scale * np.array(heights)
        cloud = ax.fill_between(
            values, base, top, facecolor=style.colour, alpha=0.35, linewidth=0, zorder=1
        )
        cloud.set_gid("cloud")
        ax.plot(values, top, color=style.colour, linewidth=0.7, zorder=1, gid="outline")


def _draw_box(ax: Axes, group: Distribution, row: float, style: ArmStyle) -> None:
    """Draw quartiles, median and whiskers."""
    if group.n < FEWEST:
        return
    middle = row + _BOX
    ax.plot(
        group.whiskers,
        (middle, middle),
        color=style.colour,
        linewidth=0.9,
        zorder=3,
        gid="whiskers",
    )
    box = Rectangle(
        (group.q1, middle - _BOX_HEIGHT / 2), group.q3 - group.q1, _BOX_HEIGHT, facecolor="white",
        edgecolor=style.colour, linewidth=0.9, zorder=4, gid="box",
    )  # fmt: skip
    ax.add_patch(box)
    ends = (middle - _BOX_HEIGHT / 2, middle + _BOX_HEIGHT / 2)
    ax.plot(
        (group.median,) * 2, ends, color=style.colour, linewidth=2.0, solid_capstyle="butt",
        zorder=5, gid="median",
    )  # fmt: skip


def _finish_axes(ax: Axes, groups: Sequence[Distribution], names: Sequence[str]) -> None:
    """Name the rows at the left, with their numbers, and give all marks room."""
    texts = []
    for group, name in zip(groups, names, strict=True):
        n, _, missing = count_words(group).partition(", ")
        lines = [*wrapped(name, _NAME, TEXT), n, *([missing] if missing else [])]
        texts.append("\n".join(lines))
    ax.set_yticks([float(-place) for place in range(len(groups))], texts, fontsize=SMALL_TEXT)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_ylim(0.5 - len(groups), 0.56)
    ends = [end for group in groups for end in (*group.values[:1], *group.values[-1:])]
    if any(group.steps for group in groups):
        ends = [min(ends) - _BAR / 2, max(ends) + _BAR / 2]
        ax.xaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True))
    room = _BEYOND * (max(ends) - min(ends)) or 1.0
    ax.set_xlim(min(ends) - room, max(ends) + room)


def _write_note(ax: Axes, note: str) -> None:
    """Write the note above the plot, flush with the names of the rows."""
    texts = [line for label in ax.get_yticklabels() for line in label.get_text().split("\n")]
    indent = max(width_mm(line, SMALL_TEXT) for line in texts) + _GAP_MM
    room = room_mm(ax) - 2 * _GAP_MM
    ax.annotate(
        "\n".join(wrapped(note, room, SMALL_TEXT)),
        (0, 1),
        xycoords="axes fraction",
        xytext=(-indent * 72 / MM_PER_INCH, 4),
        textcoords="offset points",
        fontsize=SMALL_TEXT,
        color="0.35",
        ha="left",
        va="bottom",
        annotation_clip=False,
        gid="note",
    )
