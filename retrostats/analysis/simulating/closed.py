"""The closed form that stands beside a simulated curve."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.plan.types import AnalysisPlan
from retrostats.power.closed.adjusted import power_at_precision
from retrostats.power.closed.mmrm import power_mmrm
from retrostats.power.design.types import TrialDesign
from retrostats.power.simulated.result import SimulatedPower

Closed = Callable[[SimulatedPower], float]


def closed_powers(points: Sequence[SimulatedPower]) -> tuple[str, tuple[float, ...]]:
    """Return the name of a closed form and its powers; nothing where none describes the plan.

    Parameters
    ----------
    points
        Simulations of one plan.

    Returns
    -------
    name, powers
        Of the first comparison; ``nan`` where the formula has no answer, as for a difference of
        0. Means, SDs and correlations are those of the design as the scale leaves them.
    """
    plan = points[0].plan
    if not all(_is_described(point.design, plan) for point in points):
        return "", ()
    name, form = _FORMS[plan.model.kind]
    return name, tuple(_answer(form, point) for point in points)


def _is_described(design: TrialDesign, plan: AnalysisPlan) -> bool:
    """Say whether a formula has this design and this model."""
    model, shared = plan.model, plan.multiplicity.method
    unadjusted = len(plan.comparisons) == 1 or shared != "holm"
    plain = (
        len(design.arms) == 2
        and unadjusted
        and not model.covariates
        and not design.intermittent
        and plan.primary.week == design.weeks[-1]
    )
    if model.kind == "ancova":
        return plain and model.standard_errors == "classical"
    by_visit = model.baseline_by_visit or not model.baseline
    return (
        plain
        and model.kind == "mmrm"
        and by_visit
        and model.covariance[0] == "us"
        and model.df == "kenward-roger"
    )


def _answer(form: Closed, point: SimulatedPower) -> float:
    try:
        return form(point)
    except DataError:
        return math.nan


def _arms(point: SimulatedPower) -> tuple[int, int]:
    """Return the places of treatment and comparator in the design."""
    first = point.plan.comparisons[0]
    labels = point.design.labels
    return labels.index(first.treatment), labels.index(first.comparator)


def _spread(point: SimulatedPower) -> tuple[Floats, Floats]:
    """Return SDs and correlations of the scores as measured, those of both arms put together.

    A scale gives the arms other spreads, the more so the nearer one of them is to an end; the
    formulas have one covariance, as the models do, which is the mean of both.
    """
    design, arms = point.design, list(_arms(point))
    sds, correlations = design.expected_sds()[arms], design.expected_correlations()[arms]
    covariance = (correlations * sds[:, :, None] * sds[:, None, :]).mean(axis=0)
    own = np.sqrt(covariance.diagonal())
    return own, covariance / np.outer(own, own)


def _by_mmrm(point: SimulatedPower) -> float:
    design, (sds, matrix) = point.design, _spread(point)
    arms = _arms(point)
    found = power_mmrm(
        visits=len(design.visits) - 1,
        sd=sds[1:].tolist(),
        correlation=matrix[1:, 1:].tolist(),
        baseline=matrix[0, 1:].tolist() if point.plan.model.baseline else None,
        dropout=[design.arms[place].dropout[1:] for place in arms],
        difference=point.primary.truth,
        n=tuple(point.n[place][1] for place in arms),
        level=point.plan.model.level,
    )
    return found.power


def _by_ancova(point: SimulatedPower) -> float:
    """Return the power with the subjects who are seen at the end, whose number is chance."""
    design, (sds, matrix) = point.design, _spread(point)
    stay = [(point.n[at][1], 1 - design.arms[at].dropout[-1]) for at in _arms(point)]
    # The mean of 1 / n over binomial counts, to second order.
    seen = tuple(n * share / (1 + (1 - share) / (n * share)) for n, share in stay)
    return power_at_precision(
        seen,
        analysis="ancova" if point.plan.model.baseline else "post",
        sd=float(sds[-1]),
        correlation=float(matrix[0, -1]),
        difference=point.primary.truth,
        level=point.plan.model.level,
    )


_FORMS: dict[str, tuple[str, Closed]] = {
    "mmrm": ("power_mmrm", _by_mmrm),
    "ancova": ("power_ancova", _by_ancova),
}
