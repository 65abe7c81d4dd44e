"""GRIMMER: whether a printed mean and SD can come from the same whole numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil, floor, sqrt
from typing import SupportsIndex

from retrostats.data.printed import Printed
from retrostats.errors import DataError
from retrostats.integrity.grim import (
    ConsistencyCheck,
    mean_can_fail,
    mean_failure,
    read_figure,
    read_sample,
    sample_text,
    sums_text,
)
from retrostats.integrity.integers import (
    Exact,
    Sample,
    candidate_sums,
    squares_limits,
    whole_numbers_exist,
)


def read_sd(sd: str | Printed) -> Exact:
    """Return the exact value and last digit of a printed SD."""
    figure = read_figure("sd", sd)
    if figure.units < 0:
        raise DataError(f"sd {figure.text!r} is negative; an SD is 0 or more. Check the sign.")
    return figure


def squares_window(sd: Exact, sample: Sample, total: int) -> range:
    """Return every sum of squares that gives totals with this sum the printed sample SD.

    Whether such numbers exist is not asked. Ties go either way.
    """
    least, greatest = max(Fraction(0), sd.low) * sample.items, sd.high * sample.items
    of_mean = Fraction(total**2, sample.n)
    first = ceil((sample.n - 1) * least**2 + of_mean)
    return range(first, floor((sample.n - 1) * greatest**2 + of_mean) + 1)


def some_exist(n: int, total: int, squares: range, *, low: int | None, high: int | None) -> bool:
    """Say whether ``n`` numbers with this sum can have any of the consecutive ``squares``."""
    least, most = squares_limits(n, total, low=low, high=high)
    first = max(squares.start, least)
    stop = squares.stop if most is None else min(squares.stop, most + 1)
    candidates = range(first + (first - total) % 2, stop, 2)  # of the parity of the sum
    return any(whole_numbers_exist(n, total, q, low=low, high=high) for q in candidates)


def possible_windows(mean: Exact, sd: Exact, sample: Sample) -> Iterator[tuple[int, range]]:
    """Yield each sum, and its window of squares, that a sample with the figures can have."""
    low, high = sample.ends
    for total in sample.allowed(candidate_sums(mean, sample.count)):
        window = squares_window(sd, sample, total)
        if some_exist(sample.n, total, window, low=low, high=high):
            yield total, window


def sd_can_fail(sd: Exact, sample: Sample) -> bool:
    """Say whether an SD of about this size and with these digits can be missed.

    From five numbers on every second sum of squares occurs (see `integers`), so a window of
    width two cannot miss. Of four numbers no two such sums in a row are missing (of numbers two
    apart, one at most is 4^a (8b + 7)), so width four is enough. Fewer leave gaps of any width.
    """
    if sample.n < 4:
        return True
    squared_width = sd.high**2 - max(Fraction(0), sd.low) ** 2
    return (sample.n - 1) * sample.items**2 * squared_width < (4 if sample.n == 4 else 2)


def grimmer(
    mean: str | Printed,
    sd: str | Printed,
    n: SupportsIndex,
    *,
    items: SupportsIndex = 1,
    low: SupportsIndex | None = None,
    high: SupportsIndex | None = None,
) -> ConsistencyCheck:
    """Check whether a printed mean and sample SD can come from the same ``n`` whole numbers.

    For every sum inside the rounding interval of the mean, every sum of squares inside that of
    the SD is tried, and for each pair it is decided exactly whether ``n`` such numbers exist.
    A tie may have been rounded either way.

    Parameters
    ----------
    mean, sd
        As printed, with their trailing zeros. The SD is the sample SD (divisor ``n - 1``).
    n
        Number of participants, 2 or more.
    items
        Whole-number items that are averaged into each participant's score.
    low, high
        Least and greatest score of a participant; ``None`` where the scale has no end.

    Returns
    -------
    ConsistencyCheck
        Uninformative where neither such a mean nor an SD of this size can fail by its digits.

    Raises
    ------
    TypeError
        If ``mean`` or ``sd`` is a number, or ``n``, ``items``, ``low`` or ``high`` is no int.
    DataError
        If a figure is a bound, a range or a percentage, the SD is negative, ``n`` is below 2,
        ``items`` below 1, or ``low`` is not below ``high``.

    References
    ----------
    .. [1] Anaya J (2016). The GRIMMER test: a method for testing the validity of reported
       measures of variability. PeerJ Preprints. doi:10.7287/peerj.preprints.2400v1
    .. [2] Allard A (2018). Analytic-GRIMMER: a new way of testing the possibility of standard
       deviations. https://aurelienallard.netlify.app/post/anaytic-grimmer-possibility-standard-deviations/

    Examples
    --------
    >>> print(grimmer("3.44", "2.47", 18))
    GRIMMER: inconsistent; no 18 whole numbers whose mean prints as 3.44 have an SD that prints \
as 2.47: with the sum 62, the nearest SDs are 2.455 and 2.479
    >>> grimmer("48.3", "9.4", 30, low=0, high=96).consistent
    True
    """
    centre, spread = read_figure("mean", mean), read_sd(sd)
    sample = read_sample(n, items, low, high, fewest=2)
    found = next(possible_windows(centre, spread, sample), None)
    can_fail = mean_can_fail(sample.count, centre.unit) or sd_can_fail(spread, sample)
    return ConsistencyCheck(
        test="GRIMMER",
        consistent=found is not None,
        informative=can_fail or found is None,
        detail=_success(centre, spread, sample) if found else _failure(centre, spread, sample),
    )


def _success(mean: Exact, sd: Exact, sample: Sample) -> str:
    who = sample_text(sample)
    return f"some {who} have a mean that prints as {mean.text} and an SD that prints as {sd.text}"


def _failure(mean: Exact, sd: Exact, sample: Sample) -> str:
    """Say why no sample has the figures: the mean fails, or which SDs come nearest."""
    sums = candidate_sums(mean, sample.count)
    possible = sample.allowed(sums)
    if not possible:
        return mean_failure(mean, sums, sample)
    around = [value for total in possible for value in _nearest_sds(sd, sample, total)]
    lower = max((value for value in around if value < sd.low), default=None)
    upper = min((value for value in around if value > sd.high), default=None)
    digits = max(0, len(str(sd.unit.denominator)) - 1) + 1  # one more than printed
    near = [f"{value:.{digits}f}" for value in (lower, upper) if value is not None]
    are = "SDs are" if len(near) == 2 else "SD is"
    return (
        f"no {sample_text(sample)} whose mean prints as {mean.text} have an SD that prints as "
        f"{sd.text}: with {sums_text(possible)}, the nearest {are} {' and '.join(near)}"
    )


def _nearest_sds(sd: Exact, sample: Sample, total: int) -> Iterator[float]:
    """Yield the SDs next below and next above the printed one, for the sentence only."""
    window, (low, high) = squares_window(sd, sample, total), sample.ends
    least, most = squares_limits(sample.n, total, low=low, high=high)
    start = window.start - 1 if most is None else min(window.start - 1, most)
    down = range(start, least - 1, -1)
    up: Iterable[int] = itertools.count(max(window.stop, least))
    if most is not None:
        up = range(max(window.stop, least), most + 1)
    for squares in (down, up):
        for q in squares:
            if whole_numbers_exist(sample.n, total, q, low=low, high=high):
                variance = Fraction(sample.n * q - total**2, sample.n * (sample.n - 1))
                yield sqrt(variance) / sample.items
                break
