"""The rows that a model of one outcome can use, and why the others cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrostats.analysis.population import rows_of_members
from retrostats.data.cohort.types import Cohort

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelRows:
    """Rows of the scheduled visits after baseline, sorted into used and left out.

    Attributes
    ----------
    frame
        The rows used: those of the cohort, with ``baseline`` of the outcome.
    outcome
        Name of its column.
    offered
        Rows of the population at these visits, one per subject and visit.
    left_out
        How many were left out for each reason. A row counts under its first reason: a visit at
        which nobody has the outcome, then baseline, covariates in the order of the plan, and the
        outcome itself.

    Raises
    ------
    ValueError
        If rows used and left out do not add up to those offered.
    """

    frame: pd.DataFrame
    outcome: str
    offered: int
    left_out: tuple[tuple[str, int], ...]

    def __post_init__(self) -> None:
        if self.offered != len(self.frame) + sum(count for _, count in self.left_out):
            raise ValueError(f"{self.outcome}: a row was lost between the cohort and the model")

    @property
    def subjects(self) -> pd.Index[str]:
        """Subjects with at least one row used."""
        import pandas as pd

        names: pd.Index[str] = pd.Index(self.frame["subject"].unique())
        return names

    @property
    def numbered(self) -> pd.DataFrame:
        """The rows with subjects as numbers, so that no message of a model can name a person."""
        return self.frame.assign(subject=without_names(self.frame["subject"]))

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms with at least one row used, the reference of the codebook first."""
        present = set(self.frame["arm"].unique())
        return tuple(arm for arm in self.frame["arm"].cat.categories if arm in present)

    @property
    def visits(self) -> tuple[str, ...]:
        """Visits with at least one row used, by week."""
        present = set(self.frame["visit"].unique())
        return tuple(visit for visit in self.frame["visit"].cat.categories if visit in present)


def without_names(subjects: pd.Series[str]) -> NDArray[np.intp]:
    """Return subjects as numbers from 1, in order of appearance, shape ``(n,)``."""
    import pandas as pd

    return np.asarray(pd.factorize(subjects)[0] + 1, dtype=np.intp)


def model_rows(
    cohort: Cohort,
    outcome: str,
    *,
    inside: NDArray[np.bool_],
    needed: Sequence[str],
    weeks: Sequence[float] | None = None,
) -> ModelRows:
    """Select the rows after baseline that have everything a model needs.

    Parameters
    ----------
    cohort, outcome
        The trial, and the name of an outcome.
    inside
        One truth value per row of ``cohort.subjects()``: who belongs to the population.
    needed
        Columns that must not be missing: ``"baseline"`` and covariates.
    weeks
        Only these; all after baseline when omitted.
    """
    rows = cohort.follow_up(outcome)
    rows = rows[rows_of_members(cohort, inside, rows)]
    if weeks is not None:
        rows = rows[rows["week"].isin(list(weeks))]
    usable = np.ones(len(rows), dtype=np.bool_)
    left_out: list[tuple[str, int]] = []
    label = cohort.codebook.outcome(outcome).label
    for visit, missing in _unmeasured(rows, outcome):
        left_out.append((f"{label} not measured at {visit}", int(missing.sum())))
        usable &= ~missing
    for column, reason in _reasons(cohort, outcome, needed):
        missing = rows[column].isna().to_numpy() & usable
        if missing.any():
            left_out.append((reason, int(missing.sum())))
            usable &= ~missing
    used = rows[usable].copy()
    for name in ("arm", "visit"):
        used[name] = used[name].cat.remove_unused_categories()
    return ModelRows(
        frame=used.reset_index(drop=True),
        outcome=outcome,
        offered=len(rows),
        left_out=tuple(left_out),
    )


def _reasons(cohort: Cohort, outcome: str, needed: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield columns that must be there and what their lack is called, in the order that counts."""
    label = cohort.codebook.outcome(outcome).label
    for column in needed:
        if column == "baseline":
            yield column, f"{label} at baseline missing"
        else:
            yield column, f"{cohort.codebook.covariate(column).label} missing"
    yield outcome, f"{label} missing"


def _unmeasured(rows: pd.DataFrame, outcome: str) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield each visit at which nobody has the outcome, and which rows are of it."""
    counts = rows.groupby("visit", observed=True)[outcome].count()
    for visit in counts.index[counts == 0]:
        yield str(visit), (rows["visit"] == visit).to_numpy()
