"""What each kind of thing asks to be cited with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retrostats.analysis.types import Analysis
from retrostats.data.codebook.types import Codebook
from retrostats.data.cohort.types import Cohort
from retrostats.data.published import PublishedTrial
from retrostats.instruments import Instrument
from retrostats.integrity.verdicts import Reproduction
from retrostats.report.sources.instruments import instrument_references, outcome_references
from retrostats.report.sources.methods import method_references
from retrostats.report.sources.reference import Reference
from retrostats.report.sources.trials import reproduction_reference, trial_reference

if TYPE_CHECKING:
    from retrostats.report.citation import Citable

#: A recomputed number must not pass for a result of the trial.
RECOMPUTED = (
    "Cite a printed number by its place in the paper, and a recomputed number as computed by "
    "retrostats from that paper: it is not a result of the trial."
)
#: Enough of a SHA-256 to tell two files apart in print.
_SHORT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What one thing asks to be cited.

    Attributes
    ----------
    references
        In order; the same may come several times.
    notes
        Sentences to give with them.
    instruments
        Those that are used.
    """

    references: tuple[Reference, ...]
    notes: tuple[str, ...] = ()
    instruments: tuple[Instrument, ...] = ()


def sources_of(thing: Citable) -> Sources:
    """Return what to cite for one thing.

    Parameters
    ----------
    thing
        As `retrostats.report.citation.cite` takes it.

    Raises
    ------
    TypeError
        If it is nothing of that kind.
    """
    match thing:
        case PublishedTrial():
            return Sources(references=(trial_reference(thing),))
        case Reproduction():
            return Sources(references=(reproduction_reference(thing),), notes=(RECOMPUTED,))
        case Instrument():
            references = tuple(instrument_references(thing))
            return Sources(references=references, instruments=(thing,))
        case Codebook():
            return _of_codebook(thing)
        case Cohort():
            return replace(_of_codebook(thing.codebook), notes=_digests(thing))
        case Analysis():
            known = _of_codebook(thing.cohort.codebook)
            references = (*known.references, *method_references(thing))
            notes = _digests(thing.cohort, ("plan", thing.plan.digest))
            return replace(known, references=references, notes=notes)
    raise TypeError(
        f"cite: {type(thing).__name__} is nothing that can be cited; give trials of load_trial, "
        "results of reproduce or analyse, cohorts, codebooks, or instruments of load_instruments"
    )


def no_paper_note(instruments: Iterable[Instrument]) -> tuple[str, ...]:
    """Return a sentence that names the instruments without a paper on record, if there are any."""
    names = dict.fromkeys(each.name for each in instruments if each.paper is None)
    if not names:
        return ()
    return (f"No paper is on record for {'; '.join(names)}: say how each was measured.",)


def _of_codebook(codebook: Codebook) -> Sources:
    return Sources(
        references=tuple(r for outcome in codebook.outcomes for r in outcome_references(outcome)),
        instruments=tuple(outcome.instrument for outcome in codebook.outcomes),
    )


def _digests(cohort: Cohort, *more: tuple[str, str]) -> tuple[str, ...]:
    pairs = (("data", cohort.digest), ("codebook", cohort.codebook.digest), *more)
    told = ", ".join(f"{name} {digest[:_SHORT]}" for name, digest in pairs if digest)
    return (f"Give the first letters of the SHA-256 digests: {told}.",) if told else ()
