"""How strongly two classifications go together: Cramér's V and Cohen's w."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, chdtri

from retrostats.arrays import Floats
from retrostats.effects.arguments import MOST, shown
from retrostats.effects.noncentral import noncentral_chi2_limits
from retrostats.estimate import Estimate, Interval

#: Whether the value is corrected for what chance alone adds to it.
Correction = Literal["none", "bergsma"]


def cramers_v(
    table: ArrayLike,
    *,
    correction: Correction = "none",
    level: float = 0.95,
    label: str = "Cramér's V",
) -> Estimate:
    r"""Estimate Cramér's V of a table of counts with noncentral chi-square limits.

    .. math::  V = \sqrt{\frac{\chi^2}{n\,(\min(r, c) - 1)}}

    Use it when two unordered classifications are compared (arm and reason of withdrawal); not
    for responders of two arms, whose risk difference says more, nor for ordered categories, for
    which `retrostats.cliffs_delta` keeps the order.

    Parameters
    ----------
    table
        Counts, shape ``(r, c)``, at least two of each; no row or column of zeros.
    correction
        ``"none"``, or ``"bergsma"``, which takes off what chance alone adds.
    level
        Coverage of the two-sided interval.
    label
        What a reader sees.

    Returns
    -------
    Estimate
        From 0 to 1, without a sign. The limits are those of the population's V, at the limits of
        the noncentrality and cut at 1; they are the same under both corrections, because a
        noncentrality has no bias to correct. Where chi-square is below the median that chance
        makes it, the upper limit is that of the median [3]_, so that a weak association is held
        in 97.5% of trials rather than 95%. p is of Pearson's test without
        continuity correction, ``df`` that of chi-square; there is no standard error.

    Raises
    ------
    ValueError
        If the table has fewer than two rows or columns, an empty one, or no whole counts.

    References
    ----------
    .. [1] Smithson M (2003). Confidence Intervals. Sage. doi:10.4135/9781412983761
    .. [2] Bergsma W (2013). J Korean Stat Soc 42, 323-328. doi:10.1016/j.jkss.2012.10.002
    .. [3] Cowan G, Cranmer K, Gross E, Vitells O (2011). Power-constrained limits.
       arXiv:1105.3166

    Examples
    --------
    >>> print(cramers_v([[12, 9, 4], [6, 9, 15]]))
    Cramér's V: 0.381 (95% CI 0.0554 to 0.627), df 2
    >>> print(cramers_v([[12, 9, 4], [6, 9, 15]], correction="bergsma"))
    Cramér's V: 0.332 (95% CI 0.0554 to 0.627), df 2
    """
    counts = table_of_counts(label, table)
    shape, n = counts.shape, float(counts.sum())
    scale = n * (min(shape) - 1)
    chi2, df = pearson_chi2(counts)
    value = _bergsma(chi2, n, shape) if correction == "bergsma" else math.sqrt(chi2 / scale)
    if correction not in ("none", "bergsma"):
        raise ValueError(f"{label}: correction must be 'none' or 'bergsma', got {correction!r}")
    return _association(label, value, (chi2, df, scale), largest=1.0, level=level)


def cohens_w(table: ArrayLike, *, level: float = 0.95, label: str = "Cohen's w") -> Estimate:
    r"""Estimate Cohen's w of a table of counts.

    .. math::  w = \sqrt{\chi^2 / n}

    Use it when a program for sample sizes asks for it; to describe a table use `cramers_v`, which
    ends at 1 whatever the table's shape.

    Parameters
    ----------
    table, level, label
        As in `cramers_v`.

    Returns
    -------
    Estimate
        From 0 to the root of ``min(r, c) - 1``; otherwise as in `cramers_v`.

    Raises
    ------
    ValueError
        As in `cramers_v`.

    References
    ----------
    .. [1] Cohen J (1988). Statistical Power Analysis, 2nd ed. Erlbaum. doi:10.4324/9780203771587

    Examples
    --------
    >>> print(cohens_w([[10, 8, 3], [5, 9, 7], [2, 6, 14]]))
    Cohen's w: 0.467 (95% CI 0.133 to 0.67), df 4
    """
    counts = table_of_counts(label, table)
    n = float(counts.sum())
    chi2, df = pearson_chi2(counts)
    largest = math.sqrt(min(counts.shape) - 1)
    return _association(label, math.sqrt(chi2 / n), (chi2, df, n), largest=largest, level=level)


def pearson_chi2(counts: Floats) -> tuple[float, float]:
    """Return Pearson's chi-square without continuity correction, and its degrees of freedom.

    Parameters
    ----------
    counts
        Shape ``(r, c)``, no row or column of zeros.

    Examples
    --------
    >>> pearson_chi2(np.array([[10.0, 6.0], [0.0, 4.0]]))
    (5.0, 1.0)
    """
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    return float(((counts - expected) ** 2 / expected).sum()), float(df)


def _association(
    label: str, value: float, test: tuple[float, float, float], *, largest: float, level: float
) -> Estimate:
    """Return the estimate whose limits are the roots of noncentralities over a scale."""
    chi2, df, scale = test
    low, _ = noncentral_chi2_limits(chi2, df, level)
    # Counts are balanced exactly far oftener than a continuous chi-square is near 0, and the
    # usual limit would then be 0 too: no effect is shut out that the table had no power to find.
    _, high = noncentral_chi2_limits(max(chi2, float(chdtri(df, 0.5))), df, level)
    least, most = (min(math.sqrt(ncp / scale), largest) for ncp in (low, high))
    return Estimate(
        label=label,
        value=min(value, largest),
        se=math.nan,
        df=df,
        ci=Interval(least, most, level),
        p=float(chdtrc(df, chi2)),
        unit="",
    )


def _bergsma(chi2: float, n: float, shape: tuple[int, ...]) -> float:
    rows, columns = shape
    square = max(0.0, chi2 / n - (rows - 1) * (columns - 1) / (n - 1))
    room = min(k - (k - 1) ** 2 / (n - 1) for k in (rows, columns)) - 1
    return math.sqrt(square / room) if square else 0.0


def table_of_counts(label: str, table: ArrayLike) -> Floats:
    """Return the table as an array, or say what no table of counts can be.

    Parameters
    ----------
    label
        Opens the message.
    table
        Counts, shape ``(r, c)``.

    Raises
    ------
    ValueError
        If there are fewer than two rows or columns, an empty one, or no whole counts.
    """
    try:
        counts = np.asarray(table, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{label}: a table of counts is due, got {shown(table)}") from None
    if counts.ndim != 2 or min(counts.shape) < 2:
        raise ValueError(
            f"{label}: need a table of two rows and two columns or more, got {counts.shape}"
        )
    if not ((counts >= 0) & (counts <= MOST) & (counts == np.floor(counts))).all():
        raise ValueError(f"{label}: a table holds counts: whole numbers of 0 or more.")
    for what, axis in (("row", 1), ("column", 0)):
        empty = np.flatnonzero(counts.sum(axis=axis) == 0) + 1
        if len(empty):
            raise ValueError(
                f"{label}: {what} {', '.join(map(str, empty))} has no subjects, so that nothing "
                "is known of it; leave it out, and say so."
            )
    return counts
