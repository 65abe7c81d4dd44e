"""A trust region on unconstrained covariance parameters, for when Newton's method is stuck."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.maximum.optimise import NotMaximised, Objective, Reparametrisation, newton
from retrostats.models.maximum.optimum import Optimum

MAX_ITERATIONS = 400
#: The trust region hands over to Newton's method when the gradient is this small.
GRADIENT = 1e-5
#: Why a climb ends without a maximum.
EDGE = (
    "the likelihood keeps rising towards a covariance that is not positive definite (a "
    "correlation of 1, or a variance of 0), because there are too few subjects for its parameters "
    "or outcomes of two visits determine one another"
)
#: Value given to the minimiser outside the domain.
OUTSIDE = 1e300


def trust_region(
    objective: Objective,
    theta: Floats,
    start: Floats,
    unconstrained: Reparametrisation,
) -> Optimum:
    """Climb on the unconstrained scale, then finish with Newton's method.

    The quadratic model uses the expected information, which keeps every step uphill.

    Parameters
    ----------
    objective
        The log-likelihood in natural parameters.
    theta, start
        Where Newton's method stopped, and where it began; the climb starts at the better one
        that can be expressed on the unconstrained scale.
    unconstrained
        The unconstrained parameters.

    Raises
    ------
    NotMaximised
        If the end is no maximum in the natural parameters.
    """
    from scipy.optimize import minimize

    to, back, jacobian = unconstrained
    evaluations = 0

    def value(phi: Floats) -> float:
        nonlocal evaluations
        evaluations += 1
        at = objective.evaluate(back(phi))
        return OUTSIDE if at is None else -at.loglik

    def slope(phi: Floats) -> tuple[Floats, Floats]:
        at = objective.evaluate(back(phi))
        if at is None:
            raise NotMaximised(EDGE, theta)
        local, j = objective.derivatives(at), jacobian(phi)
        return -(j.T @ local.gradient), j.T @ local.expected @ j

    first = to(theta)
    if not np.isfinite(first).all():
        first = to(start)
    try:
        found = minimize(
            value,
            first,
            method="trust-exact",
            jac=lambda phi: slope(phi)[0],
            hess=lambda phi: slope(phi)[1],
            options={"gtol": GRADIENT, "maxiter": MAX_ITERATIONS},
        )
    except UnboundLocalError as error:
        # scipy's exact subproblem ends without a step where the gradient vanishes and the
        # curvature is singular: a flat place, and no maximum.
        raise NotMaximised(EDGE, theta) from error
    end = back(found.x)
    if not np.isfinite(end).all():
        raise NotMaximised(EDGE, theta)
    optimum = newton(objective, end)
    record = replace(
        optimum.record,
        route="trust region, then newton",
        evaluations=optimum.record.evaluations + evaluations,
    )
    return replace(optimum, record=record)
