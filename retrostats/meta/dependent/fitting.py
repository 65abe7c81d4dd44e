"""The variances of dependent estimates, by likelihood or by moments, and the weights from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from retrostats.arrays import Floats
from retrostats.meta.dependent.likelihood import Rotated, composites, pooled_mean
from retrostats.meta.dependent.moments import MomentFit
from retrostats.meta.dependent.optimum import highest_point
from retrostats.meta.heterogeneity import CochranQ


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variances:
    """Variances beyond sampling, and the total covariance within each trial.

    Attributes
    ----------
    tau2, omega2, i2, loglik
        As in `PooledDependent`.
    totals
        Of each trial, shape ``(n_i, n_i)``; the inverse is the weight.
    """

    tau2: float
    omega2: float
    i2: float
    loglik: float
    totals: tuple[Floats, ...]


def from_likelihood(data: Rotated, blocks: Sequence[Floats]) -> Variances:
    """Return the variances of the highest restricted likelihood.

    Parameters
    ----------
    data
        Rotated estimates.
    blocks
        Their sampling covariances. Where every trial has one estimate, the two variances say the
        same: only that between trials is estimated, and the other is ``nan``.
    """
    several = len(data.z) > len(data.starts)
    top = highest_point(data, omega2=None if several else 0.0)
    tau2, omega2 = map(float, top.theta)
    beyond = tau2 + omega2
    return Variances(
        tau2=tau2,
        omega2=omega2 if several else math.nan,
        i2=beyond / (beyond + typical_variance(data)),
        loglik=top.loglik,
        totals=tuple(block + tau2 + omega2 * np.eye(len(block)) for block in blocks),
    )


def from_moments(fit: MomentFit) -> Variances:
    """Return variances by moments with the diagonal weights of that method."""
    totals = tuple(np.diag(each) for each in fit.inverse_weights)
    return Variances(tau2=fit.tau2, omega2=fit.omega2, i2=fit.i2, loglik=math.nan, totals=totals)


def homogeneity(data: Rotated) -> CochranQ:
    """Return Cochran's Q with the covariance of the sampling errors."""
    each = composites(data, 0.0)
    mean, _ = pooled_mean(each, 0.0)
    q = each.within + float(each.precision @ (each.mean - mean) ** 2)
    df = len(data.z) - 1
    return CochranQ(statistic=q, df=df, p=float(chdtrc(df, q)))


def typical_variance(data: Rotated) -> float:
    """Return the sampling variance of a typical estimate: ``(k - 1) / tr(P)``."""
    w = 1 / data.d
    shares = data.u**2 * w / float(data.u**2 @ w)
    # 1 - share, as the sum of the others: one may have all the weight but a trace.
    before = np.concatenate(([0.0], np.cumsum(shares)[:-1]))
    after = np.concatenate((np.cumsum(shares[::-1])[::-1][1:], [0.0]))
    return (len(data.z) - 1) / float(w @ (before + after))
