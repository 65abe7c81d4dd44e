"""Power against sample size, dropout, correlation or difference; and the sample size found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from retrostats.layout import Layout, ShownAsTable, limits, number, percent, true_minus
from retrostats.layout.html import paragraphs
from retrostats.power.simulated.comparison import ERROR_PLACES, POWER_PLACES
from retrostats.power.simulated.result import SimulatedPower

if TYPE_CHECKING:
    import pandas as pd

#: What a curve varies.
Over: TypeAlias = Literal["n", "dropout", "correlation", "difference"]

#: Why a search ends at a size whose power is above the one asked.
_FEWEST = "with fewer the planned model has too few degrees of freedom, and none were tried"

#: Closed forms as a reader knows them, who need not know the function.
_KNOWN_AS = {"power_ancova": "ANCOVA", "power_mmrm": "MMRM"}

#: What it is called at the head of a column and below an axis.
OVER_WORDS: dict[str, str] = {
    "n": "Subjects per arm",
    "dropout": "Share gone by the last visit",
    "correlation": "Correlation between visits",
    "difference": "True difference",
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PowerCurve(ShownAsTable):
    """Power at several values of one thing; see `power_curve`.

    Attributes
    ----------
    over
        What differs: ``"n"``, ``"dropout"``, ``"correlation"`` or ``"difference"``.
    values
        In increasing order.
    points
        The power at each value.
    closed
        Power of the comparison of the estimand by a closed form at each value, for comparison;
        empty where none exists.
    closed_name
        Which closed form; empty where there is none.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> design, plan = rs.read_design(folder / "design.toml"), rs.read_plan(folder / "plan.toml")
    >>> curve = rs.power_curve(
    ...     design, plan, over="n", values=[30, 50], replicates=500, seed=1
    ... )
    >>> [point.total for point in curve]
    [90, 150]
    >>> curve[0].power.value < curve[1].power.value
    True
    """

    over: Over
    values: tuple[float, ...]
    points: tuple[SimulatedPower, ...]
    closed: tuple[float, ...]
    closed_name: str

    def __len__(self) -> int:
        return len(self.points)

    def __iter__(self) -> Iterator[SimulatedPower]:
        return iter(self.points)

    def __getitem__(self, place: int) -> SimulatedPower:
        return self.points[place]

    @property
    def unit(self) -> str:
        """Of the values; empty for shares, correlations and counts."""
        return self.points[0].design.unit if self.over == "difference" else ""

    @property
    def words(self) -> str:
        """What differs, with its unit."""
        return OVER_WORDS[self.over] + (f", {self.unit}" if self.unit else "")

    @property
    def closed_words(self) -> str:
        """The closed form, e.g. ``"closed form, ANCOVA"``; empty where there is none."""
        if not self.closed:
            return ""
        return f"closed form, {_KNOWN_AS.get(self.closed_name, self.closed_name)}"

    def layout(self) -> Layout:
        """Return a row for each value."""
        first = self.points[0].primary
        with_margin = self.points[0].margin is not None
        rows = []
        for place, (value, point) in enumerate(zip(self.values, self.points, strict=True)):
            low, high, _ = point.primary.interval
            rows.append(
                (
                    f"{value:g}",
                    f"{point.total:,}",
                    number(point.power.value, POWER_PLACES),
                    limits(low, high, POWER_PLACES),
                    number(point.power.error, ERROR_PLACES),
                    *([number(point.aimed.value, POWER_PLACES)] if with_margin else []),
                    *([number(self.closed[place], POWER_PLACES)] if self.closed else []),
                )
            )
        level = percent(first.interval.level)
        head = [self.words, "Total", "Power", f"{level} CI", "Monte Carlo error"]
        return Layout(
            caption=f"Power of {self.points[0].design.outcome}, {first.label}",
            header=(
                *head,
                *(["Power, margin"] if with_margin else []),
                *([self.closed_words[:1].upper() + self.closed_words[1:]] if self.closed else []),
            ),
            rows=tuple(rows),
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row for each value and comparison."""
        import pandas as pd

        rows = [
            {self.over: value, "total": point.total, **each.to_dict()}
            for value, point in zip(self.values, self.points, strict=True)
            for each in point.comparisons
        ]
        frame = pd.DataFrame(rows)
        if self.closed:
            repeats = len(self.points[0].comparisons)
            primary = [frame["comparison"] == self.points[0].primary.label]
            closed = [power for power in self.closed for _ in range(repeats)]
            frame["closed"] = pd.Series(closed).where(primary[0])
        return frame

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return self.layout().text()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FoundSampleSize(ShownAsTable):
    """The smallest sample size with the power asked for; see `find_sample_size`.

    Attributes
    ----------
    n
        Subjects of an arm with allocation 1.
    power
        What was asked for.
    confirmed
        The final simulation at `n`, with the interval of its power.
    history
        Every simulation on the way, in order: `n`, power, its Monte Carlo error, and trials; the
        last is the final one.
    low, high
        Sizes between which the curve through all simulations crosses the power asked for, at
        the level of the interval; they tell how well `n` is known.
    fewest
        Whether `n` is the fewest that the planned model can do with, and its power above what was
        asked: then no smaller size was tried, and `low` and `high` are `n`.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> design, plan = rs.read_design(folder / "design.toml"), rs.read_plan(folder / "plan.toml")
    >>> found = rs.find_sample_size(design, plan, power=0.5, replicates=1000, seed=1)
    >>> found.low <= found.n <= found.high, found.total == 3 * found.n
    (True, True)
    """

    n: int
    power: float
    confirmed: SimulatedPower
    history: tuple[tuple[int, float, float, int], ...]
    low: int
    high: int
    fewest: bool = False

    @property
    def total(self) -> int:
        """Subjects of all arms."""
        return self.confirmed.total

    def layout(self) -> Layout:
        """Return a row for each simulation on the way."""
        rows = tuple(
            (f"{n:,}", number(power, POWER_PLACES), number(error, ERROR_PLACES), f"{trials:,}")
            for n, power, error, trials in self.history
        )
        return Layout(
            caption=f"Search for a power of {100 * self.power:.4g}%",
            header=("Subjects per arm", "Power", "Monte Carlo error", "Trials"),
            rows=rows,
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row for each simulation on the way."""
        import pandas as pd

        return pd.DataFrame(self.history, columns=["n", "power", "error", "trials"])

    def paragraph(self) -> str:
        """Return the sample-size paragraph of a protocol: what was wanted, what was simulated."""
        from retrostats.power.simulated.paragraph import power_paragraph

        return power_paragraph(self.confirmed, wanted=self.power)

    def __repr__(self) -> str:
        return str(self)

    @property
    def sentence(self) -> str:
        """The size, the power simulated there, and how well the size is known."""
        primary = self.confirmed.primary
        aimed = self.confirmed.aimed
        sizes = f"{self.low:,} to {self.high:,}" if self.low < self.high else f"{self.n:,}"
        level = percent(primary.interval.level)
        why = f"by the curve through all simulations the size lies in {sizes} ({level} CI)"
        return (
            f"{self.n:,} subjects per arm ({self.total:,} in all) for a power of "
            f"{100 * self.power:.4g}%: simulated {number(aimed.value, POWER_PLACES)} (Monte Carlo "
            f"error {number(aimed.error, ERROR_PLACES)}); {_FEWEST if self.fewest else why}"
        )

    def __str__(self) -> str:
        return f"{self.sentence}\n{self.layout().text()}"

    def _repr_html_(self) -> str:
        return paragraphs(true_minus(self.sentence)) + self.layout().html()
