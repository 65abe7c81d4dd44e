"""The references of published trials and of the package itself."""

from __future__ import annotations

from retrostats.data.published import PublishedTrial
from retrostats.integrity.verdicts import Reproduction
from retrostats.report.sources.reference import Reference, key_of

#: What `CITATION.cff` says of the package; a test compares.
TITLE = "retrostats: analysis of trials of retro and forward walking"
AUTHORS = "The retrostats authors"
LICENCE = "BSD-3-Clause"

_ADDRESSES = (
    ("pmcid", "https://pmc.ncbi.nlm.nih.gov/articles/{}/"),
    ("pmid", "https://pubmed.ncbi.nlm.nih.gov/{}/"),
)


def package_reference() -> Reference:
    """Return the reference of this version of the package."""
    from retrostats import __version__

    text = f"{AUTHORS}. {TITLE}. Computer software, version {__version__}, {LICENCE} licence"
    return Reference(key="retrostats", kind="software", text=text)


def trial_reference(trial: PublishedTrial, *further: str) -> Reference:
    """Return the reference of a published trial, as its folder cites it.

    Parameters
    ----------
    trial
        Its citation may be incomplete; nothing is added to it.
    *further
        What it was used for beside its figures.
    """
    known = ((getattr(trial, name), address) for name, address in _ADDRESSES)
    return Reference(
        key=key_of(trial.id),
        kind="trial",
        text=trial.citation,
        doi=trial.doi,
        url=next((address.format(number) for number, address in known if number), ""),
        used=(f"{trial.id}: {_counted(len(trial.figures), 'figure')} as printed", *further),
    )


def reproduction_reference(reproduction: Reproduction) -> Reference:
    """Return the reference of a trial that was recomputed."""
    rows = _counted(len(reproduction.rows), "result")
    return trial_reference(reproduction.trial, f"{reproduction.trial.id}: {rows} of recomputing")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"
