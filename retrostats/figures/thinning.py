"""Many subjects in one figure: fewer marks, chosen without chance, and the words that say so."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def evenly(n: int, most: int) -> NDArray[np.intp]:
    """Return at most so many of ``n`` places, evenly spaced, the first and the last among them.

    Of sorted values these are their quantiles, so that the shape of the distribution stays.

    Parameters
    ----------
    n
        How many there are.
    most
        How many may be drawn, at least 2.

    Examples
    --------
    >>> evenly(5, 10).tolist(), evenly(9, 3).tolist()
    ([0, 1, 2, 3, 4], [0, 4, 8])
    """
    if n <= most:
        return np.arange(n)
    return np.unique(np.linspace(0, n - 1, most).round().astype(np.intp))


def thinned_words(drawn: int, of: int, what: str) -> str:
    """Say how many of all are drawn, for the figure and its description; empty if all are.

    Examples
    --------
    >>> thinned_words(400, 100000, "values"), thinned_words(5, 5, "values")
    ('400 of 100,000 values drawn', '')
    """
    return "" if drawn == of else f"{drawn:,} of {of:,} {what} drawn"
