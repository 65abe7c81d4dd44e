"""Where the arms of a plot over time are named: where their lines end, or below it if narrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from retrostats.figures.arms import ArmStyle
from retrostats.figures.beside import write_end_labels
from retrostats.figures.style import MM_PER_INCH, TEXT
from retrostats.figures.words import size_mm, width_mm, wrapped

#: Width in mm that names must leave to a plot, and their widest line beside it.
_PLOT, _NAME = 40.0, 30.0
#: What a mark and the free space around it take beside a name, in mm.
_MARK, _KEY = 5.0, 10.0


def name_arms(
    ax: Axes, ends: Mapping[str, float], styles: Sequence[ArmStyle], *, below: float
) -> None:
    """Name each arm at the right of the plot, or below it where that would squeeze the plot.

    Parameters
    ----------
    ax
        Axes on which all else is drawn.
    ends
        By name the value at which the line ends.
    styles
        Of the arms, in the same order.
    below
        How far below the axis there is room for names, in mm.
    """
    if named_below(list(ends), size_mm(ax)[0]):
        write_names_below(ax, list(ends), styles, down=below)
    else:
        write_end_labels(ax, ends, styles)


def named_below(names: Sequence[str], wide: float) -> bool:
    """Say whether names at the right would leave too little to a plot.

    Parameters
    ----------
    names
        Of the arms.
    wide
        The plot without names, in mm.
    """
    lines = [line for name in names for line in wrapped(name, _NAME, TEXT)]
    return wide - max(width_mm(line, TEXT) for line in lines) - _MARK < _PLOT


def write_names_below(
    ax: Axes, names: Sequence[str], styles: Sequence[ArmStyle], *, down: float
) -> None:
    """Name each arm below the plot, beside its line and its mark.

    Parameters
    ----------
    ax
        Axes on which all else is drawn.
    names, styles
        Of the arms, in one order.
    down
        How far below the axis there is room for names, in mm.
    """
    room, _ = size_mm(ax)
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("these Axes belong to no figure any more; give Axes of a figure")
    texts = ["\n".join(wrapped(name, room - _KEY, TEXT)) for name in names]
    widest = max(width_mm(line, TEXT) for text in texts for line in text.split("\n"))
    keys = [Line2D([], [], color=s.colour, marker=s.marker, linewidth=1.1) for s in styles]
    for key, style in zip(keys, styles, strict=True):
        key.set(linestyle=style.dashes, markersize=4.5)
    lower = ScaledTranslation(0, -down / MM_PER_INCH, figure.dpi_scale_trans)
    legend = ax.legend(
        keys, texts, loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=ax.transAxes + lower,
        ncols=max(1, min(len(names), int(room // (widest + _KEY)))), frameon=False, fontsize=TEXT,
        handlelength=2.4, handletextpad=0.6, borderpad=0.0, borderaxespad=0.0, labelspacing=0.35,
        columnspacing=1.2, labelcolor=[style.colour for style in styles],
    )  # fmt: skip
    for text in legend.get_texts():
        text.set_gid("arm")
