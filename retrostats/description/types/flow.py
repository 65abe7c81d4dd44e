"""The participant flow in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from retrostats.description.showing import flow_html
from retrostats.layout import ShownAsFields

#: Reasons and how many subjects each one has.
Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmFlow(ShownAsFields):
    """What became of the subjects of one arm.

    ``randomised = analysed + excluded + not_analysed``, each subject once.

    Attributes
    ----------
    arm, name
        Label of the codebook, and words for readers.
    randomised
        Subjects with this arm.
    excluded
        By a rule of the plan not in the population of the analysis: reason and number.
    attended
        At each visit: subjects of all randomised with at least one outcome recorded.
    withdrawn
        Reason and number of all randomised, where the file has reasons.
    analysed
        Subjects that the model of the primary endpoint uses.
    not_analysed
        Of the population, why the model cannot use them: reason and number.

    Raises
    ------
    ValueError
        If the numbers do not add up.
    """

    arm: str
    name: str
    randomised: int
    excluded: Counts
    attended: tuple[int, ...]
    withdrawn: Counts
    analysed: int
    not_analysed: Counts

    def __post_init__(self) -> None:
        left = sum(n for _, n in (*self.excluded, *self.not_analysed))
        if self.randomised != self.analysed + left:
            raise ValueError(
                f"{self.arm}: {self.randomised} randomised, {self.analysed} analysed and {left} "
                "with a reason why not: a subject was lost"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The participant flow of CONSORT.

    Attributes
    ----------
    assessed
        Assessed for eligibility, where the codebook says.
    not_randomised
        Reason and number, likewise.
    visits
        Labels of the visits, by week; `ArmFlow.attended` follows them. Empty where a publication
        tells none.
    endpoint
        The primary endpoint in words, e.g. ``"Pain, week 6"``; may be empty.
    """

    assessed: int | None
    not_randomised: Counts
    visits: tuple[str, ...]
    arms: tuple[ArmFlow, ...]
    endpoint: str

    @property
    def randomised(self) -> int:
        """Subjects of all arms."""
        return sum(arm.randomised for arm in self.arms)

    @property
    def analysed(self) -> int:
        """Subjects that the model of the primary endpoint uses."""
        return sum(arm.analysed for arm in self.arms)

    def _repr_html_(self) -> str:
        return flow_html(self)
