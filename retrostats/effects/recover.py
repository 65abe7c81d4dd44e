"""Ways back from what a paper prints (SE, interval, p) to a standard deviation."""

from __future__ import annotations

import math
from typing import Literal

from scipy.special import ndtri, stdtrit

from retrostats.effects.arguments import MOST, require_level, require_numbers


def sd_from_se(se: float, n: int) -> float:
    """Return the standard deviation behind a standard error of a mean.

    Parameters
    ----------
    se
        Standard error, in the unit of the outcome.
    n
        Number of participants, at least 2.

    Raises
    ------
    ValueError
        If ``se`` is not positive or ``n`` is below 2.

    Examples
    --------
    >>> round(sd_from_se(1.2, 20), 3)
    5.367
    """
    require_size("SD from a standard error", n)
    if not 0 < se < math.inf:
        raise ValueError(f"SD from a standard error: need se > 0, got {se:g}")
    return se * math.sqrt(n)


def sd_from_ci(
    low: float,
    high: float,
    n: int,
    *,
    level: float = 0.95,
    distribution: Literal["t", "normal"] = "t",
) -> float:
    """Return the standard deviation behind an interval of one mean.

    Parameters
    ----------
    low, high
        Limits, in the unit of the outcome; only their distance counts.
    n
        Number of participants, at least 2.
    level
        Coverage of the interval.
    distribution
        ``"t"`` with ``n - 1`` degrees of freedom, or ``"normal"``.

    Raises
    ------
    ValueError
        If the interval is empty or ``distribution`` is another word.

    Examples
    --------
    >>> round(sd_from_ci(3.1, 5.9, 20), 3)
    2.991
    """
    require_size("SD from an interval", n)
    _require_interval(low, high, level)
    if distribution not in ("t", "normal"):
        raise ValueError(f"distribution must be 't' or 'normal', got {distribution!r}")
    upper = 0.5 + level / 2
    quantile = stdtrit(n - 1, upper) if distribution == "t" else ndtri(upper)
    return (high - low) / (2 * float(quantile)) * math.sqrt(n)


def sd_from_two_group_p(difference: float, p: float, n1: int, n2: int) -> float:
    """Return the common SD behind a difference of two means and its Student p.

    Parameters
    ----------
    difference
        Difference of the means, not zero, in the unit of the outcome.
    p
        Two-sided p value, strictly between 0 and 1.
    n1, n2
        Group sizes, each at least 2.

    Raises
    ------
    ValueError
        If ``difference`` is zero or ``p`` is not strictly between 0 and 1.

    Examples
    --------
    >>> round(sd_from_two_group_p(1.4, 0.03, 18, 20), 3)
    1.907
    """
    require_size("SD from p", n1)
    require_size("SD from p", n2)
    return _se_from_p(difference, p, n1 + n2 - 2) / math.sqrt(1 / n1 + 1 / n2)


def sd_from_two_group_ci(
    low: float, high: float, n1: int, n2: int, *, level: float = 0.95
) -> float:
    """Return the common SD behind an interval of a difference of two means.

    Parameters
    ----------
    low, high
        Limits of the difference, made with Student's t of ``n1 + n2 - 2`` df.
    n1, n2
        Group sizes, each at least 2.
    level
        Coverage of the interval.

    Raises
    ------
    ValueError
        If the interval is empty.

    Examples
    --------
    >>> round(sd_from_two_group_ci(0.2, 2.6, 18, 20), 3)
    1.821
    """
    require_size("SD from an interval", n1)
    require_size("SD from an interval", n2)
    _require_interval(low, high, level)
    se = (high - low) / (2 * float(stdtrit(n1 + n2 - 2, 0.5 + level / 2)))
    return se / math.sqrt(1 / n1 + 1 / n2)


def sd_change_from_p(mean_change: float, p: float, n: int) -> float:
    """Return the SD of change behind a mean change and the p of a paired t test.

    Parameters
    ----------
    mean_change
        Not zero, in the unit of the outcome.
    p
        Two-sided p value, strictly between 0 and 1.
    n
        Number of pairs, at least 2.

    Raises
    ------
    ValueError
        If ``mean_change`` is zero or ``p`` is not strictly between 0 and 1.

    Examples
    --------
    >>> round(sd_change_from_p(-1.5, 0.0394697639975901, 5), 3)
    1.114
    """
    require_size("SD of change from p", n)
    return _se_from_p(mean_change, p, n - 1) * math.sqrt(n)


def require_size(what: str, n: int) -> None:
    """Refuse a group size that is not a whole number of at least 2.

    Parameters
    ----------
    what
        Opens the message: the arm or the task the size belongs to.
    n
        Number of participants.

    Raises
    ------
    ValueError
        If ``n`` is below 2 or not whole.
    """
    require_numbers(what, n=n)
    if not 2 <= n <= MOST or n != int(n):
        raise ValueError(f"{what}: need a whole number n >= 2, got n={n}")


def _require_interval(low: float, high: float, level: float) -> None:
    require_level(level)
    require_numbers("interval", low=low, high=high)
    if not low < high or not math.isfinite(high - low):
        raise ValueError(f"need finite limits with low < high, got {low:g} to {high:g}")


def _se_from_p(difference: float, p: float, df: int) -> float:
    if not 0 < p < 1 or difference == 0 or not math.isfinite(difference):
        raise ValueError(
            f"a standard error from p needs a difference that is not zero and 0 < p < 1, got "
            f"difference={difference:g}, p={p:g}. A bound such as p < 0.001 bounds the SD: "
            "use its end."
        )
    return abs(difference) / -float(stdtrit(df, p / 2))
