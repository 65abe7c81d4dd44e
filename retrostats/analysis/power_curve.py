"""Power by simulation against sample size, dropout, correlation or difference."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

from retrostats.analysis.simulating.asking import Sizes, design_of, plan_of
from retrostats.analysis.simulating.closed import closed_powers
from retrostats.analysis.simulating.points import Simulations
from retrostats.effects.arguments import is_number
from retrostats.errors import DataError
from retrostats.jobs.types import Workers
from retrostats.plan.types import AnalysisPlan
from retrostats.power.design.types import TrialDesign
from retrostats.power.simulated.curve import Over, PowerCurve
from retrostats.progress import Show, told


def power_curve(  # noqa: PLR0913 - what is simulated, how exactly, and by whom
    design: TrialDesign | Path | str,
    plan: AnalysisPlan | Path | str,
    *,
    over: Over,
    values: Sequence[float],
    n: Sizes | None = None,
    replicates: int = 10_000,
    seed: int,
    workers: Workers | int = 1,
    checkpoint: Path | str | None = None,
    margin: float | None = None,
    precision: float | None = None,
    progress: Show | None = None,
) -> PowerCurve:
    """Simulate the power of a plan at several values of one assumption.

    Use it to show how far the power rests on an assumption that may be wrong; not to find the
    sample size for a power, which `find_sample_size` does with fewer trials.

    Parameters
    ----------
    design, plan
        As in `simulate_power`.
    over
        What differs: ``"n"``, subjects of an arm with allocation 1; ``"dropout"``, the share of
        every arm gone by the last visit; ``"correlation"``, one for any two visits;
        ``"difference"``, the true difference of the first comparison at the last visit.
    values
        Each once, in any order.
    n
        As in `simulate_power`; needed unless `over` is ``"n"``.
    replicates, seed, workers, checkpoint, margin, precision, progress
        As in `simulate_power`, for every value.

    Returns
    -------
    PowerCurve
        A `SimulatedPower` for each value, and the power of the first comparison by a closed form
        where one describes the plan.

    Raises
    ------
    PlanError, DataError, ValueError
        As in `simulate_power`; also if `over` is none of the words above, a value is out of range
        or stands twice, or `n` is missing or given twice.

    Notes
    -----
    Every value has the same seed. Where `n` stays as it is, the trials then differ in what is
    varied alone, so that neighbouring points move up and down together and their differences are
    known better than each by itself. Trials of other sizes share nothing.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> curve = rs.power_curve(
    ...     folder / "design.toml", folder / "plan.toml", over="n", values=[20, 60],
    ...     replicates=200, seed=1,
    ... )
    >>> curve[0].power.value < curve[1].power.value
    True
    """
    design, plan = design_of(design), plan_of(plan)
    ordered = _ordered(over, values, n)
    make = _designs(design, plan)[over]
    designs = [make(value) for value in ordered]
    points = []
    with told(progress) as tell:
        for place, (value, one) in enumerate(zip(ordered, designs, strict=True)):
            runs = Simulations(
                design=one, plan=plan, replicates=replicates, seed=seed, workers=workers,
                checkpoint=checkpoint, margin=margin, precision=precision, tell=tell,
            )  # fmt: skip
            span = (place / len(ordered), (place + 1) / len(ordered))
            size: Sizes = int(value) if n is None else n
            points.append(runs.run(size, f"{over}-{value:.15g}", span=span))
    name, closed = closed_powers(points) if margin is None else ("", ())
    return PowerCurve(
        over=over, values=ordered, points=tuple(points), closed=closed, closed_name=name
    )


def _ordered(over: str, values: Sequence[float], n: Sizes | None) -> tuple[float, ...]:
    """Return the values in increasing order.

    Raises
    ------
    ValueError
        If they, or `n`, do not fit what is varied.
    """
    if over not in get_args(Over):
        known = ", ".join(get_args(Over))
        raise ValueError(f"power_curve: over must be one of {known}; got {over!r}")
    if (n is None) != (over == "n"):
        wanted = "leave n out, since values are the sizes" if over == "n" else "give n too"
        raise ValueError(f"power_curve: over={over!r}: {wanted}")
    listed = list(values)
    if not listed or not all(is_number(each) and math.isfinite(each) for each in listed):
        raise ValueError(f"power_curve: values must be a list of finite numbers, got {values!r}")
    if len(set(listed)) < len(listed):
        raise ValueError(f"power_curve: a value stands twice in {listed}")
    if over == "n" and any(value != int(value) for value in listed):
        raise ValueError(f"power_curve: over='n' takes whole numbers, got {listed}")
    return tuple(sorted(map(float, listed)))


def _designs(design: TrialDesign, plan: AnalysisPlan) -> dict[str, Callable[[float], TrialDesign]]:
    """Return how a design is changed, by what is varied."""
    first = plan.comparisons[0]

    def differing(value: float) -> TrialDesign:
        if plan.primary.week != design.weeks[-1]:
            raise DataError(
                f"power_curve: over='difference' moves the last visit, week {design.weeks[-1]:g}, "
                f"and the endpoint is at week {plan.primary.week:g}; make the designs one by one"
            )
        return design.with_difference(first.treatment, first.comparator, value)

    return {
        "n": lambda _value: design,
        "dropout": design.with_dropout,
        "correlation": design.with_correlation,
        "difference": differing,
    }
