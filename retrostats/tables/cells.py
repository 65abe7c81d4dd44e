"""How the cells of a table are written: means, counts, intervals, and what is not known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from retrostats.description.types import NumberCell
from retrostats.estimate import Estimate
from retrostats.layout import Range, Written, decimals, number, percent

#: A value of a machine-readable table; None where there is none.
Cell = str | int | float | None
#: Column names, and the rows below them.
LongTable = tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]

#: Stands where a number does not exist, e.g. the SD of one subject.
NONE = "–"
#: Percentages of fewer subjects than this have no decimals: one subject is more than half of one.
WHOLE_PERCENT = 200
#: Most decimals at which a scale is taken to be measured; more come from a computation.
_FINEST = 3
#: Significant digits of a standard error; the estimate and its limits get the same decimals.
_DIGITS = 2
#: Decimals that may be added so that a limit is not written as 0.
_MORE = 5
#: A mean needs no more significant digits than this, and an SD no fewer than that.
_MEAN_DIGITS, _SD_DIGITS = 4, 2
#: What is lost when a decimal number is stored in binary and subtracted, relative to its size.
_STORED = 1e-9


def measured_places(cells: Iterable[NumberCell]) -> int:
    """Return with how many decimals values were measured, as far as their extremes tell.

    Parameters
    ----------
    cells
        Groups of one quantity. The smallest and largest value of each are values that occurred.
    """
    ends = [end for cell in cells for end in (cell.low, cell.high) if math.isfinite(end)]
    for places in range(_FINEST):
        if all(abs(round(end, places) - end) <= _STORED * max(1.0, abs(end)) for end in ends):
            return places
    spread = max((abs(end) for end in ends), default=1.0)
    return min(_FINEST, decimals(spread))


def shown_places(cells: Iterable[NumberCell], measured: int) -> int:
    """Return with how many decimals means, SDs and quartiles of one quantity are shown.

    One more than was measured, but no more than give the largest mean four significant digits;
    more than these only where an SD would keep fewer than two.

    Parameters
    ----------
    cells
        Groups of one quantity.
    measured
        Decimals of the values, see `measured_places`.
    """
    found = list(cells)
    largest = max((abs(c.mean) for c in found if math.isfinite(c.mean)), default=0.0)
    enough = decimals(largest, _MEAN_DIGITS)
    # 99.996 is printed as 100.00 and has a digit more than it seems.
    enough = decimals(round(largest, enough), _MEAN_DIGITS)
    spreads = [c.sd for c in found if 0 < c.sd < math.inf]
    for_sd = decimals(min(spreads), _SD_DIGITS) if spreads else 0
    return min(measured + 1, max(enough, for_sd))


def mean_sd(cell: NumberCell, places: int) -> str:
    """Write a mean and its SD with so many decimals, e.g. ``"57.2 (8.1)"``."""
    return f"{known(cell.mean, places)} ({known(cell.sd, places)})"


def median_quartiles(cell: NumberCell, places: int) -> Written:
    """Write a median and quartiles, e.g. ``"14 (12 to 17)"``."""
    quartiles = Range(known(cell.q1, places), known(cell.q3, places))
    return Written(f"{known(cell.median, places)} (", quartiles, ")")


def known(value: float | None, places: int) -> str:
    """Write a number, or a dash where there is none."""
    return NONE if value is None or math.isnan(value) else number(value, places)


def share(value: float, n: int) -> str:
    """Write a share of `n` subjects as a percentage: whole below 200 subjects, else one decimal.

    Examples
    --------
    >>> share(12 / 23, 23), share(0.125, 400), share(5 / 8, 8)
    ('52%', '12.5%', '63%')
    """
    places = 0 if n < WHOLE_PERCENT else 1
    if math.isnan(value):
        return NONE
    # Halves are common among shares of few subjects, and readers round them up.
    halves_up = math.floor(abs(100 * value) * 10**places + 0.5 + _STORED) / 10**places
    return f"{number(math.copysign(halves_up, value), places)}%"


def count_share(count: int, n: int) -> str:
    """Write a count and its percentage of `n`, e.g. ``"12 (52%)"``.

    Examples
    --------
    >>> count_share(12, 23), count_share(0, 0)
    ('12 (52%)', '0 (–)')
    """
    return f"{count} ({share(count / n, n) if n else NONE})"


def interval_head(levels: Iterable[float]) -> Written:
    """Return the head of a column of intervals, e.g. ``"95% CI"``.

    Parameters
    ----------
    levels
        Coverage of each; of several no head can tell.

    Raises
    ------
    ValueError
        If the levels differ.
    """
    found = sorted(set(levels))
    if len(found) > 1:
        raise ValueError(f"a table of intervals needs one level, got {found}")
    return Written(" ".join([*map(percent, found), "CI"]))


def estimate_places(estimates: Iterable[Estimate]) -> int:
    """Return the decimals of estimates in one unit: two digits of their smallest standard error.

    There are more where a limit would be written as 0 though its interval excludes 0.
    """
    found = list(estimates)
    errors = [e.se for e in found if math.isfinite(e.se)]
    widths = [e.ci.high - e.ci.low for e in found]
    scales = errors or [width for width in widths if 0 < width < math.inf]
    least = decimals(min(scales, default=1.0), _DIGITS)
    return max((enough_places(each, least) for each in found), default=least)


def enough_places(estimate: Estimate, least: int) -> int:
    """Return the decimals at which no limit is written as 0 where the interval excludes 0.

    Parameters
    ----------
    estimate
        Value and interval, which shall not seem to contradict its p.
    least
        Decimals that are shown anyway; at most `_MORE` are added.
    """
    low, high, _ = estimate.ci
    if low * high <= 0:
        return least
    nearest = min(abs(low), abs(high))
    enough = (places for places in range(least, least + _MORE) if float(number(nearest, places)))
    return next(enough, least)


def names_of(arms: Iterable[str], names: Mapping[str, str] | None) -> tuple[str, ...]:
    """Return the words for readers of each arm, or its label where there are none."""
    return tuple((names or {}).get(arm, arm) for arm in arms)


def plain(value: float | None) -> Cell:
    """Return a number for a machine-readable table, None for ``nan``."""
    return None if value is None or math.isnan(value) else value


def plain_estimate(estimate: Estimate | None) -> tuple[Cell, ...]:
    """Return value, standard error, df, limits, level and p; all None where there is none."""
    if estimate is None:
        return (None,) * len(ESTIMATE_COLUMNS)
    numbers = (estimate.value, estimate.se, estimate.df, *estimate.ci, estimate.p)
    return tuple(plain(value) for value in numbers)


#: Columns of an estimate in a machine-readable table.
ESTIMATE_COLUMNS = ("estimate", "se", "df", "ci_low", "ci_high", "level", "p")
#: Columns of the numbers of a group.
NUMBER_COLUMNS = ("n", "missing", "mean", "sd", "median", "q1", "q3", "low", "high")


def plain_numbers(cell: NumberCell | None) -> tuple[Cell, ...]:
    """Return the numbers of a group in the order of `NUMBER_COLUMNS`."""
    if cell is None:
        return (None,) * len(NUMBER_COLUMNS)
    return tuple(plain(getattr(cell, column)) for column in NUMBER_COLUMNS)
