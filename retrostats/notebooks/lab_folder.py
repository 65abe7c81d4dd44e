"""A folder to work in: the notebooks, the example trial, and a word on where to begin."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from retrostats.data.catalogue import data_folder
from retrostats.errors import DataError
from retrostats.notebooks.catalogue import find_notebooks, notebook_folder
from retrostats.notebooks.folder import EXAMPLE, example_files
from retrostats.notebooks.percent import as_notebook
from retrostats.notebooks.refresh import Refreshed, refresh

#: Keeps what is in the folder, a trial's data above all, out of a repository around it.
IGNORED = b"# Patients' data and results do not belong in a repository.\n*\n"
_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFolder:
    """What a folder holds now.

    Attributes
    ----------
    folder
        Where it is.
    notebooks
        Names of the notebooks, in order.
    files
        What was written, and what was kept.
    """

    folder: Path
    notebooks: tuple[str, ...]
    files: Refreshed

    def __str__(self) -> str:
        told = [f"{self.folder}: {len(self.notebooks)} notebooks and a trial to try them on"]
        if self.files.kept:
            told.append(f"Kept as you changed them: {', '.join(self.files.kept)}")
        if self.files.beside:
            told.append(f"Newer versions are beside them: {', '.join(self.files.beside)}")
        return "\n".join(told)


def lay_lab(folder: Path) -> LabFolder:
    """Make a folder to work in, or refresh it: all of its files, or none.

    Parameters
    ----------
    folder
        It is made if it is missing.

    Returns
    -------
    LabFolder
        What was written, and what was kept.

    Raises
    ------
    DataError
        If it is a file, part of the package, the user's home, the root of a disk or of a
        repository, or a file or folder stands in the way that no earlier call wrote.
    OSError
        If it cannot be written. It is then as it was before.
    """
    _require_place(folder)
    notebooks = notebook_files()
    names = tuple(notebooks)
    start = {"README.md": _readme(names), ".gitignore": IGNORED}
    files = refresh(folder, {**notebooks, **example_files(), **start})
    return LabFolder(folder=folder, notebooks=names, files=files)


def notebook_files() -> dict[str, bytes]:
    """Return the notebooks of the package as ``.ipynb`` without outputs, by file name."""
    made = {script.name: as_notebook(script) for script in find_notebooks()}
    import nbformat

    return {
        f"{name}.ipynb": (nbformat.writes(notebook) + "\n").encode()  # type: ignore[no-untyped-call]
        for name, notebook in made.items()
    }


def _require_place(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder} is a file; give the name of a folder to work in")
    place = folder.resolve()
    for source in (_PACKAGE, data_folder(), notebook_folder()):
        if place == source or source in place.parents:
            raise DataError(f"{folder} is part of retrostats itself; choose another folder")
    # The .gitignore would hide from git whatever else is made there.
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - "~" itself where there is none
    if place in (home.resolve(), Path(place.anchor)) or (place / ".git").exists():
        raise DataError(
            f"{folder} is your home, the root of a disk or a repository, not a folder to work in; "
            "choose one within it"
        )
    example = folder / EXAMPLE
    if example.is_symlink() or (example.exists() and not example.is_dir()):
        raise DataError(
            f"{example} is no folder of its own, and the example trial goes there; move it away, "
            "or choose another folder"
        )


def _readme(notebooks: tuple[str, ...]) -> bytes:
    listed = "\n".join(f"- [{name}]({name})" for name in notebooks)
    text = Path(__file__).with_name("lab_readme.md").read_text(encoding="utf-8")
    return text.format(notebooks=listed).encode()
