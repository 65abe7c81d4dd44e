"""Blocks that hold sentences are wrapped at the edge; blocks with columns keep their lines."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes

#: What programs print. Code and data have lines of their own.
PRINTED = ("text", "console")
#: Two cells of a table, apart by more than the space between words or sentences.
COLUMNS = re.compile(r"\S {3,}\S")


def mark(*event: Any) -> None:
    """Give blocks of sentences the class that the style sheet wraps; a page is what comes last."""
    for block in event[-1].findall(nodes.literal_block):
        if block.get("language") in PRINTED and not COLUMNS.search(block.astext()):
            block["classes"].append("message")


def setup(app: Any) -> dict[str, bool]:
    """Look at every page that is read."""
    app.connect("doctree-read", mark)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
