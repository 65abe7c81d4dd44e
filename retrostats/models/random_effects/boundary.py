"""Maximum of the likelihood over positive semidefinite G, on the boundary or inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.models.maximum.identified import require_identified
from retrostats.models.maximum.likelihood import Likelihood
from retrostats.models.maximum.optimise import NotMaximised, newton
from retrostats.models.maximum.optimum import OptimiserRecord, Optimum
from retrostats.models.random_effects.climb import Summit, climb, in_chart
from retrostats.models.random_effects.effects_start import (
    EffectsStart,
    effects_start,
    starting_points,
)
from retrostats.models.random_effects.factor_chart import (
    EffectsLayout,
    FactorChart,
    on_face,
    pivoted_chart,
)

#: G is singular when the standard deviation of some combination of the effects, in units of
#: what the residuals alone would give one subject's effect, is smaller than this. lme4 has the
#: same number for the diagonal of the Cholesky factor of ``G / sigma2``, in units of the data.
SINGULAR = 1e-4
#: Further starts are tried unless the first ones reach the same height. In 295 singular fits of
#: 700 simulated trials every start reached the maximum.
ENOUGH = 2
#: Heights are the same when they differ by less than this share of the log-likelihood.
SAME = 1e-9
#: An entry of C, in the same units, that is zero but for rounding: its square is lost in G.
VANISHED = 1e-9
#: The residual standard deviation is 0 when it is this small beside those of the effects:
#: rounding leaves 1e-15 or so.
EXACT = 1e-10
#: Information on the logarithm of the residual variance, half a unit for a free row; below this
#: the variance has drifted to 0.
UNKNOWN = 1e-5
#: A coefficient of a direction is not printed when it is smaller than this.
NEGLIGIBLE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EffectsOptimum(Optimum):
    """A maximum over positive semidefinite G.

    Attributes
    ----------
    at, derivatives
        In natural parameters. On the boundary ``at`` has a gradient that points outside, and
        the natural Hessian need not be negative definite.
    record
        How it was reached; ``max_gradient`` is that along the boundary.
    singular
        Whether G lies on the boundary, see `SINGULAR`.
    directions
        What is singular, in words; empty inside.
    layout, scale
        Where the natural parameters stand, and the units of the effects.
    on_boundary
        Coordinates of the matrices of the same rank as G, and this one in them, when a climb on
        the boundary ended there.
    """

    singular: bool
    directions: tuple[str, ...]
    layout: EffectsLayout
    scale: Floats
    on_boundary: tuple[FactorChart, Floats] | None = None

    @property
    def face(self) -> FactorChart:
        """Coordinates of the matrices of the same rank as G."""
        return self._coordinates()[0]

    @property
    def phi(self) -> Floats:
        """G in the coordinates of `face`."""
        return self._coordinates()[1]

    def _coordinates(self) -> tuple[FactorChart, Floats]:
        if self.on_boundary is not None:
            return self.on_boundary
        theta = self.at.theta
        c = np.asarray(np.linalg.cholesky(self.layout.matrix(theta)), dtype=np.float64)
        return pivoted_chart(self.layout, c, float(theta[-1]), self.scale)


def maximise_effects(
    likelihood: Likelihood, blocks: Sequence[Sequence[int]], names: Sequence[str]
) -> EffectsOptimum:
    """Find the maximum over positive semidefinite G.

    Newton's method in the natural parameters first, where G may be indefinite as long as the
    covariances of the outcomes are positive definite. When it ends inside, that is the
    maximum. Otherwise a trust region climbs in the factor ``G = C C'`` from the end of that search
    and from no random effects at all, from further points when these two disagree, and the
    best end is taken. A point where C has a zero column is left along the top eigenvector
    when the slope of the log-likelihood in G is positive on the null space of G: an end
    satisfies the conditions of Karush, Kuhn and Tucker.

    Parameters
    ----------
    likelihood
        Of one stratum with `RandomEffects` or `ReducedRandomEffects`.
    blocks
        Which effects correlate.
    names
        Names of the effects, for messages.

    Raises
    ------
    FitError
        If the parameters cannot be told apart, or no maximum is reached.
    """
    layout = EffectsLayout.of(blocks)
    start = effects_start(likelihood, layout, names)
    begun = require_identified(
        likelihood, start.theta, likelihood.strata[0].structure.parameter_names
    )
    try:
        free: Optimum | None = newton(likelihood, start.theta, begun)
        stopped = start.theta
    except NotMaximised as stop:
        free, stopped = None, stop.theta
    if free is not None:
        stopped = free.at.theta
        inside = _smallest(layout.matrix(stopped), start.scale) > SINGULAR**2
        if inside and stopped[-1] > 0:
            return _with_residual(_inside(free, layout, start.scale), names)
    return _with_residual(_on_boundary(likelihood, start, stopped, names), names)


def _with_residual(found: EffectsOptimum, names: Sequence[str]) -> EffectsOptimum:
    """Return the maximum unless the random effects leave no residual variance."""
    theta = found.at.theta
    total = float(np.trace(found.layout.matrix(theta)))
    # Per unit of log sigma2; where sigma2 drifts to 0 nothing of it is left.
    known = float(found.derivatives.expected[-1, -1]) * theta[-1] ** 2
    if not theta[-1] > EXACT**2 * total or not known > UNKNOWN:
        raise FitError(
            f"the random effects {', '.join(names)} leave no residual variance: the likelihood is "
            "largest where they explain every row exactly; use fewer of them"
        )
    return found


def _smallest(g: Floats, scale: Floats) -> float:
    return float(np.linalg.eigvalsh(g / np.outer(scale, scale))[0])


def _inside(free: Optimum, layout: EffectsLayout, scale: Floats) -> EffectsOptimum:
    return EffectsOptimum(
        at=free.at,
        derivatives=free.derivatives,
        record=free.record,
        singular=False,
        directions=(),
        layout=layout,
        scale=scale,
    )


def _on_boundary(
    likelihood: Likelihood, start: EffectsStart, stopped: Floats, names: Sequence[str]
) -> EffectsOptimum:
    ends: list[Summit] = []
    reason = ""
    for c, sigma2 in starting_points(start, stopped):
        try:
            ends.append(_ascent(likelihood, start, c, sigma2))
        except NotMaximised as stop:
            reason = str(stop)
        if len(ends) == ENOUGH and _agree(ends):
            break
    if not ends:
        raise FitError(
            f"the random effects {', '.join(names)} did not converge: {reason}. Try fewer "
            "random effects, or leave out their correlations."
        )
    best = max(ends, key=lambda end: end.at.loglik)
    chart = _factor_chart(best)
    face, phi = on_face(chart, _without_small_columns(chart, best.phi))
    gradient, information = in_chart(best.derivatives, face, phi)
    spread = np.sqrt(np.abs(np.diagonal(information)))
    record = OptimiserRecord(
        iterations=best.iterations,
        evaluations=sum(end.evaluations for end in ends),
        max_gradient=float(np.max(np.abs(gradient) / np.where(spread > 0, spread, 1.0))),
        route=f"newton left the parameter space; trust region from {len(ends)} starts",
    )
    g = start.layout.matrix(best.at.theta)
    singular = _smallest(g, start.scale) <= SINGULAR**2
    return EffectsOptimum(
        at=best.at,
        derivatives=best.derivatives,
        record=record,
        singular=singular,
        directions=null_directions(g, start.layout, start.scale, names) if singular else (),
        layout=start.layout,
        scale=start.scale,
        on_boundary=(face, phi),
    )


def _agree(ends: Sequence[Summit]) -> bool:
    values = [end.at.loglik for end in ends]
    return max(values) - min(values) <= SAME * max(1.0, abs(values[0]))


def _ascent(likelihood: Likelihood, start: EffectsStart, c: Floats, sigma2: float) -> Summit:
    """Climb, put columns of C that have vanished to zero exactly, and climb on from there."""
    chart, phi = pivoted_chart(start.layout, c, sigma2, start.scale)
    end = climb(likelihood, chart, phi)
    for _ in range(len(start.scale) + 1):
        chart = _factor_chart(end)
        snapped = _without_small_columns(chart, end.phi)
        if float(np.max(np.abs(snapped - end.phi))) < VANISHED:
            break
        onward = climb(likelihood, chart, snapped)
        end = replace(
            onward,
            iterations=end.iterations + onward.iterations,
            evaluations=end.evaluations + onward.evaluations,
        )
    return end


def _factor_chart(end: Summit) -> FactorChart:
    assert isinstance(end.chart, FactorChart)  # noqa: S101 - recentring keeps the kind of chart
    return end.chart


def _without_small_columns(chart: FactorChart, phi: Floats) -> Floats:
    size = np.zeros(chart.layout.size)
    np.maximum.at(size, chart.columns, np.abs(phi[:-1]))
    return np.append(np.where(size[chart.columns] < SINGULAR, 0.0, phi[:-1]), phi[-1])


def null_directions(
    g: Floats, layout: EffectsLayout, scale: Floats, names: Sequence[str]
) -> tuple[str, ...]:
    """Say in words which combinations of random effects have no variance.

    Parameters
    ----------
    g
        Covariance of the random effects, shape ``(q, q)``.
    layout
        Its blocks.
    scale
        Units of the effects, shape ``(q,)``.
    names
        Names of the effects.
    """
    found = []
    for block in layout.blocks:
        ids = np.array(block)
        inside = g[np.ix_(ids, ids)] / np.outer(scale[ids], scale[ids])
        alone = np.diagonal(inside) <= SINGULAR**2
        found += [f"the variance of {names[i]} is 0" for i in ids[alone]]
        ids, inside = ids[~alone], inside[np.ix_(~alone, ~alone)]
        values, vectors = np.linalg.eigh(inside)
        null = vectors[:, values <= SINGULAR**2]
        if null.shape[1] and len(ids) == 2:
            sign = "1" if inside[0, 1] > 0 else "-1"
            found.append(f"the correlation of {names[ids[0]]} and {names[ids[1]]} is {sign}")
        elif null.shape[1]:
            found += [_combination(column / scale[ids], ids, names) for column in null.T]
    return tuple(found)


def _combination(column: Floats, ids: Floats, names: Sequence[str]) -> str:
    column = column / column[np.argmax(np.abs(column))]
    terms = [
        f"{value:+.3g} {names[int(i)]}"
        for value, i in zip(column, ids, strict=True)
        if abs(value) > NEGLIGIBLE
    ]
    return f"the combination {' '.join(terms)} has variance 0"
