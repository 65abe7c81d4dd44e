"""One recomputation of one printed number, before the variants are weighed together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from retrostats.data.published import Figure, Kind
from retrostats.integrity.rounding import Span


class State(Enum):
    """What one recomputation says of one printed number."""

    AGREES = "a variant gives what is printed"
    DISAGREES = "a variant does not"
    CONSISTENT = "the table agrees with itself"
    INCONSISTENT = "the table disagrees with itself"
    DERIVED = "nothing is printed to compare with"
    MISSING = "something needed is not printed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A standardised difference with its 95% limits, for forest plots.

    Attributes
    ----------
    value
        Hedges' g, treated minus control as the paper prints the score.
    ci_low, ci_high
        The outermost 95% confidence limits over the rounding.
    p, df
        Two-sided p of no difference (Student's t), and its degrees of freedom.
    signed
        ``False`` where the printed figures give the size and not the direction.
    benefit
        +1 where a positive value favours the treated arm, -1 where it favours the
        control, 0 where the paper gives no direction.
    route
        How it was reached.
    """

    value: float
    ci_low: float
    ci_high: float
    p: float
    df: int
    signed: bool
    benefit: int
    route: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One recomputation, before the variants of one printed number are weighed together.

    Attributes
    ----------
    about
        The printed number; ``None`` for something derived.
    route
        From which figures; only variants of one route may excuse one another.
    place
        Outcome, timepoint, and contrast (or arm).
    quantity
        Statistic recomputed.
    span
        What the other printed figures imply; ``None`` where nothing can be recomputed.
    variant
        Under which test or route.
    missing
        What the recomputation would need; only with `State.MISSING`.
    kind
        The weakest kind of figure that went in.
    """

    state: State
    place: tuple[str, str, str]
    quantity: str
    about: Figure | None = None
    span: Span | None = None
    variant: str = ""
    route: str = "scores"
    missing: str = ""
    detail: str = ""
    kind: Kind = "printed"
    effect: Effect | None = None
