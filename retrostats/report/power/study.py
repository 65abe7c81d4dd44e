"""All simulations of one report, in order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from retrostats.analysis.power_curve import power_curve
from retrostats.analysis.sample_size import find_sample_size
from retrostats.analysis.simulate import simulate_power
from retrostats.analysis.simulating.asking import fewest_of, require_simulable
from retrostats.analysis.simulating.closed import closed_powers
from retrostats.jobs.checkpoint_folders import require_checkpoints
from retrostats.jobs.types import Workers
from retrostats.plan.types import AnalysisPlan
from retrostats.power.design.types import TrialDesign
from retrostats.power.simulated.curve import FoundSampleSize, PowerCurve
from retrostats.power.simulated.result import SimulatedPower
from retrostats.progress import Show, told
from retrostats.report.power.changes import changes, curve_values
from retrostats.report.power.types import Change, Further, PowerRequest, PowerStudy

#: Sizes of the curve, as parts of the size that the answer rests on.
AROUND = (0.5, 0.75, 1.25, 1.5)
#: The fewest subjects of an arm on the curve.
_FEWEST = 4
#: The part of the simulations that are at sizes near one another.
_SIZES = "sizes"


def study_power(
    design: TrialDesign,
    plan: AnalysisPlan,
    request: PowerRequest,
    *,
    progress: Show | None = None,
) -> PowerStudy:
    """Simulate what the report of the power of a plan tells.

    Parameters
    ----------
    design, plan
        The truth that is assumed, and the analysis.
    request
        What is asked.
    progress
        Called with words and the share of the work done, from 0 to 1.

    Returns
    -------
    PowerStudy
        The same for any workers.

    Raises
    ------
    PlanError, DataError
        As in `retrostats.simulate_power` and `retrostats.find_sample_size`, before anything is
        simulated where that is possible.
    """
    require_simulable(design, plan)
    if request.checkpoint is not None:
        require_checkpoints(request.checkpoint)
    values = {over: curve_values(design, plan, over) for over in request.over}
    with told(progress) as tell:
        work = _Work(design=design, plan=plan, request=request, tell=tell)
        found, answers = work.answers()
        main = answers[0]
        size = found.n if found else request.n[0]
        sizes = work.curve_of_sizes(size, answers)
        base = work.simulate(design, size, "as-designed", (0.6, 0.63))
        return PowerStudy(
            request=request,
            main=main,
            found=found,
            sizes=sizes,
            base=base,
            changed=tuple(work.changed(size)),
            curves=tuple(work.curves(values, size)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What all simulations of a report share."""

    design: TrialDesign
    plan: AnalysisPlan
    request: PowerRequest
    tell: Show

    def part(self, begin: float, length: float) -> Show:
        """Return what tells the share of a part as one of the whole."""
        return lambda words, share: self.tell(words, begin + length * share)

    def answers(self) -> tuple[FoundSampleSize | None, tuple[SimulatedPower, ...]]:
        """Return the search, if there is one, and the simulations of the answer."""
        request = self.request
        if request.n:
            length = 0.45 / len(request.n)
            return None, tuple(
                simulate_power(
                    self.design, self.plan, n=size, replicates=request.replicates,
                    precision=request.precision, checkpoint=self.size_folder(size),
                    progress=self.part(k * length, length), **self.shared(),
                )
                for k, size in enumerate(request.n)
            )  # fmt: skip
        found = find_sample_size(
            self.design, self.plan, power=request.power, start=request.start,
            replicates=request.replicates, checkpoint=request.kept(_SIZES),
            progress=self.part(0.0, 0.75), **self.shared(),  # a search that settles ends at 0.6
        )  # fmt: skip
        return found, (found.confirmed,)

    def curve_of_sizes(self, size: int, answers: Sequence[SimulatedPower]) -> PowerCurve:
        """Return power against size, the simulations of the answer among its points."""
        points = dict(zip(self.request.n or (size,), answers, strict=True))
        if len(points) == 1:
            least = max(_FEWEST, fewest_of(self.design, self.plan))
            sizes = {max(least, math.ceil(part * size)) for part in AROUND} - set(points)
            for k, each in enumerate(sorted(sizes)):
                points[each] = simulate_power(
                    self.design, self.plan, n=each, replicates=self.request.fewer,
                    checkpoint=self.size_folder(each),
                    progress=self.part(0.45 + 0.15 * k / len(sizes), 0.15 / len(sizes)),
                    **self.shared(),
                )  # fmt: skip
        ordered = dict(sorted(points.items()))
        own = tuple(ordered.values())
        name, closed = closed_powers(own) if self.request.margin is None else ("", ())
        return PowerCurve(
            over="n",
            values=tuple(map(float, ordered)),
            points=own,
            closed=closed,
            closed_name=name,
        )

    def size_folder(self, size: int) -> Path | None:
        """Return the folder that a search and a curve keep the trials of one size in."""
        kept = self.request.kept(_SIZES)
        return None if kept is None else kept / f"n-{size}"

    def simulate(
        self, design: TrialDesign, size: int, key: str, span: tuple[float, float]
    ) -> SimulatedPower:
        """Simulate a design with the trials of a point of a curve."""
        return simulate_power(
            design, self.plan, n=size, replicates=self.request.fewer,
            checkpoint=self.request.kept(key), progress=self.part(span[0], span[1] - span[0]),
            **self.shared(),
        )  # fmt: skip

    def changed(self, size: int) -> Iterator[tuple[Change, SimulatedPower | None]]:
        """Yield each change of the design and the power under it."""
        listed = changes(self.design, self.plan)
        for k, change in enumerate(listed):
            begin, end = (0.63 + 0.22 * (k + step) / len(listed) for step in (0, 1))
            point = None
            if change.design is not None:
                point = self.simulate(change.design, size, change.key, (begin, end))
            yield change, point

    def curves(self, values: Mapping[Further, Sequence[float]], size: int) -> Iterator[PowerCurve]:
        """Yield power against each further assumption that was asked for."""
        for k, (over, each) in enumerate(values.items()):
            yield power_curve(
                self.design, self.plan, over=over, values=each, n=size,
                replicates=self.request.fewer, checkpoint=self.request.kept(f"over-{over}"),
                progress=self.part(0.85 + 0.15 * k / len(values), 0.15 / len(values)),
                **self.shared(),
            )  # fmt: skip

    def shared(self) -> _Shared:
        """Return the options of every simulation."""
        request = self.request
        return {"seed": request.seed, "workers": request.workers, "margin": request.margin}


class _Shared(TypedDict):
    seed: int
    workers: Workers | int
    margin: float | None
