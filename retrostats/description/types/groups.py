"""What a group looks like in one variable."""

from __future__ import annotations

from dataclasses import dataclass

from retrostats.layout import ShownAsFields


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberCell(ShownAsFields):
    """Numbers of one group: all ``nan`` where `n` is 0, the SD where it is 1.

    The SD has the divisor ``n - 1``; the quartiles interpolate linearly (type 7 of R).
    """

    n: int
    missing: int
    mean: float
    sd: float
    median: float
    q1: float
    q3: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCell(ShownAsFields):
    """How many of a group have a level; `n` is how many have any, `missing` how many none."""

    count: int
    n: int
    missing: int
