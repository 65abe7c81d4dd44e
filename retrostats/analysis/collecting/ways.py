"""One way from printed figures to an estimate, and the shape that all ways share."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from retrostats.analysis.collecting.case import TwoSizes
from retrostats.analysis.collecting.request import CollectRequest
from retrostats.data.published import Kind
from retrostats.effects.convert import effect_from_t
from retrostats.effects.noncentral import small_sample_factor
from retrostats.effects.paired_t import SD_OF_CHANGE
from retrostats.estimate import Estimate, Interval
from retrostats.integrity.rounding import Span

#: The ways from the most to the least direct.
ROUTES = (
    "follow-up scores",
    "changes over the baseline SD",
    "changes",
    "difference with its interval",
    "printed standardised difference",
    "t",
    "p",
    "p at its bound",
    "nothing printed",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An estimate by one route, or why the route leads nowhere.

    Attributes
    ----------
    route
        One of `ROUTES`.
    timepoint
        As the figures have it.
    estimate
        The contrast as printed, in the direction of the print; ``None`` with `why`.
    benefit
        +1 where a larger value of it is better for the arm that the printed contrast names first,
        -1 where worse, 0 unknown.
    why
        Why there is no estimate.
    marks
        What its label must say of how it was reached.
    caveats
        What a reader must know.
    rounding
        Every value that the printed digits allow.
    kind
        The weakest kind of figure that went in.
    """

    route: str
    timepoint: str
    estimate: Estimate | None = None
    benefit: int = 0
    why: str = ""
    marks: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    rounding: Span | None = None
    kind: Kind = "printed"

    @property
    def rank(self) -> int:
        """How direct the route is; 0 for the most direct one."""
        return ROUTES.index(self.route)


def refused(route: str, timepoint: str, why: str) -> Way:
    """Return a way that leads nowhere."""
    return Way(route=route, timepoint=timepoint, why=why)


def change_factor(correlation: float) -> float:
    """Return the SD of change over the SD of scores: ``sqrt(2 (1 - r))``.

    Parameters
    ----------
    correlation
        Of the scores before and after within people; the SD is taken to be the same at both.
    """
    return math.sqrt(2 * (1 - correlation))


def scaled(estimate: Estimate, factor: float, *, unit: str) -> Estimate:
    """Return an estimate times a known number; a negative one turns it around.

    Parameters
    ----------
    factor
        Not zero. p and df stay as they are.
    unit
        Of the result.
    """
    low, high = sorted((estimate.ci.low * factor, estimate.ci.high * factor))
    return replace(
        estimate,
        value=estimate.value * factor,
        se=estimate.se * abs(factor),
        ci=Interval(low, high, estimate.ci.level),
        unit=unit,
    )


def of_t(way: Way, t: float, span: Span, sizes: TwoSizes, asked: CollectRequest) -> Way:
    """Fill a way with Hedges' g of Student's t; of changes, brought to SDs of scores.

    Parameters
    ----------
    t, span
        Of the printed contrast, as printed and as far as the digits allow.
    """
    g = effect_from_t(t, n1=sizes.n1, n2=sizes.n2)
    root = math.sqrt(1 / sizes.n1 + 1 / sizes.n2)
    rounding = span.times(small_sample_factor(sizes.n1 + sizes.n2 - 2) * root)
    if way.timepoint.startswith("change "):
        return in_sds_of_scores(way, g, rounding, asked.correlation)
    return replace(way, estimate=g, rounding=rounding)


def in_sds_of_scores(way: Way, g: Estimate, rounding: Span, correlation: float | None) -> Way:
    """Bring a g in SDs of change to SDs of scores, by the imputed correlation.

    Parameters
    ----------
    g, rounding
        In SDs of change.
    correlation
        ``None`` leaves them so, in a unit of its own.
    """
    if correlation is None:
        estimate = replace(g, unit=SD_OF_CHANGE)
        return replace(way, estimate=estimate, rounding=rounding)
    factor = change_factor(correlation)
    return replace(
        way,
        estimate=scaled(g, factor, unit="SD"),
        rounding=rounding.times(factor),
        marks=(*way.marks, f"r = {correlation:g}"),
        caveats=(*way.caveats, f"correlation of the visits imputed as {correlation:g}"),
    )
