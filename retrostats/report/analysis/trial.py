"""The trial before any model: participants, baseline, outcomes as observed, adherence."""

from __future__ import annotations

from retrostats.analysis.types import Analysis
from retrostats.report.analysis.answer import left_sentences
from retrostats.report.analysis.words import (
    arm_names,
    joined,
    measured_words,
    population_words,
)
from retrostats.report.blocks import Block, Figure, Heading, Paragraph, Table
from retrostats.tables.adherence import adherence_layout
from retrostats.tables.baseline import baseline_layout
from retrostats.tables.flow import flow_layout
from retrostats.tables.outcomes import outcomes_layout

_BASELINE_NOTE = (
    "Standardised difference: the difference over the square root of the mean of the two "
    "variances; of a category one for each level, and of three levels or more also the distance of "
    "all together, without sign, in the row of the name. Percentages are of those known. SD, "
    "standard deviation."
)


def participant_blocks(analysis: Analysis, figures: dict[str, str]) -> tuple[Block, ...]:
    """Return the participant flow as a figure and as a table.

    Parameters
    ----------
    analysis
        The trial.
    figures
        Alternative text of each figure by its id.
    """
    flow = analysis.flow
    arms = joined(f"{arm.analysed} of {arm.randomised} ({arm.name})" for arm in flow.arms)
    named = joined(f"{arm.arm} ({arm.name})" for arm in flow.arms if arm.arm != arm.name)
    told = [
        f"For {flow.endpoint}, {arms} were analysed, each in the allocated arm.",
        *left_sentences(analysis),
        *([f"Short names of the arms: {named}."] if named else []),
    ]
    return (
        Heading(text="Participants", anchor="participants"),
        Paragraph(text=" ".join(told)),
        Figure(id="flow", caption="Participant flow.", alt=figures["flow"]),
        Table(
            id="flow",
            layout=flow_layout(flow, caption="Participant flow by arm"),
            note="Attended: at least one outcome was recorded at the visit.",
        ),
    )


def baseline_blocks(analysis: Analysis) -> tuple[Block, ...]:
    """Return Table 1, with standardised differences and without tests."""
    table = analysis.baseline
    names = arm_names(analysis.cohort.codebook)
    return (
        Heading(text="Baseline", anchor="baseline"),
        Paragraph(
            text="Who was randomised. Differences between the arms at baseline are due to chance "
            "when the randomisation worked, so they are not tested; the standardised difference "
            "shows their size."
        ),
        Table(
            id="baseline",
            layout=baseline_layout(
                table, names, caption="Characteristics at baseline by arm, all randomised subjects"
            ),
            note=_BASELINE_NOTE,
        ),
    )


def outcome_blocks(analysis: Analysis) -> tuple[Block, ...]:
    """Return every outcome as observed, by visit and arm."""
    names = arm_names(analysis.cohort.codebook)
    people = population_words(analysis)
    tables = [
        Table(
            id=f"outcomes_{outcome.name}",
            layout=outcomes_layout(
                analysis.outcomes,
                outcome.name,
                names=names,
                caption=f"{measured_words(outcome)} as observed in {people}",
            ),
            note=f"{outcome.instrument.better.capitalize()} values are better. Change is from "
            "baseline, among those measured at both visits. SD, standard deviation.",
        )
        for outcome in analysis.cohort.codebook.outcomes
    ]
    return (
        Heading(text="Outcomes by arm and visit", anchor="outcomes"),
        Paragraph(
            text=f"As observed in {people}, without any model: nothing is adjusted, and missing "
            "values are counted and not filled in."
        ),
        *tables,
    )


def adherence_blocks(analysis: Analysis) -> tuple[Block, ...]:
    """Return how much of the treatment was taken; nothing where it was not recorded."""
    if not analysis.adherence:
        return ()
    names = arm_names(analysis.cohort.codebook)
    layout = adherence_layout(
        analysis.adherence,
        names=names,
        caption="Treatment received by arm, all randomised subjects",
    )
    return (
        Heading(text="Adherence", anchor="adherence"),
        Paragraph(
            text="How much of the planned treatment was taken. Who takes more may differ in other "
            "ways too, so that no effect of a dose can be read from it."
        ),
        Table(id="adherence", layout=layout, note="SD, standard deviation."),
    )
