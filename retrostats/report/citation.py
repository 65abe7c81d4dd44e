"""How to cite the package, the trials, the instruments and the methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retrostats.layout.html import breaks, safe
from retrostats.report.sources.reference import Reference, SourceKind, closed

if TYPE_CHECKING:
    from retrostats.analysis.types import Analysis
    from retrostats.data.codebook.types import Codebook
    from retrostats.data.cohort.types import Cohort
    from retrostats.data.published import PublishedTrial
    from retrostats.instruments import Instrument
    from retrostats.integrity.verdicts import Reproduction

    Citable = PublishedTrial | Reproduction | Cohort | Codebook | Analysis | Instrument

#: Headings in the order of the list.
HEADINGS: dict[SourceKind, str] = {
    "software": "The program",
    "trial": "Published trials",
    "instrument": "Instruments",
    "change": "Changes that matter, and measurement error",
    "method": "Methods",
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Citations:
    """What to cite, in the order of a list of references: print it, or save its BibTeX.

    Attributes
    ----------
    references
        The program first, then trials, instruments, the sources of changes that matter, and
        methods; each once, with what it was used for.
    notes
        What to give with them, and what no paper is on record for, in sentences.

    Examples
    --------
    >>> import retrostats as rs
    >>> citations = rs.cite(rs.load_trial("qiu2023"))
    >>> [reference.key for reference in citations.references]
    ['retrostats', 'qiu2023']
    >>> print(citations.of("trial")[0].line)
    Qiu J, et al. BMC Sports Sci Med Rehabil 2023;15:158. doi:10.1186/s13102-023-00772-7
    """

    references: tuple[Reference, ...]
    notes: tuple[str, ...] = ()

    def of(self, kind: SourceKind) -> tuple[Reference, ...]:
        """Return the references of one kind, in order.

        Parameters
        ----------
        kind
            ``"software"``, ``"trial"``, ``"instrument"``, ``"change"`` or ``"method"``.
        """
        return tuple(reference for reference in self.references if reference.kind == kind)

    def bibtex(self) -> str:
        """Return the references as BibTeX in plain ASCII.

        A reference whose fields are all on record becomes an `article`. Any other becomes a
        `misc` with its whole line as the title; complete it by hand.

        Examples
        --------
        >>> import retrostats as rs
        >>> print(rs.cite(rs.load_trial("qiu2023")).bibtex().split("@")[2], end="")
        misc{qiu2023,
          key = {qiu2023},
          title = {{Qiu J, et al. BMC Sports Sci Med Rehabil 2023;15:158}},
          note = {The whole line as on record},
          doi = {10.1186/s13102-023-00772-7},
        }
        """
        from retrostats.report.sources.files import as_bibtex

        return as_bibtex(self.references)

    def ris(self) -> str:
        """Return the references as RIS, for programs such as Zotero or EndNote."""
        from retrostats.report.sources.files import as_ris

        return as_ris(self.references)

    def lines(self) -> tuple[str, ...]:
        """Return one line per reference: what stands in a list of references, and its use."""
        return tuple(reference.sentence for reference in self.references)

    def __str__(self) -> str:
        told = ["How to cite"]
        number = 0
        for kind, references in self._groups():
            told += ["", HEADINGS[kind]]
            for reference in references:
                number += 1
                told.append(f"{number:>3}. {reference.line}")
                told += [f"     {use}" for use in reference.used]
        return "\n".join([*told, *(["", *self.notes] if self.notes else [])])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        parts = ["<p><b>How to cite</b></p>"]
        number = 1
        for kind, references in self._groups():
            items = "".join(f"<li>{_html(reference)}</li>" for reference in references)
            parts.append(f'<p>{HEADINGS[kind]}</p><ol start="{number}">{items}</ol>')
            number += len(references)
        parts += [f"<p{breaks(note)}>{safe(note)}</p>" for note in self.notes]
        return f"<div>{''.join(parts)}</div>"

    def _groups(self) -> Iterator[tuple[SourceKind, tuple[Reference, ...]]]:
        for kind in HEADINGS:
            if references := self.of(kind):
                yield kind, references


def cite(*things: Citable) -> Citations:
    """Return how to cite the package and what an analysis rests on.

    Use it at the end of a notebook or a report. Every source comes once, with what it was used
    for. What is on record incompletely is given as it is; nothing is filled in.

    Parameters
    ----------
    *things
        Any number of: a trial of `load_trial`, a result of `reproduce`, a cohort, a codebook, a
        result of `analyse`, an instrument of `load_instruments`. None at all gives the package
        alone. A cohort or codebook stands for its instruments; an analysis for these and for
        its methods.

    Returns
    -------
    Citations
        By kind, and within a kind in the order of the arguments.

    Raises
    ------
    TypeError
        If one of them is something else.

    Examples
    --------
    >>> import retrostats as rs
    >>> citations = rs.cite(rs.load_trial("gondhalekar2013"), rs.load_instruments()["nrs"])
    >>> [reference.key for reference in citations.references[:3]]
    ['retrostats', 'gondhalekar2013', 'pmc7990728']
    >>> print(rs.cite())
    How to cite
    <BLANKLINE>
    The program
      1. The retrostats authors. retrostats: analysis of trials of retro and forward walking. \
Computer software, version 0.1.0, BSD-3-Clause licence.
    """
    from retrostats.report.sources.citable import no_paper_note, sources_of
    from retrostats.report.sources.trials import package_reference

    gathered = [sources_of(thing) for thing in things]
    references = [package_reference(), *(r for sources in gathered for r in sources.references)]
    order = list(HEADINGS)
    once = sorted(_merged(references), key=lambda reference: order.index(reference.kind))
    notes = list(dict.fromkeys(note for sources in gathered for note in sources.notes))
    notes += no_paper_note(each for sources in gathered for each in sources.instruments)
    return Citations(references=tuple(_with_own_keys(once)), notes=tuple(notes))


def _merged(references: Iterable[Reference]) -> list[Reference]:
    """Return each source once, with all that it was used for."""
    found: dict[tuple[str, ...], Reference] = {}
    for reference in references:
        same = (reference.kind, reference.text, reference.address)
        known = found.setdefault(same, reference)
        found[same] = replace(known, used=tuple(dict.fromkeys([*known.used, *reference.used])))
    return list(found.values())


def _with_own_keys(references: Iterable[Reference]) -> Iterator[Reference]:
    """Yield the references with keys that differ: a second `smith2024` becomes `smith2024-2`."""
    taken: set[str] = set()
    for reference in references:
        key, number = reference.key, 1
        while key in taken:
            number += 1
            key = f"{reference.key}-{number}"
        taken.add(key)
        yield replace(reference, key=key)


def _html(reference: Reference) -> str:
    text = safe(closed(reference.text)) if reference.text else ""
    if reference.address:
        link = f'href="{safe(reference.address)}"{breaks(reference.place)}'
        text += f" <a {link}>{safe(reference.place)}</a>"
    uses = "".join(f"<br><small{breaks(use)}>{safe(use)}</small>" for use in reference.used)
    return f"{text.strip()}{uses}"
