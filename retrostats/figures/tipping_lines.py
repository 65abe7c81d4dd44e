"""Lines of equal estimates in a figure of a tipping point, and places for their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet

from retrostats.arrays import Floats
from retrostats.figures.style import SMALL_TEXT
from retrostats.figures.words import width_mm
from retrostats.missing.tipping_result import TippingPoint

_LINE = "0.45"
#: Lines of equal estimates, about so many.
_LINES = 7
#: Between a number and whatever else is drawn, in mm.
_CLEAR = 0.8
#: Places tried along each line.
_PLACES = 80
_MM = 25.4


def contours(
    ax: Axes, tipping: TippingPoint, values: Floats, levels: Sequence[float], **how: Any
) -> ContourSet | None:
    """Draw the lines that the grid reaches; matplotlib warns of others.

    Parameters
    ----------
    ax
        To draw on.
    tipping
        The shifts of its grid are those of both axes.
    values
        At each shift of the comparator and of the treatment, shape (deltas, deltas).
    levels
        In increasing order.
    **how
        `color`, `linewidth` and `gid` of the lines.

    Returns
    -------
    ContourSet or None
        ``None`` where no line is in sight.
    """
    low, high = float(values.min()), float(values.max())
    within = [level for level in levels if low < level < high]
    if not within:
        return None
    drawn = ax.contour(
        tipping.deltas, tipping.deltas, values, levels=within, colors=how["color"],
        linewidths=how["linewidth"], linestyles="solid", zorder=2,
    )  # fmt: skip
    drawn.set_gid(how["gid"])
    return drawn


def draw_estimates(ax: Axes, tipping: TippingPoint, touching: ContourSet | None) -> None:
    """Draw lines of equal estimates, with their numbers where nothing crosses these.

    Parameters
    ----------
    ax
        In its final size and with its limits.
    tipping
        Whose estimates are drawn.
    touching
        The thick lines, which a number keeps off: a minus sign on one of them is not seen.
    """
    low, high = float(tipping.value.min()), float(tipping.value.max())
    if not high > low:
        return
    rough = (high - low) / _LINES
    power = 10.0 ** np.floor(np.log10(rough))
    step = power * next(size for size in (1, 2, 5, 10) if size * power >= rough)
    levels = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    decimals = max(0, -int(np.floor(np.log10(step))))
    drawn = contours(
        ax, tipping, tipping.value.T, levels.tolist(), color=_LINE, linewidth=0.5, gid="estimates"
    )
    if drawn is None:
        return
    numbers = {
        float(level): f"{level + 0.0:.{decimals}f}".replace("-", "\N{MINUS SIGN}")
        for level in drawn.levels
    }
    places = _places(ax, drawn, list(numbers.values()), _taken(ax, tipping, touching))
    if not places:
        return
    for text in ax.clabel(drawn, fmt=numbers, fontsize=SMALL_TEXT, inline_spacing=2, manual=places):
        text.set(gid="estimate", clip_on=False)


def _places(
    ax: Axes, drawn: ContourSet, numbers: Sequence[str], taken: Floats
) -> list[tuple[float, float]]:
    """Return where numbers stand; a line without a free place has none."""
    found = []
    corners = _in_mm(ax, np.array([[ax.get_xlim()[0], ax.get_ylim()[0]],
                                   [ax.get_xlim()[1], ax.get_ylim()[1]]]))  # fmt: skip
    for path, words in zip(drawn.get_paths(), numbers, strict=True):
        radius = width_mm(words, SMALL_TEXT) / 2 + _CLEAR
        best: tuple[float, float, Floats] | None = None
        for line in _sampled(ax, path.to_polygons(closed_only=False)):
            edges = np.minimum(line - corners[0], corners[1] - line).min(axis=1)
            apart = np.hypot(*(line[:, None] - taken).T).min(axis=0, initial=np.inf)
            free = np.minimum(np.minimum(edges, apart), 2 * radius)
            # Of places that are equally free, the one nearest to the middle of the line.
            middle = np.abs(np.arange(len(line)) - len(line) / 2)
            at = int(np.lexsort((middle, -free))[0])
            if free[at] >= radius and (best is None or (free[at], -middle[at]) > best[:2]):
                best = (float(free[at]), -float(middle[at]), line[at])
        if best is not None:
            taken = np.vstack([taken, best[2]])
            x, y = ax.transData.inverted().transform(best[2] * ax.figure.dpi / _MM)
            found.append((float(x), float(y)))
    return found


def _taken(ax: Axes, tipping: TippingPoint, touching: ContourSet | None) -> Floats:
    """Return points of the thick lines, the marks and the way between them, in mm."""
    way = np.linspace(0.0, tipping.delta if tipping.verdict == "tips" else 0.0, _PLACES)
    points = [_in_mm(ax, np.column_stack([way, 0 * way]))]
    for path in [] if touching is None else touching.get_paths():
        points += _sampled(ax, path.to_polygons(closed_only=False))
    return np.vstack(points)


def _sampled(ax: Axes, lines: Sequence[Any]) -> Iterator[Floats]:
    """Yield points at equal distances on each line, in mm."""
    for line in lines:
        corners = _in_mm(ax, np.asarray(line, dtype=float))
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
        at = np.linspace(0.0, along[-1], _PLACES)
        yield np.column_stack([np.interp(at, along, side) for side in corners.T])


def _in_mm(ax: Axes, points: Floats) -> Floats:
    shown: Floats = np.asarray(ax.transData.transform(points)) * _MM / ax.figure.dpi
    return shown
