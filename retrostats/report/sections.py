"""What the report page shows, section by section, before any HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retrostats.data.published import PublishedTrial
from retrostats.integrity.claims import JudgedClaim
from retrostats.integrity.verdicts import Reproduction
from retrostats.report.cells import (
    CLAIM_COLUMNS,
    FIGURE_COLUMNS,
    ROW_COLUMNS,
    figure_cells,
    finding_cells,
    row_cells,
)
from retrostats.report.grid import Cell, Column, Grid, Line, count_cell, text_cell
from retrostats.report.tally import OUTCOMES, rank, stands_out, tally
from retrostats.report.words import anchor, arm_size, doi_address, people, tag_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One study of the page.

    Attributes
    ----------
    facts
        Name and text of what is known of design, people and analysis.
    rows, figures
        What could be recomputed, and every printed figure; ``None`` where there is none.
    """

    id: str
    anchor: str
    role: str
    citation: str
    doi: str
    doi_address: str
    facts: tuple[tuple[str, str], ...]
    rows: Grid | None
    figures: Grid | None
    nothing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSection:
    """One claim of the page, its verdict, and the figures that speak to it."""

    judged: JudgedClaim
    tag: str
    needs: str
    evidence: tuple[tuple[str, str], ...]
    findings: Grid | None


def overview(reproductions: Sequence[Reproduction]) -> Grid:
    """Return one line per study: role, people, and how many numbers came to what."""
    counted = (*OUTCOMES, "derived")
    columns = [Column(title="Study"), Column(title="Role"), Column(title="People", numeric=True)]
    columns += [Column(title=word.capitalize(), numeric=True) for word in counted]
    lines = []
    for reproduction in reproductions:
        trial = reproduction.trial
        counts = tally([reproduction])
        cells = [Cell(text=trial.id, link=f"#{anchor(trial.id)}"), text_cell(trial.role)]
        cells += [count_cell(people(trial)), *(count_cell(counts[word]) for word in counted)]
        lines.append(Line(cells=tuple(cells)))
    caption = "The studies, and what became of the numbers that they print"
    return Grid(caption=caption, columns=tuple(columns), lines=tuple(lines))


def outstanding(reproductions: Sequence[Reproduction]) -> Grid:
    """Return what a reader should see first, one line per number, the gravest first.

    The variants of one number share a line, which links to the first of them.
    """
    lines: dict[tuple[str, ...], Line] = {}
    wanted = [
        (rank(row), at, position, reproduction.trial.id, row)
        for at, reproduction in enumerate(reproductions)
        for position, row in enumerate(reproduction.rows)
        if stands_out(row)
    ]
    for _, _, position, trial, row in sorted(wanted, key=lambda entry: entry[:3]):
        number = (trial, row.outcome, row.timepoint, row.contrast, row.quantity, row.verdict)
        check = row.variant if row.verdict == "inconsistent table" else ""
        link = Cell(text=trial, link=f"#{_row_anchor(trial, position)}")
        lines.setdefault((*number, check), Line(cells=(link, *row_cells(row))))
    columns = (Column(title="Study"), *ROW_COLUMNS)
    caption = "Contradicted numbers, and figures that do not fit their own table"
    return Grid(caption=caption, columns=columns, lines=tuple(lines.values()))


def study(reproduction: Reproduction) -> Study:
    """Return the section of one study."""
    trial = reproduction.trial
    facts = (
        ("Role", trial.role),
        ("Design", trial.design),
        ("People", trial.population),
        ("Groups", _arms(trial)),
        ("Analysis reported", trial.analysis_reported),
        ("Entered from", ", ".join(dict.fromkeys(figure.source for figure in trial.figures))),
        ("PubMed", " · ".join(part for part in (trial.pmid, trial.pmcid) if part)),
        ("Note", trial.note),
    )
    lines = tuple(
        Line(cells=row_cells(row), id=_row_anchor(trial.id, position))
        for position, row in enumerate(reproduction.rows)
    )
    caption = f"{trial.id}: what was recomputed"
    return Study(
        id=trial.id,
        anchor=anchor(trial.id),
        role=trial.role,
        citation=trial.citation,
        doi=trial.doi,
        doi_address=doi_address(trial.doi),
        facts=tuple((name, text) for name, text in facts if text),
        rows=Grid(caption=caption, columns=ROW_COLUMNS, lines=lines) if lines else None,
        figures=_figures(trial),
        nothing=not sum(tally([reproduction]).values()),
    )


def claim_section(judged: JudgedClaim, known: Mapping[str, str]) -> ClaimSection:
    """Return the section of one claim.

    Parameters
    ----------
    judged
        The claim with its verdict.
    known
        Anchor of each study of the page by its id.
    """
    needs = "Deciding figures stand on both sides." if judged.verdict == "mixed" else ""
    if judged.claim.needs == "every":
        needs = "One deciding figure against the claim contradicts it."
    lines = tuple(Line(cells=finding_cells(finding, known)) for finding in judged.findings)
    caption = f"Figures that speak to the claim {judged.claim.id}"
    return ClaimSection(
        judged=judged,
        tag=tag_of(judged.verdict),
        needs=needs,
        evidence=tuple((trial, known.get(trial, "")) for trial in judged.claim.evidence),
        findings=Grid(caption=caption, columns=CLAIM_COLUMNS, lines=lines) if lines else None,
    )


def sources(generated_from: Mapping[str, Any]) -> Grid:
    """Return what the page was made from: each file or program, and its digest or version."""
    lines = tuple(
        Line(cells=(text_cell(name), text_cell(_short(text))))
        for name, text in _flat(generated_from)
    )
    columns = (Column(title="Source"), Column(title="SHA-256 (first 12 letters) or version"))
    return Grid(caption="What this page was made from", columns=columns, lines=lines)


def _row_anchor(trial: str, position: int) -> str:
    return f"{anchor(trial)}-row-{position + 1}"


def _figures(trial: PublishedTrial) -> Grid | None:
    if not trial.figures:
        return None
    lines = tuple(Line(cells=figure_cells(figure)) for figure in trial.figures)
    caption = f"{trial.id}: every figure as printed"
    return Grid(caption=caption, columns=FIGURE_COLUMNS, lines=lines)


def _arms(trial: PublishedTrial) -> str:
    """Return the groups in one line: name, size, and what they did."""
    described = []
    for arm in trial.arms:
        size = arm_size(trial, arm)
        people_of = "size not entered" if size is None else f"n {size}"
        doing = ", ".join(part for part in (arm.intervention, arm.dose) if part)
        described.append(f"{arm.label} ({people_of}{': ' + doing if doing else ''})")
    return "; ".join(described)


def _flat(value: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key in sorted(value):
        name = f"{above}{key}"
        entry = value[key]
        found += _flat(entry, f"{name} / ") if isinstance(entry, Mapping) else [(name, str(entry))]
    return found


def _short(text: str) -> str:
    is_digest = len(text) == 64 and set(text) <= set("0123456789abcdef")
    return text[:12] if is_digest else text
