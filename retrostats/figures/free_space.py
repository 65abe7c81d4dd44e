"""Where a label has room in a plot of steps, nearest to the curve that it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Point = tuple[float, float]

#: Distance of the places that are tried, in mm.
_GRID = 1.0
#: A label keeps this distance in mm from every curve and every other label.
_CLEAR = 0.7
#: It stands nearer to its own curve than to any other by this much, or it gets a leader.
_NEARER = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Lower left corner of a label in mm, and the ends of its leader where it needs one."""

    left: float
    bottom: float
    leader: tuple[Point, Point] | None


def find_places(
    curves: Sequence[Floats],
    sizes: Sequence[tuple[float, float]],
    *,
    room: tuple[float, float],
    obstacles: Sequence[Floats] = (),
) -> list[Place]:
    """Find a place for the label of each curve.

    The place is free of curves and of labels, as near as possible to the own curve, and nearer to
    it than to another. Where there is no such place a leader joins label and curve.

    Parameters
    ----------
    curves
        Corners of each in mm from the lower left, shape ``(k, 2)``; every part of a curve is level
        or upright.
    sizes
        Width and height of each label in mm.
    room
        Width and height of the plot in mm.
    obstacles
        Further lines of this kind that no label may touch.
    """
    drawn = [_parts(curve) for curve in curves]
    blocked = [_parts(line) for line in obstacles]
    found: list[Place] = []
    for own, size in enumerate(sizes):
        corners = _grid(room, size)
        near = [_distance(corners, size, parts) for parts in drawn]
        others = [distance for place, distance in enumerate(near) if place != own]
        nearest = np.min(others, axis=0) if others else np.full(len(corners), np.inf)
        further = [_distance(corners, size, parts) for parts in blocked]
        clear = np.min([near[own], nearest, *further], axis=0)
        best = _best(near[own], nearest, clear)
        left, bottom = (float(end) for end in corners[best])
        plain = near[own][best] + _NEARER <= nearest[best]
        leader = None if plain else _leader((left, bottom), size, drawn[own])
        found.append(Place(left=left, bottom=bottom, leader=leader))
        blocked.append(np.array([[left, bottom, left + size[0], bottom + size[1]]]))
    return found


def overlapping(places: Sequence[Place], sizes: Sequence[tuple[float, float]]) -> bool:
    """Say whether any two labels cover one another.

    Parameters
    ----------
    places, sizes
        As of `find_places`.
    """
    low = np.array([[place.left, place.bottom] for place in places])
    high = low + np.array(sizes)
    covers = np.all((low[:, None] < high[None]) & (low[None] < high[:, None]), axis=-1)
    return int(covers.sum()) > len(places)


def _best(own: Floats, others: Floats, clear: Floats) -> int:
    """Return the best place: free and plainly named, else free, else the freest."""
    free = clear >= _CLEAR
    for allowed in (free & (own + _NEARER <= others), free):
        if allowed.any():
            return int(np.argmin(np.where(allowed, own, np.inf)))
    return int(np.argmax(clear))


def _grid(room: tuple[float, float], size: tuple[float, float]) -> Floats:
    """Return lower left corners of all places within the plot, from the top right on."""
    ends = [max(0.0, whole - part) for whole, part in zip(room, size, strict=True)]
    x, y = (np.arange(end, -1e-9, -_GRID) for end in ends)
    return np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)


def _parts(curve: Floats) -> Floats:
    """Return left, bottom, right and top of each part of a curve, shape ``(k - 1, 4)``."""
    ends = np.minimum(curve[:-1], curve[1:]), np.maximum(curve[:-1], curve[1:])
    return np.concatenate(ends, axis=1)


def _distance(corners: Floats, size: tuple[float, float], parts: Floats) -> Floats:
    """Return how far each place of a label is from the nearest part; 0 where they touch."""
    apart = []
    for axis in (0, 1):
        low = corners[:, axis, None]
        beyond = np.maximum(low - parts[:, axis + 2], parts[:, axis] - (low + size[axis]))
        apart.append(np.maximum(beyond, 0.0))
    nearest: Floats = np.hypot(*apart).min(axis=1)
    return nearest


def _leader(corner: Point, size: tuple[float, float], parts: Floats) -> tuple[Point, Point]:
    """Return the shortest way from a label to its curve."""
    low, high = np.asarray(corner), np.asarray(corner) + np.asarray(size)
    starts = np.clip((parts[:, :2] + parts[:, 2:]) / 2, low, high)
    ends = np.clip(starts, parts[:, :2], parts[:, 2:])
    nearest = int(np.argmin(((ends - starts) ** 2).sum(axis=1)))
    (x0, y0), (x1, y1) = starts[nearest].tolist(), ends[nearest].tolist()
    return (x0, y0), (x1, y1)
