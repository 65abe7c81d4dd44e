"""Standard errors of estimates of the variance between trials."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from retrostats.arrays import Floats
from retrostats.meta.weighted import Weighted, weighted_fit


def tau2_standard_error(
    name: str, y: Floats, v: Floats, tau2: float, x: Floats | None = None
) -> float:
    """Return the standard error of tau squared, as it is known for each estimator.

    Large-sample formulas, at the truncated estimate: with few trials they say no more than that
    tau squared is hardly known, and no interval should be built on them. That is what Q-profile
    and profile-likelihood intervals are for.

    Parameters
    ----------
    name
        Of the estimator, e.g. ``"reml"``.
    y, v
        Trial estimates and sampling variances, shape ``(k,)``.
    tau2
        What the estimator gave.
    x
        Columns, shape ``(k, p)``; by default ones.

    Returns
    -------
    float
        In the unit of `tau2`; ``nan`` for the common effect and for a function of a user.

    References
    ----------
    .. [1] Viechtbauer W (2010). J Stat Softw 36(3). doi:10.18637/jss.v036.i03 (metafor, whose
       formulas these are)

    Examples
    --------
    >>> y, v = np.array([-0.52, -0.11]), np.array([0.041, 0.062])
    >>> round(tau2_standard_error("reml", y, v, 0.03255), 4)
    0.1189
    """
    find = _KNOWN.get(name)
    return math.nan if find is None else find(y, v, tau2, x)


def _dersimonian_laird(y: Floats, v: Floats, tau2: float, x: Floats | None) -> float:
    fit = weighted_fit(y, v, x)
    return _of_moment(fit, len(y), tau2, fit.trace)


def _hunter_schmidt(y: Floats, v: Floats, tau2: float, x: Floats | None) -> float:
    return _of_moment(weighted_fit(y, v, x), len(y), tau2, float(np.sum(1 / v)))


def _hunter_schmidt_corrected(y: Floats, v: Floats, tau2: float, x: Floats | None) -> float:
    fit = weighted_fit(y, v, x)
    return len(y) / (len(y) - len(fit.beta)) * _hunter_schmidt(y, v, tau2, x)


def _of_moment(fit: Weighted, k: int, tau2: float, divisor: float) -> float:
    """Return the root of ``2(k - p) + 4 tau2 tr P + 2 tau2^2 tr PP``, over `divisor`."""
    # Divided step by step: squares of weights leave the range of doubles where products do not.
    between = tau2 / divisor
    spare = (k - len(fit.beta)) / divisor
    variance = 2 * spare / divisor + 4 * between * fit.trace / divisor
    return math.sqrt(variance + 2 * between * fit.squares() * between)


def _hedges(y: Floats, v: Floats, tau2: float, x: Floats | None) -> float:
    fit = weighted_fit(y, np.ones_like(v), x)
    spare = len(y) - len(fit.beta)
    both = fit.squares(v, v) + 2 * tau2 * float(fit.diagonal @ v) + tau2**2 * spare
    return math.sqrt(2 * both) / spare


def _sidik_jonkman(y: Floats, v: Floats, tau2: float, x: Floats | None) -> float:
    start = float(np.var(y))
    if start == 0:
        return 0.0
    fit = weighted_fit(y, v + start, x)
    terms = fit.squares(v, v) + 2 * tau2 * fit.squares(v) + tau2 * fit.squares() * tau2
    return start * math.sqrt(2 * terms) / (len(y) - len(fit.beta))


def _restricted(y: Floats, v: Floats, tau2: float, x: Floats | None) -> float:
    return math.sqrt(2 / weighted_fit(y, v + tau2, x).squares())


def _likelihood(_y: Floats, v: Floats, tau2: float, _x: Floats | None) -> float:
    return math.sqrt(2 / float(np.sum((v + tau2) ** -2.0)))


def _paule_mandel(y: Floats, v: Floats, tau2: float, x: Floats | None) -> float:
    k, p = len(y), 1 if x is None else x.shape[1]
    return math.sqrt(2 * k**2 / (k - p)) / float(np.sum(1 / (v + tau2)))


_KNOWN: dict[str, Callable[[Floats, Floats, float, Floats | None], float]] = {
    "dl": _dersimonian_laird,
    "pm": _paule_mandel,
    "pmm": _paule_mandel,
    "reml": _restricted,
    "ml": _likelihood,
    "eb": _paule_mandel,
    "sj": _sidik_jonkman,
    "he": _hedges,
    "hs": _hunter_schmidt,
    "hsk": _hunter_schmidt_corrected,
}
