"""The references of instruments, and of the changes that matter on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from retrostats.data.codebook.types import Outcome
from retrostats.instruments import Change, Instrument
from retrostats.report.analysis.worthwhile import change_words
from retrostats.report.sources.reference import Reference, key_of

#: Author and year in brackets at the end of a population, with the journal where it is known.
_WHOSE = re.compile(
    r"(?P<people>.*?) ?\((?P<whose>(?P<name>[^\W\d_]+) (?P<year>(?:19|20)\d\d\b)[^()]*)\)"
)
#: A source that ends in a DOI or an address, perhaps after words.
_PLACED = re.compile(r"(?P<words>.*?)[,;.]?\s*(doi:(?P<doi>10\.\S+)|(?P<url>https?://\S+))")
#: What tells an article apart within a longer address.
_ARTICLE = re.compile(r"PMC\d+|(?<=doi:)10\.\S+", re.IGNORECASE)
#: Long enough to tell two addresses apart, short enough to be typed.
_KEY_LENGTH = 40


def instrument_references(instrument: Instrument) -> Iterator[Reference]:
    """Yield the paper that describes an instrument, and the sources of its changes.

    Parameters
    ----------
    instrument
        Of the catalogue, or a codebook's own. What has no source yields nothing.
    """
    yield from paper_reference(instrument)
    yield from change_references(instrument.name, instrument.unit, instrument.changes)


def outcome_references(outcome: Outcome) -> Iterator[Reference]:
    """Yield the same of an outcome of a trial.

    Parameters
    ----------
    outcome
        The smallest worthwhile change that its trial declares stands in place of those of the
        catalogue, as in the analysis.
    """
    instrument = outcome.instrument
    yield from paper_reference(instrument)
    own = outcome.smallest_change
    changes = (own, *instrument.error()) if own else instrument.changes
    yield from change_references(instrument.name, outcome.unit, changes)


def paper_reference(instrument: Instrument) -> tuple[Reference, ...]:
    """Return the paper that describes an instrument; nothing where none is on record."""
    if instrument.paper is None:
        return ()
    text, doi = instrument.paper.text, instrument.paper.doi
    bare = Reference(key=_short(text), kind="instrument", text=text, doi=doi)
    return (replace(bare, key=bare.author_year() or bare.key, used=(instrument.name,)),)


def change_references(name: str, unit: str, changes: Sequence[Change]) -> Iterator[Reference]:
    """Yield where the changes of an instrument come from, one reference per change.

    Parameters
    ----------
    name, unit
        Of the instrument.
    changes
        Those without a source yield nothing.
    """
    for change in changes:
        if not change.source:
            continue
        whose = _WHOSE.fullmatch(change.population)
        people = whose["people"] if whose else change.population
        told = f"{name}: {change.quantity} {change_words(change, unit)}"
        placed = _PLACED.fullmatch(change.source)
        words = placed["words"] if placed else change.source
        key = whose["name"] + whose["year"] if whose else _short(change.source)
        yield Reference(
            key=key_of(key),
            kind="change",
            text="; ".join(filter(None, (whose["whose"] if whose else "", words))),
            doi=(placed["doi"] or "") if placed else "",
            url=(placed["url"] or "") if placed else "",
            used=(f"{told}, {people}" if people else told,),
        )


def _short(text: str) -> str:
    """Return the part of a source that makes a key: the number of its article, else its end."""
    article = _ARTICLE.search(text)
    return key_of(article[0] if article else text)[-_KEY_LENGTH:].strip("-")
