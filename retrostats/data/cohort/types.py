"""A checked trial: one row per subject and scheduled visit, and what became of each input row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrostats.data.codebook.types import Codebook
from retrostats.data.problems import Problem
from retrostats.layout import ShownAsSentence

if TYPE_CHECKING:
    import pandas as pd

#: Columns of every cohort beside outcomes, covariates and adherence.
ROLE_COLUMNS = ("subject", "arm", "visit", "week", "date", "withdrawal", "line")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LeftOutRow:
    """A row of the file that is not in the cohort, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLedger(ShownAsSentence):
    """What became of every row of the file: used, or left out with a reason.

    Raises
    ------
    ValueError
        If the numbers do not add up.
    """

    rows_read: int
    rows_used: int
    left_out: tuple[LeftOutRow, ...] = ()

    def __post_init__(self) -> None:
        if self.rows_read != self.rows_used + len(self.left_out):
            raise ValueError(
                f"{self.rows_read} rows were read, but {self.rows_used} used and "
                f"{len(self.left_out)} left out: a row was lost"
            )

    def reasons(self) -> dict[str, int]:
        """Return how many rows were left out for each reason, in order of appearance."""
        counts: dict[str, int] = {}
        for row in self.left_out:
            counts[row.reason] = counts.get(row.reason, 0) + 1
        return counts

    def __str__(self) -> str:
        told = f"{self.rows_used} of {self.rows_read} rows used"
        reasons = ", ".join(f"{reason} {count}" for reason, count in self.reasons().items())
        return f"{told}; {len(self.left_out)} left out ({reasons})" if reasons else told


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Cohort:
    """One checked trial in long form.

    Attributes
    ----------
    frame
        Exactly one row per subject and scheduled visit, sorted by subject (as text) and week:
        ``subject`` (str), ``arm`` (categorical, the reference first), ``visit`` (categorical, by
        week), ``week`` (float), ``date`` (datetime, where the codebook has it), ``withdrawal``
        (str, likewise), then each outcome (float, in the unit of its instrument), each covariate
        and adherence measure (float or categorical; the same on all rows of a subject), and
        ``line``, the line of the file, 0 where the visit has no row. A missed visit has missing
        outcomes.
    codebook
        What the columns mean.
    file, form, file_digest
        Name of the file, what it was read as, and SHA-256 of its bytes.
    digest
        SHA-256 of the content of `frame` without ``line``: the same for any file form.
    ledger
        Every row of the file is used or listed here.
    warnings
        What deserves a second look.
    notes
        What was detected about the file, in sentences.

    Examples
    --------
    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> cohort.n_subjects, str(cohort.ledger)
    (68, '190 of 190 rows used')
    >>> change = cohort.follow_up("pain").groupby("arm", observed=True)["change"].mean()
    >>> change.round(2).to_dict()
    {'control': -0.66, 'retro': -1.26, 'forward': -1.15}
    """

    frame: pd.DataFrame
    codebook: Codebook
    file: str
    form: str
    file_digest: str
    digest: str
    ledger: RowLedger
    warnings: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def n_subjects(self) -> int:
        """Subjects randomised: all that have an arm."""
        return len(self.frame) // len(self.codebook.visits)

    def subjects(self) -> pd.DataFrame:
        """Return one row per subject: arm, covariates, adherence, and the outcomes at baseline."""
        rows = self.frame[self.frame["visit"] == self.codebook.baseline.label]
        dropped = [c for c in ("visit", "week", "date", "line") if c in rows]
        return rows.drop(columns=dropped).reset_index(drop=True)

    def follow_up(self, outcome: str) -> pd.DataFrame:
        """Return the rows after baseline, with ``baseline`` and ``change`` of one outcome.

        Parameters
        ----------
        outcome
            Name of an outcome of the codebook.

        Returns
        -------
        pandas.DataFrame
            The visits after baseline; the levels of ``visit`` are those visits alone.
        """
        name = self.codebook.outcome(outcome).name
        first = self.subjects().set_index("subject")[name]
        rows = self.frame[self.frame["week"] > 0].copy()
        rows["visit"] = rows["visit"].cat.remove_unused_categories()
        rows["baseline"] = rows["subject"].map(first).astype(float)
        rows["change"] = rows[name] - rows["baseline"]
        return rows.reset_index(drop=True)

    def completeness(self) -> pd.DataFrame:
        """Return how many subjects have each outcome, by arm and visit.

        Returns
        -------
        pandas.DataFrame
            Columns ``arm``, ``visit``, ``week``, ``subjects`` (randomised to the arm), and one
            per outcome with the number of subjects who have it.
        """
        names = [outcome.name for outcome in self.codebook.outcomes]
        rows = self.frame[["arm", "visit", "week"]].assign(
            subjects=1, **{name: self.frame[name].notna().astype(int) for name in names}
        )
        return rows.groupby(["arm", "visit", "week"], observed=True).sum().reset_index()

    def __repr__(self) -> str:
        from retrostats.data.cohort.summary import cohort_text

        return cohort_text(self)

    def _repr_html_(self) -> str:
        from retrostats.data.cohort.summary import cohort_html

        return cohort_html(self)
