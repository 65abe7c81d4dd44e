"""One proportion and its interval."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass

from scipy.special import ndtri

from retrostats.effects.arguments import MOST, require_level
from retrostats.estimate import Interval
from retrostats.layout import percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """A share with its interval: `events` of `n`.

    Attributes
    ----------
    events, n
        How many, of how many.
    value
        ``events / n``; ``nan`` where `n` is 0.
    ci
        Two-sided interval within 0 to 1.
    """

    events: int
    n: int
    value: float
    ci: Interval

    def __str__(self) -> str:
        low, high, level = self.ci
        interval = f"{percent(level)} CI {low:.3g} to {high:.3g}"
        return f"{self.events}/{self.n}: {self.value:.3g} ({interval})"


def proportion(events: int, n: int, *, level: float = 0.95) -> Proportion:
    """Estimate a proportion with Wilson's score interval.

    Use it when the share of one group is wanted (who responded, who dropped out); not to compare
    two arms by looking whether their intervals overlap: that is `risk_difference`.

    Parameters
    ----------
    events, n
        How many, of how many.
    level
        Coverage of the interval.

    Returns
    -------
    Proportion
        Nobody at all (0 of 0) gives ``nan`` with the interval 0 to 1: nothing is known.

    Raises
    ------
    ValueError
        If the counts are not whole numbers with ``0 <= events <= n``.

    References
    ----------
    .. [1] Wilson EB (1927). J Am Stat Assoc 22, 209-212. doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> print(proportion(15, 20))
    15/20: 0.75 (95% CI 0.531 to 0.888)
    """
    events, n = whole_counts(events, n)
    low, high = wilson_limits(events, n, level=level)
    value = events / n if n else math.nan
    return Proportion(events=events, n=n, value=value, ci=Interval(low, high, level))


def wilson_limits(events: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    r"""Return the limits of Wilson's score interval.

    They are the two proportions :math:`\pi` that the score test just does not reject,

    .. math::  \frac{(x - n\pi)^2}{n\,\pi(1 - \pi)} = z^2.

    Parameters
    ----------
    events, n
        How many, of how many.
    level
        Coverage of the interval.

    Returns
    -------
    low, high
        Exactly 0 where nobody has the event, exactly 1 where everybody has; 0 and 1 where
        ``n`` is 0.
    """
    require_level(level)
    if n == 0:
        return 0.0, 1.0
    z2 = float(ndtri(0.5 + level / 2)) ** 2
    centre = 2 * events + z2
    half = math.sqrt(z2 * (z2 + 4 * events * (n - events) / n))
    # The lower limit as a product of the roots: a difference would cancel when events is small.
    low = 2 * events**2 / (n * (centre + half))
    high = (centre + half) / (2 * (n + z2))
    return low, 1.0 if events == n else high


def whole_counts(events: int, n: int, *, of: str = "proportion") -> tuple[int, int]:
    """Return the counts as plain integers.

    Parameters
    ----------
    events, n
        How many, of how many.
    of
        Whose they are, for the message.

    Raises
    ------
    ValueError
        If they are not whole numbers with ``0 <= events <= n``.
    """
    try:
        plain = operator.index(events), operator.index(n)
    except TypeError:
        plain = (-1, -1)
    if not 0 <= plain[0] <= plain[1] <= MOST:
        raise ValueError(
            f"{of}: need whole numbers with 0 <= events <= n, got {events} of {n}. "
            "Give counts of people, not shares or percentages."
        )
    return plain
