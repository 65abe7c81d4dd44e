"""Maximum likelihood and restricted maximum likelihood of tau squared."""

from __future__ import annotations

import numpy as np

from retrostats.arrays import Floats
from retrostats.meta.many.scaled import solve
from retrostats.meta.many.search import highest
from retrostats.meta.weighted import ones, weighted_fit


def log_likelihood(
    tau2: float, y: Floats, v: Floats, x: Floats | None = None, *, restricted: bool
) -> float:
    """Return the (restricted) log-likelihood profiled over the coefficients.

    Parameters
    ----------
    tau2
        Variance between trials, 0 or more.
    y, v
        Trial estimates and sampling variances, shape ``(k,)``.
    x
        Columns, shape ``(k, p)``; by default ones.
    restricted
        Whether the likelihood is that of the residual contrasts (REML), with the constant of
        metafor: ``-(k - p)/2 log(2 pi) + log|X'X|/2 - ...``.
    """
    design = ones(len(y)) if x is None else x
    y = y - np.mean(y) if x is None else y
    fit = weighted_fit(y, v + tau2, design)
    k, p = design.shape
    n = k - p if restricted else k
    value = -0.5 * (n * np.log(2 * np.pi) + np.sum(np.log(v + tau2)) + fit.rss)
    if restricted:
        value += 0.5 * np.linalg.slogdet(fit.cov)[1] + 0.5 * np.linalg.slogdet(design.T @ design)[1]
    return float(value)


def reml(y: Floats, v: Floats, x: Floats | None = None) -> float:
    """Return the tau squared of the highest restricted likelihood.

    Parameters
    ----------
    y, v
        Trial estimates and sampling variances, shape ``(k,)``.
    x
        Columns, shape ``(k, p)``; by default ones.

    References
    ----------
    Viechtbauer W (2005). Bias and efficiency of meta-analytic variance estimators in the
    random-effects model. J Educ Behav Stat 30:261. doi:10.3102/10769986030003261
    """
    return float(maximise(y[None], v, x)[0])


def maximum_likelihood(y: Floats, v: Floats, x: Floats | None = None) -> float:
    """Return the tau squared of the highest likelihood; arguments as for `reml`.

    References
    ----------
    Hardy RJ, Thompson SG (1996). A likelihood approach to meta-analysis with random effects.
    Stat Med 15:619. doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A
    """
    return float(maximise(y[None], v, x, restricted=False)[0])


def maximise(y: Floats, v: Floats, x: Floats | None = None, *, restricted: bool = True) -> Floats:
    """Return the tau squared of the highest likelihood of every data set, shape ``(n,)``.

    The (restricted) likelihood can have several maxima. All of them are found, on a grid from 0
    to a bound above which the likelihood falls, and the highest wins.

    Parameters
    ----------
    y
        Estimates, shape ``(n, k)``.
    v
        Sampling variances, shape ``(n, k)``, or ``(k,)`` for all data sets: faster.
    x
        Columns of full rank, shape ``(k, p)`` or ``(n, k, p)``; by default ones.
    restricted
        The restricted likelihood (REML), or the likelihood (ML).

    Returns
    -------
    array
        ``nan`` for a data set with a number that is not finite, with a variance that is not
        positive, or whose estimates are so many standard errors apart that squares overflow.

    Raises
    ------
    ValueError
        If there are no more trials than columns.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.array([[-0.9, -0.15, -0.4], [0.2, 0.2, 0.2]])
    >>> maximise(y, np.array([0.10, 0.05, 0.08])).round(4)
    array([0.0643, 0.    ])
    """
    return solve(highest, y, v, x, restricted=restricted)
