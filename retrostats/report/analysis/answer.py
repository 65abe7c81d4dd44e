"""The answer in one paragraph, with what a reader must know before all else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from retrostats.analysis.types import Analysis, EndpointResult, PlannedContrast
from retrostats.plan.sentences import STRATEGY_WORDS
from retrostats.report.analysis.words import (
    arm_names,
    benefit_words,
    counted,
    endpoint_words,
    interval_words,
    joined,
    method_words,
    p_words,
    sentence,
    span_words,
    total,
)
from retrostats.report.analysis.worthwhile import disputed_words, judged_words, worthwhile_words
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
                f"The {result.quantity} was {interval_words(contrast.estimate)}, "
                f"{p_words(contrast, method_words(analysis))}; {benefit_words(result.outcome)}."
            ),
            f"The interval reaches {span_words(contrast.estimate, result.outcome)}.",
            _judged(contrast, result),
            (
                f"{flow.analysed} of the {flow.randomised} randomised subjects were analysed, each "
                "in the allocated arm."
            ),
        ]
    )


def _judged(contrast: PlannedContrast, result: EndpointResult) -> str:
    told = worthwhile_words(contrast, result)
    if contrast.judgement.worthwhile is None:
        return told
    judged = f"{told.rstrip('.')}: {judged_words(contrast)}."
    return f"{judged}{disputed_words(contrast, result)}"


def _reading(analysis: Analysis) -> str:
    """Say what the numbers estimate, and which other explanations they leave."""
    further = (
        " The sensitivity analyses below show how far the answer depends on the choices that were "
        "made."
    )
    told = [
        f"The estimate concerns {analysis.plan.estimand.population}.",
        *_events(analysis),
        *left_sentences(analysis),
        "The interval says which differences are compatible with the data under the model; it "
        "allows for chance, and not for systematic errors of measurement, bias from knowing the "
        "allocation, or outcomes missing for reasons that the model does not know."
        + (further if len(analysis.sensitivity) > 1 else ""),
    ]
    return " ".join(told)


def _events(analysis: Analysis) -> Iterator[str]:
    """Say which strategies are planned; only treatment policy is what the analysis carries out."""
    events = analysis.plan.estimand.intercurrent
    policy = [f'"{each.event}"' for each in events if each.strategy == "treatment policy"]
    if policy:
        yield (
            f"For {joined(policy)} the strategy is treatment policy: values were used as observed, "
            "whatever happened."
        )
    for each in events:
        if each.strategy != "treatment policy":
            yield (
                f'For "{each.event}" the plan names {STRATEGY_WORDS[each.strategy]}; every value '
                "in the file was used as it stands."
            )


def left_sentences(analysis: Analysis) -> Iterator[str]:
    """Yield how many are outside the population by a rule, and how many the model cannot use."""
    arms = analysis.flow.arms
    excluded = total(chain.from_iterable(arm.excluded for arm in arms))
    lacking = total(chain.from_iterable(arm.not_analysed for arm in arms))
    if excluded:
        yield (
            f"{counted(sum(excluded.values()), 'randomised subject')} "
            f"{_are(excluded)} excluded by the rules of the plan ({_reasons(excluded)})."
        )
    if lacking:
        who = "further subject" if excluded else "randomised subject"
        yield (
            f"{counted(sum(lacking.values()), who)} "
            f"could not enter the model of the primary endpoint ({_reasons(lacking)})."
        )


def _are(counts: dict[str, int]) -> str:
    return "was" if sum(counts.values()) == 1 else "were"


def _reasons(counts: dict[str, int]) -> str:
    return "; ".join(f"{reason}: {count}" for reason, count in counts.items())


def _other(analysis: Analysis, contrast: PlannedContrast) -> str:
    names = arm_names(analysis.cohort.codebook)
    who = f"{names[contrast.comparison.treatment]} minus {names[contrast.comparison.comparator]}"
    return (
        f"{who}: {interval_words(contrast.estimate)}, {p_words(contrast, method_words(analysis))}. "
        f"{_judged(contrast, analysis.primary)}"
    )
