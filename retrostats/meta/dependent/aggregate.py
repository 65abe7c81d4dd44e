"""Several estimates of a trial combined into one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from retrostats.arrays import Floats
from retrostats.effects.arguments import require_level
from retrostats.estimate import Estimate, EstimateTable
from retrostats.meta.dependent.gather import as_dependent
from retrostats.meta.dependent.types import DependentEstimates

CompositeWeights = Literal["inverse covariance", "equal"]


def composite(y: Floats, covariance: Floats, weights: CompositeWeights) -> tuple[float, float]:
    """Return a weighted mean of correlated estimates and its variance.

    Parameters
    ----------
    y, covariance
        Shapes ``(n,)`` and ``(n, n)``.
    weights
        How the estimates are weighted.
    """
    if weights == "equal":
        return float(y.mean()), float(covariance.mean())
    share = np.linalg.solve(covariance, np.ones(len(y)))
    return float(share @ y / share.sum()), float(1 / share.sum())


def combine_within_trials(
    estimates: Sequence[Estimate] | DependentEstimates,
    studies: Sequence[str] | None = None,
    *,
    correlation: float | None = None,
    weights: CompositeWeights = "inverse covariance",
    level: float = 0.95,
) -> EstimateTable:
    r"""Combine the estimates of each trial into one, for a pool of one estimate to a trial.

    .. math::  \hat y = \frac{1'V^{-1}y}{1'V^{-1}1},\quad se^2 = \frac{1}{1'V^{-1}1}
               \qquad\text{or}\qquad \hat y = \bar y,\quad se^2 = \frac{1'V1}{n^2}

    Use it when the estimates of a trial (outcomes, visits, arms) are of one effect for the
    question and the pool is to stay simple; not where they differ in ways worth knowing, which
    the variance between estimates of `pool_dependent` tells, and not to make one of what is not
    one quantity.

    Parameters
    ----------
    estimates, studies
        Estimates and the name of the trial of each; or `DependentEstimates`, which have both.
    correlation
        Of two estimates of a trial; 0.6 by default. Not with `DependentEstimates`.
    weights
        ``"inverse covariance"``: the smallest standard error (metafor's ``aggregate``). With
        a high correlation and unequal standard errors an estimate can have a negative weight, and
        the composite then lies outside its parts; ``"equal"`` (Borenstein and colleagues) never
        does so.
    level
        Coverage of the intervals.

    Returns
    -------
    EstimateTable
        One row for each trial, in the order of their first estimates, with limits of the normal.

    Raises
    ------
    DataError
        If no estimates can correlate so.

    References
    ----------
    .. [1] Borenstein M, Hedges LV, Higgins JPT, Rothstein HR (2009). Introduction to
       Meta-Analysis, chapter 24. doi:10.1002/9780470743386

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = [rs.Estimate.from_se(visit, value, 0.2, unit="SD")
    ...         for visit, value in (("3 wk", -0.4), ("6 wk", -0.6))]
    >>> print(rs.combine_within_trials(pain, ["Trial A", "Trial A"], correlation=0.5)[0])
    Trial A: -0.5 SD (95% CI -0.839 to -0.161)
    """
    require_level(level)
    if weights not in ("inverse covariance", "equal"):
        raise ValueError(f"weights must be 'inverse covariance' or 'equal', got {weights!r}")
    given = as_dependent("combine_within_trials", estimates, studies, correlation=correlation)
    y, rows = given.y, []
    for trial, places, block in zip(given.trials, given.places, given.blocks, strict=True):
        value, variance = composite(y[list(places)], block, weights)
        unit = given.estimates[0].unit
        rows.append(Estimate.from_se(trial, value, math.sqrt(variance), unit=unit, level=level))
    return EstimateTable(f"One estimate for each trial; {given.assumption}", tuple(rows))
