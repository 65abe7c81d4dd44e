"""Responders and numbers needed to treat that a difference in SDs implies."""

from __future__ import annotations

import math

from scipy.special import ndtr, ndtri

from retrostats.effects.conversions.formulas import finite, inside


def d_to_risk(d: float, control_risk: float) -> float:
    r"""Return the treated group's share beyond the cut that gives the control group's share.

    .. math::  p_1 = \Phi(d + \Phi^{-1}(p_0))

    Use it when the control group's share of responders is known and the outcome is near normal;
    where the responders were counted, use the counts.

    Parameters
    ----------
    d
        Difference of two independent groups in SDs; both normal with one SD. Positive means a
        larger share in the treated group.
    control_risk
        Share of the control group with the event, between 0 and 1.

    Raises
    ------
    ValueError
        If ``d`` is not finite or the risk is not between 0 and 1.

    References
    ----------
    .. [1] Furukawa TA, Leucht S (2011). PLoS One 6, e19070. doi:10.1371/journal.pone.0019070

    Examples
    --------
    >>> round(d_to_risk(0.5, 0.2), 4)
    0.3663
    """
    return float(ndtr(finite("d", d) + ndtri(inside("control risk", control_risk, 0, 1))))


def d_to_nnt(d: float, control_risk: float) -> float:
    r"""Return the number needed to treat of Furukawa and Leucht.

    .. math::  NNT = 1 \big/ \big(\Phi(d + \Phi^{-1}(p_0)) - p_0\big)

    Use it when an effect in SDs is to be told as a number of patients and the control group's
    response is known; where it is not, `d_to_nnt_superiority` needs none, but answers another
    question.

    Parameters
    ----------
    d, control_risk
        As in `d_to_risk`; the event is a response, and positive d is benefit.

    Returns
    -------
    float
        Negative for harm, infinite for ``d = 0``.

    Raises
    ------
    ValueError
        As in `d_to_risk`.

    References
    ----------
    .. [1] Furukawa TA, Leucht S (2011). PLoS One 6, e19070. doi:10.1371/journal.pone.0019070

    Examples
    --------
    >>> round(d_to_nnt(0.5, 0.2), 2)
    6.01
    """
    difference = d_to_risk(d, control_risk) - control_risk
    return 1 / difference if d and difference else math.inf


def d_to_nnt_superiority(d: float) -> float:
    r"""Return the number needed to treat of Kraemer and Kupfer, without a control risk.

    .. math::  NNT = 1 \big/ \big(2\,\Phi(d/\sqrt 2) - 1\big)

    Use it when no threshold of response exists; it counts pairs of patients in which the treated
    one does better, not responders, and cannot be compared with `d_to_nnt`.

    Parameters
    ----------
    d
        Difference of two independent groups in SDs; both normal with one SD; positive is benefit.

    Returns
    -------
    float
        Negative for harm, infinite for ``d = 0``.

    Raises
    ------
    ValueError
        If ``d`` is not finite.

    References
    ----------
    .. [1] Kraemer HC, Kupfer DJ (2006). Biol Psychiatry 59, 990-996.
       doi:10.1016/j.biopsych.2005.09.014

    Examples
    --------
    >>> round(d_to_nnt_superiority(0.5), 2)
    3.62
    """
    # 2 Phi(x) - 1 without cancelling near 0.
    difference = math.erf(finite("d", d) / 2)
    return 1 / difference if difference else math.inf
