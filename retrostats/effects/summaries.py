"""What a published table says of one arm at one visit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from retrostats.effects.arguments import (
    require_kind,
    require_level,
    require_numbers,
    require_ordinary,
    shown,
)
from retrostats.effects.raw_values import complete_values, require_spread
from retrostats.effects.recover import require_size, sd_from_ci, sd_from_se
from retrostats.layout import ShownAsFields

#: What to do with raw values where summaries are due.
OF_RAW = "Of raw values make one by ArmSummary.of(name, values)."


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSummary(ShownAsFields):
    """What a published table says of one arm at one visit.

    Attributes
    ----------
    arm
        Name of the arm, as a reader knows it.
    n
        Number of participants behind the mean, at least 2.
    mean, sd
        In the unit of the outcome; the standard deviation has divisor ``n - 1``.

    Raises
    ------
    ValueError
        If ``n`` is not a whole number of at least 2, or ``sd`` is not positive.

    Examples
    --------
    >>> import retrostats as rs
    >>> retro = rs.ArmSummary(arm="retro", n=20, mean=3.6, sd=1.2)
    >>> print(rs.mean_difference(retro, rs.ArmSummary(arm="forward", n=20, mean=4.7, sd=1.4)))
    retro - forward: -1.1 (95% CI -1.94 to -0.265), df 37.1
    >>> round(rs.ArmSummary.from_se("retro", 20, 38.2, 3.15).sd, 2)
    14.09
    """

    arm: str
    n: int
    mean: float
    sd: float

    def __post_init__(self) -> None:
        require_size(f"arm {self.arm!r}", self.n)
        require_numbers(f"arm {self.arm!r}", mean=self.mean, sd=self.sd)
        if not 0 < self.sd < math.inf or not math.isfinite(self.mean):
            raise ValueError(
                f"arm {self.arm!r}: need a finite mean and sd > 0, got mean={self.mean:g}, "
                f"sd={self.sd:g}. "
                "If the table prints a standard error, convert it with sd = se * sqrt(n)."
            )
        require_ordinary(f"arm {self.arm!r}", [self.mean], sds=[self.sd])

    @classmethod
    def of(cls, arm: str, values: ArrayLike) -> ArmSummary:
        """Summarise raw values.

        Parameters
        ----------
        arm
            Name of the arm.
        values
            Shape ``(n,)``, at least two, none missing, in the unit of the outcome.

        Returns
        -------
        ArmSummary
            With the standard deviation of divisor ``n - 1``.

        Raises
        ------
        ValueError
            If a value is missing, there are fewer than two, or all are equal.
        """
        array = complete_values(f"arm {arm!r}", values)
        require_spread(f"arm {arm!r}", array)
        return cls(arm=arm, n=len(array), mean=float(array.mean()), sd=float(np.std(array, ddof=1)))

    @classmethod
    def from_se(cls, arm: str, n: int, mean: float, se: float) -> ArmSummary:
        """Make a summary from a printed standard error of the mean.

        Parameters
        ----------
        arm, n, mean
            As in the class.
        se
            Standard error of the mean, in the unit of the outcome.

        Raises
        ------
        ValueError
            If ``se`` is not positive or ``n`` is below 2.
        """
        return cls(arm=arm, n=n, mean=mean, sd=sd_from_se(se, n))

    @classmethod
    def from_ci(
        cls, arm: str, n: int, mean: float, low: float, high: float, *, level: float = 0.95
    ) -> ArmSummary:
        """Make a summary from a printed interval of the mean.

        Parameters
        ----------
        arm, n, mean
            As in the class.
        low, high
            Limits around ``mean``, taken to be made with the t quantile of ``n - 1`` df.
        level
            Coverage of that interval.

        Raises
        ------
        ValueError
            If the limits do not enclose the mean.
        """
        if not low < mean < high:
            raise ValueError(
                f"arm {arm!r}: the interval {low:g} to {high:g} does not enclose the mean "
                f"{mean:g}; look for a misprint, or for an interval of something else."
            )
        return cls(arm=arm, n=n, mean=mean, sd=sd_from_ci(low, high, n, level=level))


def combine_groups(a: ArmSummary, b: ArmSummary) -> ArmSummary:
    """Merge two groups as if their participants had been one.

    Parameters
    ----------
    a, b
        Summaries of the same outcome in the same unit.

    Returns
    -------
    ArmSummary
        Named ``"a + b"``; its SD includes the distance of the two means.

    References
    ----------
    .. [1] Cochrane Handbook, version 6, chapter 6.5.2.10.

    Examples
    --------
    >>> combine_groups(
    ...     ArmSummary(arm="retro", n=12, mean=3.1, sd=1.2),
    ...     ArmSummary(arm="forward", n=15, mean=4.0, sd=1.5),
    ... ).mean
    3.6
    """
    total = a.n + b.n
    within = (a.n - 1) * a.sd**2 + (b.n - 1) * b.sd**2
    between = a.n * b.n / total * (a.mean - b.mean) ** 2
    return ArmSummary(
        arm=f"{a.arm} + {b.arm}",
        n=total,
        mean=(a.n * a.mean + b.n * b.mean) / total,
        sd=math.sqrt((within + between) / (total - 1)),
    )


def require_arms(treated: ArmSummary, control: ArmSummary, level: float) -> None:
    """Refuse arms that are no summaries, and what is no level.

    Parameters
    ----------
    treated, control
        Arm summaries.
    level
        Coverage of the interval.

    Raises
    ------
    ValueError
        If an arm is raw values, or anything else, or the level is out of range.
    """
    require_kind("treated", treated, ArmSummary, OF_RAW)
    require_kind("control", control, ArmSummary, OF_RAW)
    require_level(level)


def require_all_arms(arms: Sequence[ArmSummary]) -> None:
    """Refuse what is no list of summaries.

    Parameters
    ----------
    arms
        Arm summaries.

    Raises
    ------
    ValueError
        If it is no list or tuple, or one of them is something else.
    """
    if not isinstance(arms, (list, tuple)):
        raise ValueError(f"arms: need a list of ArmSummary, got {shown(arms)}. {OF_RAW}")
    for place, arm in enumerate(arms, start=1):
        require_kind(f"arm {place}", arm, ArmSummary, OF_RAW)
