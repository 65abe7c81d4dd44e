"""Names of points in a funnel plot: beside them, or letters that are explained below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from retrostats.figures.free_space import Place, find_places, overlapping
from retrostats.figures.funnel_parts import Floats, Funnel
from retrostats.figures.style import SMALL_TEXT
from retrostats.figures.words import line_mm, size_mm, width_mm, wrapped

#: Widest name in mm, as a share of the plot and at most, before it is wrapped.
_SHARE, _MOST = 0.34, 42.0
#: Half of the side of a point, in mm.
_POINT = 0.8
#: A name keeps this distance in mm from points without a name, which it must not seem to name.
_CLEAR = 1.5
#: A name stands at most so far from its point, in mm.
_BESIDE = 2.5
#: A slanting line is kept free in so many steps.
_STEPS = 33
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

Size = tuple[float, float]


def letters_for(names: Mapping[int, str]) -> dict[int, str]:
    """Return a letter for each name, or a number where letters do not suffice."""
    few = len(names) <= len(_LETTERS)
    return {
        place: _LETTERS[rank] if few else str(rank + 1) for rank, place in enumerate(sorted(names))
    }


def write_names(
    ax: Axes, funnel: Funnel, names: Mapping[int, str], places: Sequence[Place] | None
) -> None:
    """Write names or letters beside their points.

    Parameters
    ----------
    ax
        Axes on which all else is drawn.
    funnel
        What is drawn.
    names
        By the place of the estimate.
    places
        As of `places_beside`; None to find places with leaders.
    """
    room, start, scale = _plane(ax)
    texts, sizes = _texts(names, room)
    own, others = _boxes(funnel, names, start, scale)
    if places is None:
        places = find_places(own, sizes, room=room, obstacles=others)
    for text, size, place in zip(texts, sizes, places, strict=True):
        x, y = np.array([place.left, place.bottom + size[1] / 2]) / scale + start
        ax.text(x, y, "\n".join(text), fontsize=SMALL_TEXT, va="center", zorder=5, gid="name")
        if place.leader:
            ends = np.array(place.leader) / scale + start
            ax.plot(*ends.T, color="0.35", linewidth=0.5, zorder=3, gid="leader")


def places_beside(ax: Axes, funnel: Funnel, names: Mapping[int, str]) -> list[Place] | None:
    """Return a place beside its own point for every name; None if one has none.

    Clear of the lines of the funnel where that is possible for all, else only of points and names.

    Parameters
    ----------
    ax, funnel
        What is drawn.
    names
        By the place of the estimate; at least one.
    """
    room, start, scale = _plane(ax)
    _, sizes = _texts(names, room)
    own, others = _boxes(funnel, names, start, scale)
    lines = [
        _steps((np.asarray(line.get_xydata(), dtype=float) - start) * scale)
        for line in ax.lines
        if line.get_gid() in {"funnel", "centre", "zero"}
    ]
    axis = np.array([[0.0, 0.0], [0.0, room[1]]])
    for obstacles in ([*others, axis, *lines], [*others, axis]):
        places = find_places(own, sizes, room=room, obstacles=obstacles)
        if all(map(_beside, places, sizes, own)) and not overlapping(places, sizes):
            return places
    return None


def _plane(ax: Axes) -> tuple[Size, Floats, Floats]:
    """Return the size of the plot in mm, its lower left corner, and mm per unit of each axis."""
    room = size_mm(ax)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    scale = np.array([room[0] / (right - left), room[1] / (top - bottom)])
    return room, np.array([left, bottom]), scale


def _texts(names: Mapping[int, str], room: Size) -> tuple[list[list[str]], list[Size]]:
    """Return the lines of each name, and its width and height in mm."""
    texts = [wrapped(name, min(_MOST, _SHARE * room[0]), SMALL_TEXT) for name in names.values()]
    sizes = [
        (max(width_mm(line, SMALL_TEXT) for line in text), len(text) * line_mm(SMALL_TEXT))
        for text in texts
    ]
    return texts, sizes


def _boxes(
    funnel: Funnel, names: Mapping[int, str], start: Floats, scale: Floats
) -> tuple[list[Floats], list[Floats]]:
    """Return opposite corners of the points with a name, in mm, and of the room of all others."""
    points = (np.column_stack([funnel.values, funnel.errors]) - start) * scale
    own = [np.array([points[place] - _POINT, points[place] + _POINT]) for place in names]
    further = _POINT + _CLEAR
    others = [
        np.array([point - further, point + further])
        for place, point in enumerate(points)
        if place not in names
    ]
    return own, others


def _beside(place: Place, size: Size, own: Floats) -> bool:
    corner = np.array([place.left, place.bottom])
    gap = np.maximum(np.maximum(own[0] - (corner + size), corner - own[1]), 0.0)
    return place.leader is None and float(np.hypot(*gap)) <= _BESIDE


def _steps(line: Floats) -> Floats:
    """Return a slanting line as level and upright steps, which labels can keep clear of."""
    if np.ptp(line[:, 0]) == 0:
        return line
    corners = np.arange(len(line), dtype=float)
    dense = np.unique(np.concatenate([np.linspace(0, len(line) - 1, _STEPS), corners]))
    x, y = (np.interp(dense, corners, line[:, axis]) for axis in (0, 1))
    # From each point level to the next, then upright: every second corner is one of the line.
    return np.column_stack([np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]])
