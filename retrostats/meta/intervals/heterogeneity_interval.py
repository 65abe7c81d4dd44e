"""How far the trials may differ: limits of tau squared, tau, I squared and H squared."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from retrostats.effects.arguments import require_level
from retrostats.errors import FitError
from retrostats.estimate import Interval
from retrostats.layout import Layout, ShownAsTable, decimals, limits, number, percent
from retrostats.meta.heterogeneity import typical_variance
from retrostats.meta.intervals.profile_likelihood import profile_likelihood
from retrostats.meta.intervals.q_profile import q_profile
from retrostats.meta.pooled import Pooled, require_pooled

HeterogeneityMethod = Literal["q-profile", "profile-likelihood"]

BOTH_ZERO = (
    "The trials agree better than chance lets them, so that no tau² is compatible with them at "
    "this level; both limits are set to 0. This does not prove that the trials are alike."
)
NO_END = "The upper limit is larger than any number of the computer; it is open."
SEVERAL = (
    "The likelihood has several peaks: the values of tau² that are compatible with the trials "
    "form {pieces} separate intervals, and the limits enclose them all."
)
OUTSIDE = (
    "The estimate of tau² ({estimator}) lies outside the interval, which belongs to another "
    "estimator."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heterogeneity(ShownAsTable):
    """How much the effects differ between trials, each measure with its interval.

    Attributes
    ----------
    tau2, tau2_ci
        Variance between trials, in the unit squared.
    tau, tau_ci
        Standard deviation between trials, in the unit.
    i2, i2_ci
        Share of the variance of a typical trial that is between trials, 0 to 1.
    h2, h2_ci
        Total over sampling variance of a typical trial, 1 or more.
    method
        How the limits were found.
    unit
        Of the effects.
    caveats
        What a reader must know; shown below the table.

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ... ]
    >>> found = rs.heterogeneity_interval(rs.pool(trials))
    >>> round(found.tau, 3), round(found.tau_ci.high, 2), found.unit
    (0.251, 2.38, 'SD')
    """

    tau2: float
    tau2_ci: Interval
    tau: float
    tau_ci: Interval
    i2: float
    i2_ci: Interval
    h2: float
    h2_ci: Interval
    method: str
    unit: str
    caveats: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return self.layout().text()

    def layout(self) -> Layout:
        """Return the cells as they are printed, and the caveats below them."""
        unit = f" ({self.unit})" if self.unit else ""
        share = limits(100 * self.i2_ci.low, 100 * self.i2_ci.high, 1)
        rows = [
            _row("tau²", self.tau2, self.tau2_ci),
            _row(f"tau{unit}", self.tau, self.tau_ci),
            ("I² (%)", number(100 * self.i2, 1), share),
            _row("H²", self.h2, self.h2_ci),
        ]
        return Layout(
            caption=f"Heterogeneity, {self.method} interval",
            header=("", "Estimate", f"{percent(self.tau2_ci.level)} CI"),
            rows=(*rows, *(("Note", caveat) for caveat in self.caveats)),
        )

    def __str__(self) -> str:
        return self.layout().text()


def _row(name: str, value: float, ci: Interval) -> tuple[str, str, str]:
    size = next((x for x in (value, ci.high) if 0 < x < math.inf), 1.0)
    places = decimals(size)
    return name, number(value, places), limits(ci.low, ci.high, places)


def heterogeneity_interval(
    pooled: Pooled, *, method: HeterogeneityMethod = "q-profile", level: float | None = None
) -> Heterogeneity:
    """Put limits around tau squared, tau, I squared and H squared.

    Use it whenever heterogeneity is reported: with a handful of trials the estimate alone says
    next to nothing, and an estimate of 0 is no proof that trials agree; not to choose between the
    common-effect and the random-effects model, nor to say where a further trial will lie (the
    prediction interval of `pool` says that).

    Parameters
    ----------
    pooled
        From `pool`, with any estimator of tau squared but ``"common"``.
    method
        ``"q-profile"`` is exact if the variances within trials are known, whatever the estimator.
        ``"profile-likelihood"`` is that of REML for a pool by REML, else that of maximum
        likelihood, each measured from its highest point; it holds for many trials only.
    level
        Coverage; by default that of ``pooled``.

    Returns
    -------
    Heterogeneity
        The estimates are those of ``pooled``. The limits of I squared and H squared come from
        those of tau squared and the sampling variance of a typical trial.

    Raises
    ------
    FitError
        If the model has a common effect: its tau squared is 0 by assumption.
    ValueError
        If the method or the level is unknown.

    References
    ----------
    .. [1] Viechtbauer W (2007). Stat Med 26, 37-52. doi:10.1002/sim.2514
    .. [2] Higgins JPT, Thompson SG (2002). Stat Med 21, 1539-1558. doi:10.1002/sim.1186

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ... ]
    >>> print(rs.heterogeneity_interval(rs.pool(trials)))
    Heterogeneity, q-profile interval
                Estimate             95% CI
      tau²        0.0628  0.0000 to  5.6789
      tau (SD)    0.251    0.000 to  2.383
      I² (%)     46.2        0.0 to 98.7
      H²          1.86      1.00 to 78.57
    """
    require_pooled("heterogeneity_interval", pooled)
    level = pooled.level if level is None else level
    require_level(level)
    if method not in get_args(HeterogeneityMethod):
        choices = ", ".join(map(repr, get_args(HeterogeneityMethod)))
        raise ValueError(f"method must be one of {choices}; got {method!r}")
    if pooled.estimator == "common":
        raise FitError(
            "heterogeneity_interval: the common-effect model takes tau² to be 0, so that there is "
            "nothing to put limits around; pool with an estimator of tau² (tau2='reml')"
        )
    y, v, pieces = pooled.y, pooled.v, 1
    if method == "q-profile":
        low, high = q_profile(y, v, level=level)
    else:
        restricted = pooled.estimator == "reml"
        low, high, pieces = profile_likelihood(y, v, restricted=restricted, level=level)
    caveats = _caveats(pooled, low, high, pieces)
    return between_limits(pooled, low, high, level=level, method=method, caveats=caveats)


def between_limits(
    pooled: Pooled,
    low: float,
    high: float,
    *,
    level: float,
    method: str,
    caveats: tuple[str, ...] = (),
) -> Heterogeneity:
    """Return all measures of heterogeneity with limits, from the limits of tau squared.

    Parameters
    ----------
    pooled
        Gives the estimates, and the sampling variance of a typical trial.
    low, high
        Limits of tau squared.
    level, method, caveats
        As in the result.
    """
    typical = typical_variance(pooled.v)

    def limited(by: Callable[[float], float]) -> Interval:
        return Interval(by(low), by(high), level)

    return Heterogeneity(
        tau2=pooled.tau2,
        tau2_ci=limited(float),
        tau=math.sqrt(pooled.tau2),
        tau_ci=limited(math.sqrt),
        i2=pooled.i2,
        i2_ci=limited(lambda tau2: _share(tau2, typical)),
        h2=pooled.h2,
        h2_ci=limited(lambda tau2: 1 + tau2 / typical),
        method=method,
        unit=pooled.pooled.unit,
        caveats=caveats,
    )


def _share(tau2: float, typical: float) -> float:
    return 1.0 if math.isinf(tau2) else tau2 / (tau2 + typical)


def _caveats(pooled: Pooled, low: float, high: float, pieces: int) -> tuple[str, ...]:
    told = {
        BOTH_ZERO: high == 0,
        NO_END: math.isinf(high),
        SEVERAL.format(pieces=pieces): pieces > 1,
        OUTSIDE.format(estimator=pooled.estimator): not low <= pooled.tau2 <= high,
    }
    return tuple(words for words, holds in told.items() if holds)
