"""What the files of each endpoint are called."""

from __future__ import annotations

from collections import Counter

from retrostats.analysis.types import Analysis, EndpointResult


def endpoint_keys(analysis: Analysis) -> tuple[tuple[str, EndpointResult], ...]:
    """Return each endpoint with its key: the outcome's name, and its week where that is needed."""
    names = Counter(result.outcome.name for result in analysis.endpoints)
    return tuple((_key(result, names), result) for result in analysis.endpoints)


def _key(result: EndpointResult, names: Counter[str]) -> str:
    name = result.outcome.name
    if names[name] == 1:
        return name
    week = f"{result.visit.week:g}".replace(".", "_")
    return f"{name}_week_{week}"
