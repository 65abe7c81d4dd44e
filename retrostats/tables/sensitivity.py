"""The primary comparison under other analyses, beside the planned one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from retrostats.estimate import Estimate
from retrostats.layout import Layout, limits, number, p_number
from retrostats.tables.cells import (
    ESTIMATE_COLUMNS,
    NONE,
    LongTable,
    estimate_places,
    interval_head,
    plain_estimate,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityLine:
    """A comparison under one analysis.

    Attributes
    ----------
    label, comparison
        The analysis, and the comparison, in words.
    estimate
        None where the analysis gives none; `note` then says why.
    subjects
        Subjects used.
    note
        What a reader must know; may be empty.
    """

    label: str
    comparison: str
    estimate: Estimate | None
    subjects: int
    note: str


def sensitivity_layout(lines: Sequence[SensitivityLine], *, caption: str = "") -> Layout:
    """Lay out analyses, a heading per comparison where there are several.

    Parameters
    ----------
    lines
        In reading order, those of one comparison together. All estimates are in one unit.
    caption
        Above the table.

    Raises
    ------
    ValueError
        If the estimates mix levels or units.
    """
    estimates = [line.estimate for line in lines if line.estimate]
    levels, units = {e.ci.level for e in estimates}, {e.unit for e in estimates}
    if len(levels) > 1 or len(units) > 1:
        raise ValueError("sensitivity_layout: one unit and one level per table; split the lines")
    places = estimate_places(estimates)
    unit = "".join(f" ({unit})" for unit in units if unit)
    header = ("", "In the model", f"Difference{unit}", interval_head(levels), "p", "Note")
    several = len({line.comparison for line in lines}) > 1
    rows: list[tuple[str, ...]] = []
    indents: list[int] = []
    for comparison, group in groupby(lines, key=lambda line: line.comparison):
        if several:
            rows.append((comparison, *[""] * (len(header) - 1)))
            indents.append(0)
        for line in group:
            rows.append((line.label, str(line.subjects), *_cells(line, places), line.note))
            indents.append(int(several))
    return Layout(
        caption=caption,
        header=header,
        rows=tuple(rows),
        closing_words=1,
        indents=tuple(indents),
    )


def _cells(line: SensitivityLine, places: int) -> tuple[str, str, str]:
    if line.estimate is None:
        return NONE, NONE, NONE
    value, ends = line.estimate.value, line.estimate.ci[:2]
    return number(value, places), limits(*ends, places), p_number(line.estimate.p)


def sensitivity_rows(lines: Sequence[SensitivityLine]) -> LongTable:
    """Return a row per analysis and comparison."""
    header = ("analysis", "comparison", "subjects", "unit", *ESTIMATE_COLUMNS, "note")
    rows = tuple(
        (line.label, line.comparison, line.subjects, line.estimate.unit if line.estimate else None,
         *plain_estimate(line.estimate), line.note)
        for line in lines
    )  # fmt: skip
    return header, rows
