from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from retrostats.data.codebook.types import FileForm
from retrostats.data.formats.reading import read_table
from retrostats.data.formats.table import RawTable


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., RawTable]:
    """Write bytes to a file and read it as a table; keywords are those of `FileForm`."""

    def read_bytes(raw: bytes, suffix: str = ".csv", **declared: object) -> RawTable:
        path = tmp_path / f"trial{suffix}"
        path.write_bytes(raw)
        return read_table(path, FileForm(**declared))

    return read_bytes
