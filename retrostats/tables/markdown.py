"""A table as Markdown."""

from __future__ import annotations

from retrostats.layout import escaped
from retrostats.tables.paper import PaperTable


def as_markdown(table: PaperTable) -> str:
    """Return number and caption, a pipe table, and the note.

    Parameters
    ----------
    table
        Hyphens stand for minus signs, so that its numbers can be typed and searched for.
    """
    parts = [table.captioned().markdown(), escaped(table.note)]
    return "\n\n".join(filter(None, parts)) + "\n"
