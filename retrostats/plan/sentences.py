"""The plan in plain sentences, for the methods section of a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retrostats.data.codebook.types import Codebook
from retrostats.plan.names import COVARIANCES, DEGREES_OF_FREEDOM, MODEL_WORDS
from retrostats.plan.types import AnalysisPlan, IntercurrentEvent, ModelPlan
from retrostats.plan.words import (
    amount,
    endpoint_words,
    listed,
    responder_words,
    sensitivity_words,
    subgroup_words,
)

#: What a strategy asks for beyond what the data on their own can give.
_CAVEATS = {
    "hypothetical": (
        "asks what would have been without the event; that holds only if values after the event "
        "were left out of the file before, and are missing at random"
    ),
    "composite": (
        "makes the event part of the outcome; that holds only if the values in the file were set "
        "so before"
    ),
    "while on treatment": (
        "asks for the outcome until the event; that holds only if the file gives the last value "
        "before the event at the week of the endpoint"
    ),
    "principal stratum": (
        "asks for the effect in people who would not have the event under either treatment; who "
        "they are cannot be seen in the data, and the analysis does not estimate it"
    ),
}


def planned_sentences(plan: AnalysisPlan, codebook: Codebook) -> tuple[str, ...]:
    """Return the plan as English sentences.

    Parameters
    ----------
    plan
        A plan that fits the codebook.
    codebook
        Labels and units.

    Returns
    -------
    tuple of str
        Estimand with its five attributes, comparisons, secondary endpoints, model, inference,
        multiplicity, population, sensitivity, responders, subgroups; each ends in a full stop.
    """
    return (
        *_estimand(plan, codebook),
        *_endpoints(plan, codebook),
        *_model(plan, codebook),
        *_multiplicity(plan),
        *_population(plan),
        *_further(plan, codebook),
    )


def strategy_caveats(plan: AnalysisPlan) -> tuple[str, ...]:
    """Return what the strategies for intercurrent events ask of the data, one sentence each.

    The file holds no dates of intercurrent events, so every analysis uses all values that were
    observed, which is the treatment policy. Of any other strategy the caveat says what must
    have been done to the file before.
    """
    events = plan.estimand.intercurrent
    told = [
        f"The strategy for {_quoted(each)}, {each.strategy}, {_CAVEATS[each.strategy]}. The "
        "analysis itself uses every value in the file"
        for each in events
        if each.strategy != "treatment policy"
    ]
    if not events:
        told.append(
            "The plan names no intercurrent event; all observed values are used whatever "
            "happened, which is the treatment policy"
        )
    policy = [each for each in events if each.strategy == "treatment policy"]
    if policy and plan.population.kind == "per protocol":
        told.append(
            f"The estimand takes {listed([_quoted(each) for each in policy])} by treatment "
            "policy, whatever happened, but the population is per protocol; those left out may "
            "differ, and the comparison is no longer the randomised one"
        )
    elif plan.population.kind == "per protocol":
        told.append(
            "The population is per protocol; those left out may differ between the arms, and the "
            "comparison is no longer the randomised one"
        )
    return tuple(f"{sentence}." for sentence in told)


def _quoted(event: IntercurrentEvent) -> str:
    return f'"{event.event}"'


def _estimand(plan: AnalysisPlan, book: Codebook) -> Iterator[str]:
    estimand = plan.estimand
    names = {arm.label: arm.name for arm in book.arms}
    treatment, comparator = (
        names[label] for label in (estimand.comparison.treatment, estimand.comparison.comparator)
    )
    outcome = book.outcome(plan.primary.outcome)
    yield (
        f"The primary estimand is the {estimand.summary}, treatment minus comparator, in "
        f"{endpoint_words(plan.primary, book)} ({outcome.instrument.name}, {outcome.unit}; "
        f"{outcome.instrument.better} is better): {treatment} compared with {comparator}, in "
        f"this population: {estimand.population}."
    )
    for each in estimand.intercurrent:
        yield f"The intercurrent event {_quoted(each)} is handled by {_strategy(each)}."


def _strategy(event: IntercurrentEvent) -> str:
    if event.strategy == "treatment policy":
        return "treatment policy: values are used as observed, whatever happened"
    words = {"hypothetical": "a hypothetical strategy", "composite": "a composite strategy"}
    words |= {"while on treatment": "the while-on-treatment strategy"}
    return words.get(event.strategy, "the principal-stratum strategy")


def _endpoints(plan: AnalysisPlan, book: Codebook) -> Iterator[str]:
    if len(plan.comparisons) > 1:
        labels = [f"{each.treatment} minus {each.comparator}" for each in plan.comparisons[1:]]
        yield f"Further comparisons are {listed(labels)}."
    if plan.secondary:
        words = [endpoint_words(endpoint, book) for endpoint in plan.secondary]
        verb = "endpoint is" if len(words) == 1 else "endpoints are"
        the = "The secondary" if len(words) == 1 else "Secondary"
        yield f"{the} {verb} {listed(words)}."


def _model(plan: AnalysisPlan, book: Codebook) -> Iterator[str]:
    model = plan.model
    yield f"Each endpoint is analysed by {_kind(model)}."
    if model.kind == "mixed_anova":
        yield (
            "It uses subjects with every visit; tests within subjects are corrected by "
            "Greenhouse and Geisser's epsilon."
        )
    adjusted = [*_baseline_terms(model), *(book.covariate(c).label for c in model.covariates)]
    if adjusted:
        yield f"It adjusts for {listed(adjusted)}."
    elif model.kind != "mixed_anova":
        yield "It adjusts neither for the baseline of the outcome nor for covariates."
    yield from _covariance(model)
    yield from _inference(model)


def _kind(model: ModelPlan) -> str:
    parts = {
        "mmrm": " with arm, visit and their interaction at all visits after baseline",
        "lmm": ", arm, visit and their interaction at all visits after baseline",
        "ancova": " at the week of the endpoint, with the arm",
        "mixed_anova": " with the arm between subjects and the visit, baseline included, within",
    }
    return MODEL_WORDS[model.kind] + parts[model.kind]


def _baseline_terms(model: ModelPlan) -> list[str]:
    if not model.baseline:
        return []
    by_visit = " (with a slope for each visit)" if model.baseline_by_visit else ""
    return [f"the baseline of the outcome{by_visit}"]


def _covariance(model: ModelPlan) -> Iterator[str]:
    if not model.covariance:
        return
    first, *rest = [f"{COVARIANCES[name]} ({name})" for name in model.covariance]
    sentence = (
        f"The covariance of the visits is {first}, estimated by restricted maximum likelihood"
    )
    if rest:
        sentence += (
            f"; if it cannot be fitted, {', then '.join(rest)} "
            f"{'takes' if len(rest) == 1 else 'take'} its place in this order, and the result "
            "says so"
        )
    yield f"{sentence}."


def _inference(model: ModelPlan) -> Iterator[str]:
    level = f"{amount(100 * model.level)}%"
    if model.kind in ("mmrm", "lmm"):
        yield f"Tests and {level} confidence intervals use {DEGREES_OF_FREEDOM[model.df]}."
    else:
        robust = model.standard_errors != "classical"
        errors = f" and {model.standard_errors} standard errors" if robust else ""
        yield f"Tests and {level} confidence intervals use residual degrees of freedom{errors}."


def _multiplicity(plan: AnalysisPlan) -> Iterator[str]:
    shared = plan.multiplicity
    family = (
        "the comparisons of each endpoint by themselves"
        if shared.family == "comparisons"
        else "the comparisons of primary and secondary endpoints together"
    )
    yield {
        "none": "p values are not adjusted for multiple comparisons.",
        "holm": f"p values are adjusted by Holm's method over {family}.",
        "hierarchical": (
            f"Hypotheses are tested in the order of the plan over {family}, each only while all "
            "before it were rejected."
        ),
    }[shared.method]


def _population(plan: AnalysisPlan) -> Iterator[str]:
    rules = [rule.text for rule in plan.population.rules]
    if plan.population.kind == "all randomised":
        yield "All randomised subjects are analysed in the arm to which they were allocated."
    else:
        yield f"The analysed population is per protocol: subjects who meet {listed(rules)}."


def _further(plan: AnalysisPlan, book: Codebook) -> Iterator[str]:
    unit = book.outcome(plan.primary.outcome).unit
    words: Sequence[str] = [
        sensitivity_words(each, plan.primary, unit) for each in plan.sensitivity
    ]
    if words:
        verb = (
            "analysis of the primary endpoint is"
            if len(words) == 1
            else ("analyses of the primary endpoint are")
        )
        yield f"The sensitivity {verb} {listed(words)}."
    for definition in plan.responders:
        yield responder_words(definition, book)
    if plan.subgroups:
        groups = listed([subgroup_words(each, book) for each in plan.subgroups])
        yield (
            "Subgroup effects on the primary endpoint are estimated by the interaction with "
            f"{groups}."
        )
