"""Two risks as a correlation (phi), and on a scale of one variance (Cohen's h)."""

from __future__ import annotations

import math

from numpy.typing import ArrayLike

from retrostats.arrays import Floats
from retrostats.effects.arguments import require_level
from retrostats.effects.contingency import table_of_counts
from retrostats.effects.proportions.differences import filled_arm
from retrostats.estimate import Estimate, Interval

#: A variance below this is that of a table with nothing off its diagonal, and rounding.
_ZERO = 1e-12


def phi(table: ArrayLike, *, level: float = 0.95, label: str = "phi") -> Estimate:
    r"""Estimate phi of a 2x2 table: the correlation of arm and event, with its sign.

    .. math::  \phi = \frac{ad - bc}{\sqrt{(a+b)(c+d)(a+c)(b+d)}},\qquad
               \phi \pm z/\sqrt n

    Use it when a 2x2 table is to stand beside correlations; not to compare trials: its largest
    value depends on the margins, which that of `retrostats.odds_ratio` does not.

    Parameters
    ----------
    table
        Counts, shape ``(2, 2)``: a row for each arm, treated first; a column for those with the
        event and one for those without.
    level, label
        As in `retrostats.cramers_v`.

    Returns
    -------
    Estimate
        Positive where the event is commoner in the first row. The interval is that of the signed
        root of chi-square, cut at -1 and 1, and leaves out 0 exactly when p is below
        ``1 - level``. p is of Pearson's test without continuity correction. ``se`` is that of
        the delta method [1]_, for pooling, and ``nan`` where that is 0.

    Raises
    ------
    ValueError
        If the table is not 2x2, or as in `retrostats.cramers_v`.

    References
    ----------
    .. [1] Bishop YMM, Fienberg SE, Holland PW (1975). Discrete Multivariate Analysis. MIT Press,
       section 11.3.3. doi:10.1007/978-0-387-72806-3

    Examples
    --------
    >>> print(phi([[15, 5], [8, 12]]))
    phi: 0.354 (95% CI 0.0441 to 0.664)
    """
    require_level(level)
    counts = table_of_counts(label, table)
    if counts.shape != (2, 2):
        raise ValueError(f"{label}: need a 2x2 table, got {counts.shape}; use cramers_v.")
    (a, b), (c, d) = counts
    n = float(counts.sum())
    value = float((a * d - b * c) / math.sqrt((a + b) * (c + d) * (a + c) * (b + d)))
    variance = _variance(value, counts / n)
    root = Estimate.from_se(label, value, 1 / math.sqrt(n), unit="", level=level)
    return Estimate(
        label=label,
        value=value,
        se=math.sqrt(variance / n) if variance > _ZERO else math.nan,
        df=math.inf,
        ci=Interval(max(root.ci.low, -1.0), min(root.ci.high, 1.0), level),
        p=root.p,
        unit="",
    )


def cohens_h(
    events_treated: int,
    n_treated: int,
    events_control: int,
    n_control: int,
    *,
    level: float = 0.95,
    label: str = "Cohen's h",
) -> Estimate:
    r"""Estimate Cohen's h, a difference of risks on a scale of one variance.

    .. math::  h = 2\arcsin\sqrt{p_1} - 2\arcsin\sqrt{p_0},\qquad se^2 = 1/n_1 + 1/n_0

    Use it when a program for sample sizes asks for it, or a risk is 0 or 1; to report a trial use
    `retrostats.risk_difference`, which a reader understands.

    Parameters
    ----------
    events_treated, n_treated, events_control, n_control
        How many, of how many.
    level, label
        As in `retrostats.cramers_v`.

    Returns
    -------
    Estimate
        Treated minus control, in radians, with a normal interval.

    Raises
    ------
    ValueError
        If counts are impossible or an arm is empty.

    References
    ----------
    .. [1] Cohen J (1988). Statistical Power Analysis, 2nd ed. Erlbaum. doi:10.4324/9780203771587

    Examples
    --------
    >>> print(cohens_h(15, 20, 8, 20))
    Cohen's h: 0.725 (95% CI 0.105 to 1.34)
    """
    require_level(level)
    a, m = filled_arm(events_treated, n_treated, f"{label}, treated")
    b, n = filled_arm(events_control, n_control, f"{label}, control")
    value = 2 * (math.asin(math.sqrt(a / m)) - math.asin(math.sqrt(b / n)))
    return Estimate.from_se(label, value, math.sqrt(1 / m + 1 / n), unit="", level=level)


def _variance(value: float, shares: Floats) -> float:
    """Return n times the delta-method variance of phi, from the shares of the four cells."""
    (r1, r2), (c1, c2) = shares.sum(axis=1), shares.sum(axis=0)
    rows, columns = (r1 - r2) ** 2 / (r1 * r2), (c1 - c2) ** 2 / (c1 * c2)
    skew = (r1 - r2) * (c1 - c2) / math.sqrt(r1 * r2 * c1 * c2)
    return float(
        1 - value**2 + value * (1 + value**2 / 2) * skew - 0.75 * value**2 * (rows + columns)
    )
