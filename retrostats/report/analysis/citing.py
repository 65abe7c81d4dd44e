"""How to cite the program, the instruments, the changes that matter and the methods."""

from __future__ import annotations

from collections.abc import Iterator

from retrostats.analysis.types import Analysis
from retrostats.report.analysis.provenance import versions
from retrostats.report.blocks import Block, Facts, Heading, Listing, Paragraph
from retrostats.report.citation import HEADINGS, cite


def citing_blocks(analysis: Analysis) -> tuple[Block, ...]:
    """Return what to cite, as `retrostats.cite` gives it, and the versions of all programs."""
    return (
        Heading(text="How to cite, and versions", anchor="citing"),
        *_references(analysis),
        Facts(pairs=(("Versions", ", ".join(f"{k} {v}" for k, v in versions().items())),)),
    )


def _references(analysis: Analysis) -> Iterator[Block]:
    citations = cite(analysis)
    for kind, heading in HEADINGS.items():
        if references := citations.of(kind):
            yield Heading(text=heading, anchor=f"citing-{kind}", depth=3)
            yield Listing(items=tuple(reference.sentence for reference in references))
    yield Paragraph(text=" ".join([*citations.notes, *_without_change(analysis)]))


def _without_change(analysis: Analysis) -> Iterator[str]:
    """Yield which endpoints were held against no change, because none has a source."""
    names = dict.fromkeys(
        result.outcome.instrument.name
        for result in analysis.endpoints
        if result.outcome.smallest_change is None and not result.outcome.instrument.changes
    )
    if names:
        yield f"No change that matters is on record for {'; '.join(names)}."
