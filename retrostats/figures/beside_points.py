"""Where names beside points may stand: sizes and places in mm of a plot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from retrostats.arrays import Floats
from retrostats.figures.free_space import Place
from retrostats.figures.style import SMALL_TEXT
from retrostats.figures.words import line_mm, size_mm, width_mm

#: Widest name in mm, as a share of the plot and at most, before it is wrapped.
_SHARE, _MOST = 0.34, 42.0
#: Half of the side of a point, in mm.
POINT = 0.8
#: A name keeps this distance in mm from points without a name, which it must not seem to name.
CLEAR = 1.5
#: A name stands at most so far from its point, in mm.
_BESIDE = 2.5

Size = tuple[float, float]


def plane(ax: Axes) -> tuple[Size, Floats, Floats]:
    """Return the size of the plot in mm, its lower left corner, and mm per unit of each axis."""
    room = size_mm(ax)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    scale = np.array([room[0] / (right - left), room[1] / (top - bottom)])
    return room, np.array([left, bottom]), scale


def widest(room: Size) -> float:
    """Return how wide a name may be in a plot of this size, in mm."""
    return min(_MOST, _SHARE * room[0])


def size_of(text: Sequence[str]) -> Size:
    """Return width and height of the lines of a name, in mm."""
    return max(width_mm(line, SMALL_TEXT) for line in text), len(text) * line_mm(SMALL_TEXT)


def is_beside(place: Place, size: Size, own: Floats) -> bool:
    """Say whether a name stands beside its own point, without a leader.

    Parameters
    ----------
    place, size
        Of the name, in mm.
    own
        Opposite corners of the point, in mm, shape ``(2, 2)``.
    """
    corner = np.array([place.left, place.bottom])
    gap = np.maximum(np.maximum(own[0] - (corner + size), corner - own[1]), 0.0)
    return place.leader is None and float(np.hypot(*gap)) <= _BESIDE
