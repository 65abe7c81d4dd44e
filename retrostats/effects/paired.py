"""Standardised change of one group between two visits.

Several effects bear the name "d" for two visits. They differ in the standard
deviation they divide by, and so does their interval; each function says which.
The sign is after minus before.
"""

from __future__ import annotations

import math

from retrostats.effects.paired_t import SD_OF_CHANGE, dz_value, scaled_from_paired_t
from retrostats.effects.pairs import PairedSummary, require_pairs
from retrostats.estimate import Estimate


def mean_change(summary: PairedSummary, *, level: float = 0.95, unit: str = "") -> Estimate:
    """Estimate the mean change with the interval and p of the paired t test.

    Use it when one group is described in the unit of the outcome; not as the effect of a
    treatment, because a single group also recovers, learns the test and regresses to the mean:
    compare arms (`mean_difference`, `pre_post_control_d`).

    Parameters
    ----------
    summary
        One group at two visits.
    level
        Coverage of the interval.
    unit
        Unit of the outcome.

    Returns
    -------
    Estimate
        In `unit`, after minus before as `summary` has it, with ``n - 1`` degrees of freedom.

    Raises
    ------
    ValueError
        If all participants change alike, so that there is no standard error.

    Examples
    --------
    >>> pain = PairedSummary.of("week 6 - baseline", [7, 6, 8, 5, 7], [4, 5, 5, 4, 3])
    >>> print(mean_change(pain, unit="points"))
    week 6 - baseline: -2.4 points (95% CI -4.07 to -0.734), df 4
    """
    require_pairs(level, summary=summary)
    dz_value(summary)  # refuses changes that are all alike
    se = summary.sd_change / math.sqrt(summary.n)
    return Estimate.from_se(
        summary.label, summary.mean_change, se, unit=unit, df=summary.n - 1, level=level
    )


def paired_dz(summary: PairedSummary, *, level: float = 0.95) -> Estimate:
    """Mean change over the standard deviation of the changes.

    Use it when the paired t test is to be checked or a paired trial planned; not beside effects of
    two groups, because it grows with the correlation of the visits: `paired_dav` is on their scale.

    Parameters
    ----------
    summary
        One group at two visits.
    level
        Coverage of the interval.

    Returns
    -------
    Estimate
        In SDs of change, and its unit says so; uncorrected. Interval: exact, noncentral t with
        ``n - 1`` df. p: paired t test. Standard error: ``sqrt(1/n + dz^2 / (2 n))``.

    Raises
    ------
    ValueError
        If all participants change alike, so that there is nothing to divide by.

    References
    ----------
    .. [1] Cumming G, Finch S (2001). Educ Psychol Meas 61, 532-574.
       doi:10.1177/0013164401614002

    Examples
    --------
    >>> pain = PairedSummary.of("week 6 - baseline", [7, 6, 8, 5, 7], [4, 5, 5, 4, 3])
    >>> print(paired_dz(pain))
    week 6 - baseline: -1.79 SD of change (95% CI -3.24 to -0.281), df 4
    """
    require_pairs(level, summary=summary)
    dz = dz_value(summary)
    variance = (1 + dz**2 / 2) / summary.n
    return scaled_from_paired_t(summary, 1.0, variance=variance, level=level, unit=SD_OF_CHANGE)


def paired_dav(summary: PairedSummary, *, level: float = 0.95) -> Estimate:
    """Mean change over the root mean square of the two visits' SDs.

    Use it when a change is set beside standardised differences of two groups; not when the
    treatment changes the spread itself: `standardised_mean_change` divides by the SD before it.

    Parameters
    ----------
    summary
        One group at two visits.
    level
        Coverage of the interval.

    Returns
    -------
    Estimate
        In SDs, ``sqrt((sd_before^2 + sd_after^2) / 2)``, uncorrected. Interval:
        noncentral t limits of the paired t times ``sd_change`` over the
        standardiser, that ratio taken as known [1]_, so that it leaves out 0 exactly
        when the paired t test, which gives p, does. Standard error: Bonett's, for
        unequal variances [2]_.

    Raises
    ------
    ValueError
        If all participants change alike.

    Notes
    -----
    effectsize's ``repeated_measures_d(method = "av")`` gives a normal interval that
    ignores the sampling error of the standardiser; it is much too short for large d.

    References
    ----------
    .. [1] Algina J, Keselman HJ (2003). Educ Psychol Meas 63, 537-553.
       doi:10.1177/0013164403256358
    .. [2] Bonett DG (2008). Psychol Methods 13, 99-109. doi:10.1037/1082-989X.13.2.99

    Examples
    --------
    >>> pain = PairedSummary.of("week 6 - baseline", [7, 6, 8, 5, 7], [4, 5, 5, 4, 3])
    >>> print(paired_dav(pain))
    week 6 - baseline: -2.4 SD (95% CI -4.34 to -0.377), df 4
    """
    require_pairs(level, summary=summary)
    s = summary
    square = (s.sd_before**2 + s.sd_after**2) / 2
    d = s.mean_change / math.sqrt(square)
    fourth = s.sd_before**4 + s.sd_after**4 + 2 * (s.correlation * s.sd_before * s.sd_after) ** 2
    variance = (s.sd_change**2 / square + d**2 * fourth / (8 * square**2)) / (s.n - 1)
    return scaled_from_paired_t(s, s.sd_change / math.sqrt(square), variance=variance, level=level)


def paired_drm(summary: PairedSummary, *, level: float = 0.95) -> Estimate:
    r"""Mean change over the SD of change, carried to the scale of one visit.

    .. math::  d_{rm} = d_z \sqrt{2 (1 - r)}

    Use it when only the SD of change and the correlation are known; not when the SDs of both
    visits are printed, which need not be equal: `paired_dav` uses them.

    Parameters
    ----------
    summary
        One group at two visits.
    level
        Coverage of the interval.

    Returns
    -------
    Estimate
        In SDs of one visit (equal SDs at both assumed), uncorrected. Interval: exact
        limits of dz times ``sqrt(2 (1 - r))``, the correlation taken as known. p:
        paired t test. Standard error: ``sqrt(2 (1 - r) (1/n + d^2 / (2 n)))`` [1]_.

    Raises
    ------
    ValueError
        If the correlation is 1 or all participants change alike.

    Notes
    -----
    effectsize's ``repeated_measures_d(method = "rm")`` has the same standard error
    with a normal interval.

    References
    ----------
    .. [1] Borenstein M, Hedges LV, Higgins JPT, Rothstein HR (2009). Introduction to
       meta-analysis. Wiley, 28-29. doi:10.1002/9780470743386

    Examples
    --------
    >>> pain = PairedSummary.of("week 6 - baseline", [7, 6, 8, 5, 7], [4, 5, 5, 4, 3])
    >>> print(paired_drm(pain))
    week 6 - baseline: -2.39 SD (95% CI -4.33 to -0.376), df 4
    """
    require_pairs(level, summary=summary)
    if summary.correlation == 1:
        raise ValueError(
            f"{summary.label}: drm does not exist at a correlation of 1; use paired_dav()."
        )
    unexplained = 2 * (1 - summary.correlation)
    d = dz_value(summary) * math.sqrt(unexplained)
    variance = unexplained * (1 + d**2 / 2) / summary.n
    return scaled_from_paired_t(summary, math.sqrt(unexplained), variance=variance, level=level)
