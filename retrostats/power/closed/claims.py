"""What a trial is to show, and the chance that its interval shows it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from retrostats.layout import percent
from retrostats.plan.words import with_unit
from retrostats.power.closed.chances import equivalence_chance, t_tails

Goal = Literal["superiority", "non-inferiority", "equivalence"]
Better = Literal["lower", "higher"]
GOALS: tuple[Goal, ...] = ("superiority", "non-inferiority", "equivalence")
BETTER: tuple[Better, ...] = ("lower", "higher")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an interval of the difference, treated minus comparator, has to show.

    Attributes
    ----------
    goal
        ``"superiority"``: the interval leaves out 0. ``"non-inferiority"``: its worse limit is
        better than the margin. ``"equivalence"``: both limits lie within the margins.
    margin
        A distance above 0; ``nan`` for superiority.
    better
        Which scores are better; None where it does not matter.
    level
        Coverage of the two-sided interval.
    """

    goal: Goal
    margin: float
    better: Better | None
    level: float

    @property
    def sign(self) -> float:
        """Return -1 where lower scores are better, else 1."""
        return -1.0 if self.better == "lower" else 1.0

    @property
    def size(self) -> float:
        """Return the power at no effect, or at the margin, in a large trial."""
        return 1 - self.level if self.goal == "superiority" else (1 - self.level) / 2

    def chance(self, difference: float, se: float, df: float) -> float:
        """Return the chance that the interval shows it.

        Parameters
        ----------
        difference
            True difference.
        se
            True standard error of its estimate.
        df
            Degrees of freedom; infinite for the normal.
        """
        if self.goal == "superiority":
            return min(1.0, math.fsum(t_tails(difference / se, df, self.level)))
        if self.goal == "non-inferiority":
            return t_tails((self.sign * difference + self.margin) / se, df, self.level)[0]
        below, above = (self.margin + difference) / se, (self.margin - difference) / se
        return equivalence_chance(below, above, df, self.level)

    def out_of_reach(self, difference: float) -> str:
        """Return why no size of trial shows it, or nothing."""
        if self.goal == "superiority" and difference == 0:
            return "the true difference is 0, so that there is nothing to find; give another"
        if self.goal == "superiority" and self.better and self.sign * difference < 0:
            return (
                f"difference={difference:g} (treated - comparator) favours the comparator where "
                f"better={self.better!r}; turn its sign"
            )
        if self.goal == "non-inferiority" and self.sign * difference <= -self.margin:
            return (
                f"difference={difference:g} is as bad as the margin of {self.margin:g}, or worse, "
                f"where better={self.better!r}: no trial shows non-inferiority"
            )
        if self.goal == "equivalence" and abs(difference) >= self.margin:
            return (
                f"difference={difference:g} does not lie within the margins of "
                f"-{self.margin:g} and {self.margin:g}: no trial shows equivalence"
            )
        return ""

    def words(self, unit: str) -> str:
        """Return what is claimed when, as a protocol says it."""
        interval = f"the two-sided {percent(self.level)} interval"
        margin = with_unit(f"{self.margin:.4g}", unit)
        if self.goal == "superiority":
            return f"A difference is claimed if {interval} leaves out 0"
        if self.goal == "equivalence":
            return f"Equivalence is claimed if {interval} lies within -{margin} and {margin}"
        limit = "upper" if self.better == "lower" else "lower"
        side = f"below {margin}" if self.better == "lower" else f"above -{margin}"
        return (
            f"Non-inferiority is claimed if the {limit} limit of {interval} (treated - comparator) "
            f"lies {side}"
        )
