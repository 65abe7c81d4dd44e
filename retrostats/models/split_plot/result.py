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
