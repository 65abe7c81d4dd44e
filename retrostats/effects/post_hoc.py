"""All pairs of arms from sizes, means and SDs, with intervals that hold together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

from retrostats.effects.arguments import require_level
from retrostats.effects.summaries import ArmSummary, require_all_arms
from retrostats.effects.t_tests import welch_t
from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.layout import percent


def tukey_hsd(arms: Sequence[ArmSummary], *, level: float = 0.95, unit: str = "") -> EstimateTable:
    """Compare all pairs of arms by Tukey's honestly significant difference.

    Use it when a table prints three or more arms with similar SDs and every pair is of interest;
    not when the SDs differ and the arms are of unequal size (`games_howell`), nor for one planned
    contrast (`mean_difference`), nor for changes over time, which a model should compare.

    Parameters
    ----------
    arms
        Two or more, of different names, on the same scale.
    level
        Coverage of all intervals together.
    unit
        Unit of the outcome.

    Returns
    -------
    EstimateTable
        Later minus earlier arm, in the order 2 - 1, 3 - 1, ..., 3 - 2, ... Standard errors and
        degrees of freedom come from the SD pooled over all arms; p and limits from the
        studentised range (unequal sizes after Kramer: never too narrow). p is below
        ``1 - level`` exactly when the interval leaves out 0.

    Raises
    ------
    ValueError
        If there are fewer than two arms, two have the same name, or the level is out of range.

    References
    ----------
    .. [1] Kramer CY (1956). Biometrics 12, 307-310. doi:10.2307/3001469

    Examples
    --------
    >>> arms = [
    ...     ArmSummary(arm="control", n=15, mean=6.1, sd=1.4),
    ...     ArmSummary(arm="forward", n=14, mean=5.2, sd=1.2),
    ...     ArmSummary(arm="retro", n=16, mean=4.3, sd=1.6),
    ... ]
    >>> print(tukey_hsd(arms, unit="points")["retro - control"])
    retro - control: -1.8 points (95% CI -3.04 to -0.561), df 42
    """
    _require_arms(arms, level)
    df = sum(arm.n for arm in arms) - len(arms)
    pooled = math.sqrt(sum((arm.n - 1) * arm.sd**2 for arm in arms) / df)
    errors = [(pooled * math.sqrt(1 / a.n + 1 / b.n), df) for a, b in combinations(arms, 2)]
    return _all_pairs("Tukey's HSD", arms, errors, level, unit)


def games_howell(
    arms: Sequence[ArmSummary], *, level: float = 0.95, unit: str = ""
) -> EstimateTable:
    """Compare all pairs of arms, each with its own SD, by Games and Howell's procedure.

    Use it when a table prints three or more arms whose SDs differ; not when arms are tiny (below
    about 6 it is a little too liberal) and the SDs are alike: `tukey_hsd` then uses all arms for
    the SD.

    Parameters
    ----------
    arms
        Two or more, of different names, on the same scale.
    level
        Coverage of all intervals together, nearly.
    unit
        Unit of the outcome.

    Returns
    -------
    EstimateTable
        Later minus earlier arm, as `tukey_hsd`. Standard errors and degrees of freedom are
        Welch's, of the two arms alone; p and limits come from the studentised range of all arms.

    Raises
    ------
    ValueError
        If there are fewer than two arms, two have the same name, or the level is out of range.

    References
    ----------
    .. [1] Games PA, Howell JF (1976). J Educ Stat 1, 113-125. doi:10.3102/10769986001002113

    Examples
    --------
    >>> arms = [
    ...     ArmSummary(arm="control", n=15, mean=6.1, sd=1.4),
    ...     ArmSummary(arm="forward", n=14, mean=5.2, sd=1.2),
    ...     ArmSummary(arm="retro", n=16, mean=4.3, sd=1.6),
    ... ]
    >>> print(games_howell(arms, unit="points")["retro - control"])
    retro - control: -1.8 points (95% CI -3.13 to -0.468), df 28.9
    """
    _require_arms(arms, level)
    errors = []
    for a, b in combinations(arms, 2):
        inverse_se, df = welch_t(1.0, a.sd, a.n, b.sd, b.n)
        errors.append((1 / float(inverse_se), float(df)))
    return _all_pairs("Games-Howell", arms, errors, level, unit)


def _require_arms(arms: Sequence[ArmSummary], level: float) -> None:
    require_all_arms(arms)
    names = [arm.arm for arm in arms]
    if len(names) < 2 or len(set(names)) < len(names):
        raise ValueError(
            f"need two or more arms of different names, got {', '.join(names) or 'none'}"
        )
    require_level(level)


def _all_pairs(
    name: str,
    arms: Sequence[ArmSummary],
    errors: Sequence[tuple[float, float]],
    level: float,
    unit: str,
) -> EstimateTable:
    """Judge every difference by the studentised range, given its standard error and df."""
    from scipy.stats import studentized_range

    rows = []
    for (earlier, later), (se, df) in zip(combinations(arms, 2), errors, strict=True):
        value = later.mean - earlier.mean
        tail = float(studentized_range.sf(abs(value) / se * math.sqrt(2), len(arms), df))
        margin = _critical_value(level, len(arms), df) / math.sqrt(2) * se
        estimate = Estimate(
            label=f"{later.arm} - {earlier.arm}",
            value=value,
            se=se,
            df=float(df),
            ci=Interval(value - margin, value + margin, level),
            p=min(1.0, max(0.0, tail)),  # quadrature may overshoot by 1e-14
            unit=unit,
        )
        rows.append(estimate)
    caption = f"All pairs of arms, {name}: p and {percent(level)} intervals hold for all together"
    return EstimateTable(caption, tuple(rows))


@lru_cache(maxsize=256)  # one search serves all pairs that share their degrees of freedom
def _critical_value(level: float, groups: int, df: float) -> float:
    from scipy.stats import studentized_range

    return float(studentized_range.ppf(level, groups, df))
