"""How much trials disagree: Q, I squared, H squared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from retrostats.arrays import Floats
from retrostats.layout import ShownAsFields
from retrostats.meta.weighted import weighted_fit


@dataclass(frozen=True, slots=True, kw_only=True)
class CochranQ(ShownAsFields):
    """Cochran's test that all trials estimate one effect.

    Attributes
    ----------
    statistic, df, p
        Weighted sum of squares, degrees of freedom, and the chi-square probability of more.
    """

    statistic: float
    df: int
    p: float


def cochran_q(y: Floats, v: Floats, x: Floats | None = None) -> CochranQ:
    """Return Cochran's Q of estimates with sampling variances, shape ``(k,)`` each."""
    fit = weighted_fit(y, v, x)
    df = len(y) - len(fit.beta)
    p = float(chdtrc(df, fit.rss)) if df else 1.0
    return CochranQ(statistic=fit.rss, df=df, p=p)


def typical_variance(v: Floats, x: Floats | None = None) -> float:
    """Return the sampling variance of a typical trial (Higgins and Thompson 2002)."""
    fit = weighted_fit(v, v, x)
    return (len(v) - len(fit.beta)) / float(np.trace(fit.projector))
