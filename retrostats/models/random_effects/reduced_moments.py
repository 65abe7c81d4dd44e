"""Moments of subjects in the coordinates of their random effects, for the likelihood."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.models.random_effects.reduction import SubjectFactors
from retrostats.models.sums.gather import MEMORY, SMALL
from retrostats.models.sums.moments import Moments
from retrostats.models.sums.subject_rows import SubjectRows

#: Positions.
Places: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reduced:
    """What `Stratum` needs beside `ReducedRandomEffects`.

    Attributes
    ----------
    moments
        Of the q coordinates of the subjects and, as the last pattern, of the rest.
    loading
        ``[R_g, I]`` of each pattern, shape ``(G, q, 2 q)``.
    """

    moments: Moments | SubjectRows
    loading: Floats


def reduced(factors: SubjectFactors) -> Reduced:
    """Sum the coordinates of subjects with equal ``R_i``, or keep them where that is smaller.

    Parameters
    ----------
    factors
        Of `subject_factors`.

    Returns
    -------
    Reduced
        Its moments count the rows apart in ``n_apart``.
    """
    seen = np.flatnonzero(factors.present.any(axis=1))
    codes = _equal(factors.factor[seen])
    order = np.argsort(codes, kind="stable")
    codes, subjects = codes[order], seen[order]
    first = np.flatnonzero(np.diff(codes, prepend=-1))
    n_own, q = len(first), factors.factor.shape[1]
    n_patterns = n_own + (factors.n_rest > 0)
    present = np.zeros((n_patterns, q), dtype=bool)
    present[:n_own] = factors.present[subjects[first]]
    present[n_own:, 0] = True
    counts = np.full(n_patterns, float(factors.n_rest))
    counts[:n_own] = np.diff(np.append(first, len(codes)))
    loading = np.zeros((n_patterns, q, 2 * q))
    loading[:n_own, :, :q] = factors.factor[subjects[first]]
    loading[:, :, q:] = np.eye(q)
    empty = Moments(
        present=present,
        group=np.zeros(n_patterns, dtype=np.intp),
        counts=counts,
        products=np.zeros((0, q * q, factors.rest.size)),
        basis=factors.basis,
        n_rows=factors.n_rows,
        log_weights=factors.log_weights,
        n_apart=factors.n_rest,
    )
    rows = factors.rows[subjects]
    if n_patterns * rows[0].size ** 2 > max(MEMORY * rows.size, SMALL):
        return Reduced(moments=_kept(empty, rows, codes, factors.rest), loading=loading)
    products = _products(rows, first, factors.rest, n_patterns)
    return Reduced(moments=replace(empty, products=products), loading=loading)


def _equal(factor: Floats) -> NDArray[np.intp]:
    """Return the number of each subject's ``R_i``; all differ when most of them do."""
    codes = np.zeros(len(factor), dtype=np.intp)
    for i, j in zip(*np.triu_indices(factor.shape[1]), strict=True):
        values, inverse = np.unique(factor[:, i, j], return_inverse=True)
        codes = np.unique(codes * len(values) + inverse, return_inverse=True)[1]
        if codes.max(initial=0) > len(codes) // 2:
            return np.arange(len(factor))
    return codes


def _kept(empty: Moments, rows: Floats, codes: Places, rest: Floats) -> SubjectRows:
    """Return the rows of the subjects and, for the rest, those of one triangular factor."""
    size = len(rest)
    if empty.n_apart:
        apart = np.zeros((size, *rows.shape[1:]))
        apart[:, 0] = _root(rest)
        rows = np.concatenate([rows, apart])
        codes = np.append(codes, np.full(size, len(empty.counts) - 1))
    return SubjectRows(
        present=empty.present,
        group=empty.group,
        counts=empty.counts,
        rows=rows,
        pattern=codes,
        basis=empty.basis,
        n_rows=empty.n_rows,
        log_weights=empty.log_weights,
        n_apart=empty.n_apart,
    )


def _products(rows: Floats, first: Places, rest: Floats, n_patterns: int) -> Floats:
    n, q, size = rows.shape
    products = np.zeros((n_patterns, q, q, size, size))
    for target, (low, high) in zip(products, pairwise([*first.tolist(), n]), strict=False):
        flat = rows[low:high].reshape(-1, q * size)
        target[...] = (flat.T @ flat).reshape(q, size, q, size).transpose(0, 2, 1, 3)
    if n_patterns > len(first):
        products[-1, 0, 0] = rest
    return products.reshape(n_patterns, q * q, size * size)


def _root(products: Floats) -> Floats:
    """Return F with ``F'F = products``, exact to rounding in each column's own size."""
    scale = np.sqrt(np.diagonal(products))
    safe = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(products / np.outer(safe, safe))
    return np.asarray(np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T * scale)
