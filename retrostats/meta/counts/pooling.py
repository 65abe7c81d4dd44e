"""Pool two by two tables, exactly as few events need it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence, Set
from typing import Literal

import numpy as np
from scipy.special import chdtrc

from retrostats.effects.arguments import require_level
from retrostats.errors import DataError
from retrostats.estimate import Estimate
from retrostats.meta.counts import numbers
from retrostats.meta.counts.numbers import Mask
from retrostats.meta.counts.types import PooledCounts, TrialCounts
from retrostats.meta.heterogeneity import CochranQ
from retrostats.meta.studies import same_name
from retrostats.meta.weighted import weighted_fit

_FEWEST = 2
_POOLING = {
    "risk ratio": numbers.risk_ratio,
    "odds ratio": numbers.odds_ratio,
    "risk difference": numbers.risk_difference,
}


def pool_mantel_haenszel(
    trials: Sequence[TrialCounts],
    *,
    measure: Literal["risk ratio", "odds ratio", "risk difference"] = "risk ratio",
    level: float = 0.95,
) -> PooledCounts:
    """Pool counts of events by the method of Mantel and Haenszel.

    Use it when events are few or arms small, where the estimates of single trials (and so
    `pool`) are biased, and one effect common to all trials is believable; not where effects
    differ between trials (`pool` of `risk_ratio(...).log`), and not for measured scales.

    Parameters
    ----------
    trials
        Two or more.
    measure
        What is pooled, treated over (or minus) control.
    level
        Coverage of the interval.

    Returns
    -------
    PooledCounts
        Normal interval; the variance is that of Greenland and Robins [1]_ for risk ratios, of
        Robins, Breslow and Greenland [2]_ for odds ratios, of Sato [3]_ for risk differences. No
        half is added to a cell, except for `q`.

    Raises
    ------
    DataError
        If trials are fewer than two, come twice, or leave no ratio, because one arm has no event
        (or nothing else) in any of them.

    References
    ----------
    .. [1] Greenland S, Robins JM (1985). Biometrics 41, 55-68. doi:10.2307/2530643
    .. [2] Robins J, Breslow N, Greenland S (1986). Biometrics 42, 311-323. doi:10.2307/2531052
    .. [3] Sato T, Greenland S, Robins JM (1989). Biometrics 45, 1323-1324. doi:10.2307/2531784

    Examples
    --------
    >>> import retrostats as rs
    >>> counts = ("A", 2, 24, 6, 23), ("B", 0, 16, 2, 16)
    >>> fell = [rs.TrialCounts.of(*each) for each in counts]
    >>> round(rs.pool_mantel_haenszel(fell).pooled.value, 2)
    -1.42
    """
    who = "pool_mantel_haenszel"
    require_level(level)
    if measure not in tuple(_POOLING):
        raise ValueError(f"{who}: measure must be one of {', '.join(_POOLING)}; got {measure!r}")
    trials = _gathered(who, trials)
    cells = _cells(trials)
    value, variance = _POOLING[measure](cells)
    is_difference = measure == "risk difference"
    if not variance > 0:
        other = (
            "" if is_difference else ", or take measure='risk difference' where the risks differ"
        )
        raise DataError(
            f"{who}: there is no {measure}: over all trials an arm has the event in none or in "
            f"all. Report the counts{other}"
        )
    y, v = numbers.single_effects(cells, measure)
    usable = v > 0
    q = float(((y[usable] - value) ** 2 / v[usable]).sum())
    pooled = Estimate.from_se(
        "pooled", value, math.sqrt(variance), unit=_unit(measure), level=level
    )
    used = np.full(len(trials), True) if is_difference else numbers.informative(cells)
    caveats = [*_silent(trials, used), *_halved(trials, cells, used)]
    test = (q, int(usable.sum()) - 1)
    return _pooled("Mantel-Haenszel", measure, pooled, test, trials=trials, caveats=caveats)


def pool_peto(trials: Sequence[TrialCounts], *, level: float = 0.95) -> PooledCounts:
    """Pool odds ratios by the one-step method of Peto.

    Use it when events are very rare (below 1 in 100), arms are of like size and effects are
    small [2]_; not otherwise: it is biased with unequal arms and large effects, where
    `pool_mantel_haenszel` is not.

    Parameters
    ----------
    trials, level
        As in `pool_mantel_haenszel`.

    Returns
    -------
    PooledCounts
        Log odds ratio: sum of observed minus expected events over the sum of their variances.

    Raises
    ------
    DataError
        If trials are fewer than two, come twice, or have no event at all (or nothing else).

    References
    ----------
    .. [1] Yusuf S, Peto R, Lewis J, Collins R, Sleight P (1985). Prog Cardiovasc Dis 27, 335-371.
       doi:10.1016/S0033-0620(85)80003-7
    .. [2] Bradburn MJ, Deeks JJ, Berlin JA, Russell Localio A (2007). Stat Med 26, 53-77.
       doi:10.1002/sim.2528

    Examples
    --------
    >>> import retrostats as rs
    >>> counts = ("A", 2, 24, 6, 23), ("B", 0, 16, 2, 16)
    >>> fell = [rs.TrialCounts.of(*each) for each in counts]
    >>> round(rs.pool_peto(fell).pooled.value, 2)
    -1.42
    """
    require_level(level)
    trials = _gathered("pool_peto", trials)
    cells = _cells(trials)
    excess, variance = numbers.peto(cells)
    total = float(variance.sum())
    if not total > 0:
        raise DataError(
            "pool_peto: there is no odds ratio: nobody had the event, or everybody. Report the "
            "counts"
        )
    value = float(excess.sum()) / total
    known = variance > 0
    y, v = excess[known] / variance[known], 1 / variance[known]
    q = weighted_fit(y, v).rss
    pooled = Estimate.from_se(
        "pooled", value, 1 / math.sqrt(total), unit="log odds ratio", level=level
    )
    test = (q, int(known.sum()) - 1)
    return _pooled(
        "Peto",
        "odds ratio",
        pooled,
        test,
        trials=trials,
        caveats=_silent(trials, numbers.informative(cells)),
    )


def _gathered(who: str, trials: object) -> tuple[TrialCounts, ...]:
    """Return the trials in their order, or say what is wrong with them."""
    if not isinstance(trials, Iterable) or isinstance(trials, Set):
        raise TypeError(f"{who}: expected a list of TrialCounts, got a {type(trials).__name__}")
    given = tuple(trials)
    _require_kinds(who, given)
    names = [same_name(trial.study) for trial in given]
    problems = [
        f"the trial {trial.study!r} comes more than once"
        for place, trial in enumerate(given)
        if names.index(names[place]) < place
    ]
    if len(given) < _FEWEST:
        plural = "s" * (len(given) != 1)
        problems.append(f"{len(given)} trial{plural}, and two or more are needed")
    if problems:
        raise DataError(f"{who}: " + "; ".join(problems))
    return given


def _cells(trials: Sequence[TrialCounts]) -> numbers.Cells:
    counts = np.array(
        [(t.events_treated, t.n_treated, t.events_control, t.n_control) for t in trials],
        dtype=float,
    )
    a, n1, c, n2 = counts.T
    return numbers.Cells(a=a, b=n1 - a, c=c, d=n2 - c)


def _require_kinds(who: str, given: Sequence[object]) -> None:
    """Refuse what is no `TrialCounts`."""
    strange = [type(trial).__name__ for trial in given if not isinstance(trial, TrialCounts)]
    if strange:
        raise TypeError(
            f"{who}: expected TrialCounts, got {strange[0]}; make them by TrialCounts.of"
        )


def _silent(trials: Sequence[TrialCounts], used: Mask) -> list[str]:
    """Name the trials that say nothing about a ratio."""
    names = [trial.study for trial, known in zip(trials, used, strict=True) if not known]
    said = f"Both arms of {', '.join(names)} have no events, or nothing else: no ratio follows."
    return [said] if names else []


def _halved(trials: Sequence[TrialCounts], cells: numbers.Cells, used: Mask) -> list[str]:
    """Name the trials with a half added for the test of heterogeneity."""
    empty = (np.array([cells.a, cells.b, cells.c, cells.d]) == 0).any(axis=0) & used
    names = [trial.study for trial, halved in zip(trials, empty, strict=True) if halved]
    said = f"For the test of heterogeneity 0.5 was added to each cell of {', '.join(names)}."
    return [said] if names else []


def _unit(measure: str) -> str:
    return measure if measure == "risk difference" else f"log {measure}"


def _pooled(
    method: str,
    measure: str,
    pooled: Estimate,
    test: tuple[float, int],
    *,
    trials: Sequence[TrialCounts],
    caveats: Sequence[str],
) -> PooledCounts:
    q, df = test
    return PooledCounts(
        method=method,
        measure=measure,
        trials=tuple(trials),
        pooled=pooled,
        q=CochranQ(statistic=q, df=df, p=float(chdtrc(df, q)) if df > 0 else math.nan),
        i2=max(0.0, 1 - df / q) if df > 0 and q > 0 else (0.0 if df > 0 else math.nan),
        h2=q / df if df > 0 else math.nan,
        caveats=tuple(caveats),
    )
