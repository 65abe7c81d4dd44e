"""Kenward and Roger's adjusted covariance and scaled F test."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.models.inference.fixed_effects import FixedEffects
from retrostats.models.inference.ftest import FTest, wald_test
from retrostats.models.inference.satterthwaite import degrees_of_freedom

#: Of sums of a few products whose exact value is 0.
_ROUNDING = 1e-12


class ScaledF(NamedTuple):
    """Denominator degrees of freedom, and the factor lambda on the Wald F."""

    df: float
    scale: float


def adjusted_covariance(fixed: FixedEffects) -> Floats:
    r"""Return the covariance of the coefficients, corrected for estimated theta.

    .. math::
        \Phi_A = \Phi + 2\Phi\Big[\sum_{hj} V_{hj}
                 \big(Q_{hj} - P_h \Phi P_j - \tfrac14 R_{hj}\big)\Big]\Phi

    Parameters
    ----------
    fixed
        Estimate of the mean; its `r_sum` depends on the parametrisation of Sigma. In the
        natural parameters this is SAS ``ddfm=kr``; with zero it is ``kr(linear)``.

    Returns
    -------
    Floats
        Shape (p, p), symmetric and positive definite.

    Raises
    ------
    FitError
        If the adjustment is not positive definite, as happens in very small samples with
        strongly curved structures.

    References
    ----------
    .. [1] Kenward MG, Roger JH (1997). Biometrics 53, 983-997. doi:10.2307/2533558
    .. [2] Kenward MG, Roger JH (2009). Comput Stat Data Anal 53, 2583-2595.
       doi:10.1016/j.csda.2008.12.013
    """
    phi, p_matrices = fixed.phi, fixed.p_matrices
    k, p, _ = p_matrices.shape
    weighted = (fixed.theta_cov @ p_matrices.reshape(k, p * p)).reshape(k, p, p)
    # One product of (p, kp) with (kp, p) is the sum over h of P_h Phi (sum_j V_hj P_j).
    side_by_side = p_matrices.transpose(1, 0, 2).reshape(p, k * p)
    bracket = fixed.q_sum - fixed.r_sum / 4 - side_by_side @ (phi @ weighted).reshape(k * p, p)
    adjusted = phi + 2 * (phi @ bracket @ phi)
    adjusted = (adjusted + adjusted.T) / 2
    try:
        np.linalg.cholesky(adjusted)
    except np.linalg.LinAlgError:
        raise FitError(
            "Kenward-Roger: the adjusted covariance of the coefficients is not positive "
            "definite; the sample is too small for the adjustment. Try "
            'df="kenward-roger-linear" or df="satterthwaite", or a simpler covariance structure.'
        ) from None
    return adjusted


def f_test(rows: Floats, value: Floats, fixed: FixedEffects, adjusted: Floats) -> FTest:
    """Test that several combinations of coefficients are zero.

    Parameters
    ----------
    rows
        Combinations, shape (q, p); redundant ones change nothing.
    value
        ``rows @ beta``, shape (q,).
    fixed
        Estimate of the mean and the derivatives of its covariance.
    adjusted
        From `adjusted_covariance`, shape (p, p).

    Returns
    -------
    FTest
        With lambda as its scale.

    Raises
    ------
    DataError
        If every row is zero or a shape does not fit.
    FitError
        If the approximation has no answer; see `scaled_f`.
    """
    return wald_test(
        rows, value, adjusted, lambda kept: scaled_f(kept, fixed), method="kenward-roger"
    )


def scaled_f(rows: Floats, fixed: FixedEffects) -> ScaledF:
    r"""Return the degrees of freedom and lambda that match two moments of the Wald F.

    Parameters
    ----------
    rows
        Independent rows of the hypothesis, shape (l, p). The result depends on the space
        that they span and on nothing else.
    fixed
        Estimate of the mean and the derivatives of its covariance.

    Returns
    -------
    ScaledF
        For one row Satterthwaite's degrees of freedom and 1; ``inf`` and 1 when the
        variances do not depend on the covariance parameters.

    Raises
    ------
    FitError
        If no F distribution has the two moments: the covariance parameters are too
        uncertain for a joint test of so many rows.

    References
    ----------
    .. [1] Kenward MG, Roger JH (1997). Biometrics 53, 983-997. doi:10.2307/2533558
    """
    count = len(rows)
    if count == 1:
        return ScaledF(degrees_of_freedom(rows[0], fixed), 1.0)
    root = np.linalg.cholesky(rows @ fixed.phi @ rows.T)
    unit = np.linalg.solve(root, rows @ fixed.phi)  # unit' unit = Phi Theta Phi
    slopes = unit @ fixed.p_matrices @ unit.T
    traces = np.trace(slopes, axis1=1, axis2=2)
    flat = slopes.reshape(len(slopes), count * count)
    a1 = float(traces @ fixed.theta_cov @ traces)
    a2 = float(((fixed.theta_cov @ flat) * flat).sum())
    if a2 == 0:
        return ScaledF(math.inf, 1.0)
    return _match_moments(a1, a2, count)


def _match_moments(a1: float, a2: float, count: int) -> ScaledF:
    # Both are squares in the metric of theta_cov; a1 may be a rounding error below 0.
    if not (a2 > 0 and a1 > -_ROUNDING * a2):
        raise FitError(_no_answer(a1, a2, count))
    b = (a1 + 6 * a2) / (2 * count)
    g = ((count + 1) * a1 - (count + 4) * a2) / ((count + 2) * a2)
    d = 3 * count + 2 * (1 - g)  # at least count + 6, because a1 <= count * a2
    mean = a2 / count
    first, second, third = b * g / d, b * (count - g) / d, b * (count + 2 - g) / d
    # l rho - 1 = (N - D) / D with N = (1 + first)(1 - mean)^2 and D = (1 - second)^2 (1 - third).
    # Both minus 1, term by term: with many subjects all are small, and 1 would swamp them.
    over = first - 2 * mean + mean**2 + first * mean * (mean - 2)
    under = second * (second - 2) - third * (1 - second) ** 2
    if not (1 + under > 0 and over > under):  # V* or l rho - 1 would not be positive
        raise FitError(_no_answer(a1, a2, count))
    df = 4 + (count + 2) * (1 + under) / (over - under)
    return ScaledF(df, df * (1 - mean) / (df - 2))


def _no_answer(a1: float, a2: float, count: int) -> str:
    return (
        f"Kenward-Roger: no F distribution fits a joint test of {count} rows here (A1 = {a1:.4g}, "
        f"A2 = {a2:.4g}): the covariance parameters are too uncertain for it, as with very few "
        "subjects. Test fewer rows at a time, choose a simpler covariance structure, or use "
        'df="between-within" or df="satterthwaite" for this test.'
    )
