"""Chances that a t or an F test reaches its aim, as functions of noncentrality and df."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import betainc, fdtri, gammaln, ndtr, ndtri, stdtrit, xlogy

from retrostats.arrays import Floats
from retrostats.effects.quadrature import noncentral_t_cdf

#: Beyond twelve of its standard deviations chi / sqrt(df) holds less than 1e-16, for any df.
_REACH = 12.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
#: A Poisson variable of a larger mean is normal as far as can be seen: the mixture is smooth over
#: its spread, and logarithms of its own weights would have lost their digits.
_NORMAL_FROM = 1e8
#: Standard deviations to either side, and steps, of that normal: no term beyond is above 1e-22.
_WIDE, _TERMS = 10.0, 2001
#: Panels over which chi / sqrt(df) is integrated, at least and at most.
_PANELS, _MOST_PANELS = 48, 4000


def critical_t(df: float, level: float) -> float:
    """Return the quantile that an interval of this level reaches on either side.

    Parameters
    ----------
    df
        Degrees of freedom; infinite for the normal.
    level
        Coverage of the two-sided interval.

    Examples
    --------
    >>> round(critical_t(126, 0.95), 4), round(critical_t(math.inf, 0.95), 4)
    (1.979, 1.96)
    """
    share = (1 + level) / 2
    return float(ndtri(share) if math.isinf(df) else stdtrit(df, share))


def t_tails(ncp: float, df: float, level: float) -> tuple[float, float]:
    """Return the chances that t lies above, and below, the two critical values.

    Their sum is the power of the two-sided test. R's ``power.t.test`` counts only the first
    unless ``strict = TRUE``.

    Parameters
    ----------
    ncp
        True difference over its standard error.
    df
        Degrees of freedom, at least 1; infinite for the normal.
    level
        Coverage of the two-sided interval that goes with the test.

    Returns
    -------
    tuple of float
        With an absolute error near 1e-15.

    Examples
    --------
    >>> towards, against = t_tails(0.5 * 32**0.5, 126, 0.95)
    >>> round(towards, 9), round(against, 9)
    (0.801458623, 9.35e-07)
    """
    bar = critical_t(df, level)
    if math.isinf(df):
        return float(ndtr(ncp - bar)), float(ndtr(-bar - ncp))
    return noncentral_t_cdf(-bar, df, -ncp), noncentral_t_cdf(-bar, df, ncp)


def equivalence_chance(below: float, above: float, df: float, level: float) -> float:
    r"""Return the chance that an interval lies within two margins (two one-sided tests).

    With :math:`S = \chi_\nu/\sqrt\nu` it is the mean over S of
    :math:`\Phi(a - tS) - \Phi(tS - b)` where that is positive: Owen's Q in another form.

    Parameters
    ----------
    below, above
        True distance from the lower and to the upper margin, in standard errors.
    df
        Degrees of freedom, at least 1; infinite for the normal.
    level
        Coverage of the interval; 0.90 for the usual two tests at 5% each.

    Returns
    -------
    float
        With an absolute error near 1e-12.

    References
    ----------
    .. [1] Owen DB (1965). Biometrika 52, 437-446. doi:10.1093/biomet/52.3-4.437

    Examples
    --------
    >>> round(equivalence_chance(3.0, 3.0, 20.0, 0.90), 4)
    0.7892
    """
    bar = critical_t(df, level)
    if math.isinf(df):
        return max(0.0, float(ndtr(above - bar) - ndtr(bar - below)))
    spread = _REACH / math.sqrt(2 * df)
    ends = max(0.0, 1 - spread), 1 + spread
    panels = min(_MOST_PANELS, _PANELS + int(2 * bar * (ends[1] - ends[0])))
    # The integrand has a corner where the interval is as wide as the margins.
    widest = float(np.clip((above + below) / (2 * bar), *ends))
    # With fractional df the density has a branch point at 0.
    graded = ends[1] * np.geomspace(1e-6 if ends[0] == 0 else 1, 1, 12)
    edges = np.unique([*np.linspace(*ends, panels), widest, *graded])
    half = np.diff(edges)[:, None] / 2
    s = edges[:-1, None] + half * (1 + _NODES)
    mass = half * _WEIGHTS * _relative_density(s, df)
    inside = np.maximum(0.0, ndtr(above - bar * s) - ndtr(bar * s - below))
    return float((mass * inside).sum() / mass.sum())


def _relative_density(s: Floats, df: float) -> Floats:
    """Return the density of chi / sqrt(df), over its value near 1 so that nothing overflows."""
    return np.asarray(np.exp(xlogy(df - 1, s) - df * (s - 1) * (s + 1) / 2))


def f_chance(ncp: float, df1: float, df2: float, level: float) -> float:
    """Return the chance that F lies above its critical value.

    A mixture of beta distributions with Poisson weights, summed over all weights above 1e-18; of
    a mean above 1e8 with those of a normal, on a grid.

    Parameters
    ----------
    ncp
        Noncentrality, 0 or more.
    df1, df2
        Degrees of freedom of numerator and denominator.
    level
        1 minus the size of the test.

    Examples
    --------
    >>> round(f_chance(0.0, 2, 57, 0.95), 12)
    0.05
    >>> round(f_chance(9.8243627, 2, 154.1898, 0.95), 4)
    0.8
    """
    bar = float(fdtri(df1, df2, level))
    j, weights = _mixture(ncp / 2)
    # Of the beta variable's two sides the one whose bound does not round to 1.
    upper = betainc(df2 / 2, df1 / 2 + j, df2 / (df1 * bar + df2))
    # Of many weights the logarithms lose digits alike, and their sum shows how much.
    return float(weights @ upper / weights.sum())


def _mixture(mean: float) -> tuple[Floats, Floats]:
    """Return values of a Poisson variable and their weights, up to a factor."""
    if mean > _NORMAL_FROM:
        z = np.linspace(-_WIDE, _WIDE, _TERMS)
        return mean + math.sqrt(mean) * z, np.exp(-(z**2) / 2)
    reach = 10 * math.sqrt(mean) + 40
    j = np.arange(max(0.0, math.floor(mean - reach)), math.ceil(mean + reach))
    return j, np.exp(xlogy(j, mean) - mean - gammaln(j + 1))
