"""Where the effect of a further trial is expected."""

from __future__ import annotations

import math

from scipy.special import stdtrit

from retrostats.estimate import Interval


def prediction_limits(
    mean: float, se: float, tau2: float, *, df: float, level: float = 0.95
) -> Interval:
    r"""Return the interval in which the true effect of a further trial is expected.

    .. math::  \hat\mu \pm t_{df}\sqrt{se^2 + \hat\tau^2}

    Parameters
    ----------
    mean, se
        Pooled effect and its standard error.
    tau2
        Variance between trials.
    df
        Of t: ``inf`` for the normal, ``k - 1`` after `pool` with a t test, ``k - 2`` in [1]_ and
        [2]_.
    level
        Coverage, if effects of trials are normal and `tau2` is right.

    References
    ----------
    .. [1] Higgins JPT, Thompson SG, Spiegelhalter DJ (2009). J R Stat Soc A 172, 137-159.
       doi:10.1111/j.1467-985X.2008.00552.x
    .. [2] Riley RD, Higgins JPT, Deeks JJ (2011). BMJ 342, d549. doi:10.1136/bmj.d549

    Examples
    --------
    >>> low, high, _ = prediction_limits(-0.341, 0.203, 0.0326, df=1)
    >>> round(low, 2), round(high, 2)
    (-3.79, 3.11)
    """
    margin = float(stdtrit(df, 0.5 + level / 2)) * math.hypot(se, math.sqrt(tau2))
    return Interval(mean - margin, mean + margin, level)
