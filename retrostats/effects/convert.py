"""Effect sizes from the test statistics, p values and other effects that papers print."""

from __future__ import annotations

import math

from scipy.special import stdtrit

from retrostats.effects.arguments import is_number
from retrostats.effects.noncentral import noncentral_t_limits, small_sample_factor
from retrostats.effects.paired_t import SD_OF_CHANGE
from retrostats.effects.recover import require_size
from retrostats.effects.t_tests import two_sided_p
from retrostats.effects.two_group import standardised_estimate
from retrostats.estimate import Estimate, Interval


def effect_from_t(
    t: float, *, n1: int, n2: int, correct: bool = True, level: float = 0.95, label: str = ""
) -> Estimate:
    """Estimate Hedges' g (or Cohen's d) from Student's t of two groups.

    Use it when a paper prints t and no means or SDs; with those use `retrostats.hedges_g`.

    Parameters
    ----------
    t
        Student's t with ``n1 + n2 - 2`` df, first minus second; not Welch's, which has another SD.
    n1, n2
        Group sizes, each at least 2.
    correct
        True for Hedges' g, False for Cohen's d.
    level
        Coverage of the exact interval.
    label
        What a reader sees; by default it says where the effect comes from.

    Returns
    -------
    Estimate
        As `retrostats.effects.two_group.hedges_g` would give from the raw numbers.

    Raises
    ------
    ValueError
        If ``t`` is not finite or a group has fewer than 2.

    Examples
    --------
    >>> print(effect_from_t(2.3, n1=20, n2=18))
    g from t: 0.732 SD (95% CI 0.0811 to 1.37), df 36
    """
    _require_sizes(n1, n2)
    factor = small_sample_factor(n1 + n2 - 2) if correct else 1.0
    label = label or f"{'g' if correct else 'd'} from t"
    return standardised_estimate(label, t, n1, n2, factor=factor, level=level)


def effect_from_f(
    f: float, *, n1: int, n2: int, correct: bool = True, level: float = 0.95, label: str = ""
) -> Estimate:
    """Estimate the size of Hedges' g from F(1, n1 + n2 - 2); F has no sign.

    Use it when a paper prints the F of two groups, without covariates (they shrink its error); for
    more groups there is `retrostats.partial_eta_squared`.

    Parameters
    ----------
    f
        F ratio of two groups, zero or more.
    n1, n2, correct, level, label
        As in `effect_from_t`.

    Returns
    -------
    Estimate
        Positive, and its label ends in "(unsigned)": the direction has to come from
        the means. The interval is that of a positive t and may reach below 0.

    Raises
    ------
    ValueError
        If ``f`` is negative or not finite, or a group has fewer than 2.

    Examples
    --------
    >>> print(effect_from_f(5.29, n1=20, n2=18))
    g from F (unsigned): 0.732 SD (95% CI 0.0811 to 1.37), df 36
    """
    if not is_number(f) or not 0 <= f < math.inf:
        raise ValueError(f"effect from F: need a finite f >= 0, got {f}")
    label = f"{label or ('g from F' if correct else 'd from F')} (unsigned)"
    return effect_from_t(math.sqrt(f), n1=n1, n2=n2, correct=correct, level=level, label=label)


def effect_from_p(
    p: float,
    *,
    n1: int,
    n2: int,
    sign: int | None = None,
    correct: bool = True,
    level: float = 0.95,
    label: str = "",
) -> Estimate:
    """Estimate Hedges' g from the two-sided p of Student's t test.

    Use it when only an exact p of two means is printed; `effect_from_t` has more digits to go by.

    Parameters
    ----------
    p
        Two-sided p value, above 0 and at most 1. "p < 0.001" gives a bound of the effect.
    n1, n2, correct, level, label
        As in `effect_from_t`.
    sign
        ``1`` or ``-1``: the direction, treated minus control, read from the means.
        ``None``: unknown; the estimate is positive and its label says "(unsigned)".

    Returns
    -------
    Estimate
        As in `effect_from_t`.

    Raises
    ------
    ValueError
        If ``p`` is out of range or ``sign`` is not 1, -1 or None.

    Examples
    --------
    >>> print(effect_from_p(0.04, n1=15, n2=15, sign=-1))
    g from p: -0.765 SD (95% CI -1.48 to -0.0346), df 28
    """
    _require_sizes(n1, n2)
    if not is_number(p) or not 0 < p <= 1:
        raise ValueError(
            f"effect from p: need 0 < p <= 1, got {p}. Where a paper prints p = 0.000, "
            "use the largest p it may stand for (0.0005) and report a bound."
        )
    if sign not in (None, 1, -1):
        raise ValueError(f"effect from p: sign must be 1, -1 or None, got {sign}")
    label = label or ("g from p" if correct else "d from p")
    t = -(sign or 1) * float(stdtrit(n1 + n2 - 2, p / 2))
    label = f"{label} (unsigned)" if sign is None else label
    return effect_from_t(t, n1=n1, n2=n2, correct=correct, level=level, label=label)


def paired_effect_from_t(
    t: float, *, n: int, correct: bool = True, level: float = 0.95, label: str = ""
) -> Estimate:
    """Estimate the mean change in SDs of change from a paired or one-sample t.

    Use it when one group's change is meant; `retrostats.pre_post_control_d` compares two.

    Parameters
    ----------
    t
        Paired t with ``n - 1`` df, after minus before.
    n
        Number of pairs, at least 2; at least 3 with ``correct``.
    correct
        True multiplies dz and its limits by the small-sample factor.
    level, label
        As in `effect_from_t`.

    Returns
    -------
    Estimate
        In SDs of change (its unit), with the exact interval and the p of the t test.

    Raises
    ------
    ValueError
        If ``t`` is not finite or ``n`` is too small.

    Examples
    --------
    >>> print(paired_effect_from_t(-7.06, n=10, correct=False))
    dz from t: -2.23 SD of change (95% CI -3.41 to -1.03), df 9
    """
    require_size("paired effect from t", n)
    low, high = noncentral_t_limits(t, n - 1, level)
    scale = (small_sample_factor(n - 1) if correct else 1.0) / math.sqrt(n)
    return Estimate(
        label=label or f"{'gz' if correct else 'dz'} from t",
        value=t * scale,
        se=math.sqrt((1 + (t * scale) ** 2 / 2) / n),
        df=float(n - 1),
        ci=Interval(low * scale, high * scale, level),
        p=float(two_sided_p(t, n - 1)),
        unit=SD_OF_CHANGE,
    )


def t_from_d(d: float, n1: int, n2: int) -> float:
    """Return Student's t from Cohen's d and the group sizes.

    Use it when a printed d is checked against a printed t; not with g, which is smaller than d.

    Parameters
    ----------
    d
        Mean difference over the pooled SD, uncorrected.
    n1, n2
        Group sizes, each at least 2.

    Raises
    ------
    ValueError
        If a group has fewer than 2.

    Examples
    --------
    >>> round(t_from_d(0.5, 20, 20), 4)
    1.5811
    """
    _require_sizes(n1, n2)
    return d / math.sqrt(1 / n1 + 1 / n2)


def d_from_t(t: float, n1: int, n2: int) -> float:
    """Return Cohen's d from Student's t and the group sizes.

    Use it when only the number is wanted; `effect_from_t` has the interval.

    Parameters
    ----------
    t
        Student's t with ``n1 + n2 - 2`` df.
    n1, n2
        Group sizes, each at least 2.

    Raises
    ------
    ValueError
        If a group has fewer than 2.

    Examples
    --------
    >>> round(d_from_t(1.5811, 20, 20), 4)
    0.5
    """
    _require_sizes(n1, n2)
    return t * math.sqrt(1 / n1 + 1 / n2)


def _require_sizes(n1: int, n2: int) -> None:
    require_size("first group", n1)
    require_size("second group", n2)
