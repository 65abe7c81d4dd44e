"""One shape for every number that comes with uncertainty."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from scipy.special import stdtr, stdtrit

from retrostats.layout import (
    Layout,
    ShownAsEffect,
    ShownAsTable,
    Written,
    decimals,
    df_numbers,
    limits,
    number,
    p_number,
    percent,
    true_minus,
)
from retrostats.layout.html import paragraphs

if TYPE_CHECKING:
    import pandas as pd


class Interval(NamedTuple):
    """A two-sided interval and its nominal coverage.

    Attributes
    ----------
    low, high
        Limits; infinite where a side is open.
    level
        Nominal coverage, e.g. 0.95.

    Examples
    --------
    >>> import retrostats as rs
    >>> low, high, level = rs.Interval(-1.4, 0.2, 0.95)
    >>> low <= 0 <= high, level
    (True, 0.95)
    """

    low: float
    high: float
    level: float

    def _repr_html_(self) -> str:
        low, high = (f"{limit:.4g}" for limit in self[:2])
        return paragraphs(true_minus(f"{percent(self.level)} CI {low} to {high}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate(ShownAsEffect):
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
        Two-sided p value of the null hypothesis, which is ``value == 0`` unless the function that
        made the estimate names another; ``nan`` where the method has no test.
    unit
        Unit of the outcome; ``"SD"`` or ``"SD of change"`` for a standardised effect.

    Raises
    ------
    ValueError
        If the fields contradict one another.

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = rs.Estimate.from_se("retro - control", -1.2, 0.4, unit="points", df=38)
    >>> print(pain)
    retro - control: -1.2 points (95% CI -2.01 to -0.39), df 38
    >>> round(pain.p, 4), round(pain.ci.high, 3)
    (0.0047, -0.39)
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
        if not isinstance(self.label, str):
            raise ValueError(f"the label of an estimate must be text, got {self.label!r}")
        if not math.isfinite(self.value):
            raise ValueError(f"{self.label}: the value must be finite, got {self.value}")
        if not 0 < level < 1:
            raise ValueError(f"{self.label}: the level must lie between 0 and 1, got {level}")
        if self.se <= 0 or not self.df > 0:
            raise ValueError(f"{self.label}: need se > 0 and df > 0, got {self.se} and {self.df}")
        if not low <= high:
            raise ValueError(f"{self.label}: the interval {low} to {high} runs backwards")
        if not (0 <= self.p <= 1 or math.isnan(self.p)):
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
        label, value, se, unit, df
            As in the class.
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
        unit = f" {self.unit}" if self.unit else ""
        df = "" if math.isinf(self.df) else f", df {self.df:.3g}"
        interval = f"{percent(level)} CI {low:.3g} to {high:.3g}"
        return f"{self.label}: {self.value:.3g}{unit} ({interval}){df}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; an open limit, infinite df or missing se becomes ``None``."""
        return _finite(asdict(self)) | {"ci": _finite(self.ci._asdict())}


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """Replace every number that JSON does not have by ``None``."""
    return row | {k: None for k, v in row.items() if isinstance(v, float) and not math.isfinite(v)}


#: The columns of every tidy table, in their order.
TIDY_COLUMNS = ("label", "estimate", "se", "df", "ci_low", "ci_high", "level", "p", "unit")


@dataclass(frozen=True, slots=True)
class EstimateTable(ShownAsTable):
    """Estimates in reading order, with the caption they share.

    ``table["retro - control"]`` or ``table[0]`` is an estimate, ``table[:2]`` a shorter table.

    Attributes
    ----------
    caption
        What the estimates have in common.
    estimates
        In reading order.

    Examples
    --------
    >>> import retrostats as rs
    >>> week_3 = rs.Estimate.from_se("week 3", -0.5, 0.3, unit="points")
    >>> week_6 = rs.Estimate.from_se("week 6", -1.2, 0.4, unit="points")
    >>> table = rs.EstimateTable("Pain, retro - control", (week_3, week_6))
    >>> table
    Pain, retro - control
              Estimate (points)     SE            95% CI      p
      week 3             -0.500  0.300  -1.088 to  0.088  0.096
      week 6             -1.200  0.400  -1.984 to -0.416  0.003
    >>> table["week 6"].value
    -1.2
    """

    caption: str
    estimates: tuple[Estimate, ...]

    def __repr__(self) -> str:
        return self.layout().text()

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.estimates)

    def __len__(self) -> int:
        return len(self.estimates)

    @overload
    def __getitem__(self, which: int | str) -> Estimate: ...

    @overload
    def __getitem__(self, which: slice) -> EstimateTable: ...

    def __getitem__(self, which: int | str | slice) -> Estimate | EstimateTable:
        """Return the estimate at a place or with a label, or a table of some places.

        Raises
        ------
        KeyError
            If no estimate, or more than one, has the label.
        """
        if isinstance(which, slice):
            return EstimateTable(self.caption, self.estimates[which])
        if not isinstance(which, str):
            return self.estimates[which]
        found = [estimate for estimate in self.estimates if estimate.label == which]
        if len(found) == 1:
            return found[0]
        labels = ", ".join(repr(estimate.label) for estimate in self.estimates)
        ask = "ask by place; there are" if found else "there are"
        raise KeyError(f"{len(found) or 'no'} estimates are labelled {which!r}; {ask} {labels}")

    def tidy(self) -> pd.DataFrame:
        """Return one row per estimate; columns never vary, and ``attrs`` holds the caption."""
        import pandas as pd

        frame = pd.DataFrame(map(tidy_row, self.estimates), columns=list(TIDY_COLUMNS))
        frame.attrs["caption"] = self.caption
        return frame

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values: the caption, and a list of the estimates."""
        return {"caption": self.caption, "estimates": [e.to_dict() for e in self.estimates]}

    def to_markdown(self) -> str:
        """Return the caption and a pipe table."""
        return self.layout().markdown()

    def layout(self) -> Layout:
        """Return the cells as they are printed."""
        columns = _columns(self.estimates)
        return Layout(
            caption=self.caption,
            header=("", *columns),
            rows=tuple(zip((e.label for e in self), *columns.values(), strict=True)),
            words=2 if "Unit" in columns else 1,
        )


def tidy_row(estimate: Estimate) -> tuple[str | float, ...]:
    """Return an estimate as a row of `TIDY_COLUMNS`."""
    known = (estimate.label, estimate.value, estimate.se, estimate.df)
    return (*known, *estimate.ci, estimate.p, estimate.unit)


def _columns(estimates: Sequence[Estimate]) -> dict[str, list[str]]:
    """Return the cells of each column by its head; columns that say nothing are left out."""
    units = list(dict.fromkeys(e.unit for e in estimates))
    levels = list(dict.fromkeys(e.ci.level for e in estimates))
    each = [(e, _places(e)) for e in estimates]
    columns = {"Unit": [e.unit for e in estimates]} if len(units) > 1 else {}
    unit = f" ({units[0]})" if len(units) == 1 and units[0] else ""
    columns[f"Estimate{unit}"] = [number(e.value, k) for e, k in each]
    if not all(math.isnan(e.se) for e in estimates):
        columns["SE"] = ["" if math.isnan(e.se) else number(e.se, k) for e, k in each]
    if not all(math.isinf(e.df) for e in estimates):
        # Exact methods have neither standard error nor degrees of freedom.
        exact = [math.isnan(e.se) and math.isinf(e.df) for e in estimates]
        cells = zip(exact, df_numbers([e.df for e in estimates]), strict=True)
        df = ["" if no else written for no, written in cells]
        columns["df (∞: normal)" if "∞" in df else "df"] = df
    interval = Written(percent(levels[0]), " CI") if len(levels) == 1 else "CI"
    columns[interval] = [limits(*e.ci[:2], k) for e, k in each]
    if len(levels) > 1:
        columns["Level"] = [percent(e.ci.level) for e in estimates]
    columns["p"] = [p_number(e.p) for e in estimates]
    return columns


def _places(estimate: Estimate) -> int:
    """Return the decimals of a row: three digits of the standard error, else of the interval."""
    value, (low, high, _) = estimate.value, estimate.ci
    reach = [abs(limit - value) for limit in (low, high) if math.isfinite(limit)]
    width = high - low if len(reach) == 2 else max(reach, default=0.0)
    return decimals(next((x for x in (estimate.se, width, abs(value)) if 0 < x < math.inf), 1.0))
