"""Further analyses of the primary endpoint: sensitivity analyses and subgroups."""

from __future__ import annotations

import math

from retrostats.analysis.types import Analysis, SubgroupResult
from retrostats.layout import Layout, number, p_sentence, percent
from retrostats.report.analysis.words import joined, places_of, sentence
from retrostats.report.blocks import Block, Heading, Paragraph, Table
from retrostats.tables.sensitivity import SensitivityLine, sensitivity_layout

#: Labels of further analyses that a reader of the report would not know.
_ANALYSES = {
    "ancova": "analysis of covariance",
    "lmm": "random intercept",
    "mixed_anova": "mixed analysis of variance",
}


def sensitivity_lines(analysis: Analysis) -> tuple[SensitivityLine, ...]:
    """Return the primary comparison under each analysis, the planned one first."""
    return tuple(
        SensitivityLine(
            label=_ANALYSES.get(row.label, row.label),
            comparison=row.comparison,
            estimate=row.estimate,
            subjects=row.subjects,
            note=row.note,
        )
        for row in analysis.sensitivity
    )


def sensitivity_blocks(analysis: Analysis) -> tuple[Block, ...]:
    """Return the primary comparison under other analyses; nothing where none is planned."""
    if len(analysis.sensitivity) < 2:
        return ()
    primary = analysis.primary
    words = f"{primary.outcome.label}, {primary.visit.label}"
    layout = sensitivity_layout(
        sensitivity_lines(analysis),
        caption=f"{words}, {analysis.plan.comparisons[0].label}, under further analyses",
    )
    return (
        Heading(text="Sensitivity analyses", anchor="sensitivity"),
        Paragraph(
            text="Each row repeats the primary comparison with one choice changed. They answer "
            "whether the conclusion depends on that choice; none of them replaces the planned "
            "analysis."
        ),
        Table(id="sensitivity", layout=layout, note="CI, confidence interval."),
    )


def subgroup_blocks(analysis: Analysis) -> tuple[Block, ...]:
    """Return the primary comparison within subgroups; nothing where none is planned."""
    if not analysis.subgroups:
        return ()
    tests = [_interaction(result) for result in analysis.subgroups]
    return (
        Heading(text="Subgroups", anchor="subgroups"),
        Paragraph(
            text="Whether the effect differs between subgroups is asked by the interaction and not "
            "by comparing the p values of the subgroups. Trials of this size can only show large "
            "interactions; the rows describe and do not decide."
        ),
        Table(
            id="subgroups",
            layout=subgroups_layout(analysis),
            note=f"{' '.join(tests)} CI, confidence interval.",
        ),
    )


def subgroups_layout(analysis: Analysis) -> Layout:
    """Lay out the effects within subgroups, a heading per covariate."""
    level = percent(analysis.plan.model.level)
    unit = analysis.primary.outcome.unit
    header = ("", "Subjects", f"Difference ({unit})", f"{level} CI")
    rows: list[tuple[str, ...]] = []
    indents: list[int] = []
    for result in analysis.subgroups:
        if not len(result.effects):
            rows.append((result.label, sentence(result.note)))
            indents.append(0)
            continue
        rows.append((result.label, "", "", ""))
        sizes = [str(size) for size in result.sizes] or [""] * len(result.effects)
        for size, effect in zip(sizes, result.effects, strict=True):
            places = places_of(effect)
            low, high = (number(limit, places) for limit in effect.ci[:2])
            value = number(effect.value, places)
            rows.append((effect.label, size, value, f"{low} to {high}"))
        indents += [0, *[1] * len(result.effects)]
    primary = analysis.primary
    caption = (
        f"{primary.outcome.label}, {primary.visit.label}, {analysis.plan.comparisons[0].label}"
    )
    return Layout(
        caption=f"{caption}, within subgroups",
        header=header,
        rows=tuple(rows),
        indents=tuple(indents),
    )


def _interaction(result: SubgroupResult) -> str:
    above, below, statistic, p = result.interaction
    if math.isnan(p):
        return f"{result.label}: {sentence(result.note)}"
    df = joined([number(above, 0), number(below, 1)])
    note = f"; {result.note}" if result.note else ""
    test = f"interaction F {number(statistic, 2)} on {df} df, {p_sentence(p)}"
    return f"{result.label}: {test}{note}."
