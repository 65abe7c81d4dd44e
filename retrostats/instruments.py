"""What an outcome is measured with: range, unit, direction, and which change matters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from retrostats.layout import Layout, ShownAsFields, fields_html

Better = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(ShownAsFields):
    """A change that patients notice, or one that measurement error alone can produce.

    Attributes
    ----------
    kind
        ``"important"`` (a smallest worthwhile change) or ``"error"`` (a smallest detectable one).
    quantity
        As its source calls it, e.g. ``"MCID"`` or ``"MDC95"``.
    value
        Positive: in the unit of the instrument, or a fraction of baseline.
    basis
        ``"absolute"`` or ``"relative"`` to baseline.
    population, source
        In whom it was found, and where that is printed.
    """

    kind: Literal["important", "error"]
    quantity: str
    value: float
    basis: Literal["absolute", "relative"] = "absolute"
    population: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.value < math.inf:
            raise ValueError(f"{self.quantity}: a change must be positive, got {self.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentPaper:
    """Where an instrument is described.

    Attributes
    ----------
    text
        Authors, title, journal, year, volume and pages on one line, as medical journals print it.
    doi
        Without ``doi:``; empty where none is on record.
    """

    text: str
    doi: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A scale or a measurement.

    Attributes
    ----------
    id, name
        For codebooks, e.g. ``"nrs"``; and for readers, e.g. ``"NRS 0-10"``.
    measures
        What it is about, e.g. ``"pain"``.
    low, high
        What a value can be, in `unit`; ``inf`` where there is no upper end.
    unit
        Unit of the values.
    better
        Which direction is benefit.
    whole
        Whether only whole numbers can occur.
    zero
        Whether 0 can occur where it is in range; nobody has a quadriceps strength of 0.
    usual
        Range outside of which a value is possible and deserves a second look.
    changes
        Changes that matter and changes within error, each with its source.
    paper
        Where it is described; ``None`` where no paper is on record.
    """

    id: str
    name: str
    measures: str
    low: float
    high: float
    unit: str
    better: Better
    whole: bool = False
    zero: bool = True
    usual: tuple[float, float] | None = None
    changes: tuple[Change, ...] = ()
    paper: InstrumentPaper | None = None

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"{self.id}: low {self.low} must be below high {self.high}")

    @property
    def sign(self) -> int:
        """What turns a difference into an improvement: 1 where higher is better, else -1."""
        return 1 if self.better == "higher" else -1

    def important(self) -> tuple[Change, ...]:
        """Return the smallest worthwhile changes, in the order of the catalogue."""
        return tuple(change for change in self.changes if change.kind == "important")

    def error(self) -> tuple[Change, ...]:
        """Return the changes that measurement error alone can produce."""
        return tuple(change for change in self.changes if change.kind == "error")

    def _repr_html_(self) -> str:
        changes = Layout(
            caption="Changes that matter, and changes within error",
            header=("", "Kind", "Basis", "Value", "In whom", "Source"),
            rows=tuple(
                (c.quantity, c.kind, c.basis, f"{c.value:g}", c.population, c.source)
                for c in self.changes
            ),
            words=3,
            closing_words=2,
        )
        return fields_html(self, without=("changes",)) + (changes.html() if self.changes else "")
