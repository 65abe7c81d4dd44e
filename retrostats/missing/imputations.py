"""Completed data sets, and the analysis of all of them as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retrostats.arrays import Floats
from retrostats.estimate import Estimate
from retrostats.layout import ShownAsSentence
from retrostats.missing.impute_frame import ColumnNames, Grid
from retrostats.missing.rubin import PooledImputations, pool_imputations
from retrostats.missing.types import Imputation, Strategy, VisitScores

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Imputations(ShownAsSentence):
    """Data sets in which the gaps of one outcome are filled, each with other draws.

    Attributes
    ----------
    values
        What was drawn, shape ``(M, gaps)``, in the order of the rows of a completed frame.
    grid
        The data, one row per subject and visit, and the same as arrays.
    columns
        Names of the columns.
    strategy, reference
        What was assumed after the last visit, and the arm that was copied; None where none was.
    imputation
        How gaps were filled.
    seed
        That the draws hang on.

    Examples
    --------
    >>> import pandas as pd
    >>> import retrostats as rs
    >>> walks = pd.DataFrame({
    ...     "who": [k for k in range(12) for _ in range(2)],
    ...     "arm": ["control"] * 12 + ["retro"] * 12,
    ...     "week": [3, 6] * 12,
    ...     "pain": [5, 5, 6, 4, 7, 7, 4, 3, 6, None, 5, 5, 4, 3, 5, 2, 3, None, 6, 4, 4, 4, 3, 1],
    ... })
    >>> filled = rs.impute(
    ...     walks, outcome="pain", subject="who", visit="week", arm="arm", imputations=20, seed=1
    ... )
    >>> print(filled)
    pain: 2 of 24 scores (8.3%) filled in 20 data sets by posterior draws; missing at random
    """

    values: Floats
    grid: Grid
    columns: ColumnNames
    strategy: Strategy
    reference: str | None
    imputation: Imputation
    seed: int

    def __len__(self) -> int:
        """Return the number of data sets."""
        return len(self.values)

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        gaps, cells = self.values.shape[1], self.scores.y.size
        arm = "" if self.reference is None else f" ({self.reference})"
        return (
            f"{self.columns.outcome}: {gaps:,} of {cells:,} scores ({gaps / cells:.1%}) filled in "
            f"{len(self):,} data sets by {self.imputation}; {self.strategy}{arm}"
        )

    @property
    def scores(self) -> VisitScores:
        """The scores with their gaps, as arrays."""
        return self.grid.scores

    def completed(self) -> Floats:
        """Return the scores of all data sets, shape ``(M, n, m)``."""
        y = self.scores.y
        filled = np.array(np.broadcast_to(y, (len(self), *y.shape)))
        filled[:, ~self.scores.seen] = self.values
        return filled

    def frames(self) -> Iterator[pd.DataFrame]:
        """Yield the completed data sets.

        Yields
        ------
        pandas.DataFrame
            One row per subject and visit: subject, arm, covariates, visit, outcome, and
            ``imputed``, which says whether the score was filled in.
        """
        gone = ~self.scores.seen.ravel()
        for drawn in self.values:
            table = self.grid.table.copy()
            score = self.scores.y.ravel().copy()
            score[gone] = drawn
            table[self.columns.outcome] = score
            table["imputed"] = gone
            yield table

    def tidy(self) -> pd.DataFrame:
        """Return all data sets below one another; ``imputation`` counts them from 1."""
        import pandas as pd

        numbered = [
            table.assign(imputation=place) for place, table in enumerate(self.frames(), start=1)
        ]
        return pd.concat(numbered, ignore_index=True)

    def estimate(self, analyse: Callable[[pd.DataFrame], Any]) -> PooledImputations:
        """Analyse each data set, and pool the estimates by Rubin's rules.

        Parameters
        ----------
        analyse
            Takes a data set, as `frames` yields it, and returns an `Estimate` with a standard
            error. Its df are taken for those of complete data; of different ones the smallest.

        Returns
        -------
        PooledImputations
            With label, unit and level of the estimates. With no gap in the outcome it is the
            estimate of the data as they are.

        Raises
        ------
        TypeError
            If `analyse` returns anything else.
        ValueError
            If estimates have no standard error, or differ in unit or level.

        Examples
        --------
        >>> import pandas as pd
        >>> import retrostats as rs
        >>> walks = pd.DataFrame({
        ...     "who": range(10),
        ...     "arm": ["control"] * 5 + ["retro"] * 5,
        ...     "week": 6,
        ...     "pain": [5, 4, 7, 3, None, 3, 2, 4, 1, 3],
        ... })
        >>> filled = rs.impute(
        ...     walks, outcome="pain", subject="who", visit="week", arm="arm", seed=1
        ... )
        >>> def difference(frame):
        ...     fit = rs.fit_ancova("pain ~ arm", frame, unit="points")
        ...     return fit.differences("arm", reference="control")[0]
        >>> print(filled.estimate(difference).estimate)
        retro - control: -2.12 points (95% CI -4.51 to 0.264), df 5.72
        """
        found = [analyse(frame) for frame in self.frames()]
        wrong = {type(each).__name__ for each in found if not isinstance(each, Estimate)}
        if wrong:
            one = "; take one of its rows, as in [0]" if "EstimateTable" in wrong else ""
            got = " and ".join(sorted(wrong))
            raise TypeError(f"the analysis must return an Estimate, got {got}{one}")
        kinds = {(each.unit, each.ci.level) for each in found}
        if len(kinds) > 1:
            raise ValueError(f"the estimates differ in unit or level: {sorted(kinds)}")
        return pool_imputations(
            [each.value for each in found],
            [each.se for each in found],
            df_complete=min(each.df for each in found),
            label=found[0].label,
            unit=found[0].unit,
            level=found[0].ci.level,
        )
