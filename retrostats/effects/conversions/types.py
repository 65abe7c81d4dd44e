"""An effect carried to another scale, with everything that was assumed on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from retrostats.effects.proportions.number_needed import NumberNeededToTreat
from retrostats.estimate import Estimate, Interval
from retrostats.layout import percent, true_minus
from retrostats.layout.html import listed, paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """An effect on another scale, and what had to be assumed to bring it there.

    Attributes
    ----------
    label
        That of the effect it comes from.
    source, scale
        From which scale to which, e.g. ``"d"`` and ``"odds ratio"``.
    value
        The effect on the new scale; infinite for a number needed to treat at no difference.
    ci
        The limits of the source, converted like the value. Of a number needed to treat these are
        its `NumberNeededToTreat.limits`, the better one first; they may enclose infinity.
    p
        That of the source: a conversion makes no test.
    assumptions
        One phrase each, in the order in which they were used.
    pooling
        The effect on the scale where effects of this kind are pooled, with a standard error by
        the delta method; ``None`` where none is usual or the source has no standard error.
    number_needed
        Of a number needed to treat, its words and limits; else ``None``.
    """

    label: str
    source: str
    scale: str
    value: float
    ci: Interval
    p: float
    assumptions: tuple[str, ...]
    pooling: Estimate | None = None
    number_needed: NumberNeededToTreat | None = None

    @property
    def se(self) -> float:
        """Standard error on the scale that `pooling` names in its unit; ``nan`` without one."""
        return math.nan if self.pooling is None else self.pooling.se

    def __str__(self) -> str:
        lines = [f"  - {assumption}" for assumption in self.assumptions]
        return "\n".join([self._sentence(), *(["assuming:"] if lines else []), *lines])

    def _repr_html_(self) -> str:
        assumed = "assuming:" if self.assumptions else ""
        return paragraphs(true_minus(self._sentence()), assumed) + listed(self.assumptions)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; what is infinite or missing becomes ``None``."""
        return {
            "label": self.label,
            "source": self.source,
            "scale": self.scale,
            "value": _plain(self.value),
            "ci": {key: _plain(value) for key, value in self.ci._asdict().items()},
            "p": _plain(self.p),
            "assumptions": list(self.assumptions),
            "pooling": self.pooling and self.pooling.to_dict(),
            "number_needed": self.number_needed and self.number_needed.to_dict(),
        }

    def _sentence(self) -> str:
        start = f"{self.label}, {self.scale} from {self.source}"
        if self.number_needed is not None:
            return f"{start}: {self.number_needed.text()}"
        low, high, level = self.ci
        return f"{start}: {self.value:.3g} ({percent(level)} CI {low:.3g} to {high:.3g})"


def _plain(value: float) -> float | None:
    return value if math.isfinite(value) else None
