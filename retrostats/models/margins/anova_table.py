"""Tests of the terms of a model, one row for each term."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrostats.layout import Layout, ShownAsSentence, df_numbers, number, p_number
from retrostats.models.inference.ftest import FTest

if TYPE_CHECKING:
    import pandas as pd

#: The columns of the tidy table, in their order.
TIDY_COLUMNS = ("term", "statistic", "df_num", "df_den", "p", "method", "note")


@dataclass(frozen=True, slots=True)
class NotEstimable(ShownAsSentence):
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

    def to_dict(self) -> dict[str, str]:
        """Return plain JSON values."""
        return {"label": self.label, "not_estimable": self.reason}


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
        return self._layout().text()

    def tidy(self) -> pd.DataFrame:
        """Return one row per term; ``nan`` and a note where there is no test.

        The caption is in ``attrs["caption"]`` of the frame.
        """
        import pandas as pd

        frame = pd.DataFrame([_cells(row) for row in self.rows], columns=list(TIDY_COLUMNS))
        frame.attrs["caption"] = self.caption
        return frame

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values: the caption, and the tests; of others label and reason."""
        return {"caption": self.caption, "tests": [row.to_dict() for row in self.rows]}

    def to_markdown(self) -> str:
        """Return the caption and a pipe table."""
        return self._layout().markdown()

    def _repr_html_(self) -> str:
        return self._layout().html()

    def _layout(self) -> Layout:
        tests = [row for row in self.rows if isinstance(row, FTest)]
        first, second = (df_numbers([getattr(t, df) for t in tests]) for df in ("df_num", "df_den"))
        numbers = iter(zip(first, second, strict=True))
        rows = [
            (row.label, f"not estimable, {row.reason}")
            if isinstance(row, NotEstimable)
            else (row.label, *next(numbers), number(row.statistic, 2), p_number(row.p))
            for row in self.rows
        ]
        header = ("", "numerator df", "denominator df", "F", "p")
        return Layout(caption=self.caption, header=header, rows=tuple(rows))


def _cells(row: FTest | NotEstimable) -> tuple[str | float, ...]:
    if isinstance(row, NotEstimable):
        return (row.label, *[math.nan] * 4, "", f"not estimable, {row.reason}")
    return (row.label, row.statistic, row.df_num, row.df_den, row.p, row.method, "")
