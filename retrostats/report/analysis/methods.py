"""The methods paragraph: what was planned, what was fitted, and with which programs."""

from __future__ import annotations

from itertools import groupby

from retrostats.analysis.types import Analysis, EndpointResult
from retrostats.plan.sentences import planned_sentences
from retrostats.report.analysis.provenance import versions
from retrostats.report.analysis.words import counted, covariance_words, df_words, joined
from retrostats.report.blocks import Block, Heading, Paragraph

#: Enough of a SHA-256 to tell two files apart in print.
_SHORT = 12

_CONVENTIONS = (
    "Differences are treatment minus comparator, in the unit of the outcome. Standardised effects "
    "divide them by the pooled standard deviation of the outcome at baseline in the analysed arms "
    "(Feingold 2009, doi:10.1037/a0014699), with an interval by the delta method. Baseline "
    "characteristics were not tested."
)


def method_blocks(analysis: Analysis) -> tuple[Block, ...]:
    """Return the methods in the words of a paper."""
    plan, codebook = analysis.plan, analysis.cohort.codebook
    simulated = "The data are simulated. " if codebook.simulated else ""
    return (
        Heading(text="Statistical methods", anchor="methods"),
        Paragraph(text=simulated + " ".join(planned_sentences(plan, codebook))),
        Paragraph(text=" ".join([*fitted_sentences(analysis), _CONVENTIONS])),
        Paragraph(text=software_sentence(analysis)),
    )


def fitted_sentences(analysis: Analysis) -> tuple[str, ...]:
    """Say what was fitted to which data, and where the plan's own order of retreat was followed."""
    told = []
    for (kind, covariance, df), group in groupby(analysis.endpoints, key=_kind):
        results = list(group)
        structure = f" with {covariance_words(covariance)} covariance" if covariance else ""
        sizes = joined(
            f"{r.outcome.label} ({counted(r.model.rows, 'value')} of "
            f"{counted(r.model.subjects, 'subject')})"
            for r in results
        )
        told.append(
            f"The {kind}{structure} was fitted to {sizes}; tests and intervals use {df_words(df)}."
        )
    for result in analysis.endpoints:
        if result.model.not_fitted:
            failed = joined(covariance_words(name) for name, _ in result.model.not_fitted)
            told.append(
                f"For {result.outcome.label} the planned {failed} covariance could not be fitted, "
                "and the next of the plan was used."
            )
    told += [
        f"The planned model of {failed.endpoint.outcome} could not be fitted; no other was put in "
        "its place."
        for failed in analysis.unanswered
    ]
    return tuple(told)


def _kind(result: EndpointResult) -> tuple[str, str, str]:
    return result.model.kind, result.model.covariance, result.model.df


def software_sentence(analysis: Analysis) -> str:
    """Return the programs and the digests by which the analysis can be repeated."""
    known = versions()
    python, own = known.pop("python"), known.pop("retrostats")
    others = ", ".join(f"{name} {known[name]}" for name in ("numpy", "scipy", "pandas"))
    cohort, plan = analysis.cohort, analysis.plan
    parts = [f"data {cohort.digest[:_SHORT]}"]
    parts += [f"codebook {cohort.codebook.digest[:_SHORT]}"] if cohort.codebook.digest else []
    parts += [f"plan {plan.digest[:_SHORT]}"] if plan.digest else []
    return (
        f"The analysis was done with retrostats {own} (Python {python}, {others}). First letters "
        f"of the SHA-256 digests: {joined(parts)}."
    )
