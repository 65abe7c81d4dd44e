"""Orders in which the rows of a design may stand beside the trials."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats

Orders = NDArray[np.intp]


def row_codes(x: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Return the distinct rows of a design of shape ``(k, p)``, and which of them each trial has.

    Examples
    --------
    >>> rows, codes = row_codes(np.array([[1.0, 4.0], [1.0, 2.0], [1.0, 4.0]]))
    >>> codes
    array([1, 0, 1])
    """
    rows, codes = np.unique(x, axis=0, return_inverse=True)
    return rows, codes.reshape(-1)


def count_orders(codes: NDArray[np.intp]) -> int:
    """Return how many orders of the codes differ: ``k!`` over the factorials of their numbers.

    Examples
    --------
    >>> count_orders(np.array([0, 0, 1, 1, 1])), count_orders(np.arange(13))
    (10, 6227020800)
    """
    count = math.factorial(len(codes))
    for size in np.bincount(codes).tolist():
        count //= math.factorial(size)
    return count


def every_order(codes: NDArray[np.intp]) -> Orders:
    """Return each different order of the codes once, in the order of a dictionary.

    Returns
    -------
    array
        Shape ``(count_orders(codes), k)``.

    Examples
    --------
    >>> every_order(np.array([1, 0, 0])).tolist()
    [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    """
    return np.array(list(_lexicographic(sorted(codes.tolist()))), dtype=np.intp)


def _lexicographic(word: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield the words of the same letters from ``word`` on (Narayana's next permutation)."""
    last = len(word) - 1
    while True:
        yield tuple(word)
        rise = last - 1
        while rise >= 0 and word[rise] >= word[rise + 1]:
            rise -= 1
        if rise < 0:
            return
        swap = last
        while word[swap] <= word[rise]:
            swap -= 1
        word[rise], word[swap] = word[swap], word[rise]
        word[rise + 1 :] = word[:rise:-1]


def random_orders(codes: NDArray[np.intp], replicates: int, rng: np.random.Generator) -> Orders:
    """Return orders drawn at random, shape ``(replicates, k)``."""
    return rng.permuted(np.tile(codes, (replicates, 1)), axis=1)
