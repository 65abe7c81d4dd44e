"""DEBIT: whether a printed mean and SD can come from the same zeros and ones."""

from __future__ import annotations

from math import sqrt
from typing import SupportsIndex

from retrostats.data.printed import Printed
from retrostats.integrity.grim import ConsistencyCheck, mean_failure, read_figure, read_sample
from retrostats.integrity.grimmer import read_sd, squares_window
from retrostats.integrity.integers import Exact, Sample, candidate_sums


def debit(mean: str | Printed, sd: str | Printed, n: SupportsIndex) -> ConsistencyCheck:
    """Check whether a printed mean and sample SD can come from ``n`` zeros and ones.

    The number of ones fixes the SD, so the check can fail for every ``n``: it is always
    informative. Every number of ones inside the rounding interval of the mean is tried; a tie
    may have been rounded either way.

    Parameters
    ----------
    mean
        The proportion of ones as printed, with its trailing zeros: ``"0.40"``.
    sd
        The sample SD (divisor ``n - 1``) as printed.
    n
        Number of participants, 2 or more.

    Returns
    -------
    ConsistencyCheck
        Whether such zeros and ones exist, and a sentence that says why; always informative.

    Raises
    ------
    TypeError
        If ``mean`` or ``sd`` is a number, or ``n`` is no int.
    DataError
        If a figure is a bound, a range or a percentage, the SD is negative, or ``n`` is below 2.

    References
    ----------
    .. [1] Heathers JAJ, Brown NJL (2019). DEBIT: a simple consistency test for binary data.
       https://osf.io/5vb3u/

    Examples
    --------
    >>> print(debit("0.40", "0.57", 5))
    DEBIT: inconsistent; no 5 zeros and ones whose mean prints as 0.40 have an SD that prints as \
0.57: 2 ones give 0.548
    >>> debit("0.40", "0.55", 5).consistent
    True
    """
    centre, spread = read_figure("mean", mean), read_sd(sd)
    sample = read_sample(n, 1, 0, 1, fewest=2)
    sums = candidate_sums(centre, sample.count)
    ones = sample.allowed(sums)
    # The square of a zero or a one is itself: the sum of squares is the number of ones.
    fitting = [k for k in ones if k in squares_window(spread, sample, k)]
    if not ones:
        detail = mean_failure(centre, sums, sample)
    else:
        who = f"{sample.n} zeros and ones whose mean prints as {centre.text} have an SD that"
        no = "" if fitting else "no "
        detail = f"{no}{who} prints as {spread.text}: {_sds_text(fitting or ones, spread, sample)}"
    return ConsistencyCheck(test="DEBIT", consistent=bool(fitting), informative=True, detail=detail)


def _sds_text(ones: list[int] | range, sd: Exact, sample: Sample) -> str:
    """Return the SD of each number of ones, or of the first and last of several."""
    digits = max(0, len(str(sd.unit.denominator)) - 1) + 1  # one more than printed
    n = sample.n
    sds = [f"{sqrt(k * (n - k) / (n * (n - 1))):.{digits}f}" for k in (ones[0], ones[-1])]
    if len(ones) == 1:
        return f"{ones[0]} {'one gives' if ones[0] == 1 else 'ones give'} {sds[0]}"
    return f"{ones[0]} to {ones[-1]} ones give {sds[0]} to {sds[1]}"
