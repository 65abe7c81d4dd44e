"""The bytes of a cohort file, and the refusals that name it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from retrostats.errors import DataError, Fault

#: Called with the share of the work done, from 0 to 1.
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file as it lies on the disk.

    Attributes
    ----------
    path
        Where it is; only for the libraries that open it themselves.
    name
        Its name without the folder, as messages show it.
    raw
        Its bytes.
    """

    path: Path
    name: str
    raw: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.raw).hexdigest()

    def refusal(self, message: str, *, line: int = 0) -> DataError:
        """Return the error that says why there is no table in this file."""
        return DataError(str(Fault(self.name, line, "", message)))


def open_source(path: Path) -> Source:
    """Read the bytes of a file.

    Raises
    ------
    DataError
        If there is no such file, it is a folder, it cannot be read, or it is empty.
    """
    name = path.name or str(path)
    nothing = Source(path=path, name=name, raw=b"")
    try:
        if path.exists() and not path.is_file():
            raise nothing.refusal("is no file but a folder or device; name the data file itself")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise nothing.refusal("there is no such file; check the name and the folder") from None
    except OSError as error:
        raise nothing.refusal(f"the file cannot be read: {error.strerror}") from None
    except ValueError:  # a NUL in the name
        raise nothing.refusal("this cannot be the name of a file") from None
    if not raw:
        raise nothing.refusal("the file is empty; expected a header and rows; export it again")
    return Source(path=path, name=name, raw=raw)
