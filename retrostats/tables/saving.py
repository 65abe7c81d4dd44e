"""Tables as files for a paper: HTML, LaTeX, Markdown, CSV and Word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from retrostats.estimate import EstimateTable
from retrostats.journals import Journal
from retrostats.layout import Layout
from retrostats.tables.latex import as_latex
from retrostats.tables.markdown import as_markdown
from retrostats.tables.page import as_html
from retrostats.tables.paper import PaperTable, paper_table
from retrostats.tables.spreadsheet import as_csv
from retrostats.tables.word import as_word
from retrostats.whole_files import replaced_when_complete

#: What makes the text of each kind of file. Pages have true minus signs, sources have hyphens.
_PAGES: Mapping[str, Callable[[PaperTable], str]] = MappingProxyType(
    {".html": as_html, ".tex": as_latex}
)
_SOURCES: Mapping[str, Callable[[PaperTable], str]] = MappingProxyType(
    {".md": as_markdown, ".csv": as_csv}
)
_SUFFIXES = (*_PAGES, *_SOURCES, ".docx")


def save_table(
    table: PaperTable | Layout | EstimateTable,
    path: Path | str,
    *,
    journal: str | Journal | None = None,
) -> Path:
    r"""Write a table for a paper, in the format that the suffix of the name says.

    Parameters
    ----------
    table
        From `retrostats.report_tables`; or a table of estimates, or a layout.
    path
        ``.html`` (a page of its own), ``.docx`` (a table of Word), ``.tex`` (booktabs, for
        ``\input``), ``.md`` or ``.csv`` (cells as printed, without caption and note). The file is
        replaced only once the new one is complete.
    journal
        How p values, decimal marks and ranges are written: ``"lancet"``, ``"jama"`` and others of
        `retrostats.journals.JOURNALS`, or a `Journal` of your own; the house style when omitted.
        Words, such as the name of an arm, stay as they are.

    Returns
    -------
    Path
        The file written; the same table gives the same bytes again.

    Raises
    ------
    TypeError
        If it is no table.
    ValueError
        If the suffix or the journal is unknown.
    OSError
        If the folder does not exist or nothing may be written into it, or there is a folder of
        the name of the file.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from retrostats.estimate import Estimate
    >>> pain = Estimate.from_se("retro - control", -1.2, 0.55, unit="points", df=60)
    >>> with TemporaryDirectory() as folder:
    ...     file = save_table(EstimateTable("Pain", (pain,)), f"{folder}/pain.md", journal="jama")
    ...     print(file.read_text(encoding="utf-8"))
    **Pain**
    <BLANKLINE>
    |  | Estimate (points) | SE | df | 95% CI | p |
    | --- | ---: | ---: | ---: | ---: | ---: |
    | retro - control | -1.200 | 0.550 | 60 | -2.300 to -0.100 | .03 |
    <BLANKLINE>
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in _SUFFIXES:
        raise ValueError(
            f"save_table: {target.name} has the suffix {target.suffix!r}; "
            f"expected one of {', '.join(_SUFFIXES)}"
        )
    styled = paper_table(table, target.stem).in_style(journal).printable()
    content = _content(styled, suffix)
    with replaced_when_complete(target) as unfinished:
        unfinished.write_bytes(content)
    return target


def _content(table: PaperTable, suffix: str) -> bytes:
    if suffix in _SOURCES:
        return _SOURCES[suffix](table).encode("utf-8")
    shown = table.typeset()
    return as_word(shown) if suffix == ".docx" else _PAGES[suffix](shown).encode("utf-8")
