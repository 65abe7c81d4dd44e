"""The flow of trials: the numbers of a search where its authors gave them, and of the files."""

from __future__ import annotations

from retrostats.layout import Layout
from retrostats.report.blocks import Block, Heading, Paragraph, Table
from retrostats.report.meta.judgements import SEARCH
from retrostats.report.meta.synthesis import Synthesis

_WORDS = {
    "records_identified": "Records identified",
    "duplicates_removed": "Records removed before screening (duplicates)",
    "records_screened": "Records screened",
    "records_excluded": "Records excluded",
    "reports_sought": "Reports sought for retrieval",
    "reports_not_retrieved": "Reports not retrieved",
    "reports_assessed": "Reports assessed for eligibility",
    "reports_excluded": "Reports excluded",
    "studies_included": "Studies included",
}
_NONE = "not given"
_NOTE = "PRISMA, Preferred Reporting Items for Systematic reviews and Meta-Analyses."


def prisma_blocks(synthesis: Synthesis) -> tuple[Block, ...]:
    """Return the section on how trials came here."""
    given = dict(synthesis.judgements.search)
    searched = [(_WORDS[name], str(given.get(name, _NONE))) for name in SEARCH]
    filed = [(words, str(count)) for words, count in synthesis.evidence.counts]
    rows = (("Search", ""), *searched, ("Trials here", ""), *filed)
    indents = (0, *(1 for _ in searched), 0, *(1 for _ in filed))
    layout = Layout(
        caption="Flow of records and trials",
        header=("", "Number"),
        rows=rows if filed else rows[: len(searched) + 1],
        indents=indents if filed else indents[: len(searched) + 1],
    )
    return (
        Heading(text="How the trials were found", anchor="flow"),
        Paragraph(text=_words(synthesis)),
        Table(id="flow", layout=layout, note=_NOTE),
    )


def _words(synthesis: Synthesis) -> str:
    if synthesis.judgements.search:
        return (
            "The numbers of the search are those that its authors gave; the numbers below them "
            "are counted from the files."
        )
    return (
        "Nobody gave the numbers of a search. The trials here are those that are on file; they "
        "are no systematic search, and what is missing among them is not known."
    )
