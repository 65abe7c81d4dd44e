"""The plan in plain sentences, for the methods section of a report."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.data.codebook.types import Codebook
from retrostats.plan.model_sentences import model_sentences
from retrostats.plan.sensitivity_words import missing_sentences, sensitivity_words
from retrostats.plan.types import AnalysisPlan, IntercurrentEvent
from retrostats.plan.words import (
    endpoint_words,
    instrument_words,
    listed,
    responder_words,
    subgroup_words,
)

#: What each strategy is called in a sentence.
STRATEGY_WORDS = {
    "treatment policy": "the treatment-policy strategy",
    "hypothetical": "a hypothetical strategy",
    "composite": "a composite strategy",
    "while on treatment": "the while-on-treatment strategy",
    "principal stratum": "the principal-stratum strategy",
}

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
        *model_sentences(plan, codebook),
        *_multiplicity(plan),
        *_population(plan),
        *_further(plan, codebook),
    )


def sensitivity_sentence(plan: AnalysisPlan, codebook: Codebook) -> tuple[str, tuple[str, ...]]:
    """Return the sensitivity analyses: how their sentence begins, and the words for each.

    Parameters
    ----------
    plan, codebook
        A plan that fits the codebook.

    Returns
    -------
    tuple
        Both are empty where none is planned. In `planned_sentences` they are one sentence.
    """
    unit = codebook.outcome(plan.primary.outcome).unit
    words = tuple(sensitivity_words(each, plan.primary, unit) for each in plan.sensitivity)
    if not words:
        return "", ()
    verb = "analysis of the primary endpoint is"
    if len(words) > 1:
        verb = "analyses of the primary endpoint are"
    return f"The sensitivity {verb}", words


def strategy_caveats(plan: AnalysisPlan) -> tuple[str, ...]:
    """Return what the strategies for intercurrent events ask of the data, one sentence each.

    The file holds no dates of intercurrent events, so every analysis uses all values that were
    observed, which is the treatment policy. Of any other strategy the caveat says what must
    have been done to the file before.
    """
    events = plan.estimand.intercurrent
    told = [
        f"The strategy for {_quoted(each)}, {each.strategy}, {_CAVEATS[each.strategy]}. The "
        "analysis itself uses every value in the file as it stands"
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
    measured = "; ".join(
        [*filter(None, [instrument_words(outcome)]), f"{outcome.instrument.better} is better"]
    )
    yield (
        f"The primary estimand is the {estimand.summary}, treatment minus comparator, in "
        f"{endpoint_words(plan.primary, book)} ({measured}): {treatment} compared with "
        f"{comparator}, in this population: {estimand.population}."
    )
    for each in estimand.intercurrent:
        yield _strategy(each)


def _strategy(event: IntercurrentEvent) -> str:
    """Say which strategy is planned; only treatment policy is what the analysis can carry out."""
    if event.strategy == "treatment policy":
        return (
            f"The intercurrent event {_quoted(event)} is handled by treatment policy: values are "
            "used as observed, whatever happened."
        )
    planned = STRATEGY_WORDS[event.strategy]
    return (
        f"For the intercurrent event {_quoted(event)} the plan names {planned}; every value in the "
        "file is used as it stands."
    )


def _endpoints(plan: AnalysisPlan, book: Codebook) -> Iterator[str]:
    if len(plan.comparisons) > 1:
        names = {arm.label: arm.name for arm in book.arms}
        others = [
            f"{names[each.treatment]} minus {names[each.comparator]}"
            for each in plan.comparisons[1:]
        ]
        comparisons = "comparison is" if len(others) == 1 else "comparisons are"
        yield f"The further {comparisons} {listed(others)}."
    if plan.secondary:
        words = [endpoint_words(endpoint, book) for endpoint in plan.secondary]
        verb = "endpoint is" if len(words) == 1 else "endpoints are"
        the = "The secondary" if len(words) == 1 else "Secondary"
        yield f"{the} {verb} {listed(words)}."


def _multiplicity(plan: AnalysisPlan) -> Iterator[str]:
    shared = plan.multiplicity
    together = shared.family == "all" and plan.secondary
    family = (
        "the comparisons of primary and secondary endpoints together"
        if together
        else "the comparisons of each endpoint by themselves"
    )
    yield {
        "none": "p values are not adjusted for multiple comparisons.",
        "holm": f"p values are adjusted by Holm's method over {family}.",
        "hierarchical": (
            f"Hypotheses are tested in the order of the plan over {family}, each only while all "
            "before it were rejected."
        ),
    }[shared.method]
    if plan.secondary and shared.method != "none" and not together:
        yield "No error rate is shared across endpoints."
    yield (
        "Estimates, intervals and what they say of the smallest worthwhile change are those of "
        "single comparisons and are not adjusted for multiplicity."
    )


def _population(plan: AnalysisPlan) -> Iterator[str]:
    rules = [rule.text for rule in plan.population.rules]
    if plan.population.kind == "all randomised":
        yield "The planned population is all randomised subjects, in the arm of their allocation."
    else:
        yield (
            f"The planned population is per protocol: subjects who meet {listed(rules)}, in the "
            "arm of their allocation."
        )


def _further(plan: AnalysisPlan, book: Codebook) -> Iterator[str]:
    beginning, words = sensitivity_sentence(plan, book)
    if words:
        yield f"{beginning} {listed(words)}."
    yield from missing_sentences(plan, book)
    for definition in plan.responders:
        yield responder_words(definition, book)
    if plan.responders:
        yield (
            "Shares of responders have Wilson's intervals, their differences Newcombe's; risk "
            "ratios have normal intervals on the log scale."
        )
    if plan.subgroups:
        groups = listed([subgroup_words(each, book) for each in plan.subgroups])
        yield (
            "Subgroup effects on the primary endpoint are estimated by the interaction with "
            f"{groups}."
        )
