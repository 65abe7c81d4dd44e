"""Precision and power of a difference that is adjusted for the baseline, at any sizes."""

from __future__ import annotations

import math
from typing import Literal

from retrostats.power.closed.claims import Claim
from retrostats.power.closed.design import Arms

Analysis = Literal["ancova", "change", "post"]


def power_at_precision(
    arms: Arms,
    *,
    analysis: Analysis,
    sd: float,
    correlation: float,
    difference: float,
    level: float,
) -> float:
    """Return the power of `power_ancova` at sizes that need not be whole.

    Parameters
    ----------
    arms
        Sizes with the precision that a trial has on average: where it is chance who is lost, the
        harmonic means of those who are seen.
    analysis, sd, correlation, difference, level
        As in `power_ancova`.

    Returns
    -------
    float
        ``nan`` where too few are left for the test.

    Examples
    --------
    >>> known = {"analysis": "ancova", "sd": 2.1, "correlation": 0.6, "difference": -1.5}
    >>> round(power_at_precision((28.0, 28.0), **known, level=0.95), 3)
    0.901
    """
    covariates = 1 if analysis == "ancova" else 0
    if min(arms) < 2 or sum(arms) < 5 + covariates:
        return math.nan
    variance, df = adjusted_spread(arms, covariates)
    claim = Claim(goal="superiority", margin=math.nan, better=None, level=level)
    factor = variance_factor(analysis, correlation)
    return claim.chance(difference, sd * math.sqrt(factor * variance), df)


def variance_factor(
    analysis: Analysis, correlation: float, baselines: int = 1, visits: int = 1
) -> float:
    r"""Return the variance of a treatment effect over that of single scores after treatment.

    With b baselines, k visits and one correlation the mean of the visits has the variance
    :math:`v_k = (1 + (k - 1)\rho)/k`; the change from the mean of the baselines has
    :math:`v_k + v_b - 2\rho`, and given that mean there remains :math:`v_k - \rho^2/v_b`.

    Parameters
    ----------
    analysis
        ``"ancova"``, ``"change"`` or ``"post"``.
    correlation
        Between any two visits of a subject.
    baselines, visits
        How many are averaged.

    References
    ----------
    .. [1] Frison L, Pocock SJ (1992). Stat Med 11, 1685-1704. doi:10.1002/sim.4780111304

    Examples
    --------
    >>> [round(variance_factor(way, 0.6), 4) for way in ("ancova", "change", "post")]
    [0.64, 0.8, 1.0]
    >>> round(variance_factor("ancova", 0.6, baselines=2, visits=3), 4)
    0.2833
    """
    after = (1 + (visits - 1) * correlation) / visits
    before = (1 + (baselines - 1) * correlation) / baselines
    if analysis == "ancova":
        return after - correlation**2 / before
    return after + before - 2 * correlation if analysis == "change" else after


def adjusted_spread(arms: Arms, covariates: int) -> tuple[float, float]:
    """Return the mean variance of an adjusted difference, for a residual SD of 1, and its df.

    The arms of a randomised trial differ in their mean covariates by chance; the adjustment for
    q normal covariates multiplies the variance by (N - 3) / (N - 3 - q) on average.

    Parameters
    ----------
    arms
        Sizes, which need not be whole.
    covariates
        How many are adjusted for.

    Examples
    --------
    >>> adjusted_spread((10.0, 10.0), 0), round(adjusted_spread((10.0, 10.0), 1)[0], 4)
    ((0.2, 18.0), 0.2125)
    """
    total = arms[0] + arms[1]
    price = (total - 3) / (total - 3 - covariates) if covariates else 1.0
    return price * (1 / arms[0] + 1 / arms[1]), total - 2 - covariates
