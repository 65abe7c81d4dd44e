"""A ratio of two arms, or of two visits, with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from retrostats.effects.arguments import plain_exp
from retrostats.estimate import Estimate, Interval
from retrostats.layout import ShownAsEffect, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(ShownAsEffect):
    """A ratio of two arms, treated over control; 1 is no difference.

    Of one group at two visits it is after over before.

    Attributes
    ----------
    label
        What a reader sees.
    log
        Its natural logarithm with standard error, on the scale where trials are pooled.
    halves_added
        Whether a half was added to each cell of the table.

    Examples
    --------
    >>> log = Estimate.from_se("log ratio", 0.0, 0.1, unit="log ratio")
    >>> print(Ratio(label="retro / forward", log=log))
    retro / forward: 1 (95% CI 0.822 to 1.22)
    """

    label: str
    log: Estimate
    halves_added: bool = False

    @property
    def value(self) -> float:
        """The ratio."""
        return plain_exp(self.log.value)

    @property
    def ci(self) -> Interval:
        """Two-sided interval of the ratio."""
        low, high, level = self.log.ci
        return Interval(plain_exp(low), plain_exp(high), level)

    @property
    def p(self) -> float:
        """Two-sided p value of a ratio of 1."""
        return self.log.p

    def __str__(self) -> str:
        low, high, level = self.ci
        added = ", 0.5 added to each cell" if self.halves_added else ""
        interval = f"{percent(level)} CI {low:.3g} to {high:.3g}"
        return f"{self.label}: {self.value:.3g} ({interval}){added}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; what is beyond a double becomes ``None``."""
        finite = {k: v if v < math.inf else None for k, v in self.ci._asdict().items()}
        return {
            "label": self.label,
            "value": self.value if self.value < math.inf else None,
            "ci": finite,
            "p": self.p,
            "log": self.log.to_dict(),
            "halves_added": self.halves_added,
        }
