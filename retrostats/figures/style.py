"""One house style for every figure: colours, sizes, and settings that repeat to the byte."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from numbers import Real
from types import MappingProxyType
from typing import Any, Literal
from weakref import WeakKeyDictionary

import matplotlib.style
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.text import Text

from retrostats.figures.shown_axes import Axes as ShownAxes
from retrostats.journals import HOUSE

#: Okabe and Ito's colours, told apart by most readers with a colour vision deficiency.
#: https://jfly.uni-koeln.de/color/
OKABE_ITO = MappingProxyType(
    {
        "black": "#000000",
        "orange": "#E69F00",
        "sky blue": "#56B4E9",
        "green": "#009E73",
        "yellow": "#F0E442",
        "blue": "#0072B2",
        "vermillion": "#D55E00",
        "purple": "#CC79A7",
    }
)

#: Text in points. Journals ask for at least 6 pt at the printed size, and a figure is
#: saved at its printed size.
TEXT = 7.0
SMALL_TEXT = 6.5
SMALLEST_TEXT = 6.0

#: Widths from this one on, in mm, are a slip of the unit.
_WIDEST = 2000.0

#: Millimetres of one inch; journals give widths in the one, matplotlib takes the other.
MM_PER_INCH = 25.4

__all__ = [
    "MM_PER_INCH",
    "OKABE_ITO",
    "SMALLEST_TEXT",
    "SMALL_TEXT",
    "TEXT",
    "Axes",
    "blank_axes",
    "boxes_for_unknown_letters",
    "describe",
    "figure_width",
    "fix_width",
    "has_description",
    "house_style",
    "least_width",
    "set_description",
]

_GREY = "0.35"

_UNKNOWN = (
    "The font of the figures lacks letters of these words, and boxes may stand in their place"
)

_SETTINGS: dict[Any, Any] = {
    # DejaVu comes with matplotlib, so a figure is the same on every machine. Verdana has
    # nearly its widths and stands in where a browser shows the SVG without DejaVu.
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
    "font.size": TEXT,
    "axes.titlesize": TEXT,
    "axes.labelsize": TEXT,
    "xtick.labelsize": SMALL_TEXT,
    "ytick.labelsize": TEXT,
    "legend.fontsize": SMALL_TEXT,
    "figure.titlesize": TEXT,
    "axes.prop_cycle": cycler(color=list(OKABE_ITO.values())),
    "axes.linewidth": 0.6,
    "axes.edgecolor": _GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _GREY,
    "xtick.labelcolor": "black",
    "xtick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "lines.linewidth": 0.9,
    "lines.markersize": 4.0,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    # Type 42 embeds the font as text that an editor can select; type 3 is refused by some
    # journals. SVG keeps its text as text for the same reason.
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "svg.fonttype": "none",
    # The ids inside an SVG are drawn from this salt instead of from chance.
    "svg.hashsalt": "retrostats",
    "text.parse_math": False,  # a $ in a label is a dollar sign
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style; the user's own settings are back afterwards.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> before = mpl.rcParams["font.size"]
    >>> with house_style():
    ...     mpl.rcParams["font.size"]
    7.0
    >>> mpl.rcParams["font.size"] == before
    True
    """
    # From matplotlib's defaults, so that nothing of a user's own rc file enters.
    with matplotlib.style.context(["default", _SETTINGS]), boxes_for_unknown_letters():
        yield


@contextmanager
def boxes_for_unknown_letters() -> Iterator[None]:
    """Draw a box for a letter that the font lacks, without matplotlib's warning of it.

    The description of the figure names the words instead, see `set_description`.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"(?s)Glyph \d+ .*missing from font")
        yield


# Weak keys: a description lives as long as its Axes and keeps no closed figure in memory.
_DESCRIPTIONS: WeakKeyDictionary[Axes, str] = WeakKeyDictionary()


def set_description(ax: Axes, sentence: str) -> None:
    """Keep the sentence that says in words what was drawn on an Axes.

    Parameters
    ----------
    ax
        Axes just drawn.
    sentence
        What a reader who cannot see the figure should know. Words on the Axes with letters that
        the font lacks are added to it: boxes stand in their place.
    """
    lacking = [text for text in _texts(ax) if any(map(_is_unknown, text))]
    caveat = f" {_UNKNOWN}: {'; '.join(lacking)}." if lacking else ""
    _DESCRIPTIONS[ax] = f"{sentence}{caveat}"


def has_description(ax: Axes) -> bool:
    """Say whether a plot function of this package has drawn on some Axes."""
    return ax in _DESCRIPTIONS


def _texts(ax: Axes) -> list[str]:
    """Return the distinct words on some Axes, each on one line."""
    drawn = (words for text in ax.findobj(Text) if (words := text.get_text()))
    return list(dict.fromkeys(" ".join(words.split()) for words in drawn))


@lru_cache(maxsize=4096)
def _is_unknown(letter: str) -> bool:
    font = get_font(findfont(FontProperties(family="DejaVu Sans")))
    return font.get_char_index(ord(letter)) == 0


def describe(drawn: Axes | Figure) -> str:
    """Return what a figure shows in words, for its alt text.

    Parameters
    ----------
    drawn
        Axes that a function of `retrostats.figures` has drawn; or a figure, whose panels are told
        one after the other.

    Returns
    -------
    str
        Sentences with the numbers that the figure shows; for a figure those of all its panels.

    Raises
    ------
    ValueError
        If the Axes, or all Axes of the figure, were drawn by something else.

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = rs.Estimate.from_se("retro - control", -0.8, 0.3, unit="points")
    >>> print(rs.describe(rs.plot_forest(rs.EstimateTable("Pain", (pain,)))))
    Forest plot of Pain: 1 estimates; 0 intervals lie wholly above zero, 1 wholly below, 0 include \
zero.
    """
    panels = [drawn] if isinstance(drawn, Axes) else drawn.axes
    told = [_DESCRIPTIONS[ax] for ax in panels if ax in _DESCRIPTIONS]
    if not told:
        raise ValueError(
            "describe: these Axes were not drawn by a plot function of retrostats; "
            "give the Axes that e.g. plot_forest returned, or write the alt text by hand"
        )
    return " ".join(told)


_LEAST_WIDTHS: WeakKeyDictionary[Axes, float] = WeakKeyDictionary()


def fix_width(ax: Axes) -> None:
    """Note that words on these Axes were placed for the width that their figure has now.

    Parameters
    ----------
    ax
        Axes of a drawing whose words would overlap if it were saved narrower.
    """
    figure = ax.get_figure(root=True)
    if figure is not None:
        _LEAST_WIDTHS[ax] = float(figure.get_figwidth()) * MM_PER_INCH


def least_width(ax: Axes) -> float:
    """Return the least width in mm at which a figure with these Axes may be saved."""
    return _LEAST_WIDTHS.get(ax, 0.0)


def figure_width(width: Literal["single", "double"] | float, ax: Axes | None, who: str) -> float:
    """Return the width in mm of the figure that a plot function makes.

    Parameters
    ----------
    width, ax
        As given to that function; Axes have the width of their figure already.
    who
        That function; it opens the message.

    Raises
    ------
    ValueError
        If the width is none, or both Axes and a width were given.

    Examples
    --------
    >>> figure_width("single", None, "plot_flow"), figure_width(120, None, "plot_flow")
    (85.0, 120.0)
    """
    if ax is not None and width != "double":
        raise ValueError(
            f"{who}: both width={width!r} and ax were given, and Axes have the width of their "
            "figure; choose one"
        )
    columns = {"single": HOUSE.single_mm, "double": HOUSE.double_mm}
    size: object = columns.get(width) if isinstance(width, str) else width
    if isinstance(size, bool) or not isinstance(size, Real) or not 0 < float(size) < _WIDEST:
        raise ValueError(
            f"{who}: width {width!r}; expected 'single', 'double' or mm, more than 0 and less "
            f"than {_WIDEST:g}"
        )
    return float(size)


def blank_axes(width: float, height: float) -> Axes:
    """Return the axes of a new figure in the house style; a notebook shows them as their picture.

    No pyplot is used, which would keep every figure in memory until someone closes it.

    Parameters
    ----------
    width, height
        Of the figure, in mm.

    Returns
    -------
    Axes
        Empty, for the `ax` of a plot function; ``ax.figure`` is their figure.

    Examples
    --------
    >>> import retrostats as rs
    >>> ax = rs.blank_axes(120, 60)
    >>> pain = rs.Estimate.from_se("retro - control", -0.8, 0.3, unit="points")
    >>> rs.plot_forest(rs.EstimateTable("Pain", (pain,)), ax=ax) is ax
    True
    >>> round(ax.figure.get_figwidth() * 25.4)
    120
    """
    with house_style():
        figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH), layout="constrained")
        return figure.add_subplot(axes_class=ShownAxes)
