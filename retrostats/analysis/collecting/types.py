"""What was collected, and why the rest was not."""

from __future__ import annotations

from dataclasses import dataclass

from retrostats.data.published import Kind
from retrostats.estimate import Estimate
from retrostats.layout import ShownAsFields, ShownAsSentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(ShownAsFields):
    """One way from the figures of a trial to an estimate, taken or not.

    Attributes
    ----------
    trial, label
        Id of the trial, and its short name.
    contrast
        First arm minus second.
    outcome, instrument, timepoint
        As in the trial; ``"change T"`` for changes.
    route
        Which figures it comes from.
    estimate
        In the direction of the whole collection; ``None`` where there is none.
    chosen
        Whether it is the one estimate of its trial.
    why
        Why there is no estimate, or why another one was chosen; empty for the chosen one.
    caveats
        What a reader must know.
    rounding
        Least and greatest value that the printed digits allow; ``None`` where not worked out.
    kind
        The weakest kind of figure that went in.
    better
        Which direction of `estimate` is benefit to the first arm: ``"lower"`` or ``"higher"``;
        empty without an estimate.
    """

    trial: str
    label: str
    contrast: str
    outcome: str
    instrument: str
    timepoint: str
    route: str
    estimate: Estimate | None
    chosen: bool
    why: str
    caveats: tuple[str, ...]
    rounding: tuple[float, float] | None
    kind: Kind
    better: str = ""

    @property
    def from_p(self) -> bool:
        """Whether the estimate rests on a p alone."""
        return self.route.startswith("p")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut(ShownAsSentence):
    """A trial that contributes nothing.

    Attributes
    ----------
    trial, label
        Id of the trial, and its short name.
    reason
        In words.
    """

    trial: str
    label: str
    reason: str

    def __str__(self) -> str:
        return f"{self.label}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedCounts(ShownAsFields):
    """How many trials are left at each step, for a PRISMA flow.

    Attributes
    ----------
    on_file
        Trials looked through.
    of_role
        Of these, those of the roles that were asked for, or named by the user.
    with_outcome
        Of these, those that have an outcome of the kind.
    compared
        Of these, those that compare the arms that were asked for.
    with_estimate
        Of these, those whose figures allow an estimate.
    """

    on_file: int
    of_role: int
    with_outcome: int
    compared: int
    with_estimate: int
