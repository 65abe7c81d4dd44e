"""Columns on a common scale, so that the unit of a moderator does not cost digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retrostats.arrays import Floats

#: Spread over the largest size, below which a column has one value but for rounding.
ROUNDING = 1e-13


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Centred:
    """Columns about their means, over their spread.

    Attributes
    ----------
    x
        Shape ``(k, p)``; the intercept stays 1.
    middle, spread
        Taken off each column, and divided by then, shape ``(p,)``.
    intercept
        Its place, if there is one.
    """

    x: Floats
    middle: Floats
    spread: Floats
    intercept: int | None

    def rows(self, rows: Floats) -> Floats:
        """Return further rows in these coordinates, shape ``(n, p)``."""
        return (rows - self.middle) / self.spread

    @property
    def back(self) -> Floats:
        """From coefficients of these columns to those of the columns as given, ``(p, p)``."""
        matrix = np.diag(1 / self.spread)
        if self.intercept is not None:
            matrix[self.intercept] -= self.middle / self.spread
        return matrix


def centred(x: Floats, intercept: int | None) -> Centred:
    """Return columns of shape ``(k, p)`` about their means and over their spread.

    Without an intercept only the spread is taken out: a shift would change the model.
    """
    middle = np.zeros(x.shape[1])
    if intercept is not None:
        middle = x.mean(axis=0)
        middle[intercept] = 0.0
    spread = np.max(np.abs(x - middle), axis=0)
    spread[spread == 0] = 1.0
    return Centred(x=(x - middle) / spread, middle=middle, spread=spread, intercept=intercept)


def constant(column: Floats) -> bool:
    """Say whether a column of shape ``(k,)`` has one value but for rounding."""
    return bool(np.ptp(column) <= ROUNDING * np.max(np.abs(column)))
