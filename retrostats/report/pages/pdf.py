"""A document as a PDF, set by typst with the fonts that it brings."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from retrostats.report.blocks import Block, Document, Facts, Figure, Heading, Listing, Table
from retrostats.report.pages.shape import numbered, printable_document
from retrostats.tables.shape import TableShape, shape_of

#: Characters of a line that fit at each size of text: upright, then across.
_UPRIGHT = ((118, 9.0), (134, 8.0), (152, 7.0))
_ACROSS = ((204, 8.0), (234, 7.0))


def as_pdf(document: Document, figures: Mapping[str, bytes]) -> bytes:
    """Return the PDF; the same document gives the same bytes on every machine.

    Parameters
    ----------
    document
        What it shows. Its texts reach typst as data and are never read as markup.
    figures
        The PDF of each figure by its id.

    Raises
    ------
    KeyError
        If the PDF of a figure is missing.
    """
    import typst

    content = pdf_content(document)
    with tempfile.TemporaryDirectory(prefix="retrostats-") as name:
        place = Path(name)
        template = files("retrostats.report").joinpath("templates", "analysis.typ")
        (place / "main.typ").write_bytes(template.read_bytes())
        (place / "content.json").write_bytes(content.encode("utf-8"))
        for figure in document.figures:
            (place / f"{figure.id}.pdf").write_bytes(figures[figure.id])
        return typst.compile(place / "main.typ", root=place, ignore_system_fonts=True)


def pdf_content(document: Document) -> str:
    """Return what the template sets, as JSON: every word of the PDF but those of its figures."""
    plain = printable_document(document)
    content = {
        "title": plain.title,
        "subtitle": plain.subtitle,
        "blocks": [_content(block, number) for block, number in numbered(plain)],
    }
    return json.dumps(content, ensure_ascii=False)


def _content(block: Block, number: int) -> dict[str, Any]:
    """Return a block as plain data for the template."""
    kind = {"kind": type(block).__name__, "number": number}
    match block:
        case Heading():
            return kind | {"text": block.text, "depth": block.depth}
        case Listing():
            return kind | {"items": block.items, "numbered": block.numbered}
        case Facts():
            return kind | {"pairs": block.pairs}
        case Figure():
            return kind | {"file": f"{block.id}.pdf", "caption": block.caption, "alt": block.alt}
        case Table():
            return kind | _table(block)
        case _:
            tone = getattr(block, "kind", "lead" if getattr(block, "lead", False) else "")
            return kind | {"text": block.text, "tone": tone}


def _table(table: Table) -> dict[str, Any]:
    shape = shape_of(table.layout)
    size, across = text_size(shape)
    rows = [
        {"cells": r.cells, "indent": r.indent, "across": r.across, "heading": r.heading}
        for r in shape.rows
    ]
    # A column of sentences takes a share of what the others leave.
    shares = [width if wrap else 0 for width, wrap in zip(shape.widths, shape.wraps, strict=True)]
    return {
        "caption": table.layout.caption,
        "note": table.note,
        "heads": shape.heads,
        "numeric": shape.numeric,
        "shares": shares,
        "rows": rows,
        "size": size,
        "across": across,
        # A number and its interval stay on one line where there is room for all of them.
        "together": shape.width <= _ACROSS[-1][0],
    }


def text_size(shape: TableShape) -> tuple[float, bool]:
    """Return the size of the text in points, and whether the page must be turned."""
    for turned, steps in ((False, _UPRIGHT), (True, _ACROSS)):
        for room, size in steps:
            if shape.width <= room:
                return size, turned
    return _ACROSS[-1][1], True
