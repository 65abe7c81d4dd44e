"""A split-plot analysis of variance: its tests, who could not enter, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrostats.layout.html import bold, caveats, paragraphs
from retrostats.models.frame.ledger import Ledger
from retrostats.models.split_plot.cell_means import CellMeans
from retrostats.models.split_plot.effects_table import EffectsTable
from retrostats.models.split_plot.incomplete import Incomplete

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MixedAnova(CellMeans):
    """A mixed (split-plot) analysis of variance of complete subjects; see `fit_mixed_anova`.

    Attributes
    ----------
    table
        The three tests.
    caveats
        What a reader must know; the subjects lost come first.

    Examples
    --------
    >>> import pandas as pd
    >>> import retrostats as rs
    >>> walks = pd.DataFrame({"id": [1, 1, 2, 2, 3, 3, 4, 4], "week": [0, 6] * 4})
    >>> walks["arm"] = ["control"] * 4 + ["retro"] * 4
    >>> walks["pain"] = [6.0, 5.5, 7.0, 6.0, 6.5, 4.0, 5.5, 4.0]
    >>> fit = rs.fit_mixed_anova(walks, outcome="pain", subject="id", between="arm", within="week")
    >>> fit.n_subjects, str(fit.incomplete)
    (4, 'All 4 subjects have every week.')
    >>> for row in fit.tidy().itertuples():
    ...     print(f"{row.term}: F = {row.statistic:.2f}, p = {row.p:.3f}")
    arm: F = 6.23, p = 0.130
    week: F = 24.20, p = 0.039
    arm:week: F = 5.00, p = 0.155
    """

    table: EffectsTable
    caveats: tuple[str, ...]

    @property
    def n_subjects(self) -> int:
        """Subjects analysed: those with every visit."""
        return len(self.subjects.y)

    @property
    def incomplete(self) -> Incomplete:
        """How many subjects could not enter, by arm."""
        return self.subjects.incomplete

    @property
    def ledger(self) -> Ledger:
        """The rows that were left out, each with its reason."""
        return self.subjects.ledger

    @property
    def digest(self) -> str:
        """SHA-256 of the numbers analysed."""
        return self.subjects.digest

    def anova(self) -> EffectsTable:
        """Return the tests of arms, visits and their interaction, type III."""
        return self.table

    def tidy(self) -> pd.DataFrame:
        """Return the three tests as a data frame; see `EffectsTable.tidy`."""
        return self.table.tidy()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "outcome": self.outcome,
            "between": self.between,
            "within": self.within,
            "subjects": self.n_subjects,
            "lost": [
                {"arm": arm, "lost": lost, "of": total}
                for arm, lost, total in self.incomplete.by_arm
            ],
            "left_out": self.ledger.counts(),
            **self.table.to_dict(),
            "caveats": list(self.caveats),
            "digest": self.digest,
        }

    def summary(self) -> str:
        """Return the analysis as text; the first line says who could not enter."""
        first, *others = self._told()
        lines = [first, f"Rows: {self.ledger}", *(f"Caveat: {caveat}" for caveat in others)]
        return "\n".join([*lines, "", repr(self.table)])

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        first, *others = self._told()
        tests = "".join(layout.html() for layout in self.table.layouts())
        return bold(first) + paragraphs(f"Rows: {self.ledger}") + caveats(others) + tests

    def _told(self) -> list[str]:
        """Return who was lost, or that nobody was, before the other caveats."""
        return [*([] if self.incomplete.lost else [str(self.incomplete)]), *self.caveats]
