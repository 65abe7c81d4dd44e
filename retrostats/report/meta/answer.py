"""The answer in one paragraph, with its honest limits."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.layout import p_sentence, percent
from retrostats.meta.pooled import Pooled
from retrostats.meta.pooled_words import is_log
from retrostats.report.analysis.words import counted, interval_words, places_of, sentence
from retrostats.report.blocks import Block, Heading, Listing, Notice, Paragraph
from retrostats.report.meta.grade import certainty_words
from retrostats.report.meta.scale import Scale, points_words
from retrostats.report.meta.synthesis import Synthesis
from retrostats.report.meta.types import Evidence
from retrostats.report.meta.words import df_words, direction_words, range_words, ratio_words

#: What an effect in this unit is called.
_QUANTITIES = {"SD": "standardised difference", "SD of change": "standardised difference in change"}


def answer_blocks(synthesis: Synthesis, scale: Scale | None) -> tuple[Block, ...]:
    """Return the first section: what the trials say together, and what limits it."""
    pooled, evidence = synthesis.pooled, synthesis.evidence
    blocks: list[Block] = [
        Heading(text="The answer", anchor="answer"),
        Paragraph(text=lead(synthesis), lead=True),
    ]
    if pooled is not None and scale is not None:
        blocks.append(Paragraph(text=points_words(pooled.pooled, scale)))
    if pooled is None and evidence.estimates:
        blocks.append(Paragraph(text="What there is:"))
        told = (f"{e.label}: {interval_words(e)}" for e in evidence.estimates)
        blocks.append(Listing(items=tuple(told)))
    blocks += [Notice(text=caution, kind="caution") for caution in cautions(synthesis)]
    blocks.append(Paragraph(text=limits_words(synthesis)))
    return tuple(blocks)


def cautions(synthesis: Synthesis) -> tuple[str, ...]:
    """Return what a reader of the answer must know, in sentences."""
    of_pool = synthesis.pooled.caveats if synthesis.pooled else ()
    return tuple(map(sentence, dict.fromkeys((*synthesis.evidence.caveats, *of_pool))))


def lead(synthesis: Synthesis) -> str:
    """Return how many trials say what together, or why nothing is pooled."""
    pooled, evidence = synthesis.pooled, synthesis.evidence
    if pooled is None:
        return f"Nothing is pooled for {evidence.outcome}: {synthesis.why_not.rstrip('.')}."
    return " ".join(_lead(pooled, evidence))


def _lead(pooled: Pooled, evidence: Evidence) -> Iterator[str]:
    estimate = pooled.pooled
    subjects = evidence.subjects
    with_them = f" with {counted(subjects, 'subject')}" if subjects else ""
    yield f"{counted(len(pooled.trials), 'trial')}{with_them} can be pooled for {evidence.outcome}."
    quantity = _QUANTITIES.get(estimate.unit, "difference")
    df = df_words(estimate.df)
    tested = f", {df}" if df else ""
    yield (
        f"The pooled {quantity} is {interval_words(estimate)}{tested}; {p_sentence(estimate.p)}."
    )
    if is_log(estimate.unit):
        yield f"As a ratio that is {ratio_words(estimate)}."
    if direction := direction_words(evidence):
        yield direction
    if pooled.prediction is not None:
        reach = range_words(pooled.prediction, places_of(estimate), estimate.unit)
        yield (
            f"The {percent(pooled.prediction.level)} prediction interval, in which the effect of "
            f"one further trial like these is expected, is {reach}."
        )


def _in_plain_words(pooled: Pooled) -> Iterator[str]:
    """Yield what an interval that reaches both sides of no difference means."""
    reach = pooled.prediction
    if pooled.pooled.ci.low <= 0 <= pooled.pooled.ci.high:
        yield "The interval reaches both sides of no difference: which side is better is left open."
    elif reach is not None and reach.low <= 0 <= reach.high:
        yield "The prediction interval reaches both sides: a further trial may find the opposite."


def limits_words(synthesis: Synthesis) -> str:
    """Return what the answer cannot say, as one paragraph."""
    evidence = synthesis.evidence
    told = []
    left = len(evidence.left_out)
    if left:
        told.append(
            f"{counted(left, 'further trial')} on file measured {evidence.outcome} and could not "
            "contribute, for the reasons below; being left out says nothing about an effect."
        )
    if synthesis.pooled is not None:
        told += _in_plain_words(synthesis.pooled)
        told.append(
            "The interval allows for chance and for differences between the trials, as far as so "
            "few trials tell them; it does not allow for bias within them, nor for trials that "
            "are not here."
        )
    told.append(
        certainty_words(synthesis)
        if synthesis.judgements.certainty
        else "How certain the evidence is has not been judged."
    )
    return " ".join(told)
