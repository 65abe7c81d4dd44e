"""Newton's method on many trials at once: each has its own steps, and leaves when it is done.

Rules and constants are those of `retrostats.models.maximum.optimise`. What this method does not
settle is fitted alone, where the same rules have more to fall back on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.batch.likelihood import (
    BatchDerivatives,
    BatchEvaluation,
    derivatives,
    evaluate,
    expected_information,
)
from retrostats.models.batch.moments import BatchMoments
from retrostats.models.batch.stacks import solve_scaled
from retrostats.models.batch.types import Flags
from retrostats.models.maximum.optimise import (
    DECREMENT,
    MAX_HALVINGS,
    RELATIVE_DECREMENT,
    ROUNDING,
    SUFFICIENT,
)

#: A trial that is not settled after so many steps is fitted alone: nearly all need 4 to 7, and a
#: step of a few trials costs as much as one of hundreds.
MAX_ITERATIONS = 25
#: Smallest diagonal entry of a factor, on the scale of a unit diagonal, that is trusted.
SAFE = 1e-7
#: A trial goes on here when the coefficients leave at least this share of the information on
#: every combination of covariance parameters; `require_identified` judges the others.
LEFT = 1e-6


def climb(moments: BatchMoments, start: Floats, bases: Floats) -> tuple[Floats, Flags]:
    """Climb from a start to a maximum in every trial.

    Parameters
    ----------
    moments
        Of R trials.
    start
        Parameters, shape ``(R, k)``.
    bases
        Derivatives of the covariance, shape ``(k, m, m)``.

    Returns
    -------
    tuple of ndarray
        Parameters ``(R, k)``, and whether they are a maximum ``(R,)``.
    """
    found, settled = start.copy(), np.zeros(len(start), dtype=bool)
    places = np.arange(len(start))
    at = evaluate(moments, start, bases)
    slopes = derivatives(moments, at, bases)
    going = at.ok & _identified(moments, at, slopes, bases)
    for _ in range(MAX_ITERATIONS):
        if not going.all():
            chosen = np.flatnonzero(going)
            if not len(chosen):
                break
            places, moments, at = places[chosen], moments.take(chosen), at.take(chosen)
            slopes = derivatives(moments, at, bases)
        direction, newton, uphill = _directions(moments, at, slopes, bases)
        decrement = (slopes.gradient * direction).sum(axis=1) / 2
        tolerance = np.maximum(DECREMENT, RELATIVE_DECREMENT * np.abs(at.loglik))
        final = newton & (decrement <= tolerance)
        at, moved = _line_search(moments, at, direction, np.where(final, 0.0, decrement), bases)
        found[places] = at.theta
        settled[places] = final
        going = uphill & moved & ~final
        if going.all():
            slopes = derivatives(moments, at, bases)
    return found, settled


def _identified(
    moments: BatchMoments, at: BatchEvaluation, slopes: BatchDerivatives, bases: Floats
) -> Flags:
    left, full = expected_information(moments, at, slopes, bases)
    diagonal = np.diagonal(full, axis1=1, axis2=2)
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    rescale = scale[:, :, None] * scale[:, None, :]
    # Every share is above LEFT when this difference is positive definite.
    _, enough, _ = solve_scaled((left - LEFT * full) * rescale, slopes.gradient)
    _, known, _ = solve_scaled(full * rescale, slopes.gradient)
    return enough & known


def _directions(
    moments: BatchMoments, at: BatchEvaluation, slopes: BatchDerivatives, bases: Floats
) -> tuple[Floats, Flags, Flags]:
    """Return directions, whether they are Newton's, and whether they are to be trusted."""
    direction, definite, least = solve_scaled(-slopes.hessian, slopes.gradient)
    newton = definite & (least >= SAFE)
    uphill = newton.copy()
    others = np.flatnonzero(~newton)
    if len(others):
        part = slopes.take(others)
        expected, _ = expected_information(moments.take(others), at.take(others), part, bases)
        step, definite, least = solve_scaled(expected, part.gradient)
        direction[others] = step
        uphill[others] = definite & (least >= SAFE)
    return direction, newton, uphill


def _line_search(
    moments: BatchMoments,
    at: BatchEvaluation,
    direction: Floats,
    decrement: Floats,
    bases: Floats,
) -> tuple[BatchEvaluation, Flags]:
    """Return where the steps lead, halved until they gain enough, and whether they moved."""
    allowance = ROUNDING * np.maximum(1.0, np.abs(at.loglik))
    after = evaluate(moments, at.theta + direction, bases)
    needed = SUFFICIENT * 2 * decrement
    short = _short(after, at.loglik + needed - allowance)
    share = 1.0
    for _ in range(1, MAX_HALVINGS):
        if not len(short):
            break
        share /= 2
        tried = evaluate(moments.take(short), (at.theta + share * direction)[short], bases)
        after.put(short, tried)
        short = short[_short(tried, (at.loglik + share * needed - allowance)[short])]
    moved = np.ones(len(direction), dtype=bool)
    moved[short] = False
    if len(short):
        after.put(short, at.take(short))
    return after, moved


def _short(after: BatchEvaluation, least: Floats) -> NDArray[np.intp]:
    return np.flatnonzero(~(after.ok & (after.loglik >= least)))
