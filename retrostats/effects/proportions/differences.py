"""The difference of two risks."""

from __future__ import annotations

import math
from typing import Literal

from scipy.special import ndtr, ndtri

from retrostats.effects.arguments import require_level
from retrostats.effects.proportions.single import whole_counts, wilson_limits
from retrostats.estimate import Estimate, Interval


def risk_difference(
    events_treated: int,
    n_treated: int,
    events_control: int,
    n_control: int,
    *,
    level: float = 0.95,
    label: str = "risk difference",
    method: Literal["newcombe", "wald"] = "newcombe",
) -> Estimate:
    r"""Estimate the difference of two independent proportions, treated minus control.

    Newcombe's interval (his method 10) joins the Wilson limits :math:`l_i, u_i` of both arms,

    .. math::  d - \sqrt{(p_1 - l_1)^2 + (u_2 - p_2)^2}
               \quad\text{to}\quad d + \sqrt{(u_1 - p_1)^2 + (p_2 - l_2)^2},

    stays within -1 and 1, and has a width above 0 for 0 of n too.

    Use it when an outcome is yes or no, as the first number of a report: it counts patients. Not
    to cut a measured scale into responders when its mean can be compared (`mean_difference` knows
    far more); not across trials whose risks without treatment differ widely, where `risk_ratio`
    carries over better.

    Parameters
    ----------
    events_treated, n_treated, events_control, n_control
        How many, of how many.
    level
        Coverage of the interval.
    label
        What a reader sees.
    method
        ``"newcombe"``, or ``"wald"``: ``d ± z * se``, which is too narrow in small arms and
        near 0 and 1, for comparison with papers that use it.

    Returns
    -------
    Estimate
        As a fraction (0.25 for 25 percentage points). The standard error is Wald's,
        ``sqrt(p1 (1 - p1) / n1 + p2 (1 - p2) / n2)``, and ``nan`` where that is 0; under
        ``"newcombe"`` the limits do not come from it. p belongs to the score test with the
        pooled proportion, which is Pearson's chi-square test without continuity correction, and
        is 1 where both arms are all or none. Near 0.05 it may disagree with the interval,
        which inverts another test.

    Raises
    ------
    ValueError
        If counts are impossible, an arm is empty, or Wald's standard error is 0 under
        ``"wald"``.

    References
    ----------
    .. [1] Newcombe RG (1998). Stat Med 17, 873-890.
       doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I

    Examples
    --------
    >>> print(risk_difference(15, 20, 8, 20))
    risk difference: 0.35 (95% CI 0.0444 to 0.578)
    """
    a, m = filled_arm(events_treated, n_treated, f"{label}, treated")
    b, n = filled_arm(events_control, n_control, f"{label}, control")
    require_level(level)
    # One division of whole numbers: swapped arms give exactly the opposite.
    value = (a * n - b * m) / (m * n)
    se = math.sqrt(a * (m - a) / m**3 + b * (n - b) / n**3)
    if method == "newcombe":
        low, high = _newcombe((a, m), (b, n), value, level)
    elif method == "wald":
        low, high = _wald(value, se, level, label)
    else:
        raise ValueError(f"method must be 'newcombe' or 'wald', got {method!r}")
    return Estimate(
        label=label,
        value=value,
        se=se or math.nan,
        df=math.inf,
        ci=Interval(low, high, level),
        p=_score_p((a, m), (b, n)),
        unit="",
    )


def filled_arm(events: int, n: int, of: str) -> tuple[int, int]:
    """Return the counts of an arm that has somebody in it, as plain integers.

    Raises
    ------
    ValueError
        If the counts are impossible or the arm is empty.
    """
    events, n = whole_counts(events, n, of=of)
    if n == 0:
        raise ValueError(f"{of}: nobody is in this arm, so that there is nothing to compare")
    return events, n


def _newcombe(
    treated: tuple[int, int], control: tuple[int, int], value: float, level: float
) -> tuple[float, float]:
    (p1, (l1, u1)), (p2, (l2, u2)) = (
        (events / n, wilson_limits(events, n, level=level)) for events, n in (treated, control)
    )
    low = value - math.hypot(p1 - l1, u2 - p2)
    high = value + math.hypot(u1 - p1, p2 - l2)
    # The formula keeps to -1 and 1; the last digit of a sum need not.
    return max(low, -1.0), min(high, 1.0)


def _wald(value: float, se: float, level: float, label: str) -> tuple[float, float]:
    if se == 0:
        raise ValueError(
            f"{label}: each arm has the event in all or in none, so that Wald's standard error "
            "is 0 and its interval has no width. Use method='newcombe'."
        )
    margin = float(ndtri(0.5 + level / 2)) * se
    return value - margin, value + margin


def _score_p(treated: tuple[int, int], control: tuple[int, int]) -> float:
    (a, m), (b, n) = treated, control
    events, total = a + b, m + n
    if events in (0, total):
        return 1.0
    z = (a * n - b * m) / math.sqrt(m * n * events * (total - events) / total)
    return float(2 * ndtr(-abs(z)))
