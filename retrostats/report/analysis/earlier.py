"""What an earlier report left in a folder, so that nobody else's file is touched."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from retrostats.errors import DataError

#: Lists every file of a report with its SHA-256, in the form that `sha256sum --check` reads.
LIST = "report.sha256"

_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
#: How many files a message names.
_NAMED = 5


def checksums(folder: Path, names: Collection[str]) -> str:
    """Return the list of some files of a folder, by name."""
    lines = (f"{_digest(folder / name)}  {name}\n" for name in sorted(names))
    return "".join(lines)


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
    for folder in {Path(name).parent for name in names}:
        if (out / folder).is_symlink() and folder != Path():
            raise DataError(f"{out / folder} is a link; the report needs a folder of its own")
    listed = _listed(out / LIST)
    there = [name for name in names if (out / name).exists() or (out / name).is_symlink()]
    foreign = sorted(name for name in there if name != LIST and not _unchanged(out, name, listed))
    if foreign:
        more = f" and {len(foreign) - _NAMED} more" if len(foreign) > _NAMED else ""
        raise DataError(
            f"{out}: {', '.join(foreign[:_NAMED])}{more} would be replaced, and no earlier report "
            "wrote it as it stands; choose another folder with --out, or move it away"
        )
    return tuple(n for n in sorted(listed) if n not in names and _unchanged(out, n, listed))


def _listed(path: Path) -> Mapping[str, str]:
    """Return the digests that an earlier report wrote down, by the name of the file."""
    if not path.is_file() or path.is_symlink():
        return {}
    text = path.read_text(encoding="utf-8", errors="replace")
    found = (_LINE.fullmatch(line) for line in text.splitlines())
    return {match[2]: match[1] for match in found if match and _inside(match[2])}


def _inside(name: str) -> bool:
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts


def _unchanged(out: Path, name: str, listed: Mapping[str, str]) -> bool:
    path = out / name
    ordinary = path.is_file() and not path.is_symlink() and not path.parent.is_symlink()
    return ordinary and listed.get(name) == _digest(path)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
