"""From one measure of two risks to another, given the risk of the control arm."""

from __future__ import annotations

import math

from retrostats.effects.arguments import require_numbers
from retrostats.effects.conversions.formulas import inside


def odds_ratio_to_risk(odds_ratio: float, control_risk: float) -> float:
    r"""Return the treated risk from an odds ratio and the control risk.

    .. math::  p_1 = \frac{OR\,p_0}{1 - p_0 + OR\,p_0}

    Use it when a trial or a model gives an odds ratio and readers want risks; the answer holds
    for this control risk only.

    Parameters
    ----------
    odds_ratio
        Treated over control, more than 0.
    control_risk
        Between 0 and 1.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> round(odds_ratio_to_risk(2.0, 0.3), 4)
    0.4615
    """
    inside("odds ratio", odds_ratio, 0, math.inf)
    inside("control risk", control_risk, 0, 1)
    return odds_ratio * control_risk / (1 - control_risk + odds_ratio * control_risk)


def odds_ratio_to_risk_ratio(odds_ratio: float, control_risk: float) -> float:
    r"""Return the risk ratio from an odds ratio and the control risk.

    .. math::  RR = \frac{OR}{1 - p_0 + OR\,p_0}

    Use it when an odds ratio of a common event would be misread as a risk ratio; not for an
    odds ratio adjusted for covariates, which is that of no group as a whole.

    Parameters
    ----------
    odds_ratio, control_risk
        As in `odds_ratio_to_risk`.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    .. [1] Zhang J, Yu KF (1998). JAMA 280, 1690-1691. doi:10.1001/jama.280.19.1690

    Examples
    --------
    >>> round(odds_ratio_to_risk_ratio(2.0, 0.3), 4)
    1.5385
    """
    return odds_ratio_to_risk(odds_ratio, control_risk) / control_risk


def odds_ratio_to_risk_difference(odds_ratio: float, control_risk: float) -> float:
    """Return the risk difference from an odds ratio and the control risk.

    Use it when a pooled odds ratio is applied to patients whose risk is known; where both arms
    were counted, use `retrostats.risk_difference`.

    Parameters
    ----------
    odds_ratio, control_risk
        As in `odds_ratio_to_risk`.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    .. [1] Cochrane Handbook, version 6, chapter 15.4.4.

    Examples
    --------
    >>> round(odds_ratio_to_risk_difference(2.0, 0.3), 4)
    0.1615
    """
    return odds_ratio_to_risk(odds_ratio, control_risk) - control_risk


def risk_ratio_to_odds_ratio(risk_ratio: float, control_risk: float) -> float:
    """Return the odds ratio from a risk ratio and the control risk.

    Use it when trials that print risk ratios are pooled with trials that print odds ratios.

    Parameters
    ----------
    risk_ratio
        Treated over control; times the control risk it must be below 1.
    control_risk
        Between 0 and 1.

    Raises
    ------
    ValueError
        If an argument is out of its range, or the treated risk would be 1 or more.

    Examples
    --------
    >>> round(risk_ratio_to_odds_ratio(1.5, 0.3), 4)
    1.9091
    """
    treated = risk_ratio_to_risk_difference(risk_ratio, control_risk) + control_risk
    return risk_ratio * (1 - control_risk) / (1 - treated)


def risk_ratio_to_risk_difference(risk_ratio: float, control_risk: float) -> float:
    r"""Return the risk difference from a risk ratio and the control risk.

    .. math::  RD = (RR - 1)\,p_0

    Use it when a pooled risk ratio is applied to patients whose risk is known; where both arms
    were counted, use `retrostats.risk_difference`.

    Parameters
    ----------
    risk_ratio, control_risk
        As in `risk_ratio_to_odds_ratio`.

    Raises
    ------
    ValueError
        As in `risk_ratio_to_odds_ratio`.

    Examples
    --------
    >>> round(risk_ratio_to_risk_difference(1.5, 0.3), 4)
    0.15
    """
    inside("risk ratio", risk_ratio, 0, math.inf)
    inside("control risk", control_risk, 0, 1)
    if not risk_ratio * control_risk < 1:
        raise ValueError(
            f"a risk ratio of {risk_ratio:g} and a control risk of {control_risk:g} make a "
            f"treated risk of {risk_ratio * control_risk:g}; it must be below 1. Take a smaller "
            "control risk, or convert an odds ratio, which every control risk allows."
        )
    return (risk_ratio - 1) * control_risk


def phi_from_risks(treated: float, control: float, *, share_treated: float = 0.5) -> float:
    r"""Return the phi coefficient: the correlation of arm and event.

    .. math::  \phi = (p_1 - p_0)\sqrt{\frac{q(1 - q)}{\bar p(1 - \bar p)}},\qquad
               \bar p = q p_1 + (1 - q) p_0

    Use it when risks are to stand beside correlations; not to compare trials: its largest value
    depends on the sizes of the arms and on how common the event is, which an odds ratio's does
    not.

    Parameters
    ----------
    treated, control
        Risks, 0 to 1, not both 0 nor both 1.
    share_treated
        The treated arm's share of all subjects, between 0 and 1.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> round(phi_from_risks(0.75, 0.4), 4)
    0.354
    """
    inside("share treated", share_treated, 0, 1)
    require_numbers("phi", treated=treated, control=control)
    mean = share_treated * treated + (1 - share_treated) * control
    if not (0 <= treated <= 1 and 0 <= control <= 1 and 0 < mean < 1):
        raise ValueError(
            f"phi needs risks of 0 to 1, not both 0 nor both 1; got {treated} and {control}"
        )
    return (treated - control) * math.sqrt(
        share_treated * (1 - share_treated) / (mean * (1 - mean))
    )
