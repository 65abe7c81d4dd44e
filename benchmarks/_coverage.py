"""One situation in which an interval is tried, and the count of how often it holds the truth.

The unit of work is a block of replicates with a seed of its own, made of the name of the case and
the number of the block, so that the results depend neither on the number of workers nor on which
other cases are run.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

#: Replicates in a block. Changing it changes which random numbers a replicate gets.
BLOCK = 500
LEVEL = 0.95

Limits = tuple[float, float]


@dataclass(frozen=True)
class Case:
    """An interval and the situation in which it is tried.

    Attributes
    ----------
    interval
        The function and its options.
    situation
        Sizes and population.
    truth
        What the interval should hold.
    draw
        Simulates one data set and returns the limits; a ValueError is no answer.
    promise
        What theory says of the coverage: ``"exact"``, ``"large samples"`` or ``"approximate"``.
    cost
        Replicates are divided by this where one is slow.
    """

    interval: str
    situation: str
    truth: float
    draw: Callable[[np.random.Generator], Limits]
    promise: str
    cost: int = 1

    @property
    def key(self) -> int:
        """A number of its own for the seed, the same whatever other cases there are."""
        return zlib.crc32(f"{self.interval}; {self.situation}".encode())


@dataclass
class Tally:
    """How often an interval held the truth, lay above or below it, or did not exist."""

    held: int = 0
    above: int = 0
    below: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        self.held += other.held
        self.above += other.above
        self.below += other.below
        self.refused += other.refused

    @property
    def answered(self) -> int:
        return self.held + self.above + self.below

    @property
    def coverage(self) -> float:
        return self.held / self.answered if self.answered else math.nan

    @property
    def error(self) -> float:
        """Monte Carlo standard error of the coverage."""
        share = self.coverage
        return math.sqrt(share * (1 - share) / self.answered) if self.answered else math.nan


def run_block(task: tuple[Case, int, int, int]) -> Tally:
    """Run one block: the case, the seed of the whole, the number of the block and its size."""
    case, seed, block, size = task
    generator = np.random.default_rng(np.random.SeedSequence([seed, case.key, block]))
    tally = Tally()
    for _ in range(size):
        try:
            low, high = case.draw(generator)
        except ValueError as error:
            tally.refused[str(error).partition(":")[2].strip()[:60] or str(error)[:60]] += 1
            continue
        if low > case.truth:
            tally.above += 1
        elif high < case.truth:
            tally.below += 1
        else:
            tally.held += 1
    return tally
