"""Which files of a folder an earlier report of pooled trials wrote, so that no other is touched."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from retrostats.checksums import as_list, read_list, sha256
from retrostats.errors import DataError

#: Lists every file of the report with its SHA-256, in the form that `sha256sum --check` reads.
LIST = "meta.sha256"


def listed(folder: Path, names: Collection[str]) -> str:
    """Return the list of some files of a folder, by name."""
    return as_list({name: sha256((folder / name).read_bytes()) for name in names})


def require_own(out: Path, names: Collection[str]) -> tuple[str, ...]:
    """Refuse to replace what no earlier report wrote, or what was changed since.

    Parameters
    ----------
    out
        The folder of the report; it need not exist.
    names
        Files that the new report writes.

    Returns
    -------
    tuple of str
        Files of the earlier report, as it wrote them, that the new one does not have.

    Raises
    ------
    DataError
        Naming the files in the way.
    """
    known = read_list(out / LIST)

    def own(name: str) -> bool:
        path = out / name
        ordinary = path.is_file() and not path.is_symlink()
        return ordinary and known.get(name) == sha256(path.read_bytes())

    there = [name for name in names if (out / name).exists() or (out / name).is_symlink()]
    foreign = sorted(
        name for name in there if not (_is_list(out / LIST) if name == LIST else own(name))
    )
    if foreign:
        raise DataError(
            f"{out}: {', '.join(foreign)} would be replaced, and no earlier report wrote it as it "
            "stands; choose another folder with --out, or move it away"
        )
    return tuple(name for name in sorted(known) if name not in names and own(name))


def _is_list(path: Path) -> bool:
    """Whether a file is wholly such a list, and no notes of somebody under its name."""
    ordinary = path.is_file() and not path.is_symlink()
    return ordinary and as_list(read_list(path)).encode("utf-8") == path.read_bytes()
