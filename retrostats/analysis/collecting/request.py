"""What is asked of the printed figures, checked once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from retrostats.data.published import Outcome, PublishedTrial
from retrostats.data.study_words import outcome_group
from retrostats.effects.arguments import is_number
from retrostats.layout import ShownAsFields

ScaleName = Literal["g", "points"]
Bounds = Literal["left out", "at the bound"]

#: Kinds of outcomes that can be asked for: their group, and the direction of benefit that most of
#: their instruments share. Published pooled results print them the same way.
KINDS: dict[str, tuple[str, Literal["lower", "higher"]]] = {
    "pain": ("Pain", "lower"),
    "function": ("Function and disability", "lower"),
    "mobility": ("Mobility", "lower"),
    "strength": ("Strength", "higher"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectRequest(ShownAsFields):
    """What `retrostats.collect` was asked for.

    Attributes
    ----------
    outcome
        A kind of outcome (a key of `KINDS`), or the name or instrument of an outcome.
    trials
        In the order in which they were given.
    on_file
        How many there were before their roles were looked at.
    compare
        First and second arm of the comparison, in words; ``None`` for any.
    scale, timepoint, correlation, bounds
        As in `retrostats.collect`.
    """

    outcome: str
    trials: tuple[PublishedTrial, ...]
    on_file: int
    compare: tuple[str, str] | None = None
    scale: ScaleName = "g"
    timepoint: str = "last"
    correlation: float | None = 0.5
    bounds: Bounds = "left out"

    def __post_init__(self) -> None:
        given: object = self.outcome
        if not isinstance(given, str) or not given.strip():
            raise ValueError(f"collect: the outcome must be a word, as in 'pain'; got {given!r}")
        # "Pain" is the kind and not only the outcomes that bear this very name.
        plain = given.strip()
        kind = plain.casefold() if plain.casefold() in KINDS else plain
        object.__setattr__(self, "outcome", kind)
        if not isinstance(self.timepoint, str):
            raise ValueError(f"collect: timepoint must be a word; got {self.timepoint!r}")
        for name, given, allowed in (
            ("scale", self.scale, get_args(ScaleName)),
            ("bounds", self.bounds, get_args(Bounds)),
        ):
            if given not in allowed:
                raise ValueError(f"collect: {name} must be one of {allowed}, got {given!r}")
        r = self.correlation
        if r is not None and not (is_number(r) and -1 < r < 1):
            raise ValueError(f"collect: correlation must lie between -1 and 1, or be None; got {r}")
        if not _is_none_or_pair(self.compare):
            raise ValueError(f"collect: compare must be two words or None, got {self.compare!r}")

    def wants(self, outcome: Outcome) -> bool:
        """Whether an outcome is of the kind that is asked for."""
        kind = KINDS.get(self.outcome)
        if kind is not None:
            return outcome_group(outcome.name, outcome.instrument) == kind[0]
        asked = self.outcome.casefold()
        return asked in (outcome.name.casefold(), outcome.instrument.casefold())

    @property
    def title(self) -> str:
        """The outcome as a heading."""
        return KINDS[self.outcome][0] if self.outcome in KINDS else self.outcome

    @property
    def better(self) -> str:
        """The direction of benefit of standardised estimates: ``"lower"`` or ``"higher"``."""
        if self.outcome in KINDS:
            return KINDS[self.outcome][1]
        wanted = [o.better for trial in self.trials for o in trial.outcomes if self.wants(o)]
        return next((better for better in wanted if better), "lower")


def _is_none_or_pair(given: object) -> bool:
    """Whether something is ``None`` or a tuple of two words."""
    words = given if isinstance(given, tuple) else ()
    return given is None or (len(words) == 2 and all(isinstance(w, str) and w for w in words))
