"""How much worse missing outcomes would have to be for an answer to change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from retrostats.arrays import Floats
from retrostats.estimate import Estimate
from retrostats.layout import Layout, ShownAsTable, decimals, number, percent
from retrostats.missing.results import MissingEstimate
from retrostats.plan.words import quantity, with_unit

Better: TypeAlias = Literal["lower", "higher"]
#: ``"tips"``: there is a tipping point. ``"holds"``: none up to the largest shift tried.
#: ``"open"``: the interval includes zero without any shift. ``"against"``: it lies on the side of
#: the comparator. ``"nothing missing"``: no outcome of the treatment arm is missing.
Verdict: TypeAlias = Literal["tips", "holds", "open", "against", "nothing missing"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TippingPoint(ShownAsTable):
    """The shift of imputed outcomes at which an interval touches zero.

    A shift is in the unit of the scores and positive where outcomes become worse.

    Attributes
    ----------
    start
        The analysis without a shift.
    better
        Which scores are better.
    verdict
        What was found: ``"tips"``, ``"holds"`` up to `limit`, ``"open"`` (the interval includes
        zero without a shift), ``"against"`` (it favours the comparator), ``"nothing missing"`` in
        the treatment arm.
    delta
        Shift of the treatment arm's imputed scores, and of no others, at which the interval
        touches zero; ``nan`` where there is none.
    at
        The estimate at this shift; None where there is none.
    limit
        Largest shift tried.
    sd
        Standard deviation of the scores seen at the endpoint, given arms and covariates: a
        measure of whether a shift is large.
    treatment, comparator
        Labels of the arms.
    deltas
        Shifts of the grid, ascending, shape ``(k,)``.
    value, se, p
        Estimates, standard errors and two-sided p values on the grid: rows for the shift of the
        treatment arm, columns for that of the comparator, shape ``(k, k)``.
    """

    start: MissingEstimate
    better: Better
    verdict: Verdict
    delta: float
    at: Estimate | None
    limit: float
    sd: float
    treatment: str
    comparator: str
    deltas: Floats
    value: Floats
    se: Floats
    p: Floats

    @property
    def delta_in_sds(self) -> float:
        """The tipping point in standard deviations of `sd`; ``nan`` where there is none."""
        return self.delta / self.sd if self.sd > 0 else math.nan

    @property
    def sentence(self) -> str:
        """What would have to be true of missing outcomes for the answer to change."""
        level = percent(self.start.estimate.ci.level)
        missing = f"the missing scores of {self.treatment} at {self.start.visit}"
        expected = f"expected under {self.start.assumption}"
        match self.verdict:
            case "tips":
                sds = f"{self.delta_in_sds:.2g} SD"
                return (
                    f"The {level} interval reaches zero if {missing} are "
                    f"{self._measured(self.delta)} ({sds}) worse than {expected}"
                )
            case "holds":
                return (
                    f"The {level} interval excludes zero even if {missing} are {self._limit()} "
                    f"({self.limit / self.sd:.2g} SD) worse than {expected}"
                )
            case "open":
                start = self.start.estimate
                return (
                    f"With missing scores as {expected} the difference is "
                    f"{str(start).removeprefix(f'{start.label}: ')}: the interval includes zero "
                    "without any shift, and nothing can tip"
                )
            case "against":
                return (
                    f"The {level} interval lies on the side of {self.comparator}: scores of "
                    f"{self.treatment} that are worse cannot tip it"
                )
        return f"No score of {self.treatment} is missing at {self.start.visit}: nothing can tip"

    def __repr__(self) -> str:
        return self.layout().text()

    def layout(self) -> Layout:
        """Return the cells as they are printed."""
        found = self.start.estimate
        told = [
            ("Without a shift", str(found).removeprefix(f"{found.label}: ")),
            ("Tipping point", self._point_words()),
            ("SD at the endpoint", self._measured(self.sd)),
            ("Shifts tried", f"up to {self._limit()} worse"),
            ("Assumption", self.start.assumption),
            ("Method", self.start.method),
            ("In words", self.sentence),
        ]
        return Layout(
            caption=f"Tipping point of {found.label} at {self.start.visit}",
            header=("", "Answer"),
            rows=tuple(told),
            closing_words=1,
        )

    def _point_words(self) -> str:
        if math.isnan(self.delta):
            return "none"
        sds = f"{self.delta_in_sds:.2g} SD"
        return f"{self.treatment} {self._measured(self.delta)} worse ({sds})"

    def _limit(self) -> str:
        return quantity(self.limit, self.start.estimate.unit)

    def _measured(self, value: float) -> str:
        """Return a number that was computed, with three digits; one asked for is told as it is."""
        return with_unit(number(value, decimals(value)), self.start.estimate.unit)
