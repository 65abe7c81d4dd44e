"""Shares of variance explained, from the F ratios and degrees of freedom papers print."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from scipy.special import fdtrc

from retrostats.effects.arguments import require_numbers
from retrostats.effects.noncentral import noncentral_f_limits
from retrostats.estimate import Estimate, Interval

#: Of what the limits are: of the share of an F with that noncentrality, as effectsize has them; or
#: of the share in the population.
Limits = Literal["effectsize", "population"]


def eta_squared_from_f(f: float, df1: float, df2: float) -> float:
    """Return partial eta squared from F and its degrees of freedom.

    Use it when only the number is wanted, as in a calculation of sample size; to report it use
    `partial_eta_squared`, which has the interval.

    Parameters
    ----------
    f
        F ratio, zero or more.
    df1, df2
        Degrees of freedom of effect and error.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> eta_squared_from_f(4.5, 1, 18)
    0.2
    """
    _require_f(f, df1, df2)
    return df1 * f / (df1 * f + df2)


def f_from_eta_squared(eta2: float, df1: float, df2: float) -> float:
    """Return F from partial eta squared and its degrees of freedom.

    Use it when a paper prints eta squared and no F; not where it prints eta squared of the total,
    which in designs of more than one factor is another number.

    Parameters
    ----------
    eta2
        Partial eta squared, from 0 to below 1.
    df1, df2
        Degrees of freedom of effect and error.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> f_from_eta_squared(0.2, 1, 18)
    4.5
    """
    _require_f(0.0, df1, df2)
    if not 0 <= eta2 < 1:
        raise ValueError(f"partial eta squared must lie from 0 to below 1, got {eta2}")
    return eta2 / (1 - eta2) * df2 / df1


def partial_eta_squared(
    f: float, df1: float, df2: float, *, level: float = 0.95, limits: Limits = "effectsize"
) -> Estimate:
    """Estimate partial eta squared with the exact limits of the noncentral F.

    Use it when papers that print eta squared are compared; in small samples it is too large, and
    `partial_omega_squared` is nearer the truth. With two groups the difference in SDs
    (`retrostats.hedges_g`) keeps the direction, which no share of variance has.

    Parameters
    ----------
    f
        F ratio, zero or more.
    df1, df2
        Degrees of freedom of effect and error.
    level
        Coverage of the two-sided interval. Two-sided limits of level 0.90 leave out
        0 exactly when p < 0.05, which is why some papers print 90%.
    limits
        ``"effectsize"``: ``ncp / (ncp + df2)`` at the limits of the noncentrality, as that
        package has them [2]_. ``"population"``: ``ncp / (ncp + df1 + df2 + 1)``, exact for the
        share in the population [1]_.

    Returns
    -------
    Estimate
        A share, without unit. p is of the F test; df is that of the error; there is no standard
        error. An F smaller than chance makes it in 97.5% of trials has both limits at 0: it speaks
        against the model, not for a share of exactly 0.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    .. [1] Steiger JH (2004). Psychol Methods 9, 164-182. doi:10.1037/1082-989X.9.2.164
    .. [2] Ben-Shachar MS, Lüdecke D, Makowski D (2020). J Open Source Softw 5, 2815.
       doi:10.21105/joss.02815

    Examples
    --------
    >>> print(partial_eta_squared(12.3, 2, 40))
    partial eta squared: 0.381 (95% CI 0.139 to 0.557), df 40
    """
    return _share("partial eta squared", eta_squared_from_f, (f, df1, df2), level, limits)


def partial_omega_squared(
    f: float, df1: float, df2: float, *, level: float = 0.95, limits: Limits = "population"
) -> Estimate:
    """Estimate partial omega squared, which is less biased than eta squared.

    Use it when an effect of more than two groups is reported from a small trial; not for factors
    within subjects, whose omega squared needs the variance between subjects too and cannot be had
    from F. `partial_eta_squared` is what most papers print.

    Parameters
    ----------
    f, df1, df2, level
        As in `partial_eta_squared`.
    limits
        ``"population"``: exact for the share in the population, ``ncp / (ncp + df1 + df2 + 1)``
        at the limits of the noncentrality [2]_. ``"effectsize"``: those of the F that would give
        this share as an eta squared, as that package has them; they are 0 to 0 whenever F is
        below 1, and hold a share of 0.06 in 56 to 89 of 100 small trials.

    Returns
    -------
    Estimate
        A share, set to 0 where the estimate is negative. p is of the F test.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    .. [1] Olejnik S, Algina J (2003). Psychol Methods 8, 434-447.
       doi:10.1037/1082-989X.8.4.434
    .. [2] Steiger JH (2004). Psychol Methods 9, 164-182. doi:10.1037/1082-989X.9.2.164

    Examples
    --------
    >>> print(partial_omega_squared(12.3, 2, 40))
    partial omega squared: 0.345 (95% CI 0.131 to 0.539), df 40
    """

    def omega(f: float, df1: float, df2: float) -> float:
        return max(0.0, df1 * (f - 1) / (df1 * f + df2 + 1))

    return _share("partial omega squared", omega, (f, df1, df2), level, limits)


def partial_epsilon_squared(
    f: float, df1: float, df2: float, *, level: float = 0.95, limits: Limits = "population"
) -> Estimate:
    """Estimate partial epsilon squared, which is eta squared adjusted as R squared is.

    Use it when the reader knows the adjusted R squared, which it equals in a one-way design;
    otherwise `partial_omega_squared`, which is the commoner of the two and hardly differs.

    Parameters
    ----------
    f, df1, df2, level
        As in `partial_eta_squared`.
    limits
        As in `partial_omega_squared`.

    Returns
    -------
    Estimate
        A share, set to 0 where the estimate is negative. p is of the F test.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    References
    ----------
    .. [1] Kelley TL (1935). PNAS 21, 554-559. doi:10.1073/pnas.21.9.554

    Examples
    --------
    >>> print(partial_epsilon_squared(12.3, 2, 40))
    partial epsilon squared: 0.35 (95% CI 0.131 to 0.539), df 40
    """

    def epsilon(f: float, df1: float, df2: float) -> float:
        return max(0.0, df1 * (f - 1) / (df1 * f + df2))

    return _share("partial epsilon squared", epsilon, (f, df1, df2), level, limits)


def _share(
    label: str,
    share: Callable[[float, float, float], float],
    test: tuple[float, float, float],
    level: float,
    limits: Limits,
) -> Estimate:
    """Return a share with limits ``ncp / (ncp + rest)``."""
    if limits not in ("effectsize", "population"):
        raise ValueError(f"{label}: limits must be 'effectsize' or 'population', got {limits!r}")
    _require_f(*test)
    f, df1, df2 = (float(number) for number in test)
    value = share(f, df1, df2)
    if limits == "population":
        behind, rest = f, df1 + df2 + 1
    else:
        behind, rest = f_from_eta_squared(value, df1, df2), df2
    low, high = noncentral_f_limits(behind, df1, df2, level)
    return Estimate(
        label=label,
        value=value,
        se=math.nan,
        df=df2,
        ci=Interval(low / (low + rest), high / (high + rest), level),
        p=float(fdtrc(df1, df2, f)),
        unit="",
    )


def _require_f(f: float, df1: float, df2: float) -> None:
    require_numbers("share of variance", f=f, df1=df1, df2=df2)
    if not 0 <= f < math.inf or not (0 < df1 < math.inf and 0 < df2 < math.inf):
        raise ValueError(f"need a finite F >= 0 and finite df > 0, got F={f}, df {df1} and {df2}")
