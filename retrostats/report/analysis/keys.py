"""What the files of each endpoint, model and curve are called."""

from __future__ import annotations

from collections import Counter

from retrostats.analysis.types import Analysis, EndpointResult
from retrostats.plan.types import Endpoint


def endpoint_keys(analysis: Analysis) -> tuple[tuple[str, EndpointResult], ...]:
    """Return each endpoint with its key: the outcome's name, and its week where that is needed."""
    names = Counter(result.outcome.name for result in analysis.endpoints)
    return tuple(
        (_key(result.outcome.name, result.visit.week, names), result)
        for result in analysis.endpoints
    )


def model_keys(analysis: Analysis) -> tuple[tuple[str, tuple[EndpointResult, ...]], ...]:
    """Return each fitted model with its key and its endpoints, in order of first appearance.

    A model of all visits answers every endpoint of its outcome; models of one visit each answer
    one, and their keys then have the week of the endpoint.
    """
    models: dict[tuple[str, str], list[EndpointResult]] = {}
    for result in analysis.endpoints:
        models.setdefault((result.outcome.name, result.model.digest), []).append(result)
    names = Counter(name for name, _ in models)
    return tuple(
        (_key(name, results[0].visit.week, names), tuple(results))
        for (name, _), results in models.items()
    )


def curve_keys(analysis: Analysis) -> tuple[tuple[str, str, Endpoint], ...]:
    """Return the key of each figure of responders, the name of its curves, and its endpoint."""
    endpoints = list(dict.fromkeys(each.endpoint for each in analysis.plan.responders))
    names = Counter(endpoint.outcome for endpoint in endpoints)
    return tuple(
        (_key(endpoint.outcome, endpoint.week, names), name, endpoint)
        for name, endpoint in zip(analysis.curves, endpoints, strict=True)
    )


def _key(name: str, week: float, names: Counter[str]) -> str:
    if names[name] == 1:
        return name
    return f"{name}_week_{week:g}".replace(".", "_")
