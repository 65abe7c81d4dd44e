"""The mean of a planned model as arrays, for fits of many simulated trials at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.plan.types import Comparison, ModelPlan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeanColumns:
    """Columns of subjects, how their coefficients are shared by visits, and the contrasts.

    Attributes
    ----------
    columns
        Shape ``(R, n, q)``: the constant, indicators of the arms after the first, baseline,
        covariates; of every subject in every trial.
    restriction
        Shape ``(m * q, p)``: coefficients of every column at every visit, visit-major, from those
        of the model. None where every column has a coefficient of its own at every visit.
    contrasts
        Shape ``(c, m * q)``: treatment minus comparator at the visit of the endpoint.
    """

    columns: Floats
    restriction: Floats | None
    contrasts: Floats


def mean_columns(
    arm: NDArray[np.intp],
    baseline: Floats | None,
    covariates: Floats,
    *,
    by_visit: bool,
    arms: int,
    visits: int,
) -> tuple[Floats, Floats | None]:
    """Return the columns of a planned mean, and the restriction of their coefficients.

    Parameters
    ----------
    arm
        Code of the arm, shape ``(n,)``.
    baseline
        Shape ``(R, n)``; None where the plan does not adjust for it.
    covariates
        Shape ``(R, n, k)``; indicators of a category leave its first level out.
    by_visit
        Whether the slope of baseline differs between visits; covariates have one slope.
    arms, visits
        How many; visits after baseline.

    Notes
    -----
    Baseline is centred within each trial, which leaves differences between arms as they are and
    keeps the columns well conditioned.
    """
    replicates, n, further = covariates.shape
    parts = [np.ones((replicates, n, 1)), np.zeros((replicates, n, arms - 1))]
    parts[1] += arm[None, :, None] == np.arange(1, arms)
    own = [True] * arms
    if baseline is not None:
        parts.append((baseline - baseline.mean(axis=1, keepdims=True))[..., None])
        own.append(by_visit)
    parts.append(covariates - covariates.mean(axis=1, keepdims=True))
    own += [False] * further
    return np.concatenate(parts, axis=2), shared_slopes(own, visits)


def shared_slopes(own: Sequence[bool], visits: int) -> Floats | None:
    """Return the matrix that gives columns one coefficient for all visits.

    Parameters
    ----------
    own
        For each column, whether it has a coefficient of its own at every visit.
    visits
        How many.

    Returns
    -------
    array
        Shape ``(visits * q, p)``, visit-major; None where nothing is shared.

    Examples
    --------
    >>> shared_slopes([True, False], 2)
    array([[1., 0., 0.],
           [0., 0., 1.],
           [0., 1., 0.],
           [0., 0., 1.]])
    """
    if visits == 1 or all(own):
        return None
    q = len(own)
    rows = np.arange(visits)
    pieces: list[Floats] = []
    for place, free in enumerate(own):
        piece = np.zeros((visits * q, visits if free else 1))
        piece[rows * q + place, rows if free else 0] = 1
        pieces.append(piece)
    return np.concatenate(pieces, axis=1)


def contrast_rows(
    comparisons: Sequence[Comparison], arms: Sequence[str], *, q: int, visits: int, at: int
) -> Floats:
    """Return treatment minus comparator at one visit, shape ``(c, visits * q)``.

    Parameters
    ----------
    comparisons
        Of the plan.
    arms
        Labels in the order of their codes; the indicator of arm ``k`` is column ``k``.
    q
        Number of columns.
    visits, at
        How many visits after baseline, and which is that of the endpoint, from 0.
    """
    rows = np.zeros((len(comparisons), visits, q))
    for row, comparison in zip(rows, comparisons, strict=True):
        for label, sign in ((comparison.treatment, 1.0), (comparison.comparator, -1.0)):
            code = arms.index(label)
            if code:
                row[at, code] += sign
    return rows.reshape(len(comparisons), visits * q)


def adjusts(model: ModelPlan) -> bool:
    """Say whether a planned model adjusts for anything."""
    return model.baseline or bool(model.covariates)
