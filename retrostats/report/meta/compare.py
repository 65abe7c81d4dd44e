"""Pooled results that reviews printed, held against what is pooled here."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrostats.data.grammar import STANDARDISED
from retrostats.data.published import Figure, PublishedTrial
from retrostats.data.study_words import outcome_group, study_labels
from retrostats.estimate import Estimate
from retrostats.report.meta.types import Evidence

#: Groups of outcomes by the word that a user asks with.
GROUPS = {
    "pain": "Pain",
    "function": "Function and disability",
    "mobility": "Mobility",
    "strength": "Strength",
}
#: A review is about walking backward where its contrast says so; one of forward walking against
#: no exercise answers another question.
_BACKWARD = re.compile(r"\b(bwe?|retro\w*|backwards?)\b", re.IGNORECASE)
#: Standardised units, in which figures of reviews are printed too.
_SD = "SD"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPool:
    """A pooled effect as a review prints it.

    Attributes
    ----------
    review, label
        Id of its folder, and first author with year.
    outcome, contrast, timepoint, statistic
        In its words.
    value, low, high
        With the sign that the estimates here have; limits are ``nan`` where none is printed.
    printed
        As it stands in the paper, with the sign that it has there.
    trials
        How many trials the review has; ``None`` where it does not say.
    source
        Where in the paper.
    turned
        Whether the sign was turned to that of the estimates here.
    """

    review: str
    label: str
    outcome: str
    contrast: str
    timepoint: str
    statistic: str
    value: float
    low: float
    high: float
    printed: str
    trials: int | None
    source: str
    turned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One published pooled effect beside ours.

    Attributes
    ----------
    published
        Theirs.
    difference
        Ours minus theirs, in SD.
    overlap
        Whether the two intervals have a point in common; ``None`` where theirs is not printed.
    inside
        Whether their value lies in our interval.
    reasons
        Why one expects the two to differ, from the facts on file.
    """

    published: PublishedPool
    difference: float
    overlap: bool | None
    inside: bool
    reasons: tuple[str, ...]


def published_pools(
    reviews: Sequence[PublishedTrial], evidence: Evidence
) -> tuple[PublishedPool, ...]:
    """Return the standardised pooled effects of backward walking that reviews print.

    Parameters
    ----------
    reviews
        Any publications; only those whose role is ``"review"`` count.
    evidence
        Its outcome says which figures are wanted, its direction which sign.
    """
    group = GROUPS.get(evidence.outcome)
    if group is None or not evidence.benefit:
        return ()
    labels = study_labels(reviews)
    return tuple(
        _published(review, figure, labels[review.id], evidence)
        for review in reviews
        if review.role == "review"
        for figure in review.figures
        if figure.statistic in STANDARDISED
        and _BACKWARD.search(figure.contrast)
        and outcome_group(figure.outcome) == group
        and review.outcome(figure.outcome).benefit(change=False)
        and figure.printed.value is not None
    )


def _published(
    review: PublishedTrial, figure: Figure, label: str, evidence: Evidence
) -> PublishedPool:
    wanted = 1 if evidence.benefit == "positive" else -1
    turned = review.outcome(figure.outcome).benefit(change=False) != wanted
    sign = -1.0 if turned else 1.0
    place = {"outcome": figure.outcome, "timepoint": figure.timepoint, "contrast": figure.contrast}
    low, high = (_value(review, f"ci_{end}", place) for end in ("low", "high"))
    ends = sorted((sign * low, sign * high)) if not math.isnan(low + high) else [math.nan] * 2
    counted = next((f for f in review.figures if f.statistic == "k"), None)
    return PublishedPool(
        review=review.id,
        label=label,
        outcome=figure.outcome,
        contrast=figure.contrast,
        timepoint=figure.timepoint,
        statistic=figure.statistic,
        value=sign * _number(figure),
        low=ends[0],
        high=ends[1],
        printed=figure.printed.text,
        trials=int(_number(counted)) if counted else None,
        source=figure.source,
        turned=turned,
    )


def _value(review: PublishedTrial, statistic: str, place: dict[str, str]) -> float:
    figure = next(review.find(statistic=statistic, **place), None)
    return _number(figure) if figure else math.nan


def _number(figure: Figure) -> float:
    value = figure.printed.value
    return math.nan if value is None else float(value)


def compare(pooled: Estimate, published: PublishedPool, evidence: Evidence) -> Comparison | None:
    """Hold a published pooled effect against ours; ``None`` where ours is not standardised.

    The two share trials, so that their difference has no standard error here and is not tested.

    Parameters
    ----------
    pooled
        Ours.
    published
        Theirs, with the same sign.
    evidence
        What ours was pooled from.
    """
    if pooled.unit != _SD:
        return None
    low, high, _ = pooled.ci
    known = not math.isnan(published.low)
    return Comparison(
        published=published,
        difference=pooled.value - published.value,
        overlap=bool(published.low <= high and low <= published.high) if known else None,
        inside=bool(low <= published.value <= high),
        reasons=tuple(_reasons(published, evidence)),
    )


def _reasons(published: PublishedPool, evidence: Evidence) -> Iterator[str]:
    here = len(evidence.estimates)
    if published.trials is not None:
        yield (
            f"The review has {published.trials} trials, here are {here}; which trials it pooled "
            "for this outcome is not on file, and some may be in both, so that the two results "
            "must not be taken for independent."
        )
    else:
        yield f"How many trials the review pooled is not on file; here are {here}."
    if published.source.startswith("abstract"):
        yield (
            "Only the abstract of the review is on file, so that its trials, its model of pooling "
            "and the heterogeneity that it found cannot be checked."
        )
    yield (
        "The review had the papers of its trials; here only figures that are on file can be used, "
        f"and {_lacking(evidence)}."
    )
    contrasts = list(dict.fromkeys(row.contrast for row in evidence.used if row.contrast))
    if contrasts:
        yield (
            f"It compares {published.contrast}; the trials here compare "
            f"{'; '.join(each.replace(' - ', ' with ') for each in contrasts)}."
        )
    times = list(dict.fromkeys(row.timepoint for row in evidence.used if row.timepoint))
    if times:
        yield f"Its time is {published.timepoint}, that of the trials here {' and '.join(times)}."


def _lacking(evidence: Evidence) -> str:
    left = len(evidence.left_out)
    if not left:
        return "no trial with this outcome had to be left out"
    return f"{left} trial{'s' if left > 1 else ''} on file had to be left out"
