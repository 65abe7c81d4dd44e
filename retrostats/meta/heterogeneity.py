"""How much trials disagree: Q, I squared, H squared."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import chdtrc

from retrostats.arrays import Floats
from retrostats.layout import ShownAsSentence, p_sentence
from retrostats.meta.weighted import weighted_fit


@dataclass(frozen=True, slots=True, kw_only=True)
class CochranQ(ShownAsSentence):
    """Cochran's test that all trials estimate one effect.

    With few trials it finds only gross disagreement: a large p is no sign of agreement.

    Attributes
    ----------
    statistic, df, p
        Weighted sum of squares, degrees of freedom, and the chi-square probability of more.

    References
    ----------
    .. [1] Cochran WG (1954). Biometrics 10, 101-129. doi:10.2307/3001666

    Examples
    --------
    >>> print(CochranQ(statistic=1.632, df=1, p=0.2014))
    Q(1) = 1.63, p = 0.201
    """

    statistic: float
    df: int
    p: float

    def __str__(self) -> str:
        return f"Q({self.df}) = {self.statistic:.3g}, {p_sentence(self.p)}"


def cochran_q(y: Floats, v: Floats, x: Floats | None = None) -> CochranQ:
    """Return Cochran's Q around the mean of the common effect, or of residuals of a regression.

    Parameters
    ----------
    y, v
        Trial estimates and sampling variances, shape ``(k,)``.
    x
        Columns, shape ``(k, p)``; by default ones.

    Examples
    --------
    >>> import numpy as np
    >>> print(cochran_q(np.array([-0.52, -0.11]), np.array([0.041, 0.062])))
    Q(1) = 1.63, p = 0.201
    """
    fit = weighted_fit(y, v, x)
    df = len(y) - len(fit.beta)
    p = float(chdtrc(df, fit.rss)) if df else 1.0
    return CochranQ(statistic=fit.rss, df=df, p=p)


def typical_variance(v: Floats, x: Floats | None = None) -> float:
    """Return the sampling variance of a typical trial.

    Parameters
    ----------
    v
        Sampling variances, shape ``(k,)``.
    x
        Columns, shape ``(k, p)``; by default ones.

    References
    ----------
    .. [1] Higgins JPT, Thompson SG (2002). Stat Med 21, 1539-1558. doi:10.1002/sim.1186

    Examples
    --------
    >>> import numpy as np
    >>> round(typical_variance(np.array([0.041, 0.062])), 4)
    0.0515
    """
    fit = weighted_fit(v, v, x)
    return (len(v) - len(fit.beta)) / fit.trace


def inconsistency(name: str, tau2: float, q: CochranQ, typical: float) -> tuple[float, float]:
    """Return I squared (0 to 1) and H squared, as metafor defines them.

    Parameters
    ----------
    name
        Of the estimator of `tau2`.
    tau2
        Variance between trials.
    q
        Cochran's test.
    typical
        Sampling variance of a typical trial.

    Returns
    -------
    i2, h2
        From `tau2` and the variance of a typical trial. Under the common effect there is no
        `tau2`: they are ``1 - df/Q``, not below 0, and ``Q/df``, which may be below 1.

    Examples
    --------
    >>> i2, h2 = inconsistency("reml", 0.5, CochranQ(statistic=9.0, df=3, p=0.029), 0.25)
    >>> round(i2, 3), h2
    (0.667, 3.0)
    """
    if name != "common":
        return tau2 / (tau2 + typical), 1 + tau2 / typical
    h2 = q.statistic / q.df
    return max(0.0, 1 - 1 / h2) if h2 else 0.0, h2
