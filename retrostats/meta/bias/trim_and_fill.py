"""Trim and fill: what the pooled effect would be were the funnel symmetric."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.estimate import Estimate
from retrostats.layout import ShownAsSentence, p_sentence
from retrostats.meta.bias.common import (
    EQUAL,
    SAME,
    as_sentence,
    few_trials,
    plain,
    require_trials,
)
from retrostats.meta.bias.lines import mixed_line
from retrostats.meta.bias.missing import Counter, Missing, count_missing
from retrostats.meta.pool import pool
from retrostats.meta.pooled import Pooled
from retrostats.meta.tau.estimators import ESTIMATORS, TauName

Side = Literal["auto", "left", "right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimAndFill(ShownAsSentence):
    """A pool that was made symmetric by mirror images of its most extreme trials.

    Attributes
    ----------
    missing, missing_se
        Number of trials that symmetry lacks, and its standard error, ``nan`` where the variance
        formula gives a negative number.
    side
        Where they lack: ``"left"`` or ``"right"`` in the funnel.
    estimator
        How the number was estimated.
    p
        Of no missing trial, one-sided: ``2 ** -(missing + 1)`` for ``"R0"``, else ``nan``.
    filled
        The mirror images, each named after its trial.
    pooled, adjusted
        The pool as given, and with the mirror images.
    caveats
        What a reader must know.
    """

    missing: int
    missing_se: float
    side: Literal["left", "right"]
    estimator: Counter
    p: float
    filled: tuple[Estimate, ...]
    pooled: Pooled
    adjusted: Pooled
    caveats: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        k = len(self.pooled.trials)
        text = f"Trim and fill ({self.estimator}, {k} trials): {self.missing} missing on the "
        text += self.side
        if not math.isnan(self.missing_se):
            text += f" (SE {self.missing_se:.2g})"
        if not math.isnan(self.p):
            text += f", {p_sentence(self.p)}"
        if self.missing:
            before, after = (_numbers(each.pooled) for each in (self.pooled, self.adjusted))
            text += f"; pooled effect {before}, filled {after}"
        else:
            text += "; the pooled effect stays as it is"
        return as_sentence(text, self.caveats)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; what is not known becomes ``None``."""
        return plain(self)


def trim_and_fill(pooled: Pooled, *, estimator: Counter = "L0", side: Side = "auto") -> TrimAndFill:
    """Fill a funnel up to symmetry and pool again.

    Use it as a sensitivity analysis beside `egger_test` when ten or more trials are pooled; not
    as a corrected result: the filled trials are invented, trials differ for reasons that have
    nothing to do with publication, and with heterogeneity it fills where nothing is missing.

    Parameters
    ----------
    pooled
        A pool of three or more trials. Its estimator of tau squared and its test are used again.
    estimator
        ``"L0"``, ``"R0"`` or ``"Q0"`` of Duval and Tweedie. R0 counts the longest run on one side
        and has a test; L0 is the one to begin with.
    side
        Where trials are missing. ``"auto"``: right where effects fall as the standard error grows
        (by a line with the pool's tau squared), else left.

    Returns
    -------
    TrimAndFill

    Raises
    ------
    DataError
        If there are fewer than three trials.
    FitError
        If the number of missing trials does not settle, leaves no trial, or has no value; or if
        no side can be chosen.
    ValueError
        If ``estimator`` or ``side`` is another word.

    References
    ----------
    .. [1] Duval S, Tweedie R (2000). Biometrics 56, 455-463. doi:10.1111/j.0006-341X.2000.00455.x
    .. [2] Duval S, Tweedie R (2000). J Am Stat Assoc 95, 89-98.
       doi:10.1080/01621459.2000.10473905

    Examples
    --------
    >>> import retrostats as rs
    >>> values, errors = (-12, -3, -7, -5, -9), (4.0, 1.5, 3.0, 2.0, 3.5)
    >>> trials = [
    ...     rs.Estimate.from_se(f"Trial {name}", value, se, unit="mm")
    ...     for name, value, se in zip("ABCDE", values, errors)
    ... ]
    >>> result = rs.trim_and_fill(rs.pool(trials))
    >>> result.missing, result.side, [trial.label for trial in result.filled]
    (2, 'right', ['filled of Trial E', 'filled of Trial A'])
    """
    require_trials("trim_and_fill", pooled, 3)
    if estimator not in get_args(Counter):
        raise ValueError(f"estimator must be 'L0', 'R0' or 'Q0'; got {estimator!r}")
    if side not in get_args(Side):
        raise ValueError(f"side must be 'auto', 'left' or 'right'; got {side!r}")
    where = choose_side(pooled) if side == "auto" else side
    sign = -1.0 if where == "right" else 1.0
    found = count_missing(sign * pooled.y, pooled.v, tau2=pooled.tau2_of, estimator=estimator)
    places, centre = found.extreme, sign * found.centre
    filled = tuple(_mirrored(pooled.trials[place], centre) for place in places)
    return TrimAndFill(
        missing=found.count,
        missing_se=found.se,
        side=where,
        estimator=estimator,
        p=0.5 ** (found.count + 1) if estimator == "R0" else math.nan,
        filled=filled,
        pooled=pooled,
        adjusted=_again(pooled, filled, places),
        caveats=few_trials(len(pooled.trials)) + _invented(found),
    )


def choose_side(pooled: Pooled) -> Literal["left", "right"]:
    """Return where trials lack, by the slope of effects on standard errors.

    Raises
    ------
    FitError
        If there is no slope.
    """
    se = np.sqrt(pooled.v)
    largest, size = float(se.max()), float(np.abs(pooled.y).max())
    flat = float(np.ptp(se)) <= SAME * largest
    slope = 0.0 if flat else _slope(pooled, se)
    if abs(slope) * largest <= EQUAL * size:
        raise FitError(
            "trim_and_fill: effects do not change with the standard error, so no side can be "
            "chosen; give side='left' or side='right'"
        )
    return "right" if slope < 0 else "left"


def _slope(pooled: Pooled, se: Floats) -> float:
    line = mixed_line("trim_and_fill", pooled.y, pooled.v, se, estimator=pooled.tau2_of, test="z")
    return line.slope


def _mirrored(trial: Estimate, centre: float) -> Estimate:
    return Estimate.from_se(
        f"filled of {trial.label}",
        2 * centre - trial.value,
        trial.se,
        unit=trial.unit,
        df=trial.df,
        level=trial.ci.level,
    )


def _again(pooled: Pooled, filled: tuple[Estimate, ...], places: tuple[int, ...]) -> Pooled:
    if not filled:
        return pooled
    name = pooled.estimator
    return pool(
        [*pooled.trials, *filled],
        tau2=cast("TauName", name) if name in ESTIMATORS else pooled.tau2_of,
        test=pooled.test,
        level=pooled.level,
        studies=[*pooled.studies, *(f"filled of {pooled.studies[place]}" for place in places)],
    )


def _invented(found: Missing) -> tuple[str, ...]:
    if not found.count:
        return ("a symmetric funnel is no proof that no trial is missing",)
    return ("the filled trials are invented: a sensitivity analysis, not a result",)


def _numbers(estimate: Estimate) -> str:
    return str(estimate).partition(": ")[2]
