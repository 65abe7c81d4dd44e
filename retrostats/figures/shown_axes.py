"""Axes that a notebook shows as their picture, with the words that describe it."""

from __future__ import annotations

import binascii
import io
import pickle
from typing import Any, cast

import matplotlib.axes
from matplotlib.figure import Figure

#: A figure is shown at this many pixels of a page per inch: its text, of 7 points, is then as
#: large as that of the page beside it.
SHOWN_PER_INCH = 120
#: Pixels of the picture for each of the page, so that it is sharp on fine screens.
_FINER = 2
#: Pixels of the longer side at most, some 85 cm of paper; a larger figure is shown smaller, for its
#: picture would fill the memory.
_MOST_PIXELS = 8000


class Axes(matplotlib.axes.Axes):
    """Axes whose figure a notebook shows when they are the last thing in a cell.

    They are like any other Axes of matplotlib and print alike. Nothing is registered in matplotlib
    or IPython for it, and a figure of pyplot stays what it is.
    """

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - IPython gives it and filters what is returned
        exclude: object = None,  # noqa: ARG002
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """Return the picture and its description, for IPython."""
        words = _words(self)
        picture, (wide, high) = _picture(self)
        encoded = binascii.b2a_base64(picture, newline=False).decode("ascii")
        shown = {"width": wide // _FINER, "height": high // _FINER, "alt": words}
        return {"image/png": encoded, "text/plain": words}, {"image/png": shown}


def _words(ax: Axes) -> str:
    """Return what the whole figure shows; of Axes on which nothing is drawn yet, their name."""
    from retrostats.figures.style import describe, has_description

    figure = ax.get_figure(root=True)
    if figure is None or not any(map(has_description, figure.axes)):
        return repr(ax)
    return describe(figure)


def _picture(ax: Axes) -> tuple[bytes, tuple[int, int]]:
    """Return the figure as a PNG without a date or the name of a program, and its pixels."""
    from retrostats.figures.style import house_style

    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("these Axes were taken out of their figure and cannot be shown")
    drawn = io.BytesIO()
    dpi = min(SHOWN_PER_INCH * _FINER, _MOST_PIXELS / max(figure.get_size_inches()))
    with house_style():
        _copied(figure).savefig(drawn, format="png", dpi=dpi, metadata={"Software": None})
    picture = drawn.getvalue()
    # Width and height stand behind the signature and the name of the first chunk.
    return picture, (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24]))


def _copied(figure: Figure) -> Figure:
    """Return a copy, for a layout moves the plots and the next one begins where it ended.

    So a figure is saved with the same bytes whether or not it was looked at before. What cannot be
    copied, such as a formatter of the user's own that is a lambda, is drawn as it is. A figure that
    was given to pyplot leaves it for that moment: its copy would become one more figure of pyplot.
    """
    manager = figure.canvas.manager
    figure.canvas.manager = None
    try:
        return cast("Figure", pickle.loads(pickle.dumps(figure)))  # noqa: S301 - our own bytes
    except Exception:  # Objects of the user's own may refuse a copy by any error.
        return figure
    finally:
        figure.canvas.manager = manager
