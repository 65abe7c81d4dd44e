"""Maximise a log-likelihood in coordinates of one's own: Newton in a trust region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.maximum.likelihood import Derivatives, Evaluation
from retrostats.models.maximum.optimise import (
    DECREMENT,
    RELATIVE_DECREMENT,
    ROUNDING,
    NotMaximised,
    Objective,
)
from retrostats.models.maximum.optimum import Iteration

MAX_ITERATIONS = 200
#: First radius, in the scaled coordinates of the chart.
RADIUS = 1.0
#: The search ends when steps must be shorter than this to stay in the domain.
SMALLEST_RADIUS = 1e-12
#: A step is accepted when it brings this share of the predicted gain.
ACCEPTED = 0.05
#: Eigenvalues of the information below this share of the largest count as zero.
FLAT = 1e-12
#: Rounding of an eigenvalue of the information, as a share of the largest.
UPHILL = 1e-8


class Chart(Protocol):
    """Coordinates ``phi`` in which a search is free; ``theta`` are the natural parameters."""

    def theta(self, phi: Floats) -> Floats:
        """Return the natural parameters, shape ``(k,)``."""

    def slopes(self, phi: Floats) -> Floats:
        """Return ``d theta_h / d phi_j``, shape ``(k, d)``."""

    def curvature(self, phi: Floats, gradient: Floats) -> Floats:
        """Return ``sum_h gradient_h d2 theta_h / d phi d phi``, shape ``(d, d)``."""

    def recentred(self, phi: Floats) -> tuple[Chart, Floats]:
        """Return a chart that suits the neighbourhood of ``phi``, and the same point in it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Summit:
    """Where a climb ended: no direction of the chart leads up, to first and second order.

    Attributes
    ----------
    at, derivatives
        Log-likelihood there, in natural parameters.
    chart, phi
        Coordinates of the end.
    gradient, information
        In the chart, shapes ``(d,)`` and ``(d, d)``.
    iterations
        Steps, in order.
    evaluations
        How often the log-likelihood was computed.
    """

    at: Evaluation
    derivatives: Derivatives
    chart: Chart
    phi: Floats
    gradient: Floats
    information: Floats
    iterations: tuple[Iteration, ...]
    evaluations: int


def climb(objective: Objective, chart: Chart, phi: Floats, *, radius: float = RADIUS) -> Summit:
    """Climb from ``phi`` with the exact Hessian; saddle points are left.

    Parameters
    ----------
    objective
        The log-likelihood in natural parameters.
    chart
        Coordinates in which every direction may be taken.
    phi
        Start, inside the domain, shape ``(d,)``.
    radius
        First radius of the trust region.

    Raises
    ------
    NotMaximised
        If the start is outside the domain, or no maximum is reached.

    References
    ----------
    .. [1] Conn AR, Gould NIM, Toint PL (2000). Trust-region methods. SIAM.
       doi:10.1137/1.9780898719857
    """
    at = objective.evaluate(chart.theta(phi))
    if at is None:
        raise NotMaximised("the covariance at the start is not positive definite", phi)
    slope, gradient, information = _local(objective, at, chart, phi)
    steps: list[Iteration] = []
    for _ in range(MAX_ITERATIONS):
        step, gain, inside = _step(gradient, information, radius)
        final = inside and gain <= max(DECREMENT, RELATIVE_DECREMENT * abs(at.loglik))
        after = objective.evaluate(chart.theta(phi + step))
        change = -np.inf if after is None else after.loglik - at.loglik
        allowance = ROUNDING * max(1.0, abs(at.loglik))
        accepted = after is not None and change >= (0 if final else ACCEPTED * gain) - allowance
        steps.append(Iteration(at.loglik, gain, float(accepted), "newton" if inside else "region"))
        if accepted and after is not None:
            at = after
            chart, phi = chart.recentred(phi + step)
            slope, gradient, information = _local(objective, at, chart, phi)
        if final:
            return Summit(
                at=at,
                derivatives=slope,
                chart=chart,
                phi=phi,
                gradient=gradient,
                information=information,
                iterations=tuple(steps),
                evaluations=len(steps) + 1,
            )
        length = float(np.linalg.norm(step))
        if not accepted:
            radius = length / 4
        elif change > 0.75 * gain and not inside:
            radius = 2 * radius
        if radius < SMALLEST_RADIUS:
            raise NotMaximised("no step raised the log-likelihood", at.theta)
    raise NotMaximised(f"{MAX_ITERATIONS} iterations did not reach a maximum", at.theta)


def _local(
    objective: Objective, at: Evaluation, chart: Chart, phi: Floats
) -> tuple[Derivatives, Floats, Floats]:
    slope = objective.derivatives(at)
    gradient, information = in_chart(slope, chart, phi)
    return slope, gradient, information


def in_chart(slope: Derivatives, chart: Chart, phi: Floats) -> tuple[Floats, Floats]:
    """Return gradient and observed information in the coordinates of a chart."""
    j = chart.slopes(phi)
    information = -(j.T @ slope.hessian @ j) - chart.curvature(phi, slope.gradient)
    return j.T @ slope.gradient, (information + information.T) / 2


def _step(gradient: Floats, information: Floats, radius: float) -> tuple[Floats, float, bool]:
    """Return the best step of at most ``radius``, its predicted gain, and if it is Newton's."""
    if not len(gradient):
        return gradient, 0.0, True
    values, vectors = np.linalg.eigh(information)
    largest = float(np.max(np.abs(values)))
    g = vectors.T @ gradient
    if values[0] > -UPHILL * largest:
        step = np.where(values > FLAT * largest, g / np.maximum(values, FLAT * largest), 0.0)
        if float(np.linalg.norm(step)) <= radius:
            return vectors @ step, float(g @ step) / 2, True
    step = _on_sphere(values, g, radius)
    gain = float(g @ step - (values * step) @ step / 2)
    return vectors @ step, gain, False


def _on_sphere(values: Floats, g: Floats, radius: float) -> Floats:
    """Return the maximiser of ``g s - s values s / 2`` over ``|s| = radius``."""
    least = max(0.0, -float(values[0]))
    low, high = least, least + float(np.linalg.norm(g)) / radius
    for _ in range(200):
        shift = (low + high) / 2
        if not low < shift < high:
            break
        if float(np.linalg.norm(g / (values + shift))) > radius:
            low = shift
        else:
            high = shift
    moved = values + high
    step = np.where(moved > 0, g / np.where(moved > 0, moved, 1.0), 0.0)
    short = radius**2 - float(step @ step)
    if short > 0 and values[0] < 0:
        # At a saddle point the gradient does not tell which way is up: the eigenvector does.
        step[0] += np.sqrt(short) if step[0] >= 0 else -np.sqrt(short)
    return np.asarray(step)
