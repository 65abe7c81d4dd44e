"""The section that holds the pool against what reviews printed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from retrostats.layout import Layout, number, true_minus
from retrostats.report.analysis.words import interval_words, sentence
from retrostats.report.blocks import Block, Heading, Listing, Paragraph, Table
from retrostats.report.meta.compare import Comparison, PublishedPool
from retrostats.report.meta.synthesis import Synthesis

#: Decimals of a difference of two standardised effects: those of the print that is coarser.
_PLACES = 2


def published_blocks(synthesis: Synthesis) -> tuple[Block, ...]:
    """Return the comparison with published pooled effects; nothing where none is on file."""
    if not synthesis.published:
        return ()
    blocks: list[Block] = [Heading(text="Against published reviews", anchor="reviews")]
    known = {id(each.published): each for each in synthesis.comparisons}
    rows = tuple(_row(each, known.get(id(each))) for each in synthesis.published)
    layout = Layout(
        caption=f"Published pooled effects on {synthesis.evidence.outcome}",
        header=("Review", "Comparison, time", "Theirs (SD)", "Ours − theirs", "Intervals"),
        rows=rows,
        words=5,
    )
    blocks += [Paragraph(text=_intro(synthesis)), Table(id="reviews", layout=layout, note=_NOTE)]
    if synthesis.comparisons:
        blocks.append(Heading(text="Why one expects them to differ", anchor="reviews-why", depth=3))
        blocks.append(Listing(items=tuple(_reasons(synthesis.comparisons))))
    return tuple(blocks)


def _reasons(comparisons: tuple[Comparison, ...]) -> Iterator[str]:
    """Yield the reasons that all reviews share, then those of each by its name."""
    by_reason: dict[str, list[str]] = {}
    for comparison in comparisons:
        for reason in comparison.reasons:
            by_reason.setdefault(reason, []).append(comparison.published.label)
    for reason, labels in by_reason.items():
        if len(labels) == len(comparisons):
            yield sentence(reason)
    for comparison in comparisons:
        label = comparison.published.label
        own = [each for each in comparison.reasons if len(by_reason[each]) < len(comparisons)]
        if own:
            yield f"{label}: {' '.join(own)}"


_NOTE = (
    "Differences of standardised effects; where a sign was turned to that of this report, the "
    "table says so. The level of published intervals is taken to be 95%. The two results may share "
    "trials, so that their difference has no interval and is not tested."
)


def _intro(synthesis: Synthesis) -> str:
    pooled = synthesis.pooled
    if pooled is None:
        return "Nothing is pooled here, so that there is nothing to hold against them."
    if not synthesis.comparisons:
        return (
            f"The effect pooled here is in {pooled.pooled.unit or 'no unit'} and theirs in SD; "
            "they cannot be subtracted."
        )
    return f"The pooled effect here is {interval_words(pooled.pooled)}."


def _row(published: PublishedPool, comparison: Comparison | None) -> tuple[str, ...]:
    theirs = number(published.value, _PLACES)
    if not math.isnan(published.low):
        theirs += f" ({number(published.low, _PLACES)} to {number(published.high, _PLACES)})"
    if published.turned:
        theirs += f", printed as {published.printed}"
    gap = "–" if comparison is None else number(comparison.difference, _PLACES)
    where = f"{published.contrast}; {published.outcome}, {published.timepoint}"
    return published.label, where, true_minus(theirs), true_minus(gap), _overlap(comparison)


def _overlap(comparison: Comparison | None) -> str:
    if comparison is None:
        return "–"
    told = {True: "overlap", False: "do not overlap", None: "theirs is not printed"}
    side = "within" if comparison.inside else "outside"
    return f"{told[comparison.overlap]}; their value lies {side} ours"
