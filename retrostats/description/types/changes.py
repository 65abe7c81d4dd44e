"""How much each subject improved, in the shape that a figure of individual change shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IndividualChanges:
    """The improvements of one arm from baseline to a visit.

    Attributes
    ----------
    arm
        Label of the arm.
    outcome, visit
        In words.
    unit
        Of the improvements.
    improvements
        One per subject measured at both visits, ascending; positive is better.
    missing
        Subjects of the arm without the outcome at baseline or at the visit.
    """

    arm: str
    outcome: str
    visit: str
    unit: str
    improvements: tuple[float, ...]
    missing: int

    def __post_init__(self) -> None:
        pairs = zip(self.improvements, self.improvements[1:], strict=False)
        if any(earlier > later for earlier, later in pairs):
            raise ValueError(f"{self.arm}: the improvements must be ascending")
