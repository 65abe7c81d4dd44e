"""What a plan may not say at once, whatever the trial."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from retrostats.data.rules import Rule
from retrostats.plan.grammar import Place
from retrostats.plan.missing_contradictions import references
from retrostats.plan.model_contradictions import model, sensitivity
from retrostats.plan.types import AnalysisPlan


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Contradiction:
    """Two choices that cannot both hold, or one that does nothing."""

    place: Place
    message: str


Found = Iterator[tuple[Place, str]]


def contradictions(
    plan: AnalysisPlan, *, skip: frozenset[str] = frozenset()
) -> tuple[Contradiction, ...]:
    """Return everything in a plan that contradicts something else in it.

    Parameters
    ----------
    plan
        Any plan.
    skip
        Tables that could not be read; a rule that relies on one of them does not run.
    """
    return tuple(
        Contradiction(place=place, message=message)
        for rule, tables in RULES
        if not skip & tables
        for place, message in rule(plan)
    )


def _texts(plan: AnalysisPlan) -> Found:
    """Refuse words that are left empty; in a file the reader has done so before."""
    for table, key, text in (
        ("", "title", plan.title),
        ("estimand", "population", plan.estimand.population),
    ):
        if not text.strip():
            yield Place(table=table, key=key), f"{key} is empty; say it in words"


def _estimand(plan: AnalysisPlan) -> Found:
    events = [each.event.strip().casefold() for each in plan.estimand.intercurrent]
    for position, event in enumerate(events):
        place = Place(table="estimand.intercurrent", position=position, key="event")
        if not event:
            yield place, "event is empty; say in words what happens after randomisation"
        elif event in events[:position]:
            yield (
                place,
                (
                    f"{plan.estimand.intercurrent[position].event!r} stands twice; an event has "
                    "one strategy"
                ),
            )
    yield from _week(plan.primary.week, Place(table="estimand", key="week"))


def _week(week: float, place: Place) -> Found:
    if not 0 < week < math.inf:
        yield (
            place,
            (
                f"week {week:g} is not after baseline; the baseline is a covariate or the start of "
                "a change, and never an endpoint"
            ),
        )


def _comparisons(plan: AnalysisPlan) -> Found:
    first = plan.estimand.comparison
    if not plan.comparisons or plan.comparisons[0] != first:
        place = Place(table="comparisons")
        yield place, f"the first comparison must be that of the estimand, {first.label}"
    for at, comparison in enumerate(plan.comparisons):
        inside = comparison == first and at == 0
        place = Place(
            table="estimand" if inside else "comparisons",
            position=max(at - 1, 0),
            key="treatment" if inside else "",
        )
        arms = {comparison.treatment, comparison.comparator}
        if len(arms) == 1:
            yield place, f"{comparison.treatment!r} is compared with itself"
        before = plan.comparisons[:at]
        if comparison in before:
            where = ", and that of the estimand is always the first" if comparison == first else ""
            yield place, f"{comparison.label} stands twice{where}; take it out"
        elif any(arms == {each.treatment, each.comparator} for each in before):
            yield place, f"{comparison.label} is an earlier comparison turned round; take it out"


def _secondary(plan: AnalysisPlan) -> Found:
    for position, endpoint in enumerate(plan.secondary):
        place = Place(table="secondary", position=position)
        words = f"{endpoint.outcome} at week {endpoint.week:g}"
        if endpoint == plan.primary:
            yield place, f"{words} is the primary endpoint and cannot be secondary as well"
        elif endpoint in plan.secondary[:position]:
            yield place, f"{words} stands twice; take one out"
        yield from _week(endpoint.week, Place(table="secondary", position=position, key="week"))


def _multiplicity(plan: AnalysisPlan) -> Found:
    shared = plan.multiplicity
    place = Place(table="multiplicity", key="family")
    if shared.family == "all" and shared.method == "none":
        yield place, 'family = "all" does nothing under method = "none"; choose a method'
    elif shared.family == "all" and not plan.secondary:
        yield (
            place,
            (
                'family = "all" joins primary and secondary endpoints, and there is no secondary '
                'one; write "comparisons"'
            ),
        )


def _population(plan: AnalysisPlan) -> Found:
    rules, place = plan.population.rules, Place(table="population", key="rules")
    if plan.population.kind == "per protocol":
        if not rules:
            message = 'a population "per protocol" needs rules, e.g. rules = ["sessions >= 12"]'
            yield place, message
    elif rules:
        yield (
            place,
            (
                f'"{plan.population.kind}" leaves nobody out, so rules do nothing; take them out '
                'or write kind = "per protocol"'
            ),
        )
    yield from _repeated_rules(rules, place)


def _repeated_rules(rules: Sequence[Rule], place: Place) -> Found:
    """Refuse a rule that stands twice in one list."""
    meanings = [(rule.name, rule.operator, rule.values) for rule in rules]
    for at, rule in enumerate(rules):
        if meanings[at] in meanings[:at]:
            yield place, f"the rule {rule.text!r} stands twice; take one out"


def _responders(plan: AnalysisPlan) -> Found:
    meanings = [(each.endpoint, each.basis, each.improvement) for each in plan.responders]
    for position, each in enumerate(plan.responders):
        place = Place(table="responders", position=position)
        if not 0 < each.improvement < math.inf:
            yield place, "an improvement is positive, whichever direction is better"
        if meanings[position] in meanings[:position]:
            yield place, "the same definition stands twice; take one out"
        yield from _week(each.endpoint.week, Place(table="responders", position=position))


def _subgroups(plan: AnalysisPlan) -> Found:
    listed = [each.covariate for each in plan.subgroups]
    for position, each in enumerate(plan.subgroups):
        place = Place(table="subgroups", position=position)
        if each.covariate in listed[:position]:
            yield place, f"subgroups by {each.covariate!r} stand twice; join them"
        if len(set(each.at)) < len(each.at):
            at = Place(table="subgroups", position=position, key="at")
            yield at, f"a value stands twice in {list(each.at)}"
        if plan.model.kind == "mixed_anova":
            yield (
                place,
                (
                    'a mixed ANOVA has no interaction with a covariate; choose kind = "mmrm" or '
                    "take the subgroups out"
                ),
            )


#: Every rule with the tables that it relies on.
RULES: tuple[tuple[Callable[[AnalysisPlan], Found], frozenset[str]], ...] = (
    (_texts, frozenset({"", "estimand"})),
    (_estimand, frozenset({"estimand", "estimand.intercurrent"})),
    (_comparisons, frozenset({"estimand", "comparisons"})),
    (_secondary, frozenset({"estimand", "secondary"})),
    (model, frozenset({"model"})),
    (_multiplicity, frozenset({"multiplicity", "secondary"})),
    (_population, frozenset({"population"})),
    (sensitivity, frozenset({"sensitivity", "model", "population"})),
    (references, frozenset({"sensitivity", "estimand"})),
    (_responders, frozenset({"responders"})),
    (_subgroups, frozenset({"subgroups", "model"})),
)
