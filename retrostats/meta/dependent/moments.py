"""Weights of Hedges, Tipton and Johnson: variances by moments, for robust standard errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MomentFit:
    """Variances by moments, and the diagonal weights that they give.

    Attributes
    ----------
    tau2, omega2
        Between trials, and between the estimates of a trial; ``nan`` where there is none.
    i2
        Share of the variance beyond sampling, 0 to 1; ``nan`` where it is not defined.
    inverse_weights
        Of each trial, shape ``(n_i,)``.
    """

    tau2: float
    omega2: float
    i2: float
    inverse_weights: tuple[Floats, ...]


def correlated_effects(
    values: Sequence[Floats], variances: Sequence[Floats], correlation: float
) -> MomentFit:
    r"""Fit several estimates of the same patients, all of one effect per trial.

    With the mean variance ``v_j`` of the ``k_j`` estimates of a trial, first weights
    ``1 / (k_j v_j)`` and their weighted sum of squares ``Q``,

    .. math::  \hat\tau^2 = \frac{Q - m + C}{S - \sum v_j^{-2} / S},\qquad
               C = \frac{(1 - \rho)\sum 1/(k_j v_j) + \rho S}{S},\qquad S = \sum v_j^{-1}

    Parameters
    ----------
    values, variances
        Estimates of each of ``m`` trials and their sampling variances, shape ``(n_i,)``.
    correlation
        Of two estimates of a trial.

    References
    ----------
    .. [1] Hedges LV, Tipton E, Johnson MC (2010). Res Synth Methods 1, 39-65.
       doi:10.1002/jrsm.5
    """
    sizes = np.array([len(y) for y in values])
    typical = np.array([v.mean() for v in variances])
    total = float(np.sum(1 / typical))
    means = np.array([y.mean() for y in values])
    mean = float(means @ (1 / typical)) / total
    q = sum(
        float(np.sum((y - mean) ** 2)) / (len(y) * v) for y, v in zip(values, typical, strict=True)
    )
    inner = float(np.sum((1 - correlation) / (sizes * typical))) / total + correlation
    df = len(values) - inner
    tau2 = max(0.0, (q - df) / (total - float(np.sum(typical**-2)) / total))
    return MomentFit(
        tau2=tau2,
        omega2=np.nan,
        i2=max(0.0, 1 - df / q) if q > 0 else 0.0,
        inverse_weights=tuple(
            np.full(n, n * (v + tau2)) for n, v in zip(sizes, typical, strict=True)
        ),
    )


def hierarchical_effects(values: Sequence[Floats], variances: Sequence[Floats]) -> MomentFit:
    r"""Fit estimates of different patients within trials (sites, subgroups, sister trials).

    Two sums of squares of the residuals ``e`` from the mean with weights ``w = 1 / v``,
    :math:`\sum w e^2` and :math:`\sum_j (\sum_i e_{ij})^2`, are set equal to their expectations.
    A negative variance between estimates becomes 0 before that between trials is computed.

    Parameters
    ----------
    values, variances
        As in `correlated_effects`; sampling errors are independent.

    References
    ----------
    .. [1] Hedges LV, Tipton E, Johnson MC (2010). Res Synth Methods 1, 39-65.
       doi:10.1002/jrsm.5
    """
    v = np.concatenate(list(variances))
    w, y, k = 1 / v, np.concatenate(list(values)), len(v)
    sizes = np.array([len(each) for each in values], dtype=float)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(int)
    shares, total = np.add.reduceat(w, starts), float(w.sum())
    residual = y - float(w @ y) / total
    summed = np.add.reduceat(residual, starts)
    # Expectations of the two sums of squares: of tau2, of omega2, and of sampling.
    squares = float(sizes @ sizes)
    a1 = (
        squares - 2 * float(sizes**2 @ shares) / total + squares * float(shares @ shares) / total**2
    )
    b1 = k - 2 * float(sizes @ shares) / total + squares * float(w @ w) / total**2
    c1 = float(v.sum()) - squares / total
    a2, b2, c2 = total - float(shares @ shares) / total, total - float(w @ w) / total, k - 1
    q1, q2 = float(summed @ summed), float(w @ residual**2)
    slope = b1 * a2 - b2 * a1
    # All trials of one size 1: the two sums say the same, and there is one variance.
    alone = bool((sizes == 1).all())
    omega2 = 0.0 if alone else max(0.0, ((q1 - c1) * a2 - (q2 - c2) * a1) / slope)
    tau2 = max(0.0, (q2 - c2 - omega2 * b2) / a2)
    return MomentFit(
        tau2=tau2,
        omega2=omega2,
        i2=np.nan,
        inverse_weights=tuple(each + tau2 + omega2 for each in variances),
    )
