"""The tables of a document as a Word file that an author can edit."""

from __future__ import annotations

from dataclasses import replace

from retrostats.report.blocks import Document, Notice, Table
from retrostats.report.pages.shape import numbered, printable_document
from retrostats.tables.word import add_table, empty_file, is_wide, set_page, word_bytes


def as_word(document: Document) -> bytes:
    """Return a Word file with the notices and those tables that belong into a paper.

    Parameters
    ----------
    document
        The report; tables keep the numbers that they have in it.

    Returns
    -------
    bytes
        A ``.docx`` without dates and names; the same document gives the same bytes.
    """
    plain = printable_document(document)
    word = empty_file(plain.title)
    word.add_paragraph(plain.title, style="Title")
    word.add_paragraph(plain.subtitle)
    for notice in (b for b in plain.blocks if isinstance(b, Notice) and b.kind == "simulated"):
        word.add_paragraph().add_run(notice.text).bold = True
    turned = False
    set_page(word, turned=turned)
    for block, number in numbered(plain):
        if isinstance(block, Table) and block.paper:
            wide = is_wide(block)
            if wide != turned:
                word.add_section()
                set_page(word, turned=wide)
            turned = wide
            add_table(word, replace(block, number=number), turned=turned)
    return word_bytes(word)
