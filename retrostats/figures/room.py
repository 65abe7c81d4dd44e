"""How wide the place of some Axes is, before anything is drawn on them."""

from __future__ import annotations

from typing import cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from retrostats.figures.style import MM_PER_INCH


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
