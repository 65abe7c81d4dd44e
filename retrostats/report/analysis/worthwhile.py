"""Effects held against what patients notice and what measurement can tell, in words."""

from __future__ import annotations

from collections.abc import Sequence

from retrostats.analysis.judging import MEANINGS
from retrostats.analysis.types import EndpointResult, PlannedContrast
from retrostats.data.codebook.types import Outcome
from retrostats.instruments import Change
from retrostats.layout import decimals, number
from retrostats.plan.words import quantity


def worthwhile_words(contrast: PlannedContrast, result: EndpointResult) -> str:
    """Return the smallest worthwhile change as a sentence, without its source."""
    change = contrast.judgement.worthwhile
    if change is None:
        return contrast.judgement.sentence
    return f"The smallest worthwhile change is {size_words(change, result)}."


def size_words(change: Change, result: EndpointResult) -> str:
    """Return the size of a worthwhile change, of a share of baseline also in the unit."""
    unit = result.outcome.unit
    if change.basis == "absolute":
        return quantity(change.value, unit)
    share = f"{100 * change.value:.3g}% of the mean at baseline"
    mean = baseline_mean(result)
    if mean is None:
        return share
    size = change.value * mean
    return f"{share}, {number(size, decimals(size, 2))} {unit}".rstrip()


def held_against_words(results: Sequence[EndpointResult]) -> str:
    """Return the smallest worthwhile change of each endpoint, so that verdicts can be checked.

    Parameters
    ----------
    results
        The endpoints of the table of contrasts.
    """
    told, unknown = [], []
    for result in results:
        where = f"{result.outcome.label}, {result.visit.label}"
        change = next((p.judgement.worthwhile for p in result.planned), None)
        if change is None:
            unknown.append(where)
        else:
            told.append(f"{where}: {size_words(change, result)} ({origin_words(change)})")
    sizes = f"It is for {'; for '.join(told)}." if told else ""
    none = f"Not judged, as none is known: {'; '.join(unknown)}." if unknown else ""
    return " ".join(filter(None, (sizes, none)))


def other_words(contrast: PlannedContrast, result: EndpointResult) -> str:
    """Return the other worthwhile changes on record with their sources; empty where none is."""
    told = [
        f"{size_words(change, result)} ({origin_words(change)})"
        for change, _ in contrast.judgement.alternatives
    ]
    return f"Also on record: {'; '.join(told)}." if told else ""


def disputed_words(contrast: PlannedContrast, result: EndpointResult) -> str:
    """Return which other values on record judge otherwise; empty where none does."""
    told = [
        f"by {size_words(change, result)}, it {MEANINGS[verdict]}"
        for change, verdict in contrast.judgement.alternatives
        if verdict != contrast.judgement.verdict
    ]
    return f" Other values on record judge otherwise: {'; '.join(told)}." if told else ""


def origin_words(change: Change) -> str:
    """Return what a change is called, in whom it was found and where that is printed."""
    return "; ".join(filter(None, (change.quantity, change.population, change.source)))


def baseline_mean(result: EndpointResult) -> float | None:
    """Return the mean at baseline of the subjects analysed; ``None`` where the model has none."""
    if not result.start:
        return None
    if len(set(result.start.values())) == 1:  # all arms start from the mean of all
        return next(iter(result.start.values()))
    # Each arm starts from its own mean, and the same subjects are used at every visit.
    sizes = result.counts[result.visit.label]
    return sum(sizes[arm] * mean for arm, mean in result.start.items()) / sum(
        sizes[arm] for arm in result.start
    )


def judged_words(contrast: PlannedContrast) -> str:
    """Return what the interval means against the smallest worthwhile change, as a clause."""
    return f"the interval {MEANINGS[contrast.judgement.verdict]}"


def error_words(contrast: PlannedContrast, outcome: Outcome) -> str:
    """Return the change that measurement error alone can produce; empty where none is known."""
    error = contrast.judgement.error
    if error is None:
        return ""
    return (
        f"The smallest detectable change of one person is {change_words(error, outcome.unit)} "
        f"({origin_words(error)}); it concerns single people and not means."
    )


def change_words(change: Change, unit: str) -> str:
    """Return the size of a change, e.g. ``"2 points"`` or ``"12% of baseline"``."""
    if change.basis == "relative":
        return f"{100 * change.value:.3g}% of baseline"
    return quantity(float(f"{change.value:.3g}"), unit)
