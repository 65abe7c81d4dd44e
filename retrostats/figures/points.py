"""Values of a group side by side, so that each is seen: as a swarm, else as a thinned strip."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from retrostats.arrays import Floats
from retrostats.figures.style import MM_PER_INCH
from retrostats.figures.thinning import evenly

#: Values drawn of one group in a strip, at most.
MOST = 400
#: Larger groups are not tried as a swarm, whose points must all stay apart.
MOST_IN_SWARM = 250
#: Diameters of a point in points: in a swarm, and in a strip.
SWARM_SIZE, STRIP_SIZE = 3.0, 2.2
#: Steps of this length, of a turn of 1, never repeat and leave the most even gaps.
_GOLDEN = (5**0.5 - 1) / 2


class Points(NamedTuple):
    """Points of one group: values, and how far each stands from the middle.

    The distances are shares of the width, -0.5 to 0.5; both have the shape ``(points,)``.
    """

    aside: Floats
    values: Floats
    size: float


def beside_one_another(
    groups: Sequence[Sequence[float]], *, limits: tuple[float, float], width: float, height: float
) -> list[Points]:
    """Place the values of each group: all groups as swarms if all fit, else all as strips.

    Parameters
    ----------
    groups
        Ascending values of each.
    limits
        Ends of the axis of values.
    width, height
        In mm, of the room of one group and of the axis of values.
    """
    if any(len(values) > MOST_IN_SWARM for values in groups):
        return [strip(values) for values in groups]
    swarms = [_swarm(values, limits, width, height) for values in groups]
    placed = [points for points in swarms if points is not None]
    return placed if len(placed) == len(groups) else [strip(values) for values in groups]


def strip(values: Sequence[float], *, most: int = MOST) -> Points:
    """Spread values over the width by their rank, without chance; fewer where there are too many.

    Neighbours in rank stand far from one another, and equal values fill the width evenly.

    Parameters
    ----------
    values
        Ascending.
    most
        How many may be drawn.

    Examples
    --------
    >>> strip([1.0, 1.0, 2.0]).aside.round(2).tolist()
    [0.0, -0.38, 0.24]
    >>> len(strip(range(100_000)).values)
    400
    """
    drawn = np.asarray(values, dtype=np.float64)[evenly(len(values), most)]
    aside = np.asarray((np.arange(drawn.size) * _GOLDEN + 0.5) % 1 - 0.5, dtype=np.float64)
    return Points(aside=aside, values=drawn, size=STRIP_SIZE)


def _swarm(
    values: Sequence[float], limits: tuple[float, float], width: float, height: float
) -> Points | None:
    """Place values so that no two points touch; ``None`` where the width is too small for it.

    Seaborn finds the places on a sheet of its own of the size in mm, so that neither later
    drawing nor the resolution of a file moves a point.
    """
    if not len(values):
        return Points(aside=np.empty(0), values=np.empty(0), size=SWARM_SIZE)
    import seaborn as sns

    figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH))
    ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.set(xlim=(-0.5, 0.5), ylim=limits, autoscale_on=False)
    given = np.asarray(values, dtype=np.float64)
    with warnings.catch_warnings(record=True) as caught:
        # Seaborn 0.13 uses what pandas 3 and matplotlib 3.11 call obsolete; all that matters here
        # is whether it says that points cannot be placed.
        warnings.simplefilter("always")
        sns.swarmplot(
            x=np.zeros(given.size), y=given, ax=ax, native_scale=True, size=SWARM_SIZE,
            linewidth=0, warn_thresh=0.0, legend=False,
        )  # fmt: skip
        ax.set(xlim=(-0.5, 0.5), ylim=limits)
        figure.draw_without_rendering()
    if any("cannot be placed" in str(warning.message) for warning in caught):
        return None
    places = np.asarray(ax.collections[0].get_offsets(), dtype=np.float64)
    return Points(aside=places[:, 0], values=given, size=SWARM_SIZE)
