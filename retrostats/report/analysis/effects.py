"""The answers in full: every planned contrast, and the means of each model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from retrostats.analysis.types import Analysis, EndpointResult
from retrostats.layout import Layout, percent
from retrostats.report.analysis.keys import model_keys
from retrostats.report.analysis.words import (
    arm_names,
    benefit_words,
    endpoint_words,
    joined,
    method_words,
    quantity_words,
    sentence,
)
from retrostats.report.analysis.worthwhile import (
    disputed_words,
    error_words,
    held_against_words,
    judged_words,
    other_words,
    worthwhile_words,
)
from retrostats.report.blocks import Block, Figure, Heading, Listing, Paragraph, Table
from retrostats.tables.contrasts import ContrastLine, contrasts_layout
from retrostats.tables.models import means_layout

_STANDARDISED = (
    "Standardised: the difference over the pooled standard deviation of the outcome at baseline, "
    "its interval with the uncertainty of both. In the table it has the sign of the outcome; in "
    "the figure it is turned so that positive is benefit."
)
_SPLIT_PLOT = (
    "F tests of the model use Greenhouse and Geisser's correction; intervals have as many degrees "
    "of freedom as subjects minus arms."
)
_SINGLE = (
    "Intervals and verdicts are those of single comparisons and are not adjusted for multiplicity."
)
_NOT_SHARED = "No error rate is shared across endpoints."


def contrast_lines(analysis: Analysis) -> tuple[ContrastLine, ...]:
    """Return every planned comparison, endpoint by endpoint, the primary one first."""
    return tuple(
        ContrastLine(
            label=planned.comparison.label,
            outcome=result.outcome.label,
            visit=result.visit.label,
            unit=result.outcome.unit,
            estimate=planned.estimate,
            adjusted_p=planned.adjusted_p,
            standardised=planned.standardised,
            verdict=planned.judgement.verdict,
        )
        for result in analysis.endpoints
        for planned in result.planned
    )


def contrast_blocks(analysis: Analysis, figures: dict[str, str]) -> tuple[Block, ...]:
    """Return the table of contrasts, the forest, and means and trajectory of each endpoint.

    Parameters
    ----------
    analysis
        The answers.
    figures
        Alternative text of each figure by its id.
    """
    level = percent(analysis.plan.model.level)
    what = quantity_words(analysis.primary)
    caption = (
        f"{what[0].upper()}{what[1:]} of the planned comparisons with {level} confidence "
        "intervals, the primary endpoint first"
    )
    blocks: list[Block] = [
        Heading(text="Primary and secondary contrasts", anchor="contrasts"),
        Paragraph(text=_directions(analysis)),
        Table(
            id="contrasts",
            layout=contrasts_layout(contrast_lines(analysis), caption=caption),
            note=contrast_note(analysis),
        ),
    ]
    blocks += [
        Paragraph(
            text=f"{analysis.cohort.codebook.outcome(failed.endpoint.outcome).label}, week "
            f"{failed.endpoint.week:g}: no answer. {sentence(failed.reason)}"
        )
        for failed in analysis.unanswered
    ]
    if "forest" in figures:
        caption = (
            f"Standardised effects of all planned comparisons: {what} over the standard deviation "
            f"at baseline, with {level} intervals, turned so that positive is benefit."
        )
        blocks.append(Figure(id="forest", caption=caption, alt=figures["forest"]))
    for key, results in model_keys(analysis):
        blocks += _model_blocks(key, results, analysis, figures)
    return tuple(blocks)


def contrast_note(analysis: Analysis) -> str:
    """Return what a reader of the table of contrasts must know."""
    adjusted = method_words(analysis)
    arms = analysis.cohort.codebook.arms
    named = joined(f"{arm.label} ({arm.name})" for arm in arms if arm.label != arm.name)
    told = [
        "Differences are treatment minus comparator. CI, confidence interval.",
        f"Arms: {named}." if named else "",
        _SPLIT_PLOT if analysis.plan.model.kind == "mixed_anova" else "",
        _STANDARDISED,
        f"Adjusted p: {adjusted}." if adjusted else "",
        _SINGLE,
        _NOT_SHARED if not_shared(analysis) else "",
        "Verdict: where the interval lies, held against the smallest worthwhile change.",
        held_against_words(analysis.endpoints),
    ]
    return " ".join(filter(None, told))


def not_shared(analysis: Analysis) -> bool:
    """Say whether several endpoints are tested, each with an error rate of its own."""
    shared = analysis.plan.multiplicity
    return (
        shared.method != "none" and shared.family == "comparisons" and bool(analysis.plan.secondary)
    )


def _directions(analysis: Analysis) -> str:
    """Say which direction is benefit, once for all outcomes of a direction."""
    outcomes = {result.outcome.name: result.outcome for result in analysis.endpoints}.values()
    told = []
    for better in ("lower", "higher"):
        alike = [outcome for outcome in outcomes if outcome.instrument.better == better]
        if alike:
            told.append(f"{joined(each.label for each in alike)}: {benefit_words(alike[0])}.")
    return " ".join(told)


def _model_blocks(
    key: str, results: Sequence[EndpointResult], analysis: Analysis, figures: dict[str, str]
) -> list[Block]:
    """Return what the endpoints of one model mean, then their means once."""
    blocks: list[Block] = []
    for place, result in enumerate(results):
        anchor = f"endpoint-{key}" + (f"-{place + 1}" if place else "")
        heading = f"{endpoint_words(result)} ({result.role})"
        blocks.append(Heading(text=heading, anchor=anchor, depth=3))
        blocks += _judged(result)
    return [*blocks, *_means(key, results[0], analysis, figures)]


def _judged(result: EndpointResult) -> list[Block]:
    """Return every comparison held against the smallest worthwhile change."""
    first = result.planned[0]
    known = [p for p in result.planned if p.judgement.worthwhile]
    where = f"{result.outcome.label}, {result.visit.label}"
    judged = [
        f"{where}, {p.comparison.label}: {judged_words(p)}.{disputed_words(p, result)}"
        for p in known
    ]
    told = [
        worthwhile_words(first, result),
        other_words(first, result),
        error_words(first, result.outcome),
    ]
    return [
        Paragraph(text=" ".join(filter(None, told))),
        *([Listing(items=tuple(judged))] if judged else []),
    ]


def _means(
    key: str, result: EndpointResult, analysis: Analysis, figures: dict[str, str]
) -> list[Block]:
    """Return the trajectory and the means of one model."""
    label = result.outcome.label
    adjusted = result.quantity == "adjusted mean difference"
    means = "means adjusted by the model" if adjusted else "means of the model, not adjusted"
    level = percent(result.planned[0].estimate.ci.level)
    return [
        Figure(
            id=f"trajectories_{key}",
            caption=f"{label} by arm: {means}, with {level} intervals. "
            f"{result.outcome.instrument.better.capitalize()} is better.{_start_words(result)} "
            "Below: subjects whose outcome the model uses.",
            alt=figures[f"trajectories_{key}"],
        ),
        Table(
            id=f"means_{key}",
            layout=with_counts(
                means_layout(
                    result.means,
                    names=arm_names(analysis.cohort.codebook),
                    caption=f"{label}: {means}",
                ),
                result,
            ),
            note=(
                ("Means at the average of the covariates. " if adjusted else "")
                + "n, subjects whose outcome at that visit the model uses. SE, standard error. "
                "CI, confidence interval."
            ),
        ),
    ]


def _start_words(result: EndpointResult) -> str:
    if not result.start:
        return ""
    if len(set(result.start.values())) == 1:
        return " All arms begin at the mean at baseline of the subjects analysed."
    return " Hollow marks are the means at baseline of the subjects analysed."


def with_counts(layout: Layout, result: EndpointResult) -> Layout:
    """Return a table of means with the number of subjects behind each.

    Parameters
    ----------
    layout
        From `means_layout`: below the heading of each visit one row per arm.
    result
        The means and their numbers.
    """
    found: list[tuple[str, ...]] = []
    rows = iter(layout.rows)
    for visit, table in result.means.items():
        heading = next(rows)
        found.append((*heading, ""))
        for estimate in table:
            label, *cells = next(rows)
            found.append((label, str(result.counts[visit][estimate.label]), *cells))
    header = (layout.header[0], "n", *layout.header[1:])
    return replace(layout, header=header, rows=tuple(found))
