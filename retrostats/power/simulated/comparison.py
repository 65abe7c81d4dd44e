"""One planned comparison over many simulated trials."""

from __future__ import annotations

import math
from dataclasses import dataclass

from retrostats.estimate import Interval
from retrostats.layout import ShownAsSentence, limits, number, percent

#: Decimals of a power and of its Monte Carlo error: 10,000 trials know it to 0.005 at best.
POWER_PLACES, ERROR_PLACES = 3, 4


def percent_words(share: float) -> str:
    """Write a power in percent with the digits that tables print: 0.897 there is 89.7% here.

    Examples
    --------
    >>> percent_words(0.8975), number(0.8975, POWER_PLACES)
    ('89.7%', '0.897')
    """
    return f"{100 * float(number(share, POWER_PLACES)):.1f}%"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonteCarlo(ShownAsSentence):
    """A number that simulation gives, and its Monte Carlo standard error.

    Attributes
    ----------
    value, error
        Both in the unit of the number; ``nan`` where too few trials have an answer.

    Examples
    --------
    >>> print(MonteCarlo(value=0.897, error=0.003))
    0.897 (Monte Carlo error 0.003)
    """

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.4g} (Monte Carlo error {self.error:.2g})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonPower(ShownAsSentence):
    """How one comparison of a plan behaves in simulated trials.

    Attributes
    ----------
    label
        Treatment minus comparator, e.g. ``"retro - control"``.
    trials, answered, rejected
        Simulated trials; those whose model could be fitted; those whose p value, adjusted as the
        plan says, is below 1 minus the level. A trial without an answer rejects nothing.
    power
        Rejected over all trials.
    interval
        Wilson's interval of the power, for the chance of the simulation alone.
    wrong_side
        Share of all trials that reject and point the other way than the true difference; ``nan``
        where that is 0.
    margin_power
        Share of all trials whose interval lies wholly on the right side of the margin; None where
        no margin was asked for.
    truth
        The difference that the simulated scores have, in the unit of the outcome, after
        rounding to the scale.
    mean, bias
        Mean estimate, and mean estimate minus truth.
    empirical_se, model_se
        SD of the estimates, and the root mean square of the standard errors of the model.
    coverage
        Share of answered trials whose interval, not adjusted, holds the truth.
    """

    label: str
    trials: int
    answered: int
    rejected: int
    power: MonteCarlo
    interval: Interval
    wrong_side: float
    margin_power: MonteCarlo | None
    truth: float
    mean: MonteCarlo
    bias: MonteCarlo
    empirical_se: MonteCarlo
    model_se: MonteCarlo
    coverage: MonteCarlo

    def __str__(self) -> str:
        low, high, level = self.interval
        return (
            f"{self.label}: power {number(self.power.value, POWER_PLACES)} "
            f"({percent(level)} CI {limits(low, high, POWER_PLACES)}, "
            f"{self.rejected:,} of {self.trials:,} trials)"
        )

    def to_dict(self) -> dict[str, float | str]:
        """Return one row of a table: every number with its Monte Carlo error."""
        own = {"power": self.power, "mean": self.mean, "bias": self.bias}
        own |= {"empirical_se": self.empirical_se, "model_se": self.model_se}
        own |= {"coverage": self.coverage}
        row: dict[str, float | str] = {
            "comparison": self.label,
            "trials": self.trials,
            "answered": self.answered,
            "rejected": self.rejected,
            "ci_low": self.interval.low,
            "ci_high": self.interval.high,
            "truth": self.truth,
            "wrong_side": self.wrong_side,
        }
        for name, found in own.items():
            row |= {name: found.value, f"{name}_error": found.error}
        margin = self.margin_power or MonteCarlo(value=math.nan, error=math.nan)
        return row | {"margin_power": margin.value, "margin_power_error": margin.error}
