"""Reading the bytes of a trial folder: what every file must be before it is parsed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from retrostats.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """A file that could be read as text.

    Attributes
    ----------
    name
        As shown in messages: folder and file.
    text
        Its content, every line ended by a line feed.
    digest
        SHA-256 of its bytes.
    """

    name: str
    text: str
    digest: str


def read_text(path: Path, faults: list[Fault]) -> TextFile | None:
    """Read one UTF-8 file; on failure add a fault and return ``None``.

    Parameters
    ----------
    path
        The file. A byte-order mark, as spreadsheets write it, is accepted.
    faults
        Extended in place, so that the faults of all files are told together.
    """
    name = f"{path.parent.name}/{path.name}"
    if path.exists() and not path.is_file():
        faults.append(Fault(name, 0, "", "is no file but a folder or device; a file is needed"))
        return None
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        faults.append(Fault(name, 0, "", f"the file is missing; a trial folder needs {path.name}"))
        return None
    except OSError as error:
        faults.append(Fault(name, 0, "", f"the file cannot be read: {error.strerror}"))
        return None
    if not raw.strip():
        faults.append(Fault(name, 0, "", "the file is empty; see docs/data-format.md for its form"))
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8"
        faults.append(Fault(name, line, "", message))
        return None
    control = next((c for c in text if ord(c) < 32 and c not in "\t\r\n"), None)
    if control is not None:
        line = text[: text.index(control)].count("\n") + 1
        message = f"holds the control character U+{ord(control):04X}; remove it"
        faults.append(Fault(name, line, "", message))
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return TextFile(name=name, text=text, digest=hashlib.sha256(raw).hexdigest())
