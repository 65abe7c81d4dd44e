"""Which rows a forest plot has, from top to bottom, and what stands in each."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from retrostats.estimate import Estimate, Interval
from retrostats.figures.forest_parts import OVERALL, Forest
from retrostats.figures.forest_widths import (
    Widths,
    column_heads,
    places,
    prediction_label,
    share_width,
    written,
    written_interval,
)
from retrostats.figures.style import TEXT
from retrostats.figures.words import wrapped

#: Room between rows whose labels stand above them, and above the summary of all, in rows.
_BETWEEN, _APART = 0.35, 0.5
_BELOW_CAPTION = 0.4

Kind = Literal["estimate", "summary", "prediction"]
Weight = Literal["normal", "bold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of a label or heading, and its height in rows from the first row down."""

    text: str
    y: float
    weight: Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is drawn at one height: an interval, the value in it, and the texts beside it."""

    y: float
    kind: Kind
    interval: Interval
    numbers: str
    value: float = math.nan
    mark: str = "signed"
    share: float = math.nan
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows of a forest plot; `end` is the height below the last of them."""

    words: tuple[Words, ...]
    rows: tuple[Row, ...]
    heads: tuple[tuple[str, ...], ...]
    caption: tuple[str, ...]
    widths: Widths
    end: float

    @property
    def above(self) -> float:
        """Rows above the first one: the caption, and the heads of columns."""
        gap = _BELOW_CAPTION if self.caption else 0.0
        return len(self.caption) + gap + max(map(len, self.heads), default=0)


def rows_of(forest: Forest, width: float) -> Rows:
    """Return the rows of a forest plot in a figure of this width.

    Parameters
    ----------
    forest
        What to draw.
    width
        In mm.

    Raises
    ------
    ValueError
        If the texts leave no room for the plot.
    """
    digits = places(forest)
    every = [*forest.table, *(summary for _, summary in forest.summaries)]
    numbers = [written(estimate, forest, digits) for estimate in every]
    if forest.prediction:
        numbers.append(written_interval(forest.prediction, forest, digits))
    heads = column_heads(forest)
    widths = share_width(forest, numbers, heads, width)
    stack = _Stack(forest, widths, digits)
    stack.fill()
    given = forest.table.caption.split("\n") if forest.table.caption else []
    return Rows(
        words=tuple(stack.words),
        rows=tuple(stack.rows),
        heads=heads,
        caption=tuple(part for line in given for part in wrapped(line, widths.whole, TEXT)),
        widths=widths,
        end=stack.y,
    )


@dataclass(slots=True)
class _Stack:
    """Puts rows below one another."""

    forest: Forest
    widths: Widths
    digits: int
    y: float = 0.0
    words: list[Words] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def fill(self) -> None:
        """Add every row."""
        forest = self.forest
        last = {group: place for place, group in enumerate(forest.groups)}
        for place, estimate in enumerate(forest.table):
            group = forest.groups[place] if forest.groups else ""
            if group and (place == 0 or group != forest.groups[place - 1]):
                self._write(group, "bold")
            self._estimate(place, estimate)
            if group and last[group] == place:
                for summary in forest.below(group):
                    self._summary(summary, "normal")
        overall = forest.below(OVERALL)
        self.y += _APART if overall else 0.0
        for summary in overall:
            self._summary(summary, "bold")
        if forest.prediction:
            self._label(prediction_label(forest.prediction), "normal")
            numbers = written_interval(forest.prediction, forest, self.digits)
            self._add(Row(y=self.y, kind="prediction", interval=forest.prediction, numbers=numbers))

    def _estimate(self, place: int, estimate: Estimate) -> None:
        forest = self.forest
        self._label(estimate.label, "normal")
        self._add(
            Row(
                y=self.y,
                kind="estimate",
                interval=estimate.ci,
                numbers=written(estimate, forest, self.digits),
                value=estimate.value,
                mark=forest.marks[place] if forest.marks else "signed",
                share=forest.shares[place] if forest.weights else math.nan,
                cells=tuple(cells[place] for _, cells in forest.columns),
            )
        )

    def _summary(self, estimate: Estimate, weight: Weight) -> None:
        self._label(estimate.label, weight)
        numbers = written(estimate, self.forest, self.digits)
        self._add(
            Row(
                y=self.y, kind="summary", interval=estimate.ci, numbers=numbers,
                value=estimate.value,
            )
        )  # fmt: skip

    def _label(self, text: str, weight: Weight) -> None:
        """Write a label; where labels stand beside rows, its last line stands beside its own."""
        self._write(text, weight)
        self.y -= 1.0 if self.widths.label else 0.0

    def _write(self, text: str, weight: Weight) -> None:
        width = self.widths.label or self.widths.whole
        for line in wrapped(text, width, TEXT, weight=weight):
            self.words.append(Words(text=line, y=self.y, weight=weight))
            self.y += 1.0

    def _add(self, row: Row) -> None:
        self.rows.append(row)
        self.y += 1.0 if self.widths.label else 1.0 + _BETWEEN
