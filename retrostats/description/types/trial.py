"""Baseline, outcomes by visit and adherence, in the shapes that tables show."""

from __future__ import annotations

from dataclasses import dataclass

from retrostats.description.types.groups import CountCell, NumberCell
from retrostats.layout import ShownAsFields


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRow(ShownAsFields):
    """One line of Table 1.

    Attributes
    ----------
    name, label, unit
        Of the covariate or outcome.
    level
        Of a category; empty for a number.
    cells
        One per arm, then that of all arms together.
    differences
        Standardised differences, one per comparison of the table, treatment minus comparator; of
        a category, those of the share with this level. ``nan`` where undefined.
    overall
        On the first row of a category: the distance of all its levels together, one per
        comparison, without sign. Empty on every other row.
    """

    name: str
    label: str
    unit: str
    level: str
    cells: tuple[NumberCell, ...] | tuple[CountCell, ...]
    differences: tuple[float, ...]
    overall: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineTable(ShownAsFields):
    """Table 1: who was randomised.

    Attributes
    ----------
    arms
        Labels; the columns of the table, before that of all arms.
    sizes
        Subjects of each arm.
    comparisons
        Labels of the comparisons of the standardised differences.
    rows
        In the order of the codebook: covariates, then outcomes at baseline.
    """

    arms: tuple[str, ...]
    sizes: tuple[int, ...]
    comparisons: tuple[str, ...]
    rows: tuple[BaselineRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSummary(ShownAsFields):
    """An outcome in one arm at one visit, as observed; `change` is from baseline."""

    outcome: str
    label: str
    unit: str
    visit: str
    week: float
    arm: str
    values: NumberCell
    change: NumberCell | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdherenceRow(ShownAsFields):
    """An adherence measure in one arm; `share` is the mean share of what was planned."""

    name: str
    label: str
    unit: str
    arm: str
    values: NumberCell
    planned: float | None
    share: float | None
