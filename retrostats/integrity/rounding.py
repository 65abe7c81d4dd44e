"""Arithmetic on what the printed digits allow: intervals, and extremes over a box of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats
from retrostats.data.printed import Printed


@dataclass(frozen=True, slots=True)
class Span:
    """The values from ``low`` to ``high``, both included.

    Sums and differences of spans are exact when their numbers are rounded independently.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"a span runs from low to high, got {self.low} to {self.high}")

    @classmethod
    def of(cls, printed: Printed) -> Span:
        """Return what the printed digits allow."""
        return cls(printed.low, printed.high)

    @classmethod
    def exactly(cls, value: float) -> Span:
        """Return the span of one value."""
        return cls(value, value)

    @classmethod
    def hull(cls, *values: float) -> Span:
        """Return the shortest span that holds all the values."""
        return cls(min(values), max(values))

    @property
    def middle(self) -> float:
        """The value half-way."""
        return (self.low + self.high) / 2

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Span) -> Span:
        return Span(self.low - other.high, self.high - other.low)

    def __neg__(self) -> Span:
        return Span(-self.high, -self.low)

    def times(self, factor: float) -> Span:
        """Return the span multiplied by an exact number."""
        return Span.hull(self.low * factor, self.high * factor)

    def over(self, divisor: Span) -> Span:
        """Return the quotient by a span of positive values; a zero end gives infinity."""
        ends = [_quotient(a, b) for a in (self.low, self.high) for b in (divisor.low, divisor.high)]
        return Span.hull(*ends)

    def size(self) -> Span:
        """Return the span of absolute values."""
        if self.low <= 0 <= self.high:
            return Span(0.0, max(-self.low, self.high))
        return Span.hull(abs(self.low), abs(self.high))

    def clipped(self, low: float, high: float) -> Span:
        """Return the part from ``low`` to ``high``; its nearer end when there is none."""
        return Span(min(max(self.low, low), high), max(min(self.high, high), low))

    def overlaps(self, other: Span) -> bool:
        """Whether some value lies in both, arithmetic noise allowed for."""
        slack = 1e-9 * max(1.0, *(abs(x) for x in self._ends(other) if math.isfinite(x)))
        return self.low <= other.high + slack and other.low <= self.high + slack

    def within(self, other: Span) -> bool:
        """Whether every value lies in the other span."""
        return other.low <= self.low and self.high <= other.high

    def _ends(self, other: Span) -> tuple[float, float, float, float]:
        return self.low, self.high, other.low, other.high


def _quotient(a: float, b: float) -> float:
    if b == 0:
        return math.copysign(math.inf, a) if a else 0.0
    return a / b


#: A function of two standard deviations, shape ``(k,)`` each, to values of shape ``(k,)``.
OfTwoSds = Callable[[Floats, Floats], Floats]


def extremes_over_sds(function: OfTwoSds, sd1: Span, sd2: Span) -> Span:
    """Return the least and greatest value of a function over a box of two SDs.

    Corners are not enough for Welch's test, because its degrees of freedom move with the
    SDs: the extreme may lie inside an edge. The function must grow when both SDs grow by
    the same factor, as a p value and the half-width of an interval do (their df stay as
    they are); then the least value lies on a lower edge of the box and the greatest on an
    upper one, and two one-dimensional searches find each.

    Parameters
    ----------
    function
        Vectorised; grows along rays from the origin.
    sd1, sd2
        What the printed SDs allow, neither below zero.
    """
    least = min(
        -_peak(lambda s: -function(np.full_like(s, sd1.low), s), sd2),
        -_peak(lambda s: -function(s, np.full_like(s, sd2.low)), sd1),
    )
    greatest = max(
        _peak(lambda s: function(np.full_like(s, sd1.high), s), sd2),
        _peak(lambda s: function(s, np.full_like(s, sd2.high)), sd1),
    )
    return Span(least, greatest)


#: Points of one pass over an edge, and passes; each pass looks 32 times closer.
_POINTS, _PASSES = 65, 6


def _peak(function: Callable[[Floats], Floats], edge: Span) -> float:
    """Return the greatest value on an edge by looking ever closer at the best point."""
    low, high, best = edge.low, edge.high, -math.inf
    for _ in range(_PASSES):
        grid = np.linspace(low, high, _POINTS)
        values = function(grid)
        at = int(np.nanargmax(values))
        best = max(best, float(values[at]))
        if high - low <= 1e-12 * max(1.0, abs(high)):
            break
        low, high = float(grid[max(at - 1, 0)]), float(grid[min(at + 1, _POINTS - 1)])
    return best
