"""Where lines may break: sentences do at the edge, columns do not, paths in tables at a slash."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes

#: What programs print. Code and data have lines of their own.
PRINTED = ("text", "console")
#: Two cells of a table, apart by more than the space between words or sentences.
COLUMNS = re.compile(r"\S {3,}\S")
#: Characters of a line that a wide window holds. Only there may a block with columns wrap.
WIDE = 104
#: Characters of a cell that is a number or a word, and of one that is a sentence.
SHORT, LONG = 10, 40
#: Typographic quotes, which a program does not print.
STRAIGHT = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})
#: Letters that belong to the formula before them.
CLOSING = re.compile(r"[.,;:!?)\]\u2019\u201d]+")


def mark(*event: Any) -> None:
    """Give blocks with sentences the class that the style sheet wraps; a page is what comes last.

    Beside columns that have room in a wide window, sentences that have not are wrapped there.
    """
    for block in event[-1].findall(nodes.literal_block):
        if block.get("language") not in PRINTED:
            continue
        lines = block.astext().split("\n")
        columns = [line for line in lines if COLUMNS.search(line)]
        if not columns:
            block["classes"].append("message")
        elif all(len(line) <= WIDE for line in columns) and any(len(line) > WIDE for line in lines):
            block["classes"].append("sentences")


def size_cells(*event: Any) -> None:
    """Let the style sheet keep cells of a word on one line, and give those of sentences room."""
    for entry in event[-1].findall(nodes.entry):
        length = len(entry.astext())
        if length <= SHORT or length > LONG:
            entry["classes"].append("short" if length <= SHORT else "long")


def keep_quotes(*event: Any) -> None:
    """Show messages in a table of examples with the quotes in which programs print them."""
    for table in event[-1].findall(nodes.table):
        head = table.next_node(nodes.thead)  # the lists of names have none
        if head is not None and head.astext().endswith("example"):
            for text in list(table.findall(nodes.Text)):
                text.parent.replace(text, nodes.Text(text.translate(STRAIGHT)))


def break_paths(*event: Any) -> None:
    """Let a path in a table break behind a slash, so that it does not push out other columns."""
    for entry in event[1].findall(nodes.entry):
        for literal in entry.findall(nodes.literal):
            if "/" in literal.astext() and all(isinstance(c, nodes.Text) for c in literal.children):
                parts = re.split(r"(?<=/)(?=.)", literal.astext())
                literal.children = []
                for part in parts[:-1]:
                    literal.extend([nodes.Text(part), nodes.raw("", "<wbr>", format="html")])
                literal.append(nodes.Text(parts[-1]))


def hold_together(*event: Any) -> None:
    """Keep the full stop behind a formula on its line."""
    for formula in list(event[-1].findall(nodes.math)):
        behind = formula.next_node(descend=False, siblings=True)
        closing = CLOSING.match(behind.astext()) if isinstance(behind, nodes.Text) else None
        if closing:
            place, rest = formula.parent, behind.astext()[closing.end() :]
            at = place.index(formula)
            held = nodes.inline("", "", formula, nodes.Text(closing[0]), classes=["held"])
            place[at : at + 2] = [held, nodes.Text(rest)]


def setup(app: Any) -> dict[str, bool]:
    """Look at every page that is read; at paths when names have become links."""
    app.connect("doctree-read", mark)
    app.connect("doctree-read", hold_together)
    app.connect("doctree-read", size_cells)
    app.connect("doctree-read", keep_quotes)
    app.connect("doctree-resolved", break_paths)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
