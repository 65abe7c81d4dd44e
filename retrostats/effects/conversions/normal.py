"""What d says of two normal distributions with one SD: overlap and superiority."""

from __future__ import annotations

import math

from scipy.special import ndtr, ndtri

from retrostats.effects.conversions.formulas import finite, inside


def d_to_superiority(d: float) -> float:
    r"""Return the probability that a random treated value exceeds a random control value.

    .. math::  P(X_1 > X_2) = \Phi(d/\sqrt 2)

    Use it when only means and SDs are known; with raw values use
    `retrostats.probability_of_superiority`, which assumes no distribution.

    Parameters
    ----------
    d
        Difference of two independent groups in SDs; both normal with one SD.

    Raises
    ------
    ValueError
        If ``d`` is not finite.

    References
    ----------
    .. [1] McGraw KO, Wong SP (1992). Psychol Bull 111, 361-365. doi:10.1037/0033-2909.111.2.361

    Examples
    --------
    >>> round(d_to_superiority(0.5), 4)
    0.6382
    """
    return float(ndtr(finite("d", d) / math.sqrt(2)))


def superiority_to_d(probability: float) -> float:
    """Return the d of two normal groups from the probability of superiority.

    Use it when a rank effect is pooled with effects in SDs; not where the values are few whole
    numbers: ties hide a part of the difference.

    Parameters
    ----------
    probability
        Between 0 and 1.

    Raises
    ------
    ValueError
        If the probability is not between 0 and 1.

    Examples
    --------
    >>> round(superiority_to_d(0.6382), 3)
    0.5
    """
    return math.sqrt(2) * float(ndtri(inside("probability of superiority", probability, 0, 1)))


def d_to_u2(d: float) -> float:
    r"""Return Cohen's U2: the share of either group beyond the point midway between the means.

    .. math::  U_2 = \Phi(|d|/2)

    Use it when readers ask how far the groups lie apart and neither is the reference; with a
    control group U3 is easier to say.

    Parameters
    ----------
    d
        Difference of two independent groups in SDs; both normal with one SD. Its sign is lost.

    Raises
    ------
    ValueError
        If ``d`` is not finite.

    References
    ----------
    .. [1] Cohen J (1988). Statistical Power Analysis, 2nd ed. Erlbaum. doi:10.4324/9780203771587

    Examples
    --------
    >>> round(d_to_u2(0.5), 4)
    0.5987
    """
    return float(ndtr(abs(finite("d", d)) / 2))


def d_to_u3(d: float) -> float:
    r"""Return Cohen's U3: the share of the control group below the treated group's mean.

    .. math::  U_3 = \Phi(d)

    Use it when an effect in SDs is to be told in words ("the average treated patient does better
    than 69% of controls"); not with skewed outcomes, where it may be far from the truth.

    Parameters
    ----------
    d
        Difference of two independent groups in SDs; both normal with one SD.

    Raises
    ------
    ValueError
        If ``d`` is not finite.

    References
    ----------
    .. [1] Cohen J (1988). Statistical Power Analysis, 2nd ed. Erlbaum. doi:10.4324/9780203771587

    Examples
    --------
    >>> round(d_to_u3(0.5), 4)
    0.6915
    """
    return float(ndtr(finite("d", d)))


def u3_to_d(u3: float) -> float:
    """Return d from Cohen's U3.

    Use it when a paper prints U3 alone.

    Parameters
    ----------
    u3
        Between 0 and 1.

    Raises
    ------
    ValueError
        If it is not.

    Examples
    --------
    >>> round(u3_to_d(0.6915), 3)
    0.5
    """
    return float(ndtri(inside("U3", u3, 0, 1)))


def d_to_overlap(d: float) -> float:
    r"""Return the overlapping coefficient: the area that both densities share.

    .. math::  OVL = 2\,\Phi(-|d|/2)

    Use it when an effect is to be drawn or told as overlap; it is not ``1 - U1`` of Cohen, whose
    overlap divides by the area of both together.

    Parameters
    ----------
    d
        Difference of two independent groups in SDs; both normal with one SD. Its sign is lost.

    Raises
    ------
    ValueError
        If ``d`` is not finite.

    References
    ----------
    .. [1] Reiser B, Faraggi D (1999). Statistician 48, 413-418. doi:10.1111/1467-9884.00199

    Examples
    --------
    >>> round(d_to_overlap(0.5), 4)
    0.8026
    """
    return 2 * float(ndtr(-abs(finite("d", d)) / 2))
