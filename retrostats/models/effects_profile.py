"""Profile intervals of the standard deviations and correlations of random effects."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.boundary import EffectsOptimum
from retrostats.models.climb import Chart
from retrostats.models.factor_chart import EffectsLayout, FactorChart
from retrostats.models.likelihood import Likelihood
from retrostats.models.profile import ProfileInterval, profile_limits

#: Standard deviations below this many units are started from it, so that they can grow.
LEAST = 1e-3
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
    layout, scale = optimum.face.layout, optimum.face.scale
    theta = optimum.at.theta
    g = layout.matrix(theta)
    sd = np.sqrt(np.maximum(np.diagonal(g), 0.0))
    sigma = math.sqrt(theta[-1])
    n = likelihood.strata[0].moments.n_subjects
    found = []
    for a, b in zip(layout.rows, layout.columns, strict=True):
        if a == b:
            curve = _Held(layout, scale, g, sigma, (int(a),))
            # A standard error to within an order of magnitude is enough for a first step.
            step = (sd[a] + scale[a]) / math.sqrt(n)
            held = ("sd(" + names[a] + ")", float(sd[a]), step, (0.0, math.inf))
        else:
            curve = _Held(layout, scale, g, sigma, (int(b), int(a)))
            estimate = float(np.clip(g[a, b] / (sd[a] * sd[b]), -1, 1)) if sd[a] * sd[b] else 0.0
            if 1 - abs(estimate) < EDGE:
                estimate = math.copysign(1.0, estimate)
            held = (f"corr({names[b]}, {names[a]})", estimate, 1 / math.sqrt(n), (-1.0, 1.0))
            if not sd[a] * sd[b]:
                found.append(ProfileInterval(
                    name=held[0], estimate=math.nan, low=-1.0, high=1.0, level=level))
                continue
        found.append(_interval(likelihood, curve, held, optimum.at.loglik, level))
    curve = _Held(layout, scale, g, sigma, ())
    step = sigma / math.sqrt(2 * likelihood.n_rows)
    residual = ("sd(residual)", sigma, step, (0.0, math.inf))
    found.append(_interval(likelihood, curve, residual, optimum.at.loglik, level))
    return tuple(found)


def _interval(
    likelihood: Likelihood,
    curve: _Held,
    held: tuple[str, float, float, tuple[float, float]],
    loglik: float,
    level: float,
) -> ProfileInterval:
    name, estimate, step, bounds = held
    return profile_limits(
        likelihood,
        curve,
        name=name,
        estimate=estimate,
        loglik=loglik,
        step=step,
        bounds=bounds,
        level=level,
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """A standard deviation (one effect), a correlation (two) or the residual's (none) held."""

    layout: EffectsLayout
    scale: Floats
    g: Floats
    sigma: float
    effects: tuple[int, ...]

    def held(self, value: float, near: Floats | None) -> tuple[Chart, Floats]:
        """Return coordinates of all else, and a start."""
        rows, columns, first = self._triangle()
        c = self._start(rows, columns)
        source = np.full(len(rows), -1)
        factor = self.scale[rows].copy()
        logged = np.zeros(len(rows), dtype=bool)
        phi: list[float] = []
        if len(self.effects) == 2:
            i, j = self.effects
            sizes = [math.log(max(math.sqrt(self.g[k, k]), LEAST * self.scale[k])) for k in (i, j)]
            phi += sizes
            across = math.sqrt(max(0.0, 1 - value**2))
            for place, own, share in ((first, 0, 1.0), (first + 1, 1, value)):
                source[place], factor[place], logged[place] = own, share, True
            place = self._second(rows, columns, i, j)
            source[place], factor[place], logged[place] = 1, across, True
            fixed = {first, first + 1, place}
        elif self.effects:
            fixed = {first}
            factor[first] = value
        else:
            fixed = set()
        for place in range(len(rows)):
            if place not in fixed:
                source[place] = len(phi)
                phi.append(c[rows[place], columns[place]] / self.scale[rows[place]])
        sigma2 = None if self.effects else value**2
        if self.effects:
            phi.append(2 * math.log(self.sigma))
        chart = FactorChart(
            layout=self.layout,
            rows=rows,
            columns=columns,
            source=source,
            factor=factor,
            logged=logged,
            scale=self.scale,
            sigma2=sigma2,
        )
        return chart, np.array(phi) if near is None else near

    def _triangle(self) -> tuple[Floats, Floats, int]:
        """Return the entries of C with the held effects first in their block."""
        rows: list[int] = []
        columns: list[int] = []
        first = 0
        for block in self.layout.blocks:
            held = [k for k in self.effects if k in block]
            order = held + [k for k in block if k not in held]
            if held:
                first = len(rows)
            for j, pivot in enumerate(order):
                rows += order[j:]
                columns += [pivot] * (len(order) - j)
        return np.array(rows), np.array(columns), first
