"""The largest of several t statistics with any correlations."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaincinv, ndtr, ndtri

from retrostats.arrays import Floats
from retrostats.models.simultaneous import Tail, product_tail

#: Correlations count as products of loadings when they differ from them by less than this.
PRODUCT = 1e-10
#: Statistics whose correlation is nearer to one than this are the same statistic.
_SAME = 1e-9
#: Loadings are kept this far from one, where the integrand would have a jump.
_LARGEST = 0.99999
#: Sweeps of the fit of the loadings; it converges geometrically.
_SWEEPS = 2000
#: Points of each lattice, and how many shifted copies of it are averaged.
_POINTS, _COPIES = 8192, 4
#: Generates the shifts of the lattices; fixed, so that the same input gives the same result.
_SEED = 1955


def largest_tail(correlation: Floats, df: float) -> Tail:
    """Return the upper tail of ``max |T_i|`` of a multivariate t distribution.

    Parameters
    ----------
    correlation
        Shape ``(r, r)``; may be singular.
    df
        Degrees of freedom of the common scale, fractional or ``inf``.

    Returns
    -------
    callable
        From a critical value to the probability that any statistic exceeds it in size.

    Notes
    -----
    Correlations that are products of loadings, as all pairs and nearly all triples are, take
    two integrals (`product_tail`; errors near 1e-14). For others the nearest products are
    integrated so, and only the difference to them is simulated, on lattices with a fixed
    seed: errors of 4e-7 were seen where correlations differ by 0.03 from products, and of
    3e-4 where they are far from them and singular, as for all pairs of groups.

    References
    ----------
    .. [1] Genz A (1992). J Comput Graph Stat 1, 141-149. doi:10.1080/10618600.1992.10477010
    .. [2] Genz A, Bretz F (2009). Computation of Multivariate Normal and t Probabilities.
       Springer. doi:10.1007/978-3-642-01689-9
    """
    correlation = _distinct(correlation)
    loadings = fitted_loadings(correlation)
    exact = product_tail(loadings, df)
    products = np.outer(loadings, loadings)
    np.fill_diagonal(products, 1.0)
    if np.abs(products - correlation).max() < PRODUCT:
        return exact
    points = _lattice(len(correlation))
    scale = _scales(points[0], df)
    ours, theirs = _pivoted(correlation), _pivoted(products)

    def tail(critical: float) -> float:
        if critical <= 0:
            return 1.0
        limits = critical * scale
        change = _inside(theirs, limits, points[1:]) - _inside(ours, limits, points[1:])
        return float(np.clip(exact(critical) + change.mean(), math.ulp(0.0), 1.0))

    return tail


def fitted_loadings(correlation: Floats) -> Floats:
    """Return loadings whose products come nearest to the correlations, by least squares.

    Parameters
    ----------
    correlation
        Shape ``(r, r)``.

    Returns
    -------
    Floats
        Shape ``(r,)``, each less than one in size.
    """
    r = len(correlation)
    off = correlation - np.eye(r)
    if r < 3:
        size = math.sqrt(min(abs(off[0, -1]), _LARGEST**2))
        return np.array([size, math.copysign(size, off[0, -1])][:r])
    values, vectors = np.linalg.eigh(correlation)
    loadings = np.clip(vectors[:, -1] * math.sqrt(values[-1]), -_LARGEST, _LARGEST)
    for _ in range(_SWEEPS):
        before = loadings.copy()
        for i in range(r):
            squares = loadings @ loadings - loadings[i] ** 2
            if squares > 0:
                loadings[i] = np.clip(off[i] @ loadings / squares, -_LARGEST, _LARGEST)
        if np.abs(loadings - before).max() < 1e-15:
            break
    return loadings


def _distinct(correlation: Floats) -> Floats:
    """Leave out statistics that equal an earlier one, or its negative."""
    kept: list[int] = []
    for i in range(len(correlation)):
        if all(abs(correlation[i, j]) < 1 - _SAME for j in kept):
            kept.append(i)
    return correlation[np.ix_(kept, kept)]


def _lattice(dimensions: int) -> Floats:
    """Return points in the open unit cube, shape ``(dimensions, points)``.

    Richtmyer's lattice of square roots of primes, folded so that it is periodic; the first
    dimension is for the scale, and the last statistic needs none.
    """
    primes = [n for n in range(2, 20 * dimensions) if all(n % d for d in range(2, n))]
    steps = np.sqrt(np.array(primes[:dimensions], dtype=np.float64))
    shifts = np.random.default_rng(_SEED).random((_COPIES, dimensions, 1))
    along = steps[:, None] * np.arange(1, _POINTS + 1)
    folded = np.abs(2 * np.mod(along + shifts, 1.0) - 1)
    return np.asarray(np.clip(np.concatenate(list(folded), axis=1), 1e-12, 1 - 1e-12))


def _scales(uniform: Floats, df: float) -> Floats:
    if math.isinf(df):
        return np.ones_like(uniform)
    return np.asarray(np.sqrt(2 * gammaincinv(df / 2, uniform) / df))


def _pivoted(correlation: Floats) -> Floats:
    """Return a lower triangle whose square is the correlation, which may be singular."""
    r = len(correlation)
    factor = np.zeros((r, r))
    for j in range(r):
        left = correlation[j:, j] - factor[j:, :j] @ factor[j, :j]
        if left[0] > 1e-10:
            factor[j:, j] = left / math.sqrt(left[0])
    return factor


def _inside(factor: Floats, limits: Floats, points: Floats) -> Floats:
    """Return for each point the probability that all statistics are inside, by Genz's chain."""
    inside = np.ones_like(limits)
    drawn = np.zeros((len(factor), len(limits)))
    for i, row in enumerate(factor):
        centre = row[:i] @ drawn[:i]
        if row[i] <= 0:  # determined by the earlier ones
            inside *= np.abs(centre) <= limits * (1 + 1e-12)
            continue
        low, high = ndtr((-limits - centre) / row[i]), ndtr((limits - centre) / row[i])
        inside *= high - low
        if i < len(factor) - 1:
            place = low + points[i] * (high - low)
            drawn[i] = ndtri(np.clip(place, 1e-300, 1 - 1e-16))
    return inside
