"""By how much: the shift that rank tests test, in the unit of the outcome."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from retrostats.arrays import Floats
from retrostats.effects.ordinal.changes import individual_change
from retrostats.effects.ordinal.null_distributions import rank_sum_quantile, signed_rank_quantile
from retrostats.effects.ordinal.order_statistics import Places, ordered_sums
from retrostats.effects.ordinal.score_limits import normal_quantile
from retrostats.effects.raw_values import complete_values
from retrostats.estimate import Estimate, Interval

Method: TypeAlias = Literal["auto", "exact", "normal"]

#: Below this size "auto" is exact, as R's wilcox.test is.
EXACT_BELOW = 50
#: Beyond this size the exact distribution takes seconds, and the normal one is as good.
EXACT_UP_TO = 100


def hodges_lehmann(
    treated: ArrayLike,
    control: ArrayLike,
    *,
    method: Method = "auto",
    level: float = 0.95,
    unit: str = "",
    label: str = "Hodges-Lehmann shift",
) -> Estimate:
    """Estimate by how much the treated values are shifted against the control values.

    The estimate is the median of all ``m n`` differences treated minus control; the limits are
    the shifts that the Wilcoxon-Mann-Whitney test just does not reject.

    Use it when a Mann-Whitney test is reported and the reader asks how much, in the unit of the
    outcome; not when the arms differ in shape or spread: then it is no difference of medians, and
    `probability_of_superiority` assumes no shift. On a scale of few steps it moves in steps,
    and its interval may shrink to one of them.

    Parameters
    ----------
    treated, control
        Raw values, shapes ``(m,)`` and ``(n,)``, none missing.
    method
        ``"exact"``: the exact distribution of U, for arms of up to 100 without ties.
        ``"normal"``: the normal distribution with corrections for ties and continuity.
        ``"auto"``: exact where both arms have fewer than 50 and no two values are equal, otherwise
        normal, as ``wilcox.test(conf.int = TRUE)`` of R.
    level
        Coverage of the interval; the exact one covers at least so much.
    unit
        Unit of the outcome.
    label
        What a reader sees.

    Returns
    -------
    Estimate
        In the unit of the outcome. **p is of the Wilcoxon-Mann-Whitney test** by the same method.
        Where the arms are so small that no shift can be rejected, the limits are infinite. There
        is no standard error.

    Raises
    ------
    ValueError
        If values are missing, an arm has fewer than two, all values are equal, or ``"exact"``
        cannot be had.

    References
    ----------
    .. [1] Hodges JL, Lehmann EL (1963). Ann Math Stat 34, 598-611.
       doi:10.1214/aoms/1177704172

    Examples
    --------
    >>> retro, control = [3.1, 4.2, 2.8, 5.0, 3.9], [5.1, 4.8, 6.2, 5.5, 4.9, 6.0]
    >>> print(hodges_lehmann(retro, control, unit="s"))
    Hodges-Lehmann shift: -1.75 s (95% CI -2.9 to -0.5)
    """
    from scipy.stats import mannwhitneyu

    a, b = complete_values("treated", treated), complete_values("control", control)
    m, n = len(a), len(b)
    both = np.concatenate([a, b])
    exact = _is_exact(method, largest=max(m, n), tied=len(np.unique(both)) < m + n, label=label)
    if exact:
        normal_quantile(level)  # refuses what is no level
        k = rank_sum_quantile(m, n, (1 - level) / 2)
    else:
        total = m + n
        ties = (_tie_sum(a) + _tie_sum(b)) / (total * (total - 1))
        k = _normal_rank(m * n, m * n / 12 * (total + 1 - ties), level)
    if both.min() == both.max():
        raise ValueError(
            f"{label}: all {m + n} values are {both[0]:g}, so that nothing tells how far a shift "
            "could go; probability_of_superiority() has an interval here."
        )
    differences = (np.sort(a), np.sort(-b), np.zeros(m, dtype=np.int64))
    test = mannwhitneyu(a, b, method="exact" if exact else "asymptotic")
    return _from_order(differences, m * n, k, (label, unit, level, float(test.pvalue)))


def paired_hodges_lehmann(
    before: ArrayLike,
    after: ArrayLike,
    *,
    method: Method = "auto",
    level: float = 0.95,
    unit: str = "",
    label: str = "Hodges-Lehmann change",
) -> Estimate:
    """Estimate the typical change of one group: the pseudomedian of after minus before.

    The estimate is the median of the ``n (n + 1) / 2`` Walsh averages of two changes (each with
    itself too); the limits are the changes that Wilcoxon's signed-rank test just does not reject.

    Use it when Wilcoxon's test is reported and the reader asks how much; not when the changes are
    skewed and their own median is meant: the pseudomedian is the median of symmetric changes only.
    It says nothing of a control arm.

    Parameters
    ----------
    before, after
        Raw values, shape ``(n,)`` each, the same participants in the same order.
    method
        As in `hodges_lehmann`; ties are equal sizes of change, and nobody may stay the same under
        ``"exact"``.
    level, unit, label
        As in `hodges_lehmann`.

    Returns
    -------
    Estimate
        In the unit of the outcome. **p is of Wilcoxon's signed-rank test** by the same method,
        without those who do not change. Estimate and interval are of all
        participants; R leaves out changes of exactly 0 there too. There is no standard error.

    Raises
    ------
    ValueError
        If values are missing, the lengths differ, all change alike, or ``"exact"`` cannot be
        had.

    References
    ----------
    .. [1] Hodges JL, Lehmann EL (1963). Ann Math Stat 34, 598-611.
       doi:10.1214/aoms/1177704172

    Examples
    --------
    >>> before, after = [5.2, 4.8, 6.1, 5.5, 7.0, 6.4], [4.1, 4.9, 4.8, 4.0, 5.2, 5.7]
    >>> print(paired_hodges_lehmann(before, after, unit="s"))
    Hodges-Lehmann change: -1.1 s (95% CI -1.8 to 0.1)
    """
    from scipy.stats import wilcoxon

    change = individual_change(label, before, after)
    if change.min() == change.max():
        raise ValueError(
            f"{label}: all {len(change)} changes are {change[0]:g}, so that nothing tells how far "
            "they may lie from that; paired_superiority() has an interval here."
        )
    n, size = len(change), np.abs(change)
    tied = len(np.unique(size)) < n or not size.all()
    exact = _is_exact(method, largest=n, tied=tied, label=label)
    pairs = n * (n + 1) // 2
    if exact:
        normal_quantile(level)  # refuses what is no level
        k = signed_rank_quantile(n, (1 - level) / 2)
    else:
        k = _normal_rank(pairs, pairs * (2 * n + 1) / 12 - _tie_sum(change) / 48, level)
    half = np.sort(change) / 2
    test_method = "exact" if exact else "asymptotic"
    p = min(1.0, float(wilcoxon(change, correction=not exact, method=test_method).pvalue))
    return _from_order((half, half, np.arange(n)), pairs, k, (label, unit, level, p))


def _is_exact(method: str, *, largest: int, tied: bool, label: str) -> bool:
    """Decide between the distributions, or say why the exact one cannot be had."""
    if method not in ("auto", "exact", "normal"):
        raise ValueError(f"method must be 'auto', 'exact' or 'normal', got {method!r}")
    if method != "exact":
        return method == "auto" and largest < EXACT_BELOW and not tied
    if tied or largest > EXACT_UP_TO:
        why = "there are ties or changes of 0" if tied else f"{largest} are more than {EXACT_UP_TO}"
        raise ValueError(f"{label}: no exact method here, {why}; use method='normal'.")
    return True


def _normal_rank(pairs: int, variance: float, level: float) -> int:
    """Return the rank of the lower limit; 0 if no shift is rejected."""
    # Half a step towards the middle is the continuity correction of the test.
    return max(0, math.ceil(pairs / 2 - 0.5 - normal_quantile(level) * math.sqrt(variance)))


def _tie_sum(values: Floats) -> float:
    _, counts = np.unique(values, return_counts=True)
    each = counts.astype(np.float64)
    return float((each**3 - each).sum())


def _from_order(
    sums: tuple[Floats, Floats, Places],
    pairs: int,
    k: int,
    words: tuple[str, str, float, float],
) -> Estimate:
    """Make the estimate from the median and the k-th sums from either end."""
    label, unit, level, p = words
    rows, columns, first = sums
    middle = [(pairs + 1) // 2, (pairs + 2) // 2]
    ends = [k, pairs + 1 - k] if k else []
    left, right, *limits = ordered_sums(rows, columns, first, [*middle, *ends])
    low, high = limits or (-math.inf, math.inf)
    return Estimate(
        label=label,
        value=(left + right) / 2,
        se=math.nan,
        df=math.inf,
        ci=Interval(low, high, level),
        p=p,
        unit=unit,
    )
