"""A ledger of gaps between computed and reference numbers: none is skipped unseen."""

from __future__ import annotations

import math


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
