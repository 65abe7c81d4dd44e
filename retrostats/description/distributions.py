"""The values of each group in one quantity, described for the figures that show raw data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from retrostats.arrays import Floats
from retrostats.data.cohort.types import Cohort
from retrostats.description.density import kernel_density
from retrostats.description.groups import group_subjects
from retrostats.description.numbers import number_cell
from retrostats.description.types import Distribution, NumberCell
from retrostats.effects.summaries import ArmSummary
from retrostats.estimate import Interval

#: Whole numbers over at most this range are counted one by one, such as those of a scale 0-10.
WIDEST_STEPS = 20
#: Whiskers reach to the outermost values within so many interquartile ranges of the quartiles.
_REACH = 1.5


def distributions(
    data: Cohort | Mapping[str, ArrayLike],
    outcome: str | None = None,
    *,
    week: float | None = None,
    level: float = 0.95,
    unit: str = "",
) -> tuple[Distribution, ...]:
    """Describe the values of each group: the values themselves, mean, quartiles and shape.

    Parameters
    ----------
    data
        A trial; or by label of the group, the reference first, its values of shape ``(n,)``, in
        which ``nan`` counts as missing.
    outcome, week
        Of a trial, and only of a trial: which outcome, at which scheduled week.
    level
        Coverage of the t intervals of the means.
    unit
        Of the values of a mapping; a trial knows its own.

    Returns
    -------
    tuple of Distribution
        One per group: of a trial one per arm, the reference first, with all who were randomised
        counted as present or missing. Nothing is left out in silence: a group without values is
        there with ``n = 0``.

        The density is Gaussian, with Scott's bandwidth ``sd n^(-1/5)`` [1]_, at 256 points from
        the least value to the largest. It shows nothing beyond the values and is not made larger
        for what is cut off there. Above 10,000 values it is that of 4,096 bins. Where the values
        of all groups are whole numbers over a range of at most 20, such as scores of 0 to 10,
        the values are counted (``steps``) and there is no density.

    Raises
    ------
    ValueError
        If there is no group, a value is infinite, the level is not between 0 and 1, or the trial
        has no such outcome or week.

    References
    ----------
    .. [1] Scott DW (1992). Multivariate Density Estimation. Wiley, New York.
       doi:10.1002/9780470316849

    Examples
    --------
    >>> control, retro = distributions({"control": [6, 5, 7], "retro": [4, float("nan"), 3]})
    >>> control.mean, retro.mean, retro.n, retro.missing
    (6.0, 3.5, 2, 1)
    >>> control.steps
    ((5.0, 1), (6.0, 1), (7.0, 1))
    """
    _require_level("distributions", level)
    if isinstance(data, Cohort):
        groups, unit = _of_cohort(data, outcome, week, unit)
    else:
        groups = _of_mapping(data, outcome, week)
    known = {arm: np.sort(values[~np.isnan(values)]) for arm, values in groups.items()}
    stepped = _in_steps(list(known.values()))
    return tuple(
        _distribution(arm, known[arm], number_cell(values), unit=unit, level=level, stepped=stepped)
        for arm, values in groups.items()
    )


def distribution_from_summary(
    summary: ArmSummary, *, unit: str = "", level: float = 0.95
) -> Distribution:
    """Describe a group of which only size, mean and SD are known, such as that of a publication.

    Parameters
    ----------
    summary
        As printed.
    unit
        Of the mean.
    level
        Coverage of the t interval of the mean.

    Returns
    -------
    Distribution
        Without values, quartiles and shape: mean and SD do not tell them.

    Raises
    ------
    ValueError
        If the level is not between 0 and 1.

    Examples
    --------
    >>> arm = ArmSummary(arm="retro", n=16, mean=3.0, sd=2.0)
    >>> low, high, _ = distribution_from_summary(arm, unit="points").mean_ci
    >>> round(low, 3), round(high, 3)
    (1.934, 4.066)
    """
    _require_level("distribution_from_summary", level)
    return Distribution(
        arm=summary.arm,
        unit=unit,
        values=(),
        n=summary.n,
        missing=0,
        mean=summary.mean,
        sd=summary.sd,
        mean_ci=_mean_interval(summary.mean, summary.sd, summary.n, level),
    )


def _require_level(where: str, level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"{where}: the level must lie between 0 and 1, got {level}")


def _of_cohort(
    cohort: Cohort, outcome: str | None, week: float | None, unit: str
) -> tuple[dict[str, Floats], str]:
    """Return the values of each arm at a visit, shape ``(subjects of the arm,)``, and the unit."""
    codebook = cohort.codebook
    outcomes = {each.name: each for each in codebook.outcomes}
    visits = {visit.week: visit for visit in codebook.visits}
    if outcome not in outcomes or outcome is None:
        asked = "name an outcome" if outcome is None else f"no outcome {outcome!r}"
        raise ValueError(f"distributions: {asked}; the trial has {', '.join(outcomes)}")
    if week not in visits or week is None:
        asked = "name a week" if week is None else f"no visit at week {week:g}"
        listed = ", ".join(f"{known:g}" for known in visits)
        raise ValueError(f"distributions: {asked}; the visits are at weeks {listed}")
    own = outcomes[outcome].unit
    if unit and unit != own:
        raise ValueError(
            f"distributions: {outcome} is in {own!r}, not {unit!r}; leave the unit of a trial out"
        )
    groups = group_subjects(cohort)
    values = groups.at(outcome, visits[week])
    return {arm: values[inside] for arm, inside in groups.arms.items()}, own


def _of_mapping(
    data: Mapping[str, ArrayLike], outcome: str | None, week: float | None
) -> dict[str, Floats]:
    if outcome is not None or week is not None:
        raise ValueError(
            "distributions: outcome and week belong to a trial; values by group need neither"
        )
    if not data:
        raise ValueError("distributions: there is no group; give the values of at least one")
    groups = {arm: np.asarray(values, dtype=np.float64) for arm, values in data.items()}
    for arm, values in groups.items():
        if values.ndim != 1:
            shape = f"got an array of shape {values.shape}"
            raise ValueError(f"distributions: {arm}: need a list of numbers, {shape}")
        infinite = int(np.isinf(values).sum())
        if infinite:
            raise ValueError(
                f"distributions: {arm}: {infinite} of {values.size} values are infinite; "
                "mend them, or make them nan to count them as missing"
            )
    return groups


def _in_steps(groups: Sequence[Floats]) -> bool:
    """Say whether all values are whole numbers of a range short enough to count each."""
    values = np.concatenate(groups)
    if not values.size or float(np.ptp(values)) > WIDEST_STEPS:
        return False
    return bool((values == np.round(values)).all())


def _distribution(
    arm: str, values: Floats, cell: NumberCell, *, unit: str, level: float, stepped: bool
) -> Distribution:
    """Describe sorted values without gaps, shape ``(n,)``, of which the cell has the numbers."""
    counted = np.unique(values, return_counts=True) if stepped else None
    return Distribution(
        arm=arm,
        unit=unit,
        values=tuple(values.tolist()),
        n=cell.n,
        missing=cell.missing,
        mean=cell.mean,
        sd=cell.sd,
        mean_ci=_mean_interval(cell.mean, cell.sd, cell.n, level),
        median=cell.median,
        q1=cell.q1,
        q3=cell.q3,
        whiskers=_whiskers(values, cell),
        density=() if stepped else kernel_density(values, cell.sd),
        steps=tuple(zip(*(part.tolist() for part in counted), strict=True)) if counted else (),
    )


def _mean_interval(mean: float, sd: float, n: int, level: float) -> Interval:
    if n < 2:
        return Interval(math.nan, math.nan, level)
    margin = float(stdtrit(n - 1, 0.5 + level / 2)) * sd / math.sqrt(n)
    return Interval(mean - margin, mean + margin, level)


def _whiskers(values: Floats, cell: NumberCell) -> tuple[float, float]:
    """Return the outermost values that are near enough to the quartiles."""
    if not values.size:
        return math.nan, math.nan
    reach = _REACH * (cell.q3 - cell.q1)
    inside = values[(values >= cell.q1 - reach) & (values <= cell.q3 + reach)]
    return float(inside[0]), float(inside[-1])
