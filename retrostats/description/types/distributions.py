"""What the values of a group look like, in the shape that figures of raw data show."""

from __future__ import annotations

import math
from dataclasses import dataclass

from retrostats.estimate import Interval
from retrostats.layout import ShownAsFields


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution(ShownAsFields):
    """The values of one group in one quantity.

    Attributes
    ----------
    arm
        Label of the group.
    unit
        Of the values.
    values
        Ascending, none missing; empty where only the summary of a publication is known.
    n, missing
        How many values there are, and how many subjects have none.
    mean, sd
        The SD has the divisor ``n - 1``; ``nan`` of one value.
    mean_ci
        Two-sided t interval of the mean; its limits are ``nan`` where there is no SD.
    median, q1, q3
        Quartiles interpolate linearly (type 7 of R); ``nan`` without values.
    whiskers
        The outermost values within one and a half interquartile ranges of the quartiles.
    density
        A smooth density as pairs of a value and a height, ascending in the value; empty where
        there are too few values, where all are equal, or where there are `steps`.
    steps
        Of a scale of few whole numbers, on which a smooth density would show what nobody can
        score: each value that occurs, ascending, and how many have it; otherwise empty.

    Raises
    ------
    ValueError
        If the values contradict `n` or are not sorted, or the steps do not add up to `n`.
    """

    arm: str
    unit: str
    values: tuple[float, ...]
    n: int
    missing: int
    mean: float
    sd: float
    mean_ci: Interval
    median: float = math.nan
    q1: float = math.nan
    q3: float = math.nan
    whiskers: tuple[float, float] = (math.nan, math.nan)
    density: tuple[tuple[float, float], ...] = ()
    steps: tuple[tuple[float, int], ...] = ()

    def __post_init__(self) -> None:
        if self.values and len(self.values) != self.n:
            raise ValueError(f"{self.arm}: {len(self.values)} values of {self.n} subjects")
        if any(a > b for a, b in zip(self.values, self.values[1:], strict=False)):
            raise ValueError(f"{self.arm}: the values must be ascending")
        if self.steps and sum(count for _, count in self.steps) != self.n:
            counted = sum(count for _, count in self.steps)
            raise ValueError(f"{self.arm}: steps of {counted} values of {self.n} subjects")
