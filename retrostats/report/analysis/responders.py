"""Responders by the definitions of the plan, and the curves that need no definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retrostats.analysis.types import Analysis
from retrostats.description.types import ResponderTable
from retrostats.effects.proportions import Ratio, risk_ratio
from retrostats.layout import Range, Words, Written, percent
from retrostats.plan.types import Comparison
from retrostats.plan.words import visit_words
from retrostats.report.analysis.keys import curve_keys
from retrostats.report.analysis.words import arm_names, population_words, sentence
from retrostats.report.blocks import Block, Figure, Heading, Paragraph, Table
from retrostats.tables.responders import responders_layout

_ABBREVIATIONS = (
    "Intervals are those of single comparisons. NNTB, number needed to treat for one more to "
    "benefit; NNTH, for one more to be harmed."
)


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
    people = population_words(analysis)
    for place, table in enumerate(analysis.responders, start=1):
        caption = f"{table.label}, {table.visit}: {table.definition}, in {people}"
        blocks.append(
            Table(
                id=f"responders_{place}",
                layout=responders_layout(table, names=names, caption=caption),
                note=responder_note(table, analysis.plan.comparisons),
            )
        )
    for key, _, endpoint in curve_keys(analysis):
        if f"responders_{key}" in figures:
            label = analysis.cohort.codebook.outcome(endpoint.outcome).label
            visit = visit_words(endpoint.week, analysis.cohort.codebook)
            caption = (
                f"{label}, {visit}: share of each arm that improved by at least so much, of "
                f"{people} those measured at both visits."
            )
            alt = figures[f"responders_{key}"]
            blocks.append(Figure(id=f"responders_{key}", caption=caption, alt=alt))
    return tuple(blocks)


def responder_note(table: ResponderTable, comparisons: Sequence[Comparison]) -> str:
    """Return what a reader of a table of responders must know, with the ratios of the risks."""
    ratios = [
        Written(Words(f"; {label} " if place else f"Risk ratios of response: {label} "), words)
        for place, (label, ratio) in enumerate(risk_ratios(table, comparisons))
        for words in [_ratio_words(ratio)]
    ]
    about = (
        "Intervals of proportions after Wilson, of their differences after Newcombe; p by the "
        "chi-square test without correction."
    )
    return Written(
        Words(f"{sentence(table.missing_rule)} {about} "),
        *ratios,
        *([Words(". ")] if ratios else []),
        Words(_ABBREVIATIONS),
    )


def _ratio_words(ratio: Ratio | None) -> str:
    if ratio is None:
        return "none, as an arm has no responder or all respond"
    low, high, level = ratio.ci
    ends = Range(f"{low:.2f}", f"{high:.2f}")
    return Written(f"{ratio.value:.2f} ({percent(level)} CI ", ends, ")")


def risk_ratios(
    table: ResponderTable, comparisons: Sequence[Comparison]
) -> Iterator[tuple[str, Ratio | None]]:
    """Yield the risk ratio of each comparison of a table; ``None`` where there is none.

    Parameters
    ----------
    table
        Counts by arm, and the comparisons that could be made.
    comparisons
        Those of the plan.
    """
    arms = {arm.arm: arm for arm in table.arms}
    pairs = {each.label: each for each in comparisons}
    for line in table.comparisons:
        pair = pairs[line.label]
        treated, control = arms[pair.treatment], arms[pair.comparator]
        counts = treated.responders, treated.n, control.responders, control.n
        try:
            yield line.label, risk_ratio(*counts, level=line.difference.ci.level, label=line.label)
        except ValueError:
            yield line.label, None
