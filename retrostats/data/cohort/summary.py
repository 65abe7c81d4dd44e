"""A cohort in a few lines, for a terminal and for a notebook; no subject is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrostats.layout import Layout
from retrostats.layout.html import facts

if TYPE_CHECKING:
    from retrostats.data.cohort.types import Cohort


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
    header, *rows = map(tuple, _table(cohort))
    values = Layout(caption="", header=header, rows=tuple(rows))
    return facts(_lines(cohort)) + values.html()


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
