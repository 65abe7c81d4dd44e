"""Between eta squared, f and f squared: three ways to write one share of variance."""

from __future__ import annotations

import math

from retrostats.effects.arguments import is_number


def eta_squared_to_f_squared(eta2: float) -> float:
    r"""Return Cohen's f squared: explained over unexplained variance.

    .. math::  f^2 = \frac{\eta^2}{1 - \eta^2}

    Use it when a program for sample sizes asks for f squared; report eta squared.

    Parameters
    ----------
    eta2
        (Partial) eta squared or R squared, from 0 to below 1.

    Raises
    ------
    ValueError
        If it is out of range.

    References
    ----------
    .. [1] Cohen J (1988). Statistical Power Analysis, 2nd ed. Erlbaum. doi:10.4324/9780203771587

    Examples
    --------
    >>> eta_squared_to_f_squared(0.2)
    0.25
    """
    if not is_number(eta2) or not 0 <= eta2 < 1:
        raise ValueError(f"eta squared must lie from 0 to below 1, got {eta2}")
    return eta2 / (1 - eta2)


def f_squared_to_eta_squared(f_squared: float) -> float:
    """Return eta squared from Cohen's f squared.

    Use it when a paper prints f squared alone.

    Parameters
    ----------
    f_squared
        Zero or more.

    Raises
    ------
    ValueError
        If it is negative or not finite.

    Examples
    --------
    >>> f_squared_to_eta_squared(0.25)
    0.2
    """
    if not is_number(f_squared) or not 0 <= f_squared < math.inf:
        raise ValueError(f"f squared must be zero or more and finite, got {f_squared}")
    return f_squared / (1 + f_squared)


def eta_squared_to_f(eta2: float) -> float:
    """Return Cohen's f: the SD of the group means over the SD within groups.

    Use it when a program for sample sizes asks for f; report eta squared. With two equal groups
    it is half of d.

    Parameters
    ----------
    eta2
        As in `eta_squared_to_f_squared`.

    Raises
    ------
    ValueError
        If it is out of range.

    Examples
    --------
    >>> eta_squared_to_f(0.2)
    0.5
    """
    return math.sqrt(eta_squared_to_f_squared(eta2))


def f_to_eta_squared(f: float) -> float:
    """Return eta squared from Cohen's f.

    Use it when a paper, or a calculation of sample size, gives f alone.

    Parameters
    ----------
    f
        Zero or more.

    Raises
    ------
    ValueError
        If it is negative or not finite.

    Examples
    --------
    >>> f_to_eta_squared(0.5)
    0.2
    """
    if not is_number(f) or not f >= 0:
        raise ValueError(f"f must be zero or more, got {f}")
    return f_squared_to_eta_squared(f * f)
