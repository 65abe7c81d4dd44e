"""SPRITE: every distribution of scores that gives a printed mean and SD."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import isqrt, sqrt
from typing import SupportsIndex

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats, read_only
from retrostats.data.printed import Printed
from retrostats.integrity.grim import read_figure, read_sample, whole
from retrostats.integrity.grimmer import possible_windows, read_sd, some_exist
from retrostats.integrity.integers import candidate_sums, squares_limits
from retrostats.integrity.showing import samples_html


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SpriteSamples:
    """The distributions that give a printed mean and SD.

    Attributes
    ----------
    mean, sd
        As printed.
    n
        Number of participants.
    values
        The scores of the scale, shape ``(c,)``.
    counts
        How many participants have each score, one distribution per row, shape ``(k, c)``, in
        ascending order. ``k`` is 0 where no distribution gives the printed figures.
    complete
        False when the search stopped at its limit and there are more.
    """

    mean: str
    sd: str
    n: int
    values: Floats
    counts: NDArray[np.int64]
    complete: bool

    def __len__(self) -> int:
        return len(self.counts)

    def __repr__(self) -> str:
        found = f"{len(self):,} distribution{'' if len(self) == 1 else 's'}"
        if not self.complete:
            found = f"NOT ALL: the first {found}"
        elif not len(self):
            found = "no distribution"
        scores = f"{self.n} scores from {self.values[0]:g} to {self.values[-1]:g}"
        return f"SpriteSamples({found} of {scores} with mean {self.mean} and SD {self.sd})"

    def _repr_html_(self) -> str:
        return samples_html(self)


def sprite(
    mean: str | Printed,
    sd: str | Printed,
    n: SupportsIndex,
    *,
    low: SupportsIndex,
    high: SupportsIndex,
    items: SupportsIndex = 1,
    most: SupportsIndex = 10_000,
) -> SpriteSamples:
    """List every distribution of scores that gives a printed mean and sample SD.

    The enumeration is complete, as in CORVIDS, where SPRITE itself draws at random: each step
    is taken only if a solution lies beyond it, which is decided exactly, so the search has no
    dead ends. A tie may have been rounded either way.

    Parameters
    ----------
    mean, sd
        As printed, with their trailing zeros. The SD is the sample SD (divisor ``n - 1``).
    n
        Number of participants, 2 or more.
    low, high
        Least and greatest score.
    items
        Whole-number items that are averaged into each score: scores are multiples of
        ``1 / items``.
    most
        Stop after this many distributions.

    Returns
    -------
    SpriteSamples
        Empty where no distribution exists; that is an answer, not an error.

    Raises
    ------
    TypeError
        If ``mean`` or ``sd`` is a number, or another argument is no int.
    DataError
        If a figure is a bound, a range or a percentage, the SD is negative, ``n`` is below 2,
        ``items`` or ``most`` below 1, or ``low`` is not below ``high``.

    References
    ----------
    .. [1] Heathers JAJ, Anaya J, van der Zee T, Brown NJL (2018). Recovering data from summary
       statistics: sample parameter reconstruction via iterative techniques (SPRITE). PeerJ
       Preprints. doi:10.7287/peerj.preprints.26968v1
    .. [2] Wilner S, Wood K, Simons DJ. CORVIDS: complete reconstruction of values in
       Diophantine systems. https://katherinemwood.github.io/projects/corvids/

    Examples
    --------
    >>> sprite("4.60", "1.14", 5, low=0, high=10)
    SpriteSamples(1 distribution of 5 scores from 0 to 10 with mean 4.60 and SD 1.14)
    >>> sprite("4.60", "1.14", 5, low=0, high=10).counts
    array([[0, 0, 0, 1, 1, 2, 1, 0, 0, 0, 0]])
    """
    centre, spread = read_figure("mean", mean), read_sd(sd)
    bottom, ceiling, limit = whole("low", low), whole("high", high), whole("most", most, least=1)
    sample = read_sample(n, items, bottom, ceiling, fewest=2)
    base, top = sample.items * bottom, sample.items * (ceiling - bottom)
    # Each sum has its own ordered list; merging them keeps the common order.
    lists = [
        _distributions(*_counted_from(base, sample.n, total, window), top)
        for total, window in possible_windows(centre, spread, sample)
    ]
    found = list(itertools.islice(heapq.merge(*lists), limit + 1))
    counts = np.array(found[:limit], dtype=np.int64).reshape(-1, top + 1)
    counts.setflags(write=False)
    return SpriteSamples(
        mean=centre.text,
        sd=spread.text,
        n=sample.n,
        values=read_only((base + np.arange(top + 1)) / sample.items),
        counts=counts,
        complete=len(found) <= limit,
    )


def _counted_from(base: int, n: int, total: int, squares: range) -> tuple[int, int, range]:
    """Return the problem for the same numbers less ``base``."""
    shift = n * base**2 - 2 * base * total
    return n, total - n * base, range(squares.start + shift, squares.stop + shift)


def _distributions(n: int, total: int, squares: range, top: int) -> Iterator[tuple[int, ...]]:
    """Yield the counts of 0 to ``top``, in their order, for one sum.

    Each level of the search fixes how many numbers have the least value still in use.
    """
    counts, chosen = [0] * (top + 1), list[int]()
    levels = [(n, total, squares, _steps(n, total, squares, 0, top))]
    while levels:
        left, left_total, left_squares, steps = levels[-1]
        if len(chosen) == len(levels):
            counts[chosen.pop()] = 0
        step = next(steps, None)
        if step is None:
            levels.pop()
            continue
        value, number = step
        counts[value] = number
        chosen.append(value)
        if number == left:
            yield tuple(counts)
            continue
        rest = _without(number, value, left, left_total, left_squares)
        levels.append((*rest, _steps(*rest, value + 1, top)))


@lru_cache(maxsize=1 << 16)
def _solvable(n: int, total: int, squares: range, low: int, high: int) -> bool:
    """Say whether a solution exists; the distributions of one sum ask this again and again."""
    return some_exist(n, total, squares, low=low, high=high)


def _steps(n: int, total: int, squares: range, low: int, top: int) -> Iterator[tuple[int, int]]:
    """Yield each least value, with its count, beyond which a solution lies.

    High values come first, and small counts: so run the counts in ascending order.
    """
    spread = isqrt(max(0, (n - 1) * (n * squares[-1] - total**2)))
    for value in range(total // n, max(low, -((spread - total) // n)) - 1, -1):
        for number in range(1, n):
            rest = _without(number, value, n, total, squares)
            if rest[1] > rest[0] * top:
                break
            if value < top and _solvable(*rest, value + 1, top):
                yield value, number
        if n * value == total and n * value**2 in squares:
            yield value, n


def _without(number: int, value: int, n: int, total: int, squares: range) -> tuple[int, int, range]:
    """Return what is left of a problem when ``number`` of the numbers equal ``value``."""
    taken = number * value**2
    window = range(squares.start - taken, squares.stop - taken)
    return n - number, total - number * value, window


def sd_bounds(
    mean: str | Printed,
    n: SupportsIndex,
    low: SupportsIndex,
    high: SupportsIndex,
    *,
    items: SupportsIndex = 1,
) -> tuple[float, float] | None:
    """Return the least and greatest sample SD that scores with a printed mean can have.

    Parameters
    ----------
    mean
        As printed, with its trailing zeros. A tie may have been rounded either way.
    n
        Number of participants, 2 or more.
    low, high
        Least and greatest score.
    items
        Whole-number items that are averaged into each score.

    Returns
    -------
    tuple or None
        Both in the unit of the scores; ``None`` where no such scores have the mean at all.

    Raises
    ------
    TypeError, DataError
        As in `sprite`.

    Examples
    --------
    >>> sd_bounds("6.4", 15, 0, 10)
    (0.50709255283711, 4.792851820307881)
    """
    figure, bottom, ceiling = read_figure("mean", mean), whole("low", low), whole("high", high)
    sample = read_sample(n, items, bottom, ceiling, fewest=2)
    sds: list[float] = []
    for total in sample.allowed(candidate_sums(figure, sample.count)):
        least, most = sample.ends
        for squares in squares_limits(sample.n, total, low=least, high=most):
            assert squares is not None  # noqa: S101 - for mypy: the scale has both ends
            variance = Fraction(sample.n * squares - total**2, sample.n * (sample.n - 1))
            sds.append(sqrt(variance) / sample.items)
    return (min(sds), max(sds)) if sds else None
