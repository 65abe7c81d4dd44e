"""A printed difference of means against the means themselves."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.data.published import Figure, PublishedTrial
from retrostats.integrity.checks.two_arms import TwoScores, compared, visit_family
from retrostats.integrity.findings import Finding
from retrostats.integrity.inputs import (
    base_time,
    change_from_visits,
    pair,
    score,
)


def differences(trial: PublishedTrial, figure: Figure) -> Iterator[Finding]:
    """Yield the printed difference of means against the means themselves.

    Only the means are needed, so a table without SDs is checked too. A difference in
    change comes from the printed changes, or else from the means at both visits.
    """
    if figure.statistic not in {"mean_difference", "mean_difference_in_change"}:
        return
    arms = pair(trial, figure.contrast)
    if arms is None or figure.test == "ancova":
        return
    in_change = figure.is_change or figure.statistic == "mean_difference_in_change"
    routes = _change_routes if in_change else _visit_routes
    for route, scores in routes(trial, figure, arms):
        if scores.treated.mean is not None and scores.control.mean is not None:
            yield compared(figure, scores, route, scores.treated.mean - scores.control.mean)


Routes = Iterator[tuple[str, TwoScores]]


def _visit_routes(trial: PublishedTrial, figure: Figure, arms: tuple[str, str]) -> Routes:
    treated, control = (score(trial, arm, figure.outcome, figure.timepoint) for arm in arms)
    family = visit_family(trial, figure.timepoint)
    yield f"means, {family}", TwoScores(family=family, treated=treated, control=control)


def _change_routes(trial: PublishedTrial, figure: Figure, arms: tuple[str, str]) -> Routes:
    visit = base_time(figure.timepoint)
    treated, control = (score(trial, arm, figure.outcome, f"change {visit}") for arm in arms)
    yield (
        "means, change scores",
        TwoScores(family="change scores", treated=treated, control=control),
    )
    treated, control = (change_from_visits(trial, arm, figure.outcome, visit) for arm in arms)
    yield (
        "means at both visits",
        TwoScores(family="change scores", treated=treated, control=control),
    )
