"""The power of a plan under a design, from simulated trials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrostats.layout import Layout, ShownAsTable, limits, number, percent
from retrostats.plan.types import AnalysisPlan
from retrostats.power.design.types import TrialDesign
from retrostats.power.simulated.comparison import (
    ERROR_PLACES,
    POWER_PLACES,
    ComparisonPower,
    MonteCarlo,
)
from retrostats.power.simulated.paragraph import power_paragraph

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SimulatedPower(ShownAsTable):
    """The power of a plan under a design, with its Monte Carlo error; see `simulate_power`.

    Attributes
    ----------
    design, plan
        What was assumed, and how every trial was analysed.
    comparisons
        One for each comparison of the plan, in its order: that of the estimand first.
    n
        Subjects of each arm that enter the trial, by label.
    seen
        Mean share of each arm with a score at the endpoint, by label.
    replicates, asked
        Trials simulated, and how many were asked for.
    stopped_early
        Whether the precision asked for was reached before.
    failures
        Why trials have no answer, and how many; they count as trials that reject nothing.
    structures
        Planned covariances that were used, and in how many trials.
    margin
        Of non-inferiority, in the unit of the outcome; negative for superiority by more than its
        size; None where none was asked for.
    seed
        Of the random numbers.
    caveats
        What a reader must know.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> found = rs.simulate_power(
    ...     folder / "design.toml", folder / "plan.toml", n=40, replicates=500, seed=1
    ... )
    >>> found.replicates, found.primary.label, found.failed
    (500, 'retro - control', 0)
    """

    design: TrialDesign
    plan: AnalysisPlan
    comparisons: tuple[ComparisonPower, ...]
    n: tuple[tuple[str, int], ...]
    seen: tuple[tuple[str, float], ...]
    replicates: int
    asked: int
    stopped_early: bool
    failures: tuple[tuple[str, int], ...]
    structures: tuple[tuple[str, int], ...]
    margin: float | None
    seed: int
    caveats: tuple[str, ...]

    @property
    def primary(self) -> ComparisonPower:
        """The comparison of the estimand."""
        return self.comparisons[0]

    @property
    def power(self) -> MonteCarlo:
        """Power of the comparison of the estimand."""
        return self.primary.power

    @property
    def aimed(self) -> MonteCarlo:
        """Power of the comparison of the estimand: to exclude the margin where there is one."""
        return self.primary.margin_power or self.power

    @property
    def total(self) -> int:
        """Subjects of all arms."""
        return sum(count for _, count in self.n)

    @property
    def failed(self) -> int:
        """Trials without an answer."""
        return sum(count for _, count in self.failures)

    def __len__(self) -> int:
        return len(self.comparisons)

    def __iter__(self) -> Iterator[ComparisonPower]:
        return iter(self.comparisons)

    def __getitem__(self, label: str) -> ComparisonPower:
        """Return the comparison of this label.

        Raises
        ------
        KeyError
            If there is none.
        """
        for each in self.comparisons:
            if each.label == label:
                return each
        known = ", ".join(each.label for each in self.comparisons)
        raise KeyError(f"there is no comparison {label!r}; there are: {known}")

    def layout(self) -> Layout:
        """Return a row for each comparison: power, bias, standard errors, coverage."""
        level = percent(self.primary.interval.level)
        unit = f", {self.design.unit}" if self.design.unit else ""
        head = ["", "Power", f"{level} CI", "Monte Carlo error"]
        head += ["Power, margin"] if self.margin is not None else []
        head += [f"Difference{unit}", "Bias", "SD of estimates", "Model SE", "Coverage"]
        arms = ", ".join(f"{label} {count:,}" for label, count in self.n)
        return Layout(
            caption=f"Power of {self.design.outcome}, {self.replicates:,} trials of {arms}",
            header=tuple(head),
            rows=tuple(map(self._row, self.comparisons)),
        )

    def _row(self, each: ComparisonPower) -> tuple[str, ...]:
        margin = each.margin_power
        return (
            each.label,
            number(each.power.value, POWER_PLACES),
            limits(each.interval.low, each.interval.high, POWER_PLACES),
            number(each.power.error, ERROR_PLACES),
            *([number(margin.value, POWER_PLACES)] if margin is not None else []),
            number(each.truth, 3),
            number(each.bias.value, 3),
            number(each.empirical_se.value, 3),
            number(each.model_se.value, 3),
            number(each.coverage.value, POWER_PLACES),
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row for each comparison, every number with its Monte Carlo error."""
        import pandas as pd

        return pd.DataFrame([each.to_dict() for each in self.comparisons])

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "design": self.design.title,
            "design_digest": self.design.digest,
            "plan": self.plan.title,
            "plan_digest": self.plan.digest,
            "n": dict(self.n),
            "seen": dict(self.seen),
            "replicates": self.replicates,
            "asked": self.asked,
            "stopped_early": self.stopped_early,
            "failures": dict(self.failures),
            "structures": dict(self.structures),
            "margin": self.margin,
            "seed": self.seed,
            "level": self.plan.model.level,
            "comparisons": [each.to_dict() for each in self.comparisons],
            "caveats": list(self.caveats),
        }

    def paragraph(self) -> str:
        """Return the sample-size paragraph of a protocol, complete and in plain words."""
        return power_paragraph(self)

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        told = [f"  Caveat: {each}" for each in self.caveats]
        return "\n".join([self.layout().text(), *told])

    def _repr_html_(self) -> str:
        from retrostats.layout.html import caveats

        return self.layout().html() + caveats(list(self.caveats))
