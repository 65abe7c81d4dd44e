"""The trials of a table, as estimates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from retrostats.estimate import Estimate, EstimateTable, tidy_row
from retrostats.layout import Layout, ShownAsTable

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyTable(ShownAsTable):
    r"""One estimate for each row of a file, with what else the row says of its trial.

    It stands wherever estimates are asked for: ``rs.pool(table)``.

    Attributes
    ----------
    file, digest
        Name of the file, and SHA-256 of its bytes.
    measure
        What the effects are.
    estimates
        In the order of the file; the labels are the names of the studies.
    moderators
        The further columns: numbers where every cell is one, otherwise words; a missing cell is
        ``nan`` or ``""``.
    form
        What the file was read as, such as ``"CSV, comma, decimal point, UTF-8"``.
    notes
        What a reader should know of the file and its rows.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import retrostats as rs
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "pain.csv")
    ...     _ = file.write_text("study,estimate,se,weeks\nA,-0.9,0.3,4\nB,-0.2,0.2,6\n")
    ...     table = rs.read_estimates(file, measure="generic", unit="points")
    >>> print(table["B"])
    B: -0.2 points (95% CI -0.592 to 0.192)
    >>> table.studies, dict(table.moderators)
    (('A', 'B'), {'weeks': (4.0, 6.0)})
    """

    file: str
    digest: str
    measure: str
    estimates: tuple[Estimate, ...]
    moderators: Mapping[str, tuple[float, ...] | tuple[str, ...]]
    form: str
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return self.layout().text()

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.estimates)

    def __len__(self) -> int:
        return len(self.estimates)

    def __getitem__(self, which: int | str) -> Estimate:
        """Return the estimate of a study, by place or name."""
        return self.table()[which]

    @property
    def studies(self) -> tuple[str, ...]:
        """Name of the study of each estimate."""
        return tuple(estimate.label for estimate in self.estimates)

    def table(self) -> EstimateTable:
        """Return the estimates as a table, for a forest plot."""
        return EstimateTable(f"{self.measure.capitalize()}, {self.file}", self.estimates)

    def layout(self) -> Layout:
        """Return the cells as they are printed, and below them the notes on single trials."""
        notes = tuple(("Note", note) for note in self.notes)
        shown = self.table().layout()
        return replace(shown, rows=(*shown.rows, *notes))

    def tidy(self) -> pd.DataFrame:
        """Return one row per trial: the estimate, then the moderators."""
        import pandas as pd

        from retrostats.estimate import TIDY_COLUMNS

        frame = pd.DataFrame(map(tidy_row, self.estimates), columns=list(TIDY_COLUMNS))
        return pd.concat([frame, pd.DataFrame(dict(self.moderators))], axis=1)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "file": self.file,
            "digest": self.digest,
            "measure": self.measure,
            "estimates": [estimate.to_dict() for estimate in self.estimates],
            "moderators": {name: list(cells) for name, cells in self.moderators.items()},
            "form": self.form,
            "notes": list(self.notes),
        }
