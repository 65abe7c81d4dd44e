"""What the report of pooled trials is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrostats.analysis.collecting.collected import Collected
from retrostats.estimate import Estimate

#: Which sign of the estimates is a benefit of the treated arm; empty where nobody said.
Benefit = Literal["negative", "positive", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One estimate that could be made from one trial, whether or not it is pooled.

    Attributes
    ----------
    trial, label
        Id of the trial, and how its row is called.
    contrast, outcome, timepoint
        Who is compared, on what, when; empty where nobody said.
    route
        From which figures the estimate comes.
    estimate
        ``None`` where the figures allow none.
    n
        Subjects of the two arms together; ``None`` where it is not known.
    used
        Whether it is pooled.
    why_not
        Why it is not; empty where it is.
    caveats
        What a reader must know of it.
    """

    trial: str
    label: str
    contrast: str = ""
    outcome: str = ""
    timepoint: str = ""
    route: str = ""
    estimate: Estimate | None = None
    n: int | None = None
    used: bool = False
    why_not: str = ""
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that is known of one outcome before anything is pooled.

    Attributes
    ----------
    outcome
        In one word, e.g. ``"pain"``.
    origin
        Where the estimates come from, as a clause.
    caption
        What the estimates have in common; stands above figures.
    estimates, studies
        Those to be pooled, and the name of the trial of each.
    rows
        Every estimate that was possible.
    left_out
        Each trial that measured the outcome and gives no estimate, and why.
    unrelated
        Each further trial that was looked at, and why it has nothing to say.
    counts
        Words and numbers for the flow of trials, in order.
    favours
        Whom a value below zero favours, and one above; ``None`` where nobody said.
    benefit
        Sign of a benefit of the treated arm.
    direction
        The same as a sentence.
    caveats
        Of the collection as a whole.
    digests
        SHA-256 by name of each input.
    collected
        What was collected from printed figures, whose assumptions can be varied; ``None`` for
        estimates that were given.
    """

    outcome: str
    origin: str
    caption: str
    estimates: tuple[Estimate, ...]
    studies: tuple[str, ...]
    rows: tuple[Contribution, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    unrelated: tuple[tuple[str, str], ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    favours: tuple[str, str] | None = None
    benefit: Benefit = ""
    direction: str = ""
    caveats: tuple[str, ...] = ()
    digests: tuple[tuple[str, str], ...] = ()
    collected: Collected | None = None

    @property
    def used(self) -> tuple[Contribution, ...]:
        """The rows that are pooled, in their order."""
        return tuple(row for row in self.rows if row.used)

    @property
    def subjects(self) -> int | None:
        """Subjects of all pooled estimates together; ``None`` where one does not tell its own."""
        numbers = [row.n for row in self.used if row.n is not None]
        known = len(numbers) == len(self.used) == len(self.estimates)
        return sum(numbers) if known and numbers else None
