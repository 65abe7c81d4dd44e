"""Words beside a plot of arms over time: names where the lines end, and numbers below visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from retrostats.figures.arms import ArmStyle
from retrostats.figures.room import room_mm
from retrostats.figures.style import MM_PER_INCH, SMALL_TEXT, TEXT
from retrostats.figures.words import apart, line_mm, size_mm, wrapped

_POINTS_PER_MM = 72 / MM_PER_INCH
#: Widest name of an arm, in mm; a longer one is wrapped.
_NAME = 30.0
#: Between the plot and a name, and between two names, in mm.
_GAP, _BETWEEN = 1.5, 0.6
#: From the axis down to the first row of numbers: the numbers of the weeks and the word "Week".
_BELOW = 9.2
#: What stands left of a plot and of its note, in mm, at most.
_LEFT = 16.0
#: Letters that look like the markers.
_GLYPHS = {"o": "●", "s": "■", "^": "▲", "D": "◆", "v": "▼", "P": "✚", "X": "✖"}


def write_end_labels(ax: Axes, ends: Mapping[str, float], styles: Sequence[ArmStyle]) -> None:
    """Name each arm at the right, as near to the end of its line as the other names allow.

    Parameters
    ----------
    ax
        Axes on which all else is drawn.
    ends
        By name the value at which the line ends.
    styles
        Of the arms, in the same order.
    """
    texts = {name: "\n".join(wrapped(name, _NAME, TEXT)) for name in ends}
    # The names take room from the plot, so that its size is known only once they stand there.
    drawn = [
        ax.annotate(
            f"{_GLYPHS[style.marker]} {texts[name]}".replace("\n", "\n    "),
            (1, ends[name]),
            xycoords=("axes fraction", "data"),
            xytext=(_GAP * _POINTS_PER_MM, 0),
            textcoords="offset points",
            fontsize=TEXT,
            color=style.colour,
            va="center",
            annotation_clip=False,
            gid="arm",
        )
        for name, style in zip(ends, styles, strict=True)
    ]
    _, height = size_mm(ax)
    low, high = ax.get_ylim()
    wanted = [(value - low) / (high - low) * height for value in ends.values()]
    sizes = [line_mm(TEXT) * (text.count("\n") + 1) + _BETWEEN for text in texts.values()]
    placed = apart(wanted, sizes, within=(0.0, height))
    for text, before, after in zip(drawn, wanted, placed, strict=True):
        text.set_position((_GAP * _POINTS_PER_MM, (after - before) * _POINTS_PER_MM))


def write_note(ax: Axes, note: str) -> None:
    """Write a note above the plot, in as many lines as the width of their place asks for.

    Parameters
    ----------
    ax
        Axes with their names at the left.
    note
        What explains the marks.
    """
    lines = wrapped(note, room_mm(ax) - _LEFT, SMALL_TEXT)
    ax.set_title("\n".join(lines), loc="left", fontsize=SMALL_TEXT, color="0.35")


def write_counts(
    ax: Axes, places: Sequence[float], rows: Sequence[Sequence[str]], styles: Sequence[ArmStyle]
) -> None:
    """Write a row of numbers per arm below the visits.

    Parameters
    ----------
    ax
        Axes with the visits on its horizontal axis.
    places
        Where the visits stand.
    rows
        Of each arm a word per visit.
    styles
        Of the arms, in the same order.
    """
    for place, (row, style) in enumerate(zip(rows, styles, strict=False)):
        down = -(_BELOW + place * line_mm(SMALL_TEXT)) * _POINTS_PER_MM
        _below(ax, 0.0, f"n  {_GLYPHS[style.marker]}", down, colour=style.colour, head=True)
        for x, word in zip(places, row, strict=True):
            if word:
                _below(ax, x, word, down, colour=style.colour, head=False)


def _below(ax: Axes, x: float, text: str, down: float, *, colour: str, head: bool) -> None:
    ax.annotate(
        text,
        (x, 0),
        xycoords=("axes fraction" if head else "data", "axes fraction"),
        xytext=(-_GAP * _POINTS_PER_MM if head else 0, down),
        textcoords="offset points",
        fontsize=SMALL_TEXT,
        color=colour,
        ha="right" if head else "center",
        va="top",
        annotation_clip=False,
        gid="head" if head else "count",
    )
