"""A pooled result as the parts of a forest or funnel plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias, cast

from retrostats.estimate import Estimate, EstimateTable
from retrostats.figures.forest_parts import OVERALL, Forest, ForestParts, gather
from retrostats.meta.pooled import Pooled
from retrostats.meta.subgroups.types import PooledSubgroups

#: What a forest plot draws.
Drawable: TypeAlias = EstimateTable | Pooled | PooledSubgroups
_ALL = "All trials"


def gather_pooled(table: Drawable, groups: Sequence[str] | None, parts: ForestParts) -> Forest:
    """Return the parts of a forest plot, those of a pooled result among them.

    Parameters
    ----------
    table
        Rows, or a pooled result: then its trials are the rows, and weights, summaries, prediction
        interval and groups come from it where none are given.
    groups, parts
        As given to `retrostats.figures.forest.plot_forest`.

    Raises
    ------
    ValueError
        As `plot_forest` does.
    """
    if isinstance(table, EstimateTable):
        return gather(table, groups, parts)
    brought = _of_pooled(table) if isinstance(table, Pooled) else _of_subgroups(table)
    if parts.get("summaries"):
        brought.pop("prediction", None)
    chosen = {name: part for name, part in parts.items() if part is not None and part != ()}
    own_groups = table.row_groups() if isinstance(table, PooledSubgroups) else None
    every = cast("ForestParts", {**brought, **chosen})
    return gather(trial_rows(table), own_groups if groups is None else groups, every)


def trial_rows(table: Drawable) -> EstimateTable:
    """Return the rows of the trials; of a pooled result without that of the mean."""
    if isinstance(table, Pooled):
        return table.table()[:-1]
    return table.table() if isinstance(table, PooledSubgroups) else table


def _of_pooled(table: Pooled) -> ForestParts:
    return {
        "weights": table.weights,
        "summaries": {OVERALL: _named(table.pooled, "Pooled")},
        "prediction": table.prediction,
    }


def _of_subgroups(table: PooledSubgroups) -> ForestParts:
    *own, (_, overall) = table.summaries
    return {
        "weights": table.row_weights(),
        "summaries": (*own, (OVERALL, _named(overall, _ALL))),
        "prediction": table.overall.prediction,
    }


def _named(estimate: Estimate, label: str) -> Estimate:
    return replace(estimate, label=label)
