"""Closed forms between d, r and odds ratios; what each takes for granted stands beside it."""

from __future__ import annotations

import math
from typing import Literal

from retrostats.effects.arguments import MOST, is_number

#: How a difference of means in SDs becomes a ratio of odds.
OddsModel = Literal["logistic", "cox"]

#: log odds per SD. A logistic variable has the standard deviation pi / sqrt(3); Cox chose the
#: factor that follows the normal distribution best where the event is neither rare nor common.
_LOG_ODDS_PER_SD = {"logistic": math.pi / math.sqrt(3), "cox": 1.65}


def d_to_r(d: float, *, n1: int | None = None, n2: int | None = None) -> float:
    r"""Return the point-biserial correlation of group and outcome.

    .. math::  r = \frac{d}{\sqrt{d^2 + h}},\qquad h = (n_1 + n_2 - 2)(1/n_1 + 1/n_2)

    Use it when effects of two groups and correlations with a true dichotomy are to stand on one
    scale; not when the groups are a continuous variable that somebody cut in two: the biserial
    correlation is larger.

    Parameters
    ----------
    d
        Cohen's d, over the pooled SD, without the small-sample correction.
    n1, n2
        Group sizes. Both given: exactly the correlation in the sample. Neither: large groups of
        one size, ``h = 4``.

    Raises
    ------
    ValueError
        If ``d`` is not finite, one size alone is given, or a size is below 2.

    References
    ----------
    .. [1] McGrath RE, Meyer GJ (2006). Psychol Methods 11, 386-401.
       doi:10.1037/1082-989X.11.4.386

    Examples
    --------
    >>> round(d_to_r(0.5), 4), round(d_to_r(0.5, n1=8, n2=30), 4)
    (0.2425, 0.205)
    """
    return finite("d", d) / math.sqrt(d * d + spread_of_groups(n1, n2))


def r_to_d(r: float, *, n1: int | None = None, n2: int | None = None) -> float:
    """Return Cohen's d from a point-biserial correlation; the inverse of `d_to_r`.

    Use it when a paper prints the correlation of a true dichotomy with the outcome; not for a
    correlation of two continuous variables, which has no groups.

    Parameters
    ----------
    r
        Correlation, between -1 and 1.
    n1, n2
        As in `d_to_r`.

    Raises
    ------
    ValueError
        If ``r`` is not between -1 and 1, or the sizes are not as in `d_to_r`.

    Examples
    --------
    >>> round(r_to_d(0.6), 4)
    1.5
    """
    inside("r", r, -1, 1)
    return r * math.sqrt(spread_of_groups(n1, n2) / ((1 - r) * (1 + r)))


def spread_of_groups(n1: int | None = None, n2: int | None = None) -> float:
    """Return h of `d_to_r`: 4 for large groups of one size, more where sizes differ.

    Parameters
    ----------
    n1, n2
        Both group sizes, or neither.

    Raises
    ------
    ValueError
        If one is given alone, or is below 2.

    Examples
    --------
    >>> spread_of_groups(), spread_of_groups(10, 10)
    (4.0, 3.6)
    """
    if n1 is None and n2 is None:
        return 4.0
    told = is_number(n1) and is_number(n2)
    if n1 is None or n2 is None or not told or not (2 <= n1 <= MOST and 2 <= n2 <= MOST):
        raise ValueError(
            f"give both group sizes, each at least 2, or neither; got n1={n1} and n2={n2}."
        )
    return (n1 + n2 - 2) * (n1 + n2) / (n1 * n2)


def d_to_log_odds_ratio(d: float, *, assuming: OddsModel = "logistic") -> float:
    r"""Return the log odds ratio of exceeding a cut that belongs to a standardised difference.

    .. math::  \log OR = d\,\pi/\sqrt 3 \quad\text{(logistic)},\qquad 1.65\,d \quad\text{(Cox)}

    Use it when trials with means and trials with responders are pooled; not to say how many
    respond: for that a control risk is needed (`retrostats.effects.conversions.needed.d_to_risk`).

    Parameters
    ----------
    d
        Difference of two groups in SDs.
    assuming
        ``"logistic"``: the outcome is logistic with one SD in both groups, and the odds ratio is
        the same at every cut. ``"cox"``: the outcome is normal, and the cut near the middle.

    Raises
    ------
    ValueError
        If ``d`` is not finite or ``assuming`` is another word.

    References
    ----------
    .. [1] Hasselblad V, Hedges LV (1995). Psychol Bull 117, 167-178.
       doi:10.1037/0033-2909.117.1.167
    .. [2] Cox DR, Snell EJ (1989). Analysis of Binary Data, 2nd ed. Chapman & Hall, London.

    Examples
    --------
    >>> round(d_to_log_odds_ratio(0.5), 4), d_to_log_odds_ratio(0.5, assuming="cox")
    (0.9069, 0.825)
    """
    return finite("d", d) * log_odds_per_sd(assuming)


def log_odds_ratio_to_d(log_odds_ratio: float, *, assuming: OddsModel = "logistic") -> float:
    """Return the standardised difference behind a log odds ratio.

    Use it when a continuous outcome was cut into responders and the trial is pooled with trials
    that print means; not for an event that is no cut of a scale, such as a fall.

    Parameters
    ----------
    log_odds_ratio
        Natural logarithm of the odds ratio, treated over control.
    assuming
        As in `d_to_log_odds_ratio`.

    Raises
    ------
    ValueError
        If the logarithm is not finite or ``assuming`` is another word.

    References
    ----------
    .. [1] Chinn S (2000). Stat Med 19, 3127-3131.
       doi:10.1002/1097-0258(20001130)19:22<3127::aid-sim784>3.0.co;2-m

    Examples
    --------
    >>> round(log_odds_ratio_to_d(0.9069), 4)
    0.5
    """
    return finite("log odds ratio", log_odds_ratio) / log_odds_per_sd(assuming)


def log_odds_per_sd(assuming: str) -> float:
    """Return the log odds that one SD is worth: pi / sqrt(3), or Cox's 1.65.

    Raises
    ------
    ValueError
        If ``assuming`` is neither ``"logistic"`` nor ``"cox"``.
    """
    if assuming not in _LOG_ODDS_PER_SD:
        raise ValueError(f"assuming must be 'logistic' or 'cox', got {assuming!r}")
    return _LOG_ODDS_PER_SD[assuming]


def r_to_fisher_z(r: float) -> float:
    """Return Fisher's z, the scale on which correlations are pooled.

    Use it when correlations are averaged or compared; report the result as r again.

    Parameters
    ----------
    r
        Correlation, between -1 and 1.

    Raises
    ------
    ValueError
        If ``r`` is not between -1 and 1.

    References
    ----------
    .. [1] Fisher RA (1915). Biometrika 10, 507-521. doi:10.2307/2331838

    Examples
    --------
    >>> round(r_to_fisher_z(0.5), 4)
    0.5493
    """
    return math.atanh(inside("r", r, -1, 1))


def fisher_z_to_r(z: float) -> float:
    """Return the correlation of a Fisher z.

    Use it when a pooled z is to be read.

    Examples
    --------
    >>> round(fisher_z_to_r(0.5493), 4)
    0.5
    """
    return math.tanh(finite("Fisher z", z))


def finite(what: str, value: float) -> float:
    """Return the value, or say that it is no number to convert."""
    if not is_number(value) or not math.isfinite(value):
        raise ValueError(f"{what} must be finite, got {value}")
    return value


def inside(what: str, value: float, low: float, high: float) -> float:
    """Return the value, or say between which ends it has to lie."""
    if not is_number(value) or not low < value < high:
        raise ValueError(f"{what} must lie between {low:g} and {high:g}, got {value}")
    return value
