"""Lists of files with their SHA-256, in the form that `sha256sum --check` reads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes, as 64 digits.

    Examples
    --------
    >>> sha256(b"")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(content).hexdigest()


def as_list(digests: Mapping[str, str]) -> str:
    """Return the text of a list, by name of the file.

    Parameters
    ----------
    digests
        SHA-256 by the name of the file within the folder, with ``/`` between its parts.

    Examples
    --------
    >>> print(as_list({"b.txt": sha256(b""), "a.txt": sha256(b"a")}), end="")
    ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a.txt
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b.txt
    """
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))


def read_list(path: Path) -> dict[str, str]:
    """Return the SHA-256 that a list writes down, by the name of the file.

    Parameters
    ----------
    path
        The list. Where there is none, or a link in its place, nothing was written down.

    Returns
    -------
    dict of str to str
        Lines of another form are left out, and so are names that lead out of the folder: a list
        may have been edited, and what it names may be replaced or removed.
    """
    if not path.is_file() or path.is_symlink():
        return {}
    text = path.read_text(encoding="utf-8", errors="replace")
    found = (_LINE.fullmatch(line) for line in text.splitlines())
    return {match[2]: match[1] for match in found if match and _inside(match[2])}


def _inside(name: str) -> bool:
    path = Path(name)
    return not path.anchor and ".." not in path.parts and "\\" not in name
