"""The report of an analysis as files: page, PDF, Word tables, numbers and figures."""

from __future__ import annotations

from pathlib import Path

from retrostats.analysis.types import Analysis
from retrostats.figures.saving import save_figure
from retrostats.figures.style import Axes
from retrostats.progress import Show, told
from retrostats.report.analysis.content import analysis_document
from retrostats.report.analysis.csv_tables import csv_tables
from retrostats.report.analysis.drawings import alternative_texts, draw_figures
from retrostats.report.analysis.results import as_json
from retrostats.report.blocks import Document
from retrostats.report.document import Writer, write_text, write_together
from retrostats.report.earlier import checksums, require_own
from retrostats.report.pages.html import as_html
from retrostats.report.pages.pdf import as_pdf
from retrostats.report.pages.word import as_word

#: Formats of every figure.
FORMATS = ("svg", "pdf", "png")
#: Name of the list of all files of the report.
LIST = "report.sha256"


def write_analysis(
    analysis: Analysis, out: Path | str, *, progress: Show | None = None
) -> tuple[Path, ...]:
    """Write the report of an analysis into one folder: all of its files, or none.

    Parameters
    ----------
    analysis
        From `retrostats.analysis.analyse.analyse`.
    out
        The folder; it is made if it is missing. Files of an earlier report are replaced, and
        those that this one does not have are removed. Nobody else's file is touched.
    progress
        Called with words and the share of the work done, from 0 to 1. Without it, long work
        shows a bar in a notebook.

    Returns
    -------
    tuple of Path
        ``report.html``, ``report.pdf``, ``tables.docx``, ``results.json``, then
        ``tables/*.csv``, ``figures/*`` and ``report.sha256``. The same analysis gives the same
        bytes. No file names a subject.

    Raises
    ------
    DataError
        If a file stands in the way that no earlier report wrote as it is.
    OSError
        If the folder cannot be written. It is then as it was before.

    Examples
    --------
    Drawing and setting take some seconds:

    >>> import retrostats as rs
    >>> from retrostats.data.catalogue import data_folder
    >>> folder = data_folder() / "example_cohort"  # or a folder of yours
    >>> cohort = rs.read_cohort(folder / "cohort.csv", folder / "codebook.toml")
    >>> analysis = rs.analyse(cohort, folder / "plan.toml")  # doctest: +SKIP
    >>> files = rs.write_analysis(analysis, "reports/mine")  # doctest: +SKIP
    >>> [file.name for file in files[:4]]  # doctest: +SKIP
    ['report.html', 'report.pdf', 'tables.docx', 'results.json']
    """
    with told(progress) as tell:
        return _written(analysis, Path(out), tell)


def _written(analysis: Analysis, out: Path, tell: Show) -> tuple[Path, ...]:
    tell("Drawing the figures", 0.0)
    figures = draw_figures(analysis)
    document = analysis_document(analysis, alternative_texts(figures))
    writers = {
        **_told(_figure_writers(figures), tell),
        "results.json": write_text(as_json(analysis)),
        **{f"tables/{n}.csv": write_text(text) for n, text in csv_tables(analysis).items()},
        "report.html": _page_writer(document, tell),
        "report.pdf": _pdf_writer(document),
        "tables.docx": lambda path: path.write_bytes(as_word(document)),
    }
    writers[LIST] = _list_writer(tuple(writers))
    written = write_together(out, writers, stale=require_own(out, writers, LIST))
    tell("Written", 1.0)
    first = [out / name for name in ("report.html", "report.pdf", "tables.docx", "results.json")]
    return (*first, *(path for path in written if path not in first))


def _figure_writers(figures: dict[str, Axes]) -> dict[str, Writer]:
    return {
        f"figures/{name}.{suffix}": _figure_writer(ax, last_layout=place == 0)
        for name, ax in figures.items()
        for place, suffix in enumerate(FORMATS)
    }


def _figure_writer(ax: Axes, *, last_layout: bool) -> Writer:
    """Return the writer of one format; after the first the parts of the figure stay in place."""

    def write(path: Path) -> None:
        save_figure(ax.figure, path, width="double")
        figure = ax.get_figure(root=True)
        if last_layout and figure:  # arranging the parts anew takes a third of the time
            figure.set_layout_engine("none")

    return write


def _list_writer(names: tuple[str, ...]) -> Writer:
    return lambda path: path.write_bytes(checksums(path.parent, names).encode("utf-8"))


def _told(writers: dict[str, Writer], tell: Show) -> dict[str, Writer]:
    """Return the writers, each of which says how far the figures are before it begins."""

    def told(place: int, write: Writer) -> Writer:
        def both(path: Path) -> None:
            tell("Drawing the figures", 0.2 + 0.6 * place / len(writers))
            write(path)

        return both

    return {name: told(place, write) for place, (name, write) in enumerate(writers.items())}


def _drawn(document: Document, path: Path, suffix: str) -> dict[str, bytes]:
    """Return the very files that lie beside the document."""
    folder = path.parent / "figures"
    return {f.id: (folder / f"{f.id}.{suffix}").read_bytes() for f in document.figures}


def _page_writer(document: Document, tell: Show) -> Writer:
    def write(path: Path) -> None:
        tell("Setting the pages", 0.85)
        path.write_bytes(as_html(document, _drawn(document, path, "svg")).encode("utf-8"))

    return write


def _pdf_writer(document: Document) -> Writer:
    return lambda path: path.write_bytes(as_pdf(document, _drawn(document, path, "pdf")))
