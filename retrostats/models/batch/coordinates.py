"""Orthonormal columns of each trial, what least squares leaves of its outcomes, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.batch.request import BatchData
from retrostats.models.batch.stacks import factor, outer_square, stack_first, stack_last
from retrostats.models.batch.types import BatchModel, Flags

#: What must be left of a column after the earlier ones, over its norm, to be sure of it. `fit_mmrm`
#: drops a column at 1e-7; who is near that is fitted alone.
SURE = 1e-6
#: Residuals this small beside the outcome may be rounding; who is near that is fitted alone.
EXACT = 1e-10
#: Root mean square residuals within these are handled together, others alone.
SMALLEST, LARGEST = 1e-50, 1e50


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchCoordinates:
    """Coordinates of R trials, or of all (leading axis 1).

    With ``gamma`` the coefficients of the restricted orthonormal columns and of the scaled
    residuals, those of the full mean are ``back (offset + scale * narrow gamma)``, visit by visit.

    Attributes
    ----------
    v
        Orthonormal columns of the subjects, shape ``(R, n, q)``.
    back
        From coefficients of `v` to those of the columns, shape ``(R, q, q)``.
    residual
        Of least squares, divided by `scale`, 0 where not seen, shape ``(R, n, m)``.
    offset
        Coefficients of `v` that were taken off, shape ``(R, m, q)``.
    scale
        A power of 2 near the root mean square of the residuals, shape ``(R,)``.
    narrow
        See `BatchMoments`.
    log_det
        Makes the restricted likelihood that of the columns as given, shape ``(R,)``.
    sure
        Whether nothing unusual was met, shape ``(R,)``.
    """

    v: Floats
    back: Floats
    residual: Floats
    offset: Floats
    scale: Floats
    narrow: Floats
    log_det: Floats
    sure: Flags


def coordinates_of(data: BatchData, model: BatchModel) -> BatchCoordinates:
    """Return the coordinates of the trials."""
    m, q = model.visits, model.columns
    finite = np.asarray(np.isfinite(data.columns).all(axis=(1, 2)))
    columns = np.where(finite[:, None, None], data.columns, 0.0)
    v, triangle, sure = orthonormal(columns)
    narrow = np.zeros((1, m * q, 0))
    log_det = m * _log_det(triangle)
    if model.restriction is not None:
        by_visit = triangle[:, None] @ model.restriction.reshape(m, q, -1)
        narrow, right, independent = orthonormal(by_visit.reshape(len(triangle), m * q, -1))
        log_det, sure = _log_det(right), sure & independent
    there = np.asarray(np.isfinite(data.y).all(axis=(1, 2)))
    y = np.where(there[:, None, None], data.y, 0.0)
    offset, determined = _least_squares(v, y, data.seen, narrow)
    residual = (y - v @ offset.swapaxes(1, 2)) * data.seen
    scale, usable = _scale(y, residual, data.seen)
    return BatchCoordinates(
        v=v,
        back=np.asarray(np.linalg.inv(triangle), dtype=np.float64),
        residual=residual / scale[:, None, None],
        offset=offset,
        scale=scale,
        narrow=narrow,
        log_det=log_det,
        sure=sure & finite & there & determined & usable,
    )


def _scale(y: Floats, residual: Floats, seen: Flags) -> tuple[Floats, Flags]:
    """Return a power of 2 near the size of the residuals, and whether that size is usual."""
    rows = np.maximum(seen.sum(axis=(1, 2)), 1)
    size = np.sqrt((residual * residual).sum(axis=(1, 2)) / rows)
    whole = np.sqrt((y * y).sum(axis=(1, 2)) / rows)
    usable = (size > SMALLEST) & (size < LARGEST) & (size > EXACT * whole)
    return np.exp2(np.round(np.log2(np.where(usable, size, 1.0)))), usable


def orthonormal(x: Floats, *, least: float = SURE) -> tuple[Floats, Floats, Flags]:
    """Return Q, R and whether the columns are surely independent; R has no 0 on its diagonal.

    Parameters
    ----------
    x
        Shape ``(R, n, q)``.
    least
        What must be left of a column after the earlier ones, over its norm.
    """
    trials, n, q = x.shape
    if n < q:
        unit = np.broadcast_to(np.eye(q), (trials, q, q))
        return np.zeros_like(x), unit.copy(), np.zeros(trials, dtype=bool)
    basis, triangle = np.linalg.qr(x)
    own = np.abs(np.diagonal(triangle, axis1=1, axis2=2))
    norms = np.sqrt((triangle * triangle).sum(axis=1))
    independent = (own > least * norms).all(axis=1)
    triangle[~independent] = np.eye(q)
    return basis, triangle, independent


def _log_det(triangle: Floats) -> Floats:
    diagonal = np.diagonal(triangle, axis1=1, axis2=2)
    return np.asarray(np.log(np.abs(diagonal)).sum(axis=1))


def _least_squares(
    v: Floats, y: Floats, seen: NDArray[np.bool_], narrow: Floats
) -> tuple[Floats, Flags]:
    """Return ordinary coefficients of the full mean, shape ``(R, m, q)``."""
    q, m = v.shape[2], y.shape[2]
    size = max(len(v), len(y))
    spread = (seen[:, :, :, None] * v[:, :, None, :]).reshape(size, -1, m * q).swapaxes(1, 2)
    gram = (spread @ v).reshape(size, m, q, q)
    right = (spread @ y).reshape(size, m, q, m)
    right = np.ascontiguousarray(np.diagonal(right, axis1=1, axis2=3).swapaxes(1, 2))
    return solved(gram, right, narrow)


def solved(gram: Floats, right: Floats, narrow: Floats) -> tuple[Floats, Flags]:
    """Return least squares coefficients of the full mean and whether they are determined.

    Parameters
    ----------
    gram
        ``sum v v'`` of those seen at each visit, shape ``(R, m, q, q)``.
    right
        ``sum v y``, shape ``(R, m, q)``.
    narrow
        See `BatchMoments`.
    """
    trials, m, q = right.shape
    if not narrow.shape[2]:
        found = factor(stack_last(gram))
        left = np.sqrt(np.maximum(np.diagonal(gram, axis1=2, axis2=3), 0.0))
        share = np.moveaxis(found.diagonal, 0, -1) > SURE * left
        inverse = stack_first(outer_square(found.inverse))
        determined = np.asarray(found.ok.all(axis=1) & share.all(axis=(1, 2)))
        return (inverse @ right[:, :, :, None])[:, :, :, 0], determined
    block = np.zeros((trials, m, q, m, q))
    for visit in range(m):
        block[:, visit, :, visit] = gram[:, visit]
    whole = block.reshape(trials, m * q, m * q)
    inner = narrow.swapaxes(1, 2) @ whole @ narrow
    found = factor(stack_last(inner))
    left = np.sqrt(np.maximum(np.diagonal(inner, axis1=1, axis2=2), 0.0))
    determined = found.ok & (SURE * left < found.diagonal.T).all(axis=1)
    inverse = stack_first(outer_square(found.inverse))
    gamma = inverse @ (narrow.swapaxes(1, 2) @ right.reshape(trials, m * q, 1))
    return (narrow @ gamma).reshape(trials, m, q), determined
