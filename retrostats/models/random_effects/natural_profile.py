"""Profile intervals of the natural parameters of any covariance structure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.maximum.likelihood import Likelihood
from retrostats.models.maximum.optimum import Optimum
from retrostats.models.random_effects.climb import Chart
from retrostats.models.random_effects.profile import ProfileInterval, profile_limits


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NaturalCurve:
    """One natural parameter of any covariance structure, the others free in their domain.

    Attributes
    ----------
    optimum
        The maximum.
    position
        Which parameter.
    """

    optimum: Optimum
    position: int

    def at(self, value: float, near: Floats | None) -> tuple[Chart, Floats]:
        """Return the other natural parameters in units of their standard errors."""
        theta = self.optimum.at.theta
        information = -self.optimum.derivatives.hessian
        free = np.delete(np.arange(len(theta)), self.position)
        chart = NaturalChart(
            base=np.where(np.arange(len(theta)) == self.position, value, theta),
            free=free,
            unit=1 / np.sqrt(np.diagonal(information)[free]),
        )
        if near is None:
            # The others follow the parameter along the ridge of the quadratic model.
            slope = information[free, self.position] * (value - theta[self.position])
            move = -np.linalg.solve(information[np.ix_(free, free)], slope)
            near = move / chart.unit
        return chart, near


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NaturalChart:
    """Some natural parameters as coordinates, measured from ``base`` in given units."""

    base: Floats
    free: NDArray[np.intp]
    unit: Floats

    def theta(self, phi: Floats) -> Floats:
        """Return the natural parameters."""
        theta = self.base.copy()
        theta[self.free] += phi * self.unit
        return theta

    def slopes(self, phi: Floats) -> Floats:
        """Return the constant slopes."""
        out = np.zeros((len(self.base), len(phi)))
        out[self.free, np.arange(len(phi))] = self.unit
        return out

    def curvature(self, phi: Floats, gradient: Floats) -> Floats:  # noqa: ARG002 - linear
        """Return zeros."""
        return np.zeros((len(phi), len(phi)))

    def recentred(self, phi: Floats) -> tuple[NaturalChart, Floats]:
        """Return the same coordinates."""
        return self, phi


def profile_interval(
    likelihood: Likelihood, optimum: Optimum, position: int, *, name: str, level: float = 0.95
) -> ProfileInterval:
    """Return the profile interval of one natural parameter of any covariance structure.

    Parameters
    ----------
    likelihood
        Restricted or full; lme4's ``confint`` uses the full one.
    optimum
        Its maximum, with positive definite observed information.
    position
        Which natural parameter.
    name
        What the result calls it.
    level
        Coverage.

    Raises
    ------
    FitError
        If the profile cannot be followed to the limit.
    """
    covariance = np.linalg.inv(-optimum.derivatives.hessian)
    return profile_limits(
        likelihood,
        NaturalCurve(optimum=optimum, position=position).at,
        name=name,
        estimate=float(optimum.at.theta[position]),
        loglik=optimum.at.loglik,
        step=math.sqrt(covariance[position, position]),
        level=level,
    )
