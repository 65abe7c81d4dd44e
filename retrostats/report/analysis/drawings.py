"""The figures of the report, each drawn once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from retrostats.analysis.types import Analysis, EndpointResult
from retrostats.description.types import ImprovementCurve
from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.figures.diagnostics import plot_diagnostics
from retrostats.figures.flow import plot_flow
from retrostats.figures.forest import forest_height, plot_forest
from retrostats.figures.responders import plot_responders
from retrostats.figures.style import Axes, blank_axes, describe
from retrostats.figures.tipping import plot_tipping
from retrostats.figures.trajectory import plot_trajectories
from retrostats.layout import percent
from retrostats.plan.types import Endpoint
from retrostats.plan.words import quantity
from retrostats.report.analysis.further import SENSITIVITY, analysis_words
from retrostats.report.analysis.keys import curve_keys, model_keys
from retrostats.report.analysis.missing import TIPPING, tipping_of
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
        ``flow``; ``forest`` where any effect can be standardised; ``trajectories_<key>`` and
        ``diagnostics_<key>`` of each model, which may answer several endpoints;
        ``responders_<key>`` of each endpoint with a definition of responders; ``sensitivity``
        where a further analysis gave an estimate; ``tipping`` where one was searched for.
    """
    figures = {"flow": plot_flow(analysis.flow)}
    effects = standardised_effects(analysis)
    if effects:
        figures["forest"] = _forest(effects)
    for key, results in model_keys(analysis):
        figures[f"trajectories_{key}"] = _trajectories(analysis, results)
        figures[f"diagnostics_{key}"] = plot_diagnostics(results[0].diagnostics)
    for key, name, endpoint in curve_keys(analysis):
        curves = [curve for curve in analysis.curves[name] if curve.improvements]
        if curves:
            figures[f"responders_{key}"] = _responders(analysis, endpoint, curves)
    return figures | further_figures(analysis)


def alternative_texts(figures: Mapping[str, Axes]) -> dict[str, str]:
    """Return what each figure shows in words, all of its panels together."""
    return {name: describe(ax.get_figure(root=True) or ax) for name, ax in figures.items()}


def _trajectories(analysis: Analysis, results: Sequence[EndpointResult]) -> Axes:
    """Draw the means of one model by visit, from where its arms begin at baseline."""
    codebook, result = analysis.cohort.codebook, results[0]
    outcome = result.outcome
    weeks = {visit.label: visit.week for visit in codebook.visits}
    visits = sorted(result.means, key=lambda visit: weeks[visit])
    arms = [estimate.label for estimate in result.means[visits[0]]]
    return plot_trajectories(
        {
            arm: EstimateTable(arm, tuple(result.means[visit][arm] for visit in visits))
            for arm in arms
        },
        [weeks[visit] for visit in visits],
        better=outcome.instrument.better,
        ylabel=f"{outcome.label} ({outcome.unit})" if outcome.unit else outcome.label,
        baseline={arm: (codebook.baseline.week, mean) for arm, mean in result.start.items()},
        endpoints=[each.visit.week for each in results],
        counts={arm: [result.counts[visit][arm] for visit in visits] for arm in arms},
        arm_names=arm_names(codebook),
    )


def _responders(analysis: Analysis, endpoint: Endpoint, curves: list[ImprovementCurve]) -> Axes:
    """Draw the curves of one endpoint with the thresholds of the plan that are the same for all."""
    outcome = analysis.cohort.codebook.outcome(endpoint.outcome)
    definitions = [each for each in analysis.plan.responders if each.endpoint == endpoint]
    amounts = dict.fromkeys(d.improvement for d in definitions if d.basis == "absolute")
    shares = dict.fromkeys(d.improvement for d in definitions if d.basis == "relative")
    unit = f" ({outcome.unit})" if outcome.unit else ""
    return plot_responders(
        curves,
        thresholds=[(value, f"planned: {quantity(value, outcome.unit)}") for value in amounts],
        not_drawn=[f"the planned {percent(value)} of baseline" for value in shares],
        xlabel=f"Improvement in {outcome.label}, baseline to week {endpoint.week:g}{unit}",
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


def further_figures(analysis: Analysis) -> dict[str, Axes]:
    """Draw the estimates of all analyses of the primary comparison, and the tipping point.

    Parameters
    ----------
    analysis
        What to draw; nothing where no further analysis gave an estimate.
    """
    figures: dict[str, Axes] = {}
    rows = [row for row in analysis.sensitivity if row.estimate]
    if len(rows) > 1:
        table = EstimateTable(
            f"{analysis.primary.outcome.label}, {analysis.primary.visit.label}, "
            f"{rows[0].comparison}",
            tuple(
                replace(row.estimate, label=analysis_words(row.label))
                for row in rows
                if row.estimate
            ),
        )
        lower = analysis.primary.outcome.instrument.better == "lower"
        ax = blank_axes(WIDTH, forest_height(table))
        figures[SENSITIVITY] = plot_forest(
            table, favours=FAVOURS[::-1] if lower else FAVOURS, ax=ax
        )
    tipping = tipping_of(analysis)
    if tipping and tipping.verdict != "nothing missing":
        figures[TIPPING] = plot_tipping(tipping, width="double")
    return figures


def _forest(effects: list[tuple[str, Estimate]]) -> Axes:
    groups = [group for group, _ in effects]
    table = EstimateTable(
        "Standardised differences, turned so that positive is benefit",
        tuple(effect for _, effect in effects),
    )
    ax = blank_axes(WIDTH, forest_height(table, groups))
    return plot_forest(table, groups=groups, favours=FAVOURS, ax=ax)
