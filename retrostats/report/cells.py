"""The columns of the report's tables, and the cells of their lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from retrostats.data.published import Figure
from retrostats.integrity.claims import ClaimFinding
from retrostats.integrity.verdicts import Row, headline
from retrostats.report.grid import Cell, Column, text_cell
from retrostats.report.words import quantity_words, span_words, tag_of

#: Columns of what was recomputed.
ROW_COLUMNS = (
    Column(title="Outcome"),
    Column(title="Time"),
    Column(title="Who is compared"),
    Column(title="Quantity"),
    Column(title="Printed", numeric=True),
    Column(title="Recomputed", numeric=True),
    Column(title="How"),
    Column(title="Verdict"),
    Column(title="Kind"),
    Column(title="Detail", wide=True),
)

#: Columns of what is printed.
FIGURE_COLUMNS = (
    Column(title="Arm or comparison"),
    Column(title="Outcome"),
    Column(title="Time"),
    Column(title="Statistic"),
    Column(title="Printed", numeric=True),
    Column(title="Test"),
    Column(title="Kind"),
    Column(title="Source"),
)

#: Columns of what speaks to a claim.
CLAIM_COLUMNS = (
    Column(title="Study"),
    Column(title="Outcome"),
    Column(title="Time"),
    Column(title="Who is compared"),
    Column(title="Test"),
    Column(title="Printed"),
    Column(title="Speaks"),
    Column(title="Weight"),
    Column(title="Why", wide=True),
)


def row_cells(row: Row) -> tuple[Cell, ...]:
    """Return the cells of one recomputation, in the order of `ROW_COLUMNS`."""
    word = headline(row.verdict)
    reason = row.verdict.removeprefix(word).removeprefix(":").strip()
    mixed = reason.startswith("under ")
    low, high = row.low, row.high
    return (
        text_cell(row.outcome),
        text_cell(row.timepoint),
        text_cell(row.contrast),
        text_cell(quantity_words(row.quantity)),
        Cell(text=row.printed, number=_first_number(row.printed)),
        Cell(text=_recomputed(row), number=high if low is None else low),
        text_cell(row.variant),
        Cell(text=word, tag=tag_of(word), more="by this test" if mixed else reason),
        Cell(text=row.kind, tag=tag_of(row.kind)),
        text_cell(row.detail),
    )


def _recomputed(row: Row) -> str:
    """Return the recomputed range, and what it is where it is no range of rounding."""
    if row.variant == "repeated row":
        return ""
    words = span_words(row.low, row.high)
    return f"{words} (95% CI)" if row.effect else words


def _first_number(printed: str) -> float | None:
    """Return the number that a printed text sorts by, as typed: sorting needs no more."""
    match = re.search(r"[-\u2212\u2013]?\d*[.,]?\d+(?:[eE][+-]?\d+)?", printed)
    if match is None:
        return None
    plain = match[0].replace("\u2212", "-").replace("\u2013", "-").replace(",", ".")
    return float(plain)


def figure_cells(figure: Figure) -> tuple[Cell, ...]:
    """Return the cells of one printed figure, in the order of `FIGURE_COLUMNS`."""
    printed = figure.printed
    return (
        text_cell(figure.arm or figure.contrast or "whole sample"),
        text_cell(figure.outcome),
        text_cell(figure.timepoint),
        text_cell(quantity_words(figure.statistic)),
        Cell(text=printed.text, number=_first_number(printed.text)),
        text_cell(figure.test),
        Cell(text=figure.kind, tag=tag_of(figure.kind)),
        text_cell(figure.source),
    )


def finding_cells(finding: ClaimFinding, known: Mapping[str, str]) -> tuple[Cell, ...]:
    """Return the cells of one figure that speaks to a claim, in the order of `CLAIM_COLUMNS`.

    Parameters
    ----------
    finding
        What the figure says.
    known
        Anchor of each study of the page by its id.
    """
    place = known.get(finding.trial)
    return (
        Cell(text=finding.trial, link=f"#{place}" if place else ""),
        text_cell(finding.outcome),
        text_cell(finding.timepoint),
        text_cell(finding.contrast),
        text_cell(finding.test),
        text_cell(finding.printed or "nothing entered"),
        Cell(text=finding.says, tag=tag_of(finding.says)),
        text_cell({"shown": "shown only"}.get(finding.bears, finding.bears)),
        text_cell(_reason(finding)),
    )


def _reason(finding: ClaimFinding) -> str:
    """Return why a figure speaks as it does, and how far it bears, as one sentence."""
    return f"{finding.words.rstrip('.')}; {finding.note}" if finding.note else finding.words
