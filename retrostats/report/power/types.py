"""What the report of the power of a plan is made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from retrostats.jobs.types import Workers
from retrostats.plan.types import AnalysisPlan
from retrostats.power.design.types import TrialDesign
from retrostats.power.simulated.curve import FoundSampleSize, PowerCurve
from retrostats.power.simulated.result import SimulatedPower

#: What may be drawn as a curve beside the size.
Further: TypeAlias = Literal["dropout", "correlation", "difference"]
#: Trials of each point of a curve: a fifth of those of the answer, and these at least.
_SHARE, _LEAST = 5, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRequest:
    """What is asked, how exactly, and who does the work.

    Attributes
    ----------
    n
        Subjects of an arm with allocation 1 at which the power is asked for; empty where a size
        is looked for.
    power
        For which a size is looked for; also marked in the figure.
    start
        Subjects per arm of the first look of the search.
    replicates, seed, margin, precision
        As in `retrostats.simulate_power`; `precision` only where `n` is given.
    over
        What is drawn as a curve beside the size.
    workers, checkpoint
        Who does the work, and the folder that keeps it. The report does not depend on them.
    """

    n: tuple[int, ...] = ()
    power: float = 0.9
    start: int = 30
    replicates: int = 10_000
    seed: int = 1
    margin: float | None = None
    precision: float | None = None
    over: tuple[Further, ...] = ()
    workers: Workers | int = 1
    checkpoint: Path | None = None

    @property
    def fewer(self) -> int:
        """Trials at each point of a curve and for each changed assumption.

        Examples
        --------
        >>> PowerRequest().fewer, PowerRequest(replicates=200).fewer
        (2000, 200)
        """
        return min(self.replicates, max(_LEAST, self.replicates // _SHARE))

    def kept(self, name: str) -> Path | None:
        """Return the folder of one part of the work; None where nothing is kept."""
        return None if self.checkpoint is None else self.checkpoint / name


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One assumption of a design put otherwise.

    Attributes
    ----------
    key
        What files call it, e.g. ``"dropout-more"``.
    what
        The assumption, e.g. ``"Dropout"``.
    words
        What it is changed to.
    design
        With the change; None where no trial can be so.
    why_not
        Why there is no such design; empty where there is.
    """

    key: str
    what: str
    words: str
    design: TrialDesign | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerStudy:
    """All that was simulated for one report.

    Attributes
    ----------
    request
        What was asked.
    main
        The simulation that the answer rests on: at the size found, or at the first that was given.
    found
        The search for the size; None where sizes were given.
    sizes
        Power against the subjects of an arm.
    base
        The design as it is, with as many trials as each changed one: what these are held against.
    changed
        Each change, and the power under it; None where no trial can be so.
    curves
        Power against further assumptions.
    """

    request: PowerRequest
    main: SimulatedPower
    found: FoundSampleSize | None
    sizes: PowerCurve
    base: SimulatedPower
    changed: tuple[tuple[Change, SimulatedPower | None], ...]
    curves: tuple[PowerCurve, ...] = ()

    @property
    def design(self) -> TrialDesign:
        """The truth that was assumed."""
        return self.main.design

    @property
    def plan(self) -> AnalysisPlan:
        """How every trial was analysed."""
        return self.main.plan

    @property
    def asked(self) -> tuple[SimulatedPower, ...]:
        """The simulations of the answer: one, or one for each size that was given."""
        wanted = set(self.request.n)
        own = zip(self.sizes.values, self.sizes.points, strict=True)
        return tuple(point for value, point in own if value in wanted) or (self.main,)

    def paragraph(self) -> str:
        """Return the sample-size paragraph of a protocol."""
        from retrostats.power.simulated.paragraph import power_paragraph

        return power_paragraph(self.main, wanted=self.found.power if self.found else None)
