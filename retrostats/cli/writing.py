"""Writing files for the user: never over another, and a refusal of the disk in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retrostats.errors import DataError


@contextmanager
def told_plainly(place: Path, what: str) -> Iterator[None]:
    """Turn a refusal of the operating system into a `DataError`.

    Parameters
    ----------
    place
        What is being written.
    what
        In words, e.g. ``"the report"``.
    """
    try:
        yield
    except OSError as error:
        where = error.filename or place
        raise DataError(f"{where}: {what} cannot be written: {error.strerror}") from error


def write_new(path: Path, text: str, what: str) -> None:
    """Write a text to a file that must not exist yet.

    Raises
    ------
    DataError
        If there is such a file, or it cannot be written.
    """
    if path.exists():
        raise DataError(f"{path} exists already; choose another name with --to, or remove it")
    with told_plainly(path, what), path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
