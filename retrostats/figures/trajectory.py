"""Marginal means over the visits of a trial, by arm, over the values of its subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from matplotlib.axes import Axes

from retrostats.estimate import EstimateTable
from retrostats.figures.arms import ArmStyle, arm_styles
from retrostats.figures.beside import write_counts, write_note
from retrostats.figures.courses import Course, draw_courses, thinned_courses
from retrostats.figures.given_axes import given, require_inside
from retrostats.figures.inputs import require_tables, require_words
from retrostats.figures.naming import name_arms, named_below
from retrostats.figures.style import (
    SMALL_TEXT,
    TEXT,
    blank_axes,
    figure_width,
    house_style,
    set_description,
)
from retrostats.figures.thinning import thinned_words
from retrostats.figures.trajectory_words import (
    Start,
    common_start,
    courses_words,
    means_words,
    note_words,
    start_words,
    title_words,
)
from retrostats.figures.words import line_mm

#: Neighbouring arms are drawn apart by this share of the shortest time between visits.
_DODGE = 0.12
#: And by at most this share of the whole time.
_DODGE_MOST = 0.022
#: Visits stand at equal distances where the shortest time between them is a smaller share of all.
_TO_SCALE = 0.08
_HEIGHT, _ROW = 72.0, 3.4
#: Left of the plot, in mm, at most.
_LEFT = 13.0
#: From the axis down to what stands below the weeks and the word "Week", in mm.
_BELOW = 9.6
#: The mark at which all arms begin; no arm has it.
_COMMON = ArmStyle("0.25", "*", "-")


def plot_trajectories(  # noqa: PLR0913 - each is one layer of the drawing
    means: Mapping[str, EstimateTable],
    weeks: Sequence[float],
    *,
    better: Literal["lower", "higher"],
    ylabel: str = "",
    baseline: Start | None = None,
    endpoints: Sequence[float] = (),
    raw: Mapping[str, Sequence[Course]] | None = None,
    counts: Mapping[str, Sequence[int]] | None = None,
    arm_names: Mapping[str, str] | None = None,
    width: Literal["single", "double"] | float = "double",
    ax: Axes | None = None,
) -> Axes:
    """Draw means and their intervals over the visits, an arm in each colour.

    Nothing is computed: means may come from a model or from a table that a paper prints. Arms are
    told apart by marker and dashes as well as by colour, and named where their lines end; below
    the plot where it would be less than 40 mm wide otherwise.

    Parameters
    ----------
    means
        By label of the arm, the reference first: an estimate at each of `weeks`.
    weeks
        Of the visits, increasing.
    better
        Which direction is benefit.
    ylabel
        Outcome and unit.
    baseline
        By arm, week and mean before the first of `weeks`, from which its course begins; hollow,
        without an interval. One and the same for all arms is the mean to which a model adjusts
        them: one mark stands for all. An arm that has none, begins at the first of `weeks`.
    endpoints
        The weeks of which the description tells the means; the last when omitted.
    raw
        By arm, one course per subject, drawn thin behind the means. Of more than 600 some are
        drawn, evenly by their last value, and the figure says how many. ``nan`` where a value is
        missing; one between two of them is a dot. None are drawn when omitted.
    counts
        By arm, subjects with a value at each week; with that of `baseline` first if there is one
        more than there are `weeks`. No row of counts when omitted.
    arm_names
        Words for readers by label; the labels where there are none.
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
        If there is nothing to draw, an arm has another number of means or counts than visits, or
        means mix units or levels, or an endpoint is none of the weeks.

    Examples
    --------
    >>> import retrostats as rs
    >>> def course(arm, *means):
    ...     rows = [rs.Estimate.from_se(arm, mean, 0.4, unit="points") for mean in means]
    ...     return rs.EstimateTable(arm, tuple(rows))
    >>> means = {"control": course("control", 5.6, 5.1), "retro": course("retro", 4.8, 3.7)}
    >>> ax = rs.plot_trajectories(means, [3, 6], better="lower", ylabel="Pain (points)")
    >>> print(rs.describe(ax))
    Means of Pain (points) over 2 visits in 2 arms, lower is better. At week 6, with 95% \
confidence intervals: control 5.1 (4.32 to 5.88); retro 3.7 (2.92 to 4.48).
    """
    who = "plot_trajectories"
    require_tables(who, means)
    require_words(who, arm_names, better)
    told = endpoints or weeks[-1:]
    _require_drawable(means, weeks, counts, told)
    names = {arm: (arm_names or {}).get(arm, arm) for arm in means}
    with house_style():
        wide = figure_width(width, ax, who)
        ax = given(ax, who) or blank_axes(wide, _height(list(names.values()), wide))
        common = common_start(means, baseline)
        axis = _Weeks.of(weeks, baseline)
        styles = dict(zip(means, arm_styles(list(means), arm_names), strict=True))
        behind = thinned_courses({arm: (raw or {}).get(arm, ()) for arm in means})
        for place, arm in enumerate(means):
            shift = (place - (len(means) - 1) / 2) * axis.step
            draw_courses(ax, behind.drawn[arm], axis.at, styles[arm].colour)
            start = axis.start((baseline or {}).get(arm), 0.0 if common else shift)
            _draw_means(ax, means[arm], weeks, axis, style=styles[arm], shift=shift, start=start)
            if start and not common:
                _draw_start(ax, *start, styles[arm])
        if shared := axis.start(common, 0.0):
            _draw_start(ax, *shared, _COMMON)
        note = note_words(means, better, common=bool(common), begins=bool(baseline))
        thinned = thinned_words(behind.shown, behind.given, "courses")
        write_note(ax, "; ".join(filter(None, (note, thinned))))
        ax.set_ylabel(ylabel, fontsize=TEXT)
        ax.margins(x=0.05)
        below = _write_weeks(ax, axis, styles, counts)
        ends = {names[arm]: table[-1].value for arm, table in means.items()}
        name_arms(ax, ends, list(styles.values()), below=below)
        require_inside(ax, who)
    words = [
        title_words(len(weeks), len(means), ylabel, better),
        *start_words(names, baseline, common),
        *courses_words(behind.shown, behind.given),
        *(means_words(means, names, week, list(weeks).index(week)) for week in told),
    ]
    set_description(ax, " ".join(words))
    return ax


def _height(names: Sequence[str], width: float) -> float:
    """Return the height of a figure with a row of numbers and, if narrow, a name for each arm."""
    rows = 2 if named_below(names, width - _LEFT) else 1
    return _HEIGHT + _ROW * len(names) * rows


def _require_drawable(
    means: Mapping[str, EstimateTable],
    weeks: Sequence[float],
    counts: Mapping[str, Sequence[int]] | None,
    told: Sequence[float],
) -> None:
    if not means or not weeks:
        raise ValueError("plot_trajectories: give the means of at least one arm at one visit")
    if any(later <= earlier for earlier, later in pairwise(weeks)):
        raise ValueError(f"plot_trajectories: the weeks {list(weeks)} do not increase")
    strange = [week for week in told if week not in weeks]
    if strange:
        raise ValueError(f"plot_trajectories: week {strange[0]:g} is none of {list(weeks)}")
    for arm, table in means.items():
        if len(table) != len(weeks):
            raise ValueError(
                f"plot_trajectories: {arm} has {len(table)} means at {len(weeks)} visits"
            )
        if counts is not None and len(counts.get(arm, ())) not in {len(weeks), len(weeks) + 1}:
            raise ValueError(
                f"plot_trajectories: {arm} has {len(counts.get(arm, ()))} counts at "
                f"{len(weeks)} visits; give one each, or one more for baseline"
            )
    kinds = {(e.unit, e.ci.level) for table in means.values() for e in table}
    if len(kinds) > 1:
        raise ValueError("plot_trajectories: one unit and one level per plot; split the means")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weeks:
    """Where each week stands on the axis, and how far apart arms are drawn there."""

    weeks: tuple[float, ...]
    places: tuple[float, ...]
    step: float

    @classmethod
    def of(cls, weeks: Sequence[float], baseline: Start | None) -> _Weeks:
        every = tuple(sorted({*weeks, *(week for week, _ in (baseline or {}).values())}))
        if len(every) == 1:
            return cls(weeks=every, places=(0.0,), step=2 * _DODGE)
        span = every[-1] - every[0]
        shortest = min(later - earlier for earlier, later in pairwise(every))
        if shortest < _TO_SCALE * span:
            return cls(weeks=every, places=tuple(map(float, range(len(every)))), step=_DODGE)
        step = min(_DODGE * shortest, _DODGE_MOST * span)
        return cls(weeks=every, places=every, step=step)

    @property
    def label(self) -> str:
        return (
            "Week" if len(self.weeks) == 1 or self.places == self.weeks else "Week (not to scale)"
        )

    def at(self, weeks: Sequence[float]) -> list[float]:
        return [float(place) for place in np.interp(weeks, self.weeks, self.places)]

    def start(self, begins: tuple[float, float] | None, shift: float) -> tuple[float, float] | None:
        """Return place and mean of a start given by week and mean."""
        return None if begins is None else (self.at(begins[:1])[0] + shift, begins[1])


def _draw_means(
    ax: Axes,
    table: EstimateTable,
    weeks: Sequence[float],
    axis: _Weeks,
    *,
    style: ArmStyle,
    shift: float,
    start: tuple[float, float] | None,
) -> None:
    """Draw the line of an arm from its start, which is a place and a mean, and its intervals."""
    x = [place + shift for place in axis.at(weeks)]
    y = [estimate.value for estimate in table]
    path = [*([start] if start else []), *zip(x, y, strict=True)]
    ax.plot(
        *zip(*path, strict=True), color=style.colour, linestyle=style.dashes, linewidth=1.1,
        zorder=3, gid="line",
    )  # fmt: skip
    for middle, estimate in zip(x, table, strict=True):
        ends, both = (estimate.ci.low, estimate.ci.high), (middle, middle)
        ax.plot(both, ends, color=style.colour, linewidth=1.1, zorder=3, gid="interval")
    ax.plot(x, y, style.marker, color=style.colour, markersize=4.5, zorder=4, gid="means")


def _draw_start(ax: Axes, place: float, mean: float, style: ArmStyle) -> None:
    ax.plot(
        place, mean, style.marker, color=style.colour, markerfacecolor="white",
        markersize=8.0 if style is _COMMON else 4.5, zorder=4, gid="baseline",
    )  # fmt: skip


def _write_weeks(
    ax: Axes,
    axis: _Weeks,
    styles: Mapping[str, ArmStyle],
    counts: Mapping[str, Sequence[int]] | None,
) -> float:
    """Write weeks and, below them, how many had a value; return how far that reaches, in mm."""
    ax.set_xticks(axis.places, [f"{week:g}" for week in axis.weeks], fontsize=SMALL_TEXT)
    ax.set_xlabel(axis.label, fontsize=TEXT)
    if len(axis.places) == 1:
        ax.set_xlim(-1, 1)
    visits = len(axis.places)
    given = [[str(n) for n in counts[arm]][-visits:] for arm in styles] if counts else []
    rows = [[""] * (visits - len(row)) + row for row in given]
    write_counts(ax, axis.places, rows, list(styles.values()))
    return _BELOW + len(rows) * line_mm(SMALL_TEXT)
