"""The bars of a waterfall, or the outline of so many that bars could not be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb

from retrostats.arrays import Floats
from retrostats.figures.thinning import evenly, thinned_words

#: More subjects than these are drawn as an outline; and of it so many steps at most.
_BARS, _STEPS = 100, 1500
#: Of the room of a subject, what stays free beside its bar.
_FREE = 0.18
_PALE = 0.72
#: Diameter in points of the dot of who did not change; with more subjects than these it shrinks.
_DOT, _ROOMY = 2.0, 40


def pale(colour: str) -> str:
    """Return a colour mixed with white, of plainly another lightness."""
    red, green, blue = (_PALE + (1 - _PALE) * part for part in to_rgb(colour))
    return to_hex((red, green, blue))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Waterfall:
    """Improvements from the largest down, and where on the axis of shares each begins and ends.

    Attributes
    ----------
    values
        Shape ``(k,)``, falling.
    edges
        Shape ``(k + 1,)``, from 0 to 1.
    within
        First and last place (exclusive) of the changes within error; ``(k, k)`` without an error.
    bars
        Whether each value is one subject.
    words
        Of what is not drawn one by one; may be empty.
    """

    values: Floats
    edges: Floats
    within: tuple[int, int]
    bars: bool
    words: str

    def draw(self, ax: Axes, colour: str) -> None:
        """Draw what is beyond error dark and what is within it pale."""
        first, last = self.within
        parts = ((0, first, colour), (first, last, pale(colour)), (last, len(self.values), colour))
        for start, end, face in parts:
            if start == end:
                continue
            values, edges = self.values[start:end], self.edges[start : end + 1]
            gid = "within" if face != colour else "beyond"
            if self.bars:
                width = np.diff(edges)
                drawn = ax.bar(
                    edges[:-1] + _FREE / 2 * width, values, width * (1 - _FREE), align="edge",
                    facecolor=face, edgecolor=colour, linewidth=0.5, zorder=2,
                )  # fmt: skip
                for bar in drawn:
                    bar.set_gid(gid)
            else:
                ax.stairs(values, edges, fill=True, color=face, linewidth=0, zorder=2, gid=gid)
        if self.bars:
            size = _DOT * min(1.0, _ROOMY / max(len(self.values), 1))
            none = np.flatnonzero(self.values == 0)
            centres = (self.edges[none] + self.edges[none + 1]) / 2
            # A bar of no height cannot be seen, and its subject is there all the same.
            ax.plot(
                centres, np.zeros(len(none)), "o", color=colour, markersize=size,
                zorder=3.5,
                gid="no change",
            )  # fmt: skip
        else:
            ax.stairs(
                self.values, self.edges, baseline=None, color=colour, linewidth=0.7, zorder=2.5,
                gid="outline",
            )  # fmt: skip


def waterfall(improvements: Sequence[float], mdc: float | None) -> Waterfall:
    """Put improvements in order for drawing.

    Parameters
    ----------
    improvements
        Ascending.
    mdc
        Smallest detectable change; a change of this size is still within error.
    """
    values = np.array(improvements[::-1], dtype=np.float64)
    n = len(values)
    edges = np.arange(n + 1) / max(n, 1)
    words = ""
    if n > _BARS:
        # Equal values make one step, so that an outline of a scale's few values is exact.
        starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
        words = f"Outline in place of bars where n > {_BARS}"
        if len(starts) > _STEPS:
            starts = evenly(n, _STEPS)
            words += f": {thinned_words(len(starts), n, 'subjects')}"
        values, edges = values[starts], np.r_[edges[starts], 1.0]
    if mdc is None:
        within = (len(values), len(values))
    else:
        first, last = int((values > mdc).sum()), int((values >= -mdc).sum())
        within = (first, last)
    return Waterfall(values=values, edges=edges, within=within, bars=n <= _BARS, words=words)
