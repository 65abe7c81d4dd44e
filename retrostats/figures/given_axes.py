"""Axes that a caller brings: whether they are free, in the house style, and with room for words."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from retrostats.figures.inputs import kind_words
from retrostats.figures.style import MM_PER_INCH, has_description
from retrostats.figures.words import size_mm

#: Words may reach beyond the edge of a figure by this much in mm: the room beside letters.
_SLACK_MM = 0.5


def given(ax: Axes | None, who: str) -> Axes | None:
    """Return the Axes that a caller gave, put into the house style; ``None`` where none were.

    A figure without a layout gets matplotlib's constrained layout: words stand beside the plots,
    and would lie on what is next to them otherwise. Call it within `house_style`.

    Parameters
    ----------
    ax
        As given to a plot function.
    who
        That function; it opens the message.

    Raises
    ------
    ValueError
        If they are no Axes, belong to no figure, or hold a figure of this package already.
    """
    if ax is None:
        return None
    if not isinstance(ax, Axes):
        hint = "; give its figure's Axes, e.g. figure.add_subplot()" * isinstance(ax, Figure)
        hint = hint or "; of plt.subplots(ncols=2) give one at a time, such as axes[0]"
        raise ValueError(f"{who}: ax must be matplotlib Axes, got {kind_words(ax)}{hint}")
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError(f"{who}: these Axes belong to no figure any more; give Axes of a figure")
    if has_description(ax) and ax.has_data():
        raise ValueError(
            f"{who}: these Axes hold a figure already, which this one would cover; give others, or "
            "clear them first by ax.clear()"
        )
    if figure.get_layout_engine() is None and ax.get_subplotspec() is not None:
        figure.set_layout_engine("constrained")
    _restyle(ax)
    return ax


def _restyle(ax: Axes) -> None:
    """Give Axes that were made with other settings the lines and sizes of the house style."""
    # The types of matplotlib take no name that is put together.
    settings = dict[str, Any](mpl.rcParams.items())
    for name, spine in ax.spines.items():
        spine.set(
            linewidth=settings["axes.linewidth"], edgecolor=settings["axes.edgecolor"],
            visible=settings[f"axes.spines.{name}"],
        )  # fmt: skip
    for axis in ("x", "y"):
        tick = f"{axis}tick"
        label = settings[f"{tick}.labelcolor"]
        ax.tick_params(
            axis=axis, which="major", color=settings[f"{tick}.color"],
            width=settings[f"{tick}.major.width"], length=settings[f"{tick}.major.size"],
            labelsize=settings[f"{tick}.labelsize"],
            labelcolor=settings[f"{tick}.color"] if label == "inherit" else label,
        )  # fmt: skip
    ax.grid(visible=False)
    ax.set_facecolor(settings["axes.facecolor"])


def require_inside(ax: Axes, who: str) -> None:
    """Refuse Axes without a layout that leave no room for the words beside them.

    Parameters
    ----------
    ax
        Axes on which all is drawn.
    who
        The function that drew.

    Raises
    ------
    ValueError
        If words would be cut off at the edge of the figure.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        return
    laid_out = isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine)
    if laid_out and ax.get_subplotspec() is not None:
        return
    size_mm(ax)  # lays the figure out
    box = ax.get_tightbbox()
    if box is None:
        return
    whole, to_mm = figure.bbox, MM_PER_INCH / figure.dpi
    sides = {
        "left": whole.x0 - box.x0,
        "right": box.x1 - whole.x1,
        "bottom": whole.y0 - box.y0,
        "top": box.y1 - whole.y1,
    }
    cut = [f"{side} by {by * to_mm:.0f} mm" for side, by in sides.items() if by * to_mm > _SLACK_MM]
    if cut:
        raise ValueError(
            f"{who}: words would be cut off at the edge of the figure, {', '.join(cut)}; make the "
            'Axes by figure.add_subplot() of a figure with layout="constrained", or smaller'
        )
