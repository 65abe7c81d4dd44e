"""Counts of events in two arms, and what pooling them gives."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from numbers import Real
from typing import Any

from retrostats.effects.arguments import MOST
from retrostats.estimate import Estimate
from retrostats.layout import ShownAsSentence, p_sentence, percent
from retrostats.meta.heterogeneity import CochranQ
from retrostats.meta.studies import same_name


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCounts(ShownAsSentence):
    """How many had the event in each arm of one trial.

    Attributes
    ----------
    study
        Name of the trial.
    events_treated, n_treated, events_control, n_control
        How many, of how many.

    Raises
    ------
    ValueError
        If a count is not whole, is negative, or exceeds its arm, an arm is empty or has more people
        than there are, or the study has no name.

    Examples
    --------
    >>> import retrostats as rs
    >>> print(rs.TrialCounts.of("A", 4, 20, 9, 21))
    A: 4 of 20 against 9 of 21
    """

    study: str
    events_treated: int
    n_treated: int
    events_control: int
    n_control: int

    def __post_init__(self) -> None:
        if not same_name(str(self.study or "")):
            raise ValueError(f"TrialCounts: the study needs a name, got {self.study!r}")
        for arm in ("treated", "control"):
            events, n = getattr(self, f"events_{arm}"), getattr(self, f"n_{arm}")
            numbers = isinstance(events, Real) and isinstance(n, Real)
            possible = numbers and 0 <= events <= n and 1 <= n <= MOST
            if not possible or int(events) != events or int(n) != n:
                raise ValueError(
                    f"{self.study}, {arm}: {events} of {n} is impossible; expected whole numbers "
                    "of events, from 0 to the size of an arm of at least 1"
                )
            object.__setattr__(self, f"events_{arm}", int(events))
            object.__setattr__(self, f"n_{arm}", int(n))

    @classmethod
    def of(
        cls, study: str, events_treated: int, n_treated: int, events_control: int, n_control: int
    ) -> TrialCounts:
        """Return the counts of a trial, in the order in which papers print them."""
        return cls(
            study=study,
            events_treated=events_treated,
            n_treated=n_treated,
            events_control=events_control,
            n_control=n_control,
        )

    def __str__(self) -> str:
        return (
            f"{self.study}: {self.events_treated} of {self.n_treated} against "
            f"{self.events_control} of {self.n_control}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledCounts(ShownAsSentence):
    """One effect common to all trials, from their counts.

    Attributes
    ----------
    method, measure
        ``"Mantel-Haenszel"`` or ``"Peto"``; what was pooled.
    trials
        As given.
    pooled
        A difference of risks, or the logarithm of a ratio.
    q
        Test that all trials have this effect.
    i2, h2
        Share of the variation that is beyond chance, 0 to 1; and ``Q / df``; ``nan`` where only
        one trial has an effect.
    caveats
        What a reader must know: trials that say nothing, halves added for `q`.

    Examples
    --------
    >>> import retrostats as rs
    >>> fell = [rs.TrialCounts.of("A", 2, 24, 6, 23), rs.TrialCounts.of("B", 1, 16, 2, 16)]
    >>> found = rs.pool_mantel_haenszel(fell)
    >>> round(found.pooled.value, 2), found.q.df
    (-1.01, 1)
    """

    method: str
    measure: str
    trials: tuple[TrialCounts, ...]
    pooled: Estimate
    q: CochranQ
    i2: float
    h2: float
    caveats: tuple[str, ...]

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        low, high, level = self.pooled.ci
        shown = [self.pooled.value, low, high]
        if self.measure != "risk difference":
            shown = [math.exp(value) for value in shown]
        value, low, high = shown
        heterogeneity = f"I² = {self.i2:.0%}" if math.isfinite(self.i2) else "I² not known"
        text = (
            f"{self.method} {self.measure} of {len(self.trials)} trials: {value:.3g} "
            f"({percent(level)} CI {low:.3g} to {high:.3g}), {p_sentence(self.pooled.p)}; "
            f"{heterogeneity}. One effect common to all trials is assumed."
        )
        return " ".join([text, *self.caveats])

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; what is not known becomes ``None``."""
        known = {name: getattr(self, name) for name in ("i2", "h2")}
        return {
            "method": self.method,
            "measure": self.measure,
            "trials": [asdict(trial) for trial in self.trials],
            "pooled": self.pooled.to_dict(),
            "q": asdict(self.q),
            **{name: value if math.isfinite(value) else None for name, value in known.items()},
            "caveats": list(self.caveats),
        }
