"""Writing files for the user: never over another, and a refusal of the disk in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from retrostats.errors import DataError
from retrostats.whole_files import replaced_when_complete


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
        raise DataError(f"{where}: {what} cannot be written: {error.strerror or error}") from error


def write_new(path: Path, text: str, what: str, *, option: str = "--to") -> None:
    """Write a text to a file that must not exist yet.

    Parameters
    ----------
    path, text
        Where to write what.
    what
        In words, e.g. ``"the plan"``.
    option
        By which the user named the file; empty where it is an argument.

    Raises
    ------
    DataError
        If there is such a file, or it cannot be written.
    """
    if path.exists():
        by = f" with {option}" if option else ""
        raise DataError(f"{path} exists already; choose another name{by}, or remove it")
    with told_plainly(path, what), path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)


def replace_list(path: Path, text: str, *, inputs: Sequence[Path]) -> None:
    """Write a list of problems; replace an earlier list, and no other file.

    Parameters
    ----------
    path
        Where to write.
    text
        The list; its first line tells such a list from any other file.
    inputs
        Files that were read.

    Raises
    ------
    DataError
        If the file is one of the inputs or no such list, or cannot be written.
    """
    head = text.partition("\n")[0]
    with told_plainly(path, "the list of problems"):
        if any(path.exists() and each.exists() and path.samefile(each) for each in inputs):
            raise DataError(f"{path} is what was just read; choose another name with --out")
        if path.exists() and not (path.is_file() and _first_line(path) == head):
            raise DataError(
                f"{path} exists and is no list of problems; choose another name with --out"
            )
        with replaced_when_complete(path) as unfinished:
            unfinished.write_text(text, encoding="utf-8", newline="")


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return file.readline(1000).rstrip("\r\n")
