"""Means of arms at visits and their differences, each visit with its own variance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats, read_only
from retrostats.errors import DataError, FitError
from retrostats.estimate import Estimate, EstimateTable
from retrostats.models.margins.comparisons import difference_rows, named_rows, sides_note
from retrostats.models.margins.families import adjusted_estimates
from retrostats.models.margins.labelled_rows import LabelledRows
from retrostats.models.margins.multiplicity import Adjustment, caption_note, require_adjustment
from retrostats.models.maximum.residual_checks import EXACT
from retrostats.models.split_plot.cell_rows import CellGrid, cell_covariance, cell_values
from retrostats.models.split_plot.complete import CompleteSubjects
from retrostats.models.split_plot.strata import Cells


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CellMeans:
    """Complete subjects of several arms at several visits, and questions about their means.

    Attributes
    ----------
    outcome, between, within
        Names of columns.
    unit, level
        Unit of the outcome, and the coverage of every interval.
    subjects
        The data: complete subjects, who was lost, ledger, digest.
    cells
        Means of arms at visits, and the scatter about them.
    """

    outcome: str
    between: str
    within: str
    unit: str
    level: float
    subjects: CompleteSubjects
    cells: Cells

    @property
    def arms(self) -> tuple[Any, ...]:
        """Levels of the factor between subjects."""
        return self.subjects.arms

    @property
    def visits(self) -> tuple[Any, ...]:
        """Levels of the factor within subjects."""
        return self.subjects.visits

    @property
    def sigma(self) -> Floats:
        """Covariance of the visits within arms, shape ``(k, k)``, in unit squared."""
        return read_only(self.cells.sigma)

    def marginal_means(
        self, factor: str | Sequence[str], *, by: str | Sequence[str] | None = None
    ) -> EstimateTable:
        """Estimate the mean at each level of a factor, each visit with its own variance.

        Parameters
        ----------
        factor
            One of the two factors, or both.
        by
            The other one, to tell it apart; else it is averaged over, every level alike.

        Raises
        ------
        DataError
            If a name is none of the two factors.
        FitError
            If the outcome does not vary where a mean is taken.
        """
        rows = self._grid().means(factor, by)
        shown = " by ".join(", ".join(names) for names in (rows.factors, rows.by) if names)
        caption = f"Marginal means of {self.outcome}, {shown}{self._averaged(rows)}"
        return EstimateTable(caption, self._estimates(rows, "none"))

    def differences(
        self,
        factor: str | Sequence[str],
        *,
        by: str | Sequence[str] | None = None,
        reference: Any = None,
        adjust: Adjustment = "none",
    ) -> EstimateTable:
        """Estimate differences between arms or between visits, treated minus reference.

        Parameters
        ----------
        factor, by
            As in `marginal_means`; comparisons stay within the levels of `by`.
        reference
            The level to compare with; None for all pairs, later minus earlier.
        adjust
            ``"none"``, ``"holm"``, ``"bonferroni"``, ``"tukey"`` (all pairs) or ``"dunnett"``
            (against a reference), within each level of `by`.

        Raises
        ------
        DataError
            If a name or level is not known.
        FitError
            If a difference does not vary between subjects.
        """
        _require_comparable(adjust, reference)
        rows = difference_rows(self._grid().means(factor, by), reference=reference)
        caption = f"Differences of {self.outcome}, {', '.join(rows.factors)}"
        return self._compared(f"{caption}{self._averaged(rows)}", rows, adjust)

    def differences_of_change(
        self, *, reference: Any = None, baseline: Any = None, adjust: Adjustment = "none"
    ) -> EstimateTable:
        """Estimate how much more one arm changed than another: the interaction in numbers.

        Parameters
        ----------
        reference
            The arm to compare with; None for all pairs.
        baseline
            The visit from which change is counted; None for the first.
        adjust
            As in `differences`, within each later visit.

        Raises
        ------
        DataError
            If a level is not known.
        FitError
            If a change does not vary between subjects.
        """
        _require_comparable(adjust, reference)
        rows = self._grid().changes(reference=reference, baseline=baseline)
        return self._compared(
            f"Differences of change in {self.outcome}, {self.between}", rows, adjust
        )

    def named_contrasts(
        self,
        contrasts: Mapping[str, Mapping[Any, float]],
        factors: str | Sequence[str],
        *,
        adjust: Adjustment = "none",
    ) -> EstimateTable:
        """Estimate contrasts written as weights on marginal means.

        Parameters
        ----------
        contrasts
            By label, weights by cell, e.g. ``{"retro, week 6 - week 0": {("retro", 6): 1,
            ("retro", 0): -1}}``.
        factors
            What the cells are of, in the order of their levels.
        adjust
            As in `differences`; all contrasts are one family.

        Raises
        ------
        DataError
            With all faults found.
        """
        require_adjustment(adjust)
        rows = named_rows(self._grid().means(factors), contrasts)
        notes = "".join(f"; {note}" for note in sides_note(contrasts))
        return self._compared(f"Contrasts of {self.outcome}{notes}", rows, adjust)

    def _grid(self) -> CellGrid:
        return CellGrid({self.between: self.arms, self.within: self.visits})

    def _averaged(self, rows: LabelledRows) -> str:
        left = [n for n in (self.between, self.within) if n not in rows.factors + rows.by]
        return f"; averaged over {left[0]}" if left else ""

    def _compared(self, caption: str, rows: LabelledRows, adjust: Adjustment) -> EstimateTable:
        note = caption_note(adjust, family=", ".join(rows.by))
        return EstimateTable(
            f"{caption}; {note}" if note else caption, self._estimates(rows, adjust)
        )

    def _estimates(self, rows: LabelledRows, method: Adjustment) -> tuple[Estimate, ...]:
        values = cell_values(rows.rows, self.cells)
        covariance = cell_covariance(rows.rows, self.cells)
        self._require_variance(rows, np.diagonal(covariance))
        estimates = [
            Estimate.from_se(
                label, value, se, unit=self.unit, df=self.cells.error_df, level=self.level
            )
            for label, value, se in zip(
                rows.labels, values, np.sqrt(np.diagonal(covariance)), strict=True
            )
        ]

        def covariance_of(family: NDArray[np.intp]) -> Floats:
            return covariance[np.ix_(family, family)]

        return adjusted_estimates(
            estimates, rows.families, covariance_of, method=method, level=self.level
        )

    def _require_variance(self, rows: LabelledRows, variances: Floats) -> None:
        size = EXACT**2 * float((self.cells.means**2).max() + np.trace(self.cells.sigma))
        still = [rows.labels[k] for k in np.flatnonzero(variances <= size)]
        if still:
            raise FitError(
                f"mixed ANOVA: subjects of the same arm do not differ in {'; '.join(still)}, so "
                "that there is no standard error; ask for others by named_contrasts"
            )


def _require_comparable(adjust: str, reference: Any) -> None:
    require_adjustment(adjust)
    if adjust == "dunnett" and reference is None:
        raise DataError(
            'adjust="dunnett" compares with one reference: name it, e.g. reference="control", or '
            'choose adjust="tukey" for all pairs'
        )
