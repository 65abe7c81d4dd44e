"""Holding a plan against the codebook of the trial, before any number is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from retrostats.data.codebook.types import Codebook, Covariate
from retrostats.errors import Fault, PlanError, raise_faults
from retrostats.plan.contradictions import contradictions
from retrostats.plan.grammar import Place
from retrostats.plan.names import unknown
from retrostats.plan.rule_agreement import asked
from retrostats.plan.types import AnalysisPlan, Endpoint, Subgroup

Found = Iterator[tuple[Place, str]]


def require_fits(plan: AnalysisPlan, codebook: Codebook) -> None:
    """Refuse a plan that contradicts itself, or asks for what the trial does not have.

    Parameters
    ----------
    plan
        As read, or made in Python.
    codebook
        Of the trial.

    Raises
    ------
    PlanError
        Listing every contradiction by table and key; entries of a repeated table are counted
        from 1, as in ``secondary[2].week``.
    """
    found = {(each.place, each.message) for each in contradictions(plan)}
    for rule in RULES:
        found |= set(rule(plan, codebook))
    file = plan.source or "plan"
    against = f" against {codebook.source}" if codebook.source else ""
    faults = [Fault(file, 0, str(place), message, "key") for place, message in sorted(found)]
    raise_faults(f"plan {plan.title!r}{against}", faults, error=PlanError)


def _arms(plan: AnalysisPlan, book: Codebook) -> Found:
    known = [arm.label for arm in book.arms]
    for position, each in enumerate(plan.sensitivity):
        if each.reference is not None and each.reference not in known:
            place = Place(table="sensitivity", position=position, key="reference")
            yield place, unknown("arm", each.reference, known)
    for at, comparison in enumerate(plan.comparisons):
        table = "comparisons" if at else "estimand"
        for key in ("treatment", "comparator"):
            label = getattr(comparison, key)
            if label not in known:
                place = Place(table=table, position=max(at - 1, 0), key=key)
                yield place, unknown("arm", label, known)


def _endpoints(plan: AnalysisPlan, book: Codebook) -> Found:
    baseline = book.baseline.label
    before = [baseline] if plan.model.baseline or plan.model.kind == "mixed_anova" else []
    yield from _endpoint(plan.primary, book, Place(table="estimand"), before)
    for position, endpoint in enumerate(plan.secondary):
        yield from _endpoint(endpoint, book, Place(table="secondary", position=position), before)
    for position, each in enumerate(plan.responders):
        place = Place(table="responders", position=position)
        yield from _endpoint(each.endpoint, book, place, [baseline])


def _endpoint(endpoint: Endpoint, book: Codebook, place: Place, before: Sequence[str]) -> Found:
    """Refuse an endpoint that the trial does not have; `before` are further visits it needs."""
    key = "endpoint" if place.table == "estimand" else "outcome"
    at_outcome = Place(table=place.table, position=place.position, key=key)
    at_week = Place(table=place.table, position=place.position, key="week")
    names = [outcome.name for outcome in book.outcomes]
    if endpoint.outcome not in names:
        yield at_outcome, unknown("outcome", endpoint.outcome, names)
    visits = {visit.week: visit.label for visit in book.follow_ups}
    if endpoint.week in visits:
        if endpoint.outcome in names:
            columns = book.outcome(endpoint.outcome).columns  # of a wide file alone
            needed = [*before, visits[endpoint.week]] if columns else []
            absent = [label for label in needed if label not in columns]
            if absent:
                yield at_outcome, f"{endpoint.outcome} was not measured at {' and '.join(absent)}"
    elif endpoint.week > 0:  # a week of the baseline or before it contradicts any trial
        weeks = ", ".join(f"{week:g} ({label})" for week, label in visits.items())
        yield at_week, f"there is no visit at week {endpoint.week:g}. There are: {weeks}"


def _model(plan: AnalysisPlan, book: Codebook) -> Found:
    for name in plan.model.covariates:
        yield from _covariate(name, book, Place(table="model", key="covariates"))
    if plan.model.kind in ("mmrm", "lmm") and len(book.follow_ups) == 1:
        yield (
            Place(table="model", key="kind"),
            (
                f"{plan.model.kind} models repeated visits after baseline, and this trial has one; "
                'write kind = "ancova"'
            ),
        )
    yield from _one_follow_up(plan, book)


def _one_follow_up(plan: AnalysisPlan, book: Codebook) -> Found:
    """Refuse further analyses that one visit after baseline makes impossible or useless."""
    if len(book.follow_ups) > 1:
        return
    for position, each in enumerate(plan.sensitivity):
        place = Place(table="sensitivity", position=position, key="kind")
        if each.kind == "lmm":
            yield place, "lmm models repeated visits after baseline, and this trial has one"
        if each.kind == "complete cases" and plan.model.kind == "ancova":
            yield place, "with one visit after baseline the main analysis uses complete cases"


def _covariate(name: str, book: Codebook, place: Place) -> Found:
    known = {covariate.name: covariate for covariate in book.covariates}
    if name in known:
        if known[name].kind == "category" and len(known[name].levels) < 2:
            yield place, f"{name} has one level only, so it tells nobody apart"
    elif name in {measure.name for measure in book.adherence}:
        yield (
            place,
            (
                f"{name!r} is a measure of adherence, known only after randomisation; adjusting "
                "for it would take away part of the effect"
            ),
        )
    elif name in {outcome.name for outcome in book.outcomes}:
        yield (
            place,
            (
                f"{name!r} is an outcome; the outcome's own baseline enters by baseline = true, "
                "and the baseline of another one needs a covariate of its own in the codebook"
            ),
        )
    elif name in ("arm", "visit", "week", "baseline", "subject"):
        yield place, f"{name!r} is in the model already or stands for the design; take it out"
    else:
        yield place, unknown("covariate", name, known)


def _rules(plan: AnalysisPlan, book: Codebook) -> Found:
    yield from asked(plan.population.rules, book, Place(table="population", key="rules"))
    for position, each in enumerate(plan.sensitivity):
        place = Place(table="sensitivity", position=position, key="rules")
        yield from asked(each.rules, book, place)


def _deltas(plan: AnalysisPlan, book: Codebook) -> Found:
    outcome = next((each for each in book.outcomes if each.name == plan.primary.outcome), None)
    span = outcome.instrument.high - outcome.instrument.low if outcome else float("inf")
    for position, each in enumerate(plan.sensitivity):
        beyond = [delta for delta in each.deltas if delta > span]
        if beyond:
            place = Place(table="sensitivity", position=position, key="deltas")
            yield place, f"nobody can be worse by {beyond[0]:g}; the range is {span:g} wide"


def _responders(plan: AnalysisPlan, book: Codebook) -> Found:
    instruments = {outcome.name: outcome.instrument for outcome in book.outcomes}
    for position, each in enumerate(plan.responders):
        instrument = instruments.get(each.endpoint.outcome)
        if instrument is None:
            continue
        relative = each.basis == "relative"
        key = "improvement_percent" if relative else "improvement"
        place = Place(table="responders", position=position, key=key)
        span = instrument.high - instrument.low
        if relative and instrument.low < 0:
            yield (
                place,
                (
                    f"{instrument.name} can be negative, and a percentage of a negative baseline "
                    "has no meaning; give improvement in its unit"
                ),
            )
        elif relative and instrument.better == "lower" and each.improvement > 1:
            yield place, "nobody can fall by more than 100 % of baseline"
        elif not relative and each.improvement > span:
            yield (
                place,
                (
                    f"nobody can improve by {each.improvement:g} on {instrument.name}, which runs "
                    f"from {instrument.low:g} to {instrument.high:g}"
                ),
            )


def _subgroups(plan: AnalysisPlan, book: Codebook) -> Found:
    known = {covariate.name: covariate for covariate in book.covariates}
    for position, each in enumerate(plan.subgroups):
        if each.covariate not in known:
            place = Place(table="subgroups", position=position, key="covariate")
            yield from _covariate(each.covariate, book, place)
            continue
        for message in _subgroup(each, known[each.covariate]):
            yield Place(table="subgroups", position=position, key="at"), message


def _subgroup(each: Subgroup, covariate: Covariate) -> Iterator[str]:
    if covariate.kind == "category":
        if each.at:
            yield f"{covariate.name} is a category, whose levels are the subgroups; take at out"
        if len(covariate.levels) < 2:
            yield f"{covariate.name} has one level only, so there are no subgroups"
        return
    if not each.at:
        yield (
            f"{covariate.name} is a number; say at which values the effect is shown, as in "
            "at = [50, 60]"
        )
    outside = [value for value in each.at if not covariate.low <= value <= covariate.high]
    if outside:
        yield (
            f"{', '.join(f'{value:g}' for value in outside)} outside the range of "
            f"{covariate.name}, {covariate.low:g} to {covariate.high:g}"
        )


#: Every rule that needs the codebook.
RULES: tuple[Callable[[AnalysisPlan, Codebook], Found], ...] = (
    _arms,
    _endpoints,
    _model,
    _rules,
    _deltas,
    _responders,
    _subgroups,
)
