"""Several panels in the place of one, and a key beside them that is as high as its words."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpecFromSubplotSpec, SubplotSpec
from matplotlib.legend import Legend

from retrostats.figures.style import MM_PER_INCH, SMALL_TEXT
from retrostats.figures.words import size_mm, wrapped

#: Of a mark in a key and the space behind it, in mm.
_MARK = 9.0
#: Room between a key and the panels, in mm.
_AIR = 1.0
#: Heights of rows are multiples of this, in mm.
_STEP = 0.1


def place_of(ax: Axes, who: str) -> tuple[SubplotSpec, Figure]:
    """Return the place that panels may share, and the figure.

    Parameters
    ----------
    ax
        Axes that are to become the first panel.
    who
        The function that asks; it opens the message.

    Raises
    ------
    ValueError
        If the Axes have no place in a grid.
    """
    whole, figure = ax.get_subplotspec(), ax.get_figure(root=True)
    if whole is None or figure is None:
        raise ValueError(
            f"{who}: these Axes have no place in a grid that panels could share; make them by "
            "figure.add_subplot()"
        )
    return whole, figure


def write_key(
    ax: Axes, marks: Sequence[Artist], words: Sequence[str], *, columns: int = 1
) -> Legend:
    """Explain marks on Axes that hold nothing else, in lines as wide as there is room.

    Parameters
    ----------
    ax
        Axes as wide as the key may be, after the layout of the figure is known.
    marks, words
        What is explained, and how.
    columns
        Of the key.
    """
    width, _ = size_mm(ax)
    room = width / columns - _MARK
    legend = ax.legend(
        marks,
        ["\n".join(wrapped(text, room, SMALL_TEXT)) for text in words],
        loc="upper left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=columns,
        frameon=False,
        fontsize=SMALL_TEXT,
        borderpad=0.0,
        borderaxespad=0.0,
        labelspacing=0.35,
        handlelength=2.2,
        handletextpad=0.6,
        columnspacing=1.0,
    )
    legend.set_gid("key")
    # It must not ask for room by itself: its Axes get their height from `fit_strip`.
    legend.set_in_layout(False)
    return legend


def fit_strip(
    grid: GridSpecFromSubplotSpec, strip: Axes, rows: Sequence[Axes], legend: Legend
) -> None:
    """Give the Axes of a key the height of its words, and the panels the rest.

    Parameters
    ----------
    grid
        Of one column of rows, the strip being the first or the last of them.
    strip
        Axes of the key.
    rows
        One panel of each other row, from the top.
    legend
        The key.
    """
    figure = strip.get_figure(root=True)
    if figure is None:
        return
    size_mm(strip)  # lays the figure out once; sizes of all can be read then
    to_mm = MM_PER_INCH / figure.dpi
    heights = [panel.get_window_extent().height * to_mm for panel in rows]
    total = strip.get_window_extent().height * to_mm + sum(heights)
    needed = legend.get_window_extent().height * to_mm + _AIR
    parts = [needed, *(height / sum(heights) * max(total - needed, 1.0) for height in heights)]
    above = strip.get_position().y0 > rows[0].get_position().y0
    # Whole steps: the layout leaves noise in the last digits, and files must repeat to the byte.
    steps = [max(1, round(part / _STEP)) for part in parts]
    grid.set_height_ratios(steps if above else [*steps[1:], steps[0]])
