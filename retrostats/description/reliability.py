"""Measurement error and reliability of repeated measurements of the same subjects."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri, fdtrc, fdtri, ndtri

from retrostats.arrays import Floats
from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.layout.html import small

#: An error variance below this share of the total is rounding.
_ROUNDING = 1e-24


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """What repeated measurements of unchanged subjects tell of an instrument.

    Attributes
    ----------
    sem
        Standard error of measurement: SD of repeated measurements of one subject, without what
        shifts all subjects alike.
    mdc
        Smallest detectable change: two measurements of an unchanged subject differ by less in the
        share of cases that its label names.
    agreement, consistency
        Intraclass correlations of single measurements: ICC(2,1), to which a shift between the
        occasions counts as error, and ICC(3,1), to which it does not.
    n, occasions, missing
        Subjects with all measurements, how many each has, and subjects left out.
    """

    sem: Estimate
    mdc: Estimate
    agreement: Estimate
    consistency: Estimate
    n: int
    occasions: int
    missing: int

    def table(self) -> EstimateTable:
        """Return the four estimates under one caption."""
        caption = f"Reliability, n = {self.n}, {self.occasions} measurements each"
        return EstimateTable(caption, (self.sem, self.mdc, self.agreement, self.consistency))

    def _repr_html_(self) -> str:
        left_out = f"{self.missing} subjects left out, because a measurement is missing"
        return self.table().layout().html() + small(left_out if self.missing else "")


def reliability(
    measurements: ArrayLike, *, unit: str = "", share: float = 0.95, level: float = 0.95
) -> Reliability:
    r"""Estimate SEM, smallest detectable change and intraclass correlations.

    .. math::  SEM = \sqrt{MS_E} \;(= s_d/\sqrt 2 \text{ of two}), \qquad MDC = z\sqrt 2\,SEM

    Use it when subjects who did not change were measured twice or more, by the same raters or on
    the same occasions; not on a trial's baseline and follow-up, between which treatment changes
    people; and for how far two methods lie apart use `agreement`. An ICC depends on how much
    the subjects differ, the SEM does not: to judge one subject's change use the SEM.

    Parameters
    ----------
    measurements
        Shape ``(n, k)``, one row per subject and one column per occasion; rows with ``nan`` are
        left out and counted.
    unit
        Of the measurements.
    share
        Of unchanged subjects whose difference stays below the smallest detectable change.
    level
        Coverage of the intervals.

    Returns
    -------
    Reliability
        Intervals of SEM and MDC by chi-square, of the correlations by McGraw and Wong. The p of
        both correlations is that of the F test that subjects do not differ; SEM and MDC have none.

    Raises
    ------
    ValueError
        If there are fewer than two complete subjects or columns, a value is infinite, all subjects
        are alike, or the columns differ by constants, so that there is no error to estimate.

    References
    ----------
    .. [1] Weir JP (2005). J Strength Cond Res 19, 231-240. doi:10.1519/15184.1
    .. [2] McGraw KO, Wong SP (1996). Psychol Methods 1, 30-46. doi:10.1037/1082-989X.1.1.30

    Examples
    --------
    >>> found = reliability([[12.1, 11.6], [10.4, 10.6], [9.8, 9.1], [13.0, 12.2]], unit="s")
    >>> print(found.sem)
    SEM: 0.319 s (95% CI 0.181 to 1.19), df 3
    >>> print(found.mdc)
    MDC95: 0.884 s (95% CI 0.501 to 3.3), df 3
    """
    for what, value in (("share", share), ("level", level)):
        if not 0 < value < 1:
            raise ValueError(f"reliability: the {what} must lie between 0 and 1, got {value}")
    complete, missing = _complete(measurements)
    n, k = complete.shape
    squares = _mean_squares(complete)
    rows, _, error = squares
    df = float((n - 1) * (k - 1))
    limits = [
        math.sqrt(df / float(chdtri(df, tail))) for tail in ((1 - level) / 2, (1 + level) / 2)
    ]
    sem, times = math.sqrt(error), float(ndtri((1 + share) / 2)) * math.sqrt(2)

    def amount(label: str, value: float) -> Estimate:
        ci = Interval(value * limits[0], value * limits[1], level)
        return Estimate(label=label, value=value, se=math.nan, df=df, ci=ci, p=math.nan, unit=unit)

    p = float(fdtrc(n - 1, df, rows / error))

    def correlation(label: str, value: float, low: float, high: float) -> Estimate:
        ci = Interval(low, high, level)
        return Estimate(label=label, value=value, se=math.nan, df=df, ci=ci, p=p, unit="")

    return Reliability(
        sem=amount("SEM", sem),
        mdc=amount(f"MDC{100 * share:g}", times * sem),
        agreement=correlation("ICC(2,1), agreement", *_icc_agreement(squares, (n, k), level)),
        consistency=correlation("ICC(3,1), consistency", *_icc_consistency(squares, (n, k), level)),
        n=n,
        occasions=k,
        missing=missing,
    )


def _complete(measurements: ArrayLike) -> tuple[Floats, int]:
    values = np.asarray(measurements, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] < 2:
        raise ValueError(
            "reliability: need a row per subject and a column per occasion, two or more, got an "
            f"array of shape {values.shape}"
        )
    if np.isinf(values).any():
        raise ValueError("reliability: a measurement is infinite; correct it or put nan")
    whole = ~np.isnan(values).any(axis=1)
    if whole.sum() < 2:
        raise ValueError(
            f"reliability: {int(whole.sum())} of {len(values)} subjects have all measurements; at "
            "least 2 are needed"
        )
    return values[whole], int((~whole).sum())


def _mean_squares(values: Floats) -> tuple[float, float, float]:
    """Return the mean squares of subjects, occasions and error."""
    n, k = values.shape
    centred = values - values.mean()
    by_subject, by_occasion = centred.mean(axis=1), centred.mean(axis=0)
    left = centred - by_subject[:, None] - by_occasion[None, :]
    rows = k * float(by_subject @ by_subject) / (n - 1)
    columns = n * float(by_occasion @ by_occasion) / (k - 1)
    error = float(np.sum(left**2)) / ((n - 1) * (k - 1))
    size = float(np.max(np.abs(values))) ** 2
    if error <= _ROUNDING * size or rows <= _ROUNDING * size:
        what = "the columns differ by constants" if rows > _ROUNDING * size else "all are alike"
        raise ValueError(
            f"reliability: {what}, so that neither error nor reliability can be estimated; check "
            "that no column was copied from another"
        )
    return rows, columns, error


def _icc_consistency(
    squares: tuple[float, float, float], shape: tuple[int, int], level: float
) -> tuple[float, float, float]:
    (rows, _, error), (n, k) = squares, shape
    df, tail = (n - 1) * (k - 1), (1 + level) / 2
    f = rows / error
    ends = f / float(fdtri(n - 1, df, tail)), f * float(fdtri(df, n - 1, tail))
    value, low, high = ((x - 1) / (x + k - 1) for x in (f, *ends))
    return value, low, high


def _icc_agreement(
    squares: tuple[float, float, float], shape: tuple[int, int], level: float
) -> tuple[float, float, float]:
    """Return ICC(A,1) with the limits of McGraw and Wong, case 2, and Satterthwaite's df."""
    (rows, columns, error), (n, k) = squares, shape
    tail, rest = (1 + level) / 2, k * columns + (k * n - k - n) * error
    icc = (rows - error) / (rows + (k - 1) * error + k / n * (columns - error))
    a, b = k * icc / (n * (1 - icc)), 1 + k * icc * (n - 1) / (n * (1 - icc))
    parts = (a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    df = (a * columns + b * error) ** 2 / parts
    lower, upper = float(fdtri(n - 1, df, tail)), float(fdtri(df, n - 1, tail))
    low = n * (rows - lower * error) / (lower * rest + n * rows)
    high = n * (upper * rows - error) / (rest + n * upper * rows)
    return icc, low, high
