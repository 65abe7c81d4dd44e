"""Reference numbers, and a ledger that counts what is compared with them."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "golden" / "effects"


class Golden:
    """Reads the reference numbers under ``tests/golden/effects``."""

    def rows(self, path: str) -> list[dict[str, Any]]:
        with (FOLDER / path).open(encoding="utf-8", newline="") as file:
            return [{key: _cell(text) for key, text in row.items()} for row in csv.DictReader(file)]

    def json(self, path: str) -> Any:
        return json.loads((FOLDER / path).read_text(encoding="utf-8"))


class Ledger:
    """Collects gaps; a test says at the end how many and how large they may be."""

    def __init__(self) -> None:
        self.gaps: list[tuple[float, str]] = []

    def add(
        self, actual: float, expected: float | str, where: object = "", *, least: float = 0.0
    ) -> None:
        """Note the gap over the larger of ``|expected|`` and ``least``; as it is if both are 0."""
        actual, expected = float(actual), float(expected)
        gap = abs(actual - expected) / (max(abs(expected), least) or 1.0)
        assert not math.isnan(gap), f"{where}: {actual} against {expected}"
        self.gaps.append((gap, f"{where}: {actual!r} against {expected!r}"))

    def assert_settled(self, *, count: int, tolerance: float) -> None:
        assert len(self.gaps) == count, "rows were skipped or added: count them again"
        worst, where = max(self.gaps)
        assert worst <= tolerance, f"gap {worst:.3g} at {where}"


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
