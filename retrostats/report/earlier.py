"""What an earlier report left in a folder, so that nobody else's file is touched."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from retrostats.checksums import as_list, read_list, sha256
from retrostats.errors import DataError

#: How many files a message names.
_NAMED = 5


def checksums(folder: Path, names: Collection[str]) -> str:
    """Return the list of some files of a folder, by name."""
    return as_list({name: sha256((folder / name).read_bytes()) for name in names})


def require_own(out: Path, names: Collection[str], list_name: str) -> tuple[str, ...]:
    """Refuse to replace what no earlier report wrote, or what was changed since.

    Parameters
    ----------
    out
        The folder of the report; it need not exist.
    names
        Files that the new report writes.
    list_name
        Of the file that lists all files of a report of this kind with their SHA-256, in the form
        that `sha256sum --check` reads.

    Returns
    -------
    tuple of str
        Files of the earlier report, as it wrote them, that the new one does not have.

    Raises
    ------
    DataError
        Naming the files in the way.
    """
    for folder in {Path(name).parent for name in names}:
        if (out / folder).is_symlink() and folder != Path():
            raise DataError(f"{out / folder} is a link; the report needs a folder of its own")
    listed = read_list(out / list_name)
    there = [name for name in names if (out / name).exists() or (out / name).is_symlink()]
    foreign = sorted(
        name
        for name in there
        if not (_is_list(out / name) if name == list_name else _unchanged(out, name, listed))
    )
    if foreign:
        more = f" and {len(foreign) - _NAMED} more" if len(foreign) > _NAMED else ""
        raise DataError(
            f"{out}: {', '.join(foreign[:_NAMED])}{more} would be replaced, and no earlier report "
            "wrote it as it stands; choose another folder with --out, or move it away"
        )
    return tuple(n for n in sorted(listed) if n not in names and _unchanged(out, n, listed))


def _unchanged(out: Path, name: str, listed: Mapping[str, str]) -> bool:
    path = out / name
    ordinary = path.is_file() and not path.is_symlink() and not path.parent.is_symlink()
    return ordinary and listed.get(name) == sha256(path.read_bytes())


def _is_list(path: Path) -> bool:
    """Whether a file is wholly such a list, and no notes of somebody under its name."""
    ordinary = path.is_file() and not path.is_symlink()
    return ordinary and as_list(read_list(path)).encode("utf-8") == path.read_bytes()
