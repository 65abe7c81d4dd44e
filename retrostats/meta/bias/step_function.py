"""The likelihood of effects when trials are published with a weight that steps with their p."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from retrostats.arrays import Floats

#: Of the complex step: so small that its square is nothing beside 1.
_STEP = 1e-30


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """Effects as a step function selects them; positive effects have the small p values.

    Attributes
    ----------
    y, v
        Effects and sampling variances, shape ``(k,)``.
    cuts
        Effects at which each trial's one-sided p equals each step, descending, shape
        ``(k, steps)``.
    place
        Interval of p in which each trial lies, from 0, shape ``(k,)``.
    """

    y: Floats
    v: Floats
    cuts: Floats
    place: Floats

    def log_likelihood(self, theta: Floats) -> float:
        """Return the log-likelihood at ``(mu, tau2, log weights from the second interval on)``."""
        sd, z, log_weights, chances = self._parts(theta)
        scale = np.sum(chances * np.exp(log_weights), axis=1)
        terms = log_weights[self.place.astype(np.int64)] - np.log(scale) - np.log(sd) - z**2 / 2
        return float(np.sum(terms) - len(self.y) * np.log(2 * np.pi) / 2)

    def gradient(self, theta: Floats) -> Floats:
        """Return its derivatives, of the shape of ``theta``, which may be complex."""
        sd, z, log_weights, chances = self._parts(theta)
        weights = np.exp(log_weights)
        scale = np.sum(chances * weights, axis=1)
        ends = (self.cuts - theta[0]) / sd[:, None]
        density = np.exp(-(ends**2) / 2) / np.sqrt(2 * np.pi) * np.diff(weights)
        by_mean = -density.sum(axis=1) / sd / scale
        by_variance = -(density * ends).sum(axis=1) / (2 * sd**2) / scale
        held = np.array([np.sum(self.place == j) for j in range(1, len(weights))])
        share = (chances * weights / scale[:, None]).sum(axis=0)[1:]
        mean = np.sum(z / sd - by_mean)
        variance = np.sum((z**2 - 1) / (2 * sd**2) - by_variance)
        return np.concatenate([[mean, variance], held - share])

    def hessian(self, theta: Floats) -> Floats:
        """Return the second derivatives by complex steps, exact to rounding."""
        steps = 1j * _STEP * np.eye(len(theta))
        rows = np.array([self.gradient(theta + step).imag / _STEP for step in steps])
        return np.asarray((rows + rows.T) / 2)

    def _parts(self, theta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Return total SDs, deviates, log weights, and the chance of each interval of p."""
        sd = np.sqrt(self.v + theta[1])
        log_weights = np.concatenate([[0.0], theta[2:]])
        outer = np.full((len(self.y), 1), np.inf)
        ends = (self.cuts - theta[0]) / sd[:, None]
        upper, lower = np.hstack([outer, ends]), np.hstack([ends, -outer])
        return sd, (self.y - theta[0]) / sd, log_weights, _normal(upper) - _normal(lower)


def selected(y: Floats, v: Floats, steps: Floats) -> Selected:
    """Return effects with the intervals of p in which they lie.

    Parameters
    ----------
    y, v
        Effects, positive where p is small, and sampling variances, shape ``(k,)``.
    steps
        Ascending one-sided p values.
    """
    p = ndtr(-y / np.sqrt(v))
    return Selected(
        y=y,
        v=v,
        cuts=np.outer(np.sqrt(v), -ndtri(steps)),
        place=np.searchsorted(steps, p, side="left").astype(np.float64),
    )


def _normal(z: Floats) -> Floats:
    """Return the normal distribution function, of infinite arguments too where z is complex."""
    ends = np.isinf(z.real)
    inner = ndtr(np.where(ends, 0.0, z))
    return np.asarray(np.where(ends, (z.real > 0).astype(np.float64), inner))
