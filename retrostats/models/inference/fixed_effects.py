"""What every small-sample method needs to know of a fitted mean: arrays only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from retrostats.arrays import Floats, read_only
from retrostats.errors import DataError, FitError

#: A parameter is named in the message when it takes more than this share of the direction
#: in which the information is weakest.
_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FixedEffects:
    r"""The generalised least squares estimate, and how its covariance moves with theta.

    For subjects i with design :math:`X_i` and :math:`W_i = \Sigma_i^{-1}`; D are derivatives
    of Sigma by the k covariance parameters. Any basis of the p coefficients will do.

    Attributes
    ----------
    beta
        Estimate, shape (p,).
    phi
        :math:`\Phi = (\sum X'WX)^{-1}`, shape (p, p).
    p_matrices
        :math:`P_h = -\sum X'W D_h W X`, shape (k, p, p).
    theta_cov
        Covariance of the covariance parameters, shape (k, k); see `parameter_covariance`.
    q_sum
        :math:`\sum_{hj} V_{hj} \sum X'W D_h W D_j W X` with V = `theta_cov`, shape (p, p).
    r_sum
        :math:`\sum_{hj} V_{hj} \sum X'W D_{hj} W X`, shape (p, p); zero where Sigma is
        linear in theta.

    Raises
    ------
    DataError
        If the shapes do not fit one another.
    """

    beta: Floats
    phi: Floats
    p_matrices: Floats
    theta_cov: Floats
    q_sum: Floats
    r_sum: Floats

    def __post_init__(self) -> None:
        p, k = len(self.beta), len(self.theta_cov)
        expected = {
            "beta": (p,),
            "phi": (p, p),
            "p_matrices": (k, p, p),
            "theta_cov": (k, k),
            "q_sum": (p, p),
            "r_sum": (p, p),
        }
        wrong = []
        for name, shape in expected.items():
            array = read_only(getattr(self, name))
            object.__setattr__(self, name, array)
            if array.shape != shape:
                wrong.append(f"{name} has shape {array.shape}, expected {shape}")
        if wrong:
            raise DataError("fixed effects: " + "; ".join(wrong))


def estimating_rows(rows: Floats, p: int) -> Floats:
    """Return the rows if each of them estimates something.

    Parameters
    ----------
    rows
        Combinations of coefficients, shape (r, p), or one of shape (p,).
    p
        Number of coefficients.

    Returns
    -------
    Floats
        Shape (r, p).

    Raises
    ------
    DataError
        If the shape does not fit, an entry is not finite, or a row is zero.
    """
    rows = np.atleast_2d(rows)
    if rows.ndim != 2 or rows.shape[1] != p:
        raise DataError(f"combination: expected rows of shape (r, {p}), got {rows.shape}")
    size = np.abs(rows).max(axis=1, initial=0)
    if not ((size > 0) & (size < math.inf)).all():
        wrong = np.flatnonzero(~((size > 0) & (size < math.inf))).tolist()
        raise DataError(
            f"combination: rows {wrong} are zero or not finite, so they estimate nothing; check "
            "the contrast, and whether its columns were dropped as aliased"
        )
    return rows


def parameter_covariance(information: Floats, names: tuple[str, ...] = ()) -> Floats:
    """Return the covariance of the covariance parameters.

    Parameters
    ----------
    information
        Observed or expected information, shape (k, k): minus the second derivatives of the
        log-likelihood, or their expectation. Symmetric.
    names
        Names of the k parameters, for the message.

    Returns
    -------
    Floats
        Its inverse, shape (k, k), symmetric.

    Raises
    ------
    FitError
        If the information is not finite and positive definite. Degrees of freedom from such
        a matrix would be meaningless, and often negative.

    Examples
    --------
    >>> parameter_covariance(np.array([[4.0, 0.0], [0.0, 16.0]])).tolist()
    [[0.25, 0.0], [0.0, 0.0625]]
    """
    k = len(information)
    if not np.isfinite(information).all():
        raise FitError(
            "covariance parameters: their information matrix has entries that are not finite; "
            "the fit did not end at a usable point. Try a simpler covariance structure."
        )
    # Variances and correlations differ by orders of magnitude: judge them on one scale.
    diagonal = np.diagonal(information)
    if k and diagonal.min() > 0:
        scale = 1 / np.sqrt(diagonal)
        try:
            factor = cho_factor(information * np.outer(scale, scale), lower=True)
        except LinAlgError:
            pass
        else:
            inverse = cho_solve(factor, np.eye(k)) * np.outer(scale, scale)
            return np.asarray((inverse + inverse.T) / 2, dtype=np.float64)
    elif not k:
        return np.zeros((0, 0))
    raise FitError(_indefinite(information, names))


def _indefinite(information: Floats, names: tuple[str, ...]) -> str:
    size = np.sqrt(np.maximum(np.abs(np.diagonal(information)), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(information / np.outer(size, size))
    weakest = vectors[:, 0] ** 2
    culprits = [name for name, share in zip(names, weakest, strict=False) if share > _SHARE]
    where = f" It fails along {', '.join(culprits)}." if culprits else ""
    return (
        "covariance parameters: their information matrix is not positive definite (smallest "
        f"scaled eigenvalue {values[0]:.3g}).{where} The data do not determine every parameter, "
        "or the fit lies on the edge of what is possible (a variance of 0, a correlation of 1), "
        "where Satterthwaite and Kenward-Roger degrees of freedom do not exist. Try a simpler "
        'covariance structure, information="expected", or df="between-within" or "CR2".'
    )
