"""Precision of the last visit of an MMRM whose subjects leave: Lu, Luo and Chen, and beyond."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from retrostats.arrays import Floats


class LastVisit(NamedTuple):
    """How precise the difference of two arms at the last visit is.

    Attributes
    ----------
    known
        Variance of the difference if the covariance and the numbers who leave were known.
    variance
        The same with the covariance estimated and the numbers a matter of chance.
    df
        Degrees of freedom of the t; ``nan`` where too few are left to estimate the covariance.
    """

    known: float
    variance: float
    df: float


def padded_inverses(sigma: Floats) -> Floats:
    """Return the inverse of each leading block, with zeros for the visits not reached.

    Parameters
    ----------
    sigma
        Covariance of the visits, shape ``(m, m)``.

    Returns
    -------
    array
        Shape ``(m, m, m)``: for subjects last seen at the first, ..., the last visit.
    """
    m = len(sigma)
    weights = np.zeros((m, m, m))
    for k in range(1, m + 1):
        weights[k - 1, :k, :k] = np.linalg.inv(sigma[:k, :k])
    return weights


def last_seen(retention: Floats) -> Floats:
    """Return which share is last seen at each visit.

    Parameters
    ----------
    retention
        Share still there at each visit, falling, shape ``(..., m)``.

    Examples
    --------
    >>> last_seen(np.array([1.0, 0.9, 0.8])).round(3).tolist()
    [0.1, 0.1, 0.8]
    """
    later = np.concatenate((retention[..., 1:], np.zeros_like(retention[..., :1])), axis=-1)
    return np.asarray(retention - later)


def retention_factor(sigma: Floats, retention: Floats) -> float:
    r"""Return by how much leaving inflates the variance of the last visit's mean.

    .. math::  \varphi = \left[\Big(\sum_k (r_k - r_{k+1})\, \Sigma_k^{-1}\Big)^{-1}\right]_{mm}
        \Big/ \sigma_m^2

    Parameters
    ----------
    sigma
        Covariance of the visits, shape ``(m, m)``.
    retention
        Share still there at each visit, falling, shape ``(m,)``.

    References
    ----------
    .. [1] Lu K, Luo X, Chen PY (2008). Int J Biostat 4(1), 9. doi:10.2202/1557-4679.1098

    Examples
    --------
    >>> sigma = np.array([[1.0, 0.5], [0.5, 1.0]])
    >>> round(retention_factor(sigma, np.array([1.0, 0.8])), 4)
    1.1875
    """
    information = np.einsum("k,kij->ij", last_seen(retention), padded_inverses(sigma))
    return float(np.linalg.inv(information)[-1, -1] / sigma[-1, -1])


def last_visit(sigma: Floats, sizes: Floats, retention: Floats, covariates: int) -> LastVisit:
    r"""Return how precise an unstructured MMRM will be at its last visit.

    Kenward and Roger's formulas at the true covariance and at the expected (REML) information
    of its entries: the variance gains what estimating the covariance costs, and the degrees of
    freedom are Satterthwaite's. Without missing visits they are exactly n1 + n2 - 2 - q. As it is
    chance how many leave, the variance is its mean over multinomial counts, to second order.

    Parameters
    ----------
    sigma
        Covariance of the visits given the covariates, shape ``(m, m)``.
    sizes
        Subjects randomised, shape ``(2,)``, which need not be whole.
    retention
        Share still there, per arm and visit, falling, shape ``(2, m)``.
    covariates
        Number q of covariates whose slope may differ between visits. Their chance differences
        between arms cost 1 + q / (df - 1), as in `adjusted_spread`.

    References
    ----------
    .. [1] Kenward MG, Roger JH (1997). Biometrics 53, 983-997. doi:10.2307/2533558

    Examples
    --------
    >>> sigma = np.array([[1.0, 0.5], [0.5, 1.0]])
    >>> found = last_visit(sigma, np.array([10.0, 10.0]), np.ones((2, 2)), 0)
    >>> round(found.variance, 9), round(found.df, 9)
    (0.2, 18.0)
    """
    weights, basis = padded_inverses(sigma), _basis(len(sigma))
    counts = sizes[:, None] * last_seen(retention)
    # Blocks of coefficients: the two arms, and the slopes of each covariate.
    blocks = np.concatenate((counts, counts.sum(axis=0)[None]))
    phi = np.linalg.inv(np.einsum("bk,kij->bij", blocks, weights))
    known = float(phi[0, -1, -1] + phi[1, -1, -1])
    p = -np.einsum("bk,khij->bhij", blocks, weights[:, None] @ basis @ weights[:, None])
    times = np.array([1.0, 1.0, covariates])
    information = _information(weights, basis, blocks, phi=phi, p=p, times=times)
    if np.linalg.eigvalsh(information)[0] <= 0:
        return LastVisit(known, np.nan, np.nan)
    spread = np.linalg.inv(information)
    rows = phi[:2, -1]
    z = np.einsum("bhij,bj->bhi", p[:2], rows)
    slope = -np.einsum("bi,bhi->h", rows, z)
    df = 2 * known**2 / float(slope @ spread @ slope)
    # What the coefficients gain in variance: Q - P Phi P of Kenward and Roger at the last visit.
    w = np.einsum("kij,bj->bki", weights, rows)
    y = np.einsum("hij,bkj->bkhi", basis, w, optimize=True)
    stack = (-1, *y.shape[2:])
    q = _summed((counts[..., None, None] * y @ weights).reshape(stack), y.reshape(stack))
    left = q - np.einsum("bhi,bij,bgj->hg", z, phi[:2], z, optimize=True)
    price = float((spread * left).sum())
    by_chance = np.einsum("bk,bki,bij,bkj->", counts, w, phi[:2], w) - (rows[:, -1] / sizes).sum()
    covariate = 1 + covariates / (df - 1) if df > 1 else np.nan
    return LastVisit(known, (known + price + float(by_chance)) * covariate, df)


def _basis(m: int) -> Floats:
    """Return the derivatives of an unstructured covariance, shape ``(m (m + 1) / 2, m, m)``."""
    rows, columns = np.tril_indices(m)
    basis = np.zeros((len(rows), m, m))
    each = np.arange(len(rows))
    basis[each, rows, columns] = basis[each, columns, rows] = 1
    return basis


def _information(
    weights: Floats, basis: Floats, blocks: Floats, *, phi: Floats, p: Floats, times: Floats
) -> Floats:
    """Return the expected REML information of the entries of the covariance.

    `times` says how often each block of coefficients is there.
    """
    products = weights[:, None] @ basis
    spent = np.einsum("b,bk,bij->kij", times, blocks, phi)
    factor = blocks[2, :, None, None] / 2 * np.eye(len(phi[0])) - weights @ spent
    seen = _summed(factor[:, None] @ products, products.swapaxes(-1, -2))
    slopes = phi[:, None] @ p
    fitted = _summed(times[:, None, None, None] * slopes, slopes.swapaxes(-1, -2))
    return seen + fitted / 2


def _summed(left: Floats, right: Floats) -> Floats:
    """Return the products of all pairs of parameters, summed over the other axes at once.

    Both have shape ``(stack, parameters, ...)``; one matrix product is far faster than einsum.
    """
    first, second = (np.moveaxis(each, 1, 0).reshape(each.shape[1], -1) for each in (left, right))
    return np.asarray(first @ second.T)
