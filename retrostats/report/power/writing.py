"""The report of the power of a plan as files."""

from __future__ import annotations

from pathlib import Path

from retrostats.figures.power import plot_power
from retrostats.figures.saving import save_figure
from retrostats.figures.style import Axes
from retrostats.progress import Show, told
from retrostats.report.analysis.drawings import alternative_texts
from retrostats.report.blocks import Document
from retrostats.report.document import Writer, write_text, write_together
from retrostats.report.earlier import checksums, require_own
from retrostats.report.pages.html import as_html
from retrostats.report.pages.pdf import as_pdf
from retrostats.report.power.citing import PARAGRAPH, paragraph_text
from retrostats.report.power.content import power_document
from retrostats.report.power.numbers import figure_id
from retrostats.report.power.results import as_json, csv_tables
from retrostats.report.power.types import PowerRequest, PowerStudy

#: Formats of every figure.
FORMATS = ("svg", "pdf", "png")
#: Name of the list of all files of the report.
LIST = "power.sha256"


def draw_figures(study: PowerStudy) -> dict[str, Axes]:
    """Return each curve by the name of its files."""
    target = study.request.power if study.found else None
    return {
        figure_id(curve): plot_power(curve, target=target)
        for curve in (study.sizes, *study.curves)
        if len(curve) > 1
    }


def require_place(request: PowerRequest, out: Path | str) -> None:
    """Refuse a folder in which files stand in the way, before anything is simulated.

    Parameters
    ----------
    request
        Says which files there will be.
    out
        The folder of the report; it need not exist.

    Raises
    ------
    DataError
        Naming the files in the way.
    """
    drawn = [f"power_{over}" for over in ("n", *request.over)]
    names = [f"figures/{name}.{end}" for name in drawn for end in FORMATS]
    names += [f"tables/{name}.csv" for name in ("comparisons", *drawn, "assumptions")]
    names += [] if request.n else ["tables/search.csv"]
    require_own(
        Path(out), {*names, "report.html", "report.pdf", "results.json", PARAGRAPH, LIST}, LIST
    )


def write_power(
    study: PowerStudy, out: Path | str, *, progress: Show | None = None
) -> tuple[Path, ...]:
    """Write the report into one folder: all of its files, or none.

    Parameters
    ----------
    study
        From `retrostats.report.power.study.study_power`.
    out
        The folder; it is made if it is missing. Files of an earlier report are replaced, and
        those that this one does not have are removed. Nobody else's file is touched.
    progress
        Called with words and the share of the work done, from 0 to 1.

    Returns
    -------
    tuple of Path
        ``report.html``, ``report.pdf``, ``paragraph.txt``, ``results.json``, then
        ``tables/*.csv``, ``figures/*`` and ``power.sha256``. The same simulations give the same
        bytes.

    Raises
    ------
    DataError
        If a file stands in the way that no earlier report wrote as it is.
    OSError
        If the folder cannot be written. It is then as it was before.
    """
    folder = Path(out)
    with told(progress) as tell:
        tell("Writing the report", 0.0)
        figures = draw_figures(study)
        document = power_document(study, alternative_texts(figures))
        writers: dict[str, Writer] = {
            **{
                f"figures/{name}.{end}": _drawing(ax, last_layout=place == 0)
                for name, ax in figures.items()
                for place, end in enumerate(FORMATS)
            },
            **{f"tables/{n}.csv": write_text(text) for n, text in csv_tables(study).items()},
            "results.json": write_text(as_json(study)),
            PARAGRAPH: write_text(paragraph_text(study)),
            "report.html": lambda path: path.write_bytes(_page(document, path)),
            "report.pdf": lambda path: path.write_bytes(
                as_pdf(document, _drawn(document, path, "pdf"))
            ),
        }
        writers[LIST] = _list_writer(tuple(writers))
        written = write_together(folder, writers, stale=require_own(folder, writers, LIST))
        tell("Written", 1.0)
    first = [folder / name for name in ("report.html", "report.pdf", PARAGRAPH, "results.json")]
    return (*first, *(path for path in written if path not in first))


def _page(document: Document, path: Path) -> bytes:
    return as_html(document, _drawn(document, path, "svg")).encode("utf-8")


def _drawn(document: Document, path: Path, suffix: str) -> dict[str, bytes]:
    """Return the very files that lie beside the document."""
    folder = path.parent / "figures"
    return {f.id: (folder / f"{f.id}.{suffix}").read_bytes() for f in document.figures}


def _list_writer(names: tuple[str, ...]) -> Writer:
    return lambda path: path.write_bytes(checksums(path.parent, names).encode("utf-8"))


def _drawing(ax: Axes, *, last_layout: bool) -> Writer:
    """Return the writer of one format; after the first the parts of the figure stay in place."""

    def write(path: Path) -> None:
        save_figure(ax.figure, path, width="double")
        figure = ax.get_figure(root=True)
        if last_layout and figure:  # arranging the parts anew takes a third of the time
            figure.set_layout_engine("none")

    return write
