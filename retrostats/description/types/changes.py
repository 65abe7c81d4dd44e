"""How much each subject improved, in the shape that a figure of individual change shows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from retrostats.layout import ShownAsFields


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCounts(ShownAsFields):
    """How many subjects of an arm changed, and by enough of what.

    Error and importance are two questions: those of `improved`, `within` and `worsened` add up to
    `n`, and so do those of `better`, `same` and `worse`; `important` cuts across both.

    Attributes
    ----------
    n, missing
        Subjects measured at both visits, and the others.
    better, same, worse
        Improved by anything, by nothing, by less than nothing.
    improved, within, worsened
        Better by more than the measurement error, at most that far from no change in either
        direction, worse by more than it; ``None`` where no error is given.
    important
        Better by at least the smallest change that matters; ``None`` where none is given.
    """

    n: int
    missing: int
    better: int
    same: int
    worse: int
    improved: int | None = None
    within: int | None = None
    worsened: int | None = None
    important: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndividualChanges(ShownAsFields):
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
        # The negation refuses nan as well, which is neither above nor below anything.
        if not all(earlier <= later for earlier, later in pairs):
            raise ValueError(f"{self.arm}: the improvements must be ascending")

    def counts(self, *, mdc: float | None = None, mcid: float | None = None) -> ChangeCounts:
        """Count who changed by more than the error, and who by enough to matter.

        Parameters
        ----------
        mdc
            Smallest detectable change: a change of exactly this size is still within error.
        mcid
            Smallest change that matters: an improvement of exactly this size counts.

        Examples
        --------
        >>> changes = IndividualChanges(
        ...     arm="retro", outcome="Pain", visit="week 6", unit="points",
        ...     improvements=(-2.0, 0.0, 1.0, 2.0, 4.0), missing=1,
        ... )  # fmt: skip
        >>> told = changes.counts(mdc=1.33, mcid=2.0)
        >>> told.improved, told.within, told.worsened, told.important, told.missing
        (2, 2, 1, 2, 1)
        """
        values, n = self.improvements, len(self.improvements)
        worse, not_better = bisect_left(values, 0.0), bisect_right(values, 0.0)
        improved = worsened = None
        if mdc is not None:
            improved, worsened = n - bisect_right(values, mdc), bisect_left(values, -mdc)
        return ChangeCounts(
            n=n,
            missing=self.missing,
            better=n - not_better,
            same=not_better - worse,
            worse=worse,
            improved=improved,
            within=None if improved is None or worsened is None else n - improved - worsened,
            worsened=worsened,
            important=None if mcid is None else n - bisect_left(values, mcid),
        )
