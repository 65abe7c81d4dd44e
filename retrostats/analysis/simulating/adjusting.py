"""Adjusted p values of the primary endpoint in many simulated trials at once."""

from __future__ import annotations

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import PlanError
from retrostats.plan.types import AnalysisPlan


def require_own_family(plan: AnalysisPlan) -> None:
    """Refuse a plan whose tests of the primary endpoint depend on outcomes not simulated.

    Under the hierarchical method the primary endpoint is tested first, so that nothing after it
    changes its p values; under Holm's method with ``family = "all"`` everything does.

    Raises
    ------
    PlanError
        If the p values of secondary endpoints change those of the primary one.
    """
    shared = plan.multiplicity
    if shared.method == "holm" and shared.family == "all" and plan.secondary:
        raise PlanError(
            f'plan {plan.title!r}: multiplicity.family = "all" under Holm\'s method ties the '
            "primary endpoint to secondary outcomes, and a design describes one outcome; plan "
            'family = "comparisons" or method = "hierarchical", or simulate a copy of the plan '
            "without its secondary endpoints"
        )


def adjusted_many(p: Floats, method: str) -> Floats:
    """Adjust the p values of many trials, each as the plan says.

    Parameters
    ----------
    p
        Shape ``(R, c)``; ``nan`` in every column of a trial without an answer.
    method
        ``"none"``, ``"holm"`` or ``"hierarchical"``.

    Returns
    -------
    array
        Same shape.

    Examples
    --------
    >>> adjusted_many(np.array([[0.01, 0.04, 0.03]]), "holm").tolist()
    [[0.03, 0.06, 0.06]]
    >>> adjusted_many(np.array([[0.01, 0.2, 0.001]]), "hierarchical").tolist()
    [[0.01, 0.2, 0.2]]
    """
    if method == "hierarchical":
        return np.maximum.accumulate(p, axis=1)
    if method == "holm":
        order = np.argsort(p, axis=1, kind="stable")
        steps = np.take_along_axis(p, order, axis=1) * np.arange(p.shape[1], 0, -1)
        adjusted = np.empty_like(p)
        np.put_along_axis(
            adjusted, order, np.minimum(1, np.maximum.accumulate(steps, axis=1)), axis=1
        )
        return adjusted
    return p.copy()
