"""Where the values of one arm stand among those of the other, without the table of all pairs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Two arms, compared value by value.

    Attributes
    ----------
    m, n
        Number of values, treated and control.
    halves
        Pairs in which the treated value is higher, counted twice, plus pairs that are equal: a
        whole number from 0 to ``2 m n``, so that swapping the arms is exact.
    se
        Standard error of `theta` without any model (DeLong; Brunner and Munzel have the same);
        0 where no value of one arm stands among those of the other.
    df
        Degrees of freedom of `se` by Satterthwaite's rule; ``nan`` where it is 0.
    """

    m: int
    n: int
    halves: int
    se: float
    df: float

    @property
    def theta(self) -> float:
        """P(treated > control) + P(equal) / 2 in these samples."""
        return self.halves / (2 * self.m * self.n)

    @property
    def delta(self) -> float:
        """P(treated > control) - P(treated < control) in these samples."""
        return (self.halves - self.m * self.n) / (self.m * self.n)


def place(treated: Floats, control: Floats) -> Placed:
    """Compare every treated value with every control value, in ``N log N`` steps.

    Parameters
    ----------
    treated, control
        Shapes ``(m,)`` and ``(n,)``, at least two values each, none missing.

    References
    ----------
    .. [1] DeLong ER, DeLong DM, Clarke-Pearson DL (1988). Biometrics 44, 837-845.
       doi:10.2307/2531595

    Examples
    --------
    >>> placed = place(np.array([3.0, 5.0, 6.0]), np.array([1.0, 3.0]))
    >>> placed.halves, placed.delta
    (11, 0.8333333333333334)
    """
    m, n = len(treated), len(control)
    above, below = _halves(treated, control), _halves(control, treated)
    # Whole numbers until the last division: equal placements have a variance of exactly 0.
    part_treated = _variance(above) / (4 * n * n * m)
    part_control = _variance(below) / (4 * m * m * n)
    variance = part_treated + part_control
    spread = part_treated**2 / (m - 1) + part_control**2 / (n - 1)
    return Placed(
        m=m,
        n=n,
        halves=int(above.sum()),
        se=math.sqrt(variance),
        df=variance**2 / spread if spread > 0 else math.nan,
    )


def _halves(values: Floats, others: Floats) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return twice the number of others below each value, plus the number equal to it."""
    ordered = np.sort(others)
    low, high = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return np.asarray(low + high, dtype=np.int64)


def _variance(counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    if counts.min() == counts.max():
        return 0.0
    return float(np.var(counts.astype(np.float64), ddof=1))
