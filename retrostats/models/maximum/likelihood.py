"""Log-likelihood of a repeated-measures model and its derivatives, from moments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from retrostats.arrays import Floats
from retrostats.models.maximum.stratum import Stratum
from retrostats.models.maximum.traces import paired_middle, trace_matrix

#: Restricted or full maximum likelihood.
Method: TypeAlias = Literal["reml", "ml"]

LOG_2PI = math.log(2 * math.pi)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """The log-likelihood at one value of the covariance parameters.

    Attributes
    ----------
    theta
        Natural covariance parameters, strata one after the other, shape ``(k,)``.
    loglik
        Restricted or full log-likelihood.
    beta, phi
        Generalised least squares coefficients, ``(p,)``, and ``(sum X'WX)^-1``, ``(p, p)``, in
        the coordinates of the moments.
    total
        ``sum Z'WZ``, shape ``(p + 1, p + 1)``.
    weights
        ``W_g`` of each stratum.
    """

    theta: Floats
    loglik: float
    beta: Floats
    phi: Floats
    total: Floats
    weights: tuple[Floats, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Derivatives:
    """What the log-likelihood does around one value of the covariance parameters.

    Attributes
    ----------
    gradient
        Shape ``(k,)``.
    hessian
        Second derivatives of the log-likelihood, shape ``(k, k)``.
    expected
        Expected information, shape ``(k, k)``.
    p_matrices
        ``P_h = -sum X' W D_h W X``, shape ``(k, p, p)``.
    """

    gradient: Floats
    hessian: Floats
    expected: Floats
    p_matrices: Floats


class Likelihood:
    """The likelihood of one model: strata, and REML or ML.

    Parameters
    ----------
    strata
        Parts of the data with a covariance of their own; they share the coefficients.
    method
        ``"reml"`` or ``"ml"``.
    log_det_basis
        ``log|B|`` of the transformation of the design columns; it makes the restricted
        likelihood that of the untransformed columns.

    Notes
    -----
    No ``log|X'X|`` is added: the constant used by SAS, mmrm, lme4 and nlme.

    References
    ----------
    .. [1] Patterson HD, Thompson R (1971). Biometrika 58, 545-554. doi:10.1093/biomet/58.3.545
    .. [2] Wolfinger R, Tobias R, Sall J (1994). SIAM J Sci Comput 15, 1294-1310.
       doi:10.1137/0915079
    """

    def __init__(
        self, strata: Sequence[Stratum], method: Method, log_det_basis: float = 0.0
    ) -> None:
        self.strata = tuple(strata)
        self.method = method
        self.restricted = float(method == "reml")
        self.log_det_basis = log_det_basis
        edges = np.cumsum([0, *(s.n_parameters for s in self.strata)])
        self.slices = tuple(slice(a, b) for a, b in pairwise(edges))
        self.n_parameters = int(edges[-1])
        self.n_rows = self.strata[0].moments.n_rows
        self.log_weights = self.strata[0].moments.log_weights
        self.n_columns = self.strata[0].moments.n_columns - 1

    def evaluate(self, theta: Floats) -> Evaluation | None:
        """Return the log-likelihood at ``theta``, or None where a covariance is not valid."""
        weighed = [s.weights(theta[at]) for s, at in zip(self.strata, self.slices, strict=True)]
        p = self.n_columns
        total = np.zeros((p + 1, p + 1))
        log_det, w = -self.log_weights, []
        for stratum, pair in zip(self.strata, weighed, strict=True):
            if pair is None:
                return None
            total = total + stratum.moments.quadratic(pair[0])
            log_det += pair[1]
            w.append(pair[0])
        try:
            factor = np.linalg.cholesky(total[:p, :p])
        except np.linalg.LinAlgError:
            return None
        inverse = np.linalg.inv(factor)
        phi = inverse.T @ inverse
        half = inverse @ total[:p, p]
        beta = inverse.T @ half
        rest = float(total[p, p] - half @ half)
        k = self.restricted
        log_gram = 2 * float(np.log(np.diagonal(factor)).sum()) - 2 * self.log_det_basis
        deviance = (self.n_rows - k * p) * LOG_2PI + log_det + k * log_gram + rest
        if not math.isfinite(deviance):
            return None
        return Evaluation(
            theta=theta,
            loglik=-deviance / 2,
            beta=beta,
            phi=phi,
            total=total,
            weights=tuple(w),
        )

    def derivatives(self, at: Evaluation) -> Derivatives:
        """Return gradient, Hessian and expected information, all analytic.

        Notes
        -----
        With ``D_h`` the derivatives of ``S``, ``U = L'WL`` and ``V = L'(n W / 2 - k W Sx W -
        W Sr W)L``, the trace terms of the Hessian are ``sum_g tr(V D_h U D_j)``: a bilinear
        form of the ``D_h`` whose matrix is one product over all patterns.
        """
        p, k = self.n_columns, self.restricted
        residual = np.append(-at.beta, 1.0)
        by_residual = np.outer(residual, residual)
        by_phi = np.zeros_like(at.total)
        by_phi[:p, :p] = at.phi
        gradient = np.zeros(self.n_parameters)
        hessian = np.zeros((self.n_parameters, self.n_parameters))
        expected = np.zeros_like(hessian)
        moved = np.zeros((self.n_parameters, p + 1, p + 1))
        for stratum, part, w in zip(self.strata, self.slices, at.weights, strict=True):
            seen, fisher, slope, fields = _stratum_terms(stratum, w, by_residual, by_phi, k)
            u = stratum.condensed(w)
            d = stratum.structure.first(at.theta[part])
            flat = d.reshape(len(d), -1)
            gradient[part] = flat @ slope.reshape(-1)
            hessian[part, part] = trace_matrix(seen, u, d)
            expected[part, part] = trace_matrix(fisher, u, d)
            if not stratum.structure.linear:
                hessian[part, part] += np.tensordot(
                    stratum.structure.second(at.theta[part]), slope, axes=2
                )
            moved[part] = (flat @ fields).reshape(len(d), p + 1, p + 1)
        products = at.phi @ moved[:, :p, :p]
        flat = products.reshape(len(products), -1)
        crossed = flat @ products.transpose(0, 2, 1).reshape(len(products), -1).T
        v = (moved @ residual)[:, :p]
        hessian += k / 2 * crossed + v @ at.phi @ v.T
        expected += k / 2 * crossed
        return Derivatives(
            gradient=gradient,
            hessian=(hessian + hessian.T) / 2,
            expected=(expected + expected.T) / 2,
            p_matrices=-moved[:, :p, :p],
        )

    def full_information(self, at: Evaluation) -> Floats:
        """Return the expected information if the mean were known, ``tr(W D_h W D_j) / 2`` summed.

        Shape ``(k, k)``. What the restricted likelihood lacks of it went into the coefficients.
        """
        full = np.zeros((self.n_parameters, self.n_parameters))
        for stratum, part, w in zip(self.strata, self.slices, at.weights, strict=True):
            d = stratum.structure.first(at.theta[part])
            u = stratum.condensed(w)
            full[part, part] = trace_matrix(stratum.moments.counts[:, None, None] / 2 * u, u, d)
        return (full + full.T) / 2

    def curvature_sums(self, at: Evaluation, theta_cov: Floats) -> tuple[Floats, Floats]:
        """Return ``sum_hj C_hj Q_hj`` and ``sum_hj C_hj R_hj`` of Kenward and Roger.

        Parameters
        ----------
        at
            The optimum.
        theta_cov
            Covariance ``C`` of the covariance parameters, shape ``(k, k)``.

        Returns
        -------
        tuple of ndarray
            Each of shape ``(p, p)``; ``Q_hj = sum X'W D_h W D_j W X`` and ``R_hj = sum X'W D_hj
            W X``.
        """
        p = self.n_columns
        q_sum, r_sum = np.zeros((p, p)), np.zeros((p, p))
        for stratum, part, w in zip(self.strata, self.slices, at.weights, strict=True):
            d = stratum.structure.first(at.theta[part])
            middle = paired_middle(stratum.condensed(w), d, theta_cov[part, part])
            loaded = stratum.loaded(w)
            q_sum += stratum.moments.quadratic(loaded.transpose(0, 2, 1) @ middle @ loaded)[:p, :p]
            if not stratum.structure.linear:
                second = stratum.structure.second(at.theta[part])
                collapsed = np.tensordot(theta_cov[part, part], second, axes=2)
                r_sum += stratum.moments.quadratic(loaded.transpose(0, 2, 1) @ collapsed @ loaded)[
                    :p, :p
                ]
        return (q_sum + q_sum.T) / 2, (r_sum + r_sum.T) / 2


def _stratum_terms(
    stratum: Stratum, w: Floats, by_residual: Floats, by_phi: Floats, k: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return V (observed, expected), d loglik / dS, and ``sum L'WZ x L'WZ``."""
    n = stratum.moments.counts[:, None, None]
    spread = w @ stratum.moments.inner(by_phi) @ w
    scatter = w @ stratum.moments.inner(by_residual) @ w
    u = stratum.condensed(w)
    half = stratum.condensed(n / 2 * w - k * spread - scatter)
    slope = -(half + n / 2 * u).sum(axis=0) / 2
    fields = stratum.moments.transformed(stratum.loaded(w))
    fisher = n / 2 * u - k * stratum.condensed(spread)
    return half, fisher, slope, fields.reshape(u.shape[1] ** 2, -1)
