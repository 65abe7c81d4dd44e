"""The pieces of a document, before it is a page, a PDF or a Word file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrostats.tables.paper import PaperTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading; `anchor` is what links point to."""

    text: str
    anchor: str
    depth: Literal[2, 3] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of plain text; `lead` for the one that carries the answer."""

    text: str
    lead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A boxed remark that must not be overlooked."""

    text: str
    kind: Literal["caution", "simulated", "note"] = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of sentences."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Pairs of a term and its value."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Table(PaperTable):
    """A table of a document, which counts its tables itself.

    Attributes
    ----------
    paper
        Whether it belongs into the Word file of tables.
    """

    paper: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure that lies beside the document as ``figures/<id>.svg``, ``.pdf`` and ``.png``."""

    id: str
    caption: str
    alt: str


Block = Heading | Paragraph | Notice | Listing | Facts | Table | Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A title, what stands below it, and the blocks in reading order."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Figure))
