"""How well two measurements of the same subjects agree."""

from __future__ import annotations

from dataclasses import dataclass

from retrostats.description.showing import agreement_html
from retrostats.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Two measurements of the same subjects, after Bland and Altman.

    Attributes
    ----------
    first, second
        What the two measurements are, in words.
    unit
        Of both.
    means, differences
        Shape ``(n,)`` each, in the order of the subjects: the mean of the two measurements, and
        second minus first.
    bias
        Mean difference, with the interval of the paired t test.
    lower, upper
        Limits of agreement: where differences of the stated share of subjects lie, each with the
        exact interval of its own estimate.
    share
        Of the differences that the limits are to hold, e.g. 0.95.
    missing
        Subjects without one or both of the measurements.
    """

    first: str
    second: str
    unit: str
    means: tuple[float, ...]
    differences: tuple[float, ...]
    bias: Estimate
    lower: Estimate
    upper: Estimate
    share: float
    missing: int

    def __post_init__(self) -> None:
        if len(self.means) != len(self.differences):
            raise ValueError(f"{len(self.means)} means for {len(self.differences)} differences")

    def _repr_html_(self) -> str:
        return agreement_html(self)
