"""p values and intervals of a family of comparisons, adjusted for their number."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias, get_args

import numpy as np
from scipy.special import stdtr

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.models.margins.correlated import largest_tail
from retrostats.models.margins.random_scale import Tail
from retrostats.models.margins.simultaneous import critical_value, range_tail, single_critical

Adjustment: TypeAlias = Literal["none", "holm", "tukey", "dunnett", "bonferroni"]

#: What ``adjust=`` may say.
ADJUSTMENTS: tuple[Adjustment, ...] = get_args(Adjustment)

#: Eigenvalues of correlations up to this, times their number, are rounding. The differences
#: of k means have k - 1 others, which tells all pairs from as many comparisons with a control.
_RANK = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Adjusted:
    """What adjustment makes of a family; each of shape ``(r,)``.

    Attributes
    ----------
    p
        Two-sided p values of value 0.
    low, high
        Limits of the intervals.
    """

    p: Floats
    low: Floats
    high: Floats


def adjust(
    values: Floats, covariance: Floats, df: Floats, *, method: Adjustment, level: float
) -> Adjusted:
    """Adjust the p values and intervals of one family of comparisons.

    Parameters
    ----------
    values
        Estimates, shape ``(r,)``.
    covariance
        Their covariance, shape ``(r, r)``.
    df
        Degrees of freedom of each, shape ``(r,)``; fractional or ``inf``. A joint
        distribution is evaluated once for each comparison, at its own.
    method
        - ``"none"``: every comparison by itself.
        - ``"holm"``: p values stepped down, valid under any dependence. There are no
          intervals that belong to them; those given are Bonferroni's, wider than they need
          to be: one of them may include 0 where p is below ``1 - level``.
        - ``"tukey"``: all pairs of k groups, by the studentised range (exact for equal
          standard errors, conservative otherwise).
        - ``"dunnett"``: single step, by the multivariate t distribution with the
          correlations of these comparisons. Meant for comparisons with one control, exact
          for any.
        - ``"bonferroni"``: p values times the number of comparisons, and their intervals;
          Holm's p values are never larger.
    level
        Coverage of the intervals, simultaneous within the family except under ``"none"``.

    Raises
    ------
    DataError
        If the method is unknown, the shapes do not fit, a variance is not positive, or
        Tukey's family is not all pairs of some number of groups.

    References
    ----------
    .. [1] Holm S (1979). Scand J Stat 6, 65-70.
    .. [2] Hsu JC (1996). Multiple Comparisons: Theory and Methods. Chapman & Hall.

    Examples
    --------
    >>> adjusted = adjust(
    ...     np.array([2.0, 2.5]),
    ...     np.array([[1.0, 0.5], [0.5, 1.0]]),
    ...     np.array([np.inf, np.inf]),
    ...     method="dunnett",
    ...     level=0.95,
    ... )
    >>> adjusted.p.round(4).tolist()
    [0.0829, 0.0235]
    """
    require_adjustment(method)
    _require_family(values, covariance, df, level)
    if not len(values):
        return Adjusted(p=values, low=values, high=values)
    se = np.sqrt(np.diagonal(covariance))
    p, critical = _METHODS[method](np.abs(values) / se, covariance / np.outer(se, se), df, level)
    return Adjusted(p=p, low=values - critical * se, high=values + critical * se)


def caption_note(method: Adjustment, *, family: str = "") -> str:
    """Return what the caption of a table says of the adjustment; empty for none.

    Parameters
    ----------
    method
        One of `ADJUSTMENTS`.
    family
        Within what the adjustment is made, e.g. ``"visit"``.

    Examples
    --------
    >>> caption_note("holm", family="visit")
    'p adjusted by Holm, Bonferroni intervals, within visit'
    """
    require_adjustment(method)
    said = {
        "none": "",
        "holm": "p adjusted by Holm, Bonferroni intervals",
        "tukey": "p and intervals adjusted by Tukey",
        "dunnett": "p and intervals adjusted by Dunnett",
        "bonferroni": "p and intervals adjusted by Bonferroni",
    }[method]
    return f"{said}, within {family}" if said and family else said


def require_adjustment(method: str) -> None:
    """Raise `DataError` unless the method is one of `ADJUSTMENTS`."""
    if method not in ADJUSTMENTS:
        raise DataError(f"adjust={method!r} is not known; choose one of {', '.join(ADJUSTMENTS)}")


def _require_family(values: Floats, covariance: Floats, df: Floats, level: float) -> None:
    r = len(values)
    faults = []
    if covariance.shape != (r, r) or df.shape != (r,):
        faults.append(
            f"{r} values need a covariance of shape {(r, r)} and df of shape {(r,)}, "
            f"got {covariance.shape} and {df.shape}"
        )
    elif not (np.diagonal(covariance) > 0).all() or not (df > 0).all():
        faults.append("every variance and every df must be positive")
    if not 0 < level < 1:
        faults.append(f"the level must lie between 0 and 1, got {level}")
    if faults:
        raise DataError("multiple comparisons: " + "; ".join(faults))


def _single(t: Floats, correlation: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    del correlation
    return np.asarray(2 * stdtr(df, -t)), single_critical(df, level)


def step_down(p: Floats) -> Floats:
    """Return Holm's adjusted p values of a family, shape ``(r,)``, none above 1."""
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return adjusted


def _holm(t: Floats, correlation: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    raw, _ = _single(t, correlation, df, level)
    return step_down(raw), single_critical(df, 1 - (1 - level) / len(t))


def _bonferroni(t: Floats, correlation: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    raw, _ = _single(t, correlation, df, level)
    return np.minimum(1, len(t) * raw), single_critical(df, 1 - (1 - level) / len(t))


def _tukey(t: Floats, correlation: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    groups = (1 + math.isqrt(1 + 8 * len(t))) // 2
    rank = int((np.linalg.eigvalsh(correlation) > _RANK * len(t)).sum())
    if groups * (groups - 1) // 2 != len(t) or rank >= groups:
        raise DataError(
            f"Tukey's adjustment is for all pairs of groups, and these {len(t)} comparisons are "
            "not all pairs of any number of groups; use adjust='dunnett' for comparisons with a "
            "reference, or adjust='holm'"
        )

    range_for = range_tail(groups)

    @cache
    def tail_for(nu: float) -> Tail:
        of_range = range_for(nu)
        return lambda critical: of_range(critical * math.sqrt(2))

    return _joint(t, df, level, tail_for)


def _dunnett(t: Floats, correlation: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    return _joint(t, df, level, cache(largest_tail(correlation)))


def _joint(
    t: Floats, df: Floats, level: float, tail_for: Callable[[float], Tail]
) -> tuple[Floats, Floats]:
    """Return p and critical values from the joint tail at the df of each comparison."""
    if len(t) == 1:
        return np.asarray(2 * stdtr(df, -t)), single_critical(df, level)
    p = np.array([tail_for(nu)(value) for value, nu in zip(t, df.tolist(), strict=True)])
    found = {}
    for nu in set(df.tolist()):
        # Between one comparison and as many independent ones by Bonferroni.
        low, high = single_critical(nu, level), single_critical(nu, 1 - (1 - level) / len(t))
        found[nu] = critical_value(tail_for(nu), level, low=float(low), high=float(high))
    return p, np.array([found[nu] for nu in df.tolist()])


_METHODS: dict[Adjustment, Callable[[Floats, Floats, Floats, float], tuple[Floats, Floats]]] = {
    "none": _single,
    "holm": _holm,
    "tukey": _tukey,
    "dunnett": _dunnett,
    "bonferroni": _bonferroni,
}
