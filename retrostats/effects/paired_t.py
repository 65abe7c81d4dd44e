"""What the standardised changes of one group share: the paired t and its exact limits."""

from __future__ import annotations

import math

from retrostats.effects.noncentral import noncentral_t_limits
from retrostats.effects.pairs import PairedSummary, require_pairs
from retrostats.effects.t_tests import two_sided_p
from retrostats.estimate import Estimate, Interval

#: Unit of effects over the SD of change, so that they are never mixed with d of two groups.
SD_OF_CHANGE = "SD of change"
#: Below this share of an SD of one visit, the SD of change is nothing but the rounding of the
#: correlation: a last digit of it is worth 1.5e-8.
ALIKE = 1e-6


def dz_value(summary: PairedSummary) -> float:
    """Return the mean change over the SD of change.

    Parameters
    ----------
    summary
        One group at two visits.

    Raises
    ------
    ValueError
        If all participants change alike.
    """
    if not summary.sd_change > ALIKE * max(summary.sd_before, summary.sd_after):
        raise ValueError(
            f"{summary.label}: every participant changes by the same amount, so no effect can be "
            "standardised by the SD of change. Check that the two visits are not copies."
        )
    return summary.mean_change / summary.sd_change


def scaled_from_paired_t(
    summary: PairedSummary, scale: float, *, variance: float, level: float, unit: str = "SD"
) -> Estimate:
    """Return ``scale`` times dz, with the limits of the paired t on that scale.

    Parameters
    ----------
    summary
        One group at two visits.
    scale
        SD of change over the wanted standardiser, or a small-sample factor.
    variance
        Sampling variance of the effect, in squared SDs.
    level
        Coverage of the interval.
    unit
        Of the wanted standardiser.

    Raises
    ------
    ValueError
        If all participants change alike.
    """
    require_pairs(level, summary=summary)
    dz, root, df = dz_value(summary), math.sqrt(summary.n), summary.n - 1
    low, high = noncentral_t_limits(dz * root, df, level)
    return Estimate(
        label=summary.label,
        value=dz * scale,
        se=math.sqrt(variance),
        df=float(df),
        ci=Interval(low / root * scale, high / root * scale, level),
        p=float(two_sided_p(dz * root, df)),
        unit=unit,
    )
