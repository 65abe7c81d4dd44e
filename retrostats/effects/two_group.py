"""Differences of two arms: in the unit of the outcome, and in standard deviations."""

from __future__ import annotations

import math
from typing import Literal

from retrostats.effects.noncentral import noncentral_t_limits, small_sample_factor
from retrostats.effects.summaries import ArmSummary
from retrostats.effects.t_tests import student_t, two_sided_p, welch_t
from retrostats.estimate import Estimate, Interval


def mean_difference(
    treated: ArmSummary,
    control: ArmSummary,
    *,
    method: Literal["welch", "student"] = "welch",
    level: float = 0.95,
    unit: str = "",
) -> Estimate:
    """Estimate the difference of two means.

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
    if method not in ("welch", "student"):
        raise ValueError(f"method must be 'welch' or 'student', got {method!r}")
    a, b = treated, control
    # The t of a difference of 1 is 1 / se: both methods give their own se and df.
    inverse_se, df = (welch_t if method == "welch" else student_t)(1.0, a.sd, a.n, b.sd, b.n)
    return Estimate.from_se(
        _label(a, b), a.mean - b.mean, 1 / float(inverse_se), unit=unit, df=float(df), level=level
    )


def cohens_d(treated: ArmSummary, control: ArmSummary, *, level: float = 0.95) -> Estimate:
    r"""Standardised mean difference, without small-sample correction.

    .. math::  d = \frac{\bar x_1 - \bar x_2}{s_p}

    Parameters
    ----------
    treated, control
        Arm summaries on the same scale; the sign is treated minus control.
    level
        Coverage of the interval.

    Returns
    -------
    Estimate
        In pooled standard deviations. The interval is exact (noncentral t with
        ``n1 + n2 - 2`` df); p is Student's, and is below ``1 - level`` exactly when
        the interval leaves out 0; the standard error is the large-sample one,
        ``sqrt(1/n1 + 1/n2 + d^2 / (2 (n1 + n2)))``, for pooling.

    See Also
    --------
    hedges_g : without the bias of d in small samples.

    References
    ----------
    .. [1] Cumming G, Finch S (2001). Educ Psychol Meas 61, 532-574.
       doi:10.1177/0013164401614002

    Examples
    --------
    >>> retro = ArmSummary(arm="retro", n=20, mean=38.2, sd=14.1)
    >>> forward = ArmSummary(arm="forward", n=18, mean=47.5, sd=15.8)
    >>> print(cohens_d(retro, forward))
    retro - forward: -0.623 SD (95% CI -1.27 to 0.0338), df 36
    """
    return _standardised(treated, control, factor=1.0, level=level)


def hedges_g(treated: ArmSummary, control: ArmSummary, *, level: float = 0.95) -> Estimate:
    r"""Standardised mean difference, corrected for small samples.

    .. math::  g = J(\nu)\,\frac{\bar x_1 - \bar x_2}{s_p},\qquad \nu = n_1 + n_2 - 2

    Parameters
    ----------
    treated, control
        Arm summaries on the same scale; the sign is treated minus control.
    level
        Coverage of the interval.

    Returns
    -------
    Estimate
        In pooled standard deviations, with the exact J. The limits are J times
        those of `cohens_d`, p is Student's, and the standard error is the
        large-sample one with g in place of d.

    See Also
    --------
    retrostats.effects.pre_post : when the table reports change scores.

    References
    ----------
    .. [1] Hedges LV (1981). J Educ Stat 6, 107-128. doi:10.3102/10769986006002107

    Examples
    --------
    >>> retro = ArmSummary(arm="retro", n=20, mean=38.2, sd=14.1)
    >>> forward = ArmSummary(arm="forward", n=18, mean=47.5, sd=15.8)
    >>> print(hedges_g(retro, forward))
    retro - forward: -0.61 SD (95% CI -1.24 to 0.0331), df 36
    """
    factor = small_sample_factor(treated.n + control.n - 2)
    return _standardised(treated, control, factor=factor, level=level)


def glass_delta(treated: ArmSummary, control: ArmSummary, *, level: float = 0.95) -> Estimate:
    r"""Mean difference over the standard deviation of the control arm.

    .. math::  \Delta = \frac{\bar x_1 - \bar x_2}{s_2}

    Parameters
    ----------
    treated, control
        Arm summaries on the same scale; the sign is treated minus control.
    level
        Coverage of the interval.

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
    delta = (treated.mean - control.mean) / control.sd
    df = control.n - 1
    ratio = (treated.sd / control.sd) ** 2
    scale = math.sqrt(1 / control.n + ratio / treated.n)
    low, high = noncentral_t_limits(delta / scale, df, level)
    return Estimate(
        label=_label(treated, control),
        value=delta,
        se=math.sqrt(ratio / (treated.n - 1) + 1 / df + delta**2 / (2 * df)),
        df=df,
        ci=Interval(low * scale, high * scale, level),
        p=float(two_sided_p(delta / scale, df)),
        unit="SD",
    )


def standardised_estimate(
    label: str, t: float, n1: int, n2: int, *, factor: float, level: float
) -> Estimate:
    """Turn Student's t of two groups into a standardised difference.

    Parameters
    ----------
    label
        What a reader sees.
    t
        Student's t, first group minus second.
    n1, n2
        Group sizes.
    factor
        1 for Cohen's d, the small-sample factor for Hedges' g.
    level
        Coverage of the exact interval.

    Returns
    -------
    Estimate
        In pooled standard deviations; see `cohens_d` for its parts.

    Raises
    ------
    ValueError
        If ``t`` is not finite.
    """
    df = n1 + n2 - 2
    scale = math.sqrt(1 / n1 + 1 / n2)
    value = factor * t * scale
    low, high = noncentral_t_limits(t, df, level)
    return Estimate(
        label=label,
        value=value,
        se=math.sqrt(1 / n1 + 1 / n2 + value**2 / (2 * (n1 + n2))),
        df=df,
        ci=Interval(factor * low * scale, factor * high * scale, level),
        p=float(two_sided_p(t, df)),
        unit="SD",
    )


def _standardised(a: ArmSummary, b: ArmSummary, *, factor: float, level: float) -> Estimate:
    t, _ = student_t(a.mean - b.mean, a.sd, a.n, b.sd, b.n)
    return standardised_estimate(_label(a, b), float(t), a.n, b.n, factor=factor, level=level)


def _label(treated: ArmSummary, control: ArmSummary) -> str:
    return f"{treated.arm} - {control.arm}"
