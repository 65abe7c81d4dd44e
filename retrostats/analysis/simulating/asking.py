"""Whether a plan can be simulated under a design, and with how many subjects."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from retrostats.analysis.simulating.adjusting import require_own_family
from retrostats.errors import DataError, PlanError
from retrostats.plan.reading import read_plan
from retrostats.plan.types import AnalysisPlan
from retrostats.power.design.agreement import agreement
from retrostats.power.design.reading import read_design
from retrostats.power.design.types import TrialDesign

#: Subjects of an arm with allocation 1, or those of each arm by label or in their order.
Sizes: TypeAlias = int | Mapping[str, int] | Sequence[int]

#: Fewer than two subjects of an arm tell nothing about it.
FEWEST = 2
#: A size that is looked for is never smaller.
_TRIED = 3
#: Larger arms are a slip, and one simulated trial of them would fill the memory.
MOST = 1_000_000
#: A product of whole numbers and allocations that is whole but for its last digits.
_WHOLE = 1e-9


def plan_of(given: AnalysisPlan | Path | str) -> AnalysisPlan:
    """Return a plan, read from its file if it is a path."""
    return given if isinstance(given, AnalysisPlan) else read_plan(given)


def design_of(given: TrialDesign | Path | str) -> TrialDesign:
    """Return a design, read from its file if it is a path."""
    return given if isinstance(given, TrialDesign) else read_design(given)


def require_simulable(design: TrialDesign, plan: AnalysisPlan) -> None:
    """Refuse a plan that asks for what the design does not describe.

    Raises
    ------
    PlanError
        Listing every disagreement between the two.
    """
    faults = agreement(design, plan)
    if faults:
        told = "\n".join(f"  {place}. {fault}" for place, fault in enumerate(faults, start=1))
        raise PlanError(
            f"plan {plan.title!r} against design {design.title!r}: {len(faults)} "
            f"{'fault' if len(faults) == 1 else 'faults'} found.\n{told}"
        )
    require_own_family(plan)


def sizes_of(design: TrialDesign, n: Sizes) -> tuple[int, ...]:
    """Return the subjects of each arm, in the order of the design.

    Parameters
    ----------
    design
        Its arms and their allocation.
    n
        Subjects of an arm with allocation 1, the others in proportion, rounded up; or the number
        of each arm, by label or in order.

    Raises
    ------
    DataError
        If an arm is unknown or lacks its number, or has fewer than two subjects or more than
        1,000,000.
    """
    labels = [arm.label for arm in design.arms]
    given: object = n
    if isinstance(given, Mapping):
        if set(given) != set(labels):
            got = ", ".join(map(str, given))
            raise DataError(f"n: expected a number for each of {', '.join(labels)}; got {got}")
        found: list[object] = [given[label] for label in labels]
    elif isinstance(given, int | np.integer) and not isinstance(given, bool):
        found = [math.ceil(given * arm.allocation - _WHOLE) for arm in design.arms]
    elif isinstance(given, Sequence | np.ndarray) and len(given) == len(labels):
        found = list(given)
    else:
        raise DataError(
            f"n: expected the subjects of an arm with allocation 1, or {len(labels)} numbers, one "
            f"for each of {', '.join(labels)}; got {n!r}"
        )
    sizes = tuple(size for size in map(_whole, found) if size is not None)
    if len(sizes) < len(found):
        raise DataError(f"n: each arm needs a whole number of {FEWEST} or more; got {n!r}")
    if max(sizes) > MOST:
        raise DataError(f"n: an arm may have {MOST:,} subjects at most; got {max(sizes):,}")
    return sizes


def fewest_of(design: TrialDesign, plan: AnalysisPlan) -> int:
    """Return the fewest subjects of an arm with allocation 1 that the planned model can do with.

    With fewer the covariance of the visits cannot be estimated in most trials: each is then fitted
    by one structure after the other, in seconds, and the power is that of nothing planned.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"
    >>> fewest_of(rs.read_design(folder / "design.toml"), rs.read_plan(folder / "plan.toml"))
    4
    """
    model, visits = plan.model, len(design.weeks) - 1 if plan.model.kind == "mmrm" else 1
    levels = {each.name: max(len(each.levels), 2) for each in design.covariates}
    columns = len(design.arms) + int(model.baseline)
    columns += sum(levels.get(name, 2) - 1 for name in model.covariates)
    staying = sum(arm.allocation * (1 - arm.dropout[-1]) for arm in design.arms)
    # Two more than the visits, so that their covariance is not singular by chance.
    alone = math.floor((FEWEST - 1) / min(arm.allocation for arm in design.arms)) + 1
    return max(_TRIED, alone, math.ceil((columns + visits + 2) / staying))


def _whole(size: object) -> int | None:
    """Return a size as an int; None where it is no whole number that is large enough."""
    if isinstance(size, bool) or not hasattr(size, "__index__"):
        return None
    whole = int(size.__index__())
    return whole if whole >= FEWEST else None


def caveats_of(
    plan: AnalysisPlan, design: TrialDesign, *, margin: float | None = None
) -> tuple[str, ...]:
    """Return what a reader must know of the plan and the design beside the powers."""
    told: list[str] = [*_odd_design(plan, design, margin)]
    if plan.population.kind == "per protocol":
        told.append(
            "the plan analyses those who meet its rules, so n counts these subjects and not all "
            "randomised"
        )
    if plan.secondary:
        told.append("the power is that of the primary endpoint; secondary endpoints have their own")
    return tuple(told)


def _odd_design(plan: AnalysisPlan, design: TrialDesign, margin: float | None) -> Iterator[str]:
    """Say what is probably a slip: arms that differ at baseline, a treatment that harms."""
    first = plan.comparisons[0]
    gaps = design.true_differences(first.treatment, first.comparator)
    if len({arm.means[0] for arm in design.arms}) > 1:
        yield (
            "the design has other means at baseline in some arms than in others, which "
            "randomisation does not make; an analysis adjusted for the baseline then misses the "
            "difference of the design"
        )
    start = gaps[0] if plan.model.kind == "mixed_anova" else 0.0
    gap = gaps[list(design.weeks).index(plan.primary.week)] - start
    if margin is None and (gap > 0 if design.better == "lower" else gap < 0):
        yield (
            f"in the design {first.treatment} does worse than {first.comparator} at the week of "
            f"the endpoint ({gap:+.3g}, and {design.better} is better); the power is that of "
            "finding this out"
        )
