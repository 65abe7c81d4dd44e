r"""A table as LaTeX for ``\input``: rules of booktabs, numbers to the right, a note below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from retrostats.tables.latex_text import latex, needs_t1, unknown_letters
from retrostats.tables.paper import PaperTable
from retrostats.tables.shape import WRAPS, TableRow, TableShape, shape_of

#: Rows of a table that still stands on one page.
LONGEST = 40

#: Characters of a line of an article that fit at each size of text.
_SIZES = ((73, "small"), (80, "footnotesize"), (87, "scriptsize"))
#: Width of a character in em.
_LETTER = 0.5
#: Before a heading, but not right below the head.
_SPACE = r"\addlinespace"
#: Before a sentence that breaks into lines without being stretched to the margin.
_RAGGED = r"\raggedright "


def as_latex(table: PaperTable) -> str:
    r"""Return a table as LaTeX, with comments that say which packages it needs.

    Parameters
    ----------
    table
        Every text printable. LaTeX counts tables itself, so that its number is only a comment;
        its label is ``tab:`` and its ``id``.

    Returns
    -------
    str
        A ``table`` with a ``tabular`` inside; a ``longtable`` where there are more than 40 rows.
    """
    shape = shape_of(table.layout)
    long = len(shape.rows) > LONGEST
    size = next((name for room, name in _SIZES if shape.width <= room), _SIZES[-1][1])
    setting = [rf"\{size}", r"\setlength{\tabcolsep}{4pt}"]
    rows = [line for row in shape.rows for line in _row(row, shape)]
    rows = rows[1:] if rows[:1] == [_SPACE] else rows
    if long:
        body = ["{" + setting[0], setting[1], *_long(table, shape, rows), "}"]
        note = [r"\noindent{\footnotesize " + latex(table.note) + r"\par}"]
    else:
        body = [r"\begin{table}[tbp]", r"\centering", *_caption(table), r"\smallskip", *setting]
        body += [rf"\begin{{tabular}}{{{_columns(shape)}}}", r"\toprule", _head(shape)]
        body += [r"\midrule", *rows, r"\bottomrule", r"\end{tabular}"]
        note = ["", r"\smallskip", r"\parbox{\linewidth}{\footnotesize " + latex(table.note) + "}"]
    lines = [*_comments(table, shape, long=long), *body, *(note if table.note else [])]
    return "\n".join([*lines, *([] if long else [r"\end{table}"])]) + "\n"


def _comments(table: PaperTable, shape: TableShape, *, long: bool) -> Iterator[str]:
    """Yield what an author must know to set the table."""
    text = " ".join([*table.layout.cells, table.note])
    if table.number is not None:
        yield f"% Table {table.number}; LaTeX counts for itself."
    needed = ["booktabs", *(["longtable"] if long else [])]
    encoding = r", \usepackage[T1]{fontenc}" if needs_t1(text) else ""
    yield rf"% Needs \usepackage{{{','.join(needed)}}}{encoding}."
    if shape.width > _SIZES[-1][0]:
        yield "% Wider than an upright page of the class article: set wider margins, or turn the"
        yield r"% page with \begin{landscape} of the package pdflscape."
    if unknown := unknown_letters(text):
        yield f"% pdfLaTeX does not know {unknown}: use LuaLaTeX or XeLaTeX with a font that does."


def _caption(table: PaperTable) -> list[str]:
    if not table.caption:
        return []
    label = re.sub(r"[^A-Za-z0-9_-]+", "-", table.id)
    return [rf"\caption{{{latex(table.caption)}}}", rf"\label{{tab:{label}}}"]


def _long(table: PaperTable, shape: TableShape, rows: list[str]) -> list[str]:
    """Return a table that goes on over several pages, with its head on each."""
    caption = _caption(table)
    above = [r"\toprule", _head(shape), r"\midrule"]
    return [
        rf"\begin{{longtable}}{{{_columns(shape)}}}",
        *([*caption[:-1], caption[-1] + r" \\"] if caption else []),
        *above, r"\endfirsthead", *above, r"\endhead", r"\bottomrule", r"\endfoot",
        *rows, r"\end{longtable}",
    ]  # fmt: skip


def _columns(shape: TableShape) -> str:
    kinds = (
        f"p{{{min(width, WRAPS) * _LETTER:g}em}}" if wrap else "r" if numeric else "l"
        for numeric, wrap, width in zip(shape.numeric, shape.wraps, shape.widths, strict=True)
    )
    return "@{}" + "".join(kinds) + "@{}"


def _head(shape: TableShape) -> str:
    return _line(
        _lines(head, "r" if numeric else "l")
        for head, numeric in zip(shape.heads, shape.numeric, strict=True)
    )


def _lines(head: str, side: str) -> str:
    """Return a head of several lines as a table of its own that stands on the last of them."""
    first, *more = map(latex, head.split("\n"))
    if not more:
        return first
    lines = r"\\".join([first, *more])
    return rf"\begin{{tabular}}[b]{{@{{}}{side}@{{}}}}{lines}\end{{tabular}}"


def _row(row: TableRow, shape: TableShape) -> list[str]:
    columns = len(shape.heads)
    label = r"\quad " * row.indent + latex(row.cells[0])
    if row.heading:
        heading = rf"\multicolumn{{{columns}}}{{@{{}}l@{{}}}}{{\textbf{{{label}}}}}"
        return [_SPACE, _line([heading])]
    if row.across:
        room = sum(min(width, WRAPS) + 2 for width in shape.widths[1:]) * _LETTER
        words = _RAGGED + latex(row.cells[1])
        across = rf"\multicolumn{{{columns - 1}}}{{p{{{room:g}em}}@{{}}}}{{{words}}}"
        return [_line([_wrapped(label, 0, shape), across])]
    cells = [label, *map(latex, row.cells[1:])]
    return [_line(_wrapped(cell, place, shape) for place, cell in enumerate(cells))]


def _wrapped(cell: str, place: int, shape: TableShape) -> str:
    return _RAGGED + cell if shape.wraps[place] and cell else cell


def _line(cells: Iterable[str]) -> str:
    r"""Return a row; after a sentence ``\\`` would only break its line."""
    row = list(cells)
    return " & ".join(row) + (r" \tabularnewline" if _RAGGED in row[-1] else r" \\")
