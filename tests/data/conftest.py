from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from retrostats.data.catalogue import load_trial
from retrostats.errors import DataError


@pytest.fixture
def faults_of() -> Callable[[Path], list[str]]:
    """Load a folder that must fail; return the faults without their numbers."""

    def faults(folder: Path) -> list[str]:
        with pytest.raises(DataError) as error:
            load_trial(folder)
        head, *lines = str(error.value).split("\n")
        count = "1 fault" if len(lines) == 1 else f"{len(lines)} faults"
        assert head == f"trial {folder.name}: {count} found."
        numbered = [line.strip().split(". ", 1) for line in lines]
        assert [int(number) for number, _ in numbered] == list(range(1, len(lines) + 1))
        return [text for _, text in numbered]

    return faults
