"""The figures of the report, each drawn once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from retrostats.analysis.types import Analysis, EndpointResult
from retrostats.description.types import ImprovementCurve
from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.figures.diagnostics import plot_diagnostics
from retrostats.figures.flow import plot_flow
from retrostats.figures.forest import forest_height, plot_forest
from retrostats.figures.responders import plot_responders
from retrostats.figures.style import Axes, blank_axes, describe
from retrostats.figures.trajectory import plot_trajectories
from retrostats.plan.words import quantity
from retrostats.report.analysis.keys import endpoint_keys
from retrostats.report.analysis.words import arm_names

#: Width of every figure, in mm: two columns of a journal.
WIDTH = 170.0

#: Whom a value below and above zero favours, in the words of the row labels.
FAVOURS = ("the comparator", "the treatment")


def draw_figures(analysis: Analysis) -> dict[str, Axes]:
    """Return every figure of the report by its id.

    Parameters
    ----------
    analysis
        What to draw.

    Returns
    -------
    dict
        ``flow``; ``forest`` where any effect can be standardised; ``trajectories_<outcome>`` and
        ``diagnostics_<outcome>`` of each endpoint; ``responders_<outcome>`` of each outcome with
        a definition of responders.
    """
    figures = {"flow": plot_flow(analysis.flow)}
    effects = standardised_effects(analysis)
    if effects:
        figures["forest"] = _forest(effects)
    for key, result in endpoint_keys(analysis):
        figures[f"trajectories_{key}"] = _trajectories(analysis, result)
        figures[f"diagnostics_{key}"] = plot_diagnostics(result.diagnostics)
    for name in analysis.curves:
        curves = [curve for curve in analysis.curves[name] if curve.improvements]
        if curves:
            figures[f"responders_{name}"] = _responders(analysis, name, curves)
    return figures


def alternative_texts(figures: Mapping[str, Axes]) -> dict[str, str]:
    """Return what each figure shows in words, all of its panels together."""
    return {
        name: " ".join(describe(panel) for panel in _panels(ax)) for name, ax in figures.items()
    }


def _panels(ax: Axes) -> list[Axes]:
    figure = ax.get_figure(root=True)
    return figure.axes if figure else [ax]


def _trajectories(analysis: Analysis, result: EndpointResult) -> Axes:
    """Draw adjusted means by visit, and the means at baseline as observed."""
    codebook, outcome = analysis.cohort.codebook, result.outcome
    weeks = {visit.label: visit.week for visit in codebook.visits}
    visits = sorted(result.means, key=lambda visit: weeks[visit])
    first = codebook.baseline.label
    seen = {
        (row.arm, row.visit): row.values for row in analysis.outcomes if row.outcome == outcome.name
    }
    arms = [estimate.label for estimate in result.means[visits[0]]]
    start = [] if first in visits else [first]
    known = all(seen[arm, visit].n for arm in arms for visit in start)
    return plot_trajectories(
        {
            arm: EstimateTable(arm, tuple(result.means[visit][arm] for visit in visits))
            for arm in arms
        },
        [weeks[visit] for visit in visits],
        better=outcome.instrument.better,
        ylabel=f"{outcome.label} ({outcome.unit})" if outcome.unit else outcome.label,
        baseline=(
            {arm: (weeks[first], seen[arm, first].mean) for arm in arms}
            if start and known
            else None
        ),
        counts={
            arm: [seen[arm, v].n for v in ([*start, *visits] if known else visits)] for arm in arms
        },
        arm_names=arm_names(codebook),
    )


def _responders(analysis: Analysis, name: str, curves: list[ImprovementCurve]) -> Axes:
    """Draw the curves of one outcome with the thresholds of the plan that are the same for all."""
    outcome = analysis.cohort.codebook.outcome(name)
    definitions = [each for each in analysis.plan.responders if each.endpoint.outcome == name]
    values = dict.fromkeys(d.improvement for d in definitions if d.basis == "absolute")
    week = definitions[0].endpoint.week
    unit = f" ({outcome.unit})" if outcome.unit else ""
    return plot_responders(
        curves,
        thresholds=[(value, f"planned: {quantity(value, outcome.unit)}") for value in values],
        xlabel=f"Improvement in {outcome.label}, baseline to week {week:g}{unit}",
        arm_names=arm_names(analysis.cohort.codebook),
    )


def standardised_effects(analysis: Analysis) -> list[tuple[str, Estimate]]:
    """Return the group and the effect of every comparison, turned so that positive is benefit."""
    return [
        (f"{result.outcome.label}, {result.visit.label}", _turned(planned.standardised, result))
        for result in analysis.endpoints
        for planned in result.planned
        if planned.standardised
    ]


def _turned(effect: Estimate, result: EndpointResult) -> Estimate:
    if result.outcome.instrument.sign > 0:
        return effect
    low, high, level = effect.ci
    return replace(effect, value=-effect.value, ci=Interval(-high, -low, level))


def _forest(effects: list[tuple[str, Estimate]]) -> Axes:
    groups = [group for group, _ in effects]
    table = EstimateTable(
        "Standardised differences, turned so that positive is benefit",
        tuple(effect for _, effect in effects),
    )
    ax = blank_axes(WIDTH, forest_height(table, groups))
    return plot_forest(table, groups=groups, favours=FAVOURS, ax=ax)
