"""What a planned contrast says, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrostats.analysis.showing import contrast_html, judgement_html
from retrostats.estimate import Estimate
from retrostats.instruments import Change
from retrostats.plan.types import Comparison

#: What an interval says of the smallest worthwhile change (SWC), in the direction of benefit.
Verdict = Literal[
    "worthwhile",  # all of it at least SWC
    "better, size unclear",  # above 0, and contains SWC
    "better, less than worthwhile",  # above 0, all below SWC
    "unclear",  # contains 0 and SWC
    "no worthwhile effect",  # contains 0, within -SWC and SWC
    "no worthwhile benefit",  # contains 0 and -SWC, all below SWC
    "worse, less than worthwhile",  # below 0, all above -SWC
    "worse, size unclear",  # below 0, and contains -SWC
    "worthwhile harm",  # all of it at most -SWC
    "not judged",  # no SWC is known
]

#: What a contrast is of.
Quantity = Literal[
    "adjusted mean difference", "mean difference", "mean difference in change from baseline"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """An effect held against what patients notice.

    Attributes
    ----------
    verdict, sentence
        The verdict, and the sentence for the report.
    worthwhile, error
        The changes it was held against, with their sources; ``None`` where none is known.
    alternatives
        Where the trial declares no smallest worthwhile change: the others that the catalogue has
        for the instrument, and the verdict by each.
    """

    verdict: Verdict
    sentence: str
    worthwhile: Change | None
    error: Change | None
    alternatives: tuple[tuple[Change, Verdict], ...] = ()

    def _repr_html_(self) -> str:
        return judgement_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedContrast:
    """A comparison of the plan at the week of its endpoint.

    Attributes
    ----------
    comparison
        The arms.
    estimate
        Treatment minus comparator, in the unit of the outcome.
    adjusted_p
        Under the multiplicity of the plan; ``None`` where it adjusts nothing.
    standardised
        Over the pooled standard deviation at baseline; ``None`` where it cannot be made.
    judgement
        Held against what patients notice.
    """

    comparison: Comparison
    estimate: Estimate
    adjusted_p: float | None
    standardised: Estimate | None
    judgement: Judgement

    def _repr_html_(self) -> str:
        return contrast_html(self)
