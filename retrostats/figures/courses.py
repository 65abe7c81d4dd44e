"""The courses of subjects behind the means of their arms: pale, and of many only some."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from retrostats.figures.thinning import evenly

#: A subject: weeks, and values at these weeks; ``nan`` where there is none.
Course = tuple[Sequence[float], Sequence[float]]

#: Courses that are drawn at most, of all arms together; more than these fill the plot.
_MOST = 600
#: Paler the more there are.
_FEW, _PALE, _PALER = 150, 0.18, 0.08
#: Diameter in points of a value by itself, which no line shows, and how much less pale it is.
_DOT, _DARKER = 2.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Courses:
    """The courses to draw, by arm, and how many there are.

    Attributes
    ----------
    drawn
        By label of the arm; each course has a value.
    given
        Of all arms, drawn or not, with a value.
    """

    drawn: Mapping[str, Sequence[Course]]
    given: int

    @property
    def shown(self) -> int:
        """Courses drawn, of all arms."""
        return sum(map(len, self.drawn.values()))


def thinned_courses(raw: Mapping[str, Sequence[Course]]) -> Courses:
    """Choose the courses to draw: all, or of each arm its share, evenly by their last value.

    Parameters
    ----------
    raw
        By label of the arm, one course per subject. One without any value is not to be seen, and
        is not counted.
    """
    raw = {
        arm: [course for course in courses if not math.isnan(_last(course[1]))]
        for arm, courses in raw.items()
    }
    given = sum(map(len, raw.values()))
    if given <= _MOST:
        return Courses(drawn=raw, given=given)
    drawn = {
        arm: _evenly(courses, max(2, _MOST * len(courses) // given)) for arm, courses in raw.items()
    }
    return Courses(drawn=drawn, given=given)


def _evenly(courses: Sequence[Course], most: int) -> list[Course]:
    ends = np.array([_last(values) for _, values in courses], dtype=np.float64)
    order = np.argsort(ends, kind="stable")
    return [courses[place] for place in np.sort(order[evenly(len(order), most)])]


def _last(values: Sequence[float]) -> float:
    """Return the last value that is known; ``nan``, which is sorted last, where none is."""
    return next((value for value in reversed(values) if not math.isnan(value)), math.nan)


def draw_courses(
    ax: Axes,
    courses: Sequence[Course],
    places: Callable[[Sequence[float]], Sequence[float]],
    colour: str,
) -> None:
    """Draw subjects thin and pale; what is behind must not be read as a result.

    A value whose neighbours are missing is the end of no line and gets a dot.

    Parameters
    ----------
    ax
        Axes of the means.
    courses
        Of one arm.
    places
        Gives the places of weeks on the axis.
    colour
        Of the arm.
    """
    if not courses:
        return
    paths = [np.column_stack([places(weeks), values]) for weeks, values in courses]
    alpha = _PALE if len(courses) <= _FEW else _PALER
    lines = LineCollection(paths, colors=colour, linewidths=0.4, alpha=alpha, zorder=1)
    lines.set_gid("courses")
    ax.add_collection(lines)
    if alone := [point for path in paths for point in path[_isolated(path[:, 1])]]:
        ax.plot(
            *zip(*alone, strict=True), "o", color=colour, markersize=_DOT, markeredgewidth=0,
            alpha=_DARKER * alpha, zorder=1, gid="alone",
        )  # fmt: skip
    ax.autoscale_view()


def _isolated(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say of each value whether it is known and the ones before and after it are not."""
    known: NDArray[np.bool_] = np.pad(~np.isnan(values), 1)
    alone: NDArray[np.bool_] = known[1:-1] & ~known[:-2] & ~known[2:]
    return alone
