"""Power by simulation: trials drawn from a design and analysed by the very plan."""

from __future__ import annotations

import math
from pathlib import Path

from retrostats.analysis.simulating.asking import (
    Sizes,
    design_of,
    plan_of,
    require_simulable,
    sizes_of,
)
from retrostats.analysis.simulating.gather import PreciseEnough, simulated_power
from retrostats.analysis.simulating.replicates import PlannedTrials, block_size
from retrostats.jobs.run import run_replicates
from retrostats.jobs.types import Workers
from retrostats.plan.types import AnalysisPlan
from retrostats.power.design.types import TrialDesign
from retrostats.power.simulated.result import SimulatedPower
from retrostats.progress import Show

#: Changes whenever the same seed gives other trials or other answers.
_VERSION = "simulate_power 2"


def simulate_power(  # noqa: PLR0913 - what is simulated, how exactly, and by whom
    design: TrialDesign | Path | str,
    plan: AnalysisPlan | Path | str,
    *,
    n: Sizes,
    replicates: int = 10_000,
    seed: int,
    workers: Workers | int = 1,
    checkpoint: Path | str | None = None,
    margin: float | None = None,
    precision: float | None = None,
    progress: Show | None = None,
) -> SimulatedPower:
    """Simulate trials and analyse each as the plan will analyse the real one.

    Use it for the power that a protocol states, whatever model, dropout, rounding and multiplicity
    the plan has; not for a first idea of the size, which `power_mmrm` or `power_ancova` give at
    once, and not to see what a finished trial could have shown, which its interval says.

    Parameters
    ----------
    design
        The truth that is assumed, or the path of its file.
    plan
        The analysis plan, or the path of its file.
    n
        Subjects of an arm with allocation 1, the others in proportion, rounded up; or the number
        of every arm, by label or in the order of the design.
    replicates
        Trials to simulate; 10,000 know a power of 0.9 to 0.003.
    seed
        Whole number of 0 or more. The same seed gives the same trials, whoever does the work.
    workers
        Number of processes, or `Workers`; the result does not depend on it.
    checkpoint
        Folder that keeps what is done; the same call goes on from there.
    margin
        In the unit of the outcome: the share of trials is told whose interval excludes a
        treatment that is worse by so much (non-inferiority); a negative margin asks for
        superiority by more than its size. These intervals are not adjusted for multiplicity.
    precision
        Stops when the Monte Carlo error of the power of the first comparison is at most this;
        `replicates` is then the most.
    progress
        Called with words and the share of the work done, from 0 to 1.

    Returns
    -------
    SimulatedPower
        Power of each comparison of the plan at the primary endpoint, with its p value adjusted as
        the plan says; bias, standard errors and coverage; what could not be fitted. Differences
        are treatment minus comparator.

    Raises
    ------
    PlanError
        If plan and design disagree, or the plan ties the primary endpoint to others.
    DataError
        If `n` does not fit the arms, or a checkpoint belongs to other work.
    ValueError
        If `replicates`, `margin` or `precision` is out of range.

    Notes
    -----
    Trials are fitted together by `fit_batch`; those that it cannot answer, and models that it
    does not know, go one by one through the functions of `analyse`, which follow the order of
    covariances of the plan. No other model takes its place: a trial without an answer counts as
    not significant.

    References
    ----------
    .. [1] Morris TP, White IR, Crowther MJ (2019). Using simulation studies to evaluate
       statistical methods. Stat Med 38, 2074-2102. doi:10.1002/sim.8086

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> found = rs.simulate_power(
    ...     folder / "design.toml", folder / "plan.toml", n=40, replicates=500, seed=1
    ... )
    >>> len(found), 0 < found.power.value < 1
    (3, True)
    """
    design, plan = design_of(design), plan_of(plan)
    require_simulable(design, plan)
    _require_numbers(replicates, margin, precision)
    task = PlannedTrials(design=design, plan=plan, n=sizes_of(design, n))
    enough = None
    if precision is not None:
        enough = PreciseEnough(
            method=plan.multiplicity.method, level=plan.model.level, precision=precision
        )
    found = run_replicates(
        task,
        replicates,
        seed=seed,
        block=block_size(sum(task.n), len(design.visits)),
        key=key_of(task),
        workers=workers,
        checkpoint=checkpoint,
        enough=enough,
        progress=progress,
        words="Simulating trials",
    )
    return simulated_power(task, found, margin=margin, seed=seed)


def key_of(task: PlannedTrials) -> str:
    """Return the words that tell one simulation from every other, for its checkpoint."""
    sizes = "-".join(map(str, task.n))
    return f"{_VERSION}; design {task.design.digest}; plan {task.plan.digest}; n {sizes}"


def _require_numbers(replicates: int, margin: float | None, precision: float | None) -> None:
    if type(replicates) is not int or replicates < 2:
        raise ValueError(
            f"simulate_power: replicates must be a whole number of 2 or more, got {replicates!r}"
        )
    if margin is not None and not (math.isfinite(margin) and margin):
        raise ValueError(
            f"simulate_power: margin must be a number other than 0, got {margin!r}; without a "
            "margin the power is that of a difference from 0"
        )
    if precision is not None and not 0 < precision < 0.5:
        raise ValueError(
            f"simulate_power: precision must lie between 0 and 0.5, as in 0.005; got {precision!r}"
        )
