"""Profile-likelihood intervals: one parameter held, the likelihood maximised over the rest."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from retrostats.arrays import Floats
from retrostats.errors import DataError, FitError
from retrostats.layout import decimals, number, percent
from retrostats.models.maximum.likelihood import Likelihood
from retrostats.models.maximum.optimise import NotMaximised
from retrostats.models.random_effects.climb import Chart, climb

#: A limit is found to this share of the width of the Wald interval.
PRECISION = 1e-9
#: A profile may rise above the maximum by this share of it: rounding.
ROUNDING = 1e-9
#: Steps outward, each twice the one before, until the interval is bracketed.
MAX_STEPS = 60
#: Times that a step is halved to stay where the rest can be maximised.
MAX_HALVINGS = 40


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProfileInterval:
    """A profile-likelihood interval.

    Attributes
    ----------
    name
        Parameter.
    estimate
        At the maximum; ``nan`` for a correlation with an effect of variance 0.
    low, high
        Limits; a limit at the edge of the parameter's range is that edge, ``inf`` where the
        likelihood never falls enough.
    level
        Coverage.
    bounds
        Range of the parameter.
    """

    name: str
    estimate: float
    low: float
    high: float
    level: float
    bounds: tuple[float, float] = (-math.inf, math.inf)

    def __str__(self) -> str:
        low, high = self.low, self.high
        width = high - low if math.isfinite(high - low) else abs(self.estimate)
        places = decimals(width)
        estimate = "no estimate" if math.isnan(self.estimate) else number(self.estimate, places)
        limits = f"{number(low, places)} to {number(high, places)}"
        return (
            f"{self.name}: {estimate} ({percent(self.level)} profile interval {limits}"
            f"{self._edges()})"
        )

    def __repr__(self) -> str:
        return str(self)

    def _edges(self) -> str:
        """Say which limits are no limits that the data set."""
        said = ""
        for side, limit, bound in zip(
            ("lower", "upper"), (self.low, self.high), self.bounds, strict=True
        ):
            if math.isinf(limit):
                said += f"; no {side} limit"
            elif limit == bound:
                said += f"; {side} limit at the edge of the range"
        return said


#: From a value at which a parameter is held, and the coordinates where an earlier search ended,
#: to coordinates of all else and a start.
Curve: TypeAlias = Callable[[float, Floats | None], tuple[Chart, Floats]]


def profile_limits(
    objective: Likelihood,
    curve: Curve,
    *,
    name: str,
    estimate: float,
    loglik: float,
    step: float,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    level: float = 0.95,
) -> ProfileInterval:
    """Return where the profile log-likelihood has fallen by half a chi-square quantile.

    Parameters
    ----------
    objective
        The log-likelihood in natural parameters.
    curve
        The parameter.
    name
        For the result and messages.
    estimate, loglik
        The maximum.
    step
        First step outward, about the standard error.
    bounds
        Range of the parameter, ends included where they are finite.
    level
        Coverage, between 0 and 1.

    Raises
    ------
    DataError
        If the level is not between 0 and 1.
    FitError
        If the profile cannot be followed, or rises above the maximum.

    References
    ----------
    .. [1] Venzon DJ, Moolgavkar SH (1988). Appl Stat 37, 87-94. doi:10.2307/2347496
    """
    from scipy.special import ndtri

    if not 0 < level < 1:
        raise DataError(f"level: expected a number between 0 and 1, got {level}")
    root = _SignedRoot(objective, curve, name=name, estimate=estimate, loglik=loglik)
    quantile = float(ndtri((1 + level) / 2))
    low = _limit(root, -step, bounds[0], -quantile)
    high = _limit(root, step, bounds[1], quantile)
    return ProfileInterval(
        name=name, estimate=estimate, low=low, high=high, level=level, bounds=bounds
    )


class _SignedRoot:
    """``sign(c - estimate) sqrt(2 (loglik - profile(c)))``, nearly a straight line."""

    def __init__(
        self, objective: Likelihood, curve: Curve, *, name: str, estimate: float, loglik: float
    ) -> None:
        self.objective, self.curve, self.name = objective, curve, name
        self.estimate, self.loglik = estimate, loglik
        self.ends: dict[float, Floats] = {}

    def __call__(self, value: float) -> float | None:
        """Return the root at a value; None where the rest cannot be maximised from near by."""
        near = min(self.ends, key=lambda known: abs(known - value), default=None)
        chart, phi = self.curve(value, None if near is None else self.ends[near])
        try:
            end = climb(self.objective, chart, phi)
        except NotMaximised:
            return None
        self.ends[value] = end.phi
        fallen = self.loglik - end.at.loglik
        if fallen < -ROUNDING * max(1.0, abs(self.loglik)):
            raise FitError(
                f"profile of {self.name}: the log-likelihood at {value:.6g} is higher than at the "
                f"estimate by {-fallen:.3g}, so the estimate is not the maximum. Refit."
            )
        return math.copysign(math.sqrt(2 * max(fallen, 0.0)), value - self.estimate)


def _limit(root: _SignedRoot, step: float, bound: float, target: float) -> float:
    """Return where the root reaches ``target``, or the bound."""
    from scipy.optimize import brentq

    inner, width = root.estimate, step
    if inner == bound:
        return bound
    for _ in range(MAX_STEPS):
        outer, reached = _outward(root, inner, width, bound)
        if abs(reached) >= abs(target):
            miss = _missing(root, target)
            return float(
                brentq(miss, inner, outer, xtol=PRECISION * abs(step), rtol=8.9e-16, maxiter=100)
            )
        if outer == bound:
            return bound
        inner, width = outer, 2 * width
    return math.copysign(math.inf, step)


def _outward(root: _SignedRoot, inner: float, width: float, bound: float) -> tuple[float, float]:
    """Return a value further out and the root there, not beyond the bound or the domain."""
    for _ in range(MAX_HALVINGS):
        outer = inner + width
        if (outer - bound) * width >= 0:
            outer = bound
        value = root(outer)
        if value is not None:
            return outer, value
        width = (outer - inner) / 2
    raise FitError(
        f"profile of {root.name}: the rest of the model cannot be fitted beyond {inner:.6g}"
    )


def _missing(root: _SignedRoot, target: float) -> Callable[[float], float]:
    def miss(value: float) -> float:
        if value == root.estimate:
            return -target
        found = root(value)
        if found is None:
            raise FitError(f"profile of {root.name}: no maximum of the rest at {value:.6g}")
        return found - target

    return miss
