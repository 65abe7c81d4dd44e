"""Risks, their differences and ratios, and how many must be treated."""

from __future__ import annotations

from dataclasses import dataclass

from retrostats.estimate import Estimate, Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """A share with its interval: `events` of `n`."""

    events: int
    n: int
    value: float
    ci: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberNeededToTreat:
    """How many must be treated for one more to benefit, or to be harmed.

    Attributes
    ----------
    label
        E.g. ``"retro - control"``.
    risk_difference
        What it is the reciprocal of.
    value
        ``1 / risk_difference``: positive for benefit, negative for harm, infinite at no difference.
    """

    label: str
    risk_difference: Estimate
    value: float
