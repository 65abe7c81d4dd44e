"""How to cite the package, the methods, and the sources of the instruments."""

from __future__ import annotations

from retrostats.analysis.types import Analysis
from retrostats.instruments import Change
from retrostats.report.analysis.provenance import versions
from retrostats.report.analysis.worthwhile import change_words
from retrostats.report.blocks import Block, Facts, Heading, Listing, Paragraph


def citing_blocks(analysis: Analysis) -> tuple[Block, ...]:
    """Return what to cite, and the versions of all programs that shape the report."""
    own = versions()["retrostats"]
    return (
        Heading(text="How to cite, and versions", anchor="citing"),
        Paragraph(
            text=f"Cite the program as: The retrostats authors. retrostats, version {own}. Give "
            "the digests of data and plan with it, so that a reader can see which analysis is "
            "meant. Cite the changes that patients notice by their own sources:"
        ),
        Listing(items=instrument_sources(analysis)),
        Facts(pairs=(("Versions", ", ".join(f"{k} {v}" for k, v in versions().items())),)),
    )


def instrument_sources(analysis: Analysis) -> tuple[str, ...]:
    """Return the changes that the endpoints were held against, each with its source, once."""
    told = []
    for result in analysis.endpoints:
        name = result.outcome.instrument.name
        judgement = result.planned[0].judgement
        others = [change for change, _ in judgement.alternatives]
        changes = [c for c in (judgement.worthwhile, *others, judgement.error) if c]
        told += [_source(name, result.outcome.unit, change) for change in changes]
        if not changes:
            told.append(f"{name}: no change with a source is on record.")
    return tuple(dict.fromkeys(told))


def _source(name: str, unit: str, change: Change) -> str:
    origin = "; ".join(text for text in (change.population, change.source) if text)
    told = f"{name}: {change.quantity} {change_words(change, unit)}"
    return f"{told}. {origin or 'No source was given'}."
