"""Inference of a linear model under unequal variances: a sandwich with residual df."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from retrostats.arrays import Floats
from retrostats.errors import FitError
from retrostats.models.inference.methods import Residual

#: A variance below this share of the classical one is the rounding of residuals that are zero:
#: their squares leave about 1e-30.
NOTHING = 1e-24


@dataclass(frozen=True, slots=True, eq=False)
class Heteroscedastic(Residual):
    """A heteroscedasticity-consistent covariance with observations less coefficients as df.

    Attributes
    ----------
    covariance, observations
        The sandwich, shape (p, p), and the number of rows.
    classical
        ``sigma^2 (X'X)^-1``, shape (p, p), to tell no variance from a small one.
    kind
        ``"HC2"`` or ``"HC3"``.
    """

    classical: Floats = field(kw_only=True)
    kind: str = field(kw_only=True)

    def __post_init__(self) -> None:
        Residual.__post_init__(self)
        object.__setattr__(self, "name", self.kind)

    def degrees_of_freedom_many(self, rows: Floats) -> Floats:
        """Return the same for each row.

        Raises
        ------
        FitError
            If the residuals of the rows that determine a combination are all zero.
        """
        df = Residual.degrees_of_freedom_many(self, rows)
        own, least = (
            np.einsum("ri,ij,rj->r", np.atleast_2d(rows), matrix, np.atleast_2d(rows))
            for matrix in (self.covariance, NOTHING * self.classical)
        )
        if not (own > least).all():
            raise FitError(
                f"{self.kind}: every residual that bears on this combination is 0, as when an arm "
                'has one value only, so its standard error does not exist. Use covariance="'
                'classical", which borrows the variance of the other rows'
            )
        return df
