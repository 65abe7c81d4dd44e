"""A document as one web page that needs nothing beside it."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from retrostats.report.blocks import Document, Figure, Heading, Table
from retrostats.report.document import render
from retrostats.report.pages.shape import numbered, printable_document
from retrostats.tables.shape import shape_of


def as_html(document: Document, figures: Mapping[str, bytes]) -> str:
    """Return the page.

    Parameters
    ----------
    document
        What it shows; every text is escaped.
    figures
        The SVG of each figure by its id. Each is shown as an image, in which no script runs.

    Returns
    -------
    str
        HTML with its style sheet and figures inside, light and dark, wide, narrow and on paper.

    Raises
    ------
    KeyError
        If the SVG of a figure is missing.
    """
    plain = printable_document(document)
    items = [
        {
            "kind": type(block).__name__,
            "block": block,
            "number": number,
            "shape": shape_of(block.layout) if isinstance(block, Table) else None,
            "image": _data(figures[block.id]) if isinstance(block, Figure) else "",
        }
        for block, number in numbered(plain)
    ]
    chapters = [b for b in plain.blocks if isinstance(b, Heading) and b.depth == 2]
    return render(
        "analysis.html",
        title=plain.title,
        subtitle=plain.subtitle,
        items=items,
        contents=chapters,
    )


def _data(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode('ascii')}"
