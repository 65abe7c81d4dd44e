"""Ratios of the spread of two arms: of their SDs, and of their coefficients of variation."""

from __future__ import annotations

import math

from scipy.special import fdtr, fdtrc, fdtri

from retrostats.effects.log_ratio import Correction, if_corrected, log_estimate, relative_variance
from retrostats.effects.ratio import Ratio
from retrostats.effects.summaries import ArmSummary, require_arms
from retrostats.estimate import Estimate, Interval


def variability_ratio(
    treated: ArmSummary,
    control: ArmSummary,
    *,
    correction: Correction = "small-sample",
    level: float = 0.95,
) -> Ratio:
    r"""Estimate the ratio of two standard deviations, treated over control.

    .. math::  \ln VR = \ln\frac{s_1}{s_2} + \frac{1}{2(n_1 - 1)} - \frac{1}{2(n_2 - 1)},\qquad
               se^2 = \frac{1}{2(n_1 - 1)} + \frac{1}{2(n_2 - 1)}

    Use it when the question is whether patients differ more after one treatment than after the
    other (a sign that it suits some and not others); not where the SD grows with the mean:
    `coefficient_of_variation_ratio`. Outcomes far from normal make interval and p wrong, at any n.

    Parameters
    ----------
    treated, control
        Arm summaries on the same scale.
    correction
        ``"small-sample"``: the formula above; ``"none"``: without the terms in n.
    level
        Coverage of the interval.

    Returns
    -------
    Ratio
        The standard error is the large-sample one, for pooling. Interval and p are those of the
        F ratio of the variances, exact for normal outcomes, whatever the correction; ``log.df``
        is ``inf``, because they come from no t.

    Raises
    ------
    ValueError
        If ``correction`` is another word, or ``level`` lies outside 0 to 1.

    References
    ----------
    .. [1] Nakagawa S et al. (2015). Methods Ecol Evol 6, 143-152. doi:10.1111/2041-210X.12309

    Examples
    --------
    >>> retro = ArmSummary(arm="retro", n=20, mean=10.1, sd=2.1)
    >>> forward = ArmSummary(arm="forward", n=18, mean=11.6, sd=2.6)
    >>> print(variability_ratio(retro, forward))
    retro / forward: 0.805 (95% CI 0.498 to 1.29)
    """
    require_arms(treated, control, level)
    label, m, n = f"{treated.arm} / {control.arm}", treated.n - 1, control.n - 1
    ratio, tail = treated.sd / control.sd, (1 - level) / 2
    above, below = float(fdtrc(m, n, ratio**2)), float(fdtr(m, n, ratio**2))
    estimate = Estimate(
        label=f"log ratio of SDs, {label}",
        value=math.log(ratio) + if_corrected(correction, 1 / (2 * m) - 1 / (2 * n)),
        se=math.sqrt(1 / (2 * m) + 1 / (2 * n)),
        df=math.inf,
        ci=Interval(
            math.log(ratio) - math.log(fdtri(m, n, 1 - tail)) / 2,
            math.log(ratio) - math.log(fdtri(m, n, tail)) / 2,
            level,
        ),
        p=min(1.0, 2 * min(above, below)),
        unit="log ratio",
    )
    return Ratio(label=label, log=estimate)


def coefficient_of_variation_ratio(
    treated: ArmSummary,
    control: ArmSummary,
    *,
    correction: Correction = "small-sample",
    level: float = 0.95,
) -> Ratio:
    r"""Estimate the ratio of two coefficients of variation, treated over control.

    .. math::  \ln CVR = \ln VR - \ln R,\qquad
               se^2 = \frac{1}{2(n_1 - 1)} + \frac{1}{2(n_2 - 1)} + v_1 + v_2

    with both logarithms corrected or not, and :math:`v_i` as in `ratio_of_means`.

    Use it when spread is to be compared on a ratio scale where the SD grows with the mean; not
    where it does not, because a lower mean alone then makes it larger: `variability_ratio`.

    Parameters
    ----------
    treated, control
        Arm summaries on the same scale, both means above 0.
    correction, level
        As in `ratio_of_means`.

    Returns
    -------
    Ratio
        With a normal interval and p on the log scale; mean and SD are taken as independent.

    Raises
    ------
    ValueError
        If a mean is 0 or negative, or ``correction`` is another word.

    References
    ----------
    .. [1] Nakagawa S et al. (2015). Methods Ecol Evol 6, 143-152. doi:10.1111/2041-210X.12309

    Examples
    --------
    >>> retro = ArmSummary(arm="retro", n=20, mean=10.1, sd=2.1)
    >>> forward = ArmSummary(arm="forward", n=18, mean=11.6, sd=2.6)
    >>> print(coefficient_of_variation_ratio(retro, forward))
    retro / forward: 0.925 (95% CI 0.571 to 1.5)
    """
    require_arms(treated, control, level)
    a, b = (relative_variance(x.mean, x.sd, x.n, x.arm) for x in (treated, control))
    spread = variability_ratio(treated, control, correction=correction, level=level)
    means = math.log(treated.mean / control.mean) + if_corrected(correction, (a - b) / 2)
    estimate = log_estimate(
        f"ratio of coefficients of variation, {spread.label}",
        spread.log.value - means,
        spread.log.se**2 + a + b,
        level=level,
    )
    return Ratio(label=spread.label, log=estimate)
