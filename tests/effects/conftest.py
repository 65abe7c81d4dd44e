"""Reference numbers, and a ledger that counts what is compared with them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from gaps import Ledger

FOLDER = Path(__file__).parents[1] / "golden" / "effects"


class Golden:
    """Reads the reference numbers under ``tests/golden/effects``."""

    def rows(self, path: str) -> list[dict[str, Any]]:
        with (FOLDER / path).open(encoding="utf-8", newline="") as file:
            return [{key: _cell(text) for key, text in row.items()} for row in csv.DictReader(file)]

    def json(self, path: str) -> Any:
        return json.loads((FOLDER / path).read_text(encoding="utf-8"))


def _cell(text: str) -> float | str | None:
    text = text.strip()
    try:
        return float(text) if text else None
    except ValueError:
        return text


@pytest.fixture(scope="session")
def golden() -> Golden:
    return Golden()


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()
