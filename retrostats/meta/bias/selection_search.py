"""The highest likelihood of a selection model, from several starts by Newton's steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.meta.bias.step_function import Selected

#: Newton's steps from one start; some ten are enough where there is a maximum.
_STEPS = 100
#: Eigenvalues of a matrix with a diagonal of 1 below this are flat: no maximum is told there.
_FLAT = 1e-9
#: A step moves a log weight by at most this much: further the quadratic says nothing.
_STRIDE = 2.0
#: A step below this share of a standard error moves no digit that is printed.
_STILL = 1e-9
#: A maximum higher than another by less than this is the same one.
_SAME_HEIGHT = 1e-8
#: Weights further than this from 1, either way, are at no maximum (a factor of e^12 = 160,000).
_FAR = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """Where the likelihood is highest.

    Attributes
    ----------
    theta
        ``(mu, tau2, log weights)``.
    cov
        Covariance of ``(mu, tau2, log weights)``; the row of a tau squared at 0 is ``nan``.
    log_likelihood
        There.
    """

    theta: Floats
    cov: Floats
    log_likelihood: float


def highest(data: Selected, mean: float, tau2: float) -> Optimum:
    """Climb from several starts, and return the highest maximum that one of them reaches.

    Parameters
    ----------
    data
        Effects in a unit in which they are near 1.
    mean, tau2
        Of the model without selection, at which the search begins.

    Raises
    ------
    FitError
        If no start reaches a maximum.
    """
    found = [
        optimum
        for start in _starts(data, mean, tau2)
        if (optimum := _climb(data, start)) is not None
    ]
    if not found:
        raise FitError(
            f"selection_model: the search reached no maximum with {len(data.y)} trials and "
            f"{data.cuts.shape[1] + 1} intervals of p; the data do not determine the weights. Use "
            "fewer steps, or leave the model out"
        )
    top = max(optimum.log_likelihood for optimum in found)
    return next(o for o in found if o.log_likelihood >= top - _SAME_HEIGHT)


def _starts(data: Selected, mean: float, tau2: float) -> list[Floats]:
    """Return starts with and without selection, with small, middle and large tau squared."""
    steps = data.cuts.shape[1]
    spread = float(np.var(data.y))
    means = (mean, 0.0, mean / 2)
    return [
        np.concatenate([[m, t], np.full(steps, log_weight)])
        for m in means
        for t in dict.fromkeys((tau2, 0.0, spread, spread / 10))
        for log_weight in (0.0, -1.5, 1.5)
    ]


def _climb(data: Selected, theta: Floats) -> Optimum | None:
    """Climb by Newton's steps, tau squared not below 0; return nothing where no maximum is met."""
    for _ in range(_STEPS):
        slope, curve = data.gradient(theta), data.hessian(theta)
        if not (np.isfinite(slope).all() and np.isfinite(curve).all()):
            return None
        free = np.ones(len(theta), dtype=bool)
        free[1] = theta[1] > 0 or slope[1] > 0
        inner = -curve[np.ix_(free, free)]
        step, peaked = _uphill(inner, slope[free])
        move = np.zeros(len(theta))
        move[free] = step
        if peaked:
            cov = np.linalg.inv(inner)
            if np.all(np.abs(step) <= _STILL * np.sqrt(np.diag(cov))):
                return _reached(data, theta, cov, free)
        theta = _shorter(data, theta, move)
        if np.abs(theta[2:]).max() > _FAR:
            return None
    return None


def _uphill(curve: Floats, slope: Floats) -> tuple[Floats, bool]:
    """Return a step that leads up, and whether it is Newton's to a maximum.

    Parameters
    ----------
    curve, slope
        Negative second derivatives, shape ``(p, p)``, and first ones, shape ``(p,)``. The matrix
        is brought to a diagonal of 1, so that no unit decides what is positive; negative
        eigenvalues change their sign.
    """
    diagonal = np.abs(np.diag(curve))
    root = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    values, vectors = np.linalg.eigh(curve / np.outer(root, root))
    sizes = np.maximum(np.abs(values), _FLAT)
    step = vectors @ (vectors.T @ (slope / root) / sizes) / root
    return step, bool(values[0] > _FLAT)


def _shorter(data: Selected, theta: Floats, move: Floats) -> Floats:
    """Return the first halving of a step that is within bounds and does not lead down."""
    here = data.log_likelihood(theta)
    move = move * min(1.0, _STRIDE / max(_STRIDE, float(np.abs(move[2:]).max())))
    for halving in range(40):
        tried = theta + move * 0.5**halving
        tried[1] = max(0.0, tried[1])
        there = data.log_likelihood(tried)
        if there >= here - 1e-12 * (1 + abs(here)):
            return tried
    return theta


def _reached(data: Selected, theta: Floats, cov: Floats, free: NDArray[np.bool_]) -> Optimum:
    whole = np.full((len(theta), len(theta)), np.nan)
    whole[np.ix_(free, free)] = cov
    return Optimum(theta=theta, cov=whole, log_likelihood=data.log_likelihood(theta))
