"""What all forms of a document share: its numbers and its printable text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from retrostats.layout import true_minus
from retrostats.report.blocks import (
    Block,
    Document,
    Facts,
    Figure,
    Heading,
    Listing,
    Notice,
    Paragraph,
    Table,
)
from retrostats.tables.shape import printable, printable_layout


def numbered(document: Document) -> Iterator[tuple[Block, int]]:
    """Yield each block with its number: tables and figures count from 1, others have 0."""
    tables = figures = 0
    for block in document.blocks:
        if isinstance(block, Table):
            tables += 1
            yield block, tables
        elif isinstance(block, Figure):
            figures += 1
            yield block, figures
        else:
            yield block, 0


def printable_document(document: Document) -> Document:
    """Return the document with every text made printable, and minus signs in its sentences."""
    return Document(
        title=printable(document.title),
        subtitle=printable(document.subtitle),
        blocks=tuple(_printable_block(block) for block in document.blocks),
    )


def _printable_block(block: Block) -> Block:
    match block:
        case Heading():
            return replace(block, text=printable(block.text))
        case Paragraph() | Notice():
            return replace(block, text=_prose(block.text))
        case Listing():
            return replace(block, items=tuple(map(_prose, block.items)))
        case Facts():
            pairs = tuple((printable(term), printable(value)) for term, value in block.pairs)
            return replace(block, pairs=pairs)
        case Figure():
            return replace(block, caption=_prose(block.caption), alt=_prose(block.alt))
        case Table():
            return replace(block, layout=printable_layout(block.layout), note=_prose(block.note))


def _prose(text: str) -> str:
    """Return a sentence as pages show it: printable, negative numbers with a true minus sign."""
    return true_minus(printable(text))
