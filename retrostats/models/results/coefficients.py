"""The table of coefficients, with the columns that could not be estimated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrostats.estimate import TIDY_COLUMNS, Estimate, EstimateTable

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class CoefficientTable(EstimateTable):
    """Coefficients in the order of the formula.

    Attributes
    ----------
    caption, estimates
        As in `EstimateTable`: one estimate per coefficient that the data determine.
    aliased
        Position in the formula and name of each column that depends on earlier ones. It has a
        row without numbers in `tidy`.
    """

    aliased: tuple[tuple[int, str], ...] = ()

    def __repr__(self) -> str:
        # The zero-argument super() does not find the class that slots=True makes.
        lines = EstimateTable.__repr__(self).split("\n")
        dropped = [
            f"  {name}: not estimated, depends on earlier columns" for _, name in self.aliased
        ]
        return "\n".join([*lines, *dropped])

    def tidy(self) -> pd.DataFrame:
        """Return one row per column of the design; aliased ones without numbers."""
        import pandas as pd

        rows: list[Sequence[object]] = [
            (e.label, e.value, e.se, e.df, *e.ci, e.p, e.unit) for e in self.estimates
        ]
        unit = self.estimates[0].unit if self.estimates else ""
        level = self.estimates[0].ci.level if self.estimates else math.nan
        empty = math.nan
        for place, name in self.aliased:
            rows.insert(place, (name, empty, empty, empty, empty, empty, level, empty, unit))
        return pd.DataFrame(rows, columns=list(TIDY_COLUMNS))


def coefficient_table(
    caption: str, estimates: Sequence[Estimate], aliased: Sequence[tuple[int, str]]
) -> CoefficientTable:
    """Return the table; `aliased` gives the place of each column without an estimate."""
    return CoefficientTable(caption, tuple(estimates), tuple(sorted(aliased)))
