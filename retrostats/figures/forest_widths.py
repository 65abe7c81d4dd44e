"""How the width of a forest plot is shared between its labels, columns, numbers and the plot."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from statistics import median

from retrostats.estimate import Estimate, Interval
from retrostats.figures.forest_parts import OVERALL, Forest
from retrostats.figures.style import TEXT
from retrostats.figures.words import width_mm, wrapped
from retrostats.layout import decimals, number, percent, true_minus

#: Between a text and the plot, and between two columns of text, in mm.
GAP, COLUMN_GAP = 1.5, 2.5
#: Constrained layout leaves this at each side of a figure, in mm.
EDGE = 1.1
#: Widest label beside its row, and least width of the plot beside it and below it, in mm.
_LABEL, _PLOT, _LEAST_PLOT = 102.0, 26.0, 16.0
#: Labels stand above their rows where less than this share of the width is left for them.
_BESIDE = 0.33
#: But not where this is left, in mm, and every label takes two lines of it at most.
_ROOMY = 30.0
#: Left of a plot whose labels stand above its rows: half a number below the axis may reach there.
_INDENT = 3.5
#: Widest head of a column in mm, before it is wrapped.
_HEAD = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Widths:
    """How the width of a figure is shared, in mm; `label` is 0 where labels stand above rows."""

    label: float
    cells: tuple[float, ...]
    numbers: float
    share: float
    whole: float

    @property
    def left(self) -> float:
        """All that stands left of the plot."""
        taken = self.label + sum(width + COLUMN_GAP for width in self.cells) + GAP
        return max(_INDENT, taken - (0.0 if self.label else COLUMN_GAP))

    @property
    def right(self) -> float:
        """All that stands right of the plot."""
        return GAP + self.numbers + (COLUMN_GAP + self.share if self.share else 0.0)

    @property
    def plot(self) -> float:
        """The plot itself."""
        return self.whole - self.left - self.right


def share_width(
    forest: Forest,
    numbers: Sequence[str],
    heads: Sequence[Sequence[str]],
    width: float,
) -> Widths:
    """Share the width of a figure.

    Parameters
    ----------
    forest
        What to draw.
    numbers
        Value and interval of every row, as written.
    heads
        Lines of the head of each column, as of `column_heads`.
    width
        In mm.

    Raises
    ------
    ValueError
        If the texts leave no room for the plot.
    """
    shares = [written_share(share) for share in forest.shares]
    columns: list[Sequence[str]] = [*(cells for _, cells in forest.columns), numbers, shares]
    *cells, number_width, share = (
        max((width_mm(text, TEXT) for text in [*texts, *head]), default=0.0)
        for texts, head in zip_longest(columns, heads, fillvalue=())
    )
    whole = width - 2 * EDGE

    def widths(label: float) -> Widths:
        return Widths(
            label=label, cells=tuple(cells), numbers=number_width, share=share, whole=whole
        )

    widest = max(width_mm(text, TEXT, weight=weight) for text, weight in _labels(forest))
    beside, above = widths(1.0), widths(0.0)
    room = min(_LABEL, beside.plot + 1.0 - _PLOT)
    if widest <= room or room >= _BESIDE * whole or _ROOMY <= room > widest / 2:
        # Lines that were broken are shorter than the room; the plot has the rest.
        lines = (
            (line, weight)
            for text, weight in _labels(forest)
            for line in wrapped(text, room, TEXT, weight=weight)
        )
        return widths(max(1.0, *(width_mm(line, TEXT, weight=weight) for line, weight in lines)))
    if above.plot < _LEAST_PLOT:
        raise ValueError(
            f"plot_forest: at {width:.0f} mm the columns and numbers leave "
            f"{max(0.0, above.plot):.0f} mm for the plot; use a greater width or fewer columns"
        )
    return above


def _labels(forest: Forest) -> Iterator[tuple[str, str]]:
    """Yield every label, and how bold it is."""
    yield from ((estimate.label, "normal") for estimate in forest.table)
    yield from ((group, "bold") for group in forest.groups)
    yield from ((e.label, "bold" if key == OVERALL else "normal") for key, e in forest.summaries)
    if forest.prediction:
        yield prediction_label(forest.prediction), "normal"


def prediction_label(interval: Interval) -> str:
    """Return what a prediction interval is called."""
    return f"{percent(interval.level)} prediction interval"


def column_heads(forest: Forest) -> tuple[tuple[str, ...], ...]:
    """Return the lines of the head of each column, those of numbers and weights last.

    Parameters
    ----------
    forest
        What to draw. Numbers alone need no head: the axis says what they are.
    """
    if not forest.columns and not forest.weights:
        return ()
    heads = [wrapped(head, _HEAD, TEXT) for head, _ in forest.columns]
    heads.append([f"Estimate ({percent(forest.table[0].ci.level)} CI)"])
    heads += [["Weight"]] if forest.weights else []
    return tuple(map(tuple, heads))


def written_share(share: float) -> str:
    """Write the share of a weight."""
    return f"{share:.1%}"


def places(forest: Forest) -> int:
    """Return the decimals: about three digits of the values, and two of a usual interval.

    Parameters
    ----------
    forest
        What to draw.
    """
    ends = [[shown(end, forest) for end in estimate.ci[:2]] for estimate in forest.table]
    usual = [high - low for low, high in ends if 0 < high - low < math.inf]
    largest = max(abs(shown(estimate.value, forest)) for estimate in forest.table)
    by_size = 2 if largest < 10 else 1 if largest < 100 else 0
    return max(by_size, decimals(median(usual), 2)) if usual else by_size


def shown(value: float, forest: Forest) -> float:
    """Return a number as the axis has it: on a log scale the ratio."""
    if forest.scale == "linear":
        return value
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def written(estimate: Estimate, forest: Forest, decimal_places: int) -> str:
    """Write a value with its interval, as the axis has them."""
    value = true_minus(number(shown(estimate.value, forest), decimal_places))
    return f"{value} ({written_interval(estimate.ci, forest, decimal_places)})"


def written_interval(interval: Interval, forest: Forest, decimal_places: int) -> str:
    """Write an interval, as the axis has it."""
    low, high = (number(shown(end, forest), decimal_places) for end in interval[:2])
    return true_minus(f"{low} to {high}").replace("inf", "∞")
