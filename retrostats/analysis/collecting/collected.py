"""The estimates that trials contribute, in a form that can be pooled."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, overload

from retrostats.analysis.collecting.request import CollectRequest
from retrostats.analysis.collecting.types import Candidate, CollectedCounts, LeftOut
from retrostats.analysis.collecting.ways import scaled
from retrostats.effects.arguments import is_number
from retrostats.errors import DataError
from retrostats.estimate import Estimate, EstimateTable
from retrostats.layout import Layout, ShownAsTable

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Collected(ShownAsTable):
    """Estimates that printed figures allow; as a sequence, the chosen one of each trial.

    Attributes
    ----------
    rows
        Every candidate, trial by trial; of each trial the chosen one first.
    left_out
        Every trial that contributes nothing, and why.
    counts
        How many trials are left at each step.
    request
        What was asked for.

    Examples
    --------
    >>> import retrostats as rs
    >>> pain = rs.collect("pain")
    >>> pain.studies
    ('Alghadir 2019', 'Chen 2021')
    >>> [f"{estimate.value:.2f}" for estimate in pain]
    ['-0.79', '-0.89']
    """

    rows: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...]
    counts: CollectedCounts
    request: CollectRequest = field(repr=False)

    def __len__(self) -> int:
        return len(self.chosen)

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.estimates())

    @overload
    def __getitem__(self, which: int) -> Estimate: ...

    @overload
    def __getitem__(self, which: slice) -> tuple[Estimate, ...]: ...

    def __getitem__(self, which: int | slice) -> Estimate | tuple[Estimate, ...]:
        """Return the chosen estimate at a place, or those of a slice."""
        return self.estimates().estimates[which]

    def __repr__(self) -> str:
        return self.layout().text()

    @property
    def chosen(self) -> tuple[Candidate, ...]:
        """The candidate that speaks for each trial."""
        return tuple(row for row in self.rows if row.chosen)

    @property
    def studies(self) -> tuple[str, ...]:
        """Short names of the trials whose estimates are chosen."""
        return tuple(row.label for row in self.chosen)

    @property
    def favours(self) -> tuple[str, str]:
        """What values below and above 0 favour, as a forest plot takes it.

        Raises
        ------
        DataError
            If points of instruments with opposite directions of benefit stand together.
        """
        better = self._better()
        if len(better) > 1:
            raise DataError(f"favours: {self.direction} Collect with scale='g'")
        sides = "the first-named arm", "the second-named arm"
        return sides if better == {"lower"} else (sides[1], sides[0])

    @property
    def direction(self) -> str:
        """Which sign is benefit, in a sentence."""
        better = self._better()
        if len(better) > 1:
            return "Signs are those of each instrument, and their directions of benefit differ."
        sign = "Negative" if better == {"lower"} else "Positive"
        return f"{sign} values favour the first-named arm."

    def _better(self) -> set[str]:
        """Return the directions of benefit of the chosen estimates."""
        return {row.better for row in self.chosen} or {self.request.better}

    def estimates(self, take: Sequence[int] | None = None) -> EstimateTable:
        """Return one estimate of each trial.

        Parameters
        ----------
        take
            Places in `rows` of the estimates to take in place of the chosen ones.

        Returns
        -------
        EstimateTable
            With a caption that tells outcome, scale, direction and marks.

        Raises
        ------
        DataError
            If a row that is asked for has no estimate, or a trial comes twice.
        """
        rows = self.chosen if take is None else tuple(self.rows[place] for place in take)
        problems = [
            f"{row.label} gives no estimate there ({row.why})"
            for row in rows
            if row.estimate is None
        ]
        times = Counter(row.label for row in rows)
        problems += [
            f"the trial {name} comes {n} times; several comparisons of a trial share people, so "
            "take one"
            for name, n in times.items()
            if n > 1
        ]
        if problems:
            raise DataError("estimates: " + "; ".join(problems))
        found = tuple(row.estimate for row in rows if row.estimate is not None)
        marks = any(row.kind == "inferred" for row in rows)
        caption = f"{self._title()}. {self.direction}"
        return EstimateTable(caption + (" † rests on an inferred figure." if marks else ""), found)

    def in_points(self, sd: float, *, unit: str, source: str) -> EstimateTable:
        """Express the chosen estimates in points of one instrument, by a named SD.

        Parameters
        ----------
        sd
            SD of scores on that instrument, above 0.
        unit
            Of the instrument, e.g. ``"points on the NRS"``.
        source
            Where the SD comes from; the caption names it.

        Raises
        ------
        ValueError
            If ``sd`` is not a positive number, or the estimates are in points already.
        """
        if not is_number(sd) or not 0 < sd < math.inf:
            raise ValueError(f"in_points: sd must be a positive number, got {sd}")
        if self.request.scale == "points":
            raise ValueError("in_points: the estimates are in points; collect them with scale='g'")
        table = self.estimates()
        own = tuple(
            replace(scaled(one, sd, unit=unit), label=f"{one.label}, g times {sd:g}")
            for one in table
        )
        return EstimateTable(f"{table.caption} In {unit}: g times an SD of {sd:g} ({source}).", own)

    def layout(self) -> Layout:
        """Return the cells as they are printed: estimates first, then trials left out."""
        from retrostats.analysis.collecting.showing import collected_layout

        return collected_layout(self, self._title())

    def tidy(self) -> pd.DataFrame:
        """Return every candidate, and every trial that has none, one per row.

        Returns
        -------
        pandas.DataFrame
            Columns ``trial``, ``label``, ``contrast``, ``outcome``, ``instrument``,
            ``timepoint``, ``route``, ``chosen``, ``estimate``, ``se``, ``df``, ``ci_low``,
            ``ci_high``, ``level``, ``p``, ``unit``, ``rounding_low``, ``rounding_high``,
            ``kind``, ``why`` and ``caveats``.
        """
        from retrostats.analysis.collecting.showing import tidy_candidates

        return tidy_candidates(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        from retrostats.analysis.collecting.showing import collected_dict

        return collected_dict(self)

    def _title(self) -> str:
        units = {row.estimate.unit for row in self.chosen if row.estimate is not None}
        g = self.request.scale == "g"
        scale = "Hedges' g" if g else f"mean difference in {', '.join(sorted(units)) or 'points'}"
        return f"{self.request.title}: first minus second arm, {scale}"
