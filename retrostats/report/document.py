"""Pages from templates, and files that appear together or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from retrostats.tables.page import filled

#: Writes one file to the path that it is given.
Writer = Callable[[Path], object]


def render(template: str, **content: Any) -> str:
    """Return a page; every text that is put into it is escaped.

    Parameters
    ----------
    template
        Name of a file in `report/templates` or `tables/templates`.
    content
        What the template shows; a name that the template needs and does not get is an error.
    """
    return filled(template, ("retrostats.report", "retrostats.tables"), **content)


def write_text(text: str) -> Writer:
    """Return a writer of one text as UTF-8 with line feeds, on every system."""
    return lambda path: path.write_bytes(text.encode("utf-8"))


def write_together(
    out: Path, writers: Mapping[str, Writer], *, stale: Sequence[str] = ()
) -> tuple[Path, ...]:
    """Write several files into one folder: all of them, or none.

    Parameters
    ----------
    out
        The folder; it is made if it is missing.
    writers
        What writes each file, by file name; ``"tables/baseline.csv"`` lies in a folder below.
        A writer finds the earlier files beside its own.
    stale
        Names of files that no longer belong there and go once the new ones stand.

    Returns
    -------
    tuple of Path
        The files, in the order of `writers`.

    Raises
    ------
    Exception
        Whatever a writer raises. The folder is then as it was before.
    """
    missing = _missing_folders(out, writers)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".retrostats-") as place:
            new, old = Path(place) / "new", Path(place) / "old"
            for name, write in writers.items():
                _within(new, name)
                write(new / name)
            _exchange(out, new, old, tuple(writers))
        for name in stale:
            (out / name).unlink(missing_ok=True)
    except BaseException:
        for folder in missing:
            if folder.exists() and not any(folder.iterdir()):
                folder.rmdir()
        raise
    return tuple(out / name for name in writers)


def _missing_folders(out: Path, names: Iterable[str]) -> list[Path]:
    """Return the folders to make, the innermost first, so that each is empty in its turn."""
    wanted = {folder for name in names for folder in (out / name).parents}
    missing = [folder for folder in wanted | {out} if not folder.exists()]
    return sorted(missing, key=lambda folder: (-len(folder.parts), folder))


def _within(folder: Path, name: str) -> Path:
    """Return the path of a file in a folder, once there is a place to write it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _exchange(out: Path, new: Path, old: Path, names: tuple[str, ...]) -> None:
    """Rename the new files to their targets; put everything back if one cannot be renamed."""
    kept = [name for name in names if (out / name).is_file()]
    for name in kept:
        shutil.copy2(out / name, _within(old, name))
    done: list[str] = []
    try:
        for name in names:
            (new / name).replace(_within(out, name))
            done.append(name)
    except BaseException:
        for name in done:
            if name in kept:
                (old / name).replace(out / name)
            else:
                (out / name).unlink()
        raise
