"""A trial analysed by its plan, from the checked cohort to every number of the report."""

from __future__ import annotations

from pathlib import Path

from retrostats.analysis.answers import Answer
from retrostats.analysis.endpoints import (
    Request,
    adjusted_p,
    answer,
    endpoint_result,
    fit_notes,
    plain_reason,
)
from retrostats.analysis.missing_scores import cohort_of, plan_of
from retrostats.analysis.population import Members, members
from retrostats.analysis.sensitivity import sensitivity_rows
from retrostats.analysis.subgroups import subgroup_result
from retrostats.analysis.types import Analysis, EndpointResult, Unanswered
from retrostats.data.cohort.types import Cohort
from retrostats.description.adherence import adherence_rows
from retrostats.description.baseline import baseline_table
from retrostats.description.flow import describe_flow
from retrostats.description.responders import improvement_curves, responder_table
from retrostats.description.types import ImprovementCurve
from retrostats.description.visits import outcome_summaries
from retrostats.errors import PlanError, RetrostatsError
from retrostats.plan.agreement import require_fits
from retrostats.plan.sentences import strategy_caveats
from retrostats.plan.types import AnalysisPlan, Endpoint
from retrostats.progress import Show, told


def analyse(
    cohort: Cohort, plan: AnalysisPlan | Path | str, *, progress: Show | None = None
) -> Analysis:
    """Analyse a trial by its plan.

    Parameters
    ----------
    cohort
        The checked data, from `read_cohort`.
    plan
        From `read_plan`, or the path of its file.
    progress
        Called with words and the share of the work done, from 0 to 1. Without it, long work
        shows a bar in a notebook.

    Returns
    -------
    Analysis
        Everything that the report shows. Estimates are treatment minus comparator in the unit
        of the outcome.

    Raises
    ------
    DataError
        If `cohort` is no cohort.
    PlanError
        If the plan asks for something that the codebook or the data do not have, or its model
        of the primary endpoint cannot be fitted to these data. Another model is never put in
        its place.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> analysis = rs.analyse(cohort, folder / "plan.toml")
    >>> print(analysis.answer)
    retro - control: -0.797 points (95% CI -1.44 to -0.157), df 54.9
    >>> print(analysis.primary.planned[0].judgement.verdict)
    better, less than worthwhile
    """
    cohort, plan = cohort_of(cohort, "analyse"), plan_of(plan, "analyse")
    require_fits(plan, cohort.codebook)
    with told(progress) as tell:
        return _analysed(cohort, plan, tell)


def _analysed(cohort: Cohort, plan: AnalysisPlan, tell: Show) -> Analysis:
    who = members(cohort, plan.population)
    requests = [_request(cohort, plan, endpoint, who) for endpoint in plan.endpoints]
    found, unanswered = _answers(requests, tell)
    endpoints = _results(plan, requests, found)
    tell("Sensitivity analyses and subgroups", 0.6)
    primary = found[0]
    if primary is None:
        raise AssertionError("a primary endpoint without an answer is an error before this")
    sensitivity = sensitivity_rows(requests[0], primary, plan.sensitivity)
    subgroups = tuple(subgroup_result(requests[0], each) for each in plan.subgroups)
    tell("Describing the trial", 0.8)
    return Analysis(
        cohort=cohort,
        plan=plan,
        flow=describe_flow(
            cohort,
            plan,
            members=who.inside,
            excluded=who.excluded,
            analysed=primary.subjects,
        ),
        baseline=baseline_table(cohort, plan.comparisons),
        outcomes=outcome_summaries(cohort, members=who.inside),
        adherence=adherence_rows(cohort),
        endpoints=endpoints,
        unanswered=unanswered,
        responders=tuple(
            responder_table(
                cohort, each, plan.comparisons, level=plan.model.level, members=who.inside
            )
            for each in plan.responders
        ),
        curves=_curves(cohort, plan, who),
        sensitivity=sensitivity,
        subgroups=subgroups,
        caveats=_caveats(cohort, plan, endpoints, unanswered),
    )


def _curves(
    cohort: Cohort, plan: AnalysisPlan, who: Members
) -> dict[str, tuple[ImprovementCurve, ...]]:
    """Return the cumulative curves of every endpoint that has a responder definition."""
    endpoints = tuple(dict.fromkeys(each.endpoint for each in plan.responders))
    outcomes = [endpoint.outcome for endpoint in endpoints]
    named = {
        endpoint: endpoint.outcome
        if outcomes.count(endpoint.outcome) == 1
        else f"{endpoint.outcome} {cohort.codebook.visit_at(endpoint.week).label}"
        for endpoint in endpoints
    }
    return {
        name: improvement_curves(cohort, endpoint, members=who.inside)
        for endpoint, name in named.items()
    }


def _request(cohort: Cohort, plan: AnalysisPlan, endpoint: Endpoint, who: Members) -> Request:
    return Request(
        cohort=cohort,
        endpoint=endpoint,
        model=plan.model,
        inside=who.inside,
        comparisons=plan.comparisons,
    )


def _answers(
    requests: list[Request], tell: Show
) -> tuple[list[Answer | None], tuple[Unanswered, ...]]:
    """Fit every endpoint; without the primary one there is no analysis."""
    found: list[Answer | None] = []
    failed: list[Unanswered] = []
    for place, request in enumerate(requests):
        tell(f"Fitting {request.endpoint.outcome}", 0.6 * place / len(requests))
        try:
            found.append(answer(request))
        except RetrostatsError as error:
            if place == 0:
                raise PlanError(
                    f"the planned model of the primary endpoint ({request.endpoint.outcome}, "
                    f"{request.visit}) cannot be fitted to these data: {error}"
                ) from error
            found.append(None)
            failed.append(Unanswered(endpoint=request.endpoint, reason=plain_reason(error)))
    return found, tuple(failed)


def _results(
    plan: AnalysisPlan, requests: list[Request], found: list[Answer | None]
) -> tuple[EndpointResult, ...]:
    estimates = [
        [each.estimate(c, request.visit) for c in plan.comparisons] if each else None
        for request, each in zip(requests, found, strict=True)
    ]
    adjusted = adjusted_p(plan, estimates)
    return tuple(
        endpoint_result(request, each, "secondary" if place else "primary", p)
        for place, (request, each, p) in enumerate(zip(requests, found, adjusted, strict=True))
        if each is not None
    )


def _caveats(
    cohort: Cohort,
    plan: AnalysisPlan,
    endpoints: tuple[EndpointResult, ...],
    unanswered: tuple[Unanswered, ...],
) -> tuple[str, ...]:
    """Return what a reader must know, each once, the gravest first."""
    told: list[str] = []
    for failed in unanswered:
        label = cohort.codebook.outcome(failed.endpoint.outcome).label
        visit = cohort.codebook.visit_at(failed.endpoint.week).label
        told.append(f"{label}, {visit}: no answer; {failed.reason}")
    for result in endpoints:
        place = f"{result.outcome.label}, {result.visit.label}"
        model = result.model
        notes = fit_notes(model.not_fitted, model.covariance, model.caveats)
        told += [f"{place}: {note}" for note in notes]
    told += strategy_caveats(plan)
    if cohort.warnings:
        count = len(cohort.warnings)
        words = "warning" if count == 1 else "warnings"
        told.append(f"the checks of the data gave {count} {words}; see the section on the data")
    return tuple(dict.fromkeys(told))
