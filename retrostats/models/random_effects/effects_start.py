"""Where the search for random-effects variances starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.models.maximum.likelihood import Likelihood
from retrostats.models.random_effects.factor_chart import EffectsLayout

#: Smallest variance at the start, in units of what the residuals alone would give.
FLOOR = 0.05
#: Smallest eigenvalue of the expected information, in units of its diagonal, at which
#: parameters count as told apart.
IDENTIFIED = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EffectsStart:
    """A point inside the parameter space, and the units of the effects.

    Attributes
    ----------
    layout
        Where the natural parameters stand.
    theta
        Natural parameters with positive definite G, shape ``(k,)``.
    total
        Residual variance of the model without random effects.
    scale
        Standard deviation that each effect would have among subjects in ordinary least squares
        with variance ``total``, about, shape ``(q,)``.
    """

    layout: EffectsLayout
    theta: Floats
    total: float
    scale: Floats


def effects_start(
    likelihood: Likelihood, layout: EffectsLayout, names: Sequence[str]
) -> EffectsStart:
    """Return a start: one scoring step from no random effects (MINQUE with zero prior [1]_).

    Raises
    ------
    FitError
        If nothing is left for the residual variance, or the parameters cannot be told apart.

    References
    ----------
    .. [1] Rao CR (1971). J Multivariate Anal 1, 445-456. doi:10.1016/0047-259X(71)90019-4
    """
    theta = np.zeros(len(layout.rows) + 1)
    theta[-1] = 1.0
    at = likelihood.evaluate(theta)
    df = likelihood.n_rows - likelihood.n_columns
    p = likelihood.n_columns
    left = 0.0 if at is None else float(at.total[p, p] - at.total[:p, p] @ at.beta)
    if df <= 0 or left <= 0:
        raise FitError(
            f"random effects {', '.join(names)}: {likelihood.n_rows} rows and "
            f"{p} coefficients leave nothing for the residual variance. Use a simpler mean."
        )
    theta[-1] = left / df
    at = likelihood.evaluate(theta)
    if at is None:
        raise FitError(f"random effects {', '.join(names)}: the outcome has no usable variance.")
    slope = likelihood.derivatives(at)
    unit = np.sqrt(np.maximum(np.diagonal(slope.expected), np.finfo(float).tiny))
    scaled = slope.expected / np.outer(unit, unit)
    if float(np.linalg.eigvalsh(scaled)[0]) < IDENTIFIED:
        raise FitError(
            f"random effects {', '.join(names)}: their {len(theta) - 1} (co)variances and the "
            "residual variance cannot be told apart by these data. Use fewer effects, or leave "
            "out their correlations."
        )
    step = np.linalg.solve(scaled, slope.gradient / unit) / unit
    n = likelihood.strata[0].moments.n_subjects
    diagonal = layout.rows == layout.columns
    scale = np.zeros(layout.size)
    scale[layout.rows[diagonal]] = (n / 2) ** 0.25 / np.sqrt(unit[:-1][diagonal])
    total = float(theta[-1])
    theta = theta + step
    g = clipped(layout.matrix(theta), scale, FLOOR)
    sigma2 = max(float(theta[-1]), FLOOR * total)
    return EffectsStart(layout=layout, theta=layout.theta(g, sigma2), total=total, scale=scale)


def clipped(g: Floats, scale: Floats, floor: float) -> Floats:
    """Return the nearest G, in units of ``scale``, without eigenvalues below ``floor``."""
    values, vectors = np.linalg.eigh(g / np.outer(scale, scale))
    inside = (vectors * np.maximum(values, floor)) @ vectors.T
    return np.asarray(inside * np.outer(scale, scale))


def starting_points(start: EffectsStart, stopped: Floats) -> list[tuple[Floats, float]]:
    """Return factors of G and residual variances to climb from.

    Parameters
    ----------
    start
        Of `effects_start`.
    stopped
        Where an unconstrained search ended, shape ``(k,)``.

    Returns
    -------
    list
        The end of the unconstrained search with the negative eigenvalues of G removed; no random
        effect at all; the start; and each effect alone.
    """
    none = np.zeros((start.layout.size, start.layout.size))
    sigma2 = float(start.theta[-1])
    ended = float(stopped[-1]) if stopped[-1] > 0 else sigma2
    points = [
        (_factor(start.layout.matrix(stopped), start), ended),
        (none, start.total),
        (_factor(start.layout.matrix(start.theta), start), sigma2),
    ]
    for j, variance in enumerate(np.diagonal(start.layout.matrix(start.theta))):
        alone = none.copy()
        alone[j, j] = np.sqrt(variance)
        points.append((alone, sigma2))
    return points


def _factor(g: Floats, start: EffectsStart) -> Floats:
    """Return C with ``C C' = g`` after its negative eigenvalues are removed, block by block."""
    c = np.zeros_like(g)
    for block in start.layout.blocks:
        inside = np.ix_(block, block)
        scale = start.scale[list(block)]
        values, vectors = np.linalg.eigh(g[inside] / np.outer(scale, scale))
        c[inside] = scale[:, None] * vectors * np.sqrt(np.maximum(values, 0.0))
    return c
