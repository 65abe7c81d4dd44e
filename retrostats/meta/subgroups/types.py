"""Subgroups of trials, pooled, and the test between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from retrostats.estimate import Estimate, EstimateTable
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
from retrostats.layout.html import caveats
from retrostats.meta.heterogeneity import CochranQ
from retrostats.meta.levels import at_level
from retrostats.meta.pooled import Pooled
from retrostats.meta.regression.numbers import ModeratorTest

#: A variance between trials for each group, or one for all.
Between = Literal["separate", "common"]
#: Key of the summary of all trials in a forest plot.
OVERALL = "overall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgroup(ShownAsFields):
    """Trials of one group and their mean effect.

    Attributes
    ----------
    name
        Of the group.
    places
        Of its trials among all, from 0.
    pooled
        Mean effect; of a single trial its own.
    tau2, i2
        Variance between trials that the mean takes, and its share of the variance of a typical
        trial of the group; ``nan`` for a single trial under ``"separate"``.
    q
        Test that the trials of the group have one effect; ``None`` for a single trial.
    """

    name: str
    places: tuple[int, ...]
    pooled: Estimate
    tau2: float
    i2: float
    q: CochranQ | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PooledSubgroups(ShownAsTable):
    """Groups of trials, pooled apart and together.

    Attributes
    ----------
    groups
        In the order in which they first come.
    overall
        All trials, pooled as if there were no groups.
    difference
        Test that the means of all groups are one.
    between
        Whether each group has its own variance between trials, or all have one.
    caveats
        What a reader must know.

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = [
    ...     rs.Estimate.from_se("Trial A", -0.9, 0.32, unit="SD"),
    ...     rs.Estimate.from_se("Trial B", -0.15, 0.22, unit="SD"),
    ...     rs.Estimate.from_se("Trial C", -0.4, 0.28, unit="SD"),
    ...     rs.Estimate.from_se("Trial D", -0.62, 0.35, unit="SD"),
    ... ]
    >>> found = rs.pool_subgroups(pain, ["home", "clinic", "clinic", "home"], between="common")
    >>> found.row_groups()
    ('home', 'home', 'clinic', 'clinic')
    >>> print(found["home"].pooled)
    home: -0.773 SD (95% CI -1.43 to -0.113), df 2
    """

    groups: tuple[Subgroup, ...]
    overall: Pooled
    difference: ModeratorTest
    between: Between
    caveats: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Subgroup:
        """Return the group of a name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for group in self.groups:
            if group.name == name:
                return group
        known = ", ".join(repr(group.name) for group in self.groups)
        raise KeyError(f"no group is called {name!r}; there are {known}")

    @property
    def order(self) -> tuple[int, ...]:
        """Places of the trials, group after group."""
        return tuple(place for group in self.groups for place in group.places)

    def table(self) -> EstimateTable:
        """Return the trials, group after group, at the level of the pool: rows of a forest plot."""
        trials, level = self.overall.trials, self.overall.level
        rows = tuple(at_level(trials[place], level) for place in self.order)
        return EstimateTable("Trials by group", rows)

    def row_groups(self) -> tuple[str, ...]:
        """Return the group of each row of `table`: the ``groups`` of a forest plot."""
        return tuple(group.name for group in self.groups for _ in group.places)

    def row_weights(self) -> tuple[float, ...]:
        """Return the weight of each row of `table` in the pool of all trials."""
        return tuple(self.overall.weights[place] for place in self.order)

    @property
    def summaries(self) -> tuple[tuple[str, Estimate], ...]:
        """Groups and their means, then the overall one: the ``summaries`` of a forest plot."""
        own = tuple((group.name, group.pooled) for group in self.groups)
        return (*own, (OVERALL, self.overall.pooled))

    def layout(self) -> Layout:
        """Return the cells as they are printed."""
        level, unit = self.overall.level, self.overall.pooled.unit
        head = f"Estimate ({unit})" if unit else "Estimate"
        every = Subgroup(
            name="all trials",
            places=self.order,
            pooled=self.overall.pooled,
            tau2=self.overall.tau2,
            i2=self.overall.i2,
            q=self.overall.q,
        )
        rows = tuple(_row(each) for each in (*self.groups, every))
        return Layout(
            caption=f"Subgroups of {len(self.order)} trials, {_WORDS[self.between]}",
            header=("", "Trials", head, f"{percent(level)} CI", "p", "tau²", "I²"),
            rows=(*rows, ("between groups", str(self.difference))),
        )

    def __repr__(self) -> str:
        return self.layout().text()

    def _repr_html_(self) -> str:
        return self.layout().html() + caveats(self.caveats)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; what is not known becomes ``None``."""
        test = self.difference
        return {
            "between": self.between,
            "groups": [
                {
                    "name": group.name,
                    "studies": [self.overall.studies[place] for place in group.places],
                    "pooled": group.pooled.to_dict(),
                    "tau2": _known(group.tau2),
                    "i2": _known(group.i2),
                }
                for group in self.groups
            ],
            "overall": self.overall.pooled.to_dict(),
            "difference": {
                "statistic": test.statistic,
                "df1": test.df1,
                "df2": _known(test.df2),
                "p": test.p,
            },
            "caveats": list(self.caveats),
        }


_WORDS = {"separate": "each with its own tau²", "common": "one tau² for all groups"}


def _known(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def _row(group: Subgroup) -> tuple[str, ...]:
    mean = group.pooled
    places = decimals(mean.se)
    alone = group.tau2 != group.tau2
    return (
        group.name,
        str(len(group.places)),
        number(mean.value, places),
        limits(mean.ci.low, mean.ci.high, places),
        p_number(mean.p),
        "" if alone else f"{group.tau2:.3g}",
        "" if alone else f"{group.i2:.0%}",
    )
