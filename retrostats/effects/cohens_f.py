"""Cohen's f and f squared from F, and all shares of variance of a one-way comparison."""

from __future__ import annotations

import math
from collections.abc import Sequence

from retrostats.effects.anova import one_way_anova
from retrostats.effects.summaries import ArmSummary
from retrostats.effects.variance_explained import (
    partial_epsilon_squared,
    partial_eta_squared,
    partial_omega_squared,
)
from retrostats.estimate import Estimate, EstimateTable, Interval


def cohens_f(f: float, df1: float, df2: float, *, level: float = 0.95) -> Estimate:
    r"""Estimate Cohen's f with the exact limits of the noncentral F.

    .. math::  \hat f = \sqrt{F\,\mathit{df}_1/\mathit{df}_2}

    Use it when a program for sample sizes asks for it: the SD of the group means over the SD
    within groups, half of d with two equal groups. To report an effect use
    `retrostats.partial_omega_squared`, or the differences of the arms.

    Parameters
    ----------
    f
        F ratio, zero or more; not Cohen's f.
    df1, df2
        Degrees of freedom of effect and error.
    level
        Coverage of the two-sided interval.

    Returns
    -------
    Estimate
        Partial f, without unit or sign, uncorrected for its bias (as eta squared is). Limits are
        ``sqrt(ncp / df2)`` at the limits of the noncentrality. p is of the F test; there is no
        standard error.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    .. [1] Cohen J (1988). Statistical Power Analysis, 2nd ed. Erlbaum. doi:10.4324/9780203771587
    .. [2] Steiger JH (2004). Psychol Methods 9, 164-182. doi:10.1037/1082-989X.9.2.164

    Examples
    --------
    >>> print(cohens_f(12.3, 2, 40))
    Cohen's f: 0.784 (95% CI 0.403 to 1.12), df 40
    """
    squared = cohens_f_squared(f, df1, df2, level=level)
    low, high, _ = squared.ci
    return Estimate(
        label="Cohen's f",
        value=math.sqrt(squared.value),
        se=math.nan,
        df=squared.df,
        ci=Interval(math.sqrt(low), math.sqrt(high), level),
        p=squared.p,
        unit="",
    )


def cohens_f_squared(f: float, df1: float, df2: float, *, level: float = 0.95) -> Estimate:
    """Estimate Cohen's f squared: explained over unexplained variance.

    Use it when a sample size for a regression is planned; otherwise `cohens_f`, or a share of
    variance, which ends at 1.

    Parameters
    ----------
    f, df1, df2, level
        As in `cohens_f`.

    Returns
    -------
    Estimate
        As in `cohens_f`, squared.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> print(cohens_f_squared(12.3, 2, 40))
    Cohen's f squared: 0.615 (95% CI 0.162 to 1.26), df 40
    """
    share = partial_eta_squared(f, df1, df2, level=level)
    low, high, _ = share.ci
    return Estimate(
        label="Cohen's f squared",
        value=float(df1 * f / df2),
        se=math.nan,
        df=share.df,
        ci=Interval(low / (1 - low), high / (1 - high), level),
        p=share.p,
        unit="",
    )


def variance_explained_of(arms: Sequence[ArmSummary], *, level: float = 0.95) -> EstimateTable:
    """Estimate what share of an outcome's variance the arms explain, in three ways, and f.

    Use it when three or more arms are compared at one visit and one number is asked for all of
    them; not in place of the differences between arms, which say where the effect is. It takes
    one SD for all arms; where SDs differ much use `retrostats.effects.anova.welch_anova`, which
    has a test and no share.

    Parameters
    ----------
    arms
        Two or more summaries of the same outcome; of raw values by `ArmSummary.of`.
    level
        Coverage of the two-sided intervals.

    Returns
    -------
    EstimateTable
        Eta, omega and epsilon squared and Cohen's f of the one-way analysis of variance. In a
        one-way design partial and total shares are the same.

    Raises
    ------
    ValueError
        If there are fewer than two arms.

    Examples
    --------
    >>> arms = [
    ...     ArmSummary(arm="control", n=15, mean=6.1, sd=1.4),
    ...     ArmSummary(arm="forward", n=14, mean=5.2, sd=1.2),
    ...     ArmSummary(arm="retro", n=16, mean=4.3, sd=1.6),
    ... ]
    >>> for estimate in variance_explained_of(arms):
    ...     print(estimate)
    partial eta squared: 0.229 (95% CI 0.0306 to 0.419), df 42
    partial omega squared: 0.189 (95% CI 0.0286 to 0.402), df 42
    partial epsilon squared: 0.192 (95% CI 0.0286 to 0.402), df 42
    Cohen's f: 0.545 (95% CI 0.178 to 0.849), df 42
    """
    test = one_way_anova(arms)
    ways = partial_eta_squared, partial_omega_squared, partial_epsilon_squared, cohens_f
    names = ", ".join(arm.arm for arm in arms)
    return EstimateTable(
        caption=f"Variance explained by arm: {names}",
        estimates=tuple(way(test.f, test.df1, test.df2, level=level) for way in ways),
    )
