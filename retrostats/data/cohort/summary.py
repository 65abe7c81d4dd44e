"""A cohort in a few lines, for a terminal and for a notebook; no subject is named."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrostats.data.cohort.types import Cohort

_CELL = "padding:0.15em 0.5em;text-align:right"
_NAME = "padding:0.15em 0.5em;text-align:left"


def cohort_text(cohort: Cohort) -> str:
    """Return rows, subjects by arm, completeness by visit and warnings as text."""
    named = [*_lines(cohort)]
    width = max(len(name) for name, _ in named)
    lines = [f"{name:<{width}}  {words}" for name, words in named]
    header, *rows = _table(cohort)
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    for row in (header, *rows):
        rest = [cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True)]
        cells = [row[0].ljust(widths[0]), *rest]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def cohort_html(cohort: Cohort) -> str:
    """Return the same as HTML."""
    listed = "".join(
        f'<tr><th scope="row" style="{_NAME}">{html.escape(name)}</th>'
        f'<td style="{_NAME}">{html.escape(words)}</td></tr>'
        for name, words in _lines(cohort)
    )
    header, *rows = _table(cohort)
    head = "".join(f'<th scope="col" style="{_CELL}">{html.escape(c)}</th>' for c in header[1:])
    head = f'<th scope="col" style="{_NAME}">{html.escape(header[0])}</th>{head}'
    body = "".join(
        f'<tr><th scope="row" style="{_NAME}">{html.escape(row[0])}</th>'
        + "".join(f'<td style="{_CELL}">{html.escape(c)}</td>' for c in row[1:])
        + "</tr>"
        for row in rows
    )
    return f"<table>{listed}</table><table><tr>{head}</tr>{body}</table>"


def _lines(cohort: Cohort) -> list[tuple[str, str]]:
    book = cohort.codebook
    sizes = cohort.subjects()["arm"].value_counts()
    arms = ", ".join(f"{arm.label} {sizes[arm.label]}" for arm in book.arms)
    told = "simulated" in book.title.casefold()
    title = f"{book.title} (simulated data)" if book.simulated and not told else book.title
    return [
        ("Cohort", title),
        ("File", f"{cohort.file} ({cohort.form})"),
        ("Rows", str(cohort.ledger)),
        ("Subjects", f"{cohort.n_subjects}: {arms}"),
        ("Warnings", str(len(cohort.warnings))),
        ("Digest", cohort.digest[:12]),
    ]


def _table(cohort: Cohort) -> list[list[str]]:
    """Return how many subjects have each outcome at each visit, all arms together."""
    counts = cohort.completeness().groupby("visit", observed=True).sum(numeric_only=True)
    visits = cohort.codebook.visits
    rows = [["Values", *(visit.label for visit in visits)]]
    for outcome in cohort.codebook.outcomes:
        held = counts[outcome.name].reindex([v.label for v in visits]).tolist()
        rows.append([outcome.label, *(f"{count}/{cohort.n_subjects}" for count in held)])
    return rows
