"""Names beside the points of a plot, as many as have room; points in one place share a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from retrostats.arrays import Floats
from retrostats.figures.beside_points import CLEAR, POINT, Size, is_beside, plane, size_of, widest
from retrostats.figures.free_space import Place, find_places, overlapping
from retrostats.figures.style import SMALL_TEXT
from retrostats.figures.words import wrapped

#: Points nearer to one another than this, in mm, are seen as one.
_SAME = 0.4
#: Of points that are seen as one, at most so many are named.
_LISTED = 3
#: Names that are tried; more would hide the points.
_TRIED = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Points that are seen as one: which, and where in mm from the lower left corner."""

    members: tuple[int, ...]
    at: tuple[float, float]


def name_points(ax: Axes, points: Floats, names: Sequence[str]) -> list[int]:
    """Write names beside points, the farthest from the lower left corner first.

    A name without room beside its point is left out. Text of a name has the gid ``"name"``.

    Parameters
    ----------
    ax
        Axes on which all else is drawn, their limits set.
    points
        In the units of the axes, shape ``(k, 2)``.
    names
        One of each point.

    Returns
    -------
    list of int
        The points that have a name, in ascending order.
    """
    room, start, scale = plane(ax)
    spots = _spots((points - start) * scale)
    texts = [wrapped(_joint(spot, names), widest(room), SMALL_TEXT) for spot in spots]
    # By shares of the axes, so that a wide figure names the points that a narrow one does.
    far = [float(np.hypot(*(np.asarray(spot.at) / room))) for spot in spots]
    ranked = sorted(range(len(spots)), key=lambda i: (-far[i], i))
    chosen, places = _with_room(spots, texts, ranked[:_TRIED], room)
    for which, place in zip(chosen, places, strict=True):
        middle = place.bottom + size_of(texts[which])[1] / 2
        x, y = np.array([place.left, middle]) / scale + start
        ax.text(
            x, y, "\n".join(texts[which]), fontsize=SMALL_TEXT, va="center", zorder=5, gid="name"
        )
    return sorted(member for which in chosen for member in spots[which].members)


def _with_room(
    spots: Sequence[Spot], texts: Sequence[list[str]], ranked: Sequence[int], room: Size
) -> tuple[list[int], list[Place]]:
    """Return the spots whose names have room, all of them where possible, and the places."""
    every = _places(spots, texts, ranked, room)
    if every is not None:
        return list(ranked), every
    chosen: list[int] = []
    found: list[Place] = []
    for which in ranked:
        places = _places(spots, texts, [*chosen, which], room)
        if places is not None:
            chosen, found = [*chosen, which], places
    return chosen, found


def _places(
    spots: Sequence[Spot], texts: Sequence[list[str]], named: Sequence[int], room: Size
) -> list[Place] | None:
    """Return a place beside its own spot for every name; None if one has none."""
    own = [_box(spots[which], POINT) for which in named]
    sizes = [size_of(texts[which]) for which in named]
    if any(width > room[0] or height > room[1] for width, height in sizes):
        return None
    rest = [_box(spot, POINT + CLEAR) for i, spot in enumerate(spots) if i not in named]
    # The two axes, which cross in the corner.
    axes = np.array([[0.0, room[1]], [0.0, 0.0], [room[0], 0.0]])
    places = find_places(own, sizes, room=room, obstacles=[*rest, axes])
    beside = all(map(is_beside, places, sizes, own)) and not overlapping(places, sizes)
    return places if beside else None


def _spots(at: Floats) -> list[Spot]:
    """Join points to the first one that is too near to be told apart."""
    spots: list[Spot] = []
    for place, (x, y) in enumerate(at.tolist()):
        for rank, spot in enumerate(spots):
            if np.hypot(x - spot.at[0], y - spot.at[1]) < _SAME:
                spots[rank] = Spot(members=(*spot.members, place), at=spot.at)
                break
        else:
            spots.append(Spot(members=(place,), at=(x, y)))
    return spots


def _joint(spot: Spot, names: Sequence[str]) -> str:
    own = [names[member] for member in spot.members]
    if len(own) <= _LISTED:
        return "; ".join(own)
    return f"{own[0]} and {len(own) - 1} more"


def _box(spot: Spot, reach: float) -> Floats:
    """Return opposite corners of the room of a point, in mm."""
    at = np.asarray(spot.at)
    return np.array([at - reach, at + reach])
