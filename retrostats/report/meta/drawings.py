"""The forest plot and the funnel plot of pooled trials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from retrostats.estimate import Estimate, EstimateTable
from retrostats.figures.forest import plot_forest
from retrostats.figures.forest_parts import Scale
from retrostats.figures.funnel import plot_funnel
from retrostats.figures.style import Axes
from retrostats.meta.levels import at_level
from retrostats.meta.pooled_words import is_log
from retrostats.report.meta.synthesis import Synthesis

#: Two-sided p values at which the funnel changes its grey.
CONTOURS = (0.1, 0.05, 0.01)
#: A funnel of fewer points shows nothing.
_FEWEST = 2


def draw_figures(synthesis: Synthesis) -> dict[str, Axes]:
    """Return ``forest`` where there is an estimate, and ``funnel`` where trials are pooled."""
    evidence, pooled = synthesis.evidence, synthesis.pooled
    drawn: dict[str, Axes] = {}
    if not evidence.estimates or not _one_unit(evidence.estimates):
        return drawn
    rows = tuple(at_level(e, synthesis.level) for e in evidence.estimates)
    scale: Scale = "log" if is_log(rows[0].unit) else "linear"
    if pooled is None:
        drawn["forest"] = plot_forest(
            EstimateTable(evidence.caption, rows),
            favours=evidence.favours,
            scale=scale,
        )
        return drawn
    drawn["forest"] = plot_forest(
        EstimateTable(evidence.caption, rows),
        weights=pooled.weights,
        summaries={"overall": replace(pooled.pooled, label="Pooled")},
        prediction=pooled.prediction,
        favours=evidence.favours,
        scale=scale,
    )
    if len(rows) >= _FEWEST:
        drawn["funnel"] = plot_funnel(
            EstimateTable(evidence.caption, rows),
            centre=pooled.pooled,
            contours=CONTOURS,
            favours=evidence.favours,
            scale=scale,
        )
    return drawn


def _one_unit(estimates: Iterable[Estimate]) -> bool:
    return len({estimate.unit for estimate in estimates}) == 1
