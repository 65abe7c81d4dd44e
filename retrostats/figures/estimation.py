"""The estimation plot: every value, the means, and above all the differences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from matplotlib.axes import Axes

from retrostats.description.types import Distribution
from retrostats.estimate import EstimateTable
from retrostats.figures.arms import arm_styles
from retrostats.figures.beside import write_note
from retrostats.figures.estimation_panels import (
    VALUES_SHARE,
    Drawing,
    draw_anchored,
    draw_below,
    draw_groups,
    value_limits,
)
from retrostats.figures.estimation_words import groups_sentence, note_words
from retrostats.figures.given_axes import given, require_inside
from retrostats.figures.inputs import require_each, require_kind, require_words
from retrostats.figures.points import beside_one_another
from retrostats.figures.style import (
    TEXT,
    blank_axes,
    figure_width,
    fix_width,
    house_style,
    set_description,
)
from retrostats.figures.words import size_mm

_TWO, _MORE = 84.0, 118.0
#: In so narrow columns, in mm, names and numbers take more lines, which need so much height.
_NARROW, _LINES = 24.0, 16.0
#: Left and right of the columns, in mm, about.
_BESIDE = 26.0


def estimation_height(groups: Sequence[Distribution], *, width: float = 170.0) -> float:
    """Return the height in mm at which an estimation plot is easily read.

    Parameters
    ----------
    groups
        As given to `plot_estimation`.
    width
        Of the figure, in mm.
    """
    columns = max(3, len(groups))
    lines = _LINES if (width - _BESIDE) / columns < _NARROW else 0.0
    return (_TWO if len(groups) == 2 else _MORE) + lines


def plot_estimation(
    groups: Sequence[Distribution],
    differences: EstimateTable,
    *,
    better: Literal["lower", "higher"] | None = None,
    ylabel: str = "",
    difference: str = "",
    arm_names: Mapping[str, str] | None = None,
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw the values of each group, their means, and the differences from the first group.

    Nothing is computed. Two groups: the difference stands at the right on an axis of its own, of
    the same scale, whose zero is level with the mean of the first group (Gardner and Altman
    [1]_). More groups: the differences stand below their groups, on an axis of their own
    (Cumming's plot [2]_). The figure says so where the differences are not those of the means
    drawn, but for example those of a model that adjusts for baseline. Labels are placed for the
    width that the Axes have now.

    Use it when readers should judge the size of a difference against the spread of the people
    behind it; not when the course over several visits is the question (`plot_trajectories`), or
    differences of many outcomes (`plot_forest`).

    Parameters
    ----------
    groups
        At least two, the reference first, in one unit. A group without values, of which only a
        summary is known, gets a bar of mean and SD.
    differences
        Each further group minus the first, in this order, in the unit of the values.
    better
        Which direction is benefit; not told when omitted.
    ylabel
        Outcome and unit; the unit alone when omitted.
    difference
        What the differences are, such as ``"adjusted mean difference (MMRM)"``: on their axis, in
        the note and the description. When omitted, both say where they are not those of the
        means, and name their table.
    arm_names
        Words for readers by label, of all arms of the trial; the labels themselves when omitted.
    width
        Of the new figure: ``"single"`` or ``"double"`` for one or two columns, 85 and 170 mm, or
        mm. Choose it or `ax`.
    ax
        Axes to draw on, for more than two groups with a place in a grid, which two panels then
        share; a new figure when omitted.

    Returns
    -------
    Axes
        Those of the groups; ``ax.figure.axes`` has those of the differences too, and each has
        its description.

    Raises
    ------
    ValueError
        If there are fewer than two groups, a group is empty or named twice, the differences are
        not as many or belong to other groups, or units or levels are mixed.

    References
    ----------
    .. [1] Gardner MJ, Altman DG (1986). BMJ 292, 746-750. doi:10.1136/bmj.292.6522.746
    .. [2] Ho J, Tumkaya T, Aryal S, Choi H, Claridge-Chang A (2019). Nat Methods 16, 565-566.
       doi:10.1038/s41592-019-0470-3

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = {"control": [6, 5, 7, 6], "retro": [4, 5, 3, 4]}
    >>> control, retro = (rs.ArmSummary.of(arm, values) for arm, values in pain.items())
    >>> table = rs.EstimateTable("Pain", (rs.mean_difference(retro, control, unit="points"),))
    >>> ax = rs.plot_estimation(rs.distributions(pain, unit="points"), table, better="lower")
    >>> print(rs.describe(ax.figure.axes[1]))
    Difference from control: retro −2.0 (95% CI −3.4 to −0.6).
    """
    who = "plot_estimation"
    groups = require_each(who, groups, Distribution)
    require_kind(who, differences, EstimateTable)
    require_words(who, arm_names, better)
    _require_groups(groups)
    _require_differences(groups, differences, arm_names or {})
    names = {group.arm: (arm_names or {}).get(group.arm, group.arm) for group in groups}
    unit = next((each.unit for each in (*groups, *differences) if each.unit), "")
    with house_style():
        wide = figure_width(width, ax, who)
        ax = given(ax, who) or blank_axes(wide, estimation_height(groups, width=wide))
        drawing = Drawing(
            groups=tuple(groups),
            differences=differences,
            names=names,
            styles=tuple(arm_styles([group.arm for group in groups], arm_names)),
            unit=unit,
            difference=" ".join(difference.split()),
        )
        ax.set_ylabel(ylabel or unit or "Value", fontsize=TEXT)
        ax.set_ylim(value_limits(drawing))
        # The differences take room from the groups, so that they come first.
        (draw_anchored if len(groups) == 2 else draw_below)(ax, drawing)
        # What the note says of thinned values may take a line more; it never takes width.
        width, height = size_mm(ax)
        column = width / drawing.columns
        points = beside_one_another(
            [group.values for group in groups],
            limits=ax.get_ylim(),
            width=VALUES_SHARE * column,
            height=height,
        )
        draw_groups(ax, drawing, points, column=column)
        drawn = [len(each.values) for each in points]
        write_note(ax, note_words(groups, differences, better, drawn, told=drawing.difference))
        require_inside(ax, who)
    fix_width(ax)
    told = groups_sentence(groups, list(names.values()), ylabel=ylabel, better=better, drawn=drawn)
    set_description(ax, told)
    return ax


def _require_groups(groups: Sequence[Distribution]) -> None:
    if len(groups) < 2:
        raise ValueError(
            f"plot_estimation: {len(groups)} groups; a difference needs two (one group alone: "
            "plot_raincloud)"
        )
    labels = [group.arm for group in groups]
    twice = next((arm for arm in labels if labels.count(arm) > 1), None)
    if twice is not None:
        raise ValueError(f"plot_estimation: two groups are named {twice}; give each its own name")
    for group in groups:
        if group.n == 0:
            raise ValueError(
                f"plot_estimation: {group.arm} has no values; leave it and its difference out"
            )
    levels = sorted({group.mean_ci.level for group in groups})
    if len(levels) > 1:
        listed = ", ".join(f"{level:g}" for level in levels)
        raise ValueError(f"plot_estimation: one level for all means, got {listed}")


def _require_differences(
    groups: Sequence[Distribution], differences: EstimateTable, arm_names: Mapping[str, str]
) -> None:
    reference, *others = (group.arm for group in groups)
    if len(differences) != len(others):
        raise ValueError(
            f"plot_estimation: {len(differences)} differences for {len(groups)} groups; give that "
            f"of each of {', '.join(others)} from {reference}, in this order"
        )
    for arm, each in zip(others, differences, strict=True):
        _require_of(each.label, arm, reference, [reference, *others], arm_names)
        if not (math.isfinite(each.ci.low) and math.isfinite(each.ci.high)):
            raise ValueError(f"plot_estimation: {each.label}: the interval must have both limits")
    if len({each.ci.level for each in differences}) > 1:
        raise ValueError("plot_estimation: one level for all differences; split the table")
    units = sorted({each.unit for each in (*groups, *differences)} - {""})
    if len(units) > 1 or units in (["SD"], ["SD of change"]):
        raise ValueError(
            f"plot_estimation: values and differences must have one unit, got {', '.join(units)}; "
            "standardised differences have no place on the axis of the values"
        )


def _require_of(
    label: str, arm: str, reference: str, arms: Sequence[str], arm_names: Mapping[str, str]
) -> None:
    """Refuse a difference whose label names another pair of the groups."""

    def says(one: str, other: str) -> bool:
        pairs = ((one, other), (arm_names.get(one, one), arm_names.get(other, other)))
        return any(
            label == start or label.startswith((f"{start},", f"{start} ("))
            for start in (f"{first} - {second}" for first, second in pairs)
        )

    strange = any(says(one, other) for one in arms for other in arms if one != other)
    if strange and not says(arm, reference):
        raise ValueError(
            f"plot_estimation: the difference {label!r} stands where {arm} - {reference} was "
            "expected; differences follow the order of the groups, each minus the first"
        )
