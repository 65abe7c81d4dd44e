"""Text in a figure that is too small to be read in print."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from retrostats.journals import Journal

#: Difference of two sizes in points that is none.
_SLACK = 0.01
#: Words that are named; of more only the number is told.
_NAMED = 5


class SmallTextWarning(UserWarning):
    """Text of a figure is smaller in print than the journal takes."""


def small_text_words(figure: Figure, journal: Journal) -> str:
    """Return what is too small in a figure, for a warning; empty if nothing is.

    Parameters
    ----------
    figure
        Drawn at least once, so that the numbers at its axes are known.
    journal
        Whose smallest text counts.
    """
    small = dict.fromkeys(
        f"{' '.join(text.get_text().split())!r} ({float(text.get_fontsize()):.3g} pt)"
        for text in _shown(figure)
        if float(text.get_fontsize()) < journal.smallest_text - _SLACK
    )
    if not small:
        return ""
    more = f" and {len(small) - _NAMED} more" if len(small) > _NAMED else ""
    return (
        f"text smaller than the {journal.smallest_text:g} pt of "
        f"{journal.owner_of('smallest_text')}: "
        f"{', '.join(list(small)[:_NAMED])}{more}; draw it larger"
    )


def _shown(figure: Figure) -> Iterator[Text]:
    """Yield the text that is drawn: visible, not empty, and on no hidden Axes or axis."""
    hidden = {id(text) for ax in figure.axes for text in _hidden(ax)}
    for text in figure.findobj(Text):
        if text.get_text().strip() and text.get_visible() and id(text) not in hidden:
            yield text


def _hidden(ax: Axes) -> Iterator[Text]:
    if not ax.get_visible():
        yield from ax.findobj(Text)
        return
    for axis in (ax.xaxis, ax.yaxis):
        if not (ax.axison and axis.get_visible()):
            yield from axis.findobj(Text)
