"""Profile intervals of the standard deviations and correlations of random effects."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.covariance.random_effects import semidefinite_cholesky
from retrostats.models.maximum.likelihood import Likelihood
from retrostats.models.random_effects.boundary import EffectsOptimum
from retrostats.models.random_effects.climb import Chart
from retrostats.models.random_effects.factor_chart import EffectsLayout, FactorChart
from retrostats.models.random_effects.profile import ProfileInterval, profile_limits
from retrostats.progress import followed

#: Positions.
Places: TypeAlias = NDArray[np.intp]
#: A correlation this close to 1 is the edge of its range.
EDGE = 1e-12


def effects_intervals(
    likelihood: Likelihood,
    optimum: EffectsOptimum,
    names: Sequence[str],
    *,
    level: float = 0.95,
) -> tuple[ProfileInterval, ...]:
    """Return intervals of all standard deviations and correlations, and of the residual's.

    Parameters
    ----------
    likelihood
        Restricted or full. lme4's ``confint`` takes the full one whatever the fit was.
    optimum
        Its maximum.
    names
        Names of the effects.
    level
        Coverage.

    Returns
    -------
    tuple of ProfileInterval
        In the order of the natural parameters: ``sd(x)``, ``corr(x, y)``, ..., ``sd(residual)``.

    Raises
    ------
    FitError
        If a profile cannot be followed or rises above the maximum.

    Notes
    -----
    G stays positive semidefinite throughout, as in lme4. The limits of a variance are the
    squares of those of the standard deviation.
    """
    layout, theta = optimum.layout, optimum.at.theta
    g = layout.matrix(theta)
    sd = np.sqrt(np.maximum(np.diagonal(g), 0.0))
    state = _State(layout=layout, scale=optimum.scale, g=g, sigma=math.sqrt(theta[-1]), held=())
    root_n = math.sqrt(likelihood.strata[0].moments.n_subjects)
    found = []
    # A standard error to within an order of magnitude is enough for a first step.
    for a, b in zip(layout.rows.tolist(), layout.columns.tolist(), strict=True):
        if a == b:
            name, estimate, bounds = f"sd({names[a]})", float(sd[a]), (0.0, math.inf)
            step = float(sd[a] + state.scale[a]) / root_n
        else:
            name, bounds, step = f"corr({names[b]}, {names[a]})", (-1.0, 1.0), 1 / root_n
            estimate = _correlation(g, a, b)
        held = replace(state, held=(a,) if a == b else (b, a))
        found.append(_Wanted(name, estimate, step, bounds, held))
    step = state.sigma / math.sqrt(2 * likelihood.n_rows)
    found.append(_Wanted("sd(residual)", state.sigma, step, (0.0, math.inf), state))
    return tuple(
        wanted.interval(likelihood, optimum.at.loglik, level)
        for wanted in followed(found, "Profiling the likelihood")
    )


def _correlation(g: Floats, a: int, b: int) -> float:
    product = math.sqrt(max(g[a, a] * g[b, b], 0.0))
    if not product:
        return math.nan
    estimate = float(g[a, b]) / product
    return math.copysign(1.0, estimate) if 1 - abs(estimate) < EDGE else estimate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _State:
    """The estimate, and what is held.

    One effect: its standard deviation. Two: their correlation. None: the residual's.
    """

    layout: EffectsLayout
    scale: Floats
    g: Floats
    sigma: float
    held: tuple[int, ...]

    def at(self, value: float, near: Floats | None) -> tuple[Chart, Floats]:
        """Return coordinates of all else, and a start."""
        rows, columns, first, width = self._triangle()
        factor, start = self.scale[rows], self._cholesky(rows, columns) / self.scale[rows]
        source = np.zeros(len(rows), dtype=np.intp)
        logged = np.zeros(len(rows), dtype=bool)
        if len(self.held) == 1:
            source[first], factor[first] = -1, value
        elif self.held:
            # Rows of C: (s, 0) and (r t, sqrt(1 - r^2) t), with the logarithms of s and t free.
            pair = [first + 1, first + width]
            logged[[first, *pair]] = True
            factor[[first, *pair]] = 1.0, value, math.sqrt(max(0.0, 1 - value**2))
            start[[first, pair[0]]] = np.log(np.diagonal(self.g)[list(self.held)]) / 2
            source[pair[1]] = -1
        free = np.flatnonzero(source == 0)
        source[free] = np.arange(len(free))
        phi = start[free]
        if len(self.held) == 2:
            source[pair[1]] = source[pair[0]]
        chart = FactorChart(
            layout=self.layout,
            rows=rows,
            columns=columns,
            source=source,
            factor=factor,
            logged=logged,
            scale=self.scale,
            sigma2=None if self.held else value**2,
        )
        if self.held:
            phi = np.append(phi, 2 * math.log(self.sigma))
        return chart, phi if near is None else near

    def _triangle(self) -> tuple[Places, Places, int, int]:
        """Return the entries of C with the held effects first in their block, where it starts."""
        rows: list[int] = []
        columns: list[int] = []
        first = width = 0
        for block in self.layout.blocks:
            held = [k for k in self.held if k in block]
            order = held + [k for k in block if k not in held]
            if held:
                first, width = len(rows), len(block)
            for j, pivot in enumerate(order):
                rows += order[j:]
                columns += [pivot] * (len(order) - j)
        return np.array(rows, dtype=np.intp), np.array(columns, dtype=np.intp), first, width

    def _cholesky(self, rows: Places, columns: Places) -> Floats:
        """Return the entries of a factor of G; columns of zero pivots are zero."""
        order = np.array(list(dict.fromkeys(columns.tolist())))
        unit = self.scale[order]
        g = self.g[np.ix_(order, order)] / np.outer(unit, unit)
        c = np.zeros_like(self.g)
        c[np.ix_(order, order)] = semidefinite_cholesky(g) * unit[:, None]
        return np.asarray(c[rows, columns])


class _Wanted(NamedTuple):
    name: str
    estimate: float
    step: float
    bounds: tuple[float, float]
    state: _State

    def interval(self, likelihood: Likelihood, loglik: float, level: float) -> ProfileInterval:
        if math.isnan(self.estimate):
            # One of the variances is 0: the likelihood does not depend on the correlation.
            low, high = self.bounds
            return ProfileInterval(
                name=self.name,
                estimate=self.estimate,
                low=low,
                high=high,
                level=level,
                bounds=self.bounds,
            )
        return profile_limits(
            likelihood,
            self.state.at,
            name=self.name,
            estimate=self.estimate,
            loglik=loglik,
            step=self.step,
            bounds=self.bounds,
            level=level,
        )
