"""The files of executed notebooks: all of them, or none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from retrostats.errors import DataError
from retrostats.notebooks.catalogue import Script, find_notebooks
from retrostats.notebooks.pages import as_index, as_page, entry
from retrostats.notebooks.percent import as_notebook
from retrostats.notebooks.running import Executed
from retrostats.report.document import Writer, write_text, write_together

#: The page that lists the others.
INDEX = "index.html"


def write_notebooks(
    executed: Sequence[Executed], out: Path, *, known: Sequence[Script] = ()
) -> tuple[Path, ...]:
    """Write notebooks and their pages, and the page that lists them.

    Parameters
    ----------
    executed
        As `run_notebooks` returns them.
    out
        The folder; it is made if it is missing. Only files of these names are replaced.
    known
        All notebooks there are, for the list; those of the package when empty.

    Returns
    -------
    tuple of Path
        The list, then for each notebook ``NAME.ipynb`` and ``NAME.html``.

    Raises
    ------
    OSError
        If nothing can be written there; the folder is then as it was.
    """
    import nbformat

    new = {each.script.name: each.script for each in executed}
    scripts = {script.name: script for script in known or find_notebooks()} | new
    entries = [
        entry(as_notebook(script), name)
        for name, script in sorted(scripts.items())
        if name in new or (out / f"{name}.html").is_file()
    ]
    writers: dict[str, Writer] = {INDEX: write_text(as_index(entries))}
    for each in executed:
        nbformat.validate(each.notebook)
        text = nbformat.writes(each.notebook)  # type: ignore[no-untyped-call]
        writers[f"{each.script.name}.ipynb"] = write_text(text.rstrip("\n") + "\n")
        writers[f"{each.script.name}.html"] = write_text(as_page(each.notebook, each.script.name))
    return write_together(out, writers)


def require_folder(out: Path) -> None:
    """Refuse what is no folder to write into, before minutes are spent on what goes there.

    Raises
    ------
    DataError
        If the path, or the folder that it is to lie in, is a file, a link that leads nowhere, or
        may not be written into.
    """
    place = next(each for each in (out, *out.parents) if each.exists() or each.is_symlink())
    if not place.exists():
        raise DataError(f"{place} is a link that leads nowhere; choose a folder with --out")
    if not place.is_dir():
        raise DataError(f"{place} is a file; choose a folder with --out")
    if not os.access(place, os.W_OK | os.X_OK):
        raise DataError(f"{place} may not be written into; choose another folder with --out")
