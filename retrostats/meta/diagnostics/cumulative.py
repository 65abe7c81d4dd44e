"""Pool trials one after another, as they became known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any

from retrostats.estimate import Estimate, EstimateTable
from retrostats.layout import Layout, ShownAsTable, decimals, limits, number, p_number, percent
from retrostats.meta.diagnostics.again import pool_again, typical_se
from retrostats.meta.pooled import Pooled, require_pooled

ALONE = (
    "The first row is one trial alone, with its own standard error and normal quantiles: there is "
    "nothing to pool yet."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativePool(ShownAsTable):
    """The pooled effect as trials were added.

    Attributes
    ----------
    added
        Name of the trial that each step adds.
    estimates
        One for each step: the first trial alone, then pooled effects; the last is of all trials.
    tau2, i2
        Of each step; 0 for the first, by convention, where there is nothing to compare.
    fits
        The pools of two trials and more, one fewer than there are steps.
    caveats
        What a reader must know.

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ... ]
    >>> steps = rs.cumulative_pool(rs.pool(trials, test="z"))
    >>> print(steps)
    Cumulative pool
                 Estimate (SD)            95% CI      p   tau²   I²
      Trial A           -0.900  -1.527 to -0.273  0.005
      + Trial B         -0.489  -1.221 to  0.243  0.190  0.206  73%
      + Trial C         -0.435  -0.852 to -0.018  0.041  0.063  46%
    """

    added: tuple[str, ...]
    estimates: tuple[Estimate, ...]
    tau2: tuple[float, ...]
    i2: tuple[float, ...]
    fits: tuple[Pooled, ...]
    caveats: tuple[str, ...]

    def __repr__(self) -> str:
        return self.layout().text()

    def table(self) -> EstimateTable:
        """Return the rows of a forest plot, one for each step."""
        return EstimateTable("Cumulative pool", self.estimates)

    def layout(self) -> Layout:
        """Return the cells as they are printed, and the caveats below them."""
        first, size = self.estimates[0], typical_se(self.estimates)
        unit = f" ({first.unit})" if first.unit else ""
        rows: list[tuple[str, ...]] = []
        for step, tau2, i2 in zip(self.estimates, self.tau2, self.i2, strict=True):
            places = decimals(size)
            interval = limits(step.ci.low, step.ci.high, places)
            between = (number(tau2, decimals(size**2)), f"{i2:.0%}") if rows else ("", "")
            cells = (number(step.value, places), interval, p_number(step.p), *between)
            rows.append((step.label, *cells))
        return Layout(
            caption="Cumulative pool",
            header=("", f"Estimate{unit}", f"{percent(first.ci.level)} CI", "p", "tau²", "I²"),
            rows=(*rows, *(("Note", caveat) for caveat in self.caveats)),
        )

    def __str__(self) -> str:
        return self.layout().text()


def cumulative_pool(
    pooled: Pooled,
    *,
    order: Sequence[str] | Sequence[int] | None = None,
    by: Sequence[float] | None = None,
) -> CumulativePool:
    """Pool the first trial, the first two, the first three, and so on.

    Use it to show when an answer became known (by year), or whether small trials change it (by
    size, the largest first); not as a test at each step: looking again after every trial finds a
    p below 0.05 far more often than once in twenty.

    Parameters
    ----------
    pooled
        From `pool`; gives the trials, the estimator of tau squared, the test and the level.
    order
        All trials in the order of the steps: their names, or their places counted from 0. By
        default as they are.
    by
        In place of ``order``: a number for each trial, such as its year. The smallest comes
        first, and trials with equal numbers keep their order. For the largest first give numbers
        with a minus sign.

    Returns
    -------
    CumulativePool
        One row for each step. The first trial alone has its own standard error and normal
        quantiles; a caveat says so where the other rows have t quantiles.

    Raises
    ------
    ValueError
        If ``order`` does not name each trial once, ``by`` does not give each a finite number, or
        both are given.
    FitError
        If the trials of a step cannot be pooled; the message names the step.

    References
    ----------
    .. [1] Lau J et al. (1992). N Engl J Med 327, 248-254. doi:10.1056/NEJM199207233270406

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ... ]
    >>> steps = rs.cumulative_pool(rs.pool(trials), by=[2021, 2017, 2019])
    >>> print(steps.table())
    Cumulative pool
                 Estimate (SD)     SE  df (∞: normal)           95% CI      p
      Trial B           -0.150  0.220               ∞  -0.581 to 0.281  0.495
      + Trial C         -0.245  0.121               1  -1.789 to 1.298  0.293
      + Trial A         -0.435  0.215               2  -1.361 to 0.490  0.180
    """
    require_pooled("cumulative_pool", pooled)
    places = _places(pooled, order, by)
    names = tuple(pooled.studies[place] for place in places)
    fits = tuple(
        pool_again(pooled, places[:count], f"cumulative_pool, step {count} ({names[count - 1]})")
        for count in range(2, len(places) + 1)
    )
    alone = pooled.trials[places[0]]
    level = pooled.level
    first = Estimate.from_se(names[0], alone.value, alone.se, unit=alone.unit, level=level)
    later = (
        replace(fit.pooled, label=f"+ {name}") for name, fit in zip(names[1:], fits, strict=True)
    )
    return CumulativePool(
        added=names,
        estimates=(first, *later),
        tau2=(0.0, *(fit.tau2 for fit in fits)),
        i2=(0.0, *(fit.i2 for fit in fits)),
        fits=fits,
        caveats=() if pooled.test == "z" else (ALONE,),
    )


def _places(
    pooled: Pooled, order: Sequence[str] | Sequence[int] | None, by: Sequence[float] | None
) -> list[int]:
    k = len(pooled.trials)
    if order is not None and by is not None:
        raise ValueError("cumulative_pool: give order or by, not both")
    if by is not None:
        keys = _listed("by", by)
        if len(keys) != k or not all(_is_finite(key) for key in keys):
            raise ValueError(
                f"cumulative_pool: by must hold a finite number for each of {k} trials; got {keys}"
            )
        return sorted(range(k), key=lambda place: keys[place])
    if order is None:
        return list(range(k))
    given = _listed("order", order)
    named = [pooled.studies.index(each) if each in pooled.studies else each for each in given]
    if not all(isinstance(each, Integral) for each in named) or sorted(named) != list(range(k)):
        known = ", ".join(map(repr, pooled.studies))
        raise ValueError(
            f"cumulative_pool: order must hold each trial once, by name ({known}) or by place "
            f"(0 to {k - 1}); got {given}"
        )
    return [int(each) for each in named]


def _listed(what: str, given: object) -> list[Any]:
    if isinstance(given, str | Set | Mapping) or not isinstance(given, Iterable):
        raise TypeError(f"cumulative_pool: {what} must be a list; got {given!r}")
    return list(given)


def _is_finite(key: object) -> bool:
    return isinstance(key, Real) and math.isfinite(key)
