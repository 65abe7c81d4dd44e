"""Cumulative responders: the share of each arm that improved by at least so much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes

from retrostats.description.types import ImprovementCurve
from retrostats.figures.arms import ArmStyle, arm_styles
from retrostats.figures.free_space import find_places, overlapping
from retrostats.figures.given_axes import given, require_inside
from retrostats.figures.inputs import require_each, require_words
from retrostats.figures.naming import write_names_below
from retrostats.figures.step_curves import corners, outline, share_at, visible
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
from retrostats.figures.words import apart, kept_together, line_mm, size_mm, width_mm, wrapped

_HEIGHT = 78.0
#: In narrower figures the names of more than three arms need more height, each as much, in mm.
_WIDE, _ROOMY, _NAMED = 120.0, 3, 5.0
_GREY = "0.35"
#: Widest name of an arm and of a threshold in mm, before it is wrapped.
_NAME, _THRESHOLD = 30.0, 26.0
#: Room beyond the outermost improvements, as a share of their range.
_BEYOND = 0.06
_GAP = 1.2
_SHARES = "Improved by at least this much"
#: From the axis down to what stands below its numbers and its name, in mm.
_BELOW = 9.0


def plot_responders(
    curves: Sequence[ImprovementCurve],
    *,
    thresholds: Sequence[tuple[float, str]] = (),
    not_drawn: Sequence[str] = (),
    xlabel: str = "",
    arm_names: Mapping[str, str] | None = None,
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw a falling step curve per arm, and the thresholds that someone may choose.

    Labels are placed for the width that the Axes have now; save the figure at this width.

    Parameters
    ----------
    curves
        One per arm, the reference first, in one unit.
    thresholds
        Improvements to mark, with their names. A point on each curve shows the share that
        improved by at least so much: the upper end where the curve falls at the threshold.
    not_drawn
        In words, thresholds that are no place on the axis, such as a percentage of baseline.
    xlabel
        What improved, and its unit; the unit alone when omitted.
    arm_names
        Words for readers by label of the arm; the labels themselves when omitted.
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
        If there is no curve, a curve has no improvement, or units are mixed.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> curves = rs.responder_curves(cohort, "pain", 6)
    >>> ax = rs.plot_responders(curves, thresholds=[(2, "MCID")])
    >>> print(rs.describe(ax))
    Share of each arm that improved by at least so much, for control (n = 18), retro (n = 21), \
forward (n = 20). At least 2 points (MCID): control 33%, retro 62%, forward 40%.
    """
    who = "plot_responders"
    curves = require_each(who, curves, ImprovementCurve)
    require_words(who, arm_names)
    _require_drawable(curves)
    names = [(arm_names or {}).get(curve.arm, curve.arm) for curve in curves]
    with house_style():
        wide = figure_width(width, ax, who)
        ax = given(ax, who) or blank_axes(wide, _height(len(curves), wide))
        low, high = _limits(curves, thresholds)
        styles = arm_styles([curve.arm for curve in curves], arm_names)
        for curve, style in zip(curves, styles, strict=True):
            x, y = corners(visible(curve), low, high)
            ax.plot(
                x, y, color=style.colour, linestyle=style.dashes, linewidth=1.2, zorder=3,
                gid="curve", solid_capstyle="butt",
            )  # fmt: skip
        for value, _ in thresholds:
            ax.axvline(value, color=_GREY, linewidth=0.7, linestyle=":", zorder=1, gid="threshold")
            for curve, style in zip(curves, styles, strict=True):
                ax.plot(
                    value, share_at(curve, value), style.marker, color=style.colour, markersize=4.0,
                    zorder=4, clip_on=False, gid="share",
                )  # fmt: skip
        ax.set_xlim(low, high)
        ax.set_ylim(0, 1.02)
        shares = [0.0, 0.25, 0.5, 0.75, 1.0]
        ax.set_yticks(shares, [f"{share:.0%}" for share in shares], fontsize=SMALL_TEXT)
        ax.set_ylabel(_SHARES, fontsize=TEXT)
        ax.set_xlabel(xlabel or f"Improvement ({curves[0].unit})", fontsize=TEXT)
        _name_thresholds(ax, thresholds)
        labels = [f"{name} (n = {curve.n})" for name, curve in zip(names, curves, strict=True)]
        _name_curves(ax, labels, styles, thresholds)
        require_inside(ax, who)
    fix_width(ax)
    absent = "".join(
        f" Not marked: {words}, which is another amount for each subject." for words in not_drawn
    )
    set_description(ax, f"{_sentence(curves, names, thresholds)}{absent}")
    return ax


def _height(arms: int, width: float) -> float:
    """Return the height of a figure in mm, so that names have room beside or below the curves."""
    return _HEIGHT + (_NAMED * max(0, arms - _ROOMY) if width < _WIDE else 0.0)


def _require_drawable(curves: Sequence[ImprovementCurve]) -> None:
    if not curves:
        raise ValueError("plot_responders: give at least one curve")
    for curve in curves:
        if not curve.improvements or len(curve.improvements) != len(curve.shares):
            raise ValueError(
                f"plot_responders: {curve.arm} has {len(curve.improvements)} improvements and "
                f"{len(curve.shares)} shares; give as many of both, and at least one"
            )
    units = sorted({curve.unit for curve in curves})
    if len(units) > 1:
        raise ValueError(f"plot_responders: one unit per plot, got {', '.join(units)}")


def _limits(
    curves: Sequence[ImprovementCurve], thresholds: Sequence[tuple[float, str]]
) -> tuple[float, float]:
    """Return the ends of the axis: every improvement and threshold, with room beside them."""
    ends = [end for curve in curves for end in (curve.improvements[0], curve.improvements[-1])]
    ends += [value for value, _ in thresholds]
    room = _BEYOND * (max(ends) - min(ends)) or 1.0
    return min(ends) - room, max(ends) + room


def _name_thresholds(ax: Axes, thresholds: Sequence[tuple[float, str]]) -> None:
    """Write the names above the plot, beside one another where they would touch."""
    texts = [wrapped(name, _THRESHOLD, SMALL_TEXT) for _, name in thresholds]
    drawn = [
        ax.annotate(
            "\n".join(lines),
            (value, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            fontsize=SMALL_TEXT,
            color=_GREY,
            ha="center",
            va="bottom",
            annotation_clip=False,
            gid="threshold name",
        )
        for (value, _), lines in zip(thresholds, texts, strict=True)
    ]
    width, _ = size_mm(ax)
    low, high = ax.get_xlim()
    wanted = [(value - low) / (high - low) * width for value, _ in thresholds]
    sizes = [max(width_mm(line, SMALL_TEXT) for line in lines) + 2 * _GAP for lines in texts]
    placed = apart(wanted, sizes, within=(0.0, width))
    for text, before, after in zip(drawn, wanted, placed, strict=True):
        text.set_position(((after - before) * 72 / MM_PER_INCH, 3))


def _name_curves(
    ax: Axes,
    labels: Sequence[str],
    styles: Sequence[ArmStyle],
    thresholds: Sequence[tuple[float, str]],
) -> None:
    """Write each label beside its own curve where it touches nothing; else all below the plot."""
    width, height = size_mm(ax)
    (low, high), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    scale, start = (
        np.array([width / (high - low), height / (top - bottom)]),
        np.array([low, bottom]),
    )
    curves = [line for line in ax.lines if line.get_gid() == "curve"]
    lines = [outline((np.asarray(line.get_xydata(), float) - start) * scale) for line in curves]
    marks = [(np.array([[v, bottom], [v, top]]) - start) * scale for v, _ in thresholds]
    texts = [wrapped(kept_together(label), _NAME, TEXT) for label in labels]
    sizes = [
        (max(width_mm(line, TEXT) for line in text), len(text) * line_mm(TEXT)) for text in texts
    ]
    places = find_places(lines, sizes, room=(width, height), obstacles=marks)
    if overlapping(places, sizes):
        write_names_below(ax, [kept_together(each) for each in labels], styles, down=_BELOW)
        # The names took height from the plot.
        ax.set_ylabel("\n".join(wrapped(_SHARES, size_mm(ax)[1], TEXT)), fontsize=TEXT)
        return
    for text, size, style, place in zip(texts, sizes, styles, places, strict=True):
        x, y = np.array([place.left, place.bottom + size[1] / 2]) / scale + start
        ax.text(
            x, y, "\n".join(text), fontsize=TEXT, color=style.colour, va="center", zorder=5,
            gid="arm",
        )  # fmt: skip
        if place.leader:
            ends = np.array(place.leader) / scale + start
            ax.plot(*ends.T, color=style.colour, linewidth=0.6, zorder=2, gid="leader")


def _sentence(
    curves: Sequence[ImprovementCurve],
    names: Sequence[str],
    thresholds: Sequence[tuple[float, str]],
) -> str:
    """Return the alt text: the share of each arm that reaches each threshold."""
    arms = ", ".join(f"{name} (n = {c.n})" for name, c in zip(names, curves, strict=True))
    told = "".join(
        f" At least {value:g} {curves[0].unit} ({words}): "
        + ", ".join(
            f"{name} {share_at(curve, value):.0%}"
            for name, curve in zip(names, curves, strict=True)
        )
        + "."
        for value, words in thresholds
    )
    return f"Share of each arm that improved by at least so much, for {arms}.{told}"
