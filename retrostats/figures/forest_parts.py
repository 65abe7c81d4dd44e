"""What a forest plot is made of, checked once, before anything is drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from retrostats.estimate import Estimate, EstimateTable, Interval

Mark = Literal["signed", "size only"]
Scale = Literal["linear", "log"]
#: Estimates that stand below the rows of a group, or below all rows, by name of the group.
Summaries = Mapping[str, Estimate] | Sequence[tuple[str, Estimate]]

#: Marks of a row: filled where the direction is known, hollow where only the size is.
MARKS: tuple[Mark, ...] = ("signed", "size only")
#: Key of a summary of all rows.
OVERALL = "overall"
#: More rows than these are no forest that anyone reads.
_MOST = 1000
_LOG = "log "


class ForestParts(TypedDict, total=False):
    """The keywords of `retrostats.figures.forest.plot_forest` that take room."""

    marks: Sequence[str] | None
    favours: tuple[str, str] | None
    weights: Sequence[float] | None
    summaries: Summaries
    prediction: Interval | None
    columns: Mapping[str, Sequence[str]] | None
    thresholds: Sequence[tuple[float, str]]
    scale: Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """Estimates and all that stands with them; fields as the keywords of `plot_forest`."""

    table: EstimateTable
    groups: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    favours: tuple[str, str] | None = None
    weights: tuple[float, ...] = ()
    summaries: tuple[tuple[str, Estimate], ...] = ()
    prediction: Interval | None = None
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    thresholds: tuple[tuple[float, str], ...] = ()
    scale: Scale = "linear"

    @property
    def unit(self) -> str:
        """Words for the axis: on a log scale those of the ratio."""
        unit = self.table[0].unit
        return unit.removeprefix(_LOG) if self.scale == "log" else unit

    @property
    def shares(self) -> tuple[float, ...]:
        """Weights as shares of their sum; empty where there are none."""
        return tuple(weight / math.fsum(self.weights) for weight in self.weights)

    def below(self, group: str) -> list[Estimate]:
        """Return the summaries of a group, or of all rows."""
        return [estimate for key, estimate in self.summaries if key == group]


def gather(table: EstimateTable, groups: Sequence[str] | None, parts: ForestParts) -> Forest:
    """Return the parts of a forest plot, or say what is wrong with them.

    Parameters
    ----------
    table, groups, parts
        As given to `retrostats.figures.forest.plot_forest`.

    Raises
    ------
    ValueError
        As `plot_forest` does.
    """
    summaries = parts.get("summaries") or ()
    pairs = summaries.items() if isinstance(summaries, Mapping) else summaries
    forest = Forest(
        table=table,
        groups=tuple(groups or ()),
        marks=tuple(parts.get("marks") or ()),
        favours=parts.get("favours"),
        weights=tuple(map(float, parts.get("weights") or ())),
        summaries=tuple((str(key), estimate) for key, estimate in pairs),
        prediction=parts.get("prediction"),
        columns=tuple((head, tuple(c)) for head, c in (parts.get("columns") or {}).items()),
        thresholds=tuple(parts.get("thresholds") or ()),
        scale=parts.get("scale", "linear"),
    )
    if not len(table):
        raise ValueError("plot_forest: the table has no estimate; give at least one")
    if len(table) > _MOST:
        raise ValueError(
            f"plot_forest: {len(table):,} estimates, and a page holds {_MOST:,} at most; "
            "draw them by plot_funnel, or give fewer"
        )
    given = {"groups": groups, "marks": parts.get("marks"), "weights": parts.get("weights")}
    given |= {f"cells of the column {head!r}": cells for head, cells in forest.columns}
    _require_one_each(len(table), given)
    _require_known(forest)
    require_one_scale("plot_forest", (*table, *(e for _, e in forest.summaries)), forest.scale)
    return forest


def require_one_scale(caller: str, estimates: Sequence[Estimate], scale: Scale) -> None:
    """Refuse estimates that no single axis can show.

    Parameters
    ----------
    caller
        Name of the function that was asked.
    estimates
        All that it should draw.
    scale
        ``"log"`` takes estimates that are logarithms, as their unit tells.
    """
    for name, found in (
        ("unit", {estimate.unit for estimate in estimates}),
        ("level", {estimate.ci.level for estimate in estimates}),
    ):
        if len(found) > 1:
            listed = ", ".join(sorted(map(str, found)))
            raise ValueError(f"{caller}: one {name} per plot, got {listed}; split the table")
    if scale not in ("linear", "log"):
        raise ValueError(f"{caller}: unknown scale {scale!r}; expected linear or log")
    unit = estimates[0].unit
    if scale == "log" and not unit.startswith(_LOG):
        raise ValueError(
            f"{caller}: scale='log' draws logarithms, whose unit begins with {_LOG!r}, such as "
            f"those of rs.risk_ratio(...).log; got {unit!r}. Give logarithms, or scale='linear'"
        )


def _require_one_each(rows: int, given: Mapping[str, Sequence[object] | None]) -> None:
    for name, entries in given.items():
        if entries is not None and len(entries) != rows:
            raise ValueError(
                f"plot_forest: {len(entries)} {name} for {rows} estimates; give one each"
            )


def _require_known(forest: Forest) -> None:
    strange = sorted(set(forest.marks) - set(MARKS))
    if strange:
        raise ValueError(f"plot_forest: unknown mark {strange[0]!r}; expected {' or '.join(MARKS)}")
    for estimate, weight in zip(forest.table, forest.weights, strict=False):
        if not 0 <= weight < math.inf:
            raise ValueError(
                f"plot_forest: {estimate.label} has the weight {weight:g}; expected 0 or more"
            )
    if forest.weights and not any(forest.weights):
        raise ValueError("plot_forest: all weights are 0; give one above 0, or none at all")
    if OVERALL in forest.groups and forest.summaries:
        raise ValueError(
            f"plot_forest: {OVERALL!r} names the summary of all rows; rename the group {OVERALL!r}"
        )
    known = (*dict.fromkeys(forest.groups), OVERALL)
    for key, estimate in forest.summaries:
        if key not in known:
            raise ValueError(
                f"plot_forest: the summary {estimate.label!r} belongs to {key!r}; expected one of "
                f"{', '.join(map(repr, known))}"
            )
    _require_prediction(forest)
    for value, name in forest.thresholds:
        if not math.isfinite(value) or (forest.scale == "log" and value <= 0):
            raise ValueError(
                f"plot_forest: the threshold {name!r} is {value:g}; expected a number"
                f"{' above 0, as the axis of ratios has it' if forest.scale == 'log' else ''}"
            )


def _require_prediction(forest: Forest) -> None:
    if forest.prediction is None:
        return
    low, high, level = forest.prediction
    if not (low <= high and 0 < level < 1):
        raise ValueError(
            f"plot_forest: the prediction interval {low:g} to {high:g} at level {level:g} is none"
        )
    if not forest.below(OVERALL):
        raise ValueError(
            "plot_forest: a prediction interval belongs to a summary of all rows; give "
            f"summaries={{{OVERALL!r}: ...}} too"
        )
