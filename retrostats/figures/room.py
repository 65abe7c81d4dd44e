"""How large the place of some Axes is: all of it, and from the left end of the plot on."""

from __future__ import annotations

import math
from typing import cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from retrostats.figures.style import MM_PER_INCH, TEXT
from retrostats.figures.words import size_mm

#: What the layout of a figure leaves free at each of its edges, in mm.
_EDGE = 1.1
#: Height in mm at which a row is easily read.
ROW_MM = 3.6
#: Height of letters from the top of an l to the foot of a p, in mm.
_LETTERS = TEXT / 72 * MM_PER_INCH


def room_mm(ax: Axes) -> float:
    """Return the width in mm that Axes and the words beside them may take.

    Parameters
    ----------
    ax
        Axes of a figure; of several in a grid each has its share.

    Raises
    ------
    ValueError
        If the Axes belong to no figure.
    """
    figure = ax.figure
    if figure is None:
        raise ValueError("these Axes belong to no figure any more; give Axes of a figure")
    whole = figure.bbox.width / figure.dpi * MM_PER_INCH
    place = ax.get_subplotspec()
    if place is None:
        return float(whole)
    # A part of a figure has the same margins as a figure, which the types of matplotlib omit.
    whole_figure = cast("Figure", figure)
    # The grid lies within the margins of the figure, which constrained layout does not keep.
    grid = place.get_topmost_subplotspec().get_gridspec().get_subplot_params(whole_figure)
    return float(whole * place.get_position(whole_figure).width / (grid.right - grid.left))


def room_beside_mm(ax: Axes) -> float:
    """Return the width in mm from the left end of a plot to the right end of its place.

    Parameters
    ----------
    ax
        Axes whose words at the left are written.
    """
    size_mm(ax)  # lays the figure out, so that the places are known
    box, figure = ax.get_tightbbox(), ax.figure
    taken = 0.0 if box is None else ax.get_window_extent().x0 - box.x0
    return room_mm(ax) - taken / figure.dpi * MM_PER_INCH - 2 * _EDGE


def require_apart(ax: Axes, who: str, *, rows: float, needed: float) -> None:
    """Refuse Axes so low that words in neighbouring rows would lie on one another.

    Parameters
    ----------
    ax
        Axes on which all is drawn, their height shared by rows.
    who
        The function that drew.
    rows
        How many there are, heads and gaps included.
    needed
        Height in mm of a figure of these Axes alone, each row as high as `ROW_MM`.

    Raises
    ------
    ValueError
        If rows are closer than letters are high.
    """
    figure = ax.get_figure(root=True)
    whole = figure.get_figheight() * MM_PER_INCH if figure is not None else math.nan
    share = _share_of_height(ax)
    # Measured only where it is in doubt: a layout costs time, and leaves its traces in the next.
    lacking = needed - whole * share
    if lacking <= rows * (ROW_MM - _LETTERS) or _height_mm(ax) >= rows * _LETTERS:
        return
    raise ValueError(
        f"{who}: words would lie on one another in a figure {whole:.0f} mm high; these rows need "
        f"{math.ceil(needed / share)} mm. Make it higher, or leave ax out and give "
        'width="single" or "double", which makes a figure of the right height'
    )


def _height_mm(ax: Axes) -> float:
    """Return the height of a plot in mm; 0 where the words alone are higher than the figure."""
    try:
        return size_mm(ax)[1]
    except ValueError:
        return 0.0


def _share_of_height(ax: Axes) -> float:
    """Return how much of the height of its figure the place of some Axes has."""
    figure, root, place = ax.figure, ax.get_figure(root=True), ax.get_subplotspec()
    if root is None:
        return 1.0
    if place is None:
        return float(ax.get_position().height)
    whole = cast("Figure", figure)
    grid = place.get_topmost_subplotspec().get_gridspec().get_subplot_params(whole)
    share = place.get_position(whole).height / (grid.top - grid.bottom)
    return float(share * figure.bbox.height / root.bbox.height)
