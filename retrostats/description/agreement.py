"""How well two measurements of the same subjects agree: bias and limits of agreement."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from retrostats.arrays import Floats
from retrostats.description.types import Agreement
from retrostats.effects.quadrature import noncentral_t_cdf
from retrostats.estimate import Estimate, Interval

#: A spread below this share of the values is rounding.
_ROUNDING = 1e-12


def agreement(
    first: ArrayLike,
    second: ArrayLike,
    *,
    names: tuple[str, str] = ("first", "second"),
    unit: str = "",
    share: float = 0.95,
    level: float = 0.95,
) -> Agreement:
    r"""Estimate the bias between two measurements and the limits between which they differ.

    .. math::  \bar d \pm z\,s_d, \qquad z = \Phi^{-1}\left(\tfrac{1 + share}{2}\right)

    Each limit has its own exact interval: with :math:`q_p` the quantile of the noncentral t with
    ``n - 1`` df and noncentrality :math:`z\sqrt n`, that of the upper limit runs from
    :math:`\bar d + q_{\alpha/2}\,s_d/\sqrt n` to :math:`\bar d + q_{1-\alpha/2}\,s_d/\sqrt n`, and
    that of the lower one is its mirror image.

    Use it when two methods, two raters or two occasions measured the same subjects in one unit,
    and the question is how far apart they may be for one subject; not when subjects are to be
    told apart (`reliability`), and not for a change by treatment
    (`mean_change`). A correlation does not answer either question.

    Parameters
    ----------
    first, second
        Shape ``(n,)`` each, by subject, one pair per subject; ``nan`` where one is missing.
    names
        What the two are, in words.
    unit
        Of both.
    share
        Of the differences that the limits are to hold.
    level
        Coverage of the intervals: of the bias, and of each limit by itself.

    Returns
    -------
    Agreement
        Differences are second minus first. Limits have no standard error and no p (``nan``).

    Raises
    ------
    ValueError
        If the lists differ in length, a value is infinite, there are fewer than two pairs, all
        differences are equal, or ``share`` or ``level`` is outside 0 to 1.

    Notes
    -----
    Differences are taken to be normal, with one mean and one SD over the range of the values;
    the figure shows whether they are (`plot_agreement`). `slope_on_mean` estimates a trend.

    References
    ----------
    .. [1] Bland JM, Altman DG (1986). Lancet 327, 307-310. doi:10.1016/S0140-6736(86)90837-8
    .. [2] Carkeet A (2015). Optom Vis Sci 92, e71-e80. doi:10.1097/OPX.0000000000000513

    Examples
    --------
    >>> found = agreement([12.1, 10.4, 9.8, 13.0], [11.6, 10.6, 9.1, 12.2], unit="s")
    >>> print(found.bias)
    second - first: -0.45 s (95% CI -1.17 to 0.268), df 3
    >>> print(found.upper)
    upper limit: 0.434 s (95% CI -0.0735 to 3.03), df 3
    """
    for what, value in (("share", share), ("level", level)):
        if not 0 < value < 1:
            raise ValueError(f"agreement: the {what} must lie between 0 and 1, got {value}")
    one, two, missing = _pairs(first, second)
    differences = two - one
    n, mean, sd = len(one), float(differences.mean()), float(np.std(differences, ddof=1))
    if sd <= _ROUNDING * float(np.max(np.abs([one, two]))):
        raise ValueError(
            f"agreement: all {n} differences are {mean:g}, so that there are no limits to "
            "estimate; report this one difference, and check that no column was copied"
        )
    se, z = sd / math.sqrt(n), float(ndtri((1 + share) / 2))
    near, far = (
        se * _quantile(p, n - 1, z * math.sqrt(n)) for p in ((1 - level) / 2, (1 + level) / 2)
    )
    return Agreement(
        first=names[0],
        second=names[1],
        unit=unit,
        means=tuple(((one + two) / 2).tolist()),
        differences=tuple(differences.tolist()),
        bias=Estimate.from_se(
            f"{names[1]} - {names[0]}", mean, se, unit=unit, df=n - 1, level=level
        ),
        lower=_limit("lower limit", mean - z * sd, (mean - far, mean - near, level), n, unit),
        upper=_limit("upper limit", mean + z * sd, (mean + near, mean + far, level), n, unit),
        share=share,
        missing=missing,
    )


def slope_on_mean(found: Agreement, *, level: float = 0.95) -> Estimate:
    """Estimate by how much the difference grows with the size of the measurement.

    Use it when points of a Bland-Altman plot rise or fall with the mean; not as a calibration of
    one method by the other: where one of two unbiased methods has the greater error, the slope
    differs from 0 too (its test is that of Pitman and Morgan for equal variances).

    Parameters
    ----------
    found
        What `agreement` returned.
    level
        Coverage of the interval.

    Returns
    -------
    Estimate
        Unit of difference per unit of mean, by least squares; 0 is the null of its p.

    Raises
    ------
    ValueError
        If there are fewer than three subjects, all means are equal, or the points lie on a line.

    References
    ----------
    .. [1] Bland JM, Altman DG (1999). Stat Methods Med Res 8, 135-160.
       doi:10.1177/096228029900800204

    Examples
    --------
    >>> found = agreement([1.0, 2.0, 3.0, 4.0], [1.1, 2.3, 3.2, 4.6])
    >>> print(slope_on_mean(found))
    slope of the difference on the mean: 0.134 (95% CI -0.109 to 0.377), df 2
    """
    x, y = np.array(found.means), np.array(found.differences)
    x, y = x - x.mean(), y - y.mean()
    spread, df = float(x @ x), len(x) - 2
    slope = float(x @ y) / spread if spread > 0 else 0.0
    left = float(np.sum((y - slope * x) ** 2))
    if df < 1 or spread == 0 or left <= _ROUNDING * float(y @ y):
        raise ValueError(
            f"slope_on_mean: {len(x)} subjects give no line with an error; needed are three or "
            "more whose means differ and whose differences do not lie on a line"
        )
    label = "slope of the difference on the mean"
    return Estimate.from_se(
        label, slope, math.sqrt(left / df / spread), unit="", df=df, level=level
    )


def _pairs(first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats, int]:
    """Return the two measurements of those who have both, and how many have not."""
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.ndim != 1 or one.shape != two.shape:
        raise ValueError(
            f"agreement: need two lists of the same subjects, got shapes {one.shape} and "
            f"{two.shape}; put nan where a measurement is missing"
        )
    if np.isinf(one).any() or np.isinf(two).any():
        raise ValueError("agreement: a measurement is infinite; correct it or put nan")
    both = ~(np.isnan(one) | np.isnan(two))
    if both.sum() < 2:
        raise ValueError(
            f"agreement: {int(both.sum())} of {len(one)} subjects have both measurements; "
            "at least 2 are needed"
        )
    return one[both], two[both], int((~both).sum())


def _limit(label: str, value: float, ci: tuple[float, float, float], n: int, unit: str) -> Estimate:
    return Estimate(
        label=label,
        value=value,
        se=math.nan,
        df=float(n - 1),
        ci=Interval(*ci),
        p=math.nan,
        unit=unit,
    )


def _quantile(p: float, df: int, ncp: float) -> float:
    """Return the quantile of the noncentral t, for a positive noncentrality."""
    from scipy.optimize import brentq  # slow to import, and only needed here

    step = math.sqrt(1 + ncp * ncp / (2 * df))
    # With few df the upper tail is that of the central t, times what the noncentrality adds.
    low, high = ncp - step, ncp + step * max(1.0, float(stdtrit(df, p)))
    while noncentral_t_cdf(low, df, ncp) > p:
        low -= step
    while noncentral_t_cdf(high, df, ncp) < p:
        high += high - low
    return float(brentq(lambda t: noncentral_t_cdf(t, df, ncp) - p, low, high, rtol=1e-13))
