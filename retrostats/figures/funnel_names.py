"""Names of points in a funnel plot: beside them, or letters that are explained below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from retrostats.figures.beside_points import CLEAR, POINT, Size, is_beside, plane, size_of, widest
from retrostats.figures.free_space import Place, find_places, overlapping
from retrostats.figures.funnel_parts import Floats, Funnel
from retrostats.figures.style import SMALL_TEXT
from retrostats.figures.words import wrapped

#: A slanting line is kept free in so many steps.
_STEPS = 33
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


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
    room, start, scale = plane(ax)
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
    room, start, scale = plane(ax)
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
        if all(map(is_beside, places, sizes, own)) and not overlapping(places, sizes):
            return places
    return None


def _texts(names: Mapping[int, str], room: Size) -> tuple[list[list[str]], list[Size]]:
    """Return the lines of each name, and its width and height in mm."""
    texts = [wrapped(name, widest(room), SMALL_TEXT) for name in names.values()]
    sizes = [size_of(text) for text in texts]
    return texts, sizes


def _boxes(
    funnel: Funnel, names: Mapping[int, str], start: Floats, scale: Floats
) -> tuple[list[Floats], list[Floats]]:
    """Return opposite corners of the points with a name, in mm, and of the room of all others."""
    points = (np.column_stack([funnel.values, funnel.errors]) - start) * scale
    own = [np.array([points[place] - POINT, points[place] + POINT]) for place in names]
    further = POINT + CLEAR
    others = [
        np.array([point - further, point + further])
        for place, point in enumerate(points)
        if place not in names
    ]
    return own, others


def _steps(line: Floats) -> Floats:
    """Return a slanting line as level and upright steps, which labels can keep clear of."""
    if np.ptp(line[:, 0]) == 0:
        return line
    corners = np.arange(len(line), dtype=float)
    dense = np.unique(np.concatenate([np.linspace(0, len(line) - 1, _STEPS), corners]))
    x, y = (np.interp(dense, corners, line[:, axis]) for axis in (0, 1))
    # From each point level to the next, then upright: every second corner is one of the line.
    return np.column_stack([np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]])
