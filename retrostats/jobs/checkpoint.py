"""A folder that keeps finished blocks, so that interrupted work goes on where it stopped."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retrostats import __version__
from retrostats.checksums import sha256
from retrostats.errors import DataError
from retrostats.interruptions import interruptions_held
from retrostats.jobs.blocks import Job
from retrostats.whole_files import replaced_when_complete

MANIFEST = "checkpoint.json"
#: A block may be there in two sizes: as the short last block of fewer replicates, and whole.
BLOCK = re.compile(r"block-(\d{6,})-(\d+)\.npz")
#: A digest at the end of a part of a key.
_DIGEST = re.compile(r"\b[0-9a-f]{64}$")
#: So many files that no checkpoint wrote are named.
NAMED = 3
#: The entry of a block's file that says what is in it.
_ABOUT = "about"
#: What a manifest says, and how to tell a difference in it.
_TOLD = {
    "key": "other work",
    "seed": "another seed",
    "block": "another size of blocks",
    "retrostats": "another version of retrostats",
    "numpy": "another version of numpy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The finished blocks of one job, a file for each.

    Attributes
    ----------
    folder
        Where they are.
    job
        What they belong to. Its number of replicates may differ from that of an earlier run: a
        block does not depend on how many follow.
    """

    folder: Path
    job: Job

    def load(self) -> dict[int, dict[str, np.ndarray[Any, Any]]]:
        """Return the blocks that are there; make the folder where there is none.

        Returns
        -------
        dict of int to dict
            Results by number of the block, of those that this job needs.

        Raises
        ------
        DataError
            If the folder holds anything else, belongs to other work, or a file is damaged.
            Nothing has been written then.
        """
        try:
            if self.folder.is_dir():
                self._require_own()
            elif self.folder.exists() and not self.folder.is_dir():  # nobody made it just now
                raise DataError(f"checkpoint {self.folder}: this is a file; name a folder")
            self.folder.mkdir(parents=True, exist_ok=True)
            if not (self.folder / MANIFEST).exists():
                self._claim()
        except OSError as error:
            raise self._unwritable(error) from error
        wanted = ((block, self._file(block)) for block in range(self.job.blocks))
        return {block: self._read(block, path) for block, path in wanted if path.exists()}

    def save(self, block: int, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """Write the results of a block, in one piece.

        Raises
        ------
        DataError
            If the folder cannot be written to.
        """
        values = list(arrays.values())
        about = self._about(block, list(arrays), values)
        entries = {f"array_{place}": array for place, array in enumerate(values)}
        try:
            with interruptions_held(), replaced_when_complete(self._file(block)) as path:
                np.savez(path, **{_ABOUT: np.array(about), **entries})  # type: ignore[arg-type]
        except OSError as error:
            raise self._unwritable(error) from error

    def count(self) -> int:
        """Return how many blocks of this work are kept, as the folder has it now."""
        return sum(self._file(block).exists() for block in range(self.job.blocks))

    def _claim(self) -> None:
        """Write the manifest, unless another run does so at this moment; then look whose it is."""
        target = self.folder / MANIFEST
        try:
            with interruptions_held(), replaced_when_complete(target) as path:
                path.write_text(json.dumps(self._manifest(), indent=2) + "\n", "utf-8")
                with _where_links_are_known():
                    os.link(path, target)  # unlike a rename, it fails where the name is taken
        except FileExistsError:
            self._require_own()

    def _file(self, block: int) -> Path:
        return self.folder / f"block-{block + 1:06d}-{len(self.job.places(block))}.npz"

    def _manifest(self) -> dict[str, Any]:
        return {
            "key": self.job.key,
            "seed": self.job.seed,
            "block": self.job.block,
            "retrostats": __version__,
            "numpy": np.__version__,
        }

    def _about(self, block: int, names: list[str], arrays: list[np.ndarray[Any, Any]]) -> str:
        """Return what a block's file says of itself, with the digest of its numbers."""
        parts = [f"{a.dtype.str}{a.shape}".encode() + a.tobytes() for a in arrays]
        digest = sha256(b"".join(parts))
        return json.dumps({**self._manifest(), "number": block, "names": names, "sha256": digest})

    def _require_own(self) -> None:
        strangers = sorted(self._strangers())
        manifest = self.folder / MANIFEST
        if strangers or (not manifest.is_file() and any(self._blocks())):
            named = ", ".join(strangers[:NAMED]) or "blocks without their " + MANIFEST
            more = f" and {len(strangers) - NAMED} more" if len(strangers) > NAMED else ""
            raise DataError(
                f"checkpoint {self.folder}: the folder holds {named}{more}, which no checkpoint "
                "wrote; name an empty or new folder"
            )
        if manifest.is_file():
            self._require_same(_read_manifest(manifest))

    def _strangers(self) -> Iterator[str]:
        for path in self.folder.iterdir():
            known = path.name == MANIFEST or BLOCK.fullmatch(path.name)
            if not known and not path.name.startswith("."):
                yield path.name

    def _blocks(self) -> Iterator[Path]:
        return (path for path in self.folder.iterdir() if BLOCK.fullmatch(path.name))

    def _require_same(self, found: dict[str, Any]) -> None:
        wanted = self._manifest()
        different = [
            f"{_TOLD[name]}: {_difference(found.get(name), wanted[name])}"
            for name in wanted
            if found.get(name) != wanted[name]
        ]
        if different:
            raise DataError(
                f"checkpoint {self.folder} belongs to {'; '.join(different)}. Its results are not "
                "those of this run: name another folder, or run as the checkpoint says"
            )

    def _read(self, block: int, path: Path) -> dict[str, np.ndarray[Any, Any]]:
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                about = str(file[_ABOUT])
                names = json.loads(about)["names"]
                values = [file[f"array_{place}"] for place in range(len(names))]
        except Exception as error:  # readers raise a dozen kinds, down to MemoryError
            raise _damaged(path) from error
        if about != self._about(block, names, values):
            raise _damaged(path)
        return dict(zip(names, values, strict=True))

    def _unwritable(self, error: OSError) -> DataError:
        return DataError(f"checkpoint {self.folder} cannot be written: {error.strerror or error}")


@contextmanager
def _where_links_are_known() -> Iterator[None]:
    """Let a taken name through, and no other failure: some disks know no second name of a file."""
    try:
        yield
    except FileExistsError:
        raise
    except (OSError, AttributeError, NotImplementedError):
        pass


def _difference(there: Any, here: Any) -> str:
    """Return what differs between two entries: of a key of several parts, only these parts."""
    parts = [each.split("; ") if isinstance(each, str) else [] for each in (there, here)]
    if not len(parts[0]) == len(parts[1]) > 0:  # keys of other versions
        return f"{there!r} there, {here!r} here"
    pairs = [pair for pair in zip(*parts, strict=True) if pair[0] != pair[1]]
    return ", ".join(_part(*pair) for pair in pairs)


def _part(there: str, here: str) -> str:
    """Return how a part of a key differs; nobody compares digests of 64 digits by eye."""
    (was, digits), (name, others) = (_DIGEST.subn("", each) for each in (there, here))
    if digits and others and was == name:
        return f"another {name.strip()}".strip()
    return f"{there!r} there, {here!r} here"


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path) from error
    if not isinstance(found, dict):
        raise _damaged(path)
    return found


def _damaged(path: Path) -> DataError:
    again = "name another folder" if path.name == MANIFEST else "remove it: its block runs again"
    return DataError(f"checkpoint file {path} is damaged, and nothing of it is used; {again}")
