"""Exact distributions of the two rank sums if treatment does nothing, and their quantiles."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from retrostats.arrays import Floats


def rank_sum_distribution(m: int, n: int) -> Floats:
    r"""Return the probabilities of Mann and Whitney's U from 0 to ``m n``, without ties.

    The highest value belongs to the first arm with probability ``m / (m + n)``, which gives

    .. math::  p_{mn}(u) = \frac{m\,p_{m-1,n}(u - n) + n\,p_{m,n-1}(u)}{m + n}.

    Parameters
    ----------
    m, n
        Sizes of the arms. Time grows with ``(m n)^2``.

    Examples
    --------
    >>> (rank_sum_distribution(2, 2) * 6).round(12).tolist()
    [1.0, 1.0, 2.0, 1.0, 1.0]
    """
    previous = [np.ones(1) for _ in range(n + 1)]  # no value in the first arm: U is 0
    for i in range(1, m + 1):
        row = [np.ones(1)]
        for j in range(1, n + 1):
            p = np.zeros(i * j + 1)
            p[j:] += previous[j] * (i / (i + j))
            p[: i * (j - 1) + 1] += row[j - 1] * (j / (i + j))
            row.append(p)
        previous = row
    return previous[n]


def signed_rank_distribution(n: int) -> Floats:
    """Return the probabilities of Wilcoxon's W from 0 to ``n (n + 1) / 2``, without ties.

    Parameters
    ----------
    n
        Number of changes, none of them 0.

    Examples
    --------
    >>> (signed_rank_distribution(3) * 8).tolist()
    [1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]
    """
    return _random_sum(range(1, n + 1))


def signed_rank_p(ranks: Floats, up: float) -> float:
    """Return the exact two-sided p of the signed-rank test, ties and zeros as they are.

    Every change is up or down with probability 1/2, given all the ranks.

    Parameters
    ----------
    ranks
        Of those who changed, shape ``(n,)``; multiples of 1/2.
    up
        Sum of the ranks of those who went up.

    Examples
    --------
    >>> signed_rank_p(np.array([1.5, 1.5, 3.0, 4.0]), 10.0)
    0.125
    """
    p = _random_sum(round(2 * rank) for rank in ranks)
    total = len(p) - 1
    least = min(round(2 * up), total - round(2 * up))
    return min(1.0, 2 * float(p[: least + 1].sum()))


def _random_sum(sizes: Iterable[int]) -> Floats:
    """Return the distribution of a sum that has each of the sizes in it with probability 1/2."""
    p = np.ones(1)
    for size in sizes:
        longer = np.zeros(len(p) + size)
        longer[: len(p)] += p / 2
        longer[size:] += p / 2
        p = longer
    return p


@lru_cache(maxsize=256)
def rank_sum_quantile(m: int, n: int, tail: float) -> int:
    """Return the smallest u with ``P(U <= u) >= tail``.

    Examples
    --------
    >>> rank_sum_quantile(5, 6, 0.025)
    4
    """
    return _quantile(rank_sum_distribution(m, n), tail)


@lru_cache(maxsize=256)
def signed_rank_quantile(n: int, tail: float) -> int:
    """Return the smallest w with ``P(W <= w) >= tail``.

    Examples
    --------
    >>> signed_rank_quantile(10, 0.025)
    9
    """
    return _quantile(signed_rank_distribution(n), tail)


def _quantile(p: Floats, tail: float) -> int:
    # A tail that equals the probability counts as reached, whatever the last digit of a sum.
    return int(np.searchsorted(np.cumsum(p), tail * (1 - 1e-12)))
