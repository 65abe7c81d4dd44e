r"""A table as LaTeX for ``\input``: rules of booktabs, numbers to the right, a note below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from retrostats.tables.latex_text import latex, needs_t1, unknown_letters
from retrostats.tables.latex_width import (
    LETTER,
    Setting,
    column_ems,
    heading_em,
    setting_of,
    text_em,
)
from retrostats.tables.paper import PaperTable
from retrostats.tables.shape import WRAPS, TableRow, TableShape, shape_of

#: Rows of a table that still stands on one page.
LONGEST = 40

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
        Text is as large as the width of the class article lets it be, not smaller than
        ``\scriptsize``; what is wider stands on a turned page (``sidewaystable``, ``landscape``).
    """
    shape = shape_of(table.layout)
    setting = setting_of(shape)
    columns = column_ems(shape)
    rows = [line for row in shape.rows for line in _row(row, shape, columns)]
    rows = rows[1:] if rows[:1] == [_SPACE] else rows
    parts = _long if len(shape.rows) > LONGEST else _short
    lines = [*_comments(table, shape, setting), *parts(table, shape, setting, rows)]
    return "\n".join(lines) + "\n"


def _comments(table: PaperTable, shape: TableShape, setting: Setting) -> Iterator[str]:
    """Yield what an author must know to set the table."""
    text = " ".join([*table.layout.cells, table.note])
    if table.number is not None:
        yield f"% Table {table.number}; LaTeX counts for itself."
    long = len(shape.rows) > LONGEST
    needed = ["booktabs", *(["longtable"] if long else [])]
    if setting.turned:
        needed.append("pdflscape" if long else "rotating")
    encoding = r", \usepackage[T1]{fontenc}" if needs_t1(text) else ""
    yield rf"% Needs \usepackage{{{','.join(needed)}}}{encoding}."
    if setting.turned:
        yield "% Wider than an upright page of the class article: it stands on a turned one."
    if not setting.fits:
        yield "% Wider than that too: set wider margins, or split the table."
    if unknown := unknown_letters(text):
        yield f"% pdfLaTeX does not know {unknown}: use LuaLaTeX or XeLaTeX with a font that does."


def _size(setting: Setting) -> list[str]:
    return [rf"\{setting.size}", rf"\setlength{{\tabcolsep}}{{{setting.gap:g}pt}}"]


def _short(
    table: PaperTable, shape: TableShape, setting: Setting, rows: Sequence[str]
) -> list[str]:
    """Return a table on one page, which LaTeX may move."""
    kind = "sidewaystable" if setting.turned else "table"
    place = "p" if setting.turned else "tbp"
    note = ["", r"\smallskip", r"\parbox{\linewidth}{\footnotesize " + latex(table.note) + "}"]
    return [
        rf"\begin{{{kind}}}[{place}]", r"\centering", *_caption(table), r"\smallskip",
        *_size(setting), rf"\begin{{tabular}}{{{_columns(shape)}}}", r"\toprule", _head(shape),
        r"\midrule", *rows, r"\bottomrule", r"\end{tabular}",
        *(note if table.note else []), rf"\end{{{kind}}}",
    ]  # fmt: skip


def _caption(table: PaperTable) -> list[str]:
    if not table.caption:
        return []
    label = re.sub(r"[^A-Za-z0-9_-]+", "-", table.id)
    return [rf"\caption{{{latex(table.caption)}}}", rf"\label{{tab:{label}}}"]


def _long(table: PaperTable, shape: TableShape, setting: Setting, rows: Sequence[str]) -> list[str]:
    """Return a table that goes on over several pages, with its head on each."""
    caption = _caption(table)
    above = [r"\toprule", _head(shape), r"\midrule"]
    size, gap = _size(setting)
    note = [r"\noindent{\footnotesize " + latex(table.note) + r"\par}"] if table.note else []
    body = [
        "{" + size, gap, rf"\begin{{longtable}}{{{_columns(shape)}}}",
        *([*caption[:-1], caption[-1] + r" \\"] if caption else []),
        *above, r"\endfirsthead", *above, r"\endhead", r"\bottomrule", r"\endfoot",
        *rows, r"\end{longtable}", "}", *note,
    ]  # fmt: skip
    return [r"\begin{landscape}", *body, r"\end{landscape}"] if setting.turned else body


def _columns(shape: TableShape) -> str:
    kinds = (
        f"p{{{min(width, WRAPS) * LETTER:g}em}}" if wrap else "r" if numeric else "l"
        for numeric, wrap, width in zip(shape.numeric, shape.wraps, shape.widths, strict=True)
    )
    return "@{}" + "".join(kinds) + "@{}"


def _head(shape: TableShape) -> str:
    places = range(len(shape.heads))
    return _line(_head_cell(shape, place) for place in places)


def _head_cell(shape: TableShape, place: int) -> str:
    head, room = shape.heads[place], min(shape.widths[place], WRAPS) * LETTER
    if shape.wraps[place] and any(text_em(line) > room for line in head.split("\n")):
        return _RAGGED + latex(head)
    return _lines(head, "r" if shape.numeric[place] else "l")


def _lines(head: str, side: str) -> str:
    """Return a head of several lines as a table of its own that stands on the last of them."""
    first, *more = map(latex, head.split("\n"))
    if not more:
        return first
    lines = r"\\".join([first, *more])
    return rf"\begin{{tabular}}[b]{{@{{}}{side}@{{}}}}{lines}\end{{tabular}}"


def _row(row: TableRow, shape: TableShape, columns: Sequence[float]) -> list[str]:
    label = r"\quad " * row.indent + latex(row.cells[0])
    if row.heading:
        room = sum(columns)
        wide = heading_em(row) > room
        kind, words = (rf"p{{{room:.4g}em}}", _RAGGED) if wide else ("l", "")
        bold = rf"{words}\textbf{{{label}}}"
        return [_SPACE, _line([rf"\multicolumn{{{len(columns)}}}{{@{{}}{kind}@{{}}}}{{{bold}}}"])]
    if row.across:
        room = sum(columns[1:])
        words = _RAGGED + latex(row.cells[1])
        across = rf"\multicolumn{{{len(columns) - 1}}}{{p{{{room:.4g}em}}@{{}}}}{{{words}}}"
        return [_line([_wrapped(label, 0, shape), across])]
    cells = [label, *map(latex, row.cells[1:])]
    return [_line(_wrapped(cell, place, shape) for place, cell in enumerate(cells))]


def _wrapped(cell: str, place: int, shape: TableShape) -> str:
    return _RAGGED + cell if shape.wraps[place] and cell else cell


def _line(cells: Iterable[str]) -> str:
    r"""Return a row; after a sentence ``\\`` would only break its line."""
    row = list(cells)
    return " & ".join(row) + (r" \tabularnewline" if _RAGGED in row[-1] else r" \\")
