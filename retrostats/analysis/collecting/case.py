"""One comparison of one outcome of one trial, and the sizes of its arms."""

from __future__ import annotations

from dataclasses import dataclass

from retrostats.analysis.collecting.arms import Pairing
from retrostats.analysis.collecting.request import CollectRequest
from retrostats.data.published import Figure, Kind, Outcome, PublishedTrial
from retrostats.integrity.checks.implied import sizes_of
from retrostats.integrity.inputs import Size, pair, weakest

#: The commonest reason of all.
NO_SIZES = "the number of people of the arms is not printed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Where figures are looked for.

    Attributes
    ----------
    trial, pairing, outcome
        Whose figures.
    asked
        What is wanted of them.
    """

    trial: PublishedTrial
    pairing: Pairing
    outcome: Outcome
    asked: CollectRequest

    @property
    def labels(self) -> tuple[str, str]:
        """Both arms in the order of the printed contrast."""
        found = pair(self.trial, self.pairing.printed)
        if found is None:
            raise ValueError(f"{self.trial.id}: {self.pairing.printed} is no contrast of two arms")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoSizes:
    """How many people a comparison is about.

    Attributes
    ----------
    n1, n2
        Of the arms in the order of the printed contrast; each at least 2.
    kind
        The weaker kind of the two.
    caveats
        What is not as one would wish.
    """

    n1: int
    n2: int
    kind: Kind
    caveats: tuple[str, ...]


def two_sizes(trial: PublishedTrial, figure: Figure) -> TwoSizes | None:
    """Return the sizes of both arms of a contrast, ``None`` unless both are known."""
    sizes = sizes_of(trial, figure)
    if sizes is None:
        return None
    kind = weakest(size.kind for size in sizes)
    return TwoSizes(n1=sizes[0].n, n2=sizes[1].n, kind=kind, caveats=size_caveats(*sizes))


def size_caveats(*sizes: Size | None) -> tuple[str, ...]:
    """Say where numbers of people are those randomised, or are not printed as such."""
    known = [size for size in sizes if size]
    unsure = weakest(size.kind for size in known)
    found = [f"the sizes of the arms are {unsure}"] if unsure != "printed" else []
    if any(size.source == "randomised" for size in known):
        found.append("sizes as randomised")
    return tuple(found)
