"""Which of two arms tends to have the higher values: one number under three names."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

from numpy.typing import ArrayLike
from scipy.special import expit, logit, ndtr, stdtr, stdtrit

from retrostats.effects.ordinal.placements import Placed, place
from retrostats.effects.ordinal.score_limits import (
    newcombe_limits,
    newcombe_variance,
    normal_quantile,
)
from retrostats.effects.raw_values import complete_values
from retrostats.estimate import Estimate, Interval

Method: TypeAlias = Literal["newcombe", "brunner-munzel", "brunner-munzel-logit"]


def probability_of_superiority(
    treated: ArrayLike,
    control: ArrayLike,
    *,
    method: Method = "newcombe",
    level: float = 0.95,
    label: str = "probability of superiority",
) -> Estimate:
    r"""Estimate how often a treated value is higher than a control value.

    .. math::  \theta = P(T > C) + \tfrac12 P(T = C)

    Use it when the outcome is ordinal (pain 0 to 10, a Likert item), skewed or has a floor, and
    the question is who tends to have more; not when the size of the difference in the unit of the
    outcome matters: that is `mean_difference`, or `hodges_lehmann` where a mean does not suit.

    Parameters
    ----------
    treated, control
        Raw values, shapes ``(m,)`` and ``(n,)``, none missing. Only their order counts. Where
        lower is better, a value below 1/2 favours the treated arm.
    method
        ``"newcombe"``: score interval with a variance that depends on theta (his method 5); has
        a width where the arms are separated. ``"brunner-munzel"``: ``theta ± t * se``, which may
        pass 0 or 1. ``"brunner-munzel-logit"``: the same on the scale of the log odds, which
        cannot. The latter two estimate the variance of each arm by itself: take the last where
        the arms differ in size and the smaller one is spread more widely.
    level
        Coverage of the interval.
    label
        What a reader sees.

    Returns
    -------
    Estimate
        From 0 to 1. **p tests theta = 1/2**, by the test that the interval inverts, so that p is
        below ``1 - level`` exactly when the interval leaves out 1/2: under ``"newcombe"`` the
        normal Wilcoxon-Mann-Whitney test without corrections for ties and continuity; under the
        other two Brunner and Munzel's t test, on either scale. The standard error is that of
        Brunner and Munzel (DeLong's), ``nan`` where it is 0.

    Raises
    ------
    ValueError
        If values are missing, an arm has fewer than two, or the standard error is 0 (or, on the
        scale of the log odds, theta is 0 or 1) under a method that needs it.

    See Also
    --------
    cliffs_delta : the same on the scale of -1 to 1.

    References
    ----------
    .. [1] Newcombe RG (2006). Stat Med 25, 559-573. doi:10.1002/sim.2324
    .. [2] Brunner E, Munzel U (2000). Biom J 42, 17-25.
       doi:10.1002/(SICI)1521-4036(200001)42:1<17::AID-BIMJ17>3.0.CO;2-U

    Examples
    --------
    >>> retro, control = [2, 3, 4, 2, 5, 3], [5, 4, 6, 3, 5, 7]
    >>> print(probability_of_superiority(retro, control))
    probability of superiority: 0.153 (95% CI 0.0363 to 0.493)
    """
    placed = place(complete_values("treated", treated), complete_values("control", control))
    return _estimate(placed, method, level=level, label=label)


def cliffs_delta(
    treated: ArrayLike,
    control: ArrayLike,
    *,
    method: Method = "newcombe",
    level: float = 0.95,
    label: str = "Cliff's delta",
) -> Estimate:
    r"""Estimate how much more often a treated value is higher than lower.

    .. math::  \delta = P(T > C) - P(T < C) = 2\theta - 1

    Use it when readers expect a scale from -1 to 1 with 0 for no difference; not when they should
    read a probability: `probability_of_superiority` says the same in words that need no training.

    Parameters
    ----------
    treated, control, method, level
        As in `probability_of_superiority`. The sign is treated minus control.
    label
        What a reader sees.

    Returns
    -------
    Estimate
        From -1 to 1; the limits are twice those of theta minus 1, and p tests delta = 0.

    Raises
    ------
    ValueError
        As `probability_of_superiority`.

    References
    ----------
    .. [1] Cliff N (1993). Psychol Bull 114, 494-509. doi:10.1037/0033-2909.114.3.494

    Examples
    --------
    >>> print(cliffs_delta([2, 3, 4, 2, 5, 3], [5, 4, 6, 3, 5, 7]))
    Cliff's delta: -0.694 (95% CI -0.927 to -0.0145)
    """
    placed = place(complete_values("treated", treated), complete_values("control", control))
    theta = _estimate(placed, method, level=level, label=label)
    return Estimate(
        label=label,
        value=placed.delta,
        se=2 * theta.se,
        df=theta.df,
        ci=Interval(2 * theta.ci.low - 1, 2 * theta.ci.high - 1, level),
        p=theta.p,
        unit="",
    )


def rank_biserial(
    treated: ArrayLike,
    control: ArrayLike,
    *,
    method: Method = "newcombe",
    level: float = 0.95,
    label: str = "rank-biserial correlation",
) -> Estimate:
    """Estimate the rank-biserial correlation of two independent groups.

    It is Cliff's delta under another name: the difference of the mean ranks over half the number
    of participants (Glass), or ``1 - 2 U / (m n)`` (Wendt), with the sign treated minus control.

    Use it when a journal or an earlier paper reports an effect size "r" of a Mann-Whitney test by
    this name; not as ``r = z / sqrt(N)``, which is another number, and not for two visits of one
    group: that is `matched_rank_biserial`.

    Parameters
    ----------
    treated, control, method, level
        As in `probability_of_superiority`. The sign is treated minus control.
    label
        What a reader sees.

    Returns
    -------
    Estimate
        From -1 to 1, equal to that of `cliffs_delta`; p tests 0.

    Raises
    ------
    ValueError
        As `probability_of_superiority`.

    References
    ----------
    .. [1] Wendt HW (1972). Eur J Soc Psychol 2, 463-465. doi:10.1002/ejsp.2420020412

    Examples
    --------
    >>> print(rank_biserial([2, 3, 4, 2, 5, 3], [5, 4, 6, 3, 5, 7]))
    rank-biserial correlation: -0.694 (95% CI -0.927 to -0.0145)
    """
    return cliffs_delta(treated, control, method=method, level=level, label=label)


def _estimate(placed: Placed, method: str, *, level: float, label: str) -> Estimate:
    normal_quantile(level)  # refuses what is no level, before anything is solved
    if method == "newcombe":
        low, high = newcombe_limits(placed.halves, placed.m, placed.n, level=level)
        z = placed.delta / (2 * math.sqrt(newcombe_variance(0.5, placed.m, placed.n)))
        df, p = math.inf, float(2 * ndtr(-abs(z)))
    elif method in ("brunner-munzel", "brunner-munzel-logit"):
        df = placed.df
        low, high, p = _brunner_munzel(placed, method, level, label)
    else:
        raise ValueError(
            f"method must be 'newcombe', 'brunner-munzel' or 'brunner-munzel-logit', got {method!r}"
        )
    return Estimate(
        label=label,
        value=placed.theta,
        se=placed.se or math.nan,
        df=df,
        ci=Interval(low, high, level),
        p=p,
        unit="",
    )


def _brunner_munzel(
    placed: Placed, method: str, level: float, label: str
) -> tuple[float, float, float]:
    """Return the limits and p of Brunner and Munzel's t, on the plain scale or of log odds."""
    theta, on_odds = placed.theta, method == "brunner-munzel-logit"
    if placed.se == 0 or (on_odds and theta in (0.0, 1.0)):
        raise ValueError(
            f"{label}: the values of the arms do not mix (theta = {theta:g}), so that "
            f"method={method!r} has no standard error and its interval no width. "
            "Use method='newcombe'."
        )
    quantile = float(stdtrit(placed.df, 0.5 + level / 2))
    if on_odds:
        se, value = placed.se / (theta * (1 - theta)), float(logit(theta))
        low, high = (float(expit(value + side * quantile * se)) for side in (-1, 1))
    else:
        se, value = placed.se, placed.delta / 2
        low, high = theta - quantile * se, theta + quantile * se
    return low, high, float(2 * stdtr(placed.df, -abs(value) / se))
