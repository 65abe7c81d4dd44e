"""The highest point of the restricted likelihood of two variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.meta.dependent.likelihood import (
    Rotated,
    composites,
    log_likelihood,
    log_likelihoods,
    slope_and_curvature,
)

#: Points of the grid to each power of ten. The likelihood of a variance is no narrower than that
#: of a chi-square with some tens of degrees of freedom, which is wider than a third of a decade.
PER_DECADE = 3
#: Below this share of the smallest sampling variance a variance is as good as 0.
SMALLEST_SHARE = 1e-3
#: A grid is never longer; sampling variances that span thirty decades would need more.
LONGEST = 100
#: Local maxima of the grid that are climbed; of 3,000 hostile sets of estimates none had more
#: than three.
CLIMBED = 8
#: A last step this small, relative to the sum of the variances, ends a climb; rounding of the
#: gradient makes steps of 1e-15 to 1e-14.
SMALLEST_STEP = 1e-13
#: Below this a step that no longer shrinks is rounding, and ends a climb as well.
ROUNDING_STEP = 1e-9
#: The likelihood is flat where a change of the variances by all of themselves moves it by less:
#: a grid has found as good a point as there is.
FLAT = 1e-18
#: Newton with exact derivatives mostly needs 4 to 10 from a point of the grid; 35 were the most.
MOST_STEPS = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Highest:
    """The highest point.

    Attributes
    ----------
    theta
        ``(tau2, omega2)``.
    loglik
        Restricted log-likelihood there.
    """

    theta: Floats
    loglik: float


def highest_point(
    data: Rotated, *, tau2: float | None = None, omega2: float | None = None
) -> Highest:
    """Return the highest point of the restricted likelihood over variances of 0 or more.

    Parameters
    ----------
    data
        The estimates.
    tau2, omega2
        A variance that is held; ``None``: it is estimated.

    Raises
    ------
    FitError
        If no climb converged.
    """
    points = variance_grid(data)
    taus = points if tau2 is None else np.array([tau2])
    omegas = points if omega2 is None else np.array([omega2])
    k = len(data.z)
    surface = np.stack([log_likelihoods(composites(data, float(o)), taus, k) for o in omegas], 1)
    free = np.array([tau2 is None, omega2 is None])
    found = []
    for i, j in _summits(surface):
        top = _climb(data, np.array([taus[i], omegas[j]]), free)
        if top is not None:
            found.append(Highest(theta=top, loglik=log_likelihood(data, top)))
    if not found:
        raise FitError(
            "pool_dependent: the search for the variances did not converge; look for estimates "
            "or standard errors in another unit than the rest"
        )
    return max(found, key=lambda point: point.loglik)


def variance_grid(data: Rotated) -> Floats:
    """Return 0 and variances from far below the sampling variances to beyond all data."""
    sizes = np.diff(np.append(data.starts, len(data.z)))
    each = composites(data, 0.0).mean
    residual = data.z - data.u * np.repeat(each, sizes)
    spread = float(np.ptp(each)) ** 2 + float(data.summed(residual**2).max())
    low = SMALLEST_SHARE * float(data.d.min())
    top = 10 * max(spread, float(data.d.max()))
    count = min(LONGEST, int(np.ceil(PER_DECADE * np.log10(top / low))) + 1)
    return np.concatenate(([0.0], np.geomspace(low, top, count)))


def _summits(surface: Floats) -> list[tuple[int, int]]:
    """Return the places of the grid that no neighbour exceeds, the highest first."""
    padded = np.pad(surface, 1, constant_values=-np.inf)
    rows, columns = surface.shape
    around = [
        padded[1 + i : 1 + i + rows, 1 + j : 1 + j + columns]
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
        if (i, j) != (0, 0)
    ]
    places = np.argwhere(surface >= np.max(around, axis=0))
    order = np.argsort(-surface[places[:, 0], places[:, 1]], kind="stable")
    return [(int(i), int(j)) for i, j in places[order[:CLIMBED]]]


def _climb(data: Rotated, theta: Floats, free: np.ndarray) -> Floats | None:
    """Climb by Newton steps that stay at 0 or above; ``None`` if it does not end."""
    value, last = log_likelihood(data, theta), np.inf
    for _ in range(MOST_STEPS):
        gradient, hessian = slope_and_curvature(data, theta)
        moving = free & ((theta > 0) | (gradient > 0))
        if not moving.any():
            return theta
        if theta.any() and np.abs(gradient[moving]).max() * theta.sum() <= FLAT:
            return theta
        step = _newton_step(gradient, hessian, moving, theta)
        new = np.maximum(theta + step, 0.0)
        size = float(np.abs(new - theta).max())
        if size <= SMALLEST_STEP * new.sum() or last / 2 < size <= ROUNDING_STEP * new.sum():
            return new
        last = size
        # Rounding of the value itself is allowed for, or the last steps would be refused.
        slack = 1e-13 * (abs(value) + len(data.z))
        share, higher = 1.0, log_likelihood(data, new)
        while not higher >= value - slack and share > 1e-12:
            share /= 2
            new = np.maximum(theta + share * step, 0.0)
            higher = log_likelihood(data, new)
        theta, value = new, higher
    return None


def _newton_step(gradient: Floats, hessian: Floats, moving: np.ndarray, theta: Floats) -> Floats:
    """Return an ascending step of the variances that move; the others get 0."""
    which = np.flatnonzero(moving)
    # Where the surface is no hill, the sizes of its curvatures still give an ascending step.
    values, vectors = np.linalg.eigh(-hessian[np.ix_(which, which)])
    sizes = np.maximum(np.abs(values), 1e-10 * np.abs(values).max())
    step = np.zeros(len(theta))
    if not sizes.max() > 0:
        return step
    step[which] = vectors @ ((vectors.T @ gradient[which]) / sizes)
    return step
