"""The sample size with which a plan has the power that is wanted, by simulation."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from scipy.special import ndtri

from retrostats.analysis.simulating.asking import design_of, fewest_of, plan_of
from retrostats.analysis.simulating.crossing import Crossing, crossing
from retrostats.analysis.simulating.points import Simulations
from retrostats.analysis.simulating.summary import share_error
from retrostats.errors import DataError
from retrostats.jobs.types import Workers
from retrostats.plan.types import AnalysisPlan
from retrostats.power.design.types import TrialDesign
from retrostats.power.simulated.curve import FoundSampleSize
from retrostats.power.simulated.result import SimulatedPower
from retrostats.progress import Show, told

#: Trials of the first look, and the fewest of every later one but the final.
_LOOK, _FEWEST = 500, 1000
#: Fewer know a power of 0.5 to no better than 0.05: they may call any size right.
FEWEST_TRIALS = 100
#: Sizes beyond this are a slip of the design.
_LARGEST = 100_000
#: The search brackets its guess by these factors, and asks again beyond the outer ones.
_BRACKET, _TRUSTED = (0.85, 1.15), (0.75, 1.35)
#: Rounds of bracketing, and of final simulations, before the search gives up.
_ROUNDS = 5
#: Monte Carlo errors that the final power may lie below the one wanted.
_ERRORS = 2.0


def find_sample_size(  # noqa: PLR0913 - what is looked for, how exactly, and by whom
    design: TrialDesign | Path | str,
    plan: AnalysisPlan | Path | str,
    *,
    power: float = 0.9,
    start: int = 30,
    replicates: int = 10_000,
    seed: int,
    workers: Workers | int = 1,
    checkpoint: Path | str | None = None,
    margin: float | None = None,
    progress: Show | None = None,
) -> FoundSampleSize:
    """Find the smallest sample size with which the plan has a power, and confirm it.

    Use it for the sample size of a protocol; not for a first idea, which a closed form such as
    `power_mmrm` gives at once.

    Parameters
    ----------
    design, plan
        As in `simulate_power`.
    power
        Wanted of the first comparison, between 0.5 and 1; with a `margin`, the share of trials
        whose interval excludes it.
    start
        Subjects per arm of the first look; any size for which the model can be fitted will do.
    replicates
        Trials of the final simulation, 100 or more; the search takes a fifth of it at every other
        size, and 1,000 at least (or all, if fewer).
    seed, workers, checkpoint, margin, progress
        As in `simulate_power`.

    Returns
    -------
    FoundSampleSize
        Subjects of an arm with allocation 1, the final simulation there, the range of sizes that
        the simulations leave, and all of them in order. Sizes that leave the planned model too
        few degrees of freedom are not tried.

    Raises
    ------
    DataError
        If the power cannot be reached: no true difference, one beyond the margin, or more than
        100,000 subjects per arm; or if too few trials were asked for to tell how the power rises
        with the size.
    PlanError, ValueError
        As in `simulate_power`; also with fewer than 100 replicates.

    Notes
    -----
    The first look gives the standard error of the planned analysis, from which a z test's formula
    guesses the size. The next ones lie 15 % on either side, and a probit line in the root of n
    through all powers is solved for n. The size stands when a final simulation at it is not below
    the power by more than two Monte Carlo errors; else, or where the power is higher by more than
    that and the curve then crosses at a smaller size, the search goes on from what it has learnt.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> found = rs.find_sample_size(
    ...     folder / "design.toml", folder / "plan.toml", power=0.8, replicates=300, seed=1
    ... )
    >>> found.low <= found.n <= found.high
    True
    """
    if not 0.5 <= power < 1:
        raise ValueError(f"find_sample_size: power must be at least 0.5 and below 1, got {power!r}")
    if type(replicates) is not int or replicates < FEWEST_TRIALS:
        raise ValueError(
            f"find_sample_size: replicates must be a whole number of {FEWEST_TRIALS} or more, got "
            f"{replicates!r}; fewer trials do not tell one size from another"
        )
    if start > _LARGEST:
        raise DataError(f"find_sample_size: start may be {_LARGEST:,} at most, got {start:,}")
    with told(progress) as tell:
        truth, planned = design_of(design), plan_of(plan)
        runs = Simulations(
            design=truth, plan=planned, replicates=replicates, seed=seed,
            workers=workers, checkpoint=checkpoint, margin=margin, precision=None, tell=tell,
        )  # fmt: skip
        search = _Search(runs=runs, power=power, fewest=fewest_of(truth, planned))
        return search.answer(start)


@dataclass(slots=True, kw_only=True)
class _Search:
    """Simulations so far, and what they say of the size."""

    runs: Simulations
    power: float
    fewest: int = 3
    history: list[tuple[int, float, float, int]] = field(default_factory=list)
    by_size: dict[int, tuple[float, int]] = field(default_factory=dict)

    def answer(self, start: int) -> FoundSampleSize:
        first = self.look(start, min(_LOOK, self.runs.replicates), (0.0, 0.1))
        cross = self.bracketed(_guess(self.runs, first, start, self.power))
        reached: tuple[int, SimulatedPower] | None = None
        for turn in range(_ROUNDS):
            n = self.whole(cross.n)
            span = (0.5 + 0.1 * turn, 0.6 + 0.1 * turn)
            final = self.look(n, self.runs.replicates, span)
            cross = crossing(self.by_size, self.power)
            found = final.aimed
            if found.value >= self.power - _ERRORS * found.error:
                reached = n, final
                generous = found.value > self.power + _ERRORS * found.error
                if not (generous and self.whole(cross.n) < n):
                    break
            elif reached is not None:  # a smaller size was tried and is too small
                break
        if reached is not None:
            return self.found(*reached, cross)
        tried = ", ".join(f"{n:,}: {power:.3f}" for n, power, _, _ in self.history)
        raise DataError(
            f"find_sample_size: the search did not settle (power by subjects per arm: {tried}); "
            "look at a power_curve over n"
        )

    def found(self, n: int, final: SimulatedPower, cross: Crossing) -> FoundSampleSize:
        """Return the size, and the range that the simulations leave.

        Raises
        ------
        DataError
            If they leave any size.
        """
        low, high = cross.low, cross.high
        if fewest := n == self.fewest and self.is_enough(n):
            low = high = n
        if not math.isfinite(high):
            raise DataError(
                f"find_sample_size: with {n:,} subjects per arm {final.aimed.value:.3f} of "
                f"{final.replicates:,} trials show what is wanted, but these are too few to tell "
                f"how the power rises with the size (from {low:,.0f} on any may be the one); ask "
                "for more replicates"
            )
        return FoundSampleSize(
            n=n, power=self.power, confirmed=final, history=tuple(self.history),
            low=min(n, math.floor(low)), high=max(n, math.ceil(high)), fewest=fewest,
        )  # fmt: skip

    def whole(self, n: float) -> int:
        """Return a size that may be tried: enough for the model, and not beyond the largest."""
        return max(self.fewest, math.ceil(min(n, _LARGEST) - 1e-9))

    def is_enough(self, n: int) -> bool:
        """Say whether the power is above the one wanted at a size, by more than chance."""
        power, trials = self.by_size.get(n, (0.0, 0))
        return power - _ERRORS * share_error(round(power * trials), trials or 1) > self.power

    def look(self, n: int, trials: int, span: tuple[float, float]) -> SimulatedPower:
        """Simulate at one size and keep what it says."""
        found = self.runs.run(n, f"n-{n}", span=span, replicates=trials)
        power = found.aimed
        self.history.append((n, power.value, power.error, found.replicates))
        # Two simulations at one size share trials, so that only the longer one counts.
        self.by_size[n] = max(
            self.by_size.get(n, (0.0, 0)), (power.value, found.replicates), key=lambda each: each[1]
        )
        return found

    def bracketed(self, guess: float) -> Crossing:
        """Return where the curve crosses, from sizes on either side of it."""
        trials = min(self.runs.replicates, max(_FEWEST, self.runs.replicates // 5))
        for turn in range(_ROUNDS):
            for place, n in enumerate(dict.fromkeys(self.whole(guess * f) for f in _BRACKET)):
                at = 0.1 + 0.08 * turn + 0.04 * place
                self.look(n, trials, (at, at + 0.04))
            if self.is_enough(self.fewest):
                return Crossing(n=self.fewest, low=self.fewest, high=self.fewest)
            cross = crossing(self.by_size, self.power)
            if _TRUSTED[0] * guess <= cross.n <= _TRUSTED[1] * guess:
                return cross
            guess = min(max(cross.n, guess / 2), 2 * guess)
        return cross


def _guess(runs: Simulations, first: SimulatedPower, n: int, power: float) -> float:
    """Return the size by the formula of a z test with the standard error of the plan.

    Raises
    ------
    DataError
        If no size has the power.
    """
    primary, margin = first.primary, runs.margin
    worse = primary.truth if runs.design.better == "lower" else -primary.truth
    away = abs(worse) if margin is None else margin - worse
    if away <= 0:
        what = "no true difference" if margin is None else "a true difference beyond the margin"
        raise DataError(
            f"find_sample_size: the design has {what} ({primary.label}: {primary.truth:g}), so "
            "that no sample size has the power; change the design"
        )
    if math.isnan(primary.model_se.value):
        raise DataError(
            f"find_sample_size: the planned model could not be fitted with {n} subjects per arm; "
            "give a larger start"
        )
    level = runs.plan.model.level
    z = float(ndtri(power) + ndtri(0.5 + level / 2))
    guess = n * (z * primary.model_se.value / away) ** 2
    if guess > _LARGEST:
        raise DataError(
            f"find_sample_size: about {guess:,.0f} subjects per arm would be needed, more than "
            f"{_LARGEST:,}; look at the difference of the design ({primary.label}: "
            f"{primary.truth:g})"
        )
    return guess
