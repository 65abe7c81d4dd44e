"""Who leaves a simulated trial: hazards that give the shares that were asked for."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from retrostats.arrays import Floats, read_only
from retrostats.errors import DataError
from retrostats.power.design.fields import DesignFields
from retrostats.power.design.scale import as_measured

#: Points of the sequence that shares are calibrated on. In trials of a million subjects per arm,
#: with odds ratios of 1 to 20, shares were within 0.0012 of those asked for, chance included.
POINTS = 2**15
#: Between these the intercepts are sought: hazards of 1e-17 and 1 - 1e-17 at no slope.
_ENDS = (-40.0, 40.0)
#: Halvings that find an intercept between ends as far apart as numbers can be.
_MOST_STEPS = 2000
#: An intercept misses its share by 1e-11; by more only where its last digit is too coarse.
_MISSED = 1e-6


def seen_scores(
    design: DesignFields, scores: Floats, arm: NDArray[np.intp], chances: Floats
) -> NDArray[np.bool_]:
    """Return which scores are there after people left and visits were missed.

    Parameters
    ----------
    design
        Free of faults.
    scores
        As measured, shape ``(trials, n, v)``.
    arm
        Code of each subject's arm, shape ``(n,)``.
    chances
        Uniform numbers, shape ``(2, trials, n, v - 1)``: for leaving, and for missing a visit.

    Returns
    -------
    array of bool, shape ``(trials, n, v)``
        The baseline is always seen.
    """
    there = np.ones(scores.shape, dtype=bool)
    there[:, :, 1:] = chances[1] >= design.intermittent
    stays = np.ones(scores.shape[:2], dtype=bool)
    seen = there.copy()
    intercepts = intercepts_of(design)[arm]
    slope, centre, spread = _slopes(design)
    last = scores[:, :, 0]
    for visit in range(1, scores.shape[2]):
        logit = intercepts[:, visit - 1]
        if slope:
            logit = logit + slope * (last - centre) / spread
        stays &= chances[0][:, :, visit - 1] >= expit(logit)
        seen[:, :, visit] &= stays
        last = np.where(there[:, :, visit], scores[:, :, visit], last)
    return seen


def _slopes(design: DesignFields) -> tuple[float, float, float]:
    """Return the slope of the logit per SD, and the mean and SD that standardise a score.

    They are those of the baseline of the first arm before rounding: the same score means the same
    odds ratio at every visit and in every arm.
    """
    worse = 1.0 if design.better == "lower" else -1.0
    slope = worse * math.log(design.dropout.odds_ratio)
    return slope, design.arms[0].means[0], design.sds[0]


@lru_cache(maxsize=64)
def intercepts_of(design: DesignFields) -> Floats:
    """Return the intercepts of the hazards' logits, shape ``(arms, v - 1)``.

    Without a slope they follow from the shares alone. With one, the share that leaves before each
    visit is an integral over the scores of those who are still there; it is taken over a fixed
    sequence of points, and the intercept is sought that makes it what was asked for.
    """
    slope = _slopes(design)[0]
    gone = np.array([arm.dropout for arm in design.arms])
    if not slope:
        with np.errstate(divide="ignore"):  # nobody leaves: a logit of minus infinity
            hazard = np.diff(gone) / (1 - gone[:, :-1])
            found = np.log(hazard) - np.log1p(-hazard)
    else:
        found = np.array([_calibrated(design, code) for code in range(len(design.arms))])
    return read_only(found)


def _calibrated(design: DesignFields, code: int) -> Floats:
    """Return the intercepts of one arm, shape ``(v - 1,)``."""
    from scipy.optimize import brentq

    visits = len(design.visits)
    slope, centre, spread = _slopes(design)
    points = even_points(POINTS, visits + (visits - 1 if design.intermittent else 0))
    factor = np.linalg.cholesky(np.array(design.correlation))
    latent = design.arms[code].means + ndtri(points[:, :visits]) @ factor.T * design.sds
    scores = as_measured(latent, design.scale)
    gone = design.arms[code].dropout
    found, staying, last = np.full(visits - 1, -np.inf), np.ones(POINTS), scores[:, 0]
    for visit in range(1, visits):
        offset, share = slope * (last - centre) / spread, gone[visit] - gone[visit - 1]
        if share > 0:

            def excess(
                a: float, offset: Floats = offset, share: float = share, on: Floats = staying
            ) -> float:
                return float(on @ expit(a + offset)) / POINTS - share

            ends = _ENDS if excess(_ENDS[0]) < 0 < excess(_ENDS[1]) else _far_ends(offset)
            found[visit - 1] = brentq(excess, *ends, xtol=1e-10, maxiter=_MOST_STEPS)
            if abs(excess(found[visit - 1])) > _MISSED:
                raise DataError(
                    f"design, arm {design.arms[code].label!r}: an SD of {spread:g} at baseline is "
                    "lost beside these means, so that no hazard gives the dropout asked for; see "
                    "that SDs and means have the same unit"
                )
            staying = staying * expit(-(found[visit - 1] + offset))
        there = (
            points[:, visits + visit - 1] >= design.intermittent if design.intermittent else True
        )
        last = np.where(there, scores[:, visit], last)
    return found


def _far_ends(offset: Floats) -> tuple[float, float]:
    """Return ends for an arm whose scores lie many SDs from where all arms began."""
    away = 1.01 * float(np.abs(offset).max())
    return _ENDS[0] - away, _ENDS[1] + away


def even_points(count: int, dimensions: int) -> Floats:
    """Return points that fill the unit cube evenly, the same each time: an additive recurrence.

    Parameters
    ----------
    count, dimensions
        Shape of the result.

    References
    ----------
    The steps are powers of the root of ``x**(d + 1) = x + 1``, the golden ratio for d = 1
    (Roberts 2018, "The unreasonable effectiveness of quasirandom sequences").

    Examples
    --------
    >>> even_points(4, 1)[:, 0].round(3)
    array([0.118, 0.736, 0.354, 0.972])
    """
    root = 2.0
    for _ in range(64):  # a contraction: each turn halves the distance at least
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = root ** -np.arange(1.0, dimensions + 1)
    return (0.5 + np.arange(1.0, count + 1)[:, None] * steps) % 1
