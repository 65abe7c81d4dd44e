"""Fitted values and residuals of the rows behind a fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np
from scipy.special import stdtrit

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.models.inference.methods import Inference
from retrostats.models.sums.prepared import RowData

#: In the unit of the outcome; over the standard deviation of its visit; or made independent
#: with variance 1 by the Cholesky factor of the subject's covariance.
ResidualKind: TypeAlias = Literal["raw", "pearson", "normalised"]

RESIDUALS: tuple[ResidualKind, ...] = get_args(ResidualKind)

#: Rows handled at a time.
BLOCK = 50_000


def check_kind(kind: str) -> None:
    """Refuse a kind of residual that does not exist.

    Raises
    ------
    DataError
        Listing the kinds.
    """
    if kind not in RESIDUALS:
        raise DataError(f"residuals: kind={kind!r} is not known; choose {', '.join(RESIDUALS)}")


def raw_residuals(source: RowData, basis: Floats, gamma: Floats) -> Floats:
    """Return the outcome less the mean for every row of the frame, shape ``(n,)``.

    Parameters
    ----------
    source
        The rows.
    basis
        To the coordinates of the computation, shape ``(p + 1, P)``.
    gamma
        Coefficients in them, shape ``(P - 1,)``.
    """
    combination = basis @ np.append(-gamma, 1.0)
    n = len(source.frame)
    residual = np.empty(n)
    for first in range(0, n, BLOCK):
        rows = np.arange(first, min(n, first + BLOCK))
        residual[rows] = source.rows.take(rows, combination[:-1, None])[:, 0]
    return residual + source.frame.outcome


def scaled_residuals(
    kind: ResidualKind, raw: Floats, source: RowData, sigmas: Sequence[Floats]
) -> Floats:
    """Scale raw residuals by the covariance of the visits.

    Parameters
    ----------
    kind
        ``"pearson"`` or ``"normalised"``.
    raw
        Shape ``(n,)``.
    source
        The rows.
    sigmas
        Covariance of the visits of each group, shape ``(m, m)`` each.
    """
    weights = source.frame.weights
    scaled = raw if weights is None else raw * np.sqrt(weights)
    out = np.empty_like(scaled)
    for pattern in source.patterns:
        sigma = sigmas[pattern.group if len(sigmas) > 1 else 0]
        sigma = sigma[np.ix_(pattern.visits, pattern.visits)]
        if kind == "pearson":
            out[pattern.rows] = scaled[pattern.rows] / np.sqrt(np.diagonal(sigma))
        else:
            factor = np.linalg.cholesky(sigma)
            out[pattern.rows] = np.linalg.solve(factor, scaled[pattern.rows].T).T
    return out


def mean_table(
    inner: Floats, offset: Floats, gamma: Floats, how: Inference, level: float
) -> dict[str, Floats]:
    """Return the mean at several rows with standard error, df and interval.

    Parameters
    ----------
    inner
        Rows in the coordinates of the computation, shape ``(r, P - 1)``.
    offset
        What the preliminary regression adds, shape ``(r,)``.
    gamma
        Coefficients, shape ``(P - 1,)``.
    how
        Covariance and degrees of freedom.
    level
        Coverage.
    """
    estimate = inner @ gamma + offset
    se = np.sqrt(np.einsum("ri,ri->r", inner @ how.covariance, inner))
    df = how.degrees_of_freedom_many(inner)
    margin = stdtrit(df, 0.5 + level / 2) * se
    return {
        "estimate": estimate,
        "se": se,
        "df": df,
        "ci_low": estimate - margin,
        "ci_high": estimate + margin,
    }
