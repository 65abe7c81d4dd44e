"""What a published table says of one arm at one visit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from retrostats.arrays import Floats
from retrostats.effects.recover import require_size, sd_from_ci, sd_from_se


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSummary:
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
    >>> round(ArmSummary.from_se("retro", 20, 38.2, 3.15).sd, 2)
    14.09
    """

    arm: str
    n: int
    mean: float
    sd: float

    def __post_init__(self) -> None:
        require_size(f"arm {self.arm!r}", self.n)
        if not 0 < self.sd < math.inf or not math.isfinite(self.mean):
            raise ValueError(
                f"arm {self.arm!r}: need a finite mean and sd > 0, got mean={self.mean:g}, "
                f"sd={self.sd:g}. "
                "If the table prints a standard error, convert it with sd = se * sqrt(n)."
            )

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


def complete_values(what: str, values: ArrayLike) -> Floats:
    """Return the values as an array, or say how many are missing.

    Parameters
    ----------
    what
        Opens the message: the arm or visit the values belong to.
    values
        Shape ``(n,)``, at least two.

    Raises
    ------
    ValueError
        If a value is missing or infinite, or there are fewer than two.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{what}: need a list of numbers, got an array of shape {array.shape}")
    missing = int(np.count_nonzero(~np.isfinite(array)))
    if missing:
        raise ValueError(
            f"{what}: {missing} of {len(array)} values are missing or not finite; "
            "leave them out deliberately, and report how many."
        )
    require_size(what, len(array))
    return array
