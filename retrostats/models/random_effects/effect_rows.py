"""Rows of a linear mixed model subject by subject: residuals and covariances."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.inference.sandwich import Subjects
from retrostats.models.random_effects.strata import EffectRows
from retrostats.models.sums.gather import row_transform


def effect_residuals(
    kind: str,
    raw: Floats,
    data: EffectRows,
    parameters: tuple[Floats, float],
    *,
    about: str,
) -> Floats:
    """Scale residuals by the covariance of a subject's rows.

    Parameters
    ----------
    kind
        ``"pearson"`` or ``"normalised"``.
    raw
        Shape ``(n,)``.
    data
        The rows.
    parameters
        G, shape ``(q, q)``, and the residual variance.
    about
        ``"subject"``: the residual variance alone; ``"population"``: all of it.
    """
    g, sigma2 = parameters
    weights = np.ones(len(raw)) if data.frame.weights is None else data.frame.weights
    own = sigma2 / weights
    if about == "subject":
        return np.asarray(raw / np.sqrt(own))
    if kind == "pearson":
        return np.asarray(raw / np.sqrt(np.einsum("ni,ij,nj->n", data.z, g, data.z) + own))
    out = np.empty_like(raw)
    order = np.argsort(data.frame.subject, kind="stable")
    edges = np.flatnonzero(np.diff(data.frame.subject[order], prepend=-1))[1:]
    for rows in np.split(order, edges):
        z = data.z[rows]
        factor = np.linalg.cholesky(z @ g @ z.T + np.diag(own[rows]))
        out[rows] = np.linalg.solve(factor, raw[rows])
    return out


def effect_batches(
    data: EffectRows, basis: Floats, gamma: Floats, parameters: tuple[Floats, float]
) -> Iterator[Subjects]:
    """Yield designs, residuals and covariances of subjects with equally many rows.

    Parameters
    ----------
    data
        The rows.
    basis
        To the coordinates of the computation, shape ``(p + 1, P)``.
    gamma
        Coefficients in them, shape ``(P - 1,)``.
    parameters
        G, shape ``(q, q)``, and the residual variance.
    """
    g, sigma2 = parameters
    order = np.argsort(data.frame.subject, kind="stable")
    counts = np.bincount(data.frame.subject)
    starts = np.cumsum(counts) - counts
    transform = row_transform(data.rows, data.frame.outcome, basis, data.frame.weights)
    for size in np.unique(counts[counts > 0]):
        rows = order[starts[counts == size][:, None] + np.arange(size)]
        flat = rows.reshape(-1)
        xy, z = transform(flat), data.z[flat]
        if data.frame.weights is not None:
            z = z * np.sqrt(data.frame.weights[flat])[:, None]
        z = z.reshape(len(rows), size, -1)
        yield Subjects(
            xy[:, :-1].reshape(len(rows), size, -1),
            (xy[:, -1] - xy[:, :-1] @ gamma).reshape(len(rows), size),
            z @ g @ z.transpose(0, 2, 1) + sigma2 * np.eye(size),
        )
