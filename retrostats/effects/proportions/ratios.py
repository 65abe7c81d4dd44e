"""Ratios of two risks and of two odds."""

from __future__ import annotations

import math
from typing import Literal

from retrostats.effects.arguments import require_level
from retrostats.effects.proportions.differences import filled_arm
from retrostats.effects.ratio import Ratio
from retrostats.estimate import Estimate

__all__ = ["Ratio", "ZeroCells", "odds_ratio", "risk_ratio"]

#: What to do with an empty cell: say that there is no ratio, or add a half to all four.
ZeroCells = Literal["refuse", "haldane"]


def risk_ratio(
    events_treated: int,
    n_treated: int,
    events_control: int,
    n_control: int,
    *,
    level: float = 0.95,
    label: str = "risk ratio",
    zero_cells: ZeroCells = "refuse",
) -> Ratio:
    r"""Estimate the ratio of two risks, treated over control.

    .. math::  \log RR = \log\frac{a/n_1}{c/n_2},\qquad
               se^2 = \frac1a - \frac1{n_1} + \frac1c - \frac1{n_2}

    Use it when the treatment is thought to change a risk by the same proportion whatever the risk,
    and for pooling trials; not as the only number a reader gets, because it hides how common the
    event is: give `risk_difference` beside it. Responders and non-responders have ratios that are
    not each other's reciprocals; say which is counted.

    Parameters
    ----------
    events_treated, n_treated, events_control, n_control
        How many, of how many.
    level
        Coverage of the interval.
    label
        What a reader sees.
    zero_cells
        ``"refuse"`` raises where an arm has no event, or both arms have nothing else.
        ``"haldane"`` adds 0.5 to each of the four cells if any of them is 0, and the result
        says so.

    Returns
    -------
    Ratio
        With a normal interval and p on the log scale.

    Raises
    ------
    ValueError
        If counts are impossible, an arm is empty, or there is no ratio under ``"refuse"``.

    References
    ----------
    .. [1] Katz D, Baptista J, Azen SP, Pike MC (1978). Biometrics 34, 469-474.
       doi:10.2307/2530610

    Examples
    --------
    >>> print(risk_ratio(15, 20, 8, 20))
    risk ratio: 1.88 (95% CI 1.04 to 3.39)
    """
    cells = _cells(events_treated, n_treated, events_control, n_control, label)
    (a, b, c, d), added = _without_zeros(cells, zero_cells, label)
    # se > 0 needs somebody without the event; b / (a (a + b)) is 1/a - 1/n without cancelling.
    if not (a and c and (b or d)):
        _refuse(label, "an arm has no event, or both arms have nothing else")
    variance = b / (a * (a + b)) + d / (c * (c + d))
    log = math.log(a * (c + d)) - math.log(c * (a + b))
    return _ratio(label, log, variance, level, added=added)


def odds_ratio(
    events_treated: int,
    n_treated: int,
    events_control: int,
    n_control: int,
    *,
    level: float = 0.95,
    label: str = "odds ratio",
    zero_cells: ZeroCells = "refuse",
) -> Ratio:
    r"""Estimate the ratio of two odds, treated over control.

    .. math::  \log OR = \log\frac{ad}{bc},\qquad se^2 = \frac1a + \frac1b + \frac1c + \frac1d

    Use it when data were sampled by outcome, to compare with logistic regression, or to convert
    from and to a standardised difference; not to tell a reader how much likelier the event
    becomes, because it lies further from 1 than `risk_ratio` unless the event is rare.

    Parameters
    ----------
    events_treated, n_treated, events_control, n_control
        How many, of how many; b and d of the formula are those without the event.
    level
        Coverage of the interval.
    label
        What a reader sees.
    zero_cells
        ``"refuse"`` raises where an arm has the event in all or in none. ``"haldane"`` adds 0.5
        to each of the four cells if any of them is 0, and the result says so.

    Returns
    -------
    Ratio
        With a normal interval and p on the log scale.

    Raises
    ------
    ValueError
        If counts are impossible, an arm is empty, or there is no ratio under ``"refuse"``.

    References
    ----------
    .. [1] Woolf B (1955). Ann Hum Genet 19, 251-253. doi:10.1111/j.1469-1809.1955.tb01348.x
    .. [2] Haldane JBS (1956). Ann Hum Genet 20, 309-311.
       doi:10.1111/j.1469-1809.1955.tb01285.x

    Examples
    --------
    >>> print(odds_ratio(15, 20, 8, 20))
    odds ratio: 4.5 (95% CI 1.17 to 17.4)
    """
    cells = _cells(events_treated, n_treated, events_control, n_control, label)
    (a, b, c, d), added = _without_zeros(cells, zero_cells, label)
    if not (a and b and c and d):
        _refuse(label, "an arm has the event in all or in none")
    variance = 1 / a + 1 / b + 1 / c + 1 / d
    return _ratio(label, math.log(a * d) - math.log(b * c), variance, level, added=added)


def _cells(
    events_treated: int, n_treated: int, events_control: int, n_control: int, label: str
) -> tuple[float, float, float, float]:
    """Return with and without the event in the treated arm, then in the control arm."""
    a, m = filled_arm(events_treated, n_treated, f"{label}, treated")
    c, n = filled_arm(events_control, n_control, f"{label}, control")
    return a, m - a, c, n - c


def _without_zeros(
    cells: tuple[float, float, float, float], zero_cells: ZeroCells, label: str
) -> tuple[tuple[float, float, float, float], bool]:
    if zero_cells not in ("refuse", "haldane"):
        raise ValueError(f"{label}: zero_cells must be 'refuse' or 'haldane', got {zero_cells!r}")
    if zero_cells == "refuse" or all(cells):
        return cells, False
    a, b, c, d = cells
    return (a + 0.5, b + 0.5, c + 0.5, d + 0.5), True


def _refuse(label: str, why: str) -> None:
    raise ValueError(
        f"{label}: {why}, so that the ratio has no interval. Report the risk difference, or add "
        "0.5 to each cell with zero_cells='haldane' and say so."
    )


def _ratio(label: str, log: float, variance: float, level: float, *, added: bool) -> Ratio:
    require_level(level)
    estimate = Estimate.from_se(
        f"log {label}", log, math.sqrt(variance), unit="log ratio", level=level
    )
    return Ratio(label=label, log=estimate, halves_added=added)
