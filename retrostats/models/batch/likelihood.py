"""Restricted log-likelihoods of many trials at once, with gradients and Hessians.

The formulas are those of `retrostats.models.maximum.likelihood`, for covariances that are linear
in their parameters and a mean with every column at every visit. All products are of stacks of
matrices, one for each trial, so that no trial feels which others are computed with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.batch.moments import BatchMoments
from retrostats.models.batch.stacks import factor, outer_square, stack_first, stack_last
from retrostats.models.batch.types import Flags
from retrostats.models.maximum.likelihood import LOG_2PI


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchEvaluation:
    """Log-likelihoods at one set of parameters for each trial.

    Attributes
    ----------
    theta
        Shape ``(R, k)``.
    ok
        Whether they lie in the domain; elsewhere the rest means nothing, shape ``(R,)``.
    loglik
        Of the settled coordinates, shape ``(R,)``.
    w
        Inverse covariance of each pattern, 0 where a visit lacks, shape ``(R, G, m, m)``.
    phi
        Covariance of the coefficients, shape ``(R, p, p)``.
    beta
        Full coefficients, shape ``(R, m, q)``.
    """

    theta: Floats
    ok: Flags
    loglik: Floats
    w: Floats
    phi: Floats
    beta: Floats

    def take(self, places: NDArray[np.intp]) -> BatchEvaluation:
        """Return some trials."""
        return BatchEvaluation(
            theta=self.theta[places],
            ok=self.ok[places],
            loglik=self.loglik[places],
            w=self.w[places],
            phi=self.phi[places],
            beta=self.beta[places],
        )

    def put(self, places: NDArray[np.intp], other: BatchEvaluation) -> None:
        """Replace some trials."""
        self.theta[places] = other.theta
        self.ok[places] = other.ok
        self.loglik[places] = other.loglik
        self.w[places] = other.w
        self.phi[places] = other.phi
        self.beta[places] = other.beta


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchDerivatives:
    """What the log-likelihoods do around one set of parameters for each trial.

    Attributes
    ----------
    gradient
        Shape ``(R, k)``.
    hessian
        Shape ``(R, k, k)``.
    p_matrices
        ``-P_h = sum X' W D_h W X``, side by side, shape ``(R, p, k, p)``.
    crossed
        ``tr(Phi P_h Phi P_j)``, shape ``(R, k, k)``.
    """

    gradient: Floats
    hessian: Floats
    p_matrices: Floats
    crossed: Floats

    def take(self, places: NDArray[np.intp]) -> BatchDerivatives:
        """Return some trials."""
        return BatchDerivatives(
            gradient=self.gradient[places],
            hessian=self.hessian[places],
            p_matrices=self.p_matrices[places],
            crossed=self.crossed[places],
        )


def evaluate(moments: BatchMoments, theta: Floats, bases: Floats) -> BatchEvaluation:
    """Return the log-likelihoods.

    Parameters
    ----------
    moments
        Of R trials.
    theta
        Shape ``(R, k)``.
    bases
        Derivatives of the covariance, shape ``(k, m, m)``.
    """
    trials, g, m, q = moments.y.shape
    w, log_det, ok = _weights(moments, theta, bases)
    gram = w.reshape(trials, g, m * m).swapaxes(1, 2) @ moments.u
    gram = gram.reshape(trials, m, m, q, q).transpose(0, 1, 3, 2, 4)
    right = w.transpose(0, 2, 1, 3).reshape(trials, m, g * m) @ moments.y.reshape(trials, -1, q)
    squares = (w.reshape(trials, 1, -1) @ moments.s.reshape(trials, -1, 1))[:, 0, 0]
    inner = narrowed(moments, gram.reshape(trials, m * q, m * q))
    side = right.reshape(trials, m * q, 1)
    if moments.narrow.shape[2]:
        side = moments.narrow.swapaxes(1, 2) @ side
    found = factor(stack_last(inner))
    phi = stack_first(outer_square(found.inverse))
    gamma = phi @ side
    rest = squares - (side.swapaxes(1, 2) @ gamma)[:, 0, 0]
    p = inner.shape[1]
    log_gram = 2 * np.log(found.diagonal).sum(axis=0)
    loglik = -((moments.rows - p) * LOG_2PI + log_det + log_gram + rest) / 2
    full = moments.narrow @ gamma if moments.narrow.shape[2] else gamma
    return BatchEvaluation(
        theta=theta,
        ok=ok & found.ok & np.isfinite(loglik),
        loglik=loglik,
        w=w,
        phi=phi,
        beta=full.reshape(trials, m, q),
    )


def _weights(moments: BatchMoments, theta: Floats, bases: Floats) -> tuple[Floats, Floats, Flags]:
    """Return ``W_g``, ``sum log|S_i|``, and whether all covariances are positive definite."""
    m = bases.shape[1]
    sigma = (theta[:, None, :] @ bases.reshape(len(bases), -1)).reshape(-1, m, m)
    covariance = moments.mask * stack_last(sigma)[..., None]
    for visit in range(m):
        covariance[visit, visit] += 1 - moments.mask[visit, visit]
    found = factor(covariance)
    log_det = 2 * (moments.counts * np.log(np.prod(found.diagonal, axis=0))).sum(axis=1)
    w = (outer_square(found.inverse) * moments.mask)[..., :-1]
    return stack_first(w), log_det, np.asarray(found.ok.all(axis=1))


def narrowed(moments: BatchMoments, matrices: Floats) -> Floats:
    """Return matrices of full coefficients, shape ``(R, P, P)``, for the restricted ones."""
    if not moments.narrow.shape[2]:
        return matrices
    return np.asarray(moments.narrow.swapaxes(1, 2) @ matrices @ moments.narrow)


def widened(moments: BatchMoments, phi: Floats) -> Floats:
    """Return a covariance of the restricted coefficients for the full ones, ``(R, P, P)``."""
    if not moments.narrow.shape[2]:
        return phi
    return np.asarray(moments.narrow @ phi @ moments.narrow.swapaxes(1, 2))


def derivatives(moments: BatchMoments, at: BatchEvaluation, bases: Floats) -> BatchDerivatives:
    """Return gradients, Hessians and what inference needs of them."""
    trials, g, m, q = moments.y.shape
    k = len(bases)
    flat = bases.reshape(k, -1)
    w, counts = at.w, moments.counts[:, :-1, None, None]
    both = moments.scatter(at.beta, widened(moments, at.phi))
    whole = counts / 2 * w
    half = whole - w @ both @ w
    slope = -(half + whole).sum(axis=1) / 2
    fields = w[:, :, None] @ bases @ w[:, :, None]
    side = moments.y - (
        moments.u.reshape(trials, g, q, q) @ at.beta.swapaxes(1, 2)[:, None]
    ).swapaxes(2, 3)
    rows = fields.transpose(0, 2, 3, 1, 4).reshape(trials, k * m, g * m)
    v = (rows @ side.reshape(trials, g * m, q)).reshape(trials, k, m * q)
    if moments.narrow.shape[2]:
        v = v @ moments.narrow
    moved = side_by_side(moments, fields)
    crossed = _crossed(at.phi, moved)
    hessian = trace_forms(half, w, flat) + crossed / 2 + v @ at.phi @ v.swapaxes(1, 2)
    return BatchDerivatives(
        gradient=(slope.reshape(trials, 1, -1) @ flat.T)[:, 0],
        hessian=(hessian + hessian.swapaxes(1, 2)) / 2,
        p_matrices=moved,
        crossed=crossed,
    )


def side_by_side(moments: BatchMoments, fields: Floats) -> Floats:
    """Return ``sum X' F_gh X``, shape ``(R, p, k, p)``, for F of shape ``(R, G, k, m, m)``."""
    trials, g, k, m, _ = fields.shape
    q = moments.y.shape[3]
    sums = fields.reshape(trials, g, k * m * m).swapaxes(1, 2) @ moments.u
    sums = sums.reshape(trials, k, m, m, q, q).transpose(0, 2, 4, 1, 3, 5)
    if not moments.narrow.shape[2]:
        return np.ascontiguousarray(sums).reshape(trials, m * q, k, m * q)
    p = moments.narrow.shape[2]
    right = sums.reshape(trials, m * q * k, m * q) @ moments.narrow
    left = moments.narrow.swapaxes(1, 2) @ right.reshape(trials, m * q, k * p)
    return np.asarray(left.reshape(trials, p, k, p))


def _crossed(phi: Floats, moved: Floats) -> Floats:
    """Return ``tr(Phi P_h Phi P_j)``, shape ``(R, k, k)``."""
    trials, p, k, _ = moved.shape
    product = (phi @ moved.reshape(trials, p, k * p)).reshape(trials, p, k, p)
    left = product.transpose(0, 2, 1, 3).reshape(trials, k, p * p)
    right = product.transpose(0, 3, 1, 2).reshape(trials, p * p, k)
    return np.asarray(left @ right)


def trace_forms(v: Floats, u: Floats, flat: Floats) -> Floats:
    """Return ``sum_g tr(V_g D_h U_g D_j)``, shape ``(R, k, k)``."""
    trials, g, m, _ = v.shape
    form = v.reshape(trials, g, m * m).swapaxes(1, 2) @ u.reshape(trials, g, m * m)
    form = form.reshape(trials, m, m, m, m).transpose(0, 2, 3, 4, 1)
    return np.asarray(flat @ form.reshape(trials, m * m, m * m) @ flat.T)


def expected_information(
    moments: BatchMoments, at: BatchEvaluation, slopes: BatchDerivatives, bases: Floats
) -> tuple[Floats, Floats]:
    """Return the expected information, and that for a known mean, shapes ``(R, k, k)``."""
    trials, _, m, q = moments.y.shape
    flat = bases.reshape(len(bases), -1)
    w, counts = at.w, moments.counts[:, :-1, None, None]
    form = widened(moments, at.phi).reshape(trials, m, q, m, q)
    spread = w @ moments.spread(form) @ w
    full = trace_forms(counts / 2 * w, w, flat)
    left = full - trace_forms(spread, w, flat) + slopes.crossed / 2
    return (left + left.swapaxes(1, 2)) / 2, (full + full.swapaxes(1, 2)) / 2
