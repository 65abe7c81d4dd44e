"""A design with one thing changed, for a curve of power against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar

from retrostats.errors import DataError
from retrostats.power.design.fields import (
    DesignArm,
    DesignFields,
    Matrix,
    autoregressive,
    exchangeable,
)

Design = TypeVar("Design", bound=DesignFields)
CorrelationKind = Literal["exchangeable", "ar1"]


def dropping_out(design: Design, share: float) -> Design:
    """Return a design in which this share of every arm is gone by the last visit.

    Each arm keeps the course of its dropout, made larger or smaller; one that nobody leaves gets
    a course in proportion to the weeks.
    """
    arms = []
    for arm in design.arms:
        course = arm.dropout if arm.dropout[-1] > 0 else design.weeks
        shares = tuple(share * (part / course[-1]) for part in course)
        arms.append(replace(arm, dropout=shares))
    return replace(design, arms=tuple(arms))


def correlating(design: Design, rho: float, kind: CorrelationKind) -> Design:
    """Return a design with one correlation between any two visits, or between neighbours."""
    return replace(design, correlation=matrix_of(rho, kind, len(design.visits)))


def matrix_of(rho: float, kind: str, visits: int) -> Matrix:
    """Return the matrix of one correlation; ``ValueError`` for an unknown kind."""
    kinds = {"exchangeable": exchangeable, "ar1": autoregressive}
    if kind not in kinds:
        raise ValueError(f"correlation: expected one of {', '.join(kinds)}, got {kind!r}")
    return kinds[kind](rho, visits)


def differing(design: Design, treatment: str, comparator: str, value: float) -> Design:
    """Return a design in which two arms differ by this much at the last visit.

    The means of `treatment` at the visits after baseline are moved. The differences keep their
    course: those of the visits before are scaled alike, and follow the weeks where there is no
    difference at the last visit yet.
    """
    one, other = _known(design, treatment), _known(design, comparator)
    if treatment == comparator:
        raise DataError(f"{treatment!r} cannot be compared with itself; name two arms")
    now = [a - b for a, b in zip(one.means, other.means, strict=True)]
    last = now[-1]
    # From baseline on, whatever the arms differ by there stays.
    course: Sequence[float] = [gap / last for gap in now] if last else _by_week(design)
    moved = [b + value * part for b, part in zip(other.means[1:], course[1:], strict=True)]
    changed = replace(one, means=(one.means[0], *moved))
    arms = (changed if arm.label == treatment else arm for arm in design.arms)
    return replace(design, arms=tuple(arms))


def _by_week(design: DesignFields) -> list[float]:
    return [week / design.weeks[-1] for week in design.weeks]


def _known(design: DesignFields, label: Any) -> DesignArm:
    if label not in design.labels:
        raise DataError(f"there is no arm {label!r}. There are: {', '.join(design.labels)}")
    return design.arm(label)
