"""The parts of a standardised difference of two groups: interval, p value and standard error."""

from __future__ import annotations

import math
from typing import Literal

from retrostats.effects.arguments import require_numbers
from retrostats.effects.noncentral import noncentral_t_limits, small_sample_factor
from retrostats.effects.summaries import ArmSummary, require_arms
from retrostats.effects.t_tests import student_t, two_sided_p, welch_t
from retrostats.estimate import Estimate, Interval

#: Which standard deviation of two arms a difference is divided by.
Standardiser = Literal["pooled", "average"]
#: Formulas of the sampling variance of a corrected difference, for the pooling of trials.
VarianceForm = Literal["large-sample", "scaled", "unbiased"]


def difference_in_sds(
    a: ArmSummary,
    b: ArmSummary,
    standardiser: Standardiser,
    *,
    correction: Literal["none", "hedges"],
    variance: VarianceForm = "large-sample",
    level: float,
    label: str = "",
) -> Estimate:
    """Return the difference of two arms over the standard deviation that is named.

    Parameters
    ----------
    a, b
        First arm, and the one taken from it.
    standardiser
        ``"pooled"`` or ``"average"``.
    correction
        ``"hedges"``: times the exact J of the degrees of freedom of the standardiser.
    variance
        Formula of the standard error.
    level
        Coverage of the interval.
    label
        What a reader sees; by default `difference_label`.

    Raises
    ------
    ValueError
        If a word is unknown, or the variance does not go with the standardiser.
    """
    require_arms(a, b, level)
    label = difference_label(label, a, b)
    if standardiser not in ("pooled", "average"):
        raise ValueError(f"standardiser must be 'pooled' or 'average', got {standardiser!r}")
    df = a.n + b.n - 2 if standardiser == "pooled" else average_df(a, b)
    factor = small_sample_factor(df) if correction == "hedges" else 1.0
    if standardiser == "average":
        if variance != "large-sample":
            raise ValueError(
                f"variance={variance!r} goes with the pooled standardiser; over the average SD "
                "there is 'large-sample'"
            )
        return _over_average(a, b, factor=factor, level=level, label=label)
    t, _ = student_t(a.mean - b.mean, a.sd, a.n, b.sd, b.n)
    return standardised_estimate(
        label, float(t), a.n, b.n, factor=factor, level=level, variance=variance
    )


def standardised_estimate(
    label: str,
    t: float,
    n1: int,
    n2: int,
    *,
    factor: float,
    level: float,
    variance: VarianceForm = "large-sample",
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
    variance
        Formula of the standard error; see `hedges_g`.

    Returns
    -------
    Estimate
        In pooled standard deviations; see `cohens_d` for its parts.

    Raises
    ------
    ValueError
        If ``t`` is not finite, or ``variance`` is another word.
    """
    require_numbers(label, t=t)
    t, df = float(t), n1 + n2 - 2
    scale = math.sqrt(1 / n1 + 1 / n2)
    low, high = noncentral_t_limits(t, df, level)
    value = factor * t * scale
    return Estimate(
        label=label,
        value=value,
        se=math.sqrt(_variance(value, n1, n2, factor=factor, form=variance)),
        df=float(df),
        ci=Interval(factor * low * scale, factor * high * scale, level),
        p=float(two_sided_p(t, df)),
        unit="SD",
    )


def difference_label(label: str, a: ArmSummary, b: ArmSummary) -> str:
    """Return the label that was asked for; without one, the arms in the order of subtraction.

    Parameters
    ----------
    label
        Empty for the arms.
    a, b
        First arm, and the one taken from it.

    Examples
    --------
    >>> retro = ArmSummary(arm="retro", n=11, mean=0, sd=2)
    >>> difference_label("", retro, ArmSummary(arm="control", n=11, mean=0, sd=2))
    'retro - control'
    """
    # Only the empty text is the default: the estimate refuses None and other slips.
    return f"{a.arm} - {b.arm}" if label == "" else label


def average_df(a: ArmSummary, b: ArmSummary) -> float:
    r"""Return the degrees of freedom of the mean of two variances (Satterthwaite).

    .. math::  \nu_s = \frac{(s_1^2 + s_2^2)^2}{s_1^4/(n_1 - 1) + s_2^4/(n_2 - 1)}

    Parameters
    ----------
    a, b
        Summaries of the two groups.

    Examples
    --------
    >>> average_df(
    ...     ArmSummary(arm="a", n=11, mean=0, sd=2), ArmSummary(arm="b", n=11, mean=0, sd=2)
    ... )
    20.0
    """
    one, two = a.sd**2, b.sd**2
    return (one + two) ** 2 / (one**2 / (a.n - 1) + two**2 / (b.n - 1))


def _variance(g: float, n1: int, n2: int, *, factor: float, form: VarianceForm) -> float:
    """Return the sampling variance of ``g = factor * d``."""
    base, total = 1 / n1 + 1 / n2, 2 * (n1 + n2)
    if form == "large-sample":
        return base + g**2 / total
    if form == "scaled":
        return factor**2 * base + g**2 / total
    if form == "unbiased":
        df = n1 + n2 - 2
        return base + (1 - (df - 2) / (df * factor**2)) * g**2
    raise ValueError(f"variance must be 'large-sample', 'scaled' or 'unbiased', got {form!r}")


def _over_average(
    a: ArmSummary, b: ArmSummary, *, factor: float, level: float, label: str
) -> Estimate:
    square = (a.sd**2 + b.sd**2) / 2
    t, df = (float(x) for x in welch_t(a.mean - b.mean, a.sd, a.n, b.sd, b.n))
    d = (a.mean - b.mean) / math.sqrt(square)
    scale = math.sqrt((a.sd**2 / a.n + b.sd**2 / b.n) / square)
    base = (a.sd**2 / (a.n - 1) + b.sd**2 / (b.n - 1)) / square
    divisor = 8 * square**2 / (a.sd**4 / (a.n - 1) + b.sd**4 / (b.n - 1))
    low, high = noncentral_t_limits(t, df, level)
    return Estimate(
        label=label,
        value=factor * d,
        se=math.sqrt(base + (factor * d) ** 2 / divisor),
        df=df,
        ci=Interval(factor * low * scale, factor * high * scale, level),
        p=float(two_sided_p(t, df)),
        unit="SD",
    )
