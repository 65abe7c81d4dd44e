"""Satterthwaite's degrees of freedom for combinations of coefficients."""

from __future__ import annotations

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.models.inference.fixed_effects import FixedEffects, estimating_rows

#: lmerTest and mmrm call degrees of freedom equal at 1e-8 absolute; relative here.
_EQUAL = 1e-8


def degrees_of_freedom(row: Floats, fixed: FixedEffects) -> float:
    """Return the degrees of freedom of one combination; see `degrees_of_freedom_many`.

    Parameters
    ----------
    row
        Combination of coefficients, shape (p,).
    fixed
        Estimate of the mean and the derivatives of its covariance.

    Raises
    ------
    DataError
        If the row is zero or has another shape.
    FitError
        If `fixed.theta_cov` is not a covariance.
    """
    return float(degrees_of_freedom_many(row, fixed)[0])


def degrees_of_freedom_many(rows: Floats, fixed: FixedEffects) -> Floats:
    r"""Return the degrees of freedom of each of several combinations.

    .. math::  \nu = \frac{2 (c'\Phi c)^2}{g' V g},\qquad g_h = -c'\Phi P_h \Phi c

    where V is the covariance of the covariance parameters.

    Parameters
    ----------
    rows
        Combinations of coefficients, shape (r, p).
    fixed
        Estimate of the mean and the derivatives of its covariance.

    Returns
    -------
    Floats
        Shape (r,), positive. ``inf`` where the variance of a combination does not depend
        on any covariance parameter.

    Raises
    ------
    DataError
        If a row is zero or the shape is not (r, p).
    FitError
        If `fixed.theta_cov` is not a covariance.

    References
    ----------
    .. [1] Giesbrecht FG, Burns JC (1985). Biometrics 41, 477-486. doi:10.2307/2530872
    """
    rows = estimating_rows(rows, len(fixed.beta))
    # Neither the unit of a row nor that of the outcome can over- or underflow a ratio.
    rows = rows / np.abs(rows).max(axis=1, keepdims=True)
    moved = rows @ fixed.phi
    variance = (moved * rows).sum(axis=1)
    gradient = -((moved @ fixed.p_matrices) * moved).sum(axis=2) / variance
    spread = (gradient * (fixed.theta_cov @ gradient)).sum(axis=0)
    if (spread < 0).any() or np.isnan(spread).any():
        raise FitError(
            "Satterthwaite: the covariance of the covariance parameters is not positive "
            "definite, so the degrees of freedom would be negative. See parameter_covariance."
        )
    with np.errstate(divide="ignore"):
        return np.asarray(2 / spread, dtype=np.float64)


def several_rows(rows: Floats, fixed: FixedEffects) -> float:
    r"""Return the denominator degrees of freedom of an F test of several rows.

    ``L Phi L'`` is rotated to be diagonal; each rotated row has its own :math:`\nu_m`, and
    the F is matched by the mean of a sum of squared t:

    .. math::  E = \sum_m \frac{\nu_m}{\nu_m - 2},\qquad \nu = \frac{2E}{E - q}

    Conventions as in lmerTest and mmrm: when all :math:`\nu_m` are equal, that value; else
    2 when any is 2 or less. SAS leaves such rows out of the sum instead, and gives 0 when
    E is not larger than q.

    Parameters
    ----------
    rows
        Independent rows of the hypothesis, shape (q, p); see `ftest.full_rank_rows`.
    fixed
        Estimate of the mean and the derivatives of its covariance.

    Returns
    -------
    float
        Positive; ``inf`` when every rotated row has infinitely many.

    Raises
    ------
    DataError
        If a row is zero or the shape is not (q, p).
    FitError
        If `fixed.theta_cov` is not a covariance.

    Notes
    -----
    The value is that of lmerTest and mmrm for the rows as they are written, and the same in
    every basis of the coefficients. It depends on the writing of the hypothesis: scaling
    one row against the others, or replacing rows by their combinations, moves it a little.
    Kenward and Roger's does not move.

    References
    ----------
    .. [1] Fai AHT, Cornelius PL (1996). J Stat Comput Simul 54, 363-378.
       doi:10.1080/00949659608811740
    """
    if len(rows) == 1:
        return degrees_of_freedom(rows[0], fixed)
    _, rotation = np.linalg.eigh(rows @ fixed.phi @ rows.T)
    nu = degrees_of_freedom_many(rotation.T @ rows, fixed)
    least = float(nu.min())
    if np.isinf(least):
        return least
    if nu.max() - least <= _EQUAL * least:
        return float(nu.mean())
    if least <= 2:
        return 2.0
    # E - q = sum 2 / (nu - 2): written so, nothing cancels when all nu are large.
    excess = 1 / (nu - 2)
    return float((1 + 2 * excess).sum() / excess.sum())
