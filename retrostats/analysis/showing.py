"""Parts of an analysis as a notebook shows them: endpoints, contrasts, judgements, subgroups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrostats.analysis.display import contrast_layout
from retrostats.layout import p_number, p_sentence, true_minus, value_words
from retrostats.layout.html import bold, caveats, facts, paragraphs, small

if TYPE_CHECKING:
    from retrostats.analysis.types import (
        EndpointResult,
        Judgement,
        PlannedContrast,
        SubgroupResult,
    )


def endpoint_text(result: EndpointResult) -> str:
    """Return what was asked, the planned contrasts, what they mean, and every caveat.

    Parameters
    ----------
    result
        Of one endpoint.
    """
    title = f"{result.outcome.label}, {result.visit.label} ({result.role} endpoint)"
    told = [f"  {each.judgement.sentence}" for each in result.planned]
    warned = [f"  Caveat: {each}" for each in result.model.caveats]
    return "\n".join([title, contrast_layout([result]).text(), *told, *warned])


def endpoint_html(result: EndpointResult) -> str:
    """Return what was asked, the planned contrasts, what they mean, and the model.

    Parameters
    ----------
    result
        Of one endpoint.
    """
    model = result.model
    told = (
        ("Model", model.kind),
        ("Formula", model.formula),
        ("Covariance", model.covariance),
        ("Inference", f"{model.df}, {model.method}"),
        ("Used", f"{model.rows} rows of {model.subjects} subjects"),
        ("Left out", "; ".join(f"{reason} {count}" for reason, count in model.left_out)),
        ("Not fitted", "; ".join(f"{name}: {why}" for name, why in model.not_fitted)),
    )
    sentences = (true_minus(each.judgement.sentence) for each in result.planned)
    return (
        bold(f"{result.outcome.label}, {result.visit.label} ({result.role} endpoint)")
        + contrast_layout([result]).html()
        + paragraphs(*sentences)
        + facts(told)
        + caveats(model.caveats)
    )


def contrast_html(contrast: PlannedContrast) -> str:
    """Return the estimate with its p values, and what it means.

    Parameters
    ----------
    contrast
        At the visit of its endpoint.
    """
    estimate, adjusted, standard = contrast.estimate, contrast.adjusted_p, contrast.standardised
    told = [str(estimate), p_sentence(estimate.p)]
    told += [] if adjusted is None else [f"adjusted p {p_number(adjusted)}"]
    effect = "" if standard is None else f"Standardised: {standard}"
    sentence = contrast.judgement.sentence
    return paragraphs(*map(true_minus, (", ".join(told), effect, sentence)))


def judgement_html(judgement: Judgement) -> str:
    """Return the verdict, its sentence, and the changes that it was held against.

    Parameters
    ----------
    judgement
        Of one contrast.
    """
    changes = [judgement.worthwhile, judgement.error, *(c for c, _ in judgement.alternatives)]
    verdicts = ["", "", *(f": {verdict}" for _, verdict in judgement.alternatives)]
    named = [
        (each.quantity, f"{value_words(each.value)} ({each.population or each.source}){verdict}")
        for each, verdict in zip(changes, verdicts, strict=True)
        if each is not None
    ]
    return bold(judgement.verdict) + paragraphs(true_minus(judgement.sentence)) + facts(named)


def subgroup_html(result: SubgroupResult) -> str:
    """Return the effects within subgroups and the test of the interaction.

    Parameters
    ----------
    result
        Of one covariate.
    """
    df_num, df_den, statistic, p = result.interaction
    sizes = ", ".join(map(str, result.sizes))
    test = f"Interaction: F({df_num:g}, {df_den:.1f}) = {statistic:.2f}, {p_sentence(p)}"
    table = result.effects.layout().html() if len(result.effects) else bold(result.label)
    return table + paragraphs(f"{test}; subjects: {sizes}") + small(result.note)
