"""A folder that holds the checkpoints of several jobs, each in a folder of its own."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from retrostats.errors import DataError
from retrostats.jobs.checkpoint import BLOCK, MANIFEST, NAMED


def require_checkpoints(folder: Path) -> None:
    """Refuse a folder for the checkpoints of several jobs that holds anything but those.

    Each job has a folder of its own in it, at any depth, and looks into that alone: this looks at
    the rest before anything is written there.

    Parameters
    ----------
    folder
        Where they are or will be; it need not be there.

    Raises
    ------
    DataError
        If it is a file, or holds files that no checkpoint wrote, or blocks of one job at its top.
    """
    try:
        is_file = folder.is_file()
    except OSError:  # the first checkpoint in it tells why it cannot be written
        return
    if is_file:
        raise DataError(f"checkpoint {folder}: this is a file; name a folder")
    found = list(itertools.islice(_not_of_checkpoints(folder), NAMED + 1))
    if found:
        more = " and more" if len(found) > NAMED else ""
        raise DataError(
            f"checkpoint {folder}: the folder holds {', '.join(found[:NAMED])}{more}, which no "
            "checkpoint of several simulations has; name an empty or new folder"
        )


def _not_of_checkpoints(folder: Path) -> Iterator[str]:
    """Yield paths of files below a folder that no checkpoint in a folder below it wrote."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = Path(where) != folder
        for name in sorted(files):
            known = inside and (name == MANIFEST or BLOCK.fullmatch(name))
            if not known and not name.startswith("."):
                yield str(Path(where, name).relative_to(folder))
