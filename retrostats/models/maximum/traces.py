"""Traces of products with the derivatives of a covariance, summed over visit patterns."""

from __future__ import annotations

import numpy as np

from retrostats.arrays import Floats

#: Up to this dimension all traces come from one matrix of ``a^4`` entries; beyond it, from one
#: product for each parameter, which needs little memory.
ONE_MATRIX = 40


def trace_matrix(v: Floats, u: Floats, d: Floats) -> Floats:
    """Return ``sum_g tr(V_g D_h U_g D_j)`` for all h and j, shape ``(k, k)``.

    Parameters
    ----------
    v, u
        Symmetric matrices of each pattern, shape ``(G, a, a)``.
    d
        Derivatives of the covariance, shape ``(k, a, a)``.
    """
    k, a = d.shape[:2]
    flat = d.reshape(k, -1)
    if a <= ONE_MATRIX:
        summed = v.reshape(-1, a * a).T @ u.reshape(-1, a * a)
        form = summed.reshape(a, a, a, a).transpose(1, 2, 3, 0).reshape(a * a, a * a)
        return np.asarray(flat @ form @ flat.T)
    rows = [(v @ one @ u).sum(axis=0).T.reshape(-1) for one in d]
    return np.asarray(np.array(rows).reshape(k, -1) @ flat.T)


def paired_middle(u: Floats, d: Floats, weight: Floats) -> Floats:
    """Return ``sum_hj C_hj D_h U_g D_j`` for each pattern, shape ``(G, a, a)``.

    Parameters
    ----------
    u
        Shape ``(G, a, a)``.
    d
        Derivatives of the covariance, shape ``(k, a, a)``.
    weight
        ``C``, symmetric, shape ``(k, k)``.
    """
    k, a = d.shape[:2]
    flat = d.reshape(k, -1)
    mixed = weight @ flat
    if a <= ONE_MATRIX:
        paired = (mixed.T @ flat).reshape(a, a, a, a).transpose(1, 2, 0, 3)
        middle = u.reshape(-1, a * a) @ paired.reshape(a * a, a * a)
        return np.asarray(middle.reshape(-1, a, a))
    total = np.zeros_like(u)
    for left, right in zip(mixed.reshape(k, a, a), d, strict=True):
        total += left @ u @ right
    return total
