"""Several simulations in a row: each with its own folder and its share of the work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from retrostats.analysis.simulate import simulate_power
from retrostats.analysis.simulating.asking import Sizes
from retrostats.jobs.checkpoint_folders import require_checkpoints
from retrostats.jobs.types import Workers
from retrostats.plan.types import AnalysisPlan
from retrostats.power.design.types import TrialDesign
from retrostats.power.simulated.result import SimulatedPower
from retrostats.progress import Show


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulations:
    """What several simulations share.

    Attributes
    ----------
    design, plan
        The truth and the analysis.
    replicates, seed, workers, checkpoint, margin, precision
        As in `simulate_power`; each simulation has a folder of its own in `checkpoint`.
    tell
        Told how far all of them are.
    """

    design: TrialDesign
    plan: AnalysisPlan
    replicates: int
    seed: int
    workers: Workers | int
    checkpoint: Path | str | None
    margin: float | None
    precision: float | None
    tell: Show

    def run(
        self,
        n: Sizes,
        name: str,
        *,
        span: tuple[float, float] = (0.0, 1.0),
        replicates: int | None = None,
    ) -> SimulatedPower:
        """Simulate once.

        Parameters
        ----------
        n
            As in `simulate_power`.
        name
            Of its folder, and what the bar says.
        span
            The shares of all work at which it begins and ends.
        replicates
            In place of the number that all share.

        Raises
        ------
        DataError
            If `checkpoint` holds anything but folders of checkpoints.
        """
        if self.checkpoint is not None:
            require_checkpoints(Path(self.checkpoint))
        return simulate_power(
            self.design,
            self.plan,
            n=n,
            replicates=self.replicates if replicates is None else replicates,
            seed=self.seed,
            workers=self.workers,
            checkpoint=None if self.checkpoint is None else Path(self.checkpoint) / name,
            margin=self.margin,
            precision=self.precision,
            progress=_part(self.tell, span, name.replace("-", " ", 1)),
        )


def _part(tell: Show, span: tuple[float, float], name: str) -> Callable[[str, float], None]:
    low, high = span
    return lambda words, share: tell(f"{words}, {name}", low + (high - low) * share)
