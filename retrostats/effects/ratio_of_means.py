"""Ratios of two means, between arms and between visits.

They need a scale on which 0 means nothing at all (seconds, newtons, metres) and so have no unit. A
pain score has such a 0, a joint angle or a change score has not.
"""

from __future__ import annotations

import math

from retrostats.effects.log_ratio import Correction, if_corrected, log_estimate, relative_variance
from retrostats.effects.pairs import PairedSummary, require_pairs
from retrostats.effects.ratio import Ratio
from retrostats.effects.summaries import ArmSummary, require_arms
from retrostats.effects.variability import coefficient_of_variation_ratio, variability_ratio

__all__ = [
    "coefficient_of_variation_ratio",
    "ratio_of_means",
    "ratio_of_means_change",
    "variability_ratio",
]


def ratio_of_means(
    treated: ArmSummary,
    control: ArmSummary,
    *,
    correction: Correction = "small-sample",
    level: float = 0.95,
) -> Ratio:
    r"""Estimate the ratio of two means, treated over control.

    .. math::  \ln R = \ln\frac{\bar x_1}{\bar x_2} + \tfrac12 (v_1 - v_2),\qquad
               se^2 = v_1 + v_2,\qquad v_i = \frac{s_i^2}{n_i \bar x_i^2}

    Use it when an effect is thought of in per cent, on a scale with a true zero, or trials in
    different units are pooled; not for change scores, scales whose zero is a convention, or means
    within about three standard errors of 0 (the logarithm is not near normal): `mean_difference`.

    Parameters
    ----------
    treated, control
        Arm summaries on the same scale, both means above 0.
    correction
        ``"small-sample"``: the formula above (metafor's default since version 5).
        ``"none"``: without the half of ``v1 - v2``.
    level
        Coverage of the interval.

    Returns
    -------
    Ratio
        ``log`` is the logarithm, corrected if so, with the standard error above. Interval and p
        are those of t with Welch's degrees of freedom made from ``v1`` and ``v2``; metafor uses
        the normal, which is too narrow in small arms.

    Raises
    ------
    ValueError
        If a mean is 0 or negative, or ``correction`` is another word.

    References
    ----------
    .. [1] Hedges LV, Gurevitch J, Curtis PS (1999). Ecology 80, 1150-1156.
       doi:10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2
    .. [2] Lajeunesse MJ (2015). Ecology 96, 2056-2063. doi:10.1890/14-2402.1

    Examples
    --------
    >>> retro = ArmSummary(arm="retro", n=20, mean=10.1, sd=2.1)
    >>> forward = ArmSummary(arm="forward", n=18, mean=12.1, sd=2.6)
    >>> print(ratio_of_means(retro, forward))
    retro / forward: 0.835 (95% CI 0.726 to 0.96)
    """
    require_arms(treated, control, level)
    label = f"{treated.arm} / {control.arm}"
    a, b = (relative_variance(x.mean, x.sd, x.n, x.arm) for x in (treated, control))
    log = math.log(treated.mean / control.mean) + if_corrected(correction, (a - b) / 2)
    df = (a + b) ** 2 / (a**2 / (treated.n - 1) + b**2 / (control.n - 1))
    return Ratio(
        label=label, log=log_estimate(f"ratio of means, {label}", log, a + b, df=df, level=level)
    )


def ratio_of_means_change(
    summary: PairedSummary, *, correction: Correction = "small-sample", level: float = 0.95
) -> Ratio:
    r"""Estimate the ratio of one group's means at two visits, after over before.

    .. math::  se^2 = v_1 + v_2 - \frac{2 r s_1 s_2}{n \bar x_1 \bar x_2}

    Use it when the change of one group is told in per cent of where it began; not as the effect of
    a treatment, and not as the mean of the individual percentages, which is another number:
    compare arms by `ratio_of_means`.

    Parameters
    ----------
    summary
        One group at two visits, both means above 0.
    correction, level
        As in `ratio_of_means`.

    Returns
    -------
    Ratio
        With the limits and p of t with ``n - 1`` degrees of freedom on the log scale.

    Raises
    ------
    ValueError
        If a mean is 0 or negative, all change in the same proportion, or ``correction`` is
        another word.

    References
    ----------
    .. [1] Lajeunesse MJ (2011). Ecology 92, 2049-2055. doi:10.1890/11-0423.1

    Examples
    --------
    >>> tug = PairedSummary(label="retro, 6 weeks / baseline", n=20, mean_before=11.9,
    ...                     sd_before=2.4, mean_after=10.1, sd_after=2.1, correlation=0.7)
    >>> print(ratio_of_means_change(tug))
    retro, 6 weeks / baseline: 0.849 (95% CI 0.788 to 0.914)
    """
    require_pairs(level, summary=summary)
    s = summary
    a = relative_variance(s.mean_after, s.sd_after, s.n, f"{s.label}, after")
    b = relative_variance(s.mean_before, s.sd_before, s.n, f"{s.label}, before")
    # (x - y)^2 + 2xy(1 - r) keeps its digits where x^2 + y^2 - 2rxy would cancel.
    variance = (math.sqrt(a) - math.sqrt(b)) ** 2 + 2 * math.sqrt(a * b) * (1 - s.correlation)
    if variance == 0:
        raise ValueError(
            f"{s.label}: every participant changes in the same proportion, so that the ratio has "
            "no standard error. Check that the two visits are not copies."
        )
    log = math.log(s.mean_after / s.mean_before) + if_corrected(correction, (a - b) / 2)
    estimate = log_estimate(f"ratio of means, {s.label}", log, variance, df=s.n - 1, level=level)
    return Ratio(label=s.label, log=estimate)
