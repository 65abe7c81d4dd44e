"""The methods paragraph: what was planned, what was fitted, and with which programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from retrostats.analysis.types import Analysis, EndpointResult, Unanswered
from retrostats.plan.sensitivity_words import missing_sentences
from retrostats.plan.sentences import planned_sentences, sensitivity_sentence
from retrostats.plan.words import endpoint_words, listed
from retrostats.report.analysis.answer import left_sentences
from retrostats.report.analysis.keys import model_keys
from retrostats.report.analysis.models import structure_words
from retrostats.report.analysis.provenance import versions
from retrostats.report.analysis.words import counted, covariance_words, df_words, joined
from retrostats.report.analysis.worthwhile import change_words, origin_words
from retrostats.report.blocks import Block, Heading, Listing, Paragraph

#: Enough of a SHA-256 to tell two files apart in print.
_SHORT = 12

#: So many sensitivity analyses can be followed in one sentence; more of them are a list.
_IN_A_SENTENCE = 4

_CONVENTIONS = (
    "Differences are treatment minus comparator, in the unit of the outcome. Standardised effects "
    "divide them by the pooled standard deviation of the outcome at baseline in the analysed arms "
    "(Feingold 2009, doi:10.1037/a0014699), with an interval by the delta method. Baseline "
    "characteristics were not tested."
)


def method_blocks(analysis: Analysis) -> tuple[Block, ...]:
    """Return the methods in the words of a paper."""
    return (
        Heading(text="Statistical methods", anchor="methods"),
        *_planned(analysis),
        Paragraph(
            text=" ".join(
                [
                    *analysed_sentences(analysis),
                    *fitted_sentences(analysis),
                    *worthwhile_sentences(analysis),
                    _CONVENTIONS,
                ]
            )
        ),
        Paragraph(text=software_sentence(analysis)),
    )


def _planned(analysis: Analysis) -> Iterator[Block]:
    """Yield what was planned; of many sensitivity analyses a list that reads as a sentence."""
    plan, codebook = analysis.plan, analysis.cohort.codebook
    told = planned_sentences(plan, codebook)
    if codebook.simulated:
        told = ("The data are simulated.", *told)
    beginning, each = sensitivity_sentence(plan, codebook)
    if len(each) <= _IN_A_SENTENCE:
        yield Paragraph(text=" ".join(told))
        return
    place = told.index(f"{beginning} {listed(each)}.")
    yield Paragraph(text=" ".join(told[:place]))
    yield Paragraph(text=f"{beginning}:")
    *others, last = each
    ends = [*[";"] * (len(others) - 1), "; and"]
    yield Listing(items=(*map("".join, zip(others, ends, strict=True)), f"{last}."))
    end = place + 1 + len(tuple(missing_sentences(plan, codebook)))
    for part in (told[place + 1 : end], told[end:]):
        if part:
            yield Paragraph(text=" ".join(part))


def fitted_sentences(analysis: Analysis) -> tuple[str, ...]:
    """Say what was fitted to which data, and where the plan's own order of retreat was followed."""
    told = []
    models = [results for _, results in model_keys(analysis)]
    for (kind, structure, df), group in groupby(models, key=_kind):
        sizes = joined(_size(results) for results in group)
        covariance = f" with {structure} covariance" if structure else ""
        told.append(
            f"The {kind}{covariance} was fitted to {sizes}; tests and intervals use {df_words(df)}."
        )
    for result, *_ in models:
        if result.model.not_fitted:
            failed = joined(covariance_words(name) for name, _ in result.model.not_fitted)
            told.append(
                f"For {result.outcome.label} the planned {failed} covariance could not be fitted, "
                "and the next of the plan was used."
            )
    told += [
        f"The planned model of {_label(analysis, failed)} could not be fitted; no other was put "
        "in its place."
        for failed in analysis.unanswered
    ]
    return tuple(told)


def _kind(results: Sequence[EndpointResult]) -> tuple[str, str, str]:
    model = results[0].model
    return model.kind, structure_words(model), model.df


def _size(results: Sequence[EndpointResult]) -> str:
    first = results[0]
    visits = joined(result.visit.label for result in results)
    values = counted(first.model.rows, "value")
    return (
        f"{first.outcome.label}, {visits} ({values} of {counted(first.model.subjects, 'subject')})"
    )


def _label(analysis: Analysis, failed: Unanswered) -> str:
    return endpoint_words(failed.endpoint, analysis.cohort.codebook)


def analysed_sentences(analysis: Analysis) -> tuple[str, ...]:
    """Say how many were analysed for the primary endpoint, and why the others were not."""
    flow = analysis.flow
    numbers = (
        f"For {flow.endpoint}, {flow.analysed} of {flow.randomised} randomised subjects were "
        "analysed, each in the allocated arm."
    )
    return (numbers, *left_sentences(analysis))


def worthwhile_sentences(analysis: Analysis) -> tuple[str, ...]:
    """Say which changes the effects were held against, and where these come from."""
    told = []
    for _, (result, *_) in model_keys(analysis):
        change = result.planned[0].judgement.worthwhile
        if change is None:
            continue
        declared = result.outcome.smallest_change is not None
        where = "declared in the codebook" if declared else "the first on record of the instrument"
        size = change_words(change, result.outcome.unit)
        told.append(f"{result.outcome.label}, {size}, {where} ({origin_words(change)})")
    if not told:
        return ()
    return (f"Intervals were held against the smallest worthwhile change: {'; '.join(told)}.",)


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
