"""Files that a user may change, brought up to date: what was changed is never overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from retrostats.checksums import as_list, read_list, sha256
from retrostats.errors import DataError
from retrostats.report.document import Writer, write_together

#: Lists what was written with its SHA-256, in the form that `sha256sum --check` reads.
LIST = ".retrostats-lab.sha256"

#: What stands where a file belongs: that very file; nothing, or what an earlier call wrote; that,
#: changed by somebody; or what no earlier call wrote.
State = Literal["as it should be", "free", "changed", "foreign"]

#: How many files a message names.
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What became of each file.

    Attributes
    ----------
    written
        Made or renewed.
    kept
        Changed since they were written; they stay as they are.
    beside
        Newer versions of these, e.g. ``03_a.new.ipynb``.
    removed
        As they were written, and no longer needed.
    """

    written: tuple[str, ...]
    kept: tuple[str, ...]
    beside: tuple[str, ...]
    removed: tuple[str, ...]


def refresh(folder: Path, files: Mapping[str, bytes]) -> Refreshed:
    """Write files into a folder, or bring them up to date: all of them, or none.

    Parameters
    ----------
    folder
        It is made if it is missing. A list of what was written is kept in it.
    files
        Contents by name; ``"example/plan.toml"`` lies in a folder below.

    Returns
    -------
    Refreshed
        A file that is as an earlier call wrote it is replaced. One that was changed since is
        kept, and a version newer than the one it came from is laid beside it.

    Raises
    ------
    DataError
        Naming the files in the way that no earlier call wrote.
    OSError
        If the folder cannot be written. It is then as it was before.
    """
    choice = _chosen(folder, files)
    _write(folder, choice)
    return Refreshed(
        written=tuple(name for name in choice.new if name in files),
        kept=tuple(choice.kept),
        beside=tuple(name for name in choice.new if name not in files),
        removed=tuple(sorted(choice.stale)),
    )


@dataclass(slots=True, kw_only=True)
class _Choice:
    """What to write, what to remove, what stays, and the list of all that was written."""

    new: dict[str, bytes] = field(default_factory=dict)
    stale: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    listed: dict[str, str] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)


def _chosen(folder: Path, files: Mapping[str, bytes]) -> _Choice:
    """Compare what is there with what was written earlier and with what would be written now."""
    earlier, choice = read_list(folder / LIST), _Choice()
    for name, content in files.items():
        now = choice.listed[name] = sha256(content)
        state = _state(folder, name, now, earlier)
        if state == "free":
            choice.new[name] = content
        elif state == "foreign":
            choice.foreign.append(name)
        elif state == "changed":
            choice.kept.append(name)
            if earlier[name] != now:
                _lay_beside(folder, _beside(name), content, earlier, choice)
    waiting = {_beside(name) for name in choice.kept}
    for name in earlier.keys() - choice.listed.keys():
        if _found(folder / name) == earlier[name]:
            if name in waiting:
                choice.listed[name] = earlier[name]
            else:
                choice.stale.append(name)
    _require_own(folder, choice.foreign)
    return choice


def _lay_beside(
    folder: Path, name: str, content: bytes, earlier: Mapping[str, str], choice: _Choice
) -> None:
    now = choice.listed[name] = sha256(content)
    state = _state(folder, name, now, earlier)
    if state == "free":
        choice.new[name] = content
    elif state != "as it should be":
        choice.foreign.append(name)


def _state(folder: Path, name: str, now: str, earlier: Mapping[str, str]) -> State:
    there = _found(folder / name)
    if there == now:
        return "as it should be"
    if there is None or there == earlier.get(name):
        return "free"
    return "changed" if name in earlier else "foreign"


def _beside(name: str) -> str:
    """Return where a newer version is laid.

    Examples
    --------
    >>> _beside("example/plan.toml")
    'example/plan.new.toml'
    """
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}.new{path.suffix}"))


def _write(folder: Path, choice: _Choice) -> None:
    contents = {**choice.new, LIST: as_list(choice.listed).encode()}
    write_together(
        folder, {n: _writer(content) for n, content in contents.items()}, stale=choice.stale
    )


def _writer(content: bytes) -> Writer:
    return lambda path: path.write_bytes(content)


def _found(path: Path) -> str | None:
    """Return the digest of a file, nothing where there is none, and no digest of anything else."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        return "no ordinary file"
    return sha256(path.read_bytes()) if path.exists() else None


def _require_own(folder: Path, foreign: Sequence[str]) -> None:
    if foreign:
        more = f" and {len(foreign) - _NAMED} more" if len(foreign) > _NAMED else ""
        raise DataError(
            f"{folder}: {', '.join(foreign[:_NAMED])}{more} would be replaced, and retrostats lab "
            "did not write it as it stands; choose another folder, or move it away"
        )
