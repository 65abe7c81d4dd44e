"""What a user tells beside the effect, and what a conversion needs of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrostats.effects.conversions.formulas import inside, spread_of_groups

#: How a difference in SDs becomes shares beyond a cut.
Assuming = Literal["logistic", "cox", "normal"]
#: Which values of the outcome a patient hopes for.
Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a user tells beside the effect; `None` is not told.

    Raises
    ------
    ValueError
        If what is told is impossible.
    """

    control_risk: float | None = None
    n1: int | None = None
    n2: int | None = None
    assuming: Assuming | None = None
    better: Better | None = None

    def __post_init__(self) -> None:
        spread_of_groups(self.n1, self.n2)
        if self.control_risk is not None:
            inside("control risk", self.control_risk, 0, 1)
        if self.assuming not in (None, "logistic", "cox", "normal"):
            raise ValueError(
                f"assuming must be 'logistic', 'cox' or 'normal', got {self.assuming!r}"
            )
        if self.better not in (None, "higher", "lower"):
            raise ValueError(f"better must be 'higher' or 'lower', got {self.better!r}")

    @property
    def given(self) -> tuple[str, ...]:
        """The names of what was told, sizes by the name of the first."""
        names = ("control_risk", "n1", "assuming", "better")
        return tuple(name for name in names if getattr(self, name) is not None)

    @property
    def risk(self) -> float:
        """The control risk.

        Raises
        ------
        ValueError
            If it was not told.
        """
        if self.control_risk is None:
            raise ValueError(
                "this conversion needs control_risk: the share of the control group with the "
                "event, from the trial, a registry or a meta-analysis of control arms."
            )
        return self.control_risk

    @property
    def sign(self) -> int:
        """1, or -1 where lower values are the better ones, so that the event is a low value."""
        return -1 if self.better == "lower" else 1

    @property
    def spread(self) -> float:
        """The h of `retrostats.effects.conversions.formulas.d_to_r`."""
        return spread_of_groups(self.n1, self.n2)

    @property
    def share_treated(self) -> float:
        """The treated arm's share of the subjects; a half where the sizes were not told."""
        if self.n1 is None or self.n2 is None:
            return 0.5
        return self.n1 / (self.n1 + self.n2)

    def sizes(self, without: str) -> str:
        """Say which sizes are taken, or what is taken for granted without them."""
        return without if self.n1 is None else f"group sizes {self.n1} and {self.n2}"
