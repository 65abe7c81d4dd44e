"""Pieces of HTML that results show in a notebook, in light and in dark pages alike.

No colour of text or page is fixed, and all style stands in the elements themselves: an untrusted
notebook drops style sheets, and what it drops of the rest leaves plain words and tables.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

#: Longer tables scroll in a box of about this many rows, below their heads.
ROWS_IN_SIGHT = 25
#: Marks a caveat on light and on dark pages.
_MARKED = "border-left:4px solid #b45309;padding-left:0.6em"
_ACROSS = "overflow-x:auto"
#: Wide enough for the words that explain a row, so that they do not become a column of words.
_ROOM_FOR_WORDS = "20em"
_HIGHEST = "40em"
_LEFT = "text-align:left;vertical-align:top;padding:0.15em 0.5em"
#: A head that stays in place covers the rows that pass below it: the colour of the page itself, as
#: JupyterLab, then Visual Studio Code, then a browser calls it.
STICKY = (
    "position:sticky;top:0;"
    "background:var(--jp-layout-color0,var(--vscode-editor-background,Canvas))"
)
#: Signs that turn the direction of all text behind them: 0.98 would be read as 89.0.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: A word of more letters than this is broken where it does not fit.
_LONG_WORD = re.compile(r"\S{40}")


def safe(text: str) -> str:
    """Return text for HTML; a sign that turns the direction of what follows becomes its code.

    Examples
    --------
    >>> safe("a < b"), safe("pain\u202e: 0.98")
    ('a &lt; b', 'pain[U+202E]: 0.98')
    """
    return _TURNS.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", html.escape(text))


def breaks(text: str) -> str:
    """Return the attribute that keeps a very long word on the page; nothing for other text."""
    return ' style="overflow-wrap:anywhere"' if _LONG_WORD.search(text) else ""


def bold(text: str) -> str:
    """Return a paragraph in bold, such as a caption.

    Examples
    --------
    >>> bold("Pain < 3")
    '<p><b>Pain &lt; 3</b></p>'
    """
    return f"<p{breaks(text)}><b>{safe(text)}</b></p>"


def paragraphs(*texts: str) -> str:
    """Return a paragraph for each text that is not empty.

    Examples
    --------
    >>> paragraphs("a", "", "b & c")
    '<p>a</p><p>b &amp; c</p>'
    """
    return "".join(f"<p{breaks(text)}>{safe(text)}</p>" for text in texts if text)


def small(text: str) -> str:
    """Return a note in smaller letters, nothing where it is empty."""
    if not text:
        return ""
    return f'<p style="font-size:smaller;max-width:52em;overflow-wrap:anywhere">{safe(text)}</p>'


def caveats(texts: Iterable[str]) -> str:
    """Return a marked paragraph for each thing that a reader must know."""
    return "".join(f'<p style="{_MARKED}"><b>Caveat:</b> {safe(text)}</p>' for text in texts)


def listed(items: Iterable[str]) -> str:
    """Return a list with a dot for each item, nothing where there is none.

    Examples
    --------
    >>> listed(["a", "b"])
    '<ul><li>a</li><li>b</li></ul>'
    """
    inner = "".join(f"<li{breaks(item)}>{safe(item)}</li>" for item in items)
    return f"<ul>{inner}</ul>" if inner else ""


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a table of names and words, in a box of its own.

    Parameters
    ----------
    pairs
        A name, and what is to be said of it; pairs without words are left out.
    """
    rows = [
        f'<tr><th scope="row" style="{_LEFT};white-space:nowrap">{safe(name)}</th>'
        f'<td style="{_LEFT};overflow-wrap:anywhere">{safe(words)}</td></tr>'
        for name, words in pairs
        if words
    ]
    return box(f"<table>{''.join(rows)}</table>", rows=len(rows)) if rows else ""


def box(inner: str, *, rows: int) -> str:
    """Put a table into a box that scrolls where it is too wide, and where it is long.

    Parameters
    ----------
    inner
        HTML.
    rows
        How many rows it has.

    Examples
    --------
    >>> box("<table></table>", rows=3)
    '<div style="overflow-x:auto"><table></table></div>'
    """
    long = f"{_ACROSS};overflow-y:auto;max-height:{_HIGHEST}" if is_long(rows) else _ACROSS
    return f'<div style="{long}">{inner}</div>'


def is_long(rows: int) -> bool:
    """Say whether a table with so many rows scrolls below its heads."""
    return rows > ROWS_IN_SIGHT


def preformatted(text: str) -> str:
    """Return text as it stands, in a box that scrolls where it is long."""
    inner = f"<pre>{safe(text)}</pre>"
    return box(inner, rows=text.count("\n") + 1)


def width_for(text: str) -> str:
    """Return the style that keeps long words of a cell from a column of single words."""
    return f";min-width:{_ROOM_FOR_WORDS}" if len(text) > 2 * ROWS_IN_SIGHT else ""


def cut(items: Sequence[str], most: int) -> list[str]:
    """Return the first items, and how many more there are.

    Examples
    --------
    >>> cut(["a", "b", "c", "d"], 2)
    ['a', 'b', 'and 2 more']
    """
    if len(items) <= most:
        return list(items)
    return [*items[:most], f"and {len(items) - most:,} more"]
