"""Maximise a log-likelihood over its covariance parameters: Newton with safeguards."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.models.maximum.likelihood import Derivatives, Evaluation
from retrostats.models.maximum.optimum import Begun, Iteration, OptimiserRecord, Optimum

#: A step is the last one when it can raise the log-likelihood by less than this. Newton's error
#: is squared at each step, so after it the parameters are exact to rounding.
DECREMENT = 1e-9
#: The same, as a share of the log-likelihood: rounding allows no less.
RELATIVE_DECREMENT = 1e-13
#: A step may lower the log-likelihood by this share of it: the rounding of its sums.
ROUNDING = 1e-12
MAX_ITERATIONS = 100
MAX_HALVINGS = 40
#: Share of the predicted gain that a step must reach.
SUFFICIENT = 1e-4


class Reparametrisation(NamedTuple):
    """Unconstrained parameters: the way there, the way back, and its derivative.

    Attributes
    ----------
    to, back
        Functions of ``(k,)`` to ``(k,)``.
    jacobian
        Of `back`, shape ``(k, k)``, as a function of the unconstrained parameters.
    """

    to: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]
    jacobian: Callable[[Floats], Floats]


class Objective(Protocol):
    """What is maximised: a log-likelihood with analytic derivatives.

    Attributes
    ----------
    n_parameters, n_columns, n_rows
        Covariance parameters, coefficients of the mean, and rows.
    """

    n_parameters: int
    n_columns: int
    n_rows: int

    def evaluate(self, theta: Floats) -> Evaluation | None:
        """Return the value, or None outside the domain."""

    def derivatives(self, at: Evaluation) -> Derivatives:
        """Return the derivatives at an evaluated point."""


class NotMaximised(Exception):  # noqa: N818 - a signal between two routes, never seen by a user
    """Newton's method stopped before a maximum; carries where and why."""

    def __init__(self, reason: str, theta: Floats) -> None:
        super().__init__(reason)
        self.theta = theta


def newton(objective: Objective, start: Floats, begun: Begun | None = None) -> Optimum:
    """Climb from ``start`` to a maximum.

    The direction is Newton's where the Hessian is negative definite, that of the expected
    information where it is not, and a modified Newton direction where neither is definite. The
    step is halved until the covariance is positive definite and the gain is sufficient.

    Parameters
    ----------
    objective
        The log-likelihood.
    start
        Parameters inside the domain, shape ``(k,)``.
    begun
        What is known at the start already.

    Raises
    ------
    NotMaximised
        If no step helps, or the iterations are used up, or the point found is no maximum.
    """
    at = begun.at if begun else objective.evaluate(start)
    if at is None:
        raise NotMaximised("the covariance at the start is not positive definite", start)
    steps: list[Iteration] = []
    evaluations = 1
    for _ in range(MAX_ITERATIONS):
        slope = begun.slopes if begun and not steps else objective.derivatives(at)
        direction, kind = _direction(slope)
        decrement = float(slope.gradient @ direction) / 2
        tolerance = max(DECREMENT, RELATIVE_DECREMENT * abs(at.loglik))
        final = decrement <= tolerance and kind == "newton"
        share, after, tried = _line_search(objective, at, direction, 0.0 if final else decrement)
        evaluations += tried
        if after is None:
            if final:
                share, after = 0.0, at
            else:
                raise NotMaximised(_stuck(kind, decrement), at.theta)
        steps.append(Iteration(at.loglik, decrement, share, kind))
        at = after
        if final:
            return _finished(objective, at, steps, evaluations)
    raise NotMaximised(
        f"{MAX_ITERATIONS} iterations did not reach a maximum, as happens when a correlation tends "
        "to 1 or a variance to 0",
        at.theta,
    )


def _finished(
    objective: Objective, at: Evaluation, steps: list[Iteration], evaluations: int
) -> Optimum:
    slope = objective.derivatives(at)
    information = -slope.hessian
    scale = np.sqrt(np.abs(np.diagonal(information)))
    largest = float(np.max(np.abs(slope.gradient) / np.where(scale > 0, scale, 1.0), initial=0.0))
    record = OptimiserRecord(iterations=tuple(steps), evaluations=evaluations, max_gradient=largest)
    return Optimum(at=at, derivatives=slope, record=record)


def _stuck(kind: str, decrement: float) -> str:
    if kind == "modified":
        return (
            "neither the observed nor the expected information is positive definite, so some "
            "covariance parameters cannot be told apart by these data"
        )
    return f"no step raised the log-likelihood, though {decrement:.2g} was expected"


def _direction(slope: Derivatives) -> tuple[Floats, str]:
    for matrix, kind in ((-slope.hessian, "newton"), (slope.expected, "scoring")):
        step = _solve_definite(matrix, slope.gradient)
        if step is not None:
            return step, kind
    diagonal = np.sqrt(np.maximum(np.abs(np.diagonal(slope.hessian)), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(-slope.hessian / np.outer(diagonal, diagonal))
    floor = 1e-6 * max(1.0, float(np.max(np.abs(values), initial=0.0)))
    values = np.maximum(np.abs(values), floor)
    scaled = slope.gradient / diagonal
    return np.asarray(vectors @ ((vectors.T @ scaled) / values) / diagonal), "modified"


def _solve_definite(matrix: Floats, gradient: Floats) -> Floats | None:
    """Return ``matrix^-1 gradient``, or None unless the matrix is safely positive definite."""
    diagonal = np.diagonal(matrix)
    if not (diagonal > 0).all():
        return None
    scale = 1 / np.sqrt(diagonal)
    try:
        factor = np.linalg.cholesky(matrix * np.outer(scale, scale))
    except np.linalg.LinAlgError:
        return None
    if float(np.min(np.diagonal(factor), initial=1.0)) < 1e-7:
        return None
    inverse = np.linalg.inv(factor)
    return np.asarray(scale * (inverse.T @ (inverse @ (scale * gradient))))


def _line_search(
    objective: Objective, at: Evaluation, direction: Floats, decrement: float
) -> tuple[float, Evaluation | None, int]:
    share, allowance = 1.0, ROUNDING * max(1.0, abs(at.loglik))
    for tried in range(1, MAX_HALVINGS + 1):
        after = objective.evaluate(at.theta + share * direction)
        if after is not None and (
            after.loglik - at.loglik >= SUFFICIENT * share * 2 * decrement - allowance
        ):
            return share, after, tried
        share /= 2
    return 0.0, None, MAX_HALVINGS


def maximise(
    objective: Objective,
    start: Floats,
    *,
    unconstrained: Reparametrisation | None = None,
    begun: Begun | None = None,
) -> Optimum:
    """Find the maximum from ``start``, or raise `FitError`.

    Newton's method first; where it gets stuck, a trust region on unconstrained parameters takes
    over and Newton's method finishes. Both look for the same maximum, and the record says which
    was needed.

    Parameters
    ----------
    objective
        The log-likelihood.
    start
        Natural parameters, shape ``(k,)``.
    unconstrained
        For the second attempt; without it there is none.
    begun
        What is known at the start already.

    Raises
    ------
    FitError
        With the reason, and what to try.
    """
    try:
        return newton(objective, start, begun)
    except NotMaximised as stop:
        reason, theta = str(stop), stop.theta
    if unconstrained is not None:
        from retrostats.models.maximum.trust import trust_region

        try:
            return trust_region(objective, theta, start, unconstrained)
        except NotMaximised as stop:
            reason = str(stop)
    raise FitError(
        f"the model did not converge: {reason}. There are {objective.n_parameters} covariance "
        f"parameters and {objective.n_columns} coefficients for {objective.n_rows} rows. Try a "
        'covariance with fewer parameters (the fewest have "cs" and "ar1") or a simpler mean.'
    )
