"""The Q-profile interval of tau squared."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import chdtri, gammaincinv

from retrostats.arrays import Floats
from retrostats.meta.weighted import weighted_fit

#: Brackets grow by this factor; it is a power of two, so that growing costs no digits.
GROWTH = 4.0
#: Bisection from the largest double to the smallest takes about 2,100 steps.
STEPS = 2200


def q_profile(
    y: Floats, v: Floats, x: Floats | None = None, *, level: float = 0.95
) -> tuple[float, float]:
    """Return the limits between which the generalised Q is no surprise.

    The generalised Q falls as tau squared grows, and has a chi-squared distribution with
    ``k - p`` degrees of freedom at the true value. The limits are its exact roots at the two
    quantiles, each 0 where the root would be negative; both are 0 if the trials agree better
    than chance lets them. They are infinite only where they are beyond the largest double.

    Parameters
    ----------
    y, v
        Trial estimates and sampling variances, shape ``(k,)``.
    x
        Columns, shape ``(k, p)``; by default ones.
    level
        Coverage.

    References
    ----------
    .. [1] Viechtbauer W (2007). Stat Med 26, 37-52. doi:10.1002/sim.2514

    Examples
    --------
    >>> import numpy as np
    >>> low, high = q_profile(np.array([-0.9, -0.15, -0.4]), np.array([0.1, 0.05, 0.08]))
    >>> low, round(high, 3)
    (0.0, 5.68)
    """
    df = len(y) - (1 if x is None else x.shape[1])
    tail = (1 - level) / 2
    size = float(max(np.var(y), v.max()))

    def excess_over(target: float) -> Callable[[float], float]:
        return lambda tau2: weighted_fit(y, v + tau2, x).rss - target

    return (
        falling_root(excess_over(float(chdtri(df, tail))), size),
        # Not chdtri(df, 1 - tail), which loses the digits of a small tail.
        falling_root(excess_over(2 * float(gammaincinv(df / 2, tail))), size),
    )


def falling_root(function: Callable[[float], float], first: float, low: float = 0.0) -> float:
    """Return where a function falls through 0, at ``low`` or above.

    Parameters
    ----------
    function
        Falls from ``low`` on.
    first
        A first guess of how far to look; of the size of the answer.
    low
        Returned if the function is not positive there.

    Returns
    -------
    float
        The root, or ``inf`` if the function is positive up to the largest double.
    """
    from scipy.optimize import brentq

    if function(low) <= 0:
        return low
    near, far = low, max(first, low * GROWTH)
    while far < math.sqrt(np.finfo(float).max) and function(far) > 0:
        near, far = far, far * GROWTH
    if function(far) > 0:
        return math.inf
    return float(brentq(function, near, far, xtol=1e-300, rtol=1e-15, maxiter=STEPS))
