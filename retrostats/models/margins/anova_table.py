"""Tests of the terms of a model, one row for each term."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrostats.models.inference.ftest import FTest

if TYPE_CHECKING:
    import pandas as pd

#: The columns of the tidy table, in their order.
TIDY_COLUMNS = ("term", "statistic", "df_num", "df_den", "p", "method", "note")


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """A term that the data cannot test.

    Attributes
    ----------
    label
        The term, e.g. ``"arm:visit"``.
    reason
        Why there is no test.
    """

    label: str
    reason: str

    def __str__(self) -> str:
        return f"{self.label}: not estimable, {self.reason}"


@dataclass(frozen=True, slots=True)
class AnovaTable:
    """Tests of terms in the order of the formula, with the caption they share.

    Attributes
    ----------
    caption
        What was tested and how.
    rows
        An `FTest` for each term that can be tested, else a `NotEstimable`.
    """

    caption: str
    rows: tuple[FTest | NotEstimable, ...]

    def __iter__(self) -> Iterator[FTest | NotEstimable]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, term: str | int) -> FTest | NotEstimable:
        """Return a row by its term, or by its position.

        Raises
        ------
        KeyError
            If no row has this term.
        """
        if isinstance(term, int):
            return self.rows[term]
        for row in self.rows:
            if row.label == term:
                return row
        raise KeyError(f"no term {term!r}; there are {[row.label for row in self.rows]}")

    def __repr__(self) -> str:
        return "\n".join([self.caption, *(f"  {row}" for row in self.rows)])

    def tidy(self) -> pd.DataFrame:
        """Return one row per term; ``nan`` and a note where there is no test."""
        import pandas as pd

        return pd.DataFrame([_cells(row) for row in self.rows], columns=list(TIDY_COLUMNS))

    def _repr_html_(self) -> str:
        body = self.tidy().to_html(index=False, float_format="{:.3g}".format, border=0)
        return f"<p><b>{html.escape(self.caption)}</b></p>{body}"


def _cells(row: FTest | NotEstimable) -> tuple[str | float, ...]:
    if isinstance(row, NotEstimable):
        return (row.label, *[math.nan] * 4, "", f"not estimable, {row.reason}")
    return (row.label, row.statistic, row.df_num, row.df_den, row.p, row.method, "")
