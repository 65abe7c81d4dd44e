"""Files that appear complete or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retrostats.interruptions import interruptions_held


@contextmanager
def replaced_when_complete(target: Path) -> Iterator[Path]:
    """Hand out a name to write to, and rename it to the target if nothing was raised.

    Parameters
    ----------
    target
        File to make or to replace. Whatever interrupts the writing, it is as it was before.

    Raises
    ------
    FileNotFoundError
        If its folder does not exist.
    NotADirectoryError
        If its folder is a file.
    IsADirectoryError
        If it is a folder itself.
    PermissionError
        If nothing may be written into its folder.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with replaced_when_complete(Path(folder) / "a.txt") as unfinished:
    ...         _ = unfinished.write_text("whole")
    ...     print((Path(folder) / "a.txt").read_text())
    whole
    """
    _require_place(target)
    with _folder_beside(target) as folder:
        unfinished = folder / target.name
        yield unfinished
        unfinished.replace(target)


def _require_place(target: Path) -> None:
    folder = target.parent
    if not folder.exists():
        raise FileNotFoundError(
            f"the folder {folder} of {target.name} does not exist; make it, or choose another"
        )
    if not folder.is_dir():
        raise NotADirectoryError(
            f"{folder}, where {target.name} is to be written, is a file; choose a folder"
        )
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder; choose another name for the file")


@contextmanager
def _folder_beside(target: Path) -> Iterator[Path]:
    """Make a folder beside the target for as long as it is written.

    A rename within one disk cannot be half done, and a file made in the ordinary way has the
    ordinary permissions.
    """
    with interruptions_held() as door:
        try:
            place = tempfile.TemporaryDirectory(dir=target.parent, prefix=".retrostats-")
        except OSError as error:
            # The name of the folder of a moment would only puzzle.
            raise type(error)(
                f"{target.name} cannot be written into the folder {target.parent}: {error.strerror}"
            ) from error
        try:
            door.open()
            yield Path(place.name)
        finally:
            door.is_open = False
            place.cleanup()
