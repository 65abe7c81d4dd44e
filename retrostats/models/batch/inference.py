"""Standard errors and degrees of freedom of contrasts at the maxima of many trials."""

from __future__ import annotations

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.batch.coordinates import BatchCoordinates
from retrostats.models.batch.likelihood import (
    BatchDerivatives,
    BatchEvaluation,
    derivatives,
    evaluate,
    expected_information,
    narrowed,
)
from retrostats.models.batch.moments import BatchMoments
from retrostats.models.batch.stacks import factor, inverse_scaled, stack_last
from retrostats.models.batch.types import BatchFits, BatchModel, Flags


def answers(
    moments: BatchMoments, theta: Floats, basis: BatchCoordinates, model: BatchModel
) -> BatchFits:
    """Return the answers at the maxima; a trial without one is marked as failed.

    Parameters
    ----------
    moments
        Of R trials.
    theta
        Their maxima, shape ``(R, k)``.
    basis
        The way back from the coordinates of the moments.
    model
        What is fitted.
    """
    trials, _, m, q = moments.y.shape
    bases = model.bases
    at = evaluate(moments, theta, bases)
    slopes = derivatives(moments, at, bases)
    rows = model.contrasts.reshape(-1, m, q)[None] @ basis.back[:, None]
    rows = rows.reshape(len(rows), -1, m * q)
    own = rows @ moments.narrow if moments.narrow.shape[2] else rows
    covariance, theta_cov, ok = _covariance(moments, at, slopes, model)
    scale = basis.scale[:, None]
    beta = basis.offset + scale[:, :, None] * at.beta
    variance = ((own @ covariance) * own).sum(axis=2)
    p = model.n_coefficients
    if model.df == "asymptotic":
        df = np.full(variance.shape, np.inf)
    elif model.df == "residual":
        df = np.repeat((moments.rows - p)[:, None], variance.shape[1], axis=1)
    else:
        df = _degrees_of_freedom(own, at, slopes, theta_cov)
    return BatchFits(
        estimate=(rows @ beta.reshape(trials, m * q, 1))[:, :, 0],
        se=scale * np.sqrt(variance),
        df=df,
        beta=(beta @ basis.back.swapaxes(1, 2)).reshape(trials, m * q),
        sigma=scale[:, :, None] ** 2
        * (theta[:, None, :] @ bases.reshape(len(bases), -1)).reshape(trials, m, m),
        loglik=at.loglik - basis.log_det - (moments.rows - p) * np.log(basis.scale),
        failed=~(at.ok & ok),
        reason=np.zeros(trials, dtype=np.intp),
        alone=np.zeros(trials, dtype=bool),
    )


def _covariance(
    moments: BatchMoments, at: BatchEvaluation, slopes: BatchDerivatives, model: BatchModel
) -> tuple[Floats, Floats, Flags]:
    """Return the covariance of coefficients and of parameters, and whether both are sound."""
    information = -slopes.hessian
    if model.information == "expected":
        information, _ = expected_information(moments, at, slopes, model.bases)
    theta_cov, ok, _ = inverse_scaled(information)
    if not model.df.startswith("kenward-roger"):
        return at.phi, theta_cov, ok
    adjusted = _adjusted(moments, at, slopes, theta_cov, model.bases)
    return adjusted, theta_cov, ok & factor(stack_last(adjusted)).ok


def _adjusted(
    moments: BatchMoments,
    at: BatchEvaluation,
    slopes: BatchDerivatives,
    theta_cov: Floats,
    bases: Floats,
) -> Floats:
    """Return Kenward and Roger's covariance, shape ``(R, p, p)``.

    The structures are linear in their parameters, so that no second derivatives take part.
    """
    trials, g, m, q = moments.y.shape
    k, p = len(bases), at.phi.shape[1]
    flat = bases.reshape(k, -1)
    paired = flat.T @ (theta_cov @ flat)
    paired = paired.reshape(trials, m, m, m, m).transpose(0, 2, 3, 1, 4)
    middle = at.w.reshape(trials, g, m * m) @ paired.reshape(trials, m * m, m * m)
    field = (at.w @ middle.reshape(trials, g, m, m) @ at.w).reshape(trials, g, m * m)
    q_sum = (field.swapaxes(1, 2) @ moments.u).reshape(trials, m, m, q, q)
    q_sum = q_sum.transpose(0, 1, 3, 2, 4).reshape(trials, m * q, m * q)
    moved = slopes.p_matrices
    weighted = theta_cov @ moved.transpose(0, 2, 1, 3).reshape(trials, k, p * p)
    weighted = at.phi[:, None] @ weighted.reshape(trials, k, p, p)
    p_sum = moved.reshape(trials, p, k * p) @ weighted.reshape(trials, k * p, p)
    adjusted = at.phi + 2 * (at.phi @ (narrowed(moments, q_sum) - p_sum) @ at.phi)
    return np.asarray((adjusted + adjusted.swapaxes(1, 2)) / 2)


def _degrees_of_freedom(
    own: Floats, at: BatchEvaluation, slopes: BatchDerivatives, theta_cov: Floats
) -> Floats:
    """Return Satterthwaite's, which for one row are Kenward and Roger's, shape ``(R, c)``."""
    trials, p = len(at.phi), at.phi.shape[1]
    moved = own @ at.phi
    variance = (moved * own).sum(axis=2)
    by_row = moved @ slopes.p_matrices.reshape(trials, p, -1)
    by_row = by_row.reshape(trials, own.shape[1], -1, p)
    gradient = (by_row @ moved[:, :, :, None])[..., 0] / variance[:, :, None]
    spread = ((gradient @ theta_cov) * gradient).sum(axis=2)
    return np.asarray(2 / spread)
