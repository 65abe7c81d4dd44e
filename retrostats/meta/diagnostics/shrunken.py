"""The effect of each trial, drawn towards the mean of all."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import stdtrit

from retrostats.arrays import Floats
from retrostats.estimate import Estimate, EstimateTable, Interval
from retrostats.meta.inference import coefficients
from retrostats.meta.pooled import Pooled, require_pooled


def best_predictions(
    y: Floats, v: Floats, tau2: float, mean: float, variance: float
) -> tuple[Floats, Floats]:
    """Return the best linear unbiased predictions of the trials' own effects, and their SE.

    With ``b = tau2 / (tau2 + v)`` the prediction is ``b y + (1 - b) mean``, and its variance
    ``b v + (1 - b)^2 variance``.

    Parameters
    ----------
    y, v
        Trial estimates and sampling variances, shape ``(k,)``.
    tau2
        Variance between trials.
    mean, variance
        Of the pooled effect.

    Returns
    -------
    predictions, standard_errors
        Shape ``(k,)`` each.

    Examples
    --------
    >>> import numpy as np
    >>> y, v = np.array([-0.5, -0.1]), np.array([0.04, 0.06])
    >>> values, errors = best_predictions(y, v, 0.04, mean=-0.3, variance=0.02)
    >>> values.round(3).tolist(), errors.round(3).tolist()
    ([-0.4, -0.22], [0.158, 0.177])
    """
    own = tau2 / (tau2 + v)
    rest = v / (tau2 + v)
    return own * y + rest * mean, np.asarray(np.sqrt(own * v + rest**2 * variance))


def shrunken_estimates(pooled: Pooled) -> EstimateTable:
    """Predict the effect of each trial from its own estimate and from all others.

    Use it to ask how the true effects of the trials differ, free of the part of their spread that
    is chance: a small trial is drawn far towards the mean, a large one stays; not as the results
    of the trials in a forest plot, nor with a handful of trials where tau squared is hardly known
    (``heterogeneity_interval``), for its uncertainty is not in the limits.

    Parameters
    ----------
    pooled
        From `pool`. With tau squared of 0 every trial is predicted to have the pooled effect.

    Returns
    -------
    EstimateTable
        The best linear unbiased predictions in the order of the trials, with prediction limits:
        by normal quantiles for ``test="z"``, else by t quantiles with k - 1 degrees of freedom. p
        is ``nan``: these are predictions of effects that vary, not tests.

    References
    ----------
    .. [1] Raudenbush SW, Bryk AS (1985). J Educ Stat 10, 75-98. doi:10.3102/10769986010002075

    Examples
    --------
    >>> import retrostats as rs
    >>> trials = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ... ]
    >>> rs.shrunken_estimates(rs.pool(trials, test="z"))
    Shrunken estimates of the trials
               Estimate (SD)     SE            95% CI  p
      Trial A         -0.612  0.237  -1.077 to -0.147
      Trial B         -0.274  0.189  -0.645 to  0.097
      Trial C         -0.420  0.221  -0.853 to  0.013
    """
    require_pooled("shrunken_estimates", pooled)
    fit = coefficients(pooled.y, pooled.v, pooled.tau2, test=pooled.test)
    mean, variance = float(fit.beta[0]), float(fit.cov[0, 0])
    predicted = best_predictions(pooled.y, pooled.v, pooled.tau2, mean, variance)
    quantile = float(stdtrit(fit.df, 0.5 + pooled.level / 2))
    rows = []
    for name, value, se in zip(pooled.studies, *(each.tolist() for each in predicted), strict=True):
        margin = quantile * se
        rows.append(
            Estimate(
                label=name,
                value=value,
                se=se,
                df=fit.df,
                ci=Interval(value - margin, value + margin, pooled.level),
                p=math.nan,
                unit=pooled.pooled.unit,
            )
        )
    return EstimateTable("Shrunken estimates of the trials", tuple(rows))
