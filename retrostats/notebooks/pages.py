"""An executed notebook as one page that fetches nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrostats.tables.page import filled

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Where the templates of a page are.
_PACKAGES = ("retrostats.notebooks", "retrostats.tables")
_HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)
#: The level of headings that the table of contents lists.
_IN_CONTENTS = 2
_MARKUP = re.compile(r"<[^>]*>")
_TOKEN = re.compile(r'<span class="(\w+)">([^<]*)</span>')
#: Kinds of tokens that notebook.css colours; marking the others would double the page.
_COLOURED = {"k", "kn", "kc", "ow", "s1", "s2", "sa", "si", "se", "mi", "mf", "c1"}
#: A longer line is no line of a table but a sentence.
_PROSE = 120
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shown:
    """One output as the page shows it.

    Attributes
    ----------
    kind
        ``"html"``, ``"image"``, ``"text"``, or ``"prose"`` for a text whose lines may be broken.
    content
        HTML, the picture as base64, or HTML of a text.
    alt, width, height
        Of a picture: what it shows, and its size in CSS pixels, if known.
    """

    kind: str
    content: str
    alt: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the page shows it.

    Attributes
    ----------
    id
        Of the cell.
    number
        Of a code cell, from 1; ``None`` for words.
    content
        HTML of words or of code.
    outputs
        Of a code cell.
    """

    id: str
    number: int | None
    content: str
    outputs: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its place on the page, its words, and its level from 1."""

    id: str
    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A notebook in the list of all: the name of its page, its title, its first paragraph."""

    name: str
    title: str
    lead: str


def as_page(notebook: NotebookNode, name: str) -> str:
    """Return an executed notebook as HTML.

    Parameters
    ----------
    notebook
        As `run_notebooks` returns it.
    name
        Of the notebook.

    Returns
    -------
    str
        One page with its pictures and styles inside: light and dark, wide and narrow, for screen
        and paper. The page forbids itself scripts and addresses.
    """
    headings: list[Heading] = []
    cells = [_cell(cell, headings) for cell in notebook.cells]
    return filled(
        "notebook.html",
        _PACKAGES,
        title=entry(notebook, name).title,
        name=name,
        cells=cells,
        headings=[each for each in headings if each.level == _IN_CONTENTS],
    )


def entry(notebook: NotebookNode, name: str) -> Entry:
    """Return what a list of notebooks says of one.

    Parameters
    ----------
    notebook
        Its first cell is Markdown and begins with the title.
    name
        Of the notebook.
    """
    head, _, rest = notebook.cells[0].source.partition("\n")
    lead = next((part for part in rest.split("\n\n") if part.strip()), "")
    return Entry(name, _plain(_markdown(head)), _plain(_markdown(lead)))


def as_index(entries: Sequence[Entry]) -> str:
    """Return the page that lists notebooks, in the order given."""
    return filled("index.html", _PACKAGES, entries=entries)


def _cell(cell: NotebookNode, headings: list[Heading]) -> Cell:
    if cell.cell_type == "markdown":
        return Cell(cell.id, None, _boxed(_anchored(_markdown(cell.source), headings)))
    outputs = tuple(shown for each in cell.outputs for shown in _shown(each))
    return Cell(cell.id, cell.execution_count, _code(cell.source), outputs)


def _shown(output: NotebookNode) -> Iterator[Shown]:
    """Yield the best form of an output; nothing where it has none that a page can show."""
    if "text" in output:
        yield _text(output.text)
        return
    data = output.get("data", {})
    plain = data.get("text/plain", "")
    if "text/html" in data:
        yield Shown("html", data["text/html"])
    elif "image/png" in data:
        yield _picture(data["image/png"], plain, output.metadata.get("image/png", {}))
    elif "text/markdown" in data:
        yield Shown("html", _boxed(_markdown(data["text/markdown"])))
    elif plain:
        yield _text(plain)


def _picture(content: str, plain: str, known: Any) -> Shown:
    # A repr in angle brackets says nothing to who cannot see the picture.
    alt = known.get("alt") or ("" if plain.startswith("<") else plain) or "Figure"
    letters = "".join(content.split())
    return Shown("image", letters, alt, known.get("width"), known.get("height"))


def _markdown(source: str) -> str:
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(source)


def _code(source: str) -> str:
    from nbconvert.filters.highlight import Highlight2HTML

    page = str(Highlight2HTML()(source))  # type: ignore[no-untyped-call]
    return _TOKEN.sub(lambda match: match[0] if match[1] in _COLOURED else match[2], page)


def _text(text: str) -> Shown:
    from nbconvert.filters.ansi import ansi2html

    longest = max(map(len, text.splitlines()), default=0)
    content = str(ansi2html(text))  # type: ignore[no-untyped-call]
    return Shown("prose" if longest > _PROSE else "text", content)


def _anchored(page: str, headings: list[Heading]) -> str:
    """Give each heading a place to link to, and note it."""

    def anchor(match: re.Match[str]) -> str:
        level, inner = match.groups()
        words = _plain(inner)
        place = base = re.sub(r"\W+", "-", words.casefold()).strip("-") or "section"
        again = 1
        while place in {"content", *(each.id for each in headings)}:
            again += 1
            place = f"{base}-{again}"
        headings.append(Heading(place, words, int(level)))
        return f'<h{level} id="{place}">{inner}</h{level}>'

    return _HEADING.sub(anchor, page)


def _boxed(page: str) -> str:
    """Let tables of words scroll in a box of their own."""
    return _TABLE.sub(lambda match: f'<div class="scroll">{match[0]}</div>', page)


def _plain(page: str) -> str:
    return " ".join(html.unescape(_MARKUP.sub("", page)).split())
