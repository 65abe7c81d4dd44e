"""The answer in one paragraph, with what a reader must know before all else."""

from __future__ import annotations

from retrostats.analysis.types import Analysis, PlannedContrast
from retrostats.data.codebook.types import Outcome
from retrostats.report.analysis.words import (
    arm_names,
    benefit_words,
    counted,
    endpoint_words,
    interval_words,
    joined,
    judged_words,
    method_words,
    p_words,
    sentence,
    span_words,
    worthwhile_words,
)
from retrostats.report.blocks import Block, Heading, Listing, Notice, Paragraph

SIMULATED = (
    "The people of this trial were invented by a computer program. No number on these pages says "
    "anything about any treatment."
)


def answer_blocks(analysis: Analysis) -> tuple[Block, ...]:
    """Return the first section: the primary contrast, what it means, and the caveats."""
    blocks: list[Block] = [Heading(text="The answer", anchor="answer")]
    if analysis.cohort.codebook.simulated:
        blocks.append(Notice(text=SIMULATED, kind="simulated"))
    blocks.append(Paragraph(text=lead(analysis), lead=True))
    blocks.append(Paragraph(text=_reading(analysis)))
    others = analysis.primary.planned[1:]
    if others:
        blocks.append(Paragraph(text="The other planned comparisons of the same endpoint:"))
        blocks.append(Listing(items=tuple(_other(analysis, each) for each in others)))
    blocks += [Notice(text=sentence(caveat), kind="caution") for caveat in analysis.caveats]
    return tuple(blocks)


def lead(analysis: Analysis) -> str:
    """Return who was compared, the primary contrast, what it means, and how many were analysed."""
    result, flow = analysis.primary, analysis.flow
    contrast = result.planned[0]
    names = arm_names(analysis.cohort.codebook)
    treatment = names[contrast.comparison.treatment]
    comparator = names[contrast.comparison.comparator]
    sizes = joined(f"{arm.randomised} to {arm.name}" for arm in flow.arms)
    return " ".join(
        [
            f"{flow.randomised} subjects were randomised: {sizes}.",
            (
                f"The primary comparison is {treatment} minus {comparator} in "
                f"{endpoint_words(result)}."
            ),
            (
                f"The adjusted mean difference was {interval_words(contrast.estimate)}, "
                f"{p_words(contrast, method_words(analysis))}; {benefit_words(result.outcome)}."
            ),
            f"The interval reaches {span_words(contrast.estimate, result.outcome)}.",
            _judged(contrast, result.outcome),
            f"{flow.analysed} of the {flow.randomised} randomised subjects were analysed.",
        ]
    )


def _judged(contrast: PlannedContrast, outcome: Outcome) -> str:
    told = worthwhile_words(contrast, outcome)
    if contrast.judgement.worthwhile is None:
        return told
    return f"{told.rstrip('.')}: {judged_words(contrast)}."


def _reading(analysis: Analysis) -> str:
    """Say what the numbers estimate, and which other explanations they leave."""
    plan = analysis.plan
    strategies = joined(f"{e.event} ({e.strategy})" for e in plan.estimand.intercurrent or ())
    events = (
        f" Events after randomisation were dealt with as planned: {strategies}."
        if (plan.estimand.intercurrent)
        else ""
    )
    left = analysis.flow.randomised - analysis.flow.analysed
    lacking = (
        f" {counted(left, 'randomised subject')} could not enter the model; the flow says why."
        if left
        else ""
    )
    return (
        f"The estimate concerns {plan.estimand.population}.{events}{lacking} The interval says "
        "which differences are compatible with the data under the model; it allows for chance and "
        "not for errors of measurement, for outcomes that are missing for reasons the model does "
        "not know, or for the lack of blinding. The sensitivity analyses below show how far the "
        "answer depends on the choices that were made."
    )


def _other(analysis: Analysis, contrast: PlannedContrast) -> str:
    names = arm_names(analysis.cohort.codebook)
    who = f"{names[contrast.comparison.treatment]} minus {names[contrast.comparison.comparator]}"
    return (
        f"{who}: {interval_words(contrast.estimate)}, {p_words(contrast, method_words(analysis))}. "
        f"{_judged(contrast, analysis.primary.outcome)}"
    )
