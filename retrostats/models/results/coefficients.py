"""The table of coefficients, with the columns that could not be estimated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from retrostats.estimate import TIDY_COLUMNS, Estimate, EstimateTable, tidy_row
from retrostats.layout import Layout

if TYPE_CHECKING:
    import pandas as pd


#: What stands in place of the numbers of an aliased column.
NOT_ESTIMATED = "not estimated: depends on earlier columns"


@dataclass(frozen=True, slots=True, repr=False)
class CoefficientTable(EstimateTable):
    """Coefficients in the order of the formula.

    Attributes
    ----------
    caption, estimates
        As in `EstimateTable`: one estimate per coefficient that the data determine.
    aliased
        Position in the formula and name of each column that depends on earlier ones. It has a
        row without numbers in `tidy` and wherever the table is shown; a slice is a table of
        estimates only.
    """

    aliased: tuple[tuple[int, str], ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return one row per column of the design; aliased ones without numbers."""
        import pandas as pd

        rows: list[Sequence[object]] = [tidy_row(estimate) for estimate in self.estimates]
        unit = self.estimates[0].unit if self.estimates else ""
        level = self.estimates[0].ci.level if self.estimates else math.nan
        empty = math.nan
        for place, name in self.aliased:
            rows.insert(place, (name, empty, empty, empty, empty, empty, level, empty, unit))
        frame = pd.DataFrame(rows, columns=list(TIDY_COLUMNS))
        frame.attrs["caption"] = self.caption
        return frame

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values: caption, estimates, and the names of aliased columns."""
        # The zero-argument super() does not find the class that slots=True makes.
        return EstimateTable.to_dict(self) | {"aliased": [name for _, name in self.aliased]}

    def layout(self) -> Layout:
        """Return the cells as they are printed, aliased columns without numbers."""
        layout = EstimateTable.layout(self)
        rows = list(layout.rows)
        for place, name in self.aliased:
            rows.insert(place, (name, NOT_ESTIMATED))
        return replace(layout, rows=tuple(rows))


def coefficient_table(
    caption: str, estimates: Sequence[Estimate], aliased: Sequence[tuple[int, str]]
) -> CoefficientTable:
    """Return the table; `aliased` gives the place of each column without an estimate."""
    return CoefficientTable(caption, tuple(estimates), tuple(sorted(aliased)))
