"""The report of pooled trials as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from retrostats.data.published import PublishedTrial
from retrostats.figures.saving import save_figure
from retrostats.figures.style import Axes
from retrostats.report.analysis.drawings import alternative_texts
from retrostats.report.document import Writer, write_text, write_together
from retrostats.report.earlier import checksums, require_own
from retrostats.report.meta.content import meta_document
from retrostats.report.meta.csv_tables import csv_tables
from retrostats.report.meta.drawings import draw_figures
from retrostats.report.meta.results import as_json
from retrostats.report.meta.scale import Scale
from retrostats.report.meta.synthesis import Synthesis
from retrostats.report.pages.html import as_html

#: Formats of every figure; the page holds the first.
FORMATS = ("svg", "pdf", "png")
#: Name of the list of all files of the report.
LIST = "meta.sha256"


def write_meta(
    synthesis: Synthesis,
    out: Path | str,
    *,
    scale: Scale | None = None,
    trials: Sequence[PublishedTrial] = (),
) -> tuple[Path, ...]:
    """Write the report of pooled trials into one folder: all of its files, or none.

    Parameters
    ----------
    synthesis
        From `retrostats.report.meta.synthesis.synthesise`.
    out
        The folder; it is made if it is missing. Files of an earlier report are replaced, and
        those that this one does not have are removed. Nobody else's file is touched.
    scale
        In whose unit the answer is told too.
    trials
        Publications whose figures were used, to be cited.

    Returns
    -------
    tuple of Path
        ``meta.html``, ``meta.json``, ``estimates.csv``, ``left_out.csv``; where trials are pooled
        ``sensitivity.csv``; ``forest.*`` and ``funnel.*`` where they are drawn;
        ``meta.sha256``. The same input gives the same bytes.

    Raises
    ------
    DataError
        If a file stands in the way that no earlier report wrote as it is.
    OSError
        If the folder cannot be written. It is then as it was before.
    """
    folder = Path(out)
    figures = draw_figures(synthesis)
    document = meta_document(synthesis, alternative_texts(figures), scale=scale, trials=trials)
    writers: dict[str, Writer] = {
        "meta.json": write_text(as_json(synthesis)),
        **{name: write_text(text) for name, text in csv_tables(synthesis).items()},
        **{
            f"{name}.{end}": _drawing(ax, last_layout=place == 0)
            for name, ax in figures.items()
            for place, end in enumerate(FORMATS)
        },
    }

    def write_page(path: Path) -> None:
        # The page shows the very SVG that lies beside it.
        drawn = {name: (path.parent / f"{name}.svg").read_bytes() for name in figures}
        path.write_bytes(as_html(document, drawn).encode("utf-8"))

    writers["meta.html"] = write_page
    writers[LIST] = _list_writer(tuple(writers))
    written = write_together(folder, writers, stale=require_own(folder, writers, LIST))
    page = folder / "meta.html"
    return page, *(path for path in written if path != page)


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
