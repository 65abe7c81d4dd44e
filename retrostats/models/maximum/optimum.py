"""A maximum of a log-likelihood, and how it was reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from retrostats.models.maximum.likelihood import Derivatives, Evaluation


class Begun(NamedTuple):
    """The log-likelihood and its derivatives where the search begins."""

    at: Evaluation
    slopes: Derivatives


class Iteration(NamedTuple):
    """One step of the optimiser.

    Attributes
    ----------
    loglik
        Log-likelihood before the step.
    decrement
        Gain that the quadratic model expects of a full step.
    step
        Share of the full step that was taken.
    direction
        ``"newton"``, ``"scoring"`` (expected information) or ``"modified"`` (eigenvalues of the
        Hessian made negative).
    """

    loglik: float
    decrement: float
    step: float
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptimiserRecord:
    """How the optimum was reached.

    Attributes
    ----------
    iterations
        In order.
    evaluations
        How often the log-likelihood was computed.
    max_gradient
        Largest component of the gradient at the optimum, each scaled by its standard error.
    route
        ``"newton"``, or ``"trust region, then newton"``.
    """

    iterations: tuple[Iteration, ...]
    evaluations: int
    max_gradient: float
    route: str = "newton"

    def __str__(self) -> str:
        return (
            f"{self.route}, {len(self.iterations)} iterations, {self.evaluations} evaluations, "
            f"largest scaled gradient {self.max_gradient:.1e}"
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Optimum:
    """A maximum of the log-likelihood at which the observed information is positive definite."""

    at: Evaluation
    derivatives: Derivatives
    record: OptimiserRecord
