"""A waterfall: how much each subject improved, beside measurement error and importance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from retrostats.description.types import IndividualChanges
from retrostats.figures.arms import ArmStyle, arm_styles
from retrostats.figures.change_labels import (
    BAND,
    DASHES,
    LINE,
    key_of,
    label_axes,
    level_words,
    words_mm,
    write_words,
)
from retrostats.figures.change_words import Thresholds, arm_sentence, opening
from retrostats.figures.given_axes import given
from retrostats.figures.inputs import require_each, require_words
from retrostats.figures.room import room_mm
from retrostats.figures.shared_place import fit_strip, place_of, write_key
from retrostats.figures.style import (
    SMALL_TEXT,
    blank_axes,
    figure_width,
    fix_width,
    house_style,
    set_description,
)
from retrostats.figures.waterfall import Waterfall, waterfall
from retrostats.instruments import Change

#: Height in mm of the bars, of the numbers below them with the space between rows, and of a
#: line of the name of the axis and of the key.
_BARS, _TICKS, _AXIS, _KEY = 43.0, 5.0, 3.0, 3.4
#: Left of the bars, and between two panels, in mm, about.
_LEFT, _BETWEEN = 17.0, 4.5
#: Narrower figures have their panels below one another, wider ones so many beside one another.
_ROW, _BESIDE = 120.0, 4
#: Room beyond the outermost value, as a share of the range.
_BEYOND = 0.06
_GREY = "0.35"


def change_height(
    changes: Sequence[IndividualChanges],
    *,
    width: float = 170.0,
    mdc: Change | float | None = None,
    mcid: Change | float | None = None,
    arm_names: Mapping[str, str] | None = None,
) -> float:
    """Return the height in mm at which every panel has room for its bars and its words.

    Parameters
    ----------
    changes, mdc, mcid, arm_names
        As given to `plot_change`: long names and more counts need more lines.
    width
        Of the figure, in mm.
    """
    thresholds = Thresholds.of(mdc, mcid, changes[0].unit)
    columns = _columns(len(changes), width)
    panel = (width - _LEFT) / columns - _BETWEEN
    words = [
        words_mm(arm, (arm_names or {}).get(arm.arm, arm.arm), thresholds, panel) for arm in changes
    ]
    rows = [max(words[k : k + columns]) for k in range(0, len(words), columns)]
    falls = [waterfall(arm.improvements, thresholds.mdc) for arm in changes]
    _, entries = key_of(thresholds, falls)
    # Below one another, the longest entry of the key takes a second line.
    key = -(-len(entries) // min(columns, 2)) + (columns == 1)
    # Where the last row is not full, the one above it has panels with nothing below them.
    named = _AXIS * len(level_words(panel)) * (2 if len(changes) % columns else 1)
    return sum(rows) + len(rows) * (_BARS + _TICKS) + named + _KEY * key


def plot_change(
    changes: Sequence[IndividualChanges],
    *,
    mdc: Change | float | None = None,
    mcid: Change | float | None = None,
    arm_names: Mapping[str, str] | None = None,
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw the improvement of each subject, most improved first, with a panel for each arm.

    The horizontal axis is the share of the arm's subjects, so that arms of different size can be
    compared: where the outline falls below a line, there one reads how many reached it. The band
    of measurement error and the line of importance answer two questions, and stand apart.

    Use it when single subjects are the subject: who improved by more than error; not to compare
    arms, which `plot_responders`, `plot_estimation` and a model do.

    Parameters
    ----------
    changes
        One per arm, the reference first, of one outcome at one visit.
    mdc
        Smallest detectable change: from ``instrument.error()`` or in the unit of the outcome. A
        change up to this size, to either side, cannot be told from measurement error. When
        omitted there is no band, and nobody is counted as better or worse beyond error.
    mcid
        Smallest worthwhile change: from ``instrument.important()`` or in the unit of the outcome.
        When omitted there is no line of importance, and nobody is counted as reaching it.
    arm_names
        Words for readers by label of the arm; the labels themselves when omitted.
    width
        Of the new figure: ``"single"`` or ``"double"`` for one or two columns, 85 and 170 mm, or
        mm. Choose it or `ax`.
    ax
        Axes whose place the panels share; a new figure when omitted.

    Returns
    -------
    Axes
        Those of the first panel. Each panel has its description.

    Raises
    ------
    ValueError
        If there is nobody to draw, outcomes, visits or units are mixed, a threshold is not
        positive, is a share of baseline (another amount for each subject) or is of the other
        kind, or `ax` has no place in a grid.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> pain = cohort.codebook.outcome("pain").instrument
    >>> changes = rs.individual_changes(cohort, "pain", 6)
    >>> ax = rs.plot_change(changes, mdc=pain.error()[0], mcid=pain.important()[0])
    >>> print(rs.describe(ax.figure.axes[1]))
    retro (n = 21, 2 missing): from 0 to 5 points; better beyond error: 13 (62%); within error: 8 \
(38%); worse beyond error: 0 (0%); at least MCID: 13 (62%).
    """
    who = "plot_change"
    changes = require_each(who, changes, IndividualChanges)
    require_words(who, arm_names)
    _require_drawable(changes)
    thresholds = Thresholds.of(mdc, mcid, changes[0].unit)
    names = [(arm_names or {}).get(arm.arm, arm.arm) for arm in changes]
    with house_style():
        wide = figure_width(width, ax, who)
        ax = given(ax, who) or blank_axes(
            wide, change_height(changes, width=wide, mdc=mdc, mcid=mcid, arm_names=arm_names)
        )
        place, _ = place_of(ax, who)
        columns = _columns(len(changes), room_mm(ax))
        rows = -(-len(changes) // columns)
        grid = place.subgridspec(rows + 1, columns, height_ratios=[*[3.0] * rows, 1.0])
        ax.set_subplotspec(grid[0, 0])
        further = (grid[divmod(k, columns)] for k in range(1, len(changes)))
        panels = [ax, *(ax.figure.add_subplot(spot) for spot in further)]
        strip = ax.figure.add_subplot(grid[rows, :])
        strip.set_axis_off()
        falls = [waterfall(arm.improvements, thresholds.mdc) for arm in changes]
        styles = arm_styles([arm.arm for arm in changes], arm_names)
        limits = _limits(changes, thresholds)
        for panel, fall, style in zip(panels, falls, styles, strict=True):
            _draw_panel(panel, fall, thresholds, style, limits)
        label_axes(panels, changes[0], columns)
        write_words(panels, changes, names, styles, thresholds)
        key = write_key(strip, *key_of(thresholds, falls), columns=min(columns, 2))
        fit_strip(grid, strip, panels[::columns], key)
        for panel in panels:
            fix_width(panel)
    for k, (panel, arm, fall) in enumerate(zip(panels, changes, falls, strict=True)):
        told = arm_sentence(arm, names[k], thresholds, fall.words)
        set_description(panel, told if k else f"{opening(arm, thresholds)} {told}")
    return ax


def _columns(arms: int, width: float) -> int:
    if width < _ROW:
        return 1
    rows = -(-arms // _BESIDE)
    return -(-arms // rows)


def _require_drawable(changes: Sequence[IndividualChanges]) -> None:
    if not any(arm.improvements for arm in changes):
        raise ValueError(
            "plot_change: give at least one arm with a subject measured at both visits"
        )
    kinds = sorted({(arm.outcome, arm.visit, arm.unit) for arm in changes})
    if len(kinds) > 1:
        told = "; ".join(", ".join(kind) for kind in kinds)
        raise ValueError(f"plot_change: one outcome, visit and unit per figure, got {told}")


def _limits(changes: Sequence[IndividualChanges], thresholds: Thresholds) -> tuple[float, float]:
    """Return the ends of the common axis: no change, every subject and both thresholds."""
    mdc, mcid = thresholds.mdc or 0.0, thresholds.mcid or 0.0
    ends = [0.0, mdc, -mdc, mcid]
    for arm in changes:
        ends += [*arm.improvements[:1], *arm.improvements[-1:]]
    room = _BEYOND * (max(ends) - min(ends)) or 1.0
    return min(ends) - room, max(ends) + room


def _draw_panel(
    ax: Axes,
    fall: Waterfall,
    thresholds: Thresholds,
    style: ArmStyle,
    limits: tuple[float, float],
) -> None:
    if thresholds.mdc is not None:
        ax.axhspan(
            -thresholds.mdc, thresholds.mdc, facecolor=BAND, linewidth=0, zorder=0, gid="error"
        )
    fall.draw(ax, style.colour)
    ax.axhline(0, color=_GREY, linewidth=0.6, zorder=3, gid="zero")
    if thresholds.mcid is not None:
        ax.axhline(
            thresholds.mcid, color=LINE, linewidth=0.9, linestyle=DASHES, zorder=4,
            path_effects=[withStroke(linewidth=1.5, foreground="white")], gid="important",
        )  # fmt: skip
    if not len(fall.values):
        ax.text(
            0.5, 0.5, "nobody measured\nat both visits", transform=ax.transAxes, ha="center",
            va="center", fontsize=SMALL_TEXT, color=_GREY, zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5}, gid="nobody",
        )  # fmt: skip
    ax.set_xlim(0, 1)
    ax.set_ylim(*limits)
    ax.set_xticks([0, 0.5, 1], ["0", "50%", "100%"], fontsize=SMALL_TEXT)
    ax.tick_params(axis="y", labelsize=SMALL_TEXT)
