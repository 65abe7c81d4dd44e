"""What is known of one group measured twice, and how its SDs hang together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from retrostats.effects.arguments import (
    require_kind,
    require_level,
    require_numbers,
    require_ordinary,
)
from retrostats.effects.raw_values import complete_values, require_spread
from retrostats.effects.recover import require_size
from retrostats.layout import ShownAsFields


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedSummary(ShownAsFields):
    """What is known of one group measured twice.

    Attributes
    ----------
    label
        What a reader sees, e.g. ``"retro, week 6 - baseline"``.
    n
        Number of participants measured at both visits, at least 2.
    mean_before, sd_before, mean_after, sd_after
        In the unit of the outcome.
    correlation
        Within-subject correlation of the two visits, -1 to 1.

    Raises
    ------
    ValueError
        If a field is out of its range.

    Examples
    --------
    >>> import retrostats as rs
    >>> rs.PairedSummary.of("pain", before=[7, 6, 8, 5], after=[4, 5, 5, 4]).mean_change
    -2.0
    """

    label: str
    n: int
    mean_before: float
    sd_before: float
    mean_after: float
    sd_after: float
    correlation: float

    def __post_init__(self) -> None:
        require_size(self.label, self.n)
        moments = self.mean_before, self.sd_before, self.mean_after, self.sd_after
        names = "mean_before", "sd_before", "mean_after", "sd_after"
        require_numbers(self.label, **dict(zip(names, moments, strict=True)))
        require_numbers(self.label, correlation=self.correlation)
        if not (0 < self.sd_before < math.inf and 0 < self.sd_after < math.inf):
            raise ValueError(
                f"{self.label}: need both SDs > 0, got {self.sd_before:g} before and "
                f"{self.sd_after:g} after. "
                "If the table prints a standard error, convert it with sd = se * sqrt(n)."
            )
        if not (math.isfinite(self.mean_change) and -1 <= self.correlation <= 1):
            raise ValueError(
                f"{self.label}: need finite means and a correlation in -1 to 1, got "
                f"{self.mean_before:g}, {self.mean_after:g} and {self.correlation:g}"
            )
        require_ordinary(self.label, moments, sds=(self.sd_before, self.sd_after))

    @property
    def mean_change(self) -> float:
        """Mean after minus mean before."""
        return self.mean_after - self.mean_before

    @property
    def sd_change(self) -> float:
        """Standard deviation of the individual changes; 0 if all change alike."""
        return sd_change_from_correlation(self.sd_before, self.sd_after, self.correlation)

    @classmethod
    def of(cls, label: str, before: ArrayLike, after: ArrayLike) -> PairedSummary:
        """Summarise raw pairs.

        Parameters
        ----------
        label
            What a reader sees.
        before, after
            Shape ``(n,)`` each, the same participants in the same order, none missing.

        Raises
        ------
        ValueError
            If the lengths differ, a value is missing, or one visit has no spread.
        """
        first, second = (
            complete_values(f"{label}, before", before),
            complete_values(f"{label}, after", after),
        )
        if len(first) != len(second):
            raise ValueError(
                f"{label}: {len(first)} values before and {len(second)} after; "
                "keep only the participants measured at both visits."
            )
        require_spread(f"{label}, before", first)
        require_spread(f"{label}, after", second)
        spread = float(np.std(first, ddof=1)), float(np.std(second, ddof=1))
        covariance = float(np.cov(first, second)[0, 1])
        product = spread[0] * spread[1]
        return cls(
            label=label,
            n=len(first),
            mean_before=float(first.mean()),
            sd_before=spread[0],
            mean_after=float(second.mean()),
            sd_after=spread[1],
            # Rounding may carry a perfect correlation a hair beyond 1.
            correlation=min(1.0, max(-1.0, covariance / product)) if product else 0.0,
        )

    @classmethod
    def from_sd_change(
        cls,
        *,
        label: str,
        n: int,
        mean_before: float,
        sd_before: float,
        mean_after: float,
        sd_after: float,
        sd_change: float,
    ) -> PairedSummary:
        """Make a summary where the table prints the SD of change, not the correlation.

        Parameters
        ----------
        label, n, mean_before, sd_before, mean_after, sd_after
            As in the class.
        sd_change
            Standard deviation of the individual changes.

        Raises
        ------
        ValueError
            If no data could have these three SDs.
        """
        correlation = correlation_from_sd_change(sd_before, sd_after, sd_change)
        if abs(correlation) > 1:
            raise ValueError(
                f"{label}: SDs {sd_before:g} and {sd_after:g} with an SD of change of "
                f"{sd_change:g} would need a correlation of {correlation:.3g}. No data can have "
                "that; look for a standard error printed as an SD."
            )
        return cls(
            label=label,
            n=n,
            mean_before=mean_before,
            sd_before=sd_before,
            mean_after=mean_after,
            sd_after=sd_after,
            correlation=correlation,
        )


def require_pairs(level: float, **given: PairedSummary) -> None:
    """Refuse groups that are no summaries, and what is no level.

    Parameters
    ----------
    level
        Coverage of the interval.
    **given
        The groups by the names of their arguments.

    Raises
    ------
    ValueError
        If a group is raw values, or anything else, or the level is out of range.
    """
    hint = "Of raw values make one by PairedSummary.of(label, before, after)."
    for name, value in given.items():
        require_kind(name, value, PairedSummary, hint)
    require_level(level)


def sd_change_from_correlation(sd_before: float, sd_after: float, correlation: float) -> float:
    """Return the SD of change from the SDs at both visits and their correlation.

    Parameters
    ----------
    sd_before, sd_after
        Positive, in the unit of the outcome.
    correlation
        Within-subject correlation, -1 to 1.

    Raises
    ------
    ValueError
        If an SD is not positive or the correlation is outside -1 to 1.

    Examples
    --------
    >>> round(sd_change_from_correlation(1.2, 1.0, 0.5), 3)
    1.114
    """
    _require_pair(sd_before, sd_after)
    if not -1 <= correlation <= 1:
        raise ValueError(f"the correlation must lie in -1 to 1, got {correlation:g}")
    # (a - b)^2 + 2ab(1 - r) keeps its digits where a^2 + b^2 - 2rab would cancel.
    spread = (sd_before - sd_after) ** 2 + 2 * sd_before * sd_after * (1 - correlation)
    return math.sqrt(spread)


def correlation_from_sd_change(sd_before: float, sd_after: float, sd_change: float) -> float:
    """Return the within-subject correlation that three printed SDs imply.

    Parameters
    ----------
    sd_before, sd_after, sd_change
        In the unit of the outcome; the first two positive, the third not negative.

    Returns
    -------
    float
        Outside -1 to 1 when no data could have these three SDs: the sign of a
        misprint, so it is returned and not corrected.

    Raises
    ------
    ValueError
        If an SD has the wrong sign.

    Examples
    --------
    >>> round(correlation_from_sd_change(1.2, 1.0, 1.113552872566), 3)
    0.5
    """
    _require_pair(sd_before, sd_after)
    if not 0 <= sd_change < math.inf:
        raise ValueError(f"need sd_change >= 0, got {sd_change:g}")
    return (sd_before**2 + sd_after**2 - sd_change**2) / (2 * sd_before * sd_after)


def _require_pair(sd_before: float, sd_after: float) -> None:
    if not (0 < sd_before < math.inf and 0 < sd_after < math.inf):
        raise ValueError(f"need both SDs > 0, got {sd_before:g} and {sd_after:g}")
