"""The answers in full: contrasts and responders."""

from __future__ import annotations

from retrostats.analysis.types import Analysis, EndpointResult
from retrostats.layout import percent
from retrostats.report.analysis.keys import endpoint_keys
from retrostats.report.analysis.words import (
    arm_names,
    benefit_words,
    endpoint_words,
    joined,
    judged_words,
    method_words,
    sentence,
    worthwhile_words,
)
from retrostats.report.blocks import Block, Figure, Heading, Listing, Paragraph, Table
from retrostats.tables.contrasts import ContrastLine, contrasts_layout
from retrostats.tables.models import means_layout
from retrostats.tables.responders import responders_layout

_STANDARDISED = (
    "Standardised: the difference over the pooled standard deviation of the outcome at baseline, "
    "its interval with the uncertainty of both."
)


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
    adjusted = method_words(analysis)
    note = f"Differences are treatment minus comparator. CI, confidence interval. {_STANDARDISED} "
    note += f"Adjusted p: {adjusted}. " if adjusted else ""
    note += "Verdict: where the interval lies, held against the smallest worthwhile change."
    caption = f"Planned comparisons with {level} intervals, the primary endpoint first"
    blocks: list[Block] = [
        Heading(text="Primary and secondary contrasts", anchor="contrasts"),
        Paragraph(text=_directions(analysis)),
        Table(
            id="contrasts",
            layout=contrasts_layout(contrast_lines(analysis), caption=caption),
            note=note,
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
        caption = "Standardised effects of all planned comparisons. Positive is benefit."
        blocks.append(Figure(id="forest", caption=caption, alt=figures["forest"]))
    for key, result in endpoint_keys(analysis):
        blocks += _endpoint_blocks(key, result, figures)
    return tuple(blocks)


def _directions(analysis: Analysis) -> str:
    """Say which direction is benefit, once for all outcomes of a direction."""
    outcomes = {result.outcome.name: result.outcome for result in analysis.endpoints}.values()
    told = []
    for better in ("lower", "higher"):
        alike = [outcome for outcome in outcomes if outcome.instrument.better == better]
        if alike:
            told.append(f"{joined(each.label for each in alike)}: {benefit_words(alike[0])}.")
    return " ".join(told)


def _endpoint_blocks(key: str, result: EndpointResult, figures: dict[str, str]) -> list[Block]:
    words = endpoint_words(result)
    first = result.planned[0]
    known = [p for p in result.planned if p.judgement.worthwhile]
    judged = [f"{p.comparison.label}: {judged_words(p)}." for p in known]
    caption = f"{result.outcome.label}: means adjusted by the model"
    return [
        Heading(text=f"{words} ({result.role})", anchor=f"endpoint-{key}", depth=3),
        Paragraph(text=worthwhile_words(first, result.outcome)),
        *([Listing(items=tuple(judged))] if judged else []),
        Figure(
            id=f"trajectories_{key}",
            caption=f"{result.outcome.label} by arm: means adjusted by the model, with "
            f"{percent(result.planned[0].estimate.ci.level)} intervals. "
            f"{result.outcome.instrument.better.capitalize()} is better. Hollow marks are means "
            "at baseline as observed; below, the subjects measured.",
            alt=figures[f"trajectories_{key}"],
        ),
        Table(
            id=f"means_{key}",
            layout=means_layout(result.means, caption=caption),
            note="Means at the average of the covariates. SE, standard error.",
        ),
    ]


def responder_blocks(analysis: Analysis, figures: dict[str, str]) -> tuple[Block, ...]:
    """Return responders by each definition of the plan; nothing where it has none."""
    if not analysis.responders:
        return ()
    names = arm_names(analysis.cohort.codebook)
    blocks: list[Block] = [
        Heading(text="Responders", anchor="responders"),
        Paragraph(
            text="How many improved by at least so much. A cut point loses information, and the "
            "counts of small arms are uncertain; read them beside the difference of means."
        ),
    ]
    for place, table in enumerate(analysis.responders, start=1):
        caption = f"{table.label}, {table.visit}: {table.definition}"
        blocks.append(
            Table(
                id=f"responders_{place}",
                layout=responders_layout(table, names=names, caption=caption),
                note=f"{sentence(table.missing_rule)} Intervals of proportions after Wilson, of "
                "their differences after Newcombe. NNTB, number needed to treat for one more to "
                "benefit; NNTH, for one more to be harmed.",
            )
        )
    for name in analysis.curves:
        if f"responders_{name}" in figures:
            label = analysis.cohort.codebook.outcome(name).label
            caption = (
                f"{label}: share of each arm that improved by at least so much, among those "
                "measured at both visits."
            )
            alt = figures[f"responders_{name}"]
            blocks.append(Figure(id=f"responders_{name}", caption=caption, alt=alt))
    return tuple(blocks)
