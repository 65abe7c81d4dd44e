"""The pooled effect under other choices, as a table."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from retrostats.estimate import Estimate, Interval
from retrostats.layout import (
    Layout,
    ShownAsFields,
    ShownAsTable,
    decimals,
    limits,
    number,
    p_number,
    percent,
)

if TYPE_CHECKING:
    import pandas as pd

#: Stands in the notes of a row whose interval tells another story than that of the first row.
OTHER = {
    True: "other conclusion: the interval leaves out 0",
    False: "other conclusion: the interval holds 0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSensitivityRow(ShownAsFields):
    """The pooled effect under one choice, or why there is none.

    Attributes
    ----------
    group, label
        What was varied, and to what.
    k
        Number of trials.
    pooled
        ``None`` where they could not be pooled; `note` then says why.
    tau2, i2
        Variance between trials in the unit squared, and its share, 0 to 1; ``nan`` without a pool.
    prediction
        Where the effect of a further trial is expected; ``None`` where there is none.
    differs
        Whether the interval holds 0 where that of the first row does not, or the other way round.
    note
        What a reader must know; may be empty.
    """

    group: str
    label: str
    k: int
    pooled: Estimate | None
    tau2: float
    i2: float
    prediction: Interval | None
    differs: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PoolSensitivity(ShownAsTable):
    """The pooled effect under other choices; the first row is the one that was planned.

    Attributes
    ----------
    caption
        What was pooled and how.
    rows
        In reading order.

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ...     rs.Estimate.from_se("Trial D", -0.62, 0.35, unit="SD"),
    ... ]
    >>> found = rs.pool_sensitivity(pain)
    >>> [row.label for row in found.differing]
    ['z']
    """

    caption: str
    rows: tuple[PoolSensitivityRow, ...]

    def __iter__(self) -> Iterator[PoolSensitivityRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return self.layout().text()

    @property
    def differing(self) -> tuple[PoolSensitivityRow, ...]:
        """Rows whose conclusion is not that of the first."""
        return tuple(row for row in self.rows if row.differs)

    def layout(self) -> Layout:
        """Return the cells as they are printed, under a heading for each thing that was varied."""
        estimates = [row.pooled for row in self.rows if row.pooled is not None]
        units = {one.unit for one in estimates}
        levels = {one.ci.level for one in estimates}
        unit = f" ({next(iter(units))})" if len(units) == 1 and any(units) else ""
        level = f"{percent(next(iter(levels)))} " if len(levels) == 1 else ""
        header = (
            "",
            "k",
            f"Pooled{unit}",
            f"{level}CI",
            "p",
            "tau²",
            "I²",
            "Prediction interval",
            "Note",
        )
        cells: list[tuple[str, ...]] = []
        indents: list[int] = []
        for group, rows in groupby(self.rows, key=lambda row: row.group):
            if group:
                cells.append((group, *[""] * (len(header) - 1)))
                indents.append(0)
            for row in rows:
                cells.append(_cells(row))
                indents.append(1 if group else 0)
        return Layout(
            caption=self.caption,
            header=header,
            rows=tuple(cells),
            closing_words=1,
            indents=tuple(indents),
        )

    def tidy(self) -> pd.DataFrame:
        """Return one row per choice.

        Returns
        -------
        pandas.DataFrame
            Columns ``group``, ``label``, ``k``, ``estimate``, ``se``, ``df``, ``ci_low``,
            ``ci_high``, ``level``, ``p``, ``unit``, ``tau2``, ``i2``, ``prediction_low``,
            ``prediction_high``, ``differs`` and ``note``; numbers are ``nan`` without a pool.
        """
        import pandas as pd

        frame = pd.DataFrame([_tidy(row) for row in self.rows])
        frame.attrs["caption"] = self.caption
        return frame

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; what a row lacks is ``None``."""
        rows = []
        for row in self.rows:
            plain = {k: _plain(v) for k, v in _tidy(row).items()}
            rows.append(plain)
        return {"caption": self.caption, "rows": rows}


def _cells(row: PoolSensitivityRow) -> tuple[str, ...]:
    if row.pooled is None:
        return (row.label, f"k = {row.k}; {row.note}")
    one = row.pooled
    places = decimals(one.se)
    further = "" if row.prediction is None else limits(*row.prediction[:2], places)
    notes = [OTHER[not _holds_zero(one)]] if row.differs else []
    return (
        row.label,
        str(row.k),
        number(one.value, places),
        limits(*one.ci[:2], places),
        p_number(one.p),
        f"{row.tau2:.3g}",
        f"{row.i2:.0%}",
        further,
        "; ".join([*notes, *filter(None, [row.note])]),
    )


def _holds_zero(one: Estimate) -> bool:
    return one.ci.low <= 0 <= one.ci.high


def _tidy(row: PoolSensitivityRow) -> dict[str, Any]:
    one, nan = row.pooled, math.nan
    ends = row.prediction
    return {
        "group": row.group,
        "label": row.label,
        "k": row.k,
        "estimate": one.value if one else nan,
        "se": one.se if one else nan,
        "df": one.df if one else nan,
        "ci_low": one.ci.low if one else nan,
        "ci_high": one.ci.high if one else nan,
        "level": one.ci.level if one else nan,
        "p": one.p if one else nan,
        "unit": one.unit if one else "",
        "tau2": row.tau2,
        "i2": row.i2,
        "prediction_low": ends.low if ends else nan,
        "prediction_high": ends.high if ends else nan,
        "differs": row.differs,
        "note": row.note,
    }


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
