"""Further analyses of the primary endpoint: sensitivity analyses and subgroups."""

from __future__ import annotations

import math

from retrostats.analysis.types import Analysis, SubgroupResult
from retrostats.layout import Layout, Words, Written, limits, number, p_sentence, percent
from retrostats.report.analysis.missing import missing_blocks
from retrostats.report.analysis.words import covariance_words, f_words, places_of, sentence
from retrostats.report.blocks import Block, Figure, Heading, Paragraph, Table
from retrostats.tables.cells import interval_head
from retrostats.tables.sensitivity import SensitivityLine, sensitivity_layout

#: Id of the figure of all analyses.
SENSITIVITY = "sensitivity"

#: Labels of further analyses that a reader of the report would not know.
_ANALYSES = {
    "ancova": "analysis of covariance",
    "lmm": "random intercept",
    "mixed_anova": "mixed analysis of variance",
}


_SENSITIVITY_NOTE = (
    "In the model: subjects of the two arms whose values after baseline the model uses or fills "
    "in. Intervals are those of single analyses. "
    "CI, confidence interval."
)

_SUBGROUPS_NOTE = (
    "Intervals and p values are not adjusted for multiplicity. CI, confidence interval."
)


def sensitivity_lines(analysis: Analysis) -> tuple[SensitivityLine, ...]:
    """Return the primary comparison under each analysis, the planned one first."""
    return tuple(
        SensitivityLine(
            label=analysis_words(row.label),
            comparison=row.comparison,
            estimate=row.estimate,
            subjects=row.subjects,
            note=row.note,
        )
        for row in analysis.sensitivity
    )


def analysis_words(label: str) -> str:
    """Return what a further analysis is called.

    Examples
    --------
    >>> analysis_words("lmm"), analysis_words("covariance toeph"), analysis_words("unadjusted")
    ('random intercept', 'heterogeneous Toeplitz covariance', 'unadjusted')
    """
    before, _, name = label.partition("covariance ")
    if name and not before:
        return f"{covariance_words(name)} covariance"
    return _ANALYSES.get(label, label)


def sensitivity_blocks(analysis: Analysis, figures: dict[str, str]) -> tuple[Block, ...]:
    """Return the primary comparison under other analyses; nothing where none is planned.

    Parameters
    ----------
    analysis
        The answers.
    figures
        Alternative text of each figure by its id.
    """
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
            text=f"Each row repeats the primary comparison, the {primary.quantity}, with one "
            "choice changed. They answer whether the conclusion depends on that choice; none of "
            "them replaces the planned analysis."
        ),
        Table(id="sensitivity", layout=layout, note=_SENSITIVITY_NOTE),
        *_drawn(analysis, figures),
        *missing_blocks(analysis, figures),
    )


def _drawn(analysis: Analysis, figures: dict[str, str]) -> tuple[Block, ...]:
    if SENSITIVITY not in figures:
        return ()
    level = percent(analysis.plan.model.level)
    caption = (
        f"The {analysis.primary.quantity} of the primary comparison under each analysis that has "
        f"an estimate, with {level} intervals, the planned one first."
    )
    return (Figure(id=SENSITIVITY, caption=caption, alt=figures[SENSITIVITY]),)


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
            note=Written(*tests, Words(_SUBGROUPS_NOTE)),
        ),
    )


def subgroups_layout(analysis: Analysis) -> Layout:
    """Lay out the effects within subgroups, a heading per covariate."""
    unit = analysis.primary.outcome.unit
    header = (
        "",
        "Subjects of the two arms",
        f"Difference ({unit})" if unit else "Difference",
        interval_head([analysis.plan.model.level]),
    )
    kinds = {each.name: each.kind for each in analysis.cohort.codebook.covariates}
    rows: list[tuple[str, ...]] = []
    indents: list[int] = []
    for result in analysis.subgroups:
        if not len(result.effects):
            rows.append((result.label, sentence(result.note)))
            indents.append(0)
            continue
        number_of_all = kinds[result.covariate] == "number"
        about = f", all {sum(result.sizes)} subjects of the two arms" if number_of_all else ""
        rows.append((f"{result.label}{about}", "", "", ""))
        sizes = [""] * len(result.effects) if number_of_all else [str(n) for n in result.sizes]
        for size, effect in zip(sizes, result.effects, strict=True):
            places = places_of(effect)
            value = number(effect.value, places)
            rows.append((effect.label, size, value, limits(*effect.ci[:2], places)))
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


def subgroup_sizes(result: SubgroupResult) -> tuple[int, ...]:
    """Return the subjects behind each effect; behind those of a number stand all of them."""
    if len(result.sizes) == len(result.effects):
        return result.sizes
    return (sum(result.sizes),) * len(result.effects)


def _interaction(result: SubgroupResult) -> Written:
    """Return the test of an interaction, and a space after it."""
    above, below, statistic, p = result.interaction
    if math.isnan(p):
        return Written(Words(f"{result.label}: {sentence(result.note)} "))
    note = f"; {result.note}" if result.note else ""
    test = f"interaction {f_words(above, below, statistic)}, "
    return Written(Words(f"{result.label}: "), test, p_sentence(p), Words(f"{note}. "))
