"""Differences of two arms: in the unit of the outcome, and in standard deviations."""

from __future__ import annotations

import math
from typing import Literal

from retrostats.effects.noncentral import noncentral_t_limits
from retrostats.effects.standardised_difference import (
    Standardiser,
    VarianceForm,
    difference_in_sds,
    difference_label,
    standardised_estimate,
)
from retrostats.effects.summaries import ArmSummary, require_arms
from retrostats.effects.t_tests import student_t, two_sided_p, welch_t
from retrostats.estimate import Estimate, Interval

__all__ = ["cohens_d", "glass_delta", "hedges_g", "mean_difference", "standardised_estimate"]


def mean_difference(
    treated: ArmSummary,
    control: ArmSummary,
    *,
    method: Literal["welch", "student"] = "welch",
    level: float = 0.95,
    unit: str = "",
    label: str = "",
) -> Estimate:
    """Estimate the difference of two means.

    Use it when the outcome has a unit that readers know (points, seconds, newtons): it comes first
    in a report; not to compare outcomes or trials on different scales (`hedges_g`), and not where
    the raw data hold a baseline to adjust for (`retrostats.fit_ancova`).

    Parameters
    ----------
    treated, control
        Arm summaries on the same scale. The sign is treated minus control,
        so on a pain scale a negative value favours the treated arm.
    method
        ``"welch"`` lets each arm have its own SD; ``"student"`` pools them.
    level
        Coverage of the interval.
    unit
        Unit of the outcome.
    label
        What a reader sees, to tell effects in a table apart; by default ``"treated - control"``,
        with the names of the arms.

    Returns
    -------
    Estimate
        With the t interval and p value of that method.

    Raises
    ------
    ValueError
        If ``method`` is another word.

    Examples
    --------
    >>> retro = ArmSummary(arm="retro", n=20, mean=38.2, sd=14.1)
    >>> forward = ArmSummary(arm="forward", n=18, mean=47.5, sd=15.8)
    >>> print(mean_difference(retro, forward, unit="mm"))
    retro - forward: -9.3 mm (95% CI -19.2 to 0.613), df 34.3
    """
    require_arms(treated, control, level)
    if method not in ("welch", "student"):
        raise ValueError(f"method must be 'welch' or 'student', got {method!r}")
    a, b = treated, control
    # The t of a difference of 1 is 1 / se: both methods give their own se and df.
    inverse_se, df = (welch_t if method == "welch" else student_t)(1.0, a.sd, a.n, b.sd, b.n)
    label, se = difference_label(label, a, b), 1 / float(inverse_se)
    return Estimate.from_se(label, a.mean - b.mean, se, unit=unit, df=float(df), level=level)


def cohens_d(
    treated: ArmSummary,
    control: ArmSummary,
    *,
    standardiser: Standardiser = "pooled",
    level: float = 0.95,
    label: str = "",
) -> Estimate:
    r"""Standardised mean difference, without small-sample correction.

    .. math::  d = \frac{\bar x_1 - \bar x_2}{s}

    Use it when a paper's own d is to be checked, or both arms are large; not for pooling small
    trials, where `hedges_g` has no bias.

    Parameters
    ----------
    treated, control
        Arm summaries on the same scale; the sign is treated minus control.
    standardiser
        ``"pooled"``: one SD for both arms, as Student's t has it. ``"average"``:
        ``sqrt((s1^2 + s2^2) / 2)``, where the arms may differ in spread [2]_.
    level, label
        As in `mean_difference`.

    Returns
    -------
    Estimate
        In SDs. ``"pooled"``: exact interval (noncentral t with ``n1 + n2 - 2`` df), Student's p,
        large-sample standard error ``sqrt(1/n1 + 1/n2 + d^2 / (2 (n1 + n2)))``, for pooling.
        ``"average"``: approximate interval (noncentral t with Welch's df, the ratio of the
        standard error to the standardiser taken as known), Welch's p, Bonett's standard error.
        Under both, p is below ``1 - level`` exactly when the interval leaves out 0.

    Raises
    ------
    ValueError
        If ``standardiser`` is another word.

    See Also
    --------
    hedges_g : without the bias of d in small samples.

    References
    ----------
    .. [1] Cumming G, Finch S (2001). Educ Psychol Meas 61, 532-574.
       doi:10.1177/0013164401614002
    .. [2] Bonett DG (2008). Psychol Methods 13, 99-109. doi:10.1037/1082-989X.13.2.99

    Examples
    --------
    >>> retro = ArmSummary(arm="retro", n=20, mean=38.2, sd=14.1)
    >>> forward = ArmSummary(arm="forward", n=18, mean=47.5, sd=15.8)
    >>> print(cohens_d(retro, forward))
    retro - forward: -0.623 SD (95% CI -1.27 to 0.0338), df 36
    """
    return difference_in_sds(
        treated, control, standardiser, correction="none", level=level, label=label
    )


def hedges_g(
    treated: ArmSummary,
    control: ArmSummary,
    *,
    standardiser: Standardiser = "pooled",
    variance: VarianceForm = "large-sample",
    level: float = 0.95,
    label: str = "",
) -> Estimate:
    r"""Standardised mean difference, corrected for small samples.

    .. math::  g = J(\nu)\,\frac{\bar x_1 - \bar x_2}{s}

    Use it when arms are compared once and trials on different scales are pooled; not where
    `mean_difference` has a unit that readers know, and not for change scores
    (`pre_post_control_d`).

    Parameters
    ----------
    treated, control
        Arm summaries on the same scale; the sign is treated minus control.
    standardiser
        ``"pooled"`` or ``"average"``; see `cohens_d`.
    variance
        Square of the standard error. ``"large-sample"``: that of `cohens_d` with g in place of d
        (metafor's LS). ``"scaled"``: J squared times that of d (LS2). ``"unbiased"``: without
        bias in small samples [2]_ (UB). The last two go with ``"pooled"`` only.
    level, label
        As in `mean_difference`.

    Returns
    -------
    Estimate
        As `cohens_d` with value and limits times the exact J of the standardiser's degrees of
        freedom: ``n1 + n2 - 2``, or those of the mean of two variances.

    Raises
    ------
    ValueError
        If a word is not one of the above, or the variance does not go with the standardiser.

    References
    ----------
    .. [1] Hedges LV (1981). J Educ Stat 6, 107-128. doi:10.3102/10769986006002107
    .. [2] Hedges LV (1983). Psychol Bull 93, 388-395. doi:10.1037/0033-2909.93.2.388

    Examples
    --------
    >>> retro = ArmSummary(arm="retro", n=20, mean=38.2, sd=14.1)
    >>> forward = ArmSummary(arm="forward", n=18, mean=47.5, sd=15.8)
    >>> print(hedges_g(retro, forward))
    retro - forward: -0.61 SD (95% CI -1.24 to 0.0331), df 36
    """
    a, b = treated, control
    return difference_in_sds(
        a, b, standardiser, correction="hedges", variance=variance, level=level, label=label
    )


def glass_delta(
    treated: ArmSummary, control: ArmSummary, *, level: float = 0.95, label: str = ""
) -> Estimate:
    r"""Mean difference over the standard deviation of the control arm.

    .. math::  \Delta = \frac{\bar x_1 - \bar x_2}{s_2}

    Use it when the treatment may change the spread and the control arm shows the usual one; not in
    small control arms, whose SD is poorly known (`hedges_g`), nor between two active arms.

    Parameters
    ----------
    treated, control
        Arm summaries on the same scale; the sign is treated minus control.
    level, label
        As in `mean_difference`.

    Returns
    -------
    Estimate
        In standard deviations of the control arm, without small-sample
        correction. The arms may differ in spread: the interval is the noncentral t
        one with ``n2 - 1`` df and scale ``sqrt(1/n2 + s1^2 / (n1 s2^2))``, p belongs
        to that t, and the standard error is Bonett's for unequal variances.

    References
    ----------
    .. [1] Bonett DG (2008). Psychol Methods 13, 99-109. doi:10.1037/1082-989X.13.2.99

    Examples
    --------
    >>> retro = ArmSummary(arm="retro", n=20, mean=38.2, sd=14.1)
    >>> forward = ArmSummary(arm="forward", n=18, mean=47.5, sd=15.8)
    >>> print(glass_delta(retro, forward))
    retro - forward: -0.589 SD (95% CI -1.22 to 0.0555), df 17
    """
    require_arms(treated, control, level)
    delta = (treated.mean - control.mean) / control.sd
    df = control.n - 1
    ratio = (treated.sd / control.sd) ** 2
    scale = math.sqrt(1 / control.n + ratio / treated.n)
    low, high = noncentral_t_limits(delta / scale, df, level)
    return Estimate(
        label=difference_label(label, treated, control),
        value=delta,
        se=math.sqrt(ratio / (treated.n - 1) + 1 / df + delta**2 / (2 * df)),
        df=float(df),
        ci=Interval(low * scale, high * scale, level),
        p=float(two_sided_p(delta / scale, df)),
        unit="SD",
    )
