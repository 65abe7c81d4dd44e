"""One shape for every number that comes with uncertainty."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from scipy.special import stdtr, stdtrit

if TYPE_CHECKING:
    import pandas as pd


class Interval(NamedTuple):
    """A two-sided interval and its nominal coverage."""

    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value, how well it is known, and on which scale it is measured.

    Attributes
    ----------
    label
        What a reader sees in a table row, e.g. ``"retro - forward, week 6"``.
    value, se
        Point estimate and its standard error, both in `unit`. ``se`` is ``nan``
        where an exact method gives limits and no standard error.
    df
        Degrees of freedom of the reference distribution; ``inf`` means the normal.
    ci
        Two-sided interval, in `unit`. Exact limits need not enclose `value`.
    p
        Two-sided p value of ``value == 0``.
    unit
        Unit of the outcome, or ``"SD"`` for a standardised effect.

    Raises
    ------
    ValueError
        If the fields contradict one another.
    """

    label: str
    value: float
    se: float
    df: float
    ci: Interval
    p: float
    unit: str

    def __post_init__(self) -> None:
        low, high, level = self.ci
        if not math.isfinite(self.value):
            raise ValueError(f"{self.label}: the value must be finite, got {self.value}")
        if not 0 < level < 1:
            raise ValueError(f"{self.label}: the level must lie between 0 and 1, got {level}")
        if self.se <= 0 or not self.df > 0:
            raise ValueError(f"{self.label}: need se > 0 and df > 0, got {self.se} and {self.df}")
        if not low <= high:
            raise ValueError(f"{self.label}: the interval {low} to {high} runs backwards")
        if not 0 <= self.p <= 1:
            raise ValueError(f"{self.label}: p must lie in 0 to 1, got {self.p}")

    @classmethod
    def from_se(
        cls,
        label: str,
        value: float,
        se: float,
        *,
        unit: str,
        df: float = math.inf,
        level: float = 0.95,
    ) -> Estimate:
        """Build an estimate whose interval is ``value ± t * se``.

        Parameters
        ----------
        label
            What a reader sees in a table row.
        value, se
            Point estimate and its standard error, in ``unit``.
        unit
            Unit of the outcome, or ``"SD"``.
        df
            Degrees of freedom of the t distribution; ``inf`` means the normal.
        level
            Coverage of the two-sided interval.

        Raises
        ------
        ValueError
            If ``se`` is not positive, or a field is out of its range.
        """
        if not 0 < se < math.inf:
            raise ValueError(f"{label}: the standard error must be positive, got {se}")
        value, se = float(value), float(se)
        margin = float(stdtrit(df, 0.5 + level / 2)) * se
        return cls(
            label=label,
            value=value,
            se=se,
            df=float(df),
            ci=Interval(value - margin, value + margin, level),
            p=float(2 * stdtr(df, -abs(value / se))),
            unit=unit,
        )

    def __str__(self) -> str:
        low, high, level = self.ci
        percent = f"{100 * level:.4g}"
        unit = f" {self.unit}" if self.unit else ""
        df = "" if math.isinf(self.df) else f", df {self.df:.3g}"
        return f"{self.label}: {self.value:.3g}{unit} ({percent}% CI {low:.3g} to {high:.3g}){df}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; an open limit, infinite df or missing se becomes ``None``."""
        row = _finite(asdict(self))
        return row | {"ci": _finite(self.ci._asdict())}


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """Replace every number that JSON does not have by ``None``."""
    missing = {k: None for k, v in row.items() if isinstance(v, float) and not math.isfinite(v)}
    return row | missing


#: The columns of every tidy table, in their order.
TIDY_COLUMNS = ("label", "estimate", "se", "df", "ci_low", "ci_high", "level", "p", "unit")


@dataclass(frozen=True, slots=True)
class EstimateTable:
    """Estimates in reading order, with the caption they share."""

    caption: str
    estimates: tuple[Estimate, ...]

    def __repr__(self) -> str:
        return "\n".join([self.caption, *(f"  {estimate}" for estimate in self.estimates)])

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.estimates)

    def __len__(self) -> int:
        return len(self.estimates)

    def __getitem__(self, position: int) -> Estimate:
        return self.estimates[position]

    def tidy(self) -> pd.DataFrame:
        """Return one row per estimate; the column names never vary."""
        import pandas as pd

        rows = [(e.label, e.value, e.se, e.df, *e.ci, e.p, e.unit) for e in self.estimates]
        return pd.DataFrame(rows, columns=list(TIDY_COLUMNS))

    def _repr_html_(self) -> str:
        body = self.tidy().to_html(index=False, float_format="{:.3g}".format, border=0)
        return f"<p><b>{html.escape(self.caption)}</b></p>{body}"
