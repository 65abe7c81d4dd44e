"""Marginal means of a fitted model, their differences, and tests of its terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from retrostats.arrays import Floats
from retrostats.errors import DataError
from retrostats.estimate import Estimate, EstimateTable
from retrostats.models.margins.anova_table import AnovaTable
from retrostats.models.margins.comparisons import difference_rows, named_rows, sides_note
from retrostats.models.margins.families import adjusted_estimates
from retrostats.models.margins.grid import At
from retrostats.models.margins.grid_note import grid_note, zero_note
from retrostats.models.margins.labelled_rows import LabelledRows
from retrostats.models.margins.means import marginal_rows
from retrostats.models.margins.multiplicity import Adjustment, caption_note, require_adjustment
from retrostats.models.margins.proportions import counted_levels
from retrostats.models.margins.terms import tested_terms, type_three_rows
from retrostats.models.results.core import CoreFit

#: How levels that are not shown are averaged.
GridWeights = Literal["equal", "proportional"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MarginsFit(CoreFit):
    """A converged fit that answers what the mean is at each level of a factor."""

    def marginal_means(
        self,
        factor: str | Sequence[str],
        *,
        by: str | Sequence[str] | None = None,
        weights: GridWeights = "equal",
        at: At | None = None,
    ) -> EstimateTable:
        """Estimate the mean outcome at each level of a factor.

        Parameters
        ----------
        factor
            A factor of the formula, or several.
        by
            Factors to tell apart.
        weights
            ``"equal"`` averages equally over the levels of factors not shown,
            ``"proportional"`` as often as their combinations occur.
        at
            Values of other variables, e.g. ``{"age": 60}``; numbers stand at their mean over
            the rows used.

        Raises
        ------
        DataError
            If a name is not in the model, or the data do not determine a mean.
        """
        means = self._means(factor, by, weights, at)
        estimates = self._estimates(means.labels, self._reduced(means.rows, means.labels))
        shown = " by ".join(", ".join(names) for names in (means.factors, means.by) if names)
        caption = f"Marginal means of {self._outcome}, {shown}"
        return EstimateTable(self._noted(caption, means, weights, at, compared=False), estimates)

    def differences(
        self,
        factor: str | Sequence[str],
        *,
        by: str | Sequence[str] | None = None,
        reference: Any = None,
        adjust: Adjustment = "none",
        weights: GridWeights = "equal",
        at: At | None = None,
    ) -> EstimateTable:
        """Estimate differences of marginal means, treated minus reference.

        Parameters
        ----------
        factor, by, weights, at
            As in `marginal_means`; comparisons stay within the levels of `by`.
        reference
            The level to compare with; ``None`` for all pairs, later minus earlier.
        adjust
            ``"none"``, ``"holm"``, ``"bonferroni"``, ``"tukey"`` (all pairs) or ``"dunnett"``
            (against a reference), within each combination of `by`. Under Holm the intervals are
            Bonferroni's, under Tukey and Dunnett simultaneous.

        Raises
        ------
        DataError
            If a name or level is not in the model, or the data do not determine a mean.
        """
        require_adjustment(adjust)
        if adjust == "dunnett" and reference is None:
            raise DataError(
                'adjust="dunnett" compares with one reference: name it, e.g. reference="control", '
                'or choose adjust="tukey" for all pairs'
            )
        rows = difference_rows(self._means(factor, by, weights, at), reference=reference)
        note = caption_note(adjust, family=", ".join(rows.by))
        caption = f"Differences of {self._outcome}, {', '.join(rows.factors)}"
        caption = self._noted(caption, rows, weights, at, compared=True)
        return EstimateTable(f"{caption}; {note}" if note else caption, self._family(rows, adjust))

    def named_contrasts(
        self,
        contrasts: Mapping[str, Mapping[Any, float]],
        factors: str | Sequence[str],
        *,
        adjust: Adjustment = "none",
        weights: GridWeights = "equal",
        at: At | None = None,
    ) -> EstimateTable:
        """Estimate contrasts written as weights on marginal means.

        Parameters
        ----------
        contrasts
            By label, weights by cell, e.g. ``{"retro - forward, mean of weeks 3 and 6":
            {("retro", 3): 0.5, ("retro", 6): 0.5, ("forward", 3): -0.5, ("forward", 6): -0.5}}``.
        factors
            What the cells are of, in the order of their levels, e.g. ``("arm", "week")``.
        adjust, weights, at
            As in `differences`; all contrasts are one family.

        Raises
        ------
        DataError
            With all faults found.
        """
        require_adjustment(adjust)
        means = self._means(factors, None, weights, at)
        rows = named_rows(means, contrasts)
        note = "; ".join(filter(None, [*sides_note(contrasts), caption_note(adjust)]))
        caption = f"Contrasts of {self._outcome}"
        caption = self._noted(caption, means, weights, at, compared=True)
        return EstimateTable(f"{caption}; {note}" if note else caption, self._family(rows, adjust))

    def anova(self) -> AnovaTable:
        """Test every term of the formula by its type III hypothesis.

        Returns
        -------
        AnovaTable
            A term whose hypothesis the data do not determine is shown as not estimable.
        """
        at = self.coordinates
        rows = tested_terms(
            type_three_rows(self.prepared.design),
            kept=at.kept,
            dropped=at.dropped,
            combination=at.combination,
            test=self._test,
        )
        caption = f"Type III tests of {self.formula} ({self.df_method})"
        note = zero_note(self.prepared.design)
        return AnovaTable(f"{caption}; {note}" if note else caption, rows)

    @property
    def _outcome(self) -> str:
        return self.formula.split("~", 1)[0].strip()

    def _means(
        self,
        factor: str | Sequence[str],
        by: str | Sequence[str] | None,
        weights: GridWeights,
        at: At | None,
    ) -> LabelledRows:
        proportions = None
        if weights == "proportional":
            design = self.prepared.design
            proportions = counted_levels(design, self.prepared.cell_factors, self.prepared.cells)
        return marginal_rows(
            self.prepared.design,
            self.prepared.variables,
            factor,
            by=by,
            weights=weights,
            at=at,
            proportions=proportions,
        )

    def _noted(
        self,
        caption: str,
        rows: LabelledRows,
        weights: GridWeights,
        at: At | None,
        *,
        compared: bool,
    ) -> str:
        note = grid_note(
            self.prepared.design,
            self.prepared.variables,
            rows.factors + rows.by,
            at=at,
            weights=weights,
            compared=compared,
        )
        return f"{caption}; {note}" if note else caption

    def _family(self, rows: LabelledRows, method: Adjustment) -> tuple[Estimate, ...]:
        reduced = self._reduced(rows.rows, rows.labels)
        inner = reduced @ self.coordinates.back

        def covariance_of(family: NDArray[np.intp]) -> Floats:
            part = inner[family]
            return np.asarray(part @ self.inference.covariance @ part.T)

        return adjusted_estimates(
            self._estimates(rows.labels, reduced),
            rows.families,
            covariance_of,
            method=method,
            level=self.level,
        )
