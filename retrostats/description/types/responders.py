"""Responders and cumulative improvement, in the shapes that tables and figures show."""

from __future__ import annotations

from dataclasses import dataclass

from retrostats.description.showing import responders_html
from retrostats.effects.proportions import NumberNeededToTreat, Proportion
from retrostats.estimate import Estimate
from retrostats.layout import ShownAsFields


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmResponders(ShownAsFields):
    """Responders of one arm.

    Attributes
    ----------
    responders, n
        How many responded, of how many in the denominator.
    missing
        Without the outcome at baseline or at the visit; in `n` where they count as
        non-responders.
    proportion
        Its value is ``nan`` where `n` is 0.
    undefined
        Left out of `n` and of `missing`, because a percentage of a baseline of 0 is undefined.
    """

    arm: str
    responders: int
    n: int
    missing: int
    proportion: Proportion
    undefined: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponderComparison(ShownAsFields):
    """Treated minus comparator: risk difference, and the number needed to treat."""

    label: str
    difference: Estimate
    number_needed: NumberNeededToTreat


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponderTable:
    """Responders by one definition.

    Attributes
    ----------
    outcome, label, visit
        Name, words for readers, and the visit.
    definition
        In words, e.g. ``"improvement of at least 2 points from baseline to week 6"``.
    missing_rule
        In words, what became of subjects without the outcome.
    not_compared
        Comparisons that cannot be made, and why.
    """

    outcome: str
    label: str
    visit: str
    definition: str
    missing_rule: str
    arms: tuple[ArmResponders, ...]
    comparisons: tuple[ResponderComparison, ...]
    not_compared: tuple[tuple[str, str], ...] = ()

    def _repr_html_(self) -> str:
        return responders_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementCurve(ShownAsFields):
    """The share of an arm that improved by at least each amount, among those measured.

    Attributes
    ----------
    arm
        Label.
    improvements
        Sorted, distinct improvements that occurred, in `unit`; positive is better. Empty where
        `n` is 0.
    shares
        Share with at least that improvement, same length.
    n
        Subjects measured at baseline and at the visit.
    """

    arm: str
    improvements: tuple[float, ...]
    shares: tuple[float, ...]
    n: int
    unit: str
